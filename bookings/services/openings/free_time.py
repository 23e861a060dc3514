"""What one location's practitioners, rooms and chairs have free: hours less closures less claims, as bitmaps.

Three queries however many resources (rows.py): who there is with their hours;
what is closed, capped or on the road; what is claimed. search.py makes openings of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings.rules import openings as rules
from bookings.rules.openings import GRAIN_MINUTES, Availability, Grid
from bookings.services.openings import rows
from clinic.models import Location, VisitType
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from clinic.rules.timespans import Span

NOON = time(12)


@dataclass(frozen=True)
class Asked:
    """What is looked for, and what does not stand in its way.

    only: the resources a door has locked. ignoring: bookings whose own claims are about to be given up.
    urgent: the times kept for urgent visits may be used. beside: practitioners may be busy (a fit-in).
    closed_since: only what was closed after that.
    """

    location: Location
    first_day: date
    last_day: date
    now: datetime
    visit_type: VisitType | None = None
    kinds: frozenset[str] = frozenset()
    practitioner: int | None = None
    only: Collection[int] | None = None
    ignoring: Collection[int] = ()
    urgent: bool = False
    beside: bool = False
    closed_since: datetime | None = None

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.location.time_zone)

    @property
    def days(self) -> list[date]:
        """One day more on both sides: hours of the evening before reach in, visits of the last one out."""
        return [self.first_day + timedelta(n) for n in range(-1, (self.last_day - self.first_day).days + 2)]

    @property
    def grid(self) -> Grid:
        """From the first of these days to the last; a day that a time zone leaves out has no span."""
        tz, days = self.tz, self.days[1:]
        first = next(span for day in days if (span := timespans.day_span(day, tz)))
        last = next(span for day in reversed(days) if (span := timespans.day_span(day, tz)))
        return Grid.over(Span(first.start, last.end))


@dataclass
class House:
    """The resources of a location as they are read: who, with which turnover, cap and hours."""

    kinds: dict[int, str] = field(default_factory=dict)
    turnover: dict[int, int] = field(default_factory=dict)  # in cells
    caps: dict[int, int] = field(default_factory=dict)
    roaming: set[int] = field(default_factory=set)
    hours: dict[int | None, list] = field(default_factory=lambda: defaultdict(list))


def read_availability(asked: Asked) -> tuple[House, Grid, Availability]:
    """Return what is free in the days asked for, claims left out."""
    grid, house = asked.grid, _read_house(asked)
    blocked = _blocked(asked, house, grid)
    taken = _taken(asked, house, grid)
    hours = _hours(asked, house, grid)
    free, after_hours = {}, {}
    for resource, bits in hours.items():
        longer = _and_after(bits, house.turnover[resource])
        free[resource] = longer & ~blocked[None] & ~blocked[resource] & ~taken.get(resource, 0)
        after_hours[resource] = longer & ~bits
    return house, grid, Availability(free, house.turnover, after_hours)


def read_opening_times(asked: Asked) -> tuple[Grid, dict[int, int]]:
    """Return when each resource is open, whatever is claimed: hours less closures."""
    grid, house = asked.grid, _read_house(asked)
    house.roaming.clear()  # the road is no opening time
    blocked = _blocked(asked, house, grid)
    return grid, {
        resource: bits & ~blocked[None] & ~blocked[resource]
        for resource, bits in _hours(asked, house, grid).items()
    }


def _hours(asked: Asked, house: House, grid: Grid) -> dict[int, int]:
    laid_out: dict[rows.Row, tuple[int, int]] = {}  # many work the same hours

    def week(hours: Iterable[rows.Row]) -> int:
        opening = kept = 0
        for row in hours:
            if row not in laid_out:
                laid_out[row] = _weekly(row, asked.days, asked.tz, grid), _kept_for_urgent(row, asked, grid)
            opening, kept = opening | laid_out[row][0], kept | laid_out[row][1]
        return opening & ~kept

    location = week(house.hours[None])
    return {
        resource: location & (week(house.hours[resource]) if kind == ResourceKind.PRACTITIONER else -1)
        for resource, kind in house.kinds.items()
    }


def _and_after(hours: int, cells: int) -> int:
    """Hours with the turnover after them: a room is cleaned after closing, but nobody is treated then."""
    for _ in range(cells):
        hours |= hours << 1
    return hours


# Who there is


def _read_house(asked: Asked) -> House:
    house = House()
    for resource, kind, minutes, cap, roams, *row in rows.house(
        location=asked.location.pk, visit_type=asked.visit_type and asked.visit_type.pk, kinds=asked.kinds,
        practitioner=asked.practitioner, only=asked.only,
    ):  # fmt: skip
        house.hours[resource].append(tuple(row))
        if resource is None:
            continue
        house.kinds[resource], house.turnover[resource] = kind, minutes // GRAIN_MINUTES
        if cap:
            house.caps[resource] = cap
        if roams:
            house.roaming.add(resource)
    return house


def _weekly(row: rows.Row, days: Iterable[date], tz: ZoneInfo, grid: Grid) -> int:
    weekday, starts, ends, from_on, until_on, *_ = row
    spans = [
        timespans.local_span(day, starts, ends, tz)
        for day in days
        if day.weekday() == weekday and from_on <= day and (until_on is None or day <= until_on)
    ]
    return grid.bits(span for span in spans if span)


def _kept_for_urgent(row: rows.Row, asked: Asked, grid: Grid) -> int:
    """The cells that stay reserved until noon of their day, unless they are what is asked for."""
    weekday, _, _, from_on, until_on, starts, ends = row
    if asked.urgent or starts is None:
        return 0
    days = [day for day in asked.days if asked.now < timespans.local_instant(day, NOON, asked.tz)]
    return _weekly((weekday, starts, ends, from_on, until_on), days, asked.tz, grid)


# What is closed, capped, on the road, or claimed


def _blocked(asked: Asked, house: House, grid: Grid) -> dict[int | None, int]:
    """Return the cells nobody can book of each resource, and of the whole location under None."""
    blocked: dict[int | None, int] = defaultdict(int)
    visits: dict[tuple[int, date], int] = defaultdict(int)
    found = rows.blocking(
        location=asked.location.pk, visit_type=asked.visit_type and asked.visit_type.pk,
        resources=house.kinds, capped=house.caps, roaming=house.roaming,
        closed_since=asked.closed_since, **_within(asked, grid),
    )  # fmt: skip
    for what, resource, starts, ends, minutes in found:
        if what == "visit":
            visits[resource, timespans.local_day(starts, asked.tz)] += 1
        else:
            travel = timedelta(minutes=minutes)
            blocked[resource] |= grid.bits([Span(starts - travel, ends + travel)])
    for (resource, day), count in visits.items():
        span = timespans.day_span(day, asked.tz)
        if count >= house.caps[resource] and span:
            blocked[resource] |= grid.bits([span])
    return blocked


def _taken(asked: Asked, house: House, grid: Grid) -> dict[int, int]:
    people = (ResourceKind.PRACTITIONER,) if asked.beside else ()
    wanted = [resource for resource, kind in house.kinds.items() if kind not in people]
    claimed = rows.claimed(resources=wanted, **_within(asked, grid))
    return rules.busy_from_packed(
        [(resource, bytes(starts), bytes(ends)) for resource, starts, ends in claimed], grid
    )


def _within(asked: Asked, grid: Grid) -> dict:
    return {
        "first": grid.start, "last": grid.instant(grid.cells), "now": asked.now, "ignoring": asked.ignoring
    }  # fmt: skip
