"""What one location's practitioners, rooms and chairs have free: hours less closures less claims, as bitmaps.

Three queries however many resources: who there is with their hours; what is closed, capped or on the road;
what is claimed. bookings/services/openings.py makes openings of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import (
    Aggregate,
    BinaryField,
    CharField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    SmallIntegerField,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from bookings.models import Booking, Claim, Closure, WorkingHours
from bookings.models.bookings import GONE
from bookings.rules import openings as rules
from bookings.rules.openings import GRAIN_MINUTES, Availability, Grid
from clinic.models import Location, Qualified, Resource, VisitType
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from clinic.rules.timespans import Span

NOON = time(12)


class PackedInstants(Aggregate):
    """All instants of a column as one byte string, eight bytes each: half the time of fetching rows."""

    template = "string_agg(timestamptz_send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


@dataclass(frozen=True)
class Asked:
    """What is looked for, and what does not stand in its way.

    only: the resources a door has locked. ignoring: bookings whose own claims are about to be given up.
    urgent: the times kept for urgent visits may be used. beside: practitioners may be busy (a fit-in).
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

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.location.time_zone)

    @property
    def days(self) -> list[date]:
        """One day more on both sides: hours of the evening before reach in, visits of the last one out."""
        return [self.first_day + timedelta(n) for n in range(-1, (self.last_day - self.first_day).days + 2)]

    @property
    def grid(self) -> Grid:
        spans = [span for span in (timespans.day_span(day, self.tz) for day in self.days[1:]) if span]
        return Grid.over(Span(spans[0].start, spans[-1].end))


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
    opening = _weekly(house.hours.get(None, []), asked.days, asked.tz, grid)
    found = {}
    for resource, kind in house.kinds.items():
        own = -1
        if kind == ResourceKind.PRACTITIONER:
            own = _weekly(house.hours[resource], asked.days, asked.tz, grid)
            own &= ~_kept_for_urgent(house.hours[resource], asked, grid)
        found[resource] = opening & own
    return found


def _and_after(hours: int, cells: int) -> int:
    """Hours with the turnover after them: a room is cleaned after closing, but nobody is treated then."""
    for _ in range(cells):
        hours |= hours << 1
    return hours


# Who there is


_HOURS = ("weekday", "starts", "ends", "from_on", "until_on", "urgent_from", "urgent_to")


def _read_house(asked: Asked) -> House:
    opening = (
        WorkingHours.objects.filter(location=asked.location, resource__isnull=True)
        .annotate(
            nobody=F("resource_id"), kind=Value("", CharField()), none=Cast(Value(0), SmallIntegerField()),
            cap=Cast(Value(None), SmallIntegerField()), roams=Value(False),
        )
    )  # fmt: skip
    rows = _resources(asked).values_list(
        "id", "kind", "turnover_minutes", "cap", "roams", *(f"here__{name}" for name in _HOURS)
    ).union(opening.values_list("nobody", "kind", "none", "cap", "roams", *_HOURS), all=True)  # fmt: skip
    house = House()
    for resource, kind, minutes, cap, roams, *row in rows:
        house.hours[resource].append(row)
        if resource is None:
            continue
        house.kinds[resource], house.turnover[resource] = kind, minutes // GRAIN_MINUTES
        if cap:
            house.caps[resource] = cap
        if roams:
            house.roaming.add(resource)
    return house


def _resources(asked: Asked):
    """The location's rooms and chairs, and who has hours there; for a visit type only who may do it."""
    here = Q(location=asked.location)
    people = Q(kind=ResourceKind.PRACTITIONER, here__isnull=False)
    qualified = Qualified.objects.filter(practitioner=OuterRef("pk"), visit_type=asked.visit_type)
    if asked.visit_type:
        here &= Q(kind__in=asked.kinds)
        people &= Q(Exists(qualified), practitioner__verified_on__isnull=False)
    elsewhere = WorkingHours.objects.filter(
        resource=OuterRef("pk"), location__travel_from__destination=asked.location
    )
    found = Resource.objects.annotate(
        here=FilteredRelation("working_hours", condition=Q(working_hours__location=asked.location)),
        cap=Subquery(qualified.values("daily_cap")[:1]),
        roams=Exists(elsewhere),
    ).filter(here | people, is_active=True)
    if asked.practitioner is not None:
        found = found.filter(~Q(kind=ResourceKind.PRACTITIONER) | Q(pk=asked.practitioner))
    return found if asked.only is None else found.filter(pk__in=asked.only)


