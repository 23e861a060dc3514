"""Chairs of a later day arranged anew, so that one more visit fits. The door calls it with them locked.

Bookings that somebody else is changing this moment are left where they are: waiting for them here, with the
chairs locked, is how two doors would wait for each other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from bookings.models import Booking, Claim, Status
from bookings.rules import openings as rules
from bookings.rules.openings import Pick
from bookings.rules.packing import Sitting, pack
from bookings.services.openings.free_time import Asked, read_opening_times
from bookings.services.openings.search import Room
from clinic.rules import timespans
from clinic.rules.timespans import Span

NEW = "new"


@dataclass(frozen=True)
class Repacked:
    """The chair that is free now, and the claims that have to move for it: (claim, its new chair)."""

    chosen: tuple[int, ...]
    moved: tuple[tuple[Claim, int], ...]


def repack(
    *, room: Room, starts: datetime, chosen: tuple[int | None, ...], now: datetime, ignoring: Collection[int]
) -> Repacked | None:
    """Return how all that movable chairs hold that day can be seated with one visit more, or None.

    `chosen` has None for the picks to be found; expects every chair locked.
    """
    free, moved = dict(room.availability.free), []
    found = list(chosen)
    for index, pick in enumerate(room.picks):
        if chosen[index] is not None:
            continue
        groups = _sitting_there(room, pick, starts, now, ignoring)
        own = _cells(pick, room, starts)
        opening = _opening(room, pick, starts, now)
        groups = {key: group for key, group in groups.items() if not group.cells & ~opening[group.home]}
        chairs = {
            chair: free[chair] | sum(group.cells for group in groups.values() if group.home == chair)
            for chair in pick.candidates
        }
        seats = pack([*(group.sitting for group in groups.values()), Sitting(NEW, own)], chairs)
        if seats is None:
            return None
        found[index] = seats[NEW]
        moved += [(claim, seats[key]) for key, group in groups.items() for claim in group.claims
                  if seats[key] != group.home]  # fmt: skip
    return Repacked(tuple(found), tuple(moved))


@dataclass(frozen=True)
class _Group:
    """What one booking claims of one chair."""

    key: tuple[int, int]
    home: int
    claims: tuple[Claim, ...]
    cells: int

    @property
    def sitting(self) -> Sitting:
        return Sitting(self.key, self.cells, self.home)


def _sitting_there(
    room: Room, pick: Pick, starts: datetime, now: datetime, ignoring: Collection[int]
) -> dict[tuple[int, int], _Group]:
    """The claims of that local day that may change chairs, by booking and chair."""
    day = timespans.day_span(timespans.local_day(starts, room.tz), room.tz)
    there = Claim.objects.filter(
        resource__in=pick.candidates, starts__gte=day.start, ends__lte=day.end
    ).exclude(booking__in=ignoring)
    bookings = set(there.values_list("booking_id", flat=True))
    settled = Q(status=Status.BOOKED, kept_why="") | Q(status=Status.HELD, held_until__gt=now)
    ours = Booking.objects.filter(settled, pk__in=bookings)
    ours = set(
        ours.select_for_update(no_key=True, skip_locked=True).order_by("pk").values_list("pk", flat=True)
    )
    # read again, now that nobody can change them any more
    found: dict[tuple[int, int], list[Claim]] = defaultdict(list)
    for claim in there.filter(booking__in=ours).order_by("pk"):
        found[claim.booking_id, claim.resource_id].append(claim)
    return {
        key: _Group(key, key[1], tuple(claims), _bits(room, claims)) for key, claims in found.items()
    }  # fmt: skip


def _bits(room: Room, claims: Iterable[Claim]) -> int:
    return room.grid.bits([Span(claim.starts, claim.ends) for claim in claims])


def _cells(pick: Pick, room: Room, starts: datetime) -> int:
    spans = rules.claim_spans(pick, pick.candidates[0], room.grid.cell(starts), room.availability)
    return sum(rules.run_of(*span) for span in spans)


def _opening(room: Room, pick: Pick, starts: datetime, now: datetime) -> dict[int, int]:
    """When each chair is open or cleaned after closing, as cells of the room's own grid."""
    asked = Asked(
        room.location, timespans.local_day(room.grid.start, room.tz),
        timespans.local_day(room.grid.instant(room.grid.cells - 1), room.tz), now, only=pick.candidates,
    )  # fmt: skip
    grid, opening = read_opening_times(asked)
    shift = grid.cell(room.grid.start)
    after_hours = room.availability.after_hours
    return {
        chair: (bits >> shift if shift >= 0 else bits << -shift) | after_hours.get(chair, 0)
        for chair, bits in opening.items()
    }
