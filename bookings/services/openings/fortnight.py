"""What a booking page offers: one kind of visit at one location over fourteen days, searched at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Q

from bookings.models import WorkingHours
from bookings.services.openings.search import Visit, read_room, read_visit
from clinic.models import Location, VisitType
from clinic.rules import timespans
from clinic.services.days import zone_of

DAYS = 14


@dataclass(frozen=True)
class Fortnight:
    """Free starts by day; a day without any has an empty list."""

    visit: Visit
    location: Location
    days: dict[date, list[datetime]]

    @property
    def first_open(self) -> date | None:
        return next((day for day, starts in self.days.items() if starts), None)

    @property
    def next_start(self) -> datetime | None:
        return self.days[self.first_open][0] if self.first_open else None


@dataclass(frozen=True)
class Search:
    """`ignoring` are bookings whose own time counts as free, because they are about to move.

    `among`: the practitioners who would do, None for all of them.
    """

    visit_type: VisitType
    location: Location
    first_day: date | None = None
    practitioner: int | None = None
    ignoring: Collection[int] = ()
    among: frozenset[int] | None = None


def read_fortnight(search: Search, *, now: datetime, visit: Visit | None = None) -> Fortnight:
    """Return what a patient may book themselves: after the notice, before the horizon. Four queries."""
    visit_type, location, tz = search.visit_type, search.location, zone_of(search.location)
    today = timespans.local_day(now, tz)
    first_day = max(search.first_day or today, today)
    last_day = first_day + timedelta(days=DAYS - 1)
    visit = visit or read_visit(visit_type)
    room = read_room(
        visit=visit, location=location, first_day=first_day, last_day=last_day, now=now,
        ignoring=search.ignoring,
    )  # fmt: skip
    end = timespans.local_instant(last_day + timedelta(days=1), time(0), tz) - timespans.GRAIN
    starts = room.starts(
        not_before=now + timedelta(minutes=visit_type.notice_minutes),
        not_after=min(end, now + timedelta(days=visit_type.horizon_days)),
        practitioner=search.practitioner,
        among=search.among,
    )
    return Fortnight(visit, location, by_day(starts, first_day, tz))


def by_day(starts: Iterable[datetime], first_day: date, tz: tzinfo) -> dict[date, list[datetime]]:
    """Return each of the fourteen days with its starts."""
    days: dict[date, list[datetime]] = {first_day + timedelta(days=n): [] for n in range(DAYS)}
    for start in starts:
        days.get(timespans.local_day(start, tz), []).append(start)
    return days


def opening_weekdays(location: Location, today: date) -> set[int]:
    """Return the weekdays on which a location opens, 0 for Monday."""
    still = Q(until_on=None) | Q(until_on__gte=today)
    hours = WorkingHours.objects.filter(still, location=location, resource=None)
    return set(hours.values_list("weekday", flat=True))
