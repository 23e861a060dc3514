"""Where a manager begins, and who gets there."""

from datetime import timedelta

import pytest

from bookings.services.house.leavers import plan_leave
from clinic.models import Location, Practitioner, StaffRole
from tests import builders
from tests.bookings.manager_clinic import address, manager
from tests.bookings.patient_clinic import at_now, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "manager", "place"]
pytestmark = pytest.mark.django_db


def test_home_shows_locations_with_their_state(manager, place):
    builders.a_location(name="Whitefield", is_open=False, phone="")

    page = text_of(manager.get(address("home")))

    assert "Lakeview, Indiranagar Indiranagar open since 1 Jan 2026" in page
    assert "Whitefield Example Area" in page
    assert "draft 5 of 10 ready" in page


def test_home_shows_staff_who_need_something(manager, place):
    Practitioner.objects.filter(pk=place.doctor.pk).update(verified_on=None, verified_by=None)
    nurse = builders.staff(role="nurse", name="Sister Jincy")
    plan_leave(member=nurse, last_on=NOW.date() + timedelta(days=9), by=manager.user, now=NOW)

    page = text_of(manager.get(address("home")))

    assert "to verify" in page
    assert "leaves Sister Jincy last day Wed 11 Nov" in page


def test_home_shows_kinds_of_visit_with_todays_price(manager, place):
    assert "First consultation · ₹800 First consultation patients can book it" in text_of(
        manager.get(address("home"))
    )


def test_bar_leads_managers_to_the_clinic_and_nobody_else(manager, place, client):
    assert 'href="/manage/"' in manager.get("/desk/").content.decode()

    client.force_login(builders.staff(role="front_desk"))
    assert 'href="/manage/"' not in client.get("/desk/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_home_asks_the_same_for_few_and_many(manager, place, count, django_assert_num_queries):
    for _ in range(count - 1):
        builders.a_location()
        builders.consultation_type()
        builders.a_practitioner(location=place.location)

    with django_assert_num_queries(9):
        manager.get(address("home"))


# Managers of one location


@pytest.fixture
def local_manager(client, place):
    """Manages one location, which is not the small clinic."""
    own = builders.a_location(name="Own")
    client.force_login(builders.staff(role="manager", location=own))
    client.own = own
    return client


def test_manager_of_one_location_sees_and_opens_only_that(local_manager, place):
    page = text_of(local_manager.get(address("home")))

    assert "Own" in page
    assert "Lakeview, Indiranagar" not in page
    assert "Staff" not in page
    assert local_manager.get(address("location", local_manager.own.slug)).status_code == 200
    assert local_manager.get(address("location", place.location.slug)).status_code == 404
    assert local_manager.get(address("hours", place.location.slug)).status_code == 404


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("staff", ()), ("new_member", ()), ("visit_types", ()), ("new_visit_type", ()), ("new_location", ()),
    ],
)  # fmt: skip
def test_what_holds_everywhere_is_for_those_who_manage_everywhere(local_manager, name, args):
    assert local_manager.get(address(name, *args)).status_code == 404


def test_manager_of_one_location_cannot_make_himself_one_of_all(local_manager):
    user = StaffRole.objects.get(location=local_manager.own).user
    sent = {"name": "Me", "email": user.email, "duties": ["manager.all"]}

    assert local_manager.post(address("member", user.pk), sent).status_code == 404
    assert not StaffRole.objects.filter(user=user, location=None).exists()


def test_a_room_is_found_only_under_its_own_location(manager, place):
    room = builders.a_room(location=builders.a_location())

    for name in ("resource", "retire", "bring_back"):
        assert manager.post(address(name, place.location.slug, room.pk)).status_code == 404
    assert Location.objects.count() == 2
