"""Many who look for a time at once: nobody gets what another has got, and those left over are tried again.

    1. One by one, in order, everybody takes the best there is for them.
    2. For each one left over: somebody who has a time is taken out, the one left over put in, and the other
       goes elsewhere; where that one finds nothing, a second is taken out for it.
    3. For each one who has it worse than they would alone: they change places with somebody, where both
       together come off better.

The second part and the third count their steps (one look for a time each), so that the same input gives the
same plan. What is left over may still have been possible; `most_that_fit` says of how many it surely was not.

Who looks for a time is a number here: a visit, or the rest of a course, which goes as one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

DEPTH = 2
Worth = tuple[int, int]  # moves, then days of drift: the less, the better
Placement = TypeVar("Placement")


class Picture(Protocol[Placement]):
    """What is free, and who has what of it."""

    def place(self, one: int) -> Placement | None:
        """Take the best there is for one, and return it; None when there is nothing."""

    def take_out(self, one: int, placement: Placement) -> None:
        """Count what one had taken as free."""

    def put_back(self, one: int, placement: Placement) -> None:
        """Give one exactly what it had."""

    def in_the_way(self, one: int, placed: Collection[int]) -> Iterable[int]:
        """Return who of those placed may have what one needs, the likeliest first."""

    def worth(self, one: int, placement: Placement) -> Worth:
        """Return what the placement costs one."""


@dataclass
class Joint(Generic[Placement]):
    placed: dict[int, Placement] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    steps: int = 0


def place_all(
    everybody: Iterable[int], picture: Picture[Placement], *, steps: int,
    is_over: Callable[[], bool] = lambda: False,
) -> Joint[Placement]:  # fmt: skip
    """Place as many as can be found a time for. `steps`, `is_over`: how long those left over are tried."""
    joint = Joint[Placement]()
    for one in everybody:
        placement = picture.place(one)
        if placement is None:
            joint.left.append(one)
        else:
            joint.placed[one] = placement
    again = _Again(joint, picture, steps, is_over)
    for depth in range(1, DEPTH + 1):
        joint.left = [one for one in joint.left if not again.insert(one, depth, frozenset({one}))]
    joint.steps = steps - again.steps
    return joint


def improve(
    joint: Joint[Placement], picture: Picture[Placement], least: Mapping[int, Worth], *, steps: int,
    is_over: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Let those who are further from the least that is possible for them alone change places with others."""
    better = _Better(joint.placed, picture, steps, is_over)
    worse = [(picture.worth(one, had), one) for one, had in joint.placed.items()]
    for worth, one in sorted(worse, key=lambda pair: (_minus(least[pair[1]], pair[0]), pair[1])):
        if worth > least[one]:
            better.change_places(one)
    joint.steps += steps - better.steps


def _minus(one: Worth, other: Worth) -> Worth:
    return one[0] - other[0], one[1] - other[1]


class _Better(Generic[Placement]):
    def __init__(
        self, placed: dict[int, Placement], picture: Picture[Placement], steps: int,
        is_over: Callable[[], bool],
    ):  # fmt: skip
        self.placed, self.picture, self.steps, self.is_over = placed, picture, steps, is_over

    def change_places(self, one: int) -> None:
        for other in list(self.picture.in_the_way(one, self.placed)):
            if self.steps < 2 or self.is_over():
                return
            if other != one and self._with(other, one):
                return

    def _with(self, other: int, one: int) -> bool:
        """Both are taken out; the one chooses first, then the other."""
        had = {who: self.placed[who] for who in (one, other)}
        before = self._worth(had)
        for who, placement in had.items():
            self.picture.take_out(who, placement)
        found = self._place(had)
        if len(found) == len(had) and self._worth(found) < before:
            self.placed.update(found)
            return True
        for who, placement in found.items():
            self.picture.take_out(who, placement)
        for who, placement in had.items():
            self.picture.put_back(who, placement)
        return False

    def _place(self, everybody: Iterable[int]) -> dict[int, Placement]:
        found: dict[int, Placement] = {}
        for one in everybody:
            self.steps -= 1
            placement = self.picture.place(one)
            if placement is None:
                break
            found[one] = placement
        return found

    def _worth(self, placements: Mapping[int, Placement]) -> Worth:
        worths = [self.picture.worth(one, placement) for one, placement in placements.items()]
        return sum(one[0] for one in worths), sum(one[1] for one in worths)


