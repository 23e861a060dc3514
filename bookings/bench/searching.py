"""Openings of a three-step treatment in a big clinic, who can at each start; and its growth with history."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median

from django.db import connection

from bookings.bench import database, lookup, places
from bookings.bench.harness import Row, Run, count_queries, in_turn
from bookings.models import Claim
from bookings.services.openings.search import Room, read_room, read_visit
from clinic.models import Location, Resource, VisitType


def rows(run: Run) -> list[Row]:
    return [*_against_the_fetch(run), *_growth(run)]


def search(location: Location, visit_type: VisitType, days: int, **narrowed) -> Room:
    last_day = places.TODAY + timedelta(days=days - 1)
    return read_room(
        visit=read_visit(visit_type), location=location, first_day=places.TODAY, last_day=last_day,
        now=places.NOW, **narrowed,
    )  # fmt: skip


def starts_and_who(room: Room) -> dict:
    return room.who_at(room.starts(not_before=places.NOW))


# Against fetching alone

PACKED = """
    SELECT resource_id, string_agg(timestamptz_send(starts), ''::bytea),
           string_agg(timestamptz_send(ends), ''::bytea)
    FROM bookings_claim WHERE (held_until IS NULL OR held_until > %(now)s)
    AND resource_id = ANY(%(resources)s) AND starts > %(first)s AND starts < %(last)s GROUP BY resource_id
"""
TUPLES = """
    SELECT resource_id, starts, ends
    FROM bookings_claim WHERE (held_until IS NULL OR held_until > %(now)s)
    AND resource_id = ANY(%(resources)s) AND starts > %(first)s AND starts < %(last)s
"""


def _against_the_fetch(run: Run) -> list[Row]:
    location, treat = lookup.place("twenty"), lookup.kind(places.TREAT)
    resources = [*lookup.practitioners(location), *_resources(location)]
    span = {"first": places.NOW, "last": places.NOW + timedelta(days=run.size.days)}
    given = {"now": places.NOW, "resources": resources, **span}
    works = {
        "search": lambda: starts_and_who(search(location, treat, run.size.days)),
        "packed": lambda: _fetch(PACKED, given),
        "tuples": lambda: _fetch(TUPLES, given),
    }
    rounds, queries = in_turn(works, rounds=run.rounds, each=run.times(7)), count_queries(works["search"])
    proofs = {"at most four queries": queries <= 4}
    return [
        Row(
            f"openings_treatment_to_{name}",
            [{"ours": one["search"], "against": one[name]} for one in rounds],
            goal,
            queries=queries,
            proofs=proofs,
        )
        for name, goal in (("packed", 2.3), ("tuples", 0.6))
    ]


def _resources(location: Location) -> list[int]:
    return list(Resource.objects.filter(location=location).values_list("pk", flat=True))


def _fetch(statement: str, given: dict) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return len(cursor.fetchall())


# Growth


def _growth(run: Run) -> list[Row]:
    """The same search in the same window, in databases that hold more and more beside it, in turn."""
    counts = {size: _counted(size, run) for size in run.sizes}
    rounds = [_round_of_growth(run) for _ in range(run.rounds)]
    least = run.sizes[0]
    database.use(database.copy_of(run.size.name))
    return [
        Row(
            f"growth_{least}_to_{size}",
            [{"ours": one[size], "against": one[least]} for one in rounds],
            1.2,
            queries=counts[size]["queries"],
            proofs={f"same {what}": counts[size][what] == counts[least][what] for what in counts[size]},
        )
        for size in run.sizes[1:]
    ]


def _search_in(size: str, run: Run) -> Callable[[], dict]:
    database.use(database.copy_of(size))
    location, treat = lookup.place("growth"), lookup.kind(places.TREAT)
    return lambda: starts_and_who(search(location, treat, run.size.days))


def _round_of_growth(run: Run) -> dict[str, float]:
    """A few searches in each database, then in the next: what a machine does beside falls on all of them."""
    took: dict[str, list[float]] = {size: [] for size in run.sizes}
    for _ in range(run.times(7)):
        for size in run.sizes:
            work = _search_in(size, run)
            took[size] += [one["search"] for one in in_turn({"search": work}, rounds=3, each=1)]
    return {size: median(times) for size, times in took.items()}


def _counted(size: str, run: Run) -> dict[str, int]:
    """What has to be the same whatever is stored beside."""
    work = _search_in(size, run)
    window = Claim.objects.filter(booking__location__slug="growth", starts__gt=places.NOW)
    return {"queries": count_queries(work), "openings": len(work()), "claims in the window": window.count()}
