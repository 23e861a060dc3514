"""Somebody came to the wrong location."""

import pytest
from django.urls import reverse

from bookings.models import Booking, Status
from clinic.models import Location
from tests import builders
from tests.bookings.desk_clinic import AT_11, address, desk, session_visit, visit
from tests.bookings.patient_clinic import at_now, carried, hidden, local, place, text_of

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def other(place):
    """Another location, with a dermatologist of its own."""
    location = builders.a_location(name="Jayanagar")
    Location.objects.filter(pk=location.pk).update(area="Jayanagar")
    builders.a_room(location=location)
    doctor = builders.a_practitioner(location=location, qualified=[place.consultation], name="Dr Banu")
    location.refresh_from_db()
    location.doctor = doctor
    return location


def page_of(desk, booking, query=""):
    return desk.get(address(booking, "desk_here_instead") + query)


def come(desk, page, booking, value, **fields):
    sent = {"key": hidden(page, "key"), "version": booking.version, "starts": value}
    return desk.post(page.context["here_href"], sent | fields)


def test_here_instead_moves_the_visit_to_the_first_time_here_today(desk, place, other):
    booking = visit(place, local("2026-11-02T16:00"))

    page = page_of(desk, booking)
    first = page.context["offers"][0]
    answer = come(desk, page, booking, first["value"])

    booking.refresh_from_db()
    assert page.context["was"] == "Mon 2 Nov, 4:00 pm with Dr Rao, Indiranagar"
    assert first["said"] == "Mon 2 Nov, 10:15 am with Dr Banu, Jayanagar"
    assert (booking.location, booking.practitioner) == (other, other.doctor)
    assert (booking.starts, booking.status) == (local("2026-11-02T10:15"), Status.BOOKED)
    assert {claim.resource.location_id for claim in booking.claims.all()} == {other.pk, None}
    assert f"at={other.slug}" in answer["Location"]


def test_here_instead_can_be_undone(desk, place, other):
    booking = visit(place, AT_11)
    page = page_of(desk, booking)
    come(desk, page, booking, page.context["offers"][0]["value"])

    bar = page_of(desk, booking).context["undo"]
    desk.post(bar["action"], {"key": str(bar["once"])})

    booking.refresh_from_db()
    assert (booking.location, booking.starts) == (place.location, AT_11)


def test_here_instead_keeps_their_own_doctor_who_works_here_today(desk, place, other):
    builders.working_hours(location=other, resource=place.doctor.resource)
    booking = visit(place, AT_11)

    assert {one["note"] for one in page_of(desk, booking).context["offers"]} == {"Dr Rao"}


def test_here_instead_is_the_place_worked_at_last_or_the_one_asked_for(desk, place, other):
    third = builders.a_location()
    booking = visit(place, AT_11)
    desk.get(f"{reverse('desk_day')}?at={third.slug}")

    last = page_of(desk, booking).context["place"]
    asked = page_of(desk, booking, f"?at={other.slug}").context["place"]

    assert (last, asked) == (third, other)
    assert "No free time here any more today" in text_of(page_of(desk, booking, f"?at={third.slug}"))


def test_here_instead_where_there_is_no_other_place(desk, place):
    booking = visit(place, AT_11)

    assert "There is no other place you work at" in text_of(page_of(desk, booking))
    sent = {"key": str(builders.next_key()), "version": 1, "starts": carried("2026-11-02T12:00")}
    assert desk.post(address(booking, "desk_here_instead"), sent).status_code == 400
    booking.refresh_from_db()
    assert booking.starts == AT_11


def test_here_instead_from_a_stale_page_changes_nothing(desk, place, other):
    booking = visit(place, AT_11)
    page = page_of(desk, booking)

    answer = come(desk, page, booking, page.context["offers"][0]["value"], version=7)

    booking.refresh_from_db()
    assert answer.status_code == 409
    assert booking.location == place.location


def test_here_instead_of_somebody_who_is_in_already(desk, place, other):
    booking = visit(place, AT_11)
    Booking.objects.filter(pk=booking.pk).update(status=Status.IN_ROOM)

    assert page_of(desk, booking).status_code == 409


def test_here_instead_of_a_session_where_nobody_may_give_it(desk, place, other):
    booking = session_visit(place)

    assert page_of(desk, booking).context["offers"] == []


@pytest.mark.parametrize("starts", ["", "x", "0001-01-01T00:00Z", "9999-12-31T23:59Z"])
def test_here_instead_at_what_is_no_time(desk, place, other, starts):
    booking = visit(place, AT_11)

    assert come(desk, page_of(desk, booking), booking, starts).status_code == 400
