"""What the open list of things to do asks for by itself: is anything new."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings.models import CallOutcome
from bookings.services.desk import calling
from tests import builders
from tests.bookings.desk_clinic import TOMORROW_11, desk, visit
from tests.bookings.patient_clinic import at_now, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
PAGE = "/desk/todo/"


def poll(client, tag="", **parts):
    headers = {"If-None-Match": tag} if tag else {}
    return client.get(reverse("desk_todo_poll"), parts, headers=headers)


def rung(booking, outcome=CallOutcome.NO_ANSWER):
    by = builders.staff(role="front_desk")
    return calling.note_call(booking=booking, outcome=outcome, by=by, now=NOW)


@pytest.fixture
def still(at_now):
    """The minute does not end while a test runs."""
    set_clock(at_now, NOW)


def test_poll_with_nothing_new_is_a_304_after_one_query_of_its_own(
    desk, place, still, django_assert_num_queries
):
    visit(place, TOMORROW_11)
    first = poll(desk, at=place.location.slug)

    with django_assert_num_queries(5):  # the session, the person, their roles, locations; what is newest
        again = poll(desk, first["ETag"], at=place.location.slug)

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["X-Board-At"].startswith("2026-11-02T04:30:")


def test_the_page_knows_the_tag_and_the_address_of_what_it_shows(desk, place, still):
    visit(place, TOMORROW_11)
    page = desk.get(PAGE)

    assert f'data-tag="{page.context["tag"].replace(chr(34), "&quot;")}"' in page.content.decode()
    assert desk.get(page.context["poll"], headers={"If-None-Match": page.context["tag"]}).status_code == 304


def test_poll_answers_with_the_lines_and_nothing_around_them(desk, place):
    booking = visit(place, TOMORROW_11)

    page = poll(desk, at=place.location.slug)

    assert "Asha Rao" in text_of(page)
    assert f'id="t-{booking.reference}"' in page.content.decode()
    assert "<html" not in page.content.decode()


CHANGES = {
    "booked": lambda place, booking, desk: visit(place, TOMORROW_11 + timedelta(hours=1), name="Ravi Naik"),
    "rung": lambda place, booking, desk: rung(booking),
    "confirmed": lambda place, booking, desk: calling.confirm(booking=booking, by=None, now=NOW),
    "an alarm": lambda place, booking, desk: builders.an_alarm(patient=booking.patient, now=NOW),
    "cancelled": lambda place, booking, desk: desk.post(
        reverse("desk_cancel", args=[booking.reference]),
        {"key": str(builders.next_key()), "version": booking.version, "reason": "mistake"},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_others_do_is_another_tag(desk, place, still, change):
    booking = visit(place, TOMORROW_11)
    before = poll(desk, at=place.location.slug)["ETag"]

    CHANGES[change](place, booking, desk)

    assert poll(desk, before, at=place.location.slug).status_code == 200


def test_a_minute_later_is_another_tag(desk, place, at_now, still):
    before = poll(desk, at=place.location.slug)["ETag"]
    set_clock(at_now, NOW + timedelta(minutes=1))

    assert poll(desk, before, at=place.location.slug).status_code == 200


def test_two_people_have_tags_of_their_own(desk, place, client, still):
    before = poll(desk, at=place.location.slug)["ETag"]
    client.force_login(builders.staff(role="nurse"))

    assert poll(client, before, at=place.location.slug).status_code == 200


def test_a_page_that_asks_by_itself_does_not_say_where_somebody_works(desk, place):
    other = builders.a_location()
    desk.get(f"{PAGE}?at={other.slug}")

    poll(desk, at=place.location.slug)

    assert desk.get(PAGE).context["asked"].location == other


def test_a_location_that_is_not_theirs_is_not_shown(client, place):
    other = builders.a_location()
    client.force_login(builders.staff(role="front_desk", location=other))
    visit(place, TOMORROW_11)

    assert "Asha Rao" not in text_of(poll(client, at=place.location.slug))


def test_who_works_nowhere_has_no_list(client, place):
    client.force_login(builders.staff(role="front_desk", location=builders.a_location(is_open=False)))

    assert poll(client).status_code == 404


def test_a_line_without_a_visit_has_a_name_too(desk, place):
    builders.a_booking(
        location=place.location, visit_type=place.consultation, practitioner=place.doctor,
        starts=NOW - timedelta(days=3),
    )  # fmt: skip

    assert 'id="t-day-2026-10-30"' in poll(desk, at=place.location.slug).content.decode()
