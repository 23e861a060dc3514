"""The pages on which hours are changed."""

from datetime import date, time

import pytest

from bookings import door
from bookings.models import WorkingHours
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, visit
from tests.bookings.manager_clinic import address, errors_of, fields_of, manager
from tests.bookings.patient_clinic import at_now, hidden, place, text_of
from tests.builders import LONG_AGO

__all__ = ["at_now", "manager", "place"]
pytestmark = pytest.mark.django_db

MORNINGS = {f"d{day}_0_from": "09:00" for day in range(6)} | {f"d{day}_0_to": "10:30" for day in range(6)}


def look(manager, url, **changes):
    page = manager.get(url)
    sent = fields_of(page) | {"seen": hidden(page, "seen"), "look": "1"} | changes
    return manager.post(url, {name: value for name, value in sent.items() if value is not None})


def press(manager, url, page, name="save", **typed):
    """What the second page sends when that button is pressed."""
    sent = dict(page.context["sent"])
    sent = {name: f"{value:%H:%M}" if hasattr(value, "hour") else value for name, value in sent.items()}
    marks = {"seen": hidden(page, "seen"), "touched": hidden(page, "touched")}
    return manager.post(url, sent | marks | {name: "1"} | typed)


def of_place(place):
    return address("hours", place.location.slug)


def of_doctor(place):
    return address("hours_of", place.location.slug, place.doctor.pk)


def stored(place, resource=None):
    rows = WorkingHours.objects.filter(location=place.location, resource=resource, weekday=1)
    return list(rows.order_by("from_on").values_list("from_on", "until_on", "starts", "ends"))


# What is shown


def test_page_shows_the_week_and_who_works_here(manager, place):
    page = text_of(manager.get(of_place(place)))

    assert "Monday 9:00 am – 6:00 pm" in page
    assert "Sunday –" in page
    assert "Dr Rao Monday, Tuesday, Wednesday, Thursday, Friday, Saturday" in page


def test_page_shows_what_is_planned(manager, place):
    own = WorkingHours.objects.filter(location=place.location, resource=None)
    own.update(until_on=date(2026, 11, 30))
    builders.working_hours(location=place.location, hours=[(0, time(8), time(16))], from_on=date(2026, 12, 1))

    page = text_of(manager.get(of_place(place)))

    assert "Now, until 30 Nov 2026 Monday 9:00 am – 6:00 pm" in page
    assert "From 1 Dec 2026 Monday 8:00 am – 4:00 pm" in page


def test_a_location_without_hours_says_so(manager, place):
    WorkingHours.objects.filter(location=place.location).delete()

    assert "No hours yet: nothing can be booked." in text_of(manager.get(of_place(place)))


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_same_for_few_and_many(manager, place, count, django_assert_num_queries):
    for _ in range(count - 1):
        builders.a_practitioner(location=place.location)

    with django_assert_num_queries(7):
        manager.get(of_place(place))


# Looking before saving


def test_looking_saves_nothing_and_shows_what_changes_and_whom_it_touches(manager, place):
    visit(place, TOMORROW_11)

    page = look(manager, of_place(place), **MORNINGS)

    words = text_of(page)
    assert page.status_code == 200
    assert "From 3 Nov 2026 on." in words
    assert "Tuesday 9:00 am – 6:00 pm 9:00 – 10:30 am" in words
    assert "Sunday closed as before" in words
    assert "1 visit stands outside these hours" in words
    assert "Tue 3 Nov, 11:00 am Asha Rao First consultation · Dr Rao" in words
    assert stored(place) == [(LONG_AGO, None, time(9), time(18))]


def test_nobody_touched_is_said(manager, place):
    visit(place, AT_11)  # today, before the first day of the change

    assert "everybody fits" in text_of(look(manager, of_place(place), **MORNINGS))


def test_saving_after_looking(manager, place):
    answer = press(manager, of_place(place), look(manager, of_place(place), **MORNINGS))

    assert answer["Location"] == of_place(place)
    assert stored(place) == [
        (LONG_AGO, date(2026, 11, 2), time(9), time(18)),
        (date(2026, 11, 3), None, time(9), time(10, 30)),
    ]


