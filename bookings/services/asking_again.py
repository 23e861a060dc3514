"""Before a course that was left for long goes on, somebody is asked to look through their form once more."""

from datetime import datetime, timedelta

from django.db import transaction

from bookings.rules import reminder_ladder
from bookings.services.wording import drafted, on_days
from clinic import audit, outbox
from clinic.models import AuditRow, Patient, User
from clinic.services.days import local_day, zone_of
from clinic.services.locks import lock_patient
from consultations.models import Intake
from consultations.models.intakes import Purpose
from consultations.services.intakes import open_intake, refuse_without_consent, write_start
from treatments.models import Course

ASKED = "form_asked_again"
BEST_WITHIN = timedelta(days=7)


def ask_again(*, course: Course, by: User, now: datetime) -> Intake:
    """Open a round on all that was answered, and tell the patient of it; twice a day is once.

    Raises ConsentNeeded, RecordMerged.
    """
    with transaction.atomic(durable=True):
        patient = lock_patient(course.patient_id)
        refuse_without_consent(patient)
        opened = open_intake(patient, Purpose.UPDATE) or _open(patient, now)
        if not _is_asked_on(patient, course, now):
            audit.record(by=by, action=ASKED, subject=f"course:{course.pk}", patient=patient, now=now)
            outbox.write([_draft(patient, course, now)], now=now)
        return opened


def is_asked(patient: Patient) -> bool:
    """Whether such a round waits for the patient, also one they began themselves."""
    return open_intake(patient, Purpose.UPDATE) is not None


def _open(patient: Patient, now: datetime) -> Intake:
    """In the patient's name, who goes on with it; whoever asked for it stands in the audit."""
    language = outbox.language_for(patient)
    return write_start(
        patient=patient, by=patient.account, now=now, purpose=Purpose.UPDATE, language=language
    )


def _is_asked_on(patient: Patient, course: Course, now: datetime) -> bool:
    newest = AuditRow.objects.filter(patient=patient, action=ASKED).order_by("-at").first()
    return newest is not None and local_day(newest.at) == local_day(now)


def _draft(patient: Patient, course: Course, now: datetime) -> outbox.Draft:
    tz, best_by = zone_of(course.location), local_day(now + BEST_WITHIN, course.location)
    planned = reminder_ladder.form_again(tz=tz, now=now)
    said = on_days(patient, course.location, best_by, best_by)
    version = local_day(now, course.location).toordinal()
    return drafted(f"course:{course.pk}", patient, planned, said, version=version)
