"""What somebody takes home at the end of a visit."""

from datetime import timedelta

import pytest

from bookings.models import Booking, Status
from bookings.services.desk import checkout
from bookings.services.desk.checkout import Line, Place, line, read_lines
from tests import builders
from tests.bookings.desk_clinic import AT_11, a_course, address, desk, visit
from tests.bookings.patient_clinic import at_now, local, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


def ended(booking):
    Booking.objects.filter(pk=booking.pk).update(status=Status.DONE)
    booking.refresh_from_db()
    return booking


def page_of(desk, booking):
    return desk.get(address(booking, "desk_checkout"))


def titles(page):
    return [one.title for one in page.context["lines"]]


def test_checkout_of_a_consultation_without_a_next_visit_offers_one(desk, place):
    booking = ended(visit(place, AT_11))

    page = page_of(desk, booking)

    assert titles(page) == ["Next visit"]
    assert "Nothing is booked." in text_of(page)
    assert page.context["lines"][0].href == f"/desk/patients/{booking.patient_id}/book/"


def test_checkout_names_what_is_booked_next(desk, place):
    booking = ended(visit(place, AT_11))
    builders.a_booking(
        patient=booking.patient, location=place.location, practitioner=place.doctor,
        visit_type=place.consultation, starts=local("2026-11-24T10:30"),
    )  # fmt: skip

    said = text_of(page_of(desk, booking))

    assert "Tue 24 Nov, 10:30 am First consultation Dr Rao, Lakeview, Indiranagar" in said


def test_checkout_of_a_session_says_when_the_next_may_be_and_how_to_care_at_home(desk, place):
    course = a_course(place, given="2026-11-02")
    booking = builders.a_booking(
        session=course.sessions.get(number=1), starts=NOW - timedelta(hours=1), status=Status.DONE
    )

    page = page_of(desk, booking)

    assert titles(page) == ["Next visit", "At home"]
    assert "Session 2 has no time yet." in text_of(page)
    assert "Best on Mon 16 Nov, from Thu 12 Nov to Mon 23 Nov." in text_of(page)
    assert page.context["lines"][0].href.endswith(f"?session={course.sessions.get(number=2).pk}")
    assert "Keep the day after quiet: no sport, no washing." in text_of(page)


def test_checkout_of_a_visit_still_to_come_is_not_there_yet(desk, place):
    assert page_of(desk, visit(place, AT_11)).status_code == 409


def test_checkout_has_a_place_for_what_is_built_later(place, monkeypatch):
    booking = ended(visit(place, AT_11))
    monkeypatch.setattr(checkout, "LINES", list(checkout.LINES))

    @line(Place.OWED)
    def owed(booking, now):
        return Line("To pay", ("₹800",))

    @line(Place.CARE)
    def nothing_to_say(booking, now):
        return None

    assert [one.title for one in read_lines(booking, now=NOW)] == ["Next visit", "To pay"]


def test_checkout_takes_as_many_queries_with_three_visits_ahead_as_with_one(
    desk, place, django_assert_num_queries
):
    booking = ended(visit(place, AT_11))
    for day in (24, 25, 26):
        builders.a_booking(
            patient=booking.patient, location=place.location, practitioner=place.doctor,
            visit_type=place.consultation, starts=local(f"2026-11-{day}T10:30"),
        )  # fmt: skip
        with django_assert_num_queries(9):
            page_of(desk, booking)
