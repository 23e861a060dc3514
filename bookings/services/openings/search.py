"""Where a visit could go: reads hours, closures and claims in four queries, however many practitioners.

`read_visit` is the first of them, `read_room` the other three. What they give is an offer: bookings/door.py
reads the same again under its locks before it takes anything.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.rules import openings as rules
from bookings.rules.openings import GRAIN_MINUTES, Availability, Grid, Pick, Use
from bookings.services.openings import rows
from bookings.services.openings.free_time import Asked, House, read_availability
from clinic.models import Location, VisitType
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from clinic.rules.timespans import Span


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
    offset, last_step, length = 0, None, 0
    uses: dict[int, list[tuple[int, Use]]] = defaultdict(list)
    kinds: dict[int, str] = {}
    for step, minutes, need, kind, same_as in rows.steps(visit_type.pk):
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
    """What is free for one visit at one location over a grid of days.

    `later`: the cells of days after today, on which chairs may be packed anew. `beside`: a fit-in, which
    claims no practitioner.
    """

    visit: Visit
    location: Location
    grid: Grid
    picks: tuple[Pick, ...]
    availability: Availability
    later: int = 0
    beside: bool = False

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.location.time_zone)

    def starts(
        self, *, not_before: datetime, not_after: datetime | None = None, practitioner: int | None = None,
        among: Collection[int] | None = None, every: int | None = None, repacked: bool = True,
        except_on: Iterable[date] = (),
    ) -> list[datetime]:  # fmt: skip
        """Return every time the visit could start, in order.

        `practitioner`, `among`: with this one, with one of these. `every`: minutes between starts instead of
        the visit type's own. `repacked`: also where chairs would have to be packed anew. `except_on`: not on
        these local days.
        """
        allowed = self.grid.starts_every(every or self.visit.type.start_every_minutes, tz=self.tz)
        first = max(0, self.grid.cell(timespans.align_up(not_before)))
        last = self.grid.cells
        if not_after is not None:
            last = min(last, self.grid.cell(not_after) + 1)
        allowed &= rules.run_of(first, last) if first < last else 0
        days = (timespans.day_span(day, self.tz) for day in except_on)
        allowed &= ~self.grid.bits(day for day in days if day)
        found = rules.find_starts(
            grid=self.grid,
            picks=self._picks(practitioner, among),
            availability=self.availability,
            allowed=allowed,
            repackable=self.later if repacked else 0,
        )
        return self.grid.instants(rules.cells_of(found))

    def start_cells(self, allowed: int, practitioner: int | None = None) -> int:
        """Return in which of the allowed cells it could start, chairs as they stand: for many looks at one
        picture, which makes instants of those alone that it takes.
        """
        picks = self._picks(practitioner, None)
        return rules.find_starts(grid=self.grid, picks=picks, availability=self.availability, allowed=allowed)

    def practitioners_at(self, starts: datetime) -> tuple[int, ...]:
        """Return who could do the visit at this start, by resource id."""
        free = rules.candidates_at(
            cell=self.grid.cell(starts), picks=self.picks, availability=self.availability
        )
        return free[self.visit.practitioner_need]

    def who_at(self, starts: Iterable[datetime]) -> dict[datetime, tuple[int, ...]]:
        """Return practitioners_at of many starts."""
        starts, first = list(starts), self.grid.start
        cells = [(start - first) // timespans.GRAIN for start in starts]
        pick = self.picks[self.visit.practitioner_need]
        return dict(zip(starts, rules.candidates_by_start(pick, cells, self.availability), strict=True))

    def choose(
        self, starts: datetime, practitioner: int | None = None, among: Collection[int] | None = None
    ) -> tuple[int, ...] | None:
        """Return one resource per need, the tightest fitting; None when somebody or something is missing."""
        return rules.choose(
            cell=self.grid.cell(starts),
            picks=self._picks(practitioner, among),
            availability=self.availability,
        )

    def choose_to_repack(
        self, starts: datetime, practitioner: int | None = None, among: Collection[int] | None = None
    ) -> tuple[int | None, ...] | None:
        """As choose, with None for the chair, where there would be one if all were packed anew."""
        if not self._fits_by_count(starts, practitioner, among):
            return None
        fixed = [pick for pick in self._picks(practitioner, among) if not pick.movable]
        found = rules.choose(cell=self.grid.cell(starts), picks=fixed, availability=self.availability)
        if found is None:
            return None
        chosen = iter(found)
        return tuple(None if pick.movable else next(chosen) for pick in self.picks)

    def _fits_by_count(self, starts, practitioner, among) -> bool:
        cell = self.grid.cell(starts)
        return bool(
            rules.find_starts(
                grid=self.grid, picks=self._picks(practitioner, among), availability=self.availability,
                allowed=1 << cell if cell >= 0 else 0, repackable=self.later,
            )
        )  # fmt: skip

    def _picks(self, practitioner: int | None, among: Collection[int] | None) -> tuple[Pick, ...]:
        wish = set(among) if among is not None else None
        if practitioner is not None:
            wish = {practitioner} if wish is None else wish & {practitioner}
        return self.picks if wish is None else tuple(_only(pick, wish) for pick in self.picks)

    def is_free(self, starts: datetime, chosen: tuple[int | None, ...]) -> bool:
        """Say whether exactly these can serve a visit that starts then; None is still to be found."""
        cell = self.grid.cell(starts)
        return all(
            resource in pick.candidates and self.availability.is_free(pick, resource, cell)
            for pick, resource in zip(self.picks, chosen, strict=True)
            if resource is not None
        )

    def use(self, starts: datetime, chosen: tuple[int, ...]) -> None:
        """Count these resources as taken, so that the next choice of the same act finds others."""
        for resource, _, span in self.claim_spans(starts, chosen):
            self.availability.free[resource] &= ~self.grid.bits([span])

    def claim_spans(self, starts: datetime, chosen: tuple[int, ...]) -> list[tuple[int, int, Span]]:
        """Return (resource, step, span) for every claim a booking at this start makes."""
        claims = []
        for need, pick, resource in zip(self.visit.needs, self.picks, chosen, strict=True):
            if self.beside and need.kind == ResourceKind.PRACTITIONER:
                continue
            spans = rules.claim_spans(pick, resource, self.grid.cell(starts), self.availability)
            for step, (start, end) in zip(need.steps, spans, strict=True):
                claims.append((resource, step, Span(self.grid.instant(start), self.grid.instant(end))))
        return claims


def _only(pick: Pick, wish: Collection[int]) -> Pick:
    if pick.kind != ResourceKind.PRACTITIONER:
        return pick
    return replace(pick, candidates=tuple(who for who in pick.candidates if who in wish))


def read_room(
    *, visit: Visit, location: Location, first_day: date, last_day: date, now: datetime,
    practitioner: int | None = None, only: Collection[int] | None = None, ignoring: Collection[int] = (),
    urgent: bool = False, beside: bool = False, closed_since: datetime | None = None,
) -> Room:  # fmt: skip
    """Read what is free between two local days, both included; see free_time.Asked for the rest."""
    asked = Asked(
        location, first_day, last_day, now, visit_type=visit.type,
        kinds=frozenset(need.kind for need in visit.needs), practitioner=practitioner, only=only,
        ignoring=ignoring, urgent=urgent, beside=beside, closed_since=closed_since,
    )  # fmt: skip
    house, grid, availability = read_availability(asked)
    picks = tuple(_pick(need, house) for need in visit.needs)
    return Room(visit, location, grid, picks, availability, _later(asked, grid), beside)


def _pick(need: ResourceNeed, house: House) -> Pick:
    """Chairs of one location are one another's equal, unless one has to be cleaned longer."""
    candidates = tuple(resource for resource, kind in sorted(house.kinds.items()) if kind == need.kind)
    alike = len({house.turnover[resource] for resource in candidates}) == 1
    movable = need.kind == ResourceKind.CHAIR and len(candidates) > 1 and alike
    return Pick(need.kind, need.uses, candidates, movable)


def _later(asked: Asked, grid: Grid) -> int:
    """The cells of the days after today: those of today are people's who may sit there already."""
    tomorrow = timespans.local_day(asked.now, asked.tz) + timedelta(days=1)
    span = timespans.day_span(max(tomorrow, asked.first_day), asked.tz)
    first = max(0, grid.cell(span.start)) if span else grid.cells
    return rules.run_of(first, grid.cells) if first < grid.cells else 0
