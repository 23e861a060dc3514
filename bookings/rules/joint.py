"""Many who look for a time at once: nobody gets what another has got, and those left over are tried again.

    1. One by one, in order, everybody takes the best there is for them.
    2. For each one left over: somebody who has a time is taken out, the one left over put in, and the other
       goes elsewhere; where that one finds nothing, a second is taken out for it.

The second part counts its steps (one look for a time each), so that the same input gives the same plan. What
is left over after it may still have been possible; `most_that_fit` says of how many it surely was not.

Who looks for a time is a number here: a visit, or the rest of a course, which goes as one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

DEPTH = 2
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
