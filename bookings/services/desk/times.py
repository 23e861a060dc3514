"""The times the desk may offer for one visit over two weeks: without notice, and past its latest day."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bookings.models import Booking
from bookings.services.courses import days_of_other_injections, gap_of
from bookings.services.door.gap_rules import Placed, judge_day, placed_sessions
from bookings.services.openings.doctors import Doctor
from bookings.services.openings.search import Room, read_room, read_visit
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

    @property
    def first(self) -> date | None:
        """The first day the desk may book."""
        return self.before.day + timedelta(days=gap_of(self.session).earliest) if self.before else None

    @property
    def last(self) -> date | None:
        """The last day before the session that follows."""
        return self.after.day - timedelta(days=self.after.gap.earliest) if self.after else None

    def allow(self, day: date) -> bool:
        if day in self.closed or (self.last and day > self.last):
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
    for start in _starts(room, wanted, now, last):
        day = timespans.local_day(start, tz)
        if day in days and limits.allow(day) and not wanted.stands_at(start):
            days[day].append(start)
    return Times(days, room, limits)


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
