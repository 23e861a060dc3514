"""How many more starts a day offers when chairs may be packed anew: six chairs, three fifths full."""

import random
from datetime import timedelta

from bookings.bench import lookup, places
from bookings.bench.harness import Row, Run
from bookings.bench.searching import search
from bookings.rules import openings as rules
from bookings.services.openings.search import Room
from clinic.models.places import ResourceKind

DAY = 1  # tomorrow: today people may sit there already


def rows(run: Run) -> list[Row]:
    return [
        Row(f"repacking_{name}", [_round(choose, number) for number in range(run.rounds)], unit="starts")
        for name, choose in (("first_come", _first_come), ("best_fit", Room.choose))
    ]


def _round(choose, number: int) -> dict[str, float]:
    """Fill one day with treatments that come in any order; count the starts that are left."""
    chance = random.Random(number)  # noqa: S311 the same in every run
    room = search(lookup.place("chairs"), lookup.kind(places.TREAT), DAY + 1)
    for _ in range(_most(room) * 3 // 5):
        start = chance.choice(_starts(room, repacked=False))
        room.use(start, choose(room, start))
    return {"ours": len(_starts(room, repacked=True)), "against": len(_starts(room, repacked=False))}


def _most(room: Room) -> int:
    """As many visits as the chairs would hold end to end."""
    chairs = next(pick.candidates for pick in room.picks if pick.kind == ResourceKind.CHAIR)
    day = rules.run_of(room.grid.cell(lookup.at(DAY, 0)), room.grid.cell(lookup.at(DAY + 1, 0)))
    return sum((room.availability.free[chair] & day).bit_count() // room.visit.cells for chair in chairs)


def _starts(room: Room, *, repacked: bool):
    return room.starts(
        not_before=lookup.at(DAY, 0),
        not_after=lookup.at(DAY + 1, 0) - timedelta(minutes=5),
        repacked=repacked,
    )


def _first_come(room: Room, start) -> tuple[int, ...]:
    """The lowest number that is free, as somebody at the desk would point at it."""
    free = rules.candidates_at(cell=room.grid.cell(start), picks=room.picks, availability=room.availability)
    return tuple(who[0] for who in free)
