"""Ending a course: on what ground, and what becomes of the sessions that will not be given."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.models import User
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from treatments import refusals
from treatments.models import Course, CourseSession, DropReason, EndReason, Pause
from treatments.services.changes import course_changed

DESKS = frozenset({EndReason.PATIENT})
REMAINING = (DropReason.RETURNED, DropReason.EXPIRED)


@dataclass(frozen=True)
class Ending:
    """`remaining`: what the sessions not given count as; of no weight where none is left."""

    why: EndReason
    remaining: DropReason = DropReason.RETURNED


def end_course(*, course: Course, ending: Ending, by: User, is_doctor: bool, now: datetime) -> Course:
    """End the course; ended so already it stays as it is. Its times are released in the same transaction.

    Raises AlreadyEnded, DoctorEnds, SessionsLeft.
    """
    with transaction.atomic(durable=True):
        lock_patient(course.patient_id)
        return write_end(course=course, ending=ending, by=by, is_doctor=is_doctor, now=now)


def write_end(*, course: Course, ending: Ending, by: User, is_doctor: bool, now: datetime) -> Course:
    """End it inside a transaction that has locked the patient."""
    course = Course.objects.select_related("patient", "location").get(pk=course.pk)
    if course.ended_on:
        return _same(course, ending)
    left = course.sessions.filter(given_on=None, dropped_reason="")
    _refuse(ending, is_doctor, has_sessions=left.exists())
    left.update(dropped_reason=ending.remaining)
    Pause.objects.filter(course=course, ended_at=None).update(ended_by=by, ended_at=now)
    course.ended_on, course.ended_why = local_day(now, course.location), ending.why
    course.save(update_fields=["ended_on", "ended_why"])
    _tell(course, by, now)
    return course


def next_session(course: Course) -> CourseSession | None:
    """The first that is still to be given."""
    return course.sessions.filter(given_on=None, dropped_reason="").order_by("number").first()


def _same(course: Course, ending: Ending) -> Course:
    if course.ended_why != ending.why:
        raise refusals.AlreadyEnded
    return course


def _refuse(ending: Ending, is_doctor: bool, *, has_sessions: bool) -> None:
    if not is_doctor and ending.why not in DESKS:
        raise refusals.DoctorEnds
    if ending.remaining not in REMAINING:
        raise ValueError("remaining sessions are returned or have expired")
    if ending.why == EndReason.COMPLETED and has_sessions:
        raise refusals.SessionsLeft


def _tell(course: Course, by: User, now: datetime) -> None:
    audit.record(
        by=by, action="course_ended", subject=f"course:{course.pk}", patient=course.patient, now=now,
        why=str(course.ended_why),
    )  # fmt: skip
    course_changed(course, by=by, now=now)
