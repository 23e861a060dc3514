"""Openings: at which times all resources of a visit are free at once.

Time is a grid of five-minute cells, and a resource's free time is one integer whose bit `n` says that cell
`n` is free. A visit is a row of picks; each pick is one resource that serves one or more uses:

    cell            0    1    2 …       9   10 …    13
    chair           ├──────── numbing ──┤                 Pick("chair", (Use(0, 9),), chairs)
    dermatologist                       ├─ injecting ┤    Pick("practitioner", (Use(9, 4),), dermatologists)

Turnover lengthens each use: the resource has to be free for it too, and it is claimed. What is found here is
an offer; the door decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import reduce
from itertools import combinations, pairwise
from operator import and_, or_

import numpy

from clinic.rules import timespans
from clinic.rules.timespans import Span

GRAIN_MINUTES = 5
_GRAIN = timedelta(minutes=GRAIN_MINUTES)
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECONDS = 1_000_000 * 60 * GRAIN_MINUTES
_HALF_A_DAY = 12 * 60 // GRAIN_MINUTES


@dataclass(frozen=True)
class Grid:
    start: datetime
    cells: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", timespans.in_utc(self.start))
        if not timespans.is_aligned(self.start):
            raise ValueError("a grid starts on a multiple of five minutes")
        if self.cells < 0:
            raise ValueError("a grid has no negative number of cells")

    @classmethod
    def over(cls, span: Span) -> "Grid":
        """Return the smallest grid that holds the span."""
        start = timespans.align_down(span.start)
        return cls(start, (timespans.align_up(span.end) - start) // _GRAIN)

    def cell(self, instant: datetime) -> int:
        """Return the cell that `instant` falls into, outside the grid too."""
        return (timespans.in_utc(instant) - self.start) // _GRAIN

    def instant(self, cell: int) -> datetime:
        return self.start + cell * _GRAIN

    def instants(self, cells: Iterable[int]) -> list[datetime]:
        start = self.start
        return [start + cell * _GRAIN for cell in cells]

    def bits(self, spans: Iterable[Span]) -> int:
        """Return every cell that a span touches. Hours have to stand on the grid, or they would grow."""
        return reduce(or_, (self._touched(span) for span in spans), 0)

    def _touched(self, span: Span) -> int:
        start = max(0, self.cell(span.start))
        end = min(self.cells, -((self.start - span.end) // _GRAIN))
        return run_of(start, end) if start < end else 0

    def starts_every(self, minutes: int, *, tz: tzinfo) -> int:
        """Return the cells whose local time, counted from midnight, is a multiple of `minutes`.

        One zone offset gives one pattern a day, so only the days on which the clock changes cost more.
        """
        starts, cell, every_day = 0, 0, _pattern(minutes)
        while cell < self.cells:
            here = self.instant(cell).astimezone(tz)
            midnight = here.hour == here.minute == 0
            day_later = self.instant(cell + _DAY).astimezone(tz)
            length = _DAY if midnight and here.utcoffset() == day_later.utcoffset() else 1
            pattern = every_day if length == _DAY else (here.hour * 60 + here.minute) % minutes == 0
            starts |= pattern << cell
            cell += length
        return starts & run_of(0, self.cells)


_DAY = 24 * 60 // GRAIN_MINUTES


def _pattern(minutes: int) -> int:
    return reduce(or_, (1 << cell for cell in range(_DAY) if cell * GRAIN_MINUTES % minutes == 0))


def run_of(start: int, end: int) -> int:
    """Return the bits start, start + 1, … end - 1."""
    return (1 << end) - (1 << start)


def cells_of(bits: int) -> Iterator[int]:
    """Return the numbers of the bits that are set, in order."""
    text = bin(bits)[:1:-1]
    cell = text.find("1")
    while cell >= 0:
        yield cell
        cell = text.find("1", cell + 1)


def erode(bits: int, length: int) -> int:
    """Return the cells from which `length` cells in a row are set; the known length doubles each time."""
    known = 1
    while known < length:
        step = min(known, length - known)
        bits &= bits >> step
        known += step
    return bits


def dilate(bits: int, length: int) -> int:
    """Return the cells that a run of `length` cells from any of `bits` covers: what erode took away."""
    known = 1
    while known < length:
        step = min(known, length - known)
        bits |= bits << step
        known += step
    return bits


def runs_longer_than(bits: int, length: int) -> int:
    """Return the cells that stand in a row of more than `length`."""
    return dilate(erode(bits, length + 1), length + 1)


@dataclass(frozen=True)
class Use:
    """One step that a resource serves, in cells from the start of the booking."""

    offset: int
    cells: int

    def __post_init__(self) -> None:
        if self.offset < 0 or self.cells < 1:
            raise ValueError("a use lasts at least one cell and starts with the booking or later")

    @property
    def end(self) -> int:
        return self.offset + self.cells


@dataclass(frozen=True)
class Pick:
    """One resource to be chosen; it serves all the uses.

    `movable`: the candidates are one another's equal, and who has one may be given another.
    """

    kind: str
    uses: tuple[Use, ...]
    candidates: tuple[int, ...]
    movable: bool = False

    def __post_init__(self) -> None:
        if not self.uses:
            raise ValueError("a pick has a use")
        if any(one.end > other.offset for one, other in pairwise(self.uses)):
            raise ValueError("the uses of a pick follow one another")


@dataclass(frozen=True)
class Availability:
    """`free`: resource → cells inside hours and outside closures and claims. `turnover`: resource → cells.

    `after_hours`: resource → those of its free cells in which only turnover may lie.
    """

    free: Mapping[int, int]
    turnover: Mapping[int, int] = field(default_factory=dict)
    after_hours: Mapping[int, int] = field(default_factory=dict)

    def free_starts(self, pick: Pick, resource: int) -> int:
        """Return the booking starts from which `resource` is free for every use and the turnover after it."""
        free, turnover = self.free.get(resource, 0), self.turnover.get(resource, 0)
        starts = reduce(and_, (erode(free, use.cells + turnover) >> use.offset for use in pick.uses))
        if after_hours := self.after_hours.get(resource, 0):
            within = free & ~after_hours
            starts &= reduce(and_, (erode(within, use.cells) >> use.offset for use in pick.uses))
        return starts

    def is_free(self, pick: Pick, resource: int, cell: int) -> bool:
        if _claimed(pick, resource, self) & (~self.free.get(resource, 0) >> cell):
            return False
        after_hours = self.after_hours.get(resource, 0) >> cell
        return not any(run_of(use.offset, use.end) & after_hours for use in pick.uses)

    def stretch(self, pick: Pick, resource: int, cell: int) -> int:
        """Return the length of the free stretches that the uses break into: the less, the better it fits."""
        taken = ~self.free.get(resource, 0)
        starts = {(taken & run_of(0, cell + use.offset)).bit_length() for use in pick.uses}
        return sum(_trailing_zeros(taken >> start) for start in starts)


def _trailing_zeros(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def claim_spans(pick: Pick, resource_id: int, cell: int, availability: Availability) -> list[tuple[int, int]]:
    """Return what one resource of a booking that starts at `cell` claims, as [start, end) in cells.

    Turnover lengthens a claim, but never into the resource's next use of the same booking.
    """
    turnover = availability.turnover.get(resource_id, 0)
    following = [*(use.offset for use in pick.uses[1:]), pick.uses[-1].end + turnover]
    return [
        (cell + use.offset, cell + min(use.end + turnover, limit))
        for use, limit in zip(pick.uses, following, strict=True)
    ]


def find_starts(
    *, grid: Grid, picks: Sequence[Pick], availability: Availability, allowed: int, repackable: int = 0
) -> int:
    """Return the allowed starts at which every pick can have a resource, and none is needed twice at once.

    At `repackable` starts it is enough for a movable pick that at each moment one of its resources is free:
    so many people can be seated, once who sits where is arranged anew.
    """
    allowed &= run_of(0, grid.cells)
    table = [_starts_by_candidate(pick, availability) for pick in picks]
    starts = _servable(picks, table, availability, allowed)
    more = allowed & repackable & ~starts
    if more and any(pick.movable for pick in picks):
        starts |= _by_repacking(picks, table, availability, more)
    return starts


def _by_repacking(picks: Sequence[Pick], table, availability: Availability, allowed: int) -> int:
    movable = [pick for pick in picks if pick.movable]
    if any(_pools_collide(one, other, availability) for one, other in combinations(movable, 2)):
        return 0  # two at once from one pool would have to be counted, and no visit wants that
    for pick in movable:
        allowed &= _pooled(pick, availability)
    fixed = [(pick, able) for pick, able in zip(picks, table, strict=True) if not pick.movable]
    return _servable([pick for pick, _ in fixed], [able for _, able in fixed], availability, allowed)


def _pools_collide(one: Pick, other: Pick, availability: Availability) -> bool:
    shared = set(one.candidates) & set(other.candidates)
    return any(_collide(one, other, resource, availability) for resource in shared)


def _pooled(pick: Pick, availability: Availability) -> int:
    """Return the starts at which one of the candidates is free at each moment from first use to last.

    Also between the uses: who leaves a chair and comes back to it keeps it, as far as counting goes; so a
    chair free for no longer than somebody is away from it counts as taken. What is left are whole stretches,
    and those can always be seated where one chair is free at every moment.
    """
    whole = Use(pick.uses[0].offset, pick.uses[-1].end - pick.uses[0].offset)
    away = max((other.offset - one.end for one, other in pairwise(pick.uses)), default=0)
    free = reduce(or_, (runs_longer_than(availability.free.get(one, 0), away) for one in pick.candidates), 0)
    after_hours = reduce(or_, (availability.after_hours.get(one, 0) for one in pick.candidates), 0)
    turnover = max((availability.turnover.get(resource, 0) for resource in pick.candidates), default=0)
    pool = Availability({0: free}, {0: turnover}, {0: after_hours})
    return pool.free_starts(Pick(pick.kind, (whole,), (0,)), 0)


def _servable(picks: Sequence[Pick], table, availability: Availability, allowed: int) -> int:
    starts, unsure = allowed, 0
    for able, rivals in zip(table, _rivals(picks, availability), strict=True):
        starts &= reduce(or_, able.values(), 0)
        # A pick with more free candidates than rivals finds one whatever the rivals take.
        unsure |= ~_at_least(able.values(), len(rivals) + 1) if rivals else 0
    for cell in cells_of(starts & unsure):
        who = [[resource for resource, bits in able.items() if bits >> cell & 1] for able in table]
        if _serve(picks, who, availability) is None:
            starts ^= 1 << cell
    return starts


def _starts_by_candidate(pick: Pick, availability: Availability) -> dict[int, int]:
    return {resource: availability.free_starts(pick, resource) for resource in pick.candidates}


def _at_least(bitmaps: Iterable[int], number: int) -> int:
    """Return the cells that are set in at least `number` of the bitmaps."""
    counted = [-1] + [0] * number
    for bits in bitmaps:
        for count in range(number, 0, -1):
            counted[count] |= counted[count - 1] & bits
    return counted[number]


def _rivals(picks: Sequence[Pick], availability: Availability) -> list[set[int]]:
    """Return for each pick the other picks that could want a resource of it at the same time."""
    rivals: list[set[int]] = [set() for _ in picks]
    for one, other in combinations(range(len(picks)), 2):
        shared = set(picks[one].candidates) & set(picks[other].candidates)
        if any(_collide(picks[one], picks[other], resource, availability) for resource in shared):
            rivals[one].add(other)
            rivals[other].add(one)
    return rivals


def _collide(one: Pick, other: Pick, resource: int, availability: Availability) -> bool:
    """Say whether the claims of two picks, both on this resource, would overlap."""
    return _claimed(one, resource, availability) & _claimed(other, resource, availability) != 0


def _claimed(pick: Pick, resource: int, availability: Availability) -> int:
    return reduce(or_, (run_of(*span) for span in claim_spans(pick, resource, 0, availability)))


def candidates_at(
    *, cell: int, picks: Sequence[Pick], availability: Availability
) -> tuple[tuple[int, ...], ...]:
    """Return for each pick who is free at this start."""
    return tuple(
        tuple(
            resource
            for resource in dict.fromkeys(pick.candidates)
            if availability.is_free(pick, resource, cell)
        )
        for pick in picks
    )


def candidates_by_start(
    pick: Pick, cells: Sequence[int], availability: Availability
) -> list[tuple[int, ...]]:
    """Return for each of these starts who is free: one bitmap a candidate instead of a question a start."""
    who = list(dict.fromkeys(pick.candidates))
    length = max(cells, default=-1) + 1
    if length <= 0 or not who:
        return [()] * len(cells)
    able = numpy.array([_as_flags(availability.free_starts(pick, one), length + 1) for one in who])
    able[:, length] = 0  # where a start before the grid looks: nobody is free then
    start, free = numpy.nonzero(able[:, [cell if cell >= 0 else length for cell in cells]].T)
    found = numpy.array(who)[free].tolist()
    upto = numpy.searchsorted(start, numpy.arange(len(cells) + 1)).tolist()
    return [tuple(found[begin:end]) for begin, end in pairwise(upto)]


def choose(*, cell: int, picks: Sequence[Pick], availability: Availability) -> tuple[int, ...] | None:
    """Return one resource for each pick, or None when there is no way to serve all.

    Best fit: the one whose free stretch is tightest, so that long ones stay whole; of equals the lowest id.
    A wish for one practitioner is a pick with one candidate.
    """
    ranked = [
        sorted(free, key=lambda resource, pick=pick: (availability.stretch(pick, resource, cell), resource))
        for pick, free in zip(
            picks, candidates_at(cell=cell, picks=picks, availability=availability), strict=True
        )
    ]
    return _serve(picks, ranked, availability)


def _serve(
    picks: Sequence[Pick], ranked: Sequence[Sequence[int]], availability: Availability
) -> tuple[int, ...] | None:
    """Return one resource for each pick. Who has the fewest to choose from chooses first."""
    waiting = sorted(range(len(picks)), key=lambda index: (len(ranked[index]), index))
    chosen: dict[int, int] = {}

    def serve(place: int) -> bool:
        if place == len(waiting):
            return True
        index = waiting[place]
        for resource in ranked[index]:
            rivals = [picks[other] for other, taken in chosen.items() if taken == resource]
            if any(_collide(picks[index], rival, resource, availability) for rival in rivals):
                continue
            chosen[index] = resource
            if serve(place + 1):
                return True
            del chosen[index]
        return False

    return tuple(chosen[index] for index in range(len(picks))) if serve(0) else None


Packed = Sequence[tuple[int, bytes, bytes]]


def busy_from_packed(rows: Packed, grid: Grid) -> dict[int, int]:
    """Return {resource: cells} of spans, given as (resource, all starts, all ends), each in any order.

    Starts and ends are concatenations of PostgreSQL's timestamptz_send: big-endian microseconds since
    2000-01-01 UTC. The spans of one resource never overlap; none reaches further than half a day beyond the
    grid (ValueError), as no claim does.

    2^end - 2^start is the run of bits from start to end, and a sum of such runs needs no pairs. A search of
    sixty days has tens of thousands of claims: numpy, for whole columns at once.
    """
    begun = _bits_at([starts for _, starts, _ in rows], grid)
    ended = _bits_at([ends for _, _, ends in rows], grid, round_up=_MICROSECONDS - 1)
    within = run_of(0, grid.cells)
    return {
        resource: (end - start) >> _HALF_A_DAY & within
        for (resource, _, _), start, end in zip(rows, begun, ended, strict=True)
    }


def _bits_at(columns: Sequence[bytes], grid: Grid, round_up: int = 0) -> Iterator[int]:
    """For each column its instants as bits, from half a day before the grid to half a day after it."""
    first = (grid.start - _POSTGRES_EPOCH) // _GRAIN - _HALF_A_DAY
    size = grid.cells + 2 * _HALF_A_DAY
    cells = (numpy.frombuffer(b"".join(columns), ">i8") + round_up) // _MICROSECONDS - first
    if cells.size and (cells.min() < 0 or cells.max() > size):
        raise ValueError("a span reaches further than half a day beyond the grid")
    flags = numpy.zeros((len(columns), size + 1), numpy.uint8)
    flags[numpy.repeat(numpy.arange(len(columns)), [len(one) // 8 for one in columns]), cells] = 1
    packed = numpy.packbits(flags, axis=1, bitorder="little")
    return (int.from_bytes(row.tobytes(), "little") for row in packed)


def _as_flags(bits: int, length: int) -> numpy.ndarray:
    """Return the first cells as one byte each, so that many can be asked about at once."""
    whole = (max(length, bits.bit_length()) + 7) // 8
    packed = numpy.frombuffer(bits.to_bytes(whole, "little"), numpy.uint8)
    return numpy.unpackbits(packed, count=length, bitorder="little")
