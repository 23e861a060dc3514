"""Courses whose booked sessions can no longer stand: a session was missed, or given on another day.

Nothing is stored: it follows from the rows of the course. Two that somebody put so near or so far on purpose
are left alone: only a day that came to be another than planned breaks a plan.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from bookings.models import ChangeLine
from bookings.services.courses import Row, State, gap_of, rows
from bookings.services.door.gap_rules import latest_day
from treatments.models import Course
from treatments.rules.gaps import Gap

FAR = timedelta(days=3660)  # nothing bounds the first session of a course


def needs_planning(found: Sequence[Row], *, today: date) -> bool:
    """Whether the rest of the course should be planned again."""
    return bool(lost_among(found)) or _has_no_room(found, today)


def lost_of(course: Course) -> frozenset[int]:
    return lost_among(rows(course))


def lost_among(found: Sequence[Row]) -> frozenset[int]:
    """Return the sessions (ids) too near to, or too long after, one given on another day than planned."""
    wanted = [row for row in found if not (row.session.is_soft and row.booking is None)]
    suspects = [
        (before, after)
        for before, after in pairwise(wanted)
        if before.state == State.GIVEN and after.state == State.BOOKED and _is_off(before, after)
    ]
    return frozenset(after.session.pk for before, after in suspects if _was_given_elsewhen(before))


def _is_off(before: Row, after: Row) -> bool:
    gap, given = gap_of(after.session), before.session.given_on
    if gap is None or after.booking.status != "booked":
        return False
    day = after.booking.day
    if day > given + timedelta(days=gap.latest):
        return day > latest_day(after.session, given)  # a query, so only where it matters
    return day < given + timedelta(days=gap.earliest)


def _was_given_elsewhen(row: Row) -> bool:
    """A record moves its booking to the day it was given; the last change of it still says which it was."""
    if row.booking is None:
        return True
    line = ChangeLine.objects.filter(booking=row.booking).order_by("-pk").first()
    return line is None or line.after["day"] != row.session.given_on.isoformat()


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
