"""Making a location, changing it, opening it."""

from datetime import time

import pytest

from clinic.models import AuditRow, Location, Travel
from tests import builders
from tests.bookings.manager_clinic import address, errors_of, fields_of, manager, send
from tests.bookings.patient_clinic import at_now, hidden, place, text_of

__all__ = ["at_now", "manager", "place"]
pytestmark = pytest.mark.django_db

NEW = {
    "name": "Lakeview, Whitefield",
    "area": "Whitefield",
    "time_zone": "Asia/Kolkata",
    "country": "in",
    "currency": "inr",
    "fit_ins_per_half_day": "2",
}


def test_new_location_is_a_draft_with_an_address_from_its_name(manager):
    answer = manager.post(address("new_location"), NEW)

    made = Location.objects.get(name="Lakeview, Whitefield")
    assert answer["Location"] == address("location", "lakeview-whitefield")
    assert (made.opened_on, made.country, made.currency) == (None, "IN", "INR")
    assert AuditRow.objects.get(action="location_added").by == manager.user


@pytest.mark.parametrize(
    ("name", "slug"),
    [("ಇಂದಿರಾನಗರ", "indrngr"), ("New", "new-2"), ("!!!", "place"), ("Ørsted & Co", "rsted-co")],
)
def test_a_name_in_any_script_gives_an_address(manager, name, slug):
    manager.post(address("new_location"), NEW | {"name": name})

    assert Location.objects.get().slug == slug


def test_the_same_name_twice_gives_two_addresses(manager):
    for _ in range(2):
        manager.post(address("new_location"), NEW)

    assert sorted(Location.objects.values_list("slug", flat=True)) == [
        "lakeview-whitefield", "lakeview-whitefield-2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter a name"),
        ("name", "x" * 81, "at most 80 characters"),
        ("area", "\u202e\u200b", "Enter the area"),
        ("time_zone", "Mars/Olympus", "Choose a time zone from the list"),
        ("phone", "9" * 30, "Enter the number with its area code"),
        ("phone", "call us", "Enter the number with its area code"),
        ("map_url", "javascript:alert(1)", "Enter a web address that begins with https://"),
        ("country", "India", "at most 2 characters"),
        ("country", "4X", "Enter two letters"),
        ("subdivision", "XX", "We know no such state"),
        ("currency", "R", "Enter three letters"),
        ("fit_ins_per_half_day", "21", "Enter a number from 0 to 20"),
        ("fit_ins_per_half_day", "9" * 40, "Enter a number from 0 to 20"),
        ("fit_ins_per_half_day", "-1", "Enter a number from 0 to 20"),
        ("day_list_email", "desk", "Check the e-mail address"),
        ("day_list_at", "25:00", "Enter a time such as 9:30"),
        ("day_list_at", "7:31", "in steps of five minutes"),
        ("day_list_at", "7:00", "Say where the list goes"),
        ("day_list_at", "1:00,2:00,3:00,4:00,5:00,6:00,7:00", "Six hours a day are enough"),
    ],
)
def test_bad_input_is_said_and_stays(manager, field, typed, words):
    answer = manager.post(address("new_location"), NEW | {field: typed})

    assert answer.status_code == 422
    assert words in errors_of(answer)
    assert answer.context["form"][field].value() == typed
    assert Location.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("080 4000 1234", "+918040001234"),
        ("98450 12345", "+919845012345"),
        ("+44 20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("०८० ४००० १२३४", "+918040001234"),
    ],
)
def test_phone_of_a_location_may_be_a_landline(manager, typed, kept):
    manager.post(address("new_location"), NEW | {"phone": typed})

    assert Location.objects.get().phone == kept


def test_details_are_changed_with_what_was_not_touched_left_alone(manager, place):
    answer = send(
        manager, address("location_details", place.location.slug), address="12th Main\n\n Bengaluru ",
        day_list_email="desk@clinic.example", day_list_at="13:00, 7:30", subdivision="ka",
    )  # fmt: skip

    fresh = Location.objects.get(pk=place.location.pk)
    assert answer.status_code == 302
    assert (fresh.address, fresh.subdivision) == ("12th Main\nBengaluru", "KA")
    assert fresh.day_list_at == [time(7, 30), time(13)]
    assert (fresh.name, fresh.slug, fresh.opened_on) == (
        place.location.name, place.location.slug, place.location.opened_on,
    )  # fmt: skip
    row = AuditRow.objects.get(action="location_changed")
    assert row.detail["fields"] == ["address", "subdivision", "day_list_email", "day_list_at"]


