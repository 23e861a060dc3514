"""A doctor away for weeks: the courses it touches planned anew together, carried out, and looked through."""

import os
from datetime import time
from fractions import Fraction

import pytest

from bookings.bench import on_leave, places
from bookings.bench.on_leave import Crew
from bookings.models import Booking, Status
from bookings.services.closing import carrying_out, closures, reflow
from bookings.services.closing.carrying_out import Row
from bookings.services.closing.reflow import Choice
from bookings.services.desk.day import read_visits
from bookings.services.verifying import verify
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)
SOAK = bool(os.environ.get("CLINIC_SOAK"))
FULL, REDUCED = {"number": 132, "weeks": 3}, {"number": 16, "weeks": 3}


@pytest.fixture
def crew():
    """Four dermatologists; the first goes away."""
    week = [(weekday, time(9), time(19)) for weekday in range(6)]
    location = builders.a_location(hours=week)
    talk, treat = builders.consultation_type(), builders.session_type()
    doctors = [
        builders.a_practitioner(location=location, qualified=[talk, treat], hours=week) for _ in range(4)
    ]
    rooms = [builders.a_room(location=location, turnover_minutes=5) for _ in range(4)]
    chairs = [builders.a_chair(location=location) for _ in range(6)]
    ids = [[one.pk for one in many] for many in (doctors, rooms, chairs)]
    return Crew(location, talk, treat, *ids)


def planned(crew, leave):
    """By steps alone: the same on a machine that is busy."""
    touched = closures.touched(**leave.closing.parts, now=places.NOW)
    rows = Booking.objects.filter(pk__in=[one.pk for one in touched])
    bookings = [visit.booking for visit in read_visits(rows, now=places.NOW)]
    return reflow.read_plan(
        leave.closing, bookings, place=crew.location, now=places.NOW, is_over=lambda: False
    )


def as_proposed(plan, choice):
    return [
        Row(one.booking, choice, one.found.starts, one.found.practitioner,
            along=tuple((other.booking, other.found.starts, other.found.practitioner)
                        for other in one.along))
        for one in plan.rows
        if one.found
    ]  # fmt: skip


def close(leave, plan, choice):
    seen = {one.booking.pk: one.booking.version for one in plan.rows}
    return carrying_out.close(
        leave.closing, kind="leave", reason="Leave", rows=as_proposed(plan, choice), seen=seen,
        key=builders.next_key(), by=builders.staff(role="front_desk"), now=places.NOW,
    )  # fmt: skip


@pytest.mark.parametrize("choice", [Choice.ASK, Choice.MOVE])
def test_long_leave_is_planned_together_and_carried_out_in_one_go(crew, choice):
    leave = on_leave.make(crew, **(FULL if SOAK else REDUCED))
    plan = planned(crew, leave)

    before = verify(now=places.NOW).wrong  # rows written at once have no reminders

    _, failed = close(leave, plan, choice)

    assert plan.quality.lost == leave.lost == len(plan.rows)
    assert plan.quality.unplaced == 0
    assert plan.quality.moves >= plan.quality.moves_at_least > 0
    # the door chooses rooms and chairs anew, so of two hundred one may find its own gone: that one is said
    assert len(failed) <= leave.lost // 100
    found = verify(now=places.NOW)
    assert {
        row for name, rows in found.wrong.items() for row in rows if row not in before.get(name, ())
    } == set()
    left = closures.touched(**leave.closing.parts, now=places.NOW)
    if choice == Choice.MOVE:
        assert {one.pk for one in left} == failed.keys()
        assert sum(map(len, found.listed.values())) == len(failed)
    else:
        offers = Booking.objects.filter(status=Status.HELD, replaces__isnull=False)
        going = sum(1 + len(one.along) for one in plan.rows if one.booking.pk not in failed)
        assert offers.count() == going >= leave.lost - len(failed)
        assert len(left) == leave.lost


def test_same_leave_is_planned_the_same_way_twice(crew):
    leave = on_leave.make(crew, **REDUCED)

    plans = [planned(crew, leave) for _ in range(2)]

    assert plans[0].rows == plans[1].rows


def test_bound_is_reached_by_nobody_where_there_is_no_room(crew):
    leave = on_leave.make(crew, **REDUCED, free=Fraction(1, 20))

    quality = planned(crew, leave).quality

    assert quality.unplaced >= quality.unplaced_at_least
    assert quality.moves >= quality.moves_at_least
