"""A visit through its day: what the diary and the messages make of each step."""

from datetime import timedelta

import pytest

from bookings import door
from bookings.models import Status
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import book, place, ten

__all__ = ["place"]
pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk():
    return builders.staff(role="front_desk")


def step(booking, to, desk, now):
    return door.set_status(booking=booking, to=to, by=desk, now=now)


def waiting(booking):
    rows = Message.objects.filter(subject=f"booking:{booking.pk}", state="scheduled")
    return sorted(rows.values_list("kind", flat=True))


def test_a_check_in_taken_back_leaves_no_arrival(place, desk):
    booking = book(place)
    here = step(booking, Status.ARRIVED, desk, ten(3) - 60 * MINUTE)
    gone = step(here, Status.BOOKED, desk, ten(3) - 59 * MINUTE)
    again = step(gone, Status.ARRIVED, desk, ten(3) - 5 * MINUTE)

    assert (gone.arrived_at, again.arrived_at) == (None, ten(3) - 5 * MINUTE)


def test_one_who_came_out_of_the_room_arrived_when_they_arrived(place, desk):
    booking = step(book(place), Status.ARRIVED, desk, ten(3))
    booking = step(booking, Status.PREPARING, desk, ten(3) + MINUTE)

    assert step(booking, Status.ARRIVED, desk, ten(3) + 2 * MINUTE).arrived_at == ten(3)


def test_who_has_come_is_not_reminded_any_more(place, desk):
    booking = book(place, ten(6))
    assert waiting(booking) == ["form_48", "form_left", "reminder_24", "reminder_72"]

    step(booking, Status.ARRIVED, desk, ten(3))

    assert waiting(booking) == []


def test_who_had_not_come_after_all_is_reminded_again(place, desk):
    booking = step(book(place, ten(6)), Status.ARRIVED, desk, ten(4))

    step(booking, Status.BOOKED, desk, ten(4) + MINUTE)

    assert waiting(booking) == ["reminder_24"]