def test_a_colleagues_change_is_not_overwritten_unseen(manager, place):
    url = address("location_details", place.location.slug)
    page = manager.get(url)
    sent = fields_of(page) | {"seen": hidden(page, "seen"), "area": "Old town"}
    send(manager, url, area="New town")

    refused = manager.post(url, sent)
    assert refused.status_code == 409
    assert "A colleague changed this in the meantime" in errors_of(refused)
    assert refused.context["form"]["area"].value() == "Old town"
    assert Location.objects.get(pk=place.location.pk).area == "New town"

    again = manager.post(url, sent | {"seen": hidden(refused, "seen")})
    assert again.status_code == 302
    assert Location.objects.get(pk=place.location.pk).area == "Old town"


def test_time_zone_stays_once_somebody_is_booked(manager, place):
    builders.a_booking(location=place.location, practitioner=place.doctor, visit_type=place.consultation)

    refused = send(manager, address("location_details", place.location.slug), time_zone="Europe/London")

    assert refused.status_code == 409
    assert "The time zone stays as it is" in errors_of(refused)
    assert Location.objects.get(pk=place.location.pk).time_zone == "Asia/Kolkata"


def test_an_open_location_keeps_its_registration_number(manager, place):
    refused = send(manager, address("location_details", place.location.slug), registration_number="")

    assert refused.status_code == 409
    assert "An open location needs its registration number" in errors_of(refused)


# Opening


def test_draft_page_lists_what_is_missing_with_the_way_to_it(manager, place):
    Location.objects.filter(pk=place.location.pk).update(opened_on=None, phone="")

    page = manager.get(address("location", place.location.slug))

    assert "9 of 10" in text_of(page)
    assert f'<a href="{address("location_details", place.location.slug)}">Phone</a>' in page.content.decode()


def test_opening_an_unready_draft_says_what_is_missing(manager, place):
    Location.objects.filter(pk=place.location.pk).update(opened_on=None, phone="", registration_number="")

    answer = manager.post(address("open_location", place.location.slug))

    assert answer.status_code == 409
    said = " ".join(errors_of(answer).split())
    assert said == "It cannot be opened yet. Missing: Phone Registration number"
    assert Location.objects.get(pk=place.location.pk).opened_on is None


def test_an_open_location_can_be_booked(manager, place, client):
    Location.objects.filter(pk=place.location.pk).update(opened_on=None, phone="+918040001234")

    manager.post(address("open_location", place.location.slug))

    assert str(Location.objects.get(pk=place.location.pk).opened_on) == "2026-11-02"
    client.logout()
    assert "11:15 am" in text_of(client.get("/book/"))


# On the way between two


def test_minutes_between_two_locations_hold_both_ways(manager, place):
    other = builders.a_location()

    send(manager, address("travel", place.location.slug), **{f"to_{other.pk}": "45"})

    assert sorted(Travel.objects.values_list("origin", "destination", "minutes")) == sorted(
        [(place.location.pk, other.pk, 45), (other.pk, place.location.pk, 45)]
    )
    send(manager, address("travel", other.slug), **{f"to_{place.location.pk}": ""})
    assert Travel.objects.count() == 0


@pytest.mark.parametrize("typed", ["7", "0", "245", "-5", "soon", "9" * 40])
def test_minutes_off_the_grid_are_refused(manager, place, typed):
    other = builders.a_location()

    answer = send(manager, address("travel", place.location.slug), **{f"to_{other.pk}": typed})

    assert answer.status_code == 422
    assert "Enter minutes from 5 to 240" in errors_of(answer)
    assert Travel.objects.count() == 0


def test_the_way_back_changed_meanwhile_is_not_overwritten(manager, place):
    other = builders.a_location()
    page = manager.get(address("travel", place.location.slug))
    send(manager, address("travel", other.slug), **{f"to_{place.location.pk}": "30"})

    refused = manager.post(
        address("travel", place.location.slug), {"seen": hidden(page, "seen"), f"to_{other.pk}": "45"}
    )

    assert refused.status_code == 409
    assert set(Travel.objects.values_list("minutes", flat=True)) == {30}