class _Again(Generic[Placement]):
    def __init__(
        self, joint: Joint[Placement], picture: Picture[Placement], steps: int, is_over: Callable[[], bool]
    ):
        self.placed, self.picture, self.steps, self.is_over = joint.placed, picture, steps, is_over

    def insert(self, one: int, depth: int, moving: frozenset[int]) -> bool:
        """Find one a time by taking out another, which `moving` is not; False leaves all as it was."""
        if (placement := self._look(one)) is not None:
            self.placed[one] = placement
            return True
        for other in list(self.picture.in_the_way(one, self.placed)) if depth else []:
            if self._is_spent():
                return False
            if other not in moving and self._instead_of(other, one, depth, moving | {other}):
                return True
        return False

    def _instead_of(self, other: int, one: int, depth: int, moving: frozenset[int]) -> bool:
        had = self.placed.pop(other)
        self.picture.take_out(other, had)
        placement = self._look(one)
        if placement is not None:
            self.placed[one] = placement
            if self.insert(other, depth - 1, moving):
                return True
            self.picture.take_out(one, self.placed.pop(one))
        self.picture.put_back(other, had)
        self.placed[other] = had
        return False

    def _look(self, one: int) -> Placement | None:
        if self._is_spent():
            return None
        self.steps -= 1
        return self.picture.place(one)

    def _is_spent(self) -> bool:
        return self.steps <= 0 or self.is_over()


# What nobody could do better than


@dataclass(frozen=True)
class Seeking:
    """A visit that looks for a time: who it belongs to, of what kind, and the days on which it could be."""

    of: int
    kind: Hashable
    days: frozenset[int]


def most_that_fit(
    visits: Sequence[Seeking], *, of_each: Mapping[int, int], of_kind: Mapping[tuple[Hashable, int], int],
    of_day: Mapping[int, int],
) -> int:  # fmt: skip
    """Return how many of the visits can have a time at most, whatever is done.

    of_each {who: visits}, of_kind {(kind, day): visits}, of_day {day: visits}: no more than so many at once.
    Everything else that could stand in the way is left out, so the truth is this many or fewer.
    """
    flow = _Flow()
    for number, visit in enumerate(visits):
        flow.allow(_FROM, ("who", visit.of), of_each[visit.of])
        flow.allow(("who", visit.of), ("visit", number), 1)
        for day in sorted(visit.days):
            flow.allow(("visit", number), ("kind", visit.kind, day), 1)
            flow.allow(("kind", visit.kind, day), ("day", day), of_kind.get((visit.kind, day), 0))
            flow.allow(("day", day), _TO, of_day.get(day, 0))
    return flow.most()


_FROM, _TO = ("from",), ("to",)


class _Flow:
    """The most that passes from one end to the other; each way lets so much through."""

    def __init__(self) -> None:
        self.left: dict[tuple, dict[tuple, int]] = defaultdict(dict)

    def allow(self, one: tuple, other: tuple, most: int) -> None:
        self.left[one][other] = most
        self.left[other].setdefault(one, 0)

    def most(self) -> int:
        found = 0
        while way := self._way():
            for one, other in pairwise(way):
                self.left[one][other] -= 1
                self.left[other][one] += 1
            found += 1
        return found

    def _way(self) -> list[tuple] | None:
        came_from, waiting = {_FROM: _FROM}, [_FROM]
        while waiting and _TO not in came_from:
            here = waiting.pop()
            for there, most in self.left[here].items():
                if most > 0 and there not in came_from:
                    came_from[there] = here
                    waiting.append(there)
        return _back(came_from) if _TO in came_from else None


def _back(came_from: Mapping[tuple, tuple]) -> list[tuple]:
    way = [_TO]
    while way[-1] != _FROM:
        way.append(came_from[way[-1]])
    return way[::-1]


def most_in_turn(starts: int, length: int) -> int:
    """Return how many visits of so many cells fit one after another, each from one of these starts."""
    count = 0
    while starts:
        starts >>= (starts & -starts).bit_length() - 1 + length
        count += 1
    return count
