"""Fifty people want one time: how long the forty-nine wait until they are told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from bookings import door, refusals
from bookings.bench import lookup, places
from bookings.bench.harness import Round, Row, Run, all_at_once, deadlocks, quantile, timed

CLIENTS, TRIES, ALONE = 50, 4, 12
Book = Callable[[int, datetime], str]


def rows(run: Run) -> list[Row]:
    book, times = _booker(run.times(CLIENTS)), (_time(number) for number in count())
    _round(run, book, times)
    with deadlocks() as counted:
        found = [_round(run, book, times) for _ in range(run.rounds)]
        proofs = {"no deadlock": counted() == 0}
    proofs["one winner each"] = all(winners == 1 for _, every in found for winners in every)
    goals = (("median", 0.5, 5), ("p99", 0.99, 50))
    return [
        Row(f"one_time_loser_{name}", [_figures(lost, share) for lost, _ in found], goal, proofs=proofs)
        for name, share, goal in goals
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


def _round(run: Run, book: Book, times: Iterator[datetime]) -> tuple[dict[str, list[float]], list[int]]:
    """Some book alone, then everybody at once, a few times over: how long it took, and how many won."""
    alone = [timed(book, number, next(times)) for number in range(run.times(ALONE))]
    lost: list[float] = []
    winners = []
    for _ in range(run.times(TRIES)):
        found = _together(book, run.times(CLIENTS), next(times))
        lost += [took for took, said in found if said == "TimeTaken"]
        winners.append(sum(said == "booked" for _, said in found))
    return {"alone": alone, "lost": lost}, winners


def _together(book: Book, clients: int, starts: datetime) -> list[tuple[float, object]]:
    return all_at_once([lambda who=who: book(who, starts) for who in range(clients)])


def _figures(times: dict[str, list[float]], share: float) -> Round:
    return {"ours": quantile(times["lost"], share), "against": quantile(times["alone"], 0.5)}
