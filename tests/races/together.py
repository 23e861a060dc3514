"""Several at once: threads that begin together, each with its own connection, and what PostgreSQL saw."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

from bookings import refusals


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def each_at_once(works: list[Callable]) -> list:
    """Run all of them at once; return what each returned, or the name of the refusal that it raised."""
    barrier = threading.Barrier(len(works))

    def one(work):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return work()
        except refusals.Refusal as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def at_once(work: Callable, number: int) -> Counter:
    """Run `work(n)` in `number` threads; count what they returned or raised."""
    return Counter(each_at_once([lambda n=n: work(n) for n in range(number)]))
