"""Finding somebody at the desk in every way one does, among few people and among many."""

from bookings.bench import database, places
from bookings.bench.harness import Round, Row, Run, count_queries, in_turn
from bookings.models import Booking
from bookings.services.people.finding import find_people

TYPED = {
    "one letter": "m",
    "beginning": "mega",
    "two words": "megana var",
    "other script": "ಮೇಘನಾ",
    "last figures": "0007",
    "nobody": "zzyzx",
}


def rows(run: Run) -> list[Row]:
    rounds = [_round(run) for _ in range(run.rounds)]
    database.use(database.copy_of(run.size.name))
    queries = max(count_queries(lambda typed=typed: _find(typed)) for typed in TYPED.values())
    return [Row("finding_people", rounds, queries=queries, proofs={"at most two queries": queries <= 2})]


def _round(run: Run) -> Round:
    """The slowest way of all is what counts; each is told for the largest number of people."""
    few, many = (_times(size, run.times(5)) for size in (run.sizes[0], run.sizes[-1]))
    return {"ours": max(many.values()), "against": max(few.values()), **many}


def _times(size: str, each: int) -> Round:
    database.use(database.copy_of(size))
    works = {name: lambda typed=typed: _find(typed) for name, typed in TYPED.items()}
    return in_turn(works, rounds=1, each=each)[0]


def _find(typed: str) -> int:
    return len(find_people(typed, seen=Booking.objects.all(), now=places.NOW))
