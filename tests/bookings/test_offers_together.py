"""Several sessions that the clinic asks about as one: shown together, answered once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Closure, Status
from tests import builders
from tests.bookings.door_clinic import course, place, place_days, ten
from tests.bookings.patient_clinic import at_now, hidden, text_of
from tests.builders import NOW

__all__ = ["at_now", "course", "place"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
UNTIL = NOW + timedelta(hours=20)


@pytest.fixture
def offers(client, course):
    client.force_login(course.patient.account)
    first, second, _ = place_days(course, 3, 17, 35)
    return door.propose_together(
        moves=[(first, ten(10), None), (second, ten(23), None)], until=UNTIL,
        by=builders.staff(role="front_desk"), now=NOW, key=uuid4(),
    )  # fmt: skip


def page_of(client, offer):
    return client.get(f"/my/offer/{offer.replaces.reference}/")


def answer(client, offer, said):
    page = page_of(client, offer)
    sent = {"key": hidden(page, "key"), "offer": hidden(page, "offer"), "answer": said}
    return client.post(f"/my/offer/{offer.replaces.reference}/", sent, follow=True)


@pytest.mark.parametrize("asked", [0, 1])
def test_every_page_of_it_shows_all_of_it(client, offers, asked):
    text = text_of(page_of(client, offers[asked]))

    assert "Session 1 instead of Tue 3 Nov, 10:00 am → Tue 10 Nov, 10:00 am" in text
    assert "Session 2 instead of Tue 17 Nov, 10:00 am → Mon 23 Nov, 10:00 am" in text
    assert "Yes, move them all" in text


def test_it_is_one_question_on_my_visits(client, offers):
    text = text_of(client.get("/my/"))

    assert text.count("Can you come at other times?") == 1
    assert text.count("Yes, move them all") == 1


def test_yes_moves_all_of_them(client, offers):
    answered = answer(client, offers[1], "yes")

    assert "Your visits are moved as we asked." in text_of(answered)
    days = Booking.objects.filter(status=Status.BOOKED).order_by("starts").values_list("starts", flat=True)
    assert list(days) == [ten(10), ten(23), ten(35)]


def test_no_leaves_them_where_they_are(client, offers):
    answered = answer(client, offers[0], "no")

    assert "Your visits stay as they are." in text_of(answered)


def test_no_where_one_of_them_cannot_stay_is_rung(client, offers):
    booking = offers[1].replaces
    Closure.objects.create(
        resource=booking.practitioner.resource, starts=booking.starts, ends=booking.ends, kind="leave",
        reason="Ill",
    )  # fmt: skip
    answered = answer(client, offers[0], "no")

    assert "The front desk rings you" in text_of(answered)


def test_what_was_answered_once_is_answered(client, offers):
    page = page_of(client, offers[0])
    sent = {"key": hidden(page, "key"), "offer": hidden(page, "offer"), "answer": "yes"}
    for _ in range(2):
        again = client.post(f"/my/offer/{offers[0].replaces.reference}/", sent, follow=True)

    assert again.status_code == 200
    assert Booking.objects.filter(starts=ten(10), status=Status.BOOKED).count() == 1
