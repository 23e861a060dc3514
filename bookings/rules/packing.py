"""Who sits in which of several equal chairs: arranged anew, so that one more fits.

A chair is promised to nobody. People come one by one and take the chair that fits best at that moment, and
in the end a start may fit by count and yet in no single chair:

    chair 1  ──A──      ──B──            chair 1  ──A────────new────
    chair 2       ──C──                  chair 2       ──C────B──

Taken in order of their beginning, whole uses always find a chair where so many are free at every moment.
A use with a hole in it (numbing, away, watching) may need another try, so a few are made.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

TRIES = 2_000


@dataclass(frozen=True)
class Sitting:
    """One person's use of one chair. cells: the bits taken. home: where they sit now, None for who is new."""

    key: Hashable
    cells: int
    home: int | None = None

    @property
    def first(self) -> int:
        return (self.cells & -self.cells).bit_length()


def pack(sittings: Iterable[Sitting], free: Mapping[int, int]) -> dict[Hashable, int] | None:
    """Return {key: chair} for everybody, or None. `free`: chair → cells, without these sittings.

    Whoever can stays where they are.
    """
    order = sorted(
        sittings, key=lambda sitting: (sitting.first, -sitting.cells.bit_count(), str(sitting.key))
    )
    chairs, chosen = dict(free), {}
    homes = {chair: [other.cells for other in order if other.home == chair] for chair in chairs}
    tries = TRIES

    def seat(place: int) -> bool:
        nonlocal tries
        if place == len(order):
            return True
        sitting = order[place]
        for chair in _preferred(sitting, chairs, homes):
            tries -= 1
            if tries < 0:
                return False
            chairs[chair] &= ~sitting.cells
            chosen[sitting.key] = chair
            if seat(place + 1):
                return True
            chairs[chair] |= sitting.cells
        chosen.pop(sitting.key, None)
        return False

    return chosen if seat(0) else None


def _preferred(sitting: Sitting, chairs: Mapping[int, int], homes: Mapping[int, list[int]]) -> list[int]:
    """The own chair first, then one that nobody would have to leave for it."""
    able = [chair for chair, free in chairs.items() if sitting.cells & ~free == 0]
    in_way = {chair: any(cells & sitting.cells for cells in homes[chair]) for chair in able}
    return sorted(able, key=lambda chair: (chair != sitting.home, in_way[chair], chair))
