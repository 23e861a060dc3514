"""A form that somebody fills in for the patient: who helps, in what language they talk, from what.

What is for the doctor alone is never asked this way, and never shown again to whoever helps. A form once
begun with help stays one: on the same phone nobody can tell who is looking.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.models import AuditRow, Patient, User
from clinic.services.locks import lock_patient
from consultations.models import Intake
from consultations.models.intakes import Help, Purpose
from consultations.services.intakes import open_intake, refuse_without_consent, write_start

HELPED, FROM_PAPER = "intake_helped", "intake_from_paper"


@dataclass(frozen=True, kw_only=True)
class Helper:
    """`is_paper`: the patient wrote the answers on paper, and they are typed in."""

    help: Help
    name: str
    language: str
    is_paper: bool = False


def purpose_for(patient: Patient) -> str:
    """What there is to fill in: what is open, else the first form, else what changed since."""
    started = Intake.objects.filter(patient=patient, submitted_at=None).order_by("-pk").first()
    if started:
        return started.purpose
    sent = Intake.objects.filter(patient=patient, purpose=Purpose.FULL).exists()
    return Purpose.UPDATE if sent else Purpose.FULL


def open_form(patient: Patient) -> Intake | None:
    return open_intake(patient, purpose_for(patient))


def begin_with_help(*, patient: Patient, helper: Helper, by: User, now: datetime) -> Intake:
    """Begin or take over the form with somebody's help; whoever helps last is the one named.

    Raises ConsentNeeded.
    """
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        refuse_without_consent(locked)
        intake = write_start(
            patient=locked, by=by, now=now, purpose=purpose_for(locked), language=helper.language
        )
        intake.help, intake.helper_name, intake.language = helper.help, helper.name, helper.language
        intake.save(update_fields=["help", "helper_name", "language"])
        _note(intake, helper, by, now)
        return intake


def is_from_paper(intake: Intake) -> bool:
    return AuditRow.objects.filter(action=FROM_PAPER, subject=_subject(intake)).exists()


def _note(intake: Intake, helper: Helper, by: User, now: datetime) -> None:
    audit.record(
        by=by,
        action=FROM_PAPER if helper.is_paper else HELPED,
        subject=_subject(intake),
        patient=intake.patient,
        now=now,
        help=str(helper.help),
        language=str(helper.language),
    )


def _subject(intake: Intake) -> str:
    return f"intake:{intake.pk}"
