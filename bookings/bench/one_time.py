"""Fifty people want one time: how long the forty-nine are in the door until they are told.

With a goal: as the web server lets them in, as many at once as it has workers. Without: all fifty in the door
at once, which no server of ours allows, to see that it holds.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from uuid import uuid4

from bookings import door, refusals
from bookings.bench import lookup, places
from bookings.bench.harness import Round, Row, Run, all_at_once, all_served, deadlocks, quantile, timed
from bookings.bench.web import WORKERS

CLIENTS, TRIES, ALONE = 50, 4, 12
SHARES = (("median", 0.5), ("p99", 0.99))
Book = Callable[[int, datetime], str]
Together = Callable[[Sequence[Callable[[], object]]], list[tuple[float, object]]]


def rows(run: Run) -> list[Row]:
    book, times = _booker(run.times(CLIENTS)), (_time(number) for number in count())
    served = _rows("one_time", lambda works: all_served(works, WORKERS), run, book, times, (5, 50))
    return served + _rows("one_time_unserved", all_at_once, run, book, times, (None, None))


def _rows(name: str, together: Together, run: Run, book: Book, times: Iterator[datetime], goals) -> list[Row]:
    _round(together, run, book, times)
    with deadlocks() as counted:
        found = [_round(together, run, book, times) for _ in range(run.rounds)]
        proofs = {"no deadlock": counted() == 0}
    proofs["one winner each"] = all(winners == 1 for _, every in found for winners in every)
    return [
        Row(f"{name}_loser_{which}", [_figures(lost, share) for lost, _ in found], goal, proofs=proofs)
        for (which, share), goal in zip(SHARES, goals, strict=True)
    ]


def _booker(clients: int) -> Book:
    location, talk, whoever = lookup.place("one"), lookup.kind(places.TALK), lookup.patients(clients)

    def book(who: int, starts: datetime) -> str:
        try:
            door.book(
                patient=whoever[who % clients], visit_type=talk, location=location, starts=starts,
                key=uuid4(), by=None, now=places.NOW, authority=door.Authority.DESK,
            )  # fmt: skip
        except refusals.Refusal as refusal:
            return type(refusal).__name__
        return "booked"

    return book


def _time(number: int) -> datetime:
    """The next of eight times a day, not on Sundays."""
    day = number // 8
    return lookup.at(1 + day + (day + 1) // 6) + timedelta(hours=number % 8)


def _round(
    together: Together, run: Run, book: Book, times: Iterator[datetime]
) -> tuple[dict[str, list[float]], list[int]]:
    """Some book alone, then everybody at once, a few times over: how long it took, and how many won."""
    alone = [timed(book, number, next(times)) for number in range(run.times(ALONE))]
    lost: list[float] = []
    winners = []
    for _ in range(run.times(TRIES)):
        starts = next(times)
        found = together([partial(book, who, starts) for who in range(run.times(CLIENTS))])
        lost += [took for took, said in found if said == "TimeTaken"]
        winners.append(sum(said == "booked" for _, said in found))
    return {"alone": alone, "lost": lost}, winners


def _figures(times: dict[str, list[float]], share: float) -> Round:
    return {"ours": quantile(times["lost"], share), "against": quantile(times["alone"], 0.5)}
