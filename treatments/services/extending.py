"""A doctor signs that the next session may still be had until a day past its latest."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from clinic import audit
from clinic.models import Practitioner
from clinic.refusals import KeyReused
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from treatments import refusals
from treatments.models import Course, CourseSession, Extension
from treatments.rules.gaps import Gap, latest_day
from treatments.services.changes import course_changed

LONGEST = timedelta(days=180)


@dataclass(frozen=True)
class Longer:
    """What stands on the form. `session`: the one that was shown as the next."""

    session: CourseSession
    until_on: date
    why: str


def extend(*, longer: Longer, practitioner: Practitioner, key: UUID, now: datetime) -> Extension:
    """Sign; the same key signs once. Raises NothingToExtend, NotLonger, DayIsPast, TooLong, KeyReused."""
    with transaction.atomic(durable=True):
        lock_patient(longer.session.course.patient_id)
        if signed := Extension.objects.filter(key=key).first():
            return _same(signed, longer)
        course = longer.session.course
        _refuse(longer, local_day(now, course.location))
        extension = Extension.objects.create(
            session=longer.session, until_on=longer.until_on, why=longer.why.strip()[:80],
            signed_by=practitioner, at=now, key=key,
        )  # fmt: skip
        _tell(course, extension, practitioner, now)
        return extension


def latest_of(session: CourseSession) -> date | None:
    """The last day for a session as it stands, extended or not; None while nothing was given before it."""
    before = session.course.sessions.filter(number__lt=session.number, given_on__isnull=False)
    last = before.aggregate(last=Max("given_on"))["last"]
    if last is None or session.target is None:
        return None
    gap = Gap(session.never_before, session.earliest, session.target, session.latest)
    until = session.extensions.aggregate(until=Max("until_on"))["until"]
    return latest_day(last=last, gap=gap, until=until)


def _same(signed: Extension, longer: Longer) -> Extension:
    if (signed.session_id, signed.until_on) != (longer.session.pk, longer.until_on):
        raise KeyReused
    return signed


def _refuse(longer: Longer, today: date) -> None:
    session = CourseSession.objects.select_related("course").get(pk=longer.session.pk)
    earlier = session.course.sessions.filter(number__lt=session.number, given_on=None, dropped_reason="")
    latest = latest_of(session)
    if session.given_on or session.dropped_reason or session.course.ended_on or earlier.exists():
        raise refusals.NothingToExtend
    if latest is None:
        raise refusals.NothingToExtend
    if longer.until_on <= latest:
        raise refusals.NotLonger(latest)
    if longer.until_on < today:
        raise refusals.DayIsPast
    if longer.until_on > today + LONGEST:
        raise refusals.TooLong(today + LONGEST)


def _tell(course: Course, extension: Extension, practitioner: Practitioner, now: datetime) -> None:
    audit.record(
        by=practitioner.user, action="session_extended", subject=f"session:{extension.session_id}",
        patient=course.patient, now=now, until=extension.until_on,
    )  # fmt: skip
    course_changed(course, by=practitioner.user, now=now)