def test_visits_are_kept_with_a_reason_and_the_rest_wait(manager, place):
    kept = visit(place, TOMORROW_11)
    visit(place, TOMORROW_11.replace(hour=12), name="Ravi Naik")
    page = look(manager, of_place(place), **MORNINGS)

    answer = press(manager, of_place(place), page, **{f"keep_{kept.pk}": "comes from far"})

    kept.refresh_from_db()
    assert (kept.kept_by, kept.kept_why) == (manager.user, "comes from far")
    assert "1 visits outside them wait in the To do list." in text_of(manager.get(answer["Location"]))


def test_a_visit_booked_after_looking_is_shown_before_anything_is_saved(manager, place):
    page = look(manager, of_place(place), **MORNINGS)
    visit(place, TOMORROW_11)

    refused = press(manager, of_place(place), page)

    assert refused.status_code == 409
    assert "Visits were booked or moved in the meantime" in errors_of(refused)
    assert "Asha Rao" in text_of(refused)
    assert len(stored(place)) == 1
    assert press(manager, of_place(place), refused).status_code == 302


def test_two_managers_at_once_the_second_is_told(manager, place):
    one, other = (look(manager, of_place(place), **MORNINGS) for _ in range(2))
    press(manager, of_place(place), one)

    refused = press(manager, of_place(place), other)

    assert refused.status_code == 409
    assert "A colleague changed this in the meantime" in errors_of(refused)
    assert len(stored(place)) == 2


def test_going_back_keeps_what_was_typed(manager, place):
    page = press(manager, of_place(place), look(manager, of_place(place), **MORNINGS), "change")

    assert page.status_code == 200
    assert page.context["form"]["d1_0_to"].value() == "10:30"
    assert 'name="d1_0_to" id="id_d1_0_to" value="10:30"' in page.content.decode()


def test_a_change_for_some_days_names_both_ends_and_what_it_replaces(manager, place):
    builders.working_hours(
        location=place.location, hours=[(0, time(8), time(16))], from_on=date(2026, 11, 16)
    )

    page = look(manager, of_place(place), from_on="2026-11-10", until_on="2026-11-20", **MORNINGS)

    assert "From 10 Nov 2026 until 20 Nov 2026." in text_of(page)
    assert "What was planned from 16 Nov 2026 is replaced." in text_of(page)


# A dermatologist's hours


def test_dermatologists_week_with_an_urgent_time(manager, place):
    typed = {"d1_urgent_from": "10:00", "d1_urgent_to": "10:30"}
    page = look(manager, of_doctor(place), **typed)

    assert "(urgent 10:00 – 10:30 am)" in text_of(page)
    press(manager, of_doctor(place), page)

    row = WorkingHours.objects.get(resource=place.doctor.resource, weekday=1, until_on=None)
    assert (row.urgent_from, row.urgent_to) == (time(10), time(10, 30))
    assert 'id="id_d1_urgent_from" value="10:00"' in manager.get(of_doctor(place)).content.decode()


def test_locations_themselves_have_no_urgent_time(manager, place):
    assert "urgent" not in text_of(manager.get(of_place(place)))


def test_somebody_new_gets_hours_at_a_location(manager, place):
    new = builders.a_practitioner(location=builders.a_location(), name="Dr Banu")
    url = address("hours_of", place.location.slug, new.pk)
    assert "No hours here." in text_of(manager.get(url))

    press(manager, url, look(manager, url, **MORNINGS))

    assert stored(place, new.resource) == [(date(2026, 11, 3), None, time(9), time(10, 30))]


@pytest.mark.parametrize(("starts", "is_said"), [(time(10), True), (time(10, 30), False)])
def test_hours_at_two_locations_at_once_are_said(manager, place, starts, is_said):
    other = builders.a_location(name="Jayanagar")
    builders.working_hours(
        location=other, resource=place.doctor.resource, hours=[(1, starts, time(12))], from_on=LONG_AGO
    )

    words = text_of(look(manager, of_doctor(place), **MORNINGS))

    assert ("they also work at Jayanagar" in words) == is_said


def test_somebody_who_has_left_has_no_page(manager, place):
    place.doctor.resource.is_active = False
    place.doctor.resource.save()

    assert manager.get(of_doctor(place)).status_code == 404


