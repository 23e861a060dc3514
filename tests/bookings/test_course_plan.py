"""The page of a whole course: other rhythms, wishes, why there is no plan, and times that others took."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking
from tests import builders
from tests.bookings.patient_clinic import at_now, hidden, place, text_of
from tests.bookings.plan_clinic import away, came, close, given, november
from tests.builders import NOW
from treatments.models import CourseSession

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def course(client, place):
    course = builders.a_course(
        sessions=3, location=place.location, visit_type=place.session, practitioner=place.doctor
    )
    client.force_login(course.patient.account)
    return course


def page(client, course, query=""):
    return client.get(f"/my/course/{course.pk}/plan/{query}")


def book_all(client, shown, course):
    sent = {"key": hidden(shown, "key"), "time": shown.context["carried"]}
    return client.post(f"/my/course/{course.pk}/plan/", sent)


def names(shown):
    return [str(one["name"]) for one in shown.context["others"]]


def take(place, starts):
    """Somebody else books the dermatologist and a room for the time of the injections."""
    door.book(
        patient=builders.a_patient(), visit_type=place.consultation, location=place.location, key=uuid4(),
        starts=starts + timedelta(minutes=45), by=None, now=NOW, practitioner=place.doctor.pk,
    )  # fmt: skip


def days_of(course):
    return list(Booking.objects.filter(course=course).order_by("starts").values_list("day", flat=True))


# Rhythms


def test_a_plan_that_has_it_all_says_so_and_offers_other_days(client, course):
    shown = page(client, course)

    assert "As soon as can be, with the days between as the doctor planned." in text_of(shown)
    assert names(shown) == ["Other days"]
    assert shown.context["others"][0]["words"] == "2 of 3 on other days"


def test_another_rhythm_is_booked_in_three_taps_from_my_visits(client, course):
    close(course, 14, 18)

    mine = client.get("/my/")
    assert f'href="/my/course/{course.pk}/plan/"' in mine.content.decode()
    first = page(client, course)  # one
    steadiest = next(one for one in first.context["others"] if str(one["name"]) == "Steadiest")
    assert steadiest["words"] == "the days between as the doctor planned · 3 of 3 on other days"
    second = client.get(steadiest["href"])  # two
    assert book_all(client, second, course)["Location"] == "/my/"  # three

    assert days_of(course) == [november(5), november(19), november(33)]


def test_the_plan_that_was_suggested_is_one_tap_back(client, course):
    close(course, 14, 18)
    shown = page(client, course, "?rhythm=steadiest&hour=evening")

    assert names(shown)[0] == "What we suggest"
    back = parse_qs(urlsplit(shown.context["others"][0]["href"]).query)
    assert back == {"hour": ["evening"]}


def test_your_days_say_how_many_are_as_you_usually_come(client, course):
    came(course, "2026-10-15T15:00", "2026-10-22T15:30")
    shown = page(client, course)

    yours = next(one for one in shown.context["others"] if str(one["name"]) == "Your days and doctor")
    assert (yours["days"], yours["words"]) == (
        "Thu 5 Nov to Thu 3 Dec", "3 of 3 as you usually come · 3 of 3 on other days",
    )  # fmt: skip


def test_a_rhythm_that_is_not_offered_shows_what_we_suggest(client, course):
    assert "This would fit" in text_of(page(client, course))
    assert (
        page(client, course, "?rhythm=soonest").context["proposal"]
        == page(client, course).context["proposal"]
    )


def test_sessions_for_later_are_said_and_not_booked(client, course):
    CourseSession.objects.filter(course=course, number=3).update(is_soft=True)
    shown = page(client, course)

    assert "2 sessions, one plan" in text_of(shown)
    assert "1 more session later on, to choose when it is near" in text_of(shown)
    book_all(client, shown, course)
    assert days_of(course) == [november(2), november(16)]


# Wishes


def test_days_of_the_week_and_a_doctor_bound_the_plan(client, place, course):
    other = builders.a_practitioner(location=place.location, qualified=[place.session], name="Dr Nair")
    shown = page(client, course, f"?day=1&day=4&doctor={other.pk}")

    assert [row["when"][:3] for row in shown.context["sessions"]] == ["Tue", "Tue", "Tue"]
    assert [row["word"] for row in shown.context["sessions"]] == ["Dr Nair"] * 3
    assert [one["name"] for one in shown.context["weekdays"] if one["chosen"]] == ["Tue", "Fri"]


def test_other_rhythms_keep_the_days_that_were_chosen(client, course):
    [other] = page(client, course, "?day=1&day=4").context["others"]

    assert parse_qs(urlsplit(other["href"]).query) == {"day": ["1", "4"], "rhythm": ["other"]}
    rows = client.get(other["href"]).context["sessions"]
    assert {row["when"][:3] for row in rows} <= {"Tue", "Fri"}


def test_a_doctor_who_does_not_treat_here_is_nobody_to_choose(client, course):
    stranger = builders.a_practitioner()

    assert page(client, course, f"?doctor={stranger.pk}").context["wished"]["doctor"] is None


# No plan


def test_no_plan_says_what_is_in_the_way_and_what_would_help(client, course, at_now):
    given(course)
    close(course, 12, 26)
    text = text_of(page(client, course))

    assert "We could not find a time for session 2 between Sat 14 Nov and Wed 25 Nov." in text
    assert "the clinic is closed" in text
    assert "Sun 15 Nov, Sun 22 Nov: nobody treats then" in text
    assert "2 days later than planned would do: session 2 on Fri 27 Nov." in text
    assert "The front desk can book that: please ring us." in text
    assert "3 days sooner than planned would do: session 2 on Wed 11 Nov." in text
    assert "Only the doctor can say whether that is possible: please ring us." in text


def test_what_would_help_is_one_tap_where_it_is_their_own_wish(client, course):
    given(course)
    for monday in (16, 23):
        close(course, monday, monday)
    shown = page(client, course, "?day=0")

    assert "On any day of the week: session 2 on Wed 18 Nov" in text_of(shown)
    [way] = [one for one in shown.context["explained"]["ways"] if one.get("href")]
    assert len(client.get(way["href"]).context["carried"]) == 2


def test_many_stretches_of_days_are_counted(client, course):
    given(course)
    for day in (14, 17, 19, 21, 24):
        close(course, day, day)
    text = text_of(page(client, course, "?day=1&day=3&day=5"))

    assert "5 days, Sat 14 Nov to Tue 24 Nov: the clinic is closed" in text
    assert "times are free, but not on the days you chose" in text


def test_days_away_are_said_to_be_theirs(client, course):
    given(course)
    away(course, 14, 25)
    text = text_of(page(client, course))

    assert "Sat 14 Nov to Wed 25 Nov: you said that you are away" in text
    assert "While you are away there is a time: session 2 on Wed 18 Nov" in text


def test_a_refusal_without_a_plan_left_says_both(client, place, course):
    shown = page(client, course)
    close(course, 1, 400)
    refused = book_all(client, shown, course)

    assert refused.status_code == 409
    assert "Nothing has been booked." in text_of(refused)
    assert "We could not find a time for session 1" in text_of(refused)


# Somebody was quicker


def test_a_lost_time_is_named_and_the_others_stay(client, place, course):
    shown = page(client, course)
    take(place, shown.context["proposal"].wanted[1].starts)
    refused = book_all(client, shown, course)

    assert refused.status_code == 409
    text = text_of(refused)
    assert "Somebody else has just taken the time of session 2, Mon 16 Nov, 9:00 am." in text
    assert "Nothing has been booked yet." in text
    assert "All other sessions are as you saw them." in text
    rows = refused.context["sessions"]
    assert [row.get("was") for row in rows] == [None, "Mon 16 Nov, 9:00 am", None]
    assert days_of(course) == []


def test_sessions_that_have_to_follow_a_lost_time_are_named_too(client, place, course):
    exact = {"never_before": 7, "earliest": 14, "target": 14, "latest": 14}
    course = builders.a_course(
        sessions=3, location=place.location, visit_type=place.session, practitioner=place.doctor, gap=exact
    )
    client.force_login(course.patient.account)
    shown = page(client, course)
    close(course, 16, 16)
    refused = book_all(client, shown, course)

    text = text_of(refused)
    assert "Somebody else has just taken the time of session 2, Mon 16 Nov, 9:00 am." in text
    assert "Sessions 1 and 3 have new times too, so that the days between your sessions are kept." in text
    assert book_all(client, refused, course)["Location"] == "/my/"
    assert days_of(course) == [november(3), november(17), november(31)]


def test_a_refusal_that_no_lost_time_explains_keeps_its_own_words(client, course):
    builders.a_decision(patient=course.patient, verdict="needs_tests")
    refused = book_all(client, page(client, course), course)

    assert refused.context["lost"] is None
    assert "The doctor needs to look at this first. Nothing has been booked." in text_of(refused)


@pytest.mark.parametrize("sessions", [2, 6])
def test_an_impossible_plan_costs_the_same_queries(client, place, sessions, django_assert_num_queries):
    course = builders.a_course(
        sessions=sessions, location=place.location, visit_type=place.session, practitioner=place.doctor
    )
    client.force_login(course.patient.account)
    given(course)
    close(course, 12, 26)
    page(client, course)
    with django_assert_num_queries(33):
        page(client, course)


def test_a_first_day_far_ahead_is_no_plan_past_what_the_door_books(client, course):
    shown = page(client, course, "?begin=2027-10-25")

    assert shown.context["carried"] == []
    assert "more than a year ahead, not open for booking yet" in text_of(shown)
