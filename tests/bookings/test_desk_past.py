"""Writing down a visit that has been."""

from uuid import uuid4

import pytest
from django.urls import reverse

from bookings.models import Booking, Status
from tests.bookings.desk_clinic import (
    TODAY_11,
    desk,
    somebody,
    status_of,
    visit,
)
from tests.bookings.patient_clinic import at_now, local, place, set_clock, text_of

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


# What has been


def past_form(place, **fields):
    return {
        "key": str(uuid4()), "visit_type": place.consultation.pk, "practitioner": place.doctor.pk,
        "day_0": "2", "day_1": "11", "day_2": "2026", "day_day": "2", "day_month": "11", "day_year": "2026",
        "time": "09:35", "reason": "power cut",
    } | fields  # fmt: skip


def enter(desk, place, patient, query="", **fields):
    return desk.post(reverse("desk_past", args=[patient.pk]) + query, past_form(place, **fields))


def test_past_visit_is_entered_at_its_true_time(desk, place):
    ravi = somebody()

    answer = enter(desk, place, ravi)

    booking = Booking.objects.get()
    assert answer.status_code == 302
    assert (booking.starts, booking.status) == (local("2026-11-02T09:35"), Status.DONE)
    assert (booking.entered_late_by, booking.entered_late_why) == (desk.user, "power cut")
    assert "entered later" in text_of(desk.get("/desk/"))


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("time", "10:30", "That time has not come yet: book it instead"),
        ("time", "25:00", "Enter the time, for example 10:35"),
        ("time", "", "Enter the time"),
        ("day_day", "31", "has no day 31"),
        ("day_year", "2027", "The date must be 2 Nov 2026 or earlier"),
        ("reason", "", "Say why, in a few words"),
        ("practitioner", "999999", "Select a valid choice"),
    ],
)
def test_past_visit_is_asked_again_with_what_was_typed(desk, place, field, typed, words):
    answer = enter(desk, place, somebody(), **{field: typed})

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Booking.objects.count() == 0


def test_past_visit_twice_by_the_same_form_is_one(desk, place):
    ravi, key = somebody(), str(uuid4())

    answers = [enter(desk, place, ravi, key=key).status_code for _ in range(2)]

    assert (answers, Booking.objects.count()) == ([302, 302], 1)


def test_booked_visit_nobody_checked_in_is_entered_as_that_visit(desk, place, at_now):
    booking = visit(place, local(TODAY_11))
    set_clock(at_now, local("2026-11-02T13:00"))
    query = f"?visit={booking.reference}"

    page = desk.get(reverse("desk_past", args=[booking.patient.pk]) + query)
    answer = enter(desk, place, booking.patient, query, time="11:10", version=booking.version)

    assert page.context["form"].initial["time"] == "11:00"
    assert answer.status_code == 302
    assert (status_of(booking), Booking.objects.count()) == (Status.DONE, 1)
    assert booking.starts == local("2026-11-02T11:10")


def test_booked_visit_of_somebody_else_is_not_there(desk, place):
    booking = visit(place, local(TODAY_11))

    address_of = reverse("desk_past", args=[somebody().pk]) + f"?visit={booking.reference}"

    assert desk.get(address_of).status_code == 404
