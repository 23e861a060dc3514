"""Somebody new at the desk or on the phone."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from clinic import audit
from clinic.models import Patient, User
from clinic.rules import names
from clinic.services.name_words import add_patient


def register(*, name: str, phone: str, by: User, now: datetime) -> Patient:
    """Write down a name and a number; the same two again are the same person: people press twice.

    The number gets an account without a password: whoever proves it by a code sees the visits. One that is a
    colleague's opens none, for staff accounts show no patient pages.
    """
    name = names.clean(name)
    with transaction.atomic(durable=True):
        account, _ = User.objects.get_or_create(phone=phone, defaults={"password": make_password(None)})
        User.objects.select_for_update(no_key=True).get(pk=account.pk)
        known = Patient.objects.filter(Q(account=account) | Q(phone=phone), merged_into=None).order_by("pk")
        same = next((one for one in known if one.name.casefold() == name.casefold()), None)
        if same:
            return same
        patient = add_patient(account=None if account.is_staff else account, name=name, phone=phone)
        subject = f"patient:{patient.pk}"
        audit.record(by=by, action="patient_registered", subject=subject, patient=patient, now=now)
    return patient