def _weekly(hours: Iterable, days: Iterable[date], tz: ZoneInfo, grid: Grid) -> int:
    bits = 0
    for weekday, starts, ends, from_on, until_on, *_ in hours:
        if weekday is None:
            continue
        for day in days:
            if day.weekday() == weekday and from_on <= day and (until_on is None or day <= until_on):
                span = timespans.local_span(day, starts, ends, tz)
                bits |= grid.bits([span]) if span else 0
    return bits


def _kept_for_urgent(hours: Iterable, asked: Asked, grid: Grid) -> int:
    """The cells that stay reserved until noon of their day, unless they are what is asked for."""
    if asked.urgent:
        return 0
    days = [day for day in asked.days if asked.now < timespans.local_instant(day, NOON, asked.tz)]
    kept = [[*row[:1], *row[5:7], *row[3:5]] for row in hours if row[5] is not None]
    return _weekly(kept, days, asked.tz, grid)


# What is closed, capped, or on the road: one query


def _blocked(asked: Asked, house: House, grid: Grid) -> dict[int | None, int]:
    """Return the cells nobody can book of each resource, and of the whole location under None."""
    blocked: dict[int | None, int] = defaultdict(int)
    visits: dict[tuple[int, date], int] = defaultdict(int)
    for what, resource, starts, ends, minutes in _blocking_rows(asked, house, grid):
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


def _blocking_rows(asked: Asked, house: House, grid: Grid):
    closures = Closure.objects.filter(
        Q(location=asked.location, resource__isnull=True) | Q(resource__in=list(house.kinds)),
        Q(location=asked.location) | Q(location__isnull=True),
        starts__lt=grid.instant(grid.cells),
        ends__gt=grid.start,
    )
    rows = _as_rows(closures, "closure", "resource_id", "starts", "ends")
    if house.caps and asked.visit_type:
        rows = rows.union(_visits_that_count(asked, house, grid), all=True)
    if house.roaming:
        rows = rows.union(_claims_elsewhere(asked, house, grid), all=True)
    return rows


def _as_rows(found, what: str, *columns: str, minutes=None):
    minutes = Value(0) if minutes is None else minutes
    return found.annotate(
        what=Value(what, CharField()), minutes_of=Cast(minutes, IntegerField())
    ).values_list("what", *columns, "minutes_of")  # fmt: skip


def _visits_that_count(asked: Asked, house: House, grid: Grid):
    """A capped practitioner's visits of this type, the whole of each local day that the grid touches."""
    day = timedelta(days=1)
    found = Booking.objects.unexpired(asked.now).exclude(status__in=GONE).exclude(pk__in=asked.ignoring)
    found = found.filter(
        practitioner__in=house.caps, visit_type=asked.visit_type, replaces=None,
        starts__gt=grid.start - day, starts__lt=grid.instant(grid.cells) + day,
    )  # fmt: skip
    return _as_rows(found, "visit", "practitioner_id", "starts", "ends")


def _claims_elsewhere(asked: Asked, house: House, grid: Grid):
    """Claims at other locations, from which the way here takes time; and from here to them as long."""
    day = timedelta(days=1)
    found = Claim.objects.filter(
        Q(held_until__isnull=True) | Q(held_until__gt=asked.now),
        resource__in=house.roaming,
        booking__location__travel_from__destination=asked.location,
        starts__gt=grid.start - day,
        starts__lt=grid.instant(grid.cells) + day,
    ).exclude(booking__in=asked.ignoring)
    minutes = F("booking__location__travel_from__minutes")
    return _as_rows(found, "travel", "resource_id", "starts", "ends", minutes=minutes)


# What is claimed


def _taken(asked: Asked, house: House, grid: Grid) -> Mapping[int, int]:
    people = (ResourceKind.PRACTITIONER,) if asked.beside else ()
    claims = Claim.objects.filter(
        Q(held_until__isnull=True) | Q(held_until__gt=asked.now),
        resource__in=[resource for resource, kind in house.kinds.items() if kind not in people],
        # a claim lasts at most twelve hours, which lets the index on (resource, starts) bound both ends
        starts__gt=grid.start - timedelta(hours=12),
        starts__lt=grid.instant(grid.cells),
    )
    if asked.ignoring:
        claims = claims.exclude(booking__in=list(asked.ignoring))
    packed = (
        claims.values("resource_id")
        .annotate(from_=PackedInstants("starts"), to=PackedInstants("ends"))
        .values_list("resource_id", "from_", "to")
    )
    return {
        resource: rules.busy_from_edges(
            rules.packed_edges(bytes(starts), grid), rules.packed_edges(bytes(ends), grid, round_up=True)
        )
        for resource, starts, ends in packed
    }
