"""The times the desk may offer for one visit over two weeks: without notice, and past its latest day."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bookings.models import Booking
from bookings.services.door.gap_rules import Authority, Placed, judge_day, placed_sessions
from bookings.services.openings.doctors import Doctor
from bookings.services.openings.search import Room, read_room, read_visit
from bookings.services.planning import days_of_other_injections, gap_of
from bookings.services.replanning import Replanned, read_standing
from clinic.models import Location, VisitType
from clinic.rules import timespans
from clinic.services.days import zone_of
from treatments.models import CourseSession
from treatments.rules.gaps import Verdict

DAYS = 14
HORIZON = timedelta(days=366)


@dataclass(frozen=True)
class Wanted:
    """One visit looking for a time; `booking` is the one that moves.

    `practitioner`, `among`: whom they ask for, or who would do.
    """

    visit_type: VisitType
    location: Location
    session: CourseSession | None = None
    booking: Booking | None = None
    practitioner: int | None = None
    among: frozenset[int] | None = None

    def stands_at(self, start: datetime) -> bool:
        """Whether that is where the visit is already."""
        booking = self.booking
        return bool(booking) and booking.starts == start and booking.practitioner_id == self.practitioner

    def would_do(self, practitioner: int) -> bool:
        if self.practitioner:
            return practitioner == self.practitioner
        return self.among is None or practitioner in self.among

    @property
    def ignoring(self) -> list[int]:
        return [self.booking.pk] if self.booking else []


@dataclass(frozen=True)
class Limits:
    """What the neighbours in the course leave of the calendar; None where nothing bounds."""

    before: Placed | None = None
    after: Placed | None = None
    session: CourseSession | None = None
    closed: frozenset[date] = frozenset()
    followed: frozenset[date] = frozenset()  # days on which later sessions can move out of its way

    @property
    def first(self) -> date | None:
        """The first day the desk may book."""
        return self.before.day + timedelta(days=gap_of(self.session).earliest) if self.before else None

    @property
    def last(self) -> date | None:
        """The last day before the session that follows."""
        return self.after.day - timedelta(days=self.after.gap.earliest) if self.after else None

    def allow(self, day: date) -> bool:
        if day in self.closed or (self.last and day > self.last and day not in self.followed):
            return False
        return self.before is None or self._judge(day) in (Verdict.ON_TIME, Verdict.LATE)

    def is_late(self, day: date) -> bool:
        return self.before is not None and self._judge(day) == Verdict.LATE

    def _judge(self, day: date) -> Verdict:
        return judge_day(self.session, last=self.before.day, day=day)


@dataclass(frozen=True)
class Times:
    """Free starts by day; a day without any has an empty list."""

    days: dict[date, list[datetime]]
    room: Room
    limits: Limits
    moves: Mapping[date, Replanned] = field(default_factory=dict)

    @property
    def first_open(self) -> date | None:
        return next((day for day, starts in self.days.items() if starts), None)


def read_times(wanted: Wanted, *, first_day: date | None, now: datetime) -> Times:
    """Return two weeks of free starts from `first_day` on, or from the first day there could be one."""
    tz = zone_of(wanted.location)
    limits = read_limits(wanted.session) if wanted.session else Limits()
    today = timespans.local_day(now, tz)
    first = min(max(first_day or limits.first or today, today), today + HORIZON)
    last = first + timedelta(days=DAYS - 1)
    room = read_room(
        visit=read_visit(wanted.visit_type), location=wanted.location, first_day=first, last_day=last,
        now=now, ignoring=wanted.ignoring,
    )  # fmt: skip
    days: dict[date, list[datetime]] = {first + timedelta(days=n): [] for n in range(DAYS)}
    starts = _starts(room, wanted, now, last)
    moves = _what_else_moves(wanted, limits, starts, now) if limits.after else {}
    limits = replace(limits, followed=frozenset(moves))
    for start in starts:
        day = timespans.local_day(start, tz)
        if day in days and limits.allow(day) and not wanted.stands_at(start):
            days[day].append(start)
    return Times(days, room, limits, moves)


def _what_else_moves(
    wanted: Wanted, limits: Limits, starts: Iterable[datetime], now: datetime
) -> dict[date, Replanned]:
    """Return what follows on each day on which others have to move and can; one start stands for all."""
    first_of_day: dict[date, datetime] = {}
    for start in starts:
        first_of_day.setdefault(timespans.local_day(start, zone_of(wanted.location)), start)
    if not first_of_day:
        return {}
    standing = read_standing(
        wanted.session.course, now=now, authority=Authority.DESK, shown=max(first_of_day)
    )
    if wanted.session.pk not in {one.pk for one in standing.ahead}:
        return {}
    found = {day: standing.move(wanted.session, start) for day, start in first_of_day.items()}
    return {
        day: one for day, one in found.items() if not one.failed and sum(row.changes for row in one.rows) > 1
    }


def _starts(room: Room, wanted: Wanted, now: datetime, last: date) -> list[datetime]:
    end = timespans.local_instant(last + timedelta(days=1), time(0), room.tz) - timespans.GRAIN
    return room.starts(not_before=now, not_after=end, practitioner=wanted.practitioner, among=wanted.among)


def read_kept(wanted: Wanted, times: Times, *, day: date, now: datetime) -> Times:
    """Return the times of a day that are kept for urgent visits until noon; none of a course are."""
    room = read_room(
        visit=times.room.visit, location=wanted.location, first_day=day, last_day=day, now=now, urgent=True
    )
    usual = set(times.days.get(day, ()))
    kept = [start for start in _starts(room, wanted, now, day) if start not in usual]
    return Times({day: kept}, room, Limits())


def read_limits(session: CourseSession) -> Limits:
    placed = placed_sessions(session.course)
    before = [item for item in placed if item.session.number < session.number]
    after = [item for item in placed if item.session.number > session.number]
    return Limits(
        before=before[-1] if before else None,
        after=after[0] if after else None,
        session=session,
        closed=frozenset(days_of_other_injections(session.course)),
    )


def first_of(practitioners: Collection[int], times: Times, start: datetime) -> int | None:
    """Return whom of these the door would choose; where chairs are packed anew it chooses only then."""
    found = times.room.choose(start, among=practitioners)
    if found:
        return found[times.room.visit.practitioner_need]
    return next((pk for pk in times.room.practitioners_at(start) if pk in practitioners), None)


def names_at(
    starts: Iterable[datetime], times: Times, wanted: Wanted, doctors: Iterable[Doctor]
) -> dict[datetime, list[str]]:
    """Return who could take each start, by name."""
    fits = [one for one in doctors if wanted.would_do(one.pk)]
    found = times.room.who_at(starts)
    return {start: [one.name for one in fits if one.pk in free] for start, free in found.items()}
