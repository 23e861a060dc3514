"""Somebody stands at the desk without a time."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings.models import Booking, Status
from tests import builders
from tests.bookings.desk_clinic import a_course, desk, somebody, visit
from tests.bookings.patient_clinic import at_now, buttons, carried, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


def here_now(desk, patient, query=""):
    return desk.get(reverse("desk_walk_in", args=[patient.pk]) + query)


def see(desk, page, value):
    return desk.post(page.context["here_href"], {"key": hidden(page, "key"), "starts": value})


def test_walk_in_is_seen_in_the_next_five_minutes_and_has_arrived(desk, place):
    ravi = somebody()

    page = here_now(desk, ravi)
    [button] = buttons(page, "starts")
    answer = see(desk, page, button)

    booking = Booking.objects.get()
    assert page.context["soonest"][0]["words"] == "Dr Rao now, 10:05 am"  # the clock runs: it is past 10:00
    assert (booking.starts, booking.status) == (local("2026-11-02T10:05"), Status.ARRIVED)
    assert (booking.patient, booking.practitioner) == (ravi, place.doctor)
    assert booking.arrived_at is not None
    assert f"visit={booking.reference}" in answer["Location"]


def test_walk_in_sees_who_is_free_first_and_how_long_the_others_take(desk, place):
    builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")
    visit(place, local("2026-11-02T10:15"), practitioner=place.doctor.pk)

    page = here_now(desk, somebody())

    assert [(one["words"], one["wait"]) for one in page.context["soonest"]] == [
        ("Dr Iyer now, 10:05 am", ""),
        ("Dr Rao at 10:45 am", "in 44 minutes"),
    ]


def test_walk_in_pressed_twice_is_one_visit(desk, place):
    page = here_now(desk, somebody())
    answers = [see(desk, page, buttons(page, "starts")[0]) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [answers[0]["Location"]] * 2
    assert Booking.objects.count() == 1


def test_walk_in_from_a_page_left_open_is_shown_who_is_free_by_now(desk, place, at_now):
    page = here_now(desk, somebody())
    set_clock(at_now, NOW + timedelta(minutes=20))

    answer = see(desk, page, buttons(page, "starts")[0])

    assert answer.status_code == 400
    assert "Nothing was booked. This is who is free from now on." in text_of(answer)
    assert answer.context["soonest"][0]["words"] == "Dr Rao now, 10:25 am"
    assert Booking.objects.count() == 0


def test_walk_in_when_somebody_took_the_doctor_meanwhile(desk, place):
    page = here_now(desk, somebody())
    visit(place, local("2026-11-02T10:15"), practitioner=place.doctor.pk)

    answer = see(desk, page, buttons(page, "starts")[0])

    assert answer.status_code == 409
    assert answer.context["soonest"][0]["words"] == "Dr Rao at 10:45 am"


def test_walk_in_after_closing_is_led_on(desk, place, at_now):
    set_clock(at_now, local("2026-11-02T18:10"))

    said = text_of(here_now(desk, somebody()))

    assert "Nobody is free any more today" in said
    assert "Fit in beside a list" in said


def test_walk_in_for_a_session_is_led_to_its_times_of_today(desk, place):
    course = a_course(place)
    first = course.sessions.get(number=1)

    answer = here_now(desk, course.patient)

    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/book/?session={first.pk}&day=2026-11-02")


@pytest.mark.parametrize(
    "starts", ["", "x", "9999-12-31T23:59Z", carried("2026-11-02T10:07"), carried("2026-11-02T09:30")]
)
def test_walk_in_at_what_is_no_time_books_nothing(desk, place, starts):
    page = here_now(desk, somebody())

    assert see(desk, page, starts).status_code == 400
    assert Booking.objects.count() == 0


def test_walk_in_page_takes_as_many_queries_for_one_doctor_as_for_three(
    desk, place, django_assert_num_queries
):
    ravi = somebody()
    here_now(desk, ravi)
    with django_assert_num_queries(15):
        here_now(desk, ravi)
    for _ in range(2):
        builders.a_practitioner(location=place.location, qualified=[place.consultation])
    with django_assert_num_queries(15):
        here_now(desk, ravi)
