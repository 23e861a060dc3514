"""Somebody came to the wrong location."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings.models import Booking, Change, Status
from clinic.models import Location
from clinic.services.name_words import rename
from tests import builders
from tests.bookings.desk_clinic import AT_11, address, desk, find, session_visit, somebody, visit
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


# At one location alone, where somebody stands who is booked at another


@pytest.fixture
def jayanagar(client, other):
    """A browser of somebody who has a role at the other location and nowhere else."""
    return at_one(client, "front_desk", other)


def at_one(client, role, location):
    client.force_login(builders.staff(role=role, location=location))
    return client


def visit_at(place, location):
    booking = visit(place, local("2026-11-02T16:00"), name="Ravi Naik")
    Booking.objects.filter(pk=booking.pk).update(location=location)
    return booking


def patient_page(client, booking):
    return client.get(reverse("desk_patient", args=[booking.patient_id]))


def test_who_is_booked_elsewhere_is_found_and_taken_over(jayanagar, place, other):
    booking = visit(place, local("2026-11-02T16:00"))
    rename(booking.patient, "Asha Rao")

    found = find(jayanagar, "asha")
    page = patient_page(jayanagar, booking)
    [offered] = page.context["elsewhere"]
    taking = jayanagar.get(offered["href"])
    answer = come(jayanagar, taking, booking, taking.context["offers"][0]["value"])

    booking.refresh_from_db()
    assert [one["patient"] for one in found.context["people"]] == [booking.patient]
    assert "Booked at Indiranagar, Mon 2 Nov, 4:00 pm Came to Jayanagar: here instead…" in text_of(page)
    assert (booking.location, booking.starts) == (other, local("2026-11-02T10:15"))
    assert jayanagar.get(answer["Location"]).context["card"]["row"].reference == booking.reference


def test_who_is_booked_elsewhere_is_shown_by_place_and_time_alone(jayanagar, place, other):
    booking = visit(place, AT_11)
    page = page_of(jayanagar, booking)

    assert page.context["was"] == "Mon 2 Nov, 11:00 am, Indiranagar"
    for words in ("Dr Rao", booking.reference, reverse("desk_move", args=[booking.reference])):
        shown = page.content.decode().replace(page.context["here_href"], "")
        assert words not in shown


def test_what_is_booked_here_is_not_offered_as_elsewhere(desk, place, other):
    here, there = visit(place, AT_11), visit_at(place, other)
    desk.get(f"{reverse('desk_day')}?at={place.location.slug}")

    assert patient_page(desk, here).context["elsewhere"] == []
    [offered] = patient_page(desk, there).context["elsewhere"]
    assert (offered["area"], offered["here"]) == ("Jayanagar", "Indiranagar")


ROLES = ("front_desk", "nurse", "dermatologist", "manager")


def stands_as(place, state):
    """A visit at the first location, and whether somebody at the other may take it over."""
    booking = visit(place, AT_11)
    days = {"yesterday": -1, "tomorrow": 1, "in two days": 2}
    if state in days:
        by = timedelta(days=days[state])
        changed = {"day": booking.day + by, "starts": booking.starts + by, "ends": booking.ends + by}
    else:
        changed = {"status": Status.BOOKED if state == "today" else state.replace(" ", "_")}
    Booking.objects.filter(pk=booking.pk).update(**changed)
    booking.refresh_from_db()
    return booking


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", ["today", "tomorrow", "yesterday"])
def test_a_role_at_another_location_may_take_over_what_is_booked_about_today(
    client, place, other, role, state
):
    booking = stands_as(place, state)
    member = at_one(client, role, other)

    assert page_of(member, booking).status_code == 200
    assert member.post(address(booking, "desk_here_instead"), {}).status_code == 400
    assert len(patient_page(member, booking).context["elsewhere"]) == 1


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", ["in two days", "arrived", "done", "no show", "cancelled"])
def test_a_role_at_another_location_may_take_over_nothing_else(client, place, other, role, state):
    booking = stands_as(place, state)
    member = at_one(client, role, other)

    assert page_of(member, booking).status_code == 404
    assert member.post(address(booking, "desk_here_instead"), {}).status_code == 404
    assert patient_page(member, booking).context["elsewhere"] == []


def test_a_time_that_is_only_held_is_nobodys_to_take_over(jayanagar, place):
    booking = visit(place, AT_11)
    held = {"status": Status.HELD, "held_until": AT_11 + timedelta(days=1)}
    Booking.objects.filter(pk=booking.pk).update(**held)

    assert page_of(jayanagar, booking).status_code == 404


OTHERWISE = (
    "desk_card", "desk_move", "desk_cancel", "desk_no_show", "desk_step", "desk_late", "desk_confirm",
    "desk_call", "desk_answer", "desk_drag", "desk_checkout",
)  # fmt: skip


@pytest.mark.parametrize("name", OTHERWISE)
def test_nothing_else_of_what_is_booked_elsewhere_opens(jayanagar, place, name):
    booking = visit(place, AT_11)

    answers = [jayanagar.get(address(booking, name)), jayanagar.post(address(booking, name), {})]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert 404 in {answer.status_code for answer in answers}


def test_who_works_nowhere_takes_nothing_over(client, place, other):
    booking = visit(place, AT_11)
    draft = builders.a_location(is_open=False)

    for role in ROLES:
        assert page_of(at_one(client, role, draft), booking).status_code == 404
    client.force_login(booking.patient.account)
    assert page_of(client, booking).status_code == 404


def test_taking_over_is_undone_once_by_two_presses(jayanagar, place, other):
    booking = visit(place, AT_11)
    page = page_of(jayanagar, booking)
    come(jayanagar, page, booking, page.context["offers"][0]["value"])
    bar = page_of(jayanagar, booking).context["undo"]

    answers = [jayanagar.post(bar["action"], {"key": str(bar["once"])}) for _ in range(2)]

    booking.refresh_from_db()
    assert (booking.location, booking.starts) == (place.location, AT_11)
    assert [one["Location"] for one in answers] == [reverse("desk_patient", args=[booking.patient_id])] * 2
    assert Change.objects.filter(action="undo").count() == 1


def test_taking_over_what_changed_meanwhile_says_so_without_the_other_day(jayanagar, place, other):
    booking = visit(place, AT_11)
    page = page_of(jayanagar, booking)
    value = page.context["offers"][0]["value"]

    answer = come(jayanagar, page, booking, value, version=7)

    booking.refresh_from_db()
    assert (answer.status_code, booking.location) == (409, place.location)
    assert "Nothing has changed." in text_of(answer)
    assert "board" not in answer.context


def test_the_page_of_a_patient_asks_as_often_with_three_elsewhere(
    jayanagar, place, other, django_assert_num_queries
):
    patient = somebody()
    reads = []
    for hour in (11, 12, 13):
        builders.a_booking(
            patient=patient, starts=local(f"2026-11-02T{hour}:00"), visit_type=place.consultation,
            location=place.location, practitioner=place.doctor,
        )  # fmt: skip
        with django_assert_num_queries(QUERIES):
            reads.append(jayanagar.get(reverse("desk_patient", args=[patient.pk])))
    assert [len(one.context["elsewhere"]) for one in reads] == [1, 2, 3]


QUERIES = 14
