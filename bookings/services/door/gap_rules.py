"""Gaps at the door: the order and the floors of a course, as it would stand after a change."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise

from django.db.models import Min, QuerySet

from bookings import refusals
from bookings.models import Booking
from treatments.models import Course, CourseSession
from treatments.rules import gaps
from treatments.rules.gaps import Gap, Treatment, Verdict
from treatments.rules.products import floors_of
from treatments.services.extensions import extended_until, with_extensions

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
        return gap_before(self.session)


def gap_before(session: CourseSession) -> Gap:
    return Gap(session.never_before, session.earliest, session.target, session.latest)


def latest_day(session: CourseSession, last: date) -> date:
    """Return the last day on which patient and desk may have `session` when the one before it is on `last`.

    The gap's, or that of the newest extension where it is later. A query, unless `session` was read by
    with_extensions, as all that placed_sessions returns are.
    """
    return gaps.latest_day(last=last, gap=gap_before(session), until=extended_until(session))


def judge_day(session: CourseSession, *, last: date, day: date) -> Verdict:
    """Judge having `session` on `day` after the one before it on `last`, its extension counted."""
    return gaps.verdict(last=last, day=day, gap=gap_before(session), until=extended_until(session))


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
    booked = {session: day for session, (pk, day) in _booked(course).items() if pk not in ignoring}
    return _placed(wanted_sessions(course), booked | dict(days or {}))


def _booked(course: Course) -> dict[int, tuple[int, date]]:
    rows = Booking.objects.counting().filter(course=course).values_list("session_id", "pk", "day")
    return {session: (pk, day) for session, pk, day in rows}


def wanted_sessions(course: Course) -> list[CourseSession]:
    """Return the sessions that were given or are to be, in order, with their products and extensions."""
    sessions = course.sessions.filter(dropped_reason="").select_related("product")
    return list(with_extensions(sessions).order_by("number"))


def _placed(sessions: Iterable[CourseSession], days: Mapping[int, date]) -> list[Placed]:
    known = ((session, session.given_on or days.get(session.pk)) for session in sessions)
    return [Placed(session, day, session.given_on is not None) for session, day in known if day]


def floors_elsewhere(
    course: Course, sessions: Sequence[CourseSession] | None = None, *, ignoring: Collection[int] = ()
) -> list[tuple[date, int]]:
    """Return the days of the patient's other courses, each with the days to keep from it on both sides."""
    rows = Booking.objects.counting().filter(patient=course.patient_id).exclude(course=course)
    found = list(treatments_on(rows.exclude(pk__in=list(ignoring))))
    own = own_treatments(wanted_sessions(course) if sessions is None else sessions) if found else frozenset()
    return [(day, floor_to(own, other)) for *_, day, other in found]


def treatments_on(bookings: QuerySet, *wanted: str) -> Iterable[tuple[tuple, int, date, Treatment]]:
    """Yield, of each of these session bookings, the `wanted` columns, its course, its day, what is given."""
    product = ("session__product", "session__product__modality", "session__product__code")
    rows = bookings.annotate(least=Min("course__sessions__never_before"))
    for *found, course, day, pk, modality, code, least in rows.values_list(
        *wanted, "course", "day", *product, "least"
    ):
        yield tuple(found), course, day, Treatment(pk, modality, floors_of(code), least or 0)


def own_treatments(sessions: Iterable[CourseSession]) -> frozenset[Treatment]:
    """Return what a course gives: one for each product; expects the products read with the sessions."""
    sessions = list(sessions)
    least = min((session.never_before for session in sessions if session.never_before), default=0)
    products = {session.product for session in sessions}
    return frozenset(Treatment(one.pk, one.modality, floors_of(one.code), least) for one in products)


def floor_to(own: Iterable[Treatment], other: Treatment) -> int:
    return max((gaps.floor_between(one, other) for one in own), default=AFTER_LAST_SESSION)


def check_gaps(
    *, course: Course, days: Mapping[int, date], ignoring: Collection[int], authority: Authority, reason: str
) -> None:
    """Refuse a change that breaks order or a floor, or that this authority may not make.

    Only pairs that the change touches are judged, and a session that stays on its day is not touched. The
    pair after a touched session is held to its floors alone: that the next one comes late is for the re-plan
    to mend, no reason to keep this one where it is.
    """
    booked, sessions = _booked(course), wanted_sessions(course)
    was = {session: day for session, (_, day) in booked.items()}
    changed = {session for session, day in days.items() if was.get(session) != day}
    kept = {session: day for session, (pk, day) in booked.items() if pk not in ignoring}
    placed = _placed(sessions, kept | dict(days))
    if authority != Authority.UNDO:
        _refuse_left_out(sessions, placed, days.keys() - was.keys())
    elsewhere = floors_elsewhere(course, sessions, ignoring=ignoring) if changed else []
    _refuse_near_other_courses({days[session] for session in changed}, elsewhere)
    for before, after in pairwise(placed):
        if after.session.pk in changed:
            may_be_late = _is_no_later_than(before, after, was)
            _judge(before, after, authority, reason, may_be_late=may_be_late)
        elif before.session.pk in changed:
            _judge(before, after, authority, reason, is_next=True)


def _refuse_left_out(
    sessions: Iterable[CourseSession], placed: Iterable[Placed], new: Collection[int]
) -> None:
    """A session that gets its first time waits until those before it have theirs."""
    have = {item.session.pk for item in placed}
    lacking = [session.number for session in sessions if session.pk not in have and not session.is_soft]
    if any(session.pk in new and lacking and lacking[0] < session.number for session in sessions):
        raise refusals.OutOfOrder


def _refuse_near_other_courses(days: Iterable[date], elsewhere: Iterable[tuple[date, int]]) -> None:
    near = [
        other + timedelta(days=floor)
        for other, floor in elsewhere
        for day in days
        if abs((day - other).days) < floor
    ]
    if near:
        raise refusals.TooSoon(max(near))


def _is_no_later_than(before: Placed, after: Placed, was: Mapping[int, date]) -> bool:
    """Whether the gap is no longer than the one that stood: what is late already may come nearer."""
    from_, stood = before.day if before.is_given else was.get(before.session.pk), was.get(after.session.pk)
    return bool(from_ and stood) and after.day - before.day <= stood - from_


def _judge(
    before: Placed, after: Placed, authority: Authority, reason: str, *, may_be_late=False, is_next=False
) -> None:
    """`is_next`: the session that changes is `before`, so no later day of `after` would help."""
    if after.day <= before.day:
        raise refusals.OutOfOrder
    gap = after.gap
    judged = judge_day(after.session, last=before.day, day=after.day)
    doctor = authority == Authority.UNDO or (authority == Authority.DOCTOR and bool(reason))
    floor = gap.never_before if doctor else gap.earliest
    if judged == Verdict.REFUSED or (judged == Verdict.DOCTOR_ONLY and not doctor):
        raise refusals.TooSoon(None if is_next else before.day + timedelta(days=floor))
    if may_be_late or is_next or judged == Verdict.ON_TIME:
        return
    if authority in (Authority.DOCTOR, Authority.UNDO):
        return
    if judged == Verdict.RESCREEN:
        raise refusals.NeedsReview
    if judged == Verdict.LATE and authority == Authority.PATIENT:
        raise refusals.TooLate(latest_day(after.session, before.day))