# Bad input


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"d0_0_to": "09:00"}, "It must end at another time than it begins"),
        ({"d0_0_to": None}, "Enter both times, or neither"),
        ({"d0_0_from": None}, "Enter both times, or neither"),
        ({"d0_0_from": "9:02"}, "in steps of five minutes"),
        ({"d0_0_from": "09:00:30"}, "in steps of five minutes"),
        ({"d0_0_from": "25:00"}, "Enter a time such as 9:30"),
        ({"d0_0_from": "9" * 40}, "Enter a time such as 9:30"),
        ({"d0_1_from": "17:00", "d0_1_to": "19:00"}, "These times overlap"),
        ({"d6_0_from": "20:00", "d6_0_to": "10:00"}, "These times overlap"),
        ({"from_on": "2026-11-01"}, "The day must be 2 Nov 2026 or later"),
        ({"from_on": "9999-12-31"}, "The day must be"),
        ({"from_on": "0000-00-00"}, "Enter a day, for example 24.11.2026"),
        ({"from_on": ""}, "Enter the first day"),
        ({"from_on": "2026-12-10", "until_on": "2026-12-09"}, "The last day comes before the first"),
    ],
)
def test_bad_hours_are_said_and_what_was_typed_stays(manager, place, typed, words):
    answer = look(manager, of_place(place), **typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    name, value = next(iter(typed.items()))
    assert answer.context["form"][name].value() == value
    assert stored(place) == [(LONG_AGO, None, time(9), time(18))]


@pytest.mark.parametrize(
    ("urgent", "words"),
    [
        (("08:00", "09:30"), "must lie within the hours of that day"),
        (("17:30", "18:05"), "must lie within the hours of that day"),
        (("10:30", "10:00"), "must lie within the hours of that day"),
        (("10:00", ""), "Enter both times, or neither"),
    ],
)
def test_an_urgent_time_lies_within_the_hours(manager, place, urgent, words):
    answer = look(manager, of_doctor(place), d1_urgent_from=urgent[0], d1_urgent_to=urgent[1])

    assert answer.status_code == 422
    assert words in text_of(answer)


def test_a_reason_to_keep_that_is_too_long_saves_nothing(manager, place):
    booking = visit(place, TOMORROW_11)
    page = look(manager, of_place(place), **MORNINGS)

    answer = press(manager, of_place(place), page, **{f"keep_{booking.pk}": "x" * 81})

    assert answer.status_code == 422
    assert "at most 80 characters" in errors_of(answer)
    assert len(stored(place)) == 1


@pytest.mark.parametrize("touched", ["", "x", "1", "1:", ":1", "-1:-1", f"{'9' * 40}:1", "1:1 1:1 " * 500])
def test_made_up_lists_of_touched_visits_save_nothing(manager, place, touched):
    visit(place, TOMORROW_11)
    page = look(manager, of_place(place), **MORNINGS)

    assert press(manager, of_place(place), page, touched=touched).status_code == 409
    assert len(stored(place)) == 1


def test_three_parts_of_a_day_can_be_typed_and_are_kept(manager, place):
    page = manager.get(of_place(place) + "?more=1")
    sent = fields_of(page) | {"seen": hidden(page, "seen"), "look": "1"}
    sent |= {
        "d1_0_to": "11:00",
        "d1_1_from": "12:00",
        "d1_1_to": "13:00",
        "d1_2_from": "15:00",
        "d1_2_to": "17:00",
    }
    seen = manager.post(of_place(place), sent)
    press(manager, of_place(place), seen)

    tuesdays = WorkingHours.objects.filter(location=place.location, resource=None, weekday=1, until_on=None)
    assert tuesdays.count() == 3
    assert 'id="id_d1_2_from" value="15:00"' in manager.get(of_place(place)).content.decode()


def test_a_held_time_is_no_visit_of_the_list(manager, place):
    door.hold(
        visit_type=place.consultation, location=place.location, starts=TOMORROW_11, held_for="browser",
        now=builders.NOW,
    )  # fmt: skip

    assert "everybody fits" in text_of(look(manager, of_place(place), **MORNINGS))
