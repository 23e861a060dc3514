"""Where a visit could go: reads hours, closures and claims in four queries, however many practitioners.

`read_visit` is the first of them, `read_room` the other three. What they give is an offer: bookings/door.py
reads the same again under its locks before it takes anything.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import (
    Aggregate,
    BinaryField,
    CharField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    SmallIntegerField,
    Value,
)
from django.db.models.functions import Cast

from bookings.models import Claim, Closure, WorkingHours
from bookings.rules import openings as rules
from bookings.rules.openings import GRAIN_MINUTES, Availability, Grid, Pick, Use
from clinic.models import Location, Qualified, Resource, Step, VisitType
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from clinic.rules.timespans import Span


class PackedInstants(Aggregate):
    """All instants of a column as one byte string, eight bytes each: half the time of fetching rows."""

    template = "string_agg(timestamptz_send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


@dataclass(frozen=True)
class ResourceNeed:
    """One resource to be found, and the steps of the visit that use it."""

    kind: str
    steps: tuple[int, ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Visit:
    """The shape of a visit type: how long, in which steps, using what."""

    type: VisitType
    cells: int
    needs: tuple[ResourceNeed, ...]

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.cells * GRAIN_MINUTES)

    @property
    def practitioner_need(self) -> int:
        return next(i for i, need in enumerate(self.needs) if need.kind == ResourceKind.PRACTITIONER)


def read_visit(visit_type: VisitType) -> Visit:
    """Return the shape of a visit type; a `same_as` need joins the uses of the need it points at."""
    rows = (
        Step.objects.filter(visit_type=visit_type)
        .order_by("position", "needs__id")
        .values_list("id", "minutes", "needs__id", "needs__kind", "needs__same_as")
    )
    offset, last_step, length = 0, None, 0
    uses: dict[int, list[tuple[int, Use]]] = defaultdict(list)
    kinds: dict[int, str] = {}
    for step, minutes, need, kind, same_as in rows:
        if step != last_step:
            offset, last_step, length = offset + length, step, minutes // GRAIN_MINUTES
        if need is not None:
            root = same_as or need
            kinds.setdefault(root, kind)
            uses[root].append((step, Use(offset, length)))
    needs = tuple(
        ResourceNeed(kinds[root], tuple(step for step, _ in parts), tuple(use for _, use in parts))
        for root, parts in uses.items()
    )
    return Visit(type=visit_type, cells=offset + length, needs=needs)


@dataclass(frozen=True)
class Room:
    """What is free for one visit at one location over a grid of days."""

    visit: Visit
    location: Location
    grid: Grid
    picks: tuple[Pick, ...]
    availability: Availability

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.location.time_zone)

    def starts(
        self, *, not_before: datetime, not_after: datetime | None = None, practitioner: int | None = None
    ) -> list[datetime]:
        """Return every time the visit could start, on the visit type's grid of starts, in order."""
        allowed = self.grid.starts_every(self.visit.type.start_every_minutes, tz=self.tz)
        first = max(0, self.grid.cell(timespans.align_up(not_before)))
        last = self.grid.cells
        if not_after is not None:
            last = min(last, self.grid.cell(not_after) + 1)
        allowed &= rules.run_of(first, last) if first < last else 0
        found = rules.find_starts(
            grid=self.grid,
            picks=self._picks(practitioner),
            availability=self.availability,
            allowed=allowed,
        )
        return [self.grid.instant(cell) for cell in rules.cells_of(found)]

    def practitioners_at(self, starts: datetime) -> tuple[int, ...]:
        """Return who could do the visit at this start, by resource id."""
        free = rules.candidates_at(
            cell=self.grid.cell(starts), picks=self.picks, availability=self.availability
        )
        return free[self.visit.practitioner_need]

    def choose(self, starts: datetime, practitioner: int | None = None) -> tuple[int, ...] | None:
        """Return one resource per need, the tightest fitting; None when somebody or something is missing."""
        return rules.choose(
            cell=self.grid.cell(starts), picks=self._picks(practitioner), availability=self.availability
        )

    def _picks(self, practitioner: int | None) -> tuple[Pick, ...]:
        if practitioner is None:
            return self.picks
        return tuple(_only(pick, practitioner) for pick in self.picks)

    def is_free(self, starts: datetime, chosen: tuple[int, ...]) -> bool:
        """Say whether exactly these resources can serve a visit that starts then."""
        cell = self.grid.cell(starts)
        return all(
            resource in pick.candidates and self.availability.is_free(pick, resource, cell)
            for pick, resource in zip(self.picks, chosen, strict=True)
        )

    def use(self, starts: datetime, chosen: tuple[int, ...]) -> None:
        """Count these resources as taken, so that the next choice of the same act finds others."""
        for resource, _, span in self.claim_spans(starts, chosen):
            self.availability.free[resource] &= ~self.grid.bits([span])

    def claim_spans(self, starts: datetime, chosen: tuple[int, ...]) -> list[tuple[int, int, Span]]:
        """Return (resource, step, span) for every claim a booking at this start makes."""
        claims = []
        for need, pick, resource in zip(self.visit.needs, self.picks, chosen, strict=True):
            spans = rules.claim_spans(pick, resource, self.grid.cell(starts), self.availability)
            for step, (start, end) in zip(need.steps, spans, strict=True):
                claims.append((resource, step, Span(self.grid.instant(start), self.grid.instant(end))))
        return claims


