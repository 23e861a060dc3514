"""Bookings of distinct times over HTTP by eight clients, against what page and statements could give at most.

The bound: if an empty page and the same statements in pgbench only shared the machine, so many would fit:
1 / (1 / empty page + 1 / statements).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from itertools import count
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection

from bookings.bench import lookup, places, web
from bookings.bench.harness import Row, Run, statements_of, timed
from bookings.bench.pgbench import Diary, Script
from bookings.models import Booking, Change
from clinic.models import Resource

CLIENTS, EMPTY, BOOKINGS, STATEMENTS = 8, 100, 30, 100
A_DAY = 31  # visits of thirty minutes, and the room cleaned after each, on the grid of fifteen
FIRST_DAY = 42  # after the windows of the small sizes; a Monday


def rows(run: Run) -> list[Row]:
    desk, numbers = _Desk(), count()
    script = _script(desk, next(numbers))
    with web.serving() as served:
        rounds = [_round(run, served, desk, script, numbers) for _ in range(run.rounds + 1)][1:]
    ratios = [one["ours"] / one["bound"] for one in rounds]
    known = Booking.objects.filter(location=desk.location)
    distinct = known.values("starts").distinct().count() == known.count()
    row = Row("bookings_over_http", rounds, 0.2, at_least=True, unit="a second", ratios=ratios)
    return [replace(row, queries=len(script.statements), proofs={"all at distinct times": distinct})]


class _Desk:
    """Eight people at the desk; the n-th booking of all has a time and a patient of its own."""

    def __init__(self) -> None:
        self.location = lookup.place("wide")
        self.practitioners = lookup.practitioners(self.location)
        rooms = Resource.objects.filter(location=self.location, kind="room").order_by("pk")
        self.rooms = list(rooms.values_list("pk", flat=True))
        self.patients = [patient.pk for patient in lookup.patients(2_000)]
        self.logins = [web.log_in("desk@bench.example") for _ in range(CLIENTS)]

    @property
    def diary(self) -> Diary:
        first = lookup.at(FIRST_DAY, 0)
        return Diary(first, A_DAY, self.practitioners[0], self.rooms[0], self.patients[0], len(self.patients))

    def starts(self, number: int) -> datetime:
        day, nth = divmod(number, A_DAY)
        return lookup.at(FIRST_DAY + day + day // 6, nth * 45 // 60, nth * 45 % 60)

    def path(self, number: int) -> str:
        return f"/desk/patients/{self.patients[number % len(self.patients)]}/book/?type={places.TALK}&at=wide"

    def form(self, number: int, client: int) -> dict[str, str]:
        starts = f"{self.starts(number):%Y-%m-%dT%H:%MZ}/{self.practitioners[client]}"
        return {"starts": starts, "key": str(key(number))}

    def request(self, served: web.Web, number: int, client: int) -> bytes:
        body = urlencode(self.form(number, client)).encode()
        return served.message("POST", self.path(number), self.logins[client], body)


def key(number: int) -> UUID:
    return UUID(int=(1 << 120) + number)


def _script(desk: _Desk, number: int) -> Script:
    """The statements of one booking, made in this process as the web server would make it."""
    client = desk.logins[0].client
    with connection.cursor() as cursor:  # ids that look like nothing else in a statement
        cursor.execute("ALTER SEQUENCE bookings_change_id_seq RESTART 600000001")

    def book():
        answer = client.post(desk.path(number), desk.form(number, 0))
        if answer.status_code != 302:
            raise RuntimeError(f"{answer.status_code}: {answer.content.decode()[:2000]}")

    statements = statements_of(book)
    booking = Booking.objects.get(starts=desk.starts(number), location=desk.location)
    return Script(statements, booking, Change.objects.latest("pk"), desk.diary)


def _round(
    run: Run, served: web.Web, desk: _Desk, script: Script, numbers: Iterator[int]
) -> dict[str, float]:
    empty = served.get("/bench/empty", desk.logins[0])
    pages = [[empty] * run.times(EMPTY)] * CLIENTS
    posts = [
        [desk.request(served, next(numbers), client) for _ in range(run.times(BOOKINGS))]
        for client in range(CLIENTS)
    ]
    rates = {"empty": _rate(served, pages, 200), "ours": _rate(served, posts, 302)}
    each = run.times(STATEMENTS)
    taken = [next(numbers) for _ in range(CLIENTS * each)]
    rates["statements"] = script.rate(first=taken[0], each=each, clients=CLIENTS)
    return rates | {"bound": 1 / (1 / rates["empty"] + 1 / rates["statements"])}


def _rate(served: web.Web, requests: list[list[bytes]], status: int) -> float:
    """How many a second, each client asking again as soon as it is answered."""

    def client(own: list[bytes]) -> None:
        for request in own:
            served.ok(request, status)

    def everybody() -> None:
        with ThreadPoolExecutor(len(requests)) as pool:
            list(pool.map(client, requests))

    return sum(len(own) for own in requests) / timed(everybody) * 1000
