"""Somebody new at the desk."""

import pytest

from clinic.models import AuditRow, Patient, User
from clinic.rules import names
from clinic.services.registering import register
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
PHONE = "+919845012345"


def add(name="Xenia Pinto", phone=PHONE, by=None):
    return register(name=name, phone=phone, by=by or builders.staff(role="front_desk"), now=NOW)


def test_register_writes_a_patient_with_an_account_of_that_number():
    by = builders.staff(role="front_desk")

    patient = add("  Xenia   Pinto ", by=by)

    assert (patient.name, patient.name_key) == ("Xenia Pinto", names.search_key("Xenia Pinto"))
    assert (patient.phone, patient.account.phone) == (PHONE, PHONE)
    assert patient.account.has_usable_password() is False
    row = AuditRow.objects.get()
    assert (row.by, row.action, row.patient) == (by, "patient_registered", patient)


def test_register_the_same_name_and_number_is_the_same_person():
    assert add() == add("xenia pinto")
    assert (Patient.objects.count(), AuditRow.objects.count()) == (1, 1)


def test_register_another_name_shares_the_account():
    mother, son = add(), add("Joel Pinto")

    assert mother != son
    assert mother.account == son.account


def test_register_finds_somebody_written_down_without_an_account():
    known = builders.a_patient(account=None, name="Xenia Pinto", phone=PHONE)

    assert add() == known


def test_register_on_the_number_of_a_colleague_opens_no_account():
    colleague = builders.staff(role="nurse")
    User.objects.filter(pk=colleague.pk).update(phone=PHONE)

    patient = add()

    assert (patient.account, patient.phone) == (None, PHONE)
    assert add() == patient
