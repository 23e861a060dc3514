"""A place closes while others book, and while the same button is pressed twice."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Change, Closure
from bookings.services.closing import closures
from bookings.services.closing.carrying_out import Row, close
from bookings.services.closing.reflow import Choice, Closing
from bookings.services.door.gap_rules import Authority
from bookings.services.verifying import verify
from clinic.rules.timespans import Span
from tests import builders
from tests.bookings.door_clinic import book, place, ten
from tests.builders import NOW
from tests.races.together import deadlocks, each_at_once

__all__ = ["place"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


@pytest.fixture(autouse=True)
def right_and_without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert verify(now=NOW).wrong == {}
    assert deadlocks() - before == 0


def closing_of(location, day):
    return Closing(location, None, Span(ten(day), ten(day) + timedelta(hours=3)))


def close_it(closing, *, rows=(), seen=None, key=None, by):
    return close(
        closing,
        kind="closed",
        reason="strike",
        rows=rows,
        seen=seen or {},
        key=key or uuid4(),
        by=by,
        now=NOW,
    )[0]


def test_booking_and_closing_at_once_never_leave_a_booking_nobody_saw(place):
    location, desk = place[0], builders.staff(role="front_desk")
    for day in range(3, 3 + ROUNDS):
        closing = closing_of(location, day + 7 * (day == 8))  # not on a Sunday
        starts = closing.span.start + timedelta(hours=1)
        patient = builders.a_patient()
        booked, closed = each_at_once(
            [
                lambda starts=starts, patient=patient: book(place, starts, patient=patient),
                lambda closing=closing: close_it(closing, by=desk),
            ]
        )
        if isinstance(closed, Closure):
            assert (booked, closures.touched(**closing.parts, now=NOW)) == ("TimeTaken", [])
        else:
            assert (closed, isinstance(booked, Booking)) == ("Changed", True)


def test_pressed_twice_at_once_is_one_closure_and_one_move(place):
    location, desk = place[0], builders.staff(role="front_desk")
    for day in (3, 4, 5, 6):
        booking = book(place, ten(day) + timedelta(hours=1))
        closing, key = closing_of(location, day), uuid4()
        row = Row(booking, Choice.MOVE, ten(day) + timedelta(hours=5), booking.practitioner_id)
        twins = [
            lambda closing=closing, key=key, row=row: close_it(
                closing, rows=[row], seen={row.booking.pk: row.booking.version}, key=key, by=desk
            )
        ] * 2

        found = each_at_once(twins)

        there = list(Closure.objects.filter(starts=closing.span.start))
        assert len(there) == 1
        assert found == there * 2
        assert Change.objects.filter(lines__booking=booking, action="move").count() == 1


def test_asked_and_moved_by_somebody_else_at_once_ends_in_one_place(place):
    desk = builders.staff(role="front_desk")
    for day in (3, 4, 5, 6):
        booking = book(place, ten(day))
        offer = door.propose(
            booking=booking, starts=ten(day) + timedelta(hours=2), practitioner=None, key=uuid4(),
            until=NOW + timedelta(hours=5), by=desk, now=NOW,
        )  # fmt: skip

        def moved(booking=booking, day=day):
            to = [(booking, ten(day) + timedelta(hours=4), None)]
            return door.move(moves=to, key=uuid4(), by=desk, now=NOW, authority=Authority.DESK)[0]

        def accepted(offer=offer):
            return door.accept(offer=offer, key=uuid4(), by=None, now=NOW)

        each_at_once([moved, accepted])

        booking.refresh_from_db()
        assert booking.starts in (ten(day) + timedelta(hours=2), ten(day) + timedelta(hours=4))
        assert not Booking.objects.filter(replaces=booking).exists()
