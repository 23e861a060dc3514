"""The check at the chair: today's questions asked in private, and judged for exactly this session.

Clear means: asked today and answered to the end, nothing that blocks or waits, no question open that rules
need. What the doctor had seen when deciding is not found again. Whatever is answered later opens it again
(may_treat.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Patient, User
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations.models import Intake, Screening
from consultations.services.changes import patient_changed
from consultations.services.intakes import next_page, write_submission
from consultations.services.rounds import at_chair, begin_at_chair, had_trouble, terms
from consultations.services.screenings import write_screening
from treatments import refusals
from treatments.models import CourseSession, PreCheck
from treatments.rules.numbing import NUMBING
from treatments.services.rescreening import (
    items_against,
    newest_decision,
    obstacles_of,
    open_questions,
    screen_against,
)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks. A doctor hears what is for the doctor alone, and judges trouble after the last session."""

    by: User
    is_doctor: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is known only at the chair. `numbing`: a name of rules/numbing.py."""

    numbing: str
    is_wanted: bool


def ask(
    *, session: CourseSession, raw: Mapping[str, Any], plan: Plan, asking: Asking, now: datetime
) -> PreCheck | None:
    """Keep today's answers and note the check; None while answers ask for more of the precise questions.

    Raises NotWhole, ConsentNeeded.
    """
    with transaction.atomic(durable=True):
        patient = lock_patient(session.course.patient_id)
        intake = begin_at_chair(patient=patient, raw=raw, by=asking.by, is_doctor=asking.is_doctor, now=now)
        if next_page(intake, now=now):
            return None
        return _conclude(session, patient, intake, plan, asking, now)


def conclude(*, session: CourseSession, plan: Plan, asking: Asking, now: datetime) -> PreCheck:
    """Note the check once every question that was opened has its answer.

    Raises NotAtChair, IntakeUnfinished, ConsentNeeded.
    """
    with transaction.atomic(durable=True):
        patient = lock_patient(session.course.patient_id)
        intake = _begun(patient, now)
        return _conclude(session, patient, intake, plan, asking, now)


def leave_to_doctor(*, session: CourseSession, by: User, now: datetime) -> PreCheck:
    """The nurse stops here: what was said is judged as it stands, and nothing is clear. Raises NotAtChair."""
    with transaction.atomic(durable=True):
        patient = lock_patient(session.course.patient_id)
        intake = _begun(patient, now)
        write_screening(patient=patient, planned=None, now=now)
        patient_changed(patient, by=by, now=now)
        return _write(session, patient, intake, False, by, now)


def screening_at(precheck: PreCheck) -> Screening | None:
    """What the rules said of exactly the answers that were given at the chair."""
    asked = Screening.objects.filter(last_answer__intake=precheck.intake, at=precheck.at)
    return asked.select_related("rules").order_by("-pk").first() if precheck.intake_id else None


def reasons(precheck: PreCheck, screening: Screening | None) -> list[str]:
    """Why it is not clear, in words for nurse and doctor; empty when it is."""
    if precheck.is_clear:
        return []
    if precheck.intake is None or precheck.intake.submitted_at is None:
        return [_("Not every question has been asked: the rest is left to the doctor.")]
    found = _judged(precheck, screening) if screening else []
    if had_trouble(precheck.intake):
        found.append(_("Something was wrong after the last session: the doctor hears about it first."))
    return found or [_("The patient does not want it today.")]


def _judged(precheck: PreCheck, screening: Screening) -> list[str]:
    """As it was judged then: what a doctor has decided since is for the next time of asking."""
    patient = screening.patient
    decision = newest_decision(patient, before=precheck.at)
    against = obstacles_of(screening, decision=decision, today=screening.on)
    found = [one.doctor_text for one in against]
    if keys := open_questions(screening, decision=decision):
        found.append(_("Nobody can say yet: %(questions)s") % {"questions": ", ".join(terms(keys))})
    return found


def _begun(patient: Patient, now: datetime) -> Intake:
    intake = at_chair(patient, today=local_day(now))
    if intake is None:
        raise refusals.NotAtChair
    return intake


def _conclude(
    session: CourseSession, patient: Patient, intake: Intake, plan: Plan, asking: Asking, now: datetime
) -> PreCheck:
    write_submission(patient=patient, intake=intake, by=asking.by, now=now, is_read_over=True)
    intake.refresh_from_db()
    numbing = NUMBING[plan.numbing][1]
    screening = screen_against(patient=patient, product=session.product, numbing=numbing, now=now)
    is_clear = plan.is_wanted and _found_nothing(screening, patient, now)
    if had_trouble(intake) and not asking.is_doctor:
        is_clear = False
    return _write(session, patient, intake, is_clear, asking.by, now)


def _found_nothing(screening: Screening, patient: Patient, now: datetime) -> bool:
    decision = newest_decision(patient)
    against = items_against(screening, decision=decision, today=local_day(now))
    return not against and not open_questions(screening, decision=decision)


def _write(
    session: CourseSession, patient: Patient, intake: Intake, is_clear: bool, by: User, now: datetime
) -> PreCheck:
    day = local_day(now, session.course.location)
    precheck = PreCheck.objects.create(
        session=session, day=day, is_clear=is_clear, intake=intake, by=by, at=now
    )
    subject = f"session:{session.pk}"
    audit.record(by=by, action="prechecked", subject=subject, patient=patient, now=now, is_clear=is_clear)
    return precheck
