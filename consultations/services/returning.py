"""Somebody comes back: what was answered long ago is read again first, and confirmed or changed."""

from datetime import date, datetime

from django.db import transaction

from clinic.models import User
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Answer, Intake
from consultations.rules.questionnaire import QUESTIONS
from consultations.rules.windows import Window
from consultations.services.changes import patient_changed
from consultations.services.intake_reading import is_left_to_doctor
from consultations.services.intakes import refuse_without_consent
from consultations.services.windows import repeat

OLD_AFTER_DAYS = 60


def days_since(intake: Intake, *, today: date) -> dict[str, int]:
    """How many days ago each answer that counts was given."""
    return {row.key: (today - local_day(row.at)).days for row in _newest(intake) if row.value is not None}


def confirm(*, intake: Intake, window: Window, by: User | None, now: datetime) -> None:
    """Say again what is old, as far as the page showed it. Raises IntakeSent, ConsentNeeded."""
    with transaction.atomic(durable=True):
        patient = lock_patient(intake.patient_id)
        _refuse_if_closed(intake)
        ages = days_since(intake, today=local_day(now))
        old = {
            row.key: row.value
            for row in _newest(intake)
            if ages.get(row.key, 0) >= OLD_AFTER_DAYS and row.pk <= window.newest
            and not is_left_to_doctor(QUESTIONS.get(row.key), intake)
        }  # fmt: skip
        repeat(intake, old, window.newest, by, now)
        patient_changed(patient, by=by, now=now)


def _refuse_if_closed(intake: Intake) -> None:
    intake.refresh_from_db()
    if intake.submitted_at:
        raise refusals.IntakeSent
    refuse_without_consent(intake.patient)


def _newest(intake: Intake) -> list[Answer]:
    rows = Answer.objects.filter(intake__patient=intake.patient_id, row=0)
    return list(rows.order_by("key", "-pk").distinct("key"))
