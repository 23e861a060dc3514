"""A course in the diary: where each session stands, when it may be, one proposal for all that lack a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from bookings.models import Booking
from bookings.rules import planner
from bookings.rules.planner import After, Opening, PlanRequest, Weights
from bookings.services.door.gap_rules import floors_elsewhere, placed_sessions
from bookings.services.openings.search import Room, read_room, read_visit
from clinic.rules import timespans
from treatments.models import Course, CourseSession
from treatments.rules.gaps import Gap

HORIZON = timedelta(days=366)
FREE_TO_START = timedelta(days=42)
# A day off the target outweighs any preference of the day; another dermatologist outweighs the hour.
TO_BEGIN = Weights(gap_day=100, start_day=100)
TO_GO_ON = Weights(gap_day=100, start_day=0)  # the gap to the last session says when, not how soon
OTHER_PRACTITIONER = 60
AN_HOUR_OFF = 5


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


@dataclass(frozen=True)
class Wanted:
    session: CourseSession
    starts: datetime
    practitioner: int | None


@dataclass(frozen=True)
class Proposal:
    """Times for every session that lacks one, or why one of them can't be placed."""

    wanted: tuple[Wanted, ...] = ()
    failed: CourseSession | None = None
    window: tuple[date, date] | None = None
    reason: str = ""

    @property
    def times(self) -> list[tuple[CourseSession, datetime, int | None]]:
        """As door.place_course takes them."""
        return [(item.session, item.starts, item.practitioner) for item in self.wanted]


def gap_of(session: CourseSession) -> Gap | None:
    if session.never_before is None:
        return None
    return Gap(session.never_before, session.earliest, session.target, session.latest)


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


def propose(
    course: Course, *, now: datetime, not_before: date | None = None, around: time | None = None
) -> Proposal:
    """Return the plan of least cost for the sessions without a time; those that have one stay put."""
    tz = ZoneInfo(course.location.time_zone)
    tail = _tail(course)
    if not tail:
        return Proposal()
    previous = _last_before(course, tail[0])
    first_day = max(not_before or date.min, timespans.local_day(now, tz))
    if previous and (gap := gap_of(tail[0])):
        first_day = max(first_day, previous + timedelta(days=gap.earliest))
    booked = _booked(course)
    room = _room(course, tail, first_day, now)
    after = After(previous, gap_of(tail[0])) if previous and gap_of(tail[0]) else None
    request = PlanRequest(
        not_before=first_day,
        tz=tz,
        gaps=[gap_of(session) for session in tail[1:]],
        openings=_openings(course, room, tail, booked, now, around),
        after=after,
        weights=TO_GO_ON if after else TO_BEGIN,
    )
    return _proposal(planner.plan(request), tail, booked)


def _tail(course: Course) -> list[CourseSession]:
    """The sessions from the first that lacks a time on; sessions nobody wants a time for yet stay out."""
    booked = _booked(course)
    sessions = [
        session
        for session in course.sessions.filter(dropped_reason="", is_soft=False).order_by("number")
        if not session.given_on
    ]
    lacking = [i for i, session in enumerate(sessions) if session.pk not in booked]
    return sessions[lacking[0] :] if lacking else []


def _last_before(course: Course, session: CourseSession) -> date | None:
    placed = [item for item in placed_sessions(course) if item.session.number < session.number]
    return placed[-1].day if placed else None


def _room(course: Course, tail: Sequence[CourseSession], first_day: date, now: datetime) -> Room:
    longest = sum(session.latest or 0 for session in tail)
    last_day = first_day + min(HORIZON, FREE_TO_START + timedelta(days=longest))
    return read_room(
        visit=read_visit(course.visit_type),
        location=course.location,
        first_day=first_day,
        last_day=last_day,
        now=now,
    )


