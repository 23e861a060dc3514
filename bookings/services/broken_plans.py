"""Courses whose booked sessions can no longer stand: a session was missed, or given on another day.

Nothing is stored: it follows from the rows of the course. Two that somebody put so near or so far on purpose
are left alone: only a day that came to be another than planned breaks a plan.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import pairwise

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value

from bookings.models import Booking, ChangeLine, Status
from bookings.services.courses import Row, State, rows
from bookings.services.door.gap_rules import latest_day
from bookings.services.planning import gap_of
from clinic.models import Location
from treatments.models import Course, CourseSession
from treatments.rules.gaps import Gap
from treatments.services.extensions import with_extensions

FAR = timedelta(days=3660)  # nothing bounds the first session of a course


def needs_planning(found: Sequence[Row], *, today: date) -> bool:
    """Whether the rest of the course should be planned again."""
    return bool(lost_among(found)) or _has_no_room(found, today)


def lost_of(course: Course) -> frozenset[int]:
    return lost_among(rows(course))


def lost_among(found: Sequence[Row]) -> frozenset[int]:
    """Return the sessions (ids) too near to, or too long after, one given on another day than planned."""
    return _lost(_suspects(found))


def broken(*, location: Location, today: date) -> dict[int, Booking]:
    """Return the next booking of each course here that should be planned again, by course; four queries."""
    ahead = _ahead(location, today)
    by_course = _rows_by_course({booking.course_id for booking in ahead})
    lost = _lost([pair for found in by_course.values() for pair in _suspects(found)])
    is_broken = {
        course
        for course, found in by_course.items()
        if _has_no_room(found, today) or any(row.session.pk in lost for row in found)
    }
    return {booking.course_id: booking for booking in ahead[::-1] if booking.course_id in is_broken}


def _ahead(location: Location, today: date) -> list[Booking]:
    """The coming bookings of courses in which a session is missing, or not as far away as planned."""
    live = Booking.objects.counting().filter(session=OuterRef("pk"))
    lacking = CourseSession.objects.filter(
        ~Exists(live), course=OuterRef("course"), number__lt=OuterRef("session__number"), given_on=None,
        dropped_reason="", is_soft=False,
    )  # fmt: skip
    given = CourseSession.objects.filter(course=OuterRef("course"), given_on__isnull=False)
    last_given = Subquery(given.order_by("-number").values("given_on")[:1])
    length = ExpressionWrapper(F("day") - last_given, output_field=DurationField())
    one_day = Value(timedelta(days=1), output_field=DurationField())
    coming = Booking.objects.filter(
        location=location, status=Status.BOOKED, day__gte=today, course__ended_on=None, replaces=None,
        session__isnull=False,
    ).annotate(length=length)  # fmt: skip
    too_near = Q(length__lt=F("session__earliest") * one_day)
    too_far = Q(length__gt=F("session__latest") * one_day)
    rows_ = coming.filter(Exists(lacking) | too_near | too_far)
    return list(rows_.order_by("starts"))


def _rows_by_course(courses: Collection[int]) -> dict[int, list[Row]]:
    if not courses:
        return {}
    sessions = CourseSession.objects.filter(course__in=courses, dropped_reason="")
    bookings = Booking.objects.counting().filter(course__in=courses, replaces=None)
    booked = {booking.session_id: booking for booking in bookings}
    found: dict[int, list[Row]] = defaultdict(list)
    for session in with_extensions(sessions).order_by("number"):
        booking = booked.get(session.pk)
        state = State.GIVEN if session.given_on else State.BOOKED if booking else State.TO_BOOK
        found[session.course_id].append(Row(session, state, booking))
    return found


_Pair = tuple[Row, Row]


def _suspects(found: Sequence[Row]) -> list[_Pair]:
    wanted = [row for row in found if not (row.session.is_soft and row.booking is None)]
    return [
        (before, after)
        for before, after in pairwise(wanted)
        if before.state == State.GIVEN and after.state == State.BOOKED and _is_off(before, after)
    ]


def _is_off(before: Row, after: Row) -> bool:
    gap, given = gap_of(after.session), before.session.given_on
    if gap is None or after.booking.status != Status.BOOKED:
        return False
    day = after.booking.day
    if day > given + timedelta(days=gap.latest):
        return day > latest_day(after.session, given)  # a query, so only where it matters
    return day < given + timedelta(days=gap.earliest)


def _lost(pairs: Collection[_Pair]) -> frozenset[int]:
    """A record moves its booking to the day it was given; the last change of it still says which it was."""
    if not pairs:
        return frozenset()
    bookings = [before.booking.pk for before, _after in pairs if before.booking]
    lines = (
        ChangeLine.objects.filter(booking__in=bookings).order_by("pk").values_list("booking", "after__day")
    )
    planned = dict(lines)
    return frozenset(
        after.session.pk
        for before, after in pairs
        if before.booking is None or planned.get(before.booking.pk) != before.session.given_on.isoformat()
    )


def _has_no_room(found: Sequence[Row], today: date) -> bool:
    """Whether sessions without a time no longer fit between what is given and what is booked after them."""
    window: _Days = None  # on which the session before may be
    lacking = False
    for row in found:
        day, gap = row.session.given_on or (row.booking and row.booking.day), gap_of(row.session)
        if day is None and row.session.is_soft:
            continue
        following = _following(window, gap)
        if day is None:
            window, lacking = _from(today, following), True
        elif lacking and following and not following[0] <= day <= following[1]:
            return True
        else:
            window, lacking = (day, day), False
    return False


_Days = tuple[date, date] | None


def _following(window: _Days, gap: Gap | None) -> _Days:
    if window is None or gap is None:
        return None
    return window[0] + timedelta(days=gap.earliest), window[1] + timedelta(days=gap.latest)


def _from(today: date, window: _Days) -> _Days:
    return (max(today, window[0]), window[1]) if window else (today, today + FAR)
