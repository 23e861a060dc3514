"""Answers given after the form was sent, read by the rules because a doctor wants to decide on them now."""

from datetime import datetime

from django.db import transaction

from clinic.models import Patient, User
from clinic.services.locks import lock_patient
from consultations.models import Screening
from consultations.services.changes import patient_changed
from consultations.services.screenings import write_screening


def reread(*, patient: Patient, by: User, now: datetime) -> Screening:
    """Screen the answers as they stand, sent or not, and tell the floors above. Raises NothingAnswered."""
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        screening = write_screening(patient=locked, planned=None, now=now)
        patient_changed(locked, by=by, now=now)
        return screening
