"""Gaps at the door: the order and the floors of a course, as it would stand after a change."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise

from bookings import refusals
from bookings.models import Booking
from treatments.models import Course, CourseSession
from treatments.rules.gaps import Gap, Verdict, verdict

AFTER_LAST_SESSION = 7


class Authority(Enum):
    """On whose word a time is taken: patients keep the plan, the desk may be late, a doctor may be early."""

    PATIENT = "patient"
    DESK = "desk"
    DOCTOR = "doctor"
    UNDO = "undo"


@dataclass(frozen=True)
class Placed:
    """A session that has a day: given, booked, or about to be."""

    session: CourseSession
    day: date
    is_given: bool

    @property
    def gap(self) -> Gap:
        session = self.session
        return Gap(session.never_before, session.earliest, session.target, session.latest)


def clear_until(session: CourseSession, day: date) -> date:
    """Return the first day on which another session of the course may follow one on `day`."""
    following = (
        CourseSession.objects.filter(course=session.course_id, number__gt=session.number, dropped_reason="")
        .order_by("number")
        .values_list("never_before", flat=True)
        .first()
    )
    return day + timedelta(days=following or AFTER_LAST_SESSION)


def placed_sessions(
    course: Course, *, days: Mapping[int, date] | None = None, ignoring: Collection[int] = ()
) -> list[Placed]:
    """Return the sessions of a course that have a day, in order; `days` {session id: day} are about to be."""
    days = days or {}
    booked = dict(
        Booking.objects.counting()
        .filter(course=course)
        .exclude(pk__in=list(ignoring))
        .values_list("session_id", "day")
    )
    placed = []
    for session in course.sessions.filter(dropped_reason="").order_by("number"):
        day = session.given_on or days.get(session.pk) or booked.get(session.pk)
        if day:
            placed.append(Placed(session, day, session.given_on is not None))
    return placed


def check_gaps(
    *, course: Course, days: Mapping[int, date], ignoring: Collection[int], authority: Authority, reason: str
) -> None:
    """Refuse a change that breaks order or a floor, or that this authority may not make.

    Only pairs that the change touches are judged. The pair after a touched session is held to its floors
    alone: that the next one comes late is for the re-plan to mend, no reason to keep this one where it is.
    """
    placed = placed_sessions(course, days=days, ignoring=ignoring)
    for before, after in pairwise(placed):
        if after.session.pk in days:
            _judge(before, after, authority, reason, may_be_late=False)
        elif before.session.pk in days:
            _judge(before, after, authority, reason, may_be_late=True)


def _judge(before: Placed, after: Placed, authority: Authority, reason: str, *, may_be_late: bool) -> None:
    if after.day <= before.day:
        raise refusals.OutOfOrder
    gap = after.gap
    judged = verdict(last=before.day, day=after.day, gap=gap)
    doctor = authority == Authority.DOCTOR and bool(reason)
    floor = gap.never_before if doctor else gap.earliest
    if judged == Verdict.REFUSED or (judged == Verdict.DOCTOR_ONLY and not doctor):
        raise refusals.TooSoon(before.day + timedelta(days=floor))
    if may_be_late or judged == Verdict.ON_TIME or authority == Authority.DOCTOR:
        return
    if judged == Verdict.RESCREEN:
        raise refusals.NeedsReview
    if judged == Verdict.LATE and authority == Authority.PATIENT:
        raise refusals.TooLate(before.day + timedelta(days=gap.latest))
