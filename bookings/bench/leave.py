"""Planning a long leave anew: all at once, against one by one, and against what nobody could do better."""

import time

from bookings.bench import lookup, on_leave, places
from bookings.bench.harness import Row, Run
from bookings.models import Booking
from bookings.services.closing import closures, reflow
from bookings.services.desk.day import read_visits
from clinic.models import Resource


def rows(run: Run) -> list[Row]:
    crew = _crew()
    size = {"number": 24, "weeks": 1} if run.hurried else {}
    leave = on_leave.make(crew, **size)
    touched = closures.touched(**leave.closing.parts, now=places.NOW)
    rounds = [_round(leave, touched, crew.location) for _ in range(run.rounds)]
    plans = [found for _, found in rounds]
    placed = [
        {"ours": one.quality.placed, "against": one.quality.lost - one.quality.unplaced_at_least}
        for one in plans
    ]
    moves = [{"ours": one.quality.moves, "against": max(1, one.quality.moves_at_least)} for one in plans]
    proofs = {
        "every session of the leave was planned": all(one.quality.lost == leave.lost for one in plans),
        "the same each time": len({str(one.rows) for one in plans}) == 1,
        "all placed": all(one.quality.unplaced == 0 for one in plans),
    }
    return [
        Row("joint_replan_seconds", [took for took, _ in rounds], unit="s"),
        Row("joint_replan_placed", placed, 1, at_least=True, unit="sessions", proofs=proofs),
        Row("joint_replan_moves_to_bound", moves, unit="visits"),
    ]


def _round(leave: on_leave.Leave, touched, location) -> tuple[dict, reflow.Plan]:
    bookings = [visit.booking for visit in read_visits(_rows(touched), now=places.NOW)]
    began = time.perf_counter()
    reflow.read_plan(leave.closing, bookings, place=location, now=places.NOW, is_over=lambda: True)
    between = time.perf_counter()
    # by steps alone: the same plan on every machine
    found = reflow.read_plan(leave.closing, bookings, place=location, now=places.NOW, is_over=lambda: False)
    ended = time.perf_counter()
    return {"ours": ended - between, "against": between - began}, found


def _rows(touched):
    return Booking.objects.filter(pk__in=[one.pk for one in touched])


def _crew() -> on_leave.Crew:
    location = lookup.place("leave")

    def ids(kind: str) -> list[int]:
        here = Resource.objects.filter(location=location, kind=kind)
        return list(here.order_by("pk").values_list("pk", flat=True))

    return on_leave.Crew(
        location, lookup.kind(places.TALK), lookup.kind(places.TREAT), lookup.practitioners(location),
        ids("room"), ids("chair"),
    )  # fmt: skip
