"""One time a day is kept for urgent visits until noon: the desk gives it away for a reason."""

from datetime import time

import pytest

from bookings.models import Booking, Change, WorkingHours
from tests.bookings.desk_clinic import a_course, book_page, desk, somebody
from tests.bookings.patient_clinic import (
    at_now,
    buttons,
    carried,
    hidden,
    local,
    place,
    set_clock,
    tap,
    text_of,
)

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
KEPT = "2026-11-02T11:30"


@pytest.fixture(autouse=True)
def kept(place):
    """Dr Rao keeps 11:30 to noon, every day."""
    WorkingHours.objects.filter(resource=place.doctor.pk).update(urgent_from=time(11, 30), urgent_to=time(12))


def kept_times(page):
    return [time["text"] for group in page.context["kept"]["groups"] for time in group["times"]]


def usual_times(page):
    return [
        time["text"] for one in page.context["sets"] for group in one["groups"] for time in group["times"]
    ]


def give(desk, page, **fields):
    sent = {"key": hidden(page, "key"), "who": "", "urgent": "1", "starts": carried(KEPT)}
    return desk.post(page.context["offer"].here, sent | fields)


def test_kept_time_stands_apart_and_wants_a_reason(desk, place):
    page = book_page(desk, somebody())

    # whoever begins at 11:15 would reach into it
    assert kept_times(page) == ["11:15 am", "11:30 am", "11:45 am"]
    assert "11:30 am" not in usual_times(page)
    without = give(desk, page)
    assert without.status_code == 422
    assert "Say why it is urgent" in text_of(without)
    assert Booking.objects.count() == 0


def test_kept_time_is_given_away_for_a_reason(desk, place):
    ravi = somebody()
    page = book_page(desk, ravi)

    answers = [give(desk, page, reason="doctor_asked") for _ in range(2)]

    booking = Booking.objects.get()
    change = Change.objects.get()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (booking.patient, booking.starts) == (ravi, local(KEPT))
    assert (change.by, change.reason) == (desk.user, "urgent: doctor_asked")


def test_kept_time_without_its_button_is_taken(desk, place):
    page = book_page(desk, somebody())

    answer = desk.post(page.context["offer"].here, {"key": hidden(page, "key"), "starts": carried(KEPT)})

    assert answer.status_code == 409
    assert Booking.objects.count() == 0


def test_kept_time_clicked_on_the_board_leads_to_its_button(desk, place):
    page = book_page(desk, somebody(), f"?start={KEPT}&who={place.doctor.pk}")

    assert page.context["clicked"]["is_kept"] is True
    assert "It is kept for urgent visits until noon." in text_of(page)


def test_kept_time_is_everybodys_from_noon_of_its_day(desk, place, client, at_now):
    tomorrow = "2026-11-03T11:30"
    assert tap(client, KEPT).status_code == 409
    assert tap(client, tomorrow).status_code == 409
    assert carried(tomorrow) not in buttons(client.get("/book/?day=2026-11-03"), "starts")

    set_clock(at_now, local("2026-11-02T12:00"))

    assert book_page(desk, somebody()).context["kept"] is None
    assert "11:30 am" in kept_times(book_page(desk, somebody(), "?day=2026-11-03"))


def test_kept_time_is_not_for_sessions(desk, place):
    course = a_course(place)

    assert book_page(desk, course.patient).context["kept"] is None