def _openings(course, room: Room, tail, booked, now, around) -> list[Opening]:
    """The best start of each day for the sessions that lack a time, and the booked ones as their own only."""
    lacking = frozenset(i for i, session in enumerate(tail, start=1) if session.pk not in booked)
    sessions = None if len(lacking) == len(tail) else lacking
    openings = [replace(best, sessions=sessions) for best in _best_of_each_day(course, room, now, around)]
    for number, session in enumerate(tail, start=1):
        if session.pk in booked:
            openings.append(Opening(booked[session.pk].starts, 0, frozenset({number})))
    return openings


def _best_of_each_day(course, room: Room, now, around) -> Iterable[Opening]:
    """With whom they know, if they are free at all that day, and near the hour they like.

    Two sessions are never on one day, so the planner would choose the same from all starts; of a year of them
    that would be most of the work.
    """
    not_before, tz = now + timedelta(minutes=course.visit_type.notice_minutes), room.tz
    closed = days_of_other_injections(course)
    best: dict[date, Opening] = {}
    for who in dict.fromkeys((course.practitioner_id, None)):
        dearer = 0 if who == course.practitioner_id else OTHER_PRACTITIONER
        found = room.starts(not_before=not_before, practitioner=who, except_on=[*closed, *best])
        for day, starts in groupby((start.astimezone(tz) for start in found), key=datetime.date):
            cost, start = min((_off_hour(start, around), start) for start in starts)
            best[day] = Opening(start.astimezone(UTC), dearer + cost, tag=who)
    return best.values()


def _off_hour(at: datetime, around: time | None) -> int:
    if around is None:
        return 0
    minutes = abs((at.hour - around.hour) * 60 + at.minute - around.minute)
    return min(OTHER_PRACTITIONER - 1, minutes * AN_HOUR_OFF // 60)


def days_of_other_injections(course: Course) -> set[date]:
    """Days too near to an injection of another course: no session may be on them."""
    return {
        day + timedelta(days=n) for day, floor in floors_elsewhere(course) for n in range(1 - floor, floor)
    }


def _proposal(plan: planner.Plan, tail: Sequence[CourseSession], booked) -> Proposal:
    if plan.failure:
        failed = tail[plan.failure.session - 1]
        return Proposal((), failed, plan.failure.window, planner.REASONS[plan.failure.reason])
    wanted = tuple(
        Wanted(session, opening.at, opening.tag)
        for session, opening in zip(tail, plan.proposals[0].openings, strict=True)
        if session.pk not in booked
    )
    return Proposal(wanted)


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
        last = before[-1].day + timedelta(days=gap.latest)
        # one that is late already may stay as late as it is
        last = max([last, *(item.day for item in placed if item.session.number == session.number)])
    if after:
        limit = after[0].day - timedelta(days=after[0].gap.earliest)
        last = min(last, limit) if last else limit
    return SessionWindow(first, last, because_of)


def session_openings(
    session: CourseSession, *, now: datetime, first_day: date, days: int, booking: Booking | None = None,
    practitioner: int | None = None,
) -> list[datetime]:  # fmt: skip
    """Return the starts for one session over `days` days from `first_day` that keep its gaps.

    `booking`: its present one when it moves, whose own time then counts as free.
    """
    course = session.course
    tz = ZoneInfo(course.location.time_zone)
    window = window_of(session, today=timespans.local_day(now, tz))
    first = max(first_day, window.first)
    last = first_day + timedelta(days=days - 1)
    last = min(last, window.last) if window.last else last
    if last < first:
        return []
    room = read_room(
        visit=read_visit(course.visit_type), location=course.location, first_day=first, last_day=last,
        now=now, ignoring=[booking.pk] if booking else [],
    )  # fmt: skip
    not_before = now + timedelta(minutes=course.visit_type.notice_minutes)
    end = timespans.day_span(last, tz).end - timedelta(minutes=5)
    closed = days_of_other_injections(course)
    starts = room.starts(not_before=not_before, not_after=end, practitioner=practitioner)
    return [start for start in starts if timespans.local_day(start, tz) not in closed]
