"""A course in the diary: where each session stands, and when it may be; planning.py finds times for all."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bookings.models import Booking
from bookings.services.door.gap_rules import latest_day, placed_sessions
from bookings.services.planning import gap_of
from treatments.models import Course, CourseSession


class State(StrEnum):
    GIVEN = "given"
    BOOKED = "booked"
    TO_BOOK = "to_book"
    WAITING = "waiting"  # the session before it has no day yet


@dataclass(frozen=True)
class Row:
    """One session on the course page. `first`, `target`, `last`: the days it may be, when that is known."""

    session: CourseSession
    state: State
    booking: Booking | None = None
    first: date | None = None
    target: date | None = None
    last: date | None = None


def rows(course: Course) -> list[Row]:
    """Return every session of the course in order, each with what is known about its day."""
    booked = _booked(course)
    found: list[Row] = []
    previous: date | None = None
    for session in course.sessions.filter(dropped_reason="").order_by("number"):
        booking, gap = booked.get(session.pk), gap_of(session)
        if session.given_on:
            row = Row(session, State.GIVEN, booking)
        elif booking:
            row = Row(session, State.BOOKED, booking)
        elif gap is None:
            row = Row(session, State.TO_BOOK)
        elif previous is None:
            row = Row(session, State.WAITING)
        else:
            days = (previous + timedelta(days=n) for n in (gap.earliest, gap.target, gap.latest))
            row = Row(session, State.TO_BOOK, None, *days)
        found.append(row)
        previous = session.given_on or (booking.day if booking else None)
    return found


def _booked(course: Course) -> dict[int, Booking]:
    bookings = Booking.objects.counting().filter(course=course)
    return {
        booking.session_id: booking
        for booking in bookings.select_related("practitioner__resource", "location", "visit_type")
    }


@dataclass(frozen=True)
class SessionWindow:
    """The days one session may be on, both included, as its neighbours stand; None where nothing bounds."""

    first: date
    last: date | None
    because_of: int | None = None  # number of the session before


def window_of(session: CourseSession, *, today: date) -> SessionWindow:
    """Return the days on which a patient may have this session."""
    placed = placed_sessions(session.course)
    before = [item for item in placed if item.session.number < session.number]
    after = [item for item in placed if item.session.number > session.number]
    first, last, because_of, gap = today, None, None, gap_of(session)
    if before and gap:
        because_of = before[-1].session.number
        first = max(first, before[-1].day + timedelta(days=gap.earliest))
        last = latest_day(session, before[-1].day)
        # one that is late already may stay as late as it is
        last = max([last, *(item.day for item in placed if item.session.number == session.number)])
    if after:
        limit = after[0].day - timedelta(days=after[0].gap.earliest)
        last = min(last, limit) if last else limit
    return SessionWindow(first, last, because_of)