def _only(pick: Pick, practitioner: int) -> Pick:
    if pick.kind != ResourceKind.PRACTITIONER:
        return pick
    return Pick(pick.kind, pick.uses, tuple(who for who in pick.candidates if who == practitioner))


def read_room(
    *,
    visit: Visit,
    location: Location,
    first_day: date,
    last_day: date,
    now: datetime,
    practitioner: int | None = None,
    only: Collection[int] | None = None,
    ignoring: Collection[int] = (),
) -> Room:
    """Read what is free between two local days, both included.

    `only` narrows to the resources a door has locked; `ignoring` are bookings whose own claims do not count,
    because they are about to be given up.
    """
    tz = ZoneInfo(location.time_zone)
    # hours of the evening before may reach in, and a visit of the last evening out
    days = [first_day + timedelta(n) for n in range(-1, (last_day - first_day).days + 2)]
    spans = [span for span in (timespans.day_span(day, tz) for day in days[1:]) if span]
    grid = Grid.over(Span(spans[0].start, spans[-1].end))
    resources, hours = _resources_and_hours(
        visit=visit, location=location, practitioner=practitioner, only=only
    )
    closed = _closed(location=location, resources=resources, grid=grid)
    taken = _taken(resources=resources, grid=grid, now=now, ignoring=ignoring)
    opening = _weekly(hours.get(None, []), days, tz, grid)
    free = {}
    for resource, (kind, turnover) in resources.items():
        own = _weekly(hours[resource], days, tz, grid) if kind == ResourceKind.PRACTITIONER else -1
        open_bits = _and_after(opening & own, turnover // GRAIN_MINUTES)
        free[resource] = open_bits & ~closed[None] & ~closed[resource] & ~taken.get(resource, 0)
    picks = tuple(
        Pick(
            need.kind, need.uses, tuple(r for r, (kind, _) in sorted(resources.items()) if kind == need.kind)
        )
        for need in visit.needs
    )
    turnover = {resource: minutes // GRAIN_MINUTES for resource, (_, minutes) in resources.items()}
    return Room(visit, location, grid, picks, Availability(free, turnover))


def _and_after(hours: int, cells: int) -> int:
    """Hours with the turnover after them: a room is cleaned after closing, but nobody is treated then.

    Turnover follows every use, so lengthening by exactly that much lets a use end with the hours, no later.
    """
    for _ in range(cells):
        hours |= hours << 1
    return hours


_HOURS = ("weekday", "starts", "ends", "from_on", "until_on")


def _resources_and_hours(*, visit, location, practitioner, only):
    """Return {resource: (kind, turnover minutes)} and {resource or None: hours}; None is the location."""
    qualified = Qualified.objects.filter(practitioner=OuterRef("pk"), visit_type=visit.type)
    wanted = Q(location=location, kind__in={need.kind for need in visit.needs}) | Q(
        Exists(qualified),
        kind=ResourceKind.PRACTITIONER,
        practitioner__verified_on__isnull=False,
        here__isnull=False,
    )
    resources = Resource.objects.annotate(
        here=FilteredRelation("working_hours", condition=Q(working_hours__location=location))
    ).filter(wanted, is_active=True)
    if practitioner is not None:
        resources = resources.filter(~Q(kind=ResourceKind.PRACTITIONER) | Q(pk=practitioner))
    if only is not None:
        resources = resources.filter(pk__in=only)
    opening = WorkingHours.objects.filter(location=location, resource__isnull=True).annotate(
        nobody=F("resource_id"), kind=Value("", CharField()), none=Cast(Value(0), SmallIntegerField())
    )
    rows = resources.values_list(
        "id", "kind", "turnover_minutes", *(f"here__{name}" for name in _HOURS)
    ).union(opening.values_list("nobody", "kind", "none", *_HOURS), all=True)
    found, hours = {}, defaultdict(list)
    for resource, kind, minutes, *row in rows:
        if resource is not None:
            found[resource] = (kind, minutes)
        hours[resource].append(row)
    return found, hours


def _closed(*, location, resources, grid) -> dict[int | None, int]:
    """Return the closed cells of each resource, and of the whole location under None."""
    rows = Closure.objects.filter(
        Q(location=location, resource__isnull=True) | Q(resource__in=list(resources)),
        Q(location=location) | Q(location__isnull=True),
        starts__lt=grid.instant(grid.cells),
        ends__gt=grid.start,
    ).values_list("resource_id", "starts", "ends")
    closed: dict[int | None, int] = defaultdict(int)
    for resource, starts, ends in rows:
        closed[resource] |= grid.bits([Span(starts, ends)])
    return closed


def _taken(*, resources, grid, now, ignoring) -> dict[int, int]:
    claims = Claim.objects.filter(
        Q(held_until__isnull=True) | Q(held_until__gt=now),
        resource__in=list(resources),
        # a claim lasts at most twelve hours, which lets the index on (resource, starts) bound both ends
        starts__gt=grid.start - timedelta(hours=12),
        starts__lt=grid.instant(grid.cells),
    )
    if ignoring:
        claims = claims.exclude(booking__in=list(ignoring))
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


def _weekly(hours, days, tz, grid) -> int:
    bits = 0
    for weekday, starts, ends, from_on, until_on in hours:
        if weekday is None:
            continue
        for day in days:
            if day.weekday() == weekday and from_on <= day and (until_on is None or day <= until_on):
                span = timespans.local_span(day, starts, ends, tz)
                bits |= grid.bits([span]) if span else 0
    return bits
