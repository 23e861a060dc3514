"""How bench measures: works taken in turn in one run, five rounds, and every figure a ratio within a round.

Absolute times on a shared machine vary threefold from one minute to the next; a ratio of two works that took
turns does not.
"""

import gc
import math
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from bookings.bench.places import Size

Round = dict[str, float]


@dataclass
class Row:
    """One figure. `rounds`: raw milliseconds, or as `unit` says; `ours` and what it is held `against`.

    No goal: a figure for the note. `proofs` are what must be so besides, such as one winner in each try.
    """

    name: str
    rounds: Sequence[Round]
    goal: float | None = None
    at_least: bool = False
    unit: str = "ms"
    ratios: Sequence[float] = ()
    queries: int | None = None
    proofs: Mapping[str, bool] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return round(median(self.ratios or [one["ours"] / one["against"] for one in self.rounds]), 3)

    @property
    def holds(self) -> bool | None:
        if self.goal is None:
            return None
        reached = self.ratio >= self.goal if self.at_least else self.ratio <= self.goal
        return reached and all(self.proofs.values())

    @property
    def medians(self) -> Round:
        return {key: round(median(one[key] for one in self.rounds), 3) for key in self.rounds[0]}

    def as_json(self) -> dict:
        own = asdict(self) | {"ratio": self.ratio, "holds": self.holds, "medians": self.medians}
        first = ("name", "ratio", "goal", "holds", "rounds")
        return {key: own[key] for key in (*first, *(key for key in own if key not in first))}


@dataclass(frozen=True)
class Run:
    """What every benchmark is given. `sizes`: from the smallest to the one that is measured."""

    size: Size
    sizes: Sequence[str]
    rounds: int = 5
    hurried: bool = False  # only to see that everything runs

    def times(self, number: int) -> int:
        return 2 if self.hurried else number


def in_turn(
    works: Mapping[str, Callable[..., object]],
    *,
    rounds: int,
    each: int,
    before: Callable[[], Sequence] = tuple,
) -> list[Round]:
    """Do all works one after the other, `each` times a round; the median of each, in milliseconds.

    `before` makes what a work is given, and is not timed.
    """
    for work in works.values():
        work(*before())
    found = []
    for _ in range(rounds):
        gc.collect()
        took: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(each):
            for name, work in works.items():
                took[name].append(timed(work, *before()))
        found.append({name: median(times) for name, times in took.items()})
    return found


def timed(work: Callable[..., object], *given) -> float:
    began = time.perf_counter()
    work(*given)
    return (time.perf_counter() - began) * 1000


def count_queries(work: Callable[[], object]) -> int:
    return len(statements_of(work))


def statements_of(work: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured.captured_queries]


def quantile(times: Sequence[float], share: float) -> float:
    ranked = sorted(times)
    return ranked[min(len(ranked) - 1, math.ceil(share * len(ranked)) - 1)]


Work = Callable[[], object]


def all_at_once(works: Sequence[Work]) -> list[tuple[float, object]]:
    """Begin all works together, each with a connection of its own: how long each took and what it gave.

    In as many processes as there are processors: in one, Python itself would be what they wait for.
    """
    return _forked(works, processes=os.cpu_count() or 1, lanes=len(works))


def all_served(works: Sequence[Work], workers: int) -> list[tuple[float, object]]:
    """As all_at_once, but as behind a web server: each worker does one work after the other."""
    return _forked(works, processes=workers, lanes=workers)


def _forked(works: Sequence[Work], *, processes: int, lanes: int) -> list[tuple[float, object]]:
    connections.close_all()  # what is open here must not be shared
    fork = multiprocessing.get_context("fork")
    lanes = min(lanes, len(works))
    gate, found = fork.Barrier(lanes), fork.SimpleQueue()
    rows = [works[place::lanes] for place in range(lanes)]
    number = min(processes, lanes)
    parts = [rows[place::number] for place in range(number)]
    started = [fork.Process(target=_part, args=(part, gate, found)) for part in parts]
    for process in started:
        process.start()
    given = [row for _ in started for row in found.get()]
    for process in started:
        process.join()
    if None in given:
        raise RuntimeError("one of the works that began together failed")
    return given


def _part(lanes: Sequence[Sequence[Work]], gate, found) -> None:
    """A process: each lane a thread with a connection, in which one work follows the other."""
    rows: list[list] = [[None] * len(works) for works in lanes]

    def one(lane: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait()
            for place, work in enumerate(lanes[lane]):
                began = time.perf_counter()
                given = work()
                rows[lane][place] = ((time.perf_counter() - began) * 1000, given)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[lane]) for lane in range(len(lanes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.put([row for lane in rows for row in lane])


@contextmanager
def deadlocks() -> Iterator[Callable[[], int]]:
    """Give how many deadlocks PostgreSQL has counted since."""

    def counted() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            return cursor.fetchone()[0]

    before = counted()
    yield lambda: counted() - before
