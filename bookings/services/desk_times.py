"""The times the desk may offer for one visit over two weeks: without notice, and past its latest day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bookings.models import Booking
from bookings.services.courses import days_of_other_injections, gap_of
from bookings.services.gap_rules import Placed, placed_sessions
from bookings.services.openings import Room, read_room, read_visit
from clinic.models import Location, Practitioner, VisitType
from clinic.rules import timespans
from clinic.services.days import zone_of
from treatments.models import CourseSession
from treatments.rules.gaps import Verdict, verdict

DAYS = 14
HORIZON = timedelta(days=366)


@dataclass(frozen=True)
class Wanted:
    """One visit looking for a time; `booking` is the one that moves, `practitioner` whom they ask for."""

    visit_type: VisitType
    location: Location
    session: CourseSession | None = None
    booking: Booking | None = None
    practitioner: int | None = None

    def stands_at(self, start: datetime) -> bool:
        """Whether that is where the visit is already."""
        booking = self.booking
        return bool(booking) and booking.starts == start and booking.practitioner_id == self.practitioner


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
        return verdict(last=self.before.day, day=day, gap=gap_of(self.session))


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
        now=now, ignoring=[wanted.booking.pk] if wanted.booking else [],
    )  # fmt: skip
    end = timespans.local_instant(last + timedelta(days=1), time(0), tz) - timespans.GRAIN
    days: dict[date, list[datetime]] = {first + timedelta(days=n): [] for n in range(DAYS)}
    for start in room.starts(not_before=now, not_after=end, practitioner=wanted.practitioner):
        day = timespans.local_day(start, tz)
        if day in days and limits.allow(day) and not wanted.stands_at(start):
            days[day].append(start)
    return Times(days, room, limits)


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


def names_at(times: Times, day: date) -> dict[datetime, list[str]]:
    """Return who could take each start of a day, by name, in one query."""
    free = {start: times.room.practitioners_at(start) for start in times.days[day]}
    known = Practitioner.objects.filter(pk__in={pk for found in free.values() for pk in found})
    names = dict(known.values_list("pk", "resource__name"))
    return {start: sorted(names[pk] for pk in found if pk in names) for start, found in free.items()}
