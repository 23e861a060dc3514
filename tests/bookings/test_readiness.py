"""What a location needs before it can open."""

from datetime import timedelta

import pytest

from bookings.models import WorkingHours
from bookings.services.house.locations import NotReady, open_location
from bookings.services.house.readiness import readiness
from clinic.models import AuditRow, Location, Practitioner, Price, Qualified, Resource, VisitType
from tests import builders
from tests.bookings.patient_clinic import at_now, place
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(place):
    """The small clinic, made whole and not opened yet."""
    Location.objects.filter(pk=place.location.pk).update(opened_on=None, phone="+918040001234")
    place.location.refresh_from_db()
    return place


def missing(location, now=NOW):
    return [item.code for item in readiness(location=location, now=now) if not item.is_done]


def test_a_whole_draft_lacks_nothing(draft):
    assert missing(draft.location) == []


def test_list_is_in_order_and_says_what_and_why(draft):
    items = readiness(location=draft.location, now=NOW)

    assert [item.code for item in items] == [
        "address", "phone", "registration", "hours", "room", "chair", "practitioner", "online", "price",
        "openings",
    ]  # fmt: skip
    assert all(item.what and item.why for item in items)


@pytest.mark.parametrize(
    ("field", "code"), [("address", "address"), ("phone", "phone"), ("registration_number", "registration")]
)
def test_each_line_of_the_details_is_asked_for(draft, field, code):
    setattr(draft.location, field, "")

    assert missing(draft.location) == [code]


def test_hours_that_have_ended_are_none(draft):
    own = WorkingHours.objects.filter(location=draft.location, resource=None)
    own.update(until_on=NOW.date() - timedelta(days=1))

    assert missing(draft.location) == ["hours", "openings"]


def test_hours_of_a_dermatologist_are_not_the_locations(draft):
    WorkingHours.objects.filter(location=draft.location, resource=None).delete()

    assert missing(draft.location) == ["hours", "openings"]


def test_rooms_and_chairs_out_of_use_do_not_count(draft):
    Resource.objects.filter(location=draft.location).update(is_active=False)

    assert missing(draft.location) == ["room", "chair", "openings"]


def test_a_chair_is_asked_for_only_if_a_kind_of_visit_needs_one(draft):
    Resource.objects.filter(location=draft.location, kind="chair").delete()
    assert missing(draft.location) == ["chair"]

    VisitType.objects.filter(pk=draft.session.pk).delete()
    assert missing(draft.location) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda: Practitioner.objects.update(verified_on=None, verified_by=None),
        lambda: Resource.objects.filter(kind="practitioner").update(is_active=False),
        lambda: Qualified.objects.all().delete(),
        lambda: WorkingHours.objects.exclude(resource=None).delete(),
        lambda: WorkingHours.objects.exclude(resource=None).update(until_on=NOW.date() - timedelta(days=1)),
    ],
    ids=["unverified", "left", "not qualified", "no hours here", "hours over"],
)
def test_a_dermatologist_must_be_verified_here_and_able(draft, change):
    change()

    assert missing(draft.location) == ["practitioner", "openings"]


def test_somebody_who_only_does_sessions_is_not_enough(draft):
    Qualified.objects.filter(visit_type=draft.consultation).delete()

    assert missing(draft.location) == ["practitioner", "openings"]


def test_a_price_must_hold_today_for_every_visit_patients_book(draft):
    Price.objects.filter(visit_type=draft.consultation).update(from_on=NOW.date() + timedelta(days=1))
    [item] = [item for item in readiness(location=draft.location, now=NOW) if not item.is_done]

    assert (item.code, item.lacking) == ("price", ("First consultation",))


def test_something_must_be_on_the_booking_page(draft):
    VisitType.objects.update(is_online=False)

    assert missing(draft.location) == ["practitioner", "online", "price", "openings"]


def test_a_room_and_hours_that_never_meet_give_no_free_time(draft):
    doctors = WorkingHours.objects.exclude(resource=None)
    doctors.update(starts="20:00", ends="21:00")

    assert missing(draft.location) == ["openings"]


@pytest.mark.parametrize(("days", "is_missing"), [(12, False), (14, True)])
def test_the_first_free_time_must_come_within_two_weeks(draft, days, is_missing):
    """NOW is a Monday; the fourteenth day of the fortnight is a Sunday."""
    WorkingHours.objects.filter(location=draft.location, resource=None).update(
        from_on=NOW.date() + timedelta(days=days)
    )

    assert missing(draft.location) == (["openings"] if is_missing else [])


def test_an_online_visit_without_steps_has_no_free_time(draft):
    VisitType.objects.create(code="empty", name="Empty", kind="consultation", is_online=True)

    [item] = [item for item in readiness(location=draft.location, now=NOW) if item.code == "openings"]
    assert (item.is_done, item.lacking) == (False, ("Empty",))


@pytest.mark.parametrize("count", [1, 3])
def test_readiness_asks_the_same_for_few_and_many(draft, count, django_assert_num_queries):
    for _ in range(count - 1):
        builders.a_practitioner(location=draft.location, qualified=[draft.consultation])
        builders.a_room(location=draft.location)

    with django_assert_num_queries(10):
        readiness(location=draft.location, now=NOW)


# Opening


def test_a_whole_draft_opens_today_in_its_own_zone(draft):
    by = builders.staff(role="manager")

    opened = open_location(location=draft.location, by=by, now=NOW)

    assert str(opened.opened_on) == "2026-11-02"
    assert AuditRow.objects.get(action="location_opened").subject == f"location:{draft.location.pk}"


def test_opening_says_what_is_missing_and_leaves_it_a_draft(draft):
    Location.objects.filter(pk=draft.location.pk).update(registration_number="", phone="")

    with pytest.raises(NotReady) as refused:
        open_location(location=draft.location, by=builders.staff(role="manager"), now=NOW)

    assert [item.code for item in refused.value.missing] == ["phone", "registration"]
    assert Location.objects.get(pk=draft.location.pk).opened_on is None


def test_opening_twice_keeps_the_first_day(draft):
    by = builders.staff(role="manager")
    open_location(location=draft.location, by=by, now=NOW)

    again = open_location(location=draft.location, by=by, now=NOW + timedelta(days=3))

    assert str(again.opened_on) == "2026-11-02"
    assert AuditRow.objects.filter(action="location_opened").count() == 1
