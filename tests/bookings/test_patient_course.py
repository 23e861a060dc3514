"""A course as the patient places it: whole, at once, or not at all; and one session at a time."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Change, Status
from tests import builders
from tests.bookings.patient_clinic import at_now, carried, hidden, local, place, text_of
from tests.builders import NOW
from treatments.services import pausing

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def course(client, place):
    """Three sessions prescribed, 10 to 21 days apart, aimed at 14; nothing placed."""
    course = builders.a_course(
        sessions=3, location=place.location, visit_type=place.session, practitioner=place.doctor
    )
    client.force_login(course.patient.account)
    return course


def plan_page(client, course, query=""):
    return client.get(f"/my/course/{course.pk}/plan/{query}")


def place_all(client, page, course, **fields):
    sent = {"key": hidden(page, "key"), "time": page.context["carried"]} | fields
    return client.post(f"/my/course/{course.pk}/plan/", sent)


def days_of(course) -> list[date]:
    bookings = Booking.objects.filter(course=course, status=Status.BOOKED)
    return list(bookings.order_by("starts").values_list("day", flat=True))


def give(session, day):
    builders.a_record(session=session, started_at=day)


# The whole course


def test_my_page_offers_one_plan_for_all_sessions(client, course):
    page = client.get("/my/")

    assert "Find times for all 3 sessions" in text_of(page)
    rows = page.context["courses"][0]["sessions"]
    assert [(row["number"], row["when"]) for row in rows] == [(1, "no day yet"), ("2–3", "after that")]


def test_plan_shows_every_session_and_books_nothing(client, course):
    page = plan_page(client, course)

    rows = page.context["sessions"]
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert [row["why"] for row in rows] == ["", *["14 days after the one before"] * 2]
    assert [row["word"] for row in rows] == ["Dr Rao"] * 3
    assert "Book all 3 sessions" in text_of(page)
    assert Booking.objects.count() == 0


def test_plan_is_booked_whole_with_one_tap_and_undone_with_another(client, course):
    page = plan_page(client, course)
    done = place_all(client, page, course)

    assert done["Location"] == "/my/"
    assert days_of(course) == [date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 30)]
    mine = client.get("/my/")
    assert "Session 1 of 3 is next" in text_of(mine)
    client.post(f"/undo/{mine.context['undo']['change']}/", {"key": hidden(mine, "key")})
    assert days_of(course) == []


def test_plan_sent_twice_is_placed_once(client, course):
    page = plan_page(client, course)
    answers = [place_all(client, page, course) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == ["/my/", "/my/"]
    assert Change.objects.count() == 1
    assert len(days_of(course)) == 3


def test_time_taken_meanwhile_books_nothing_and_shows_another_plan(client, place, course):
    page = plan_page(client, course)
    second = page.context["proposal"].wanted[1].starts
    door.book(
        patient=builders.a_patient(), visit_type=place.consultation, location=place.location, key=uuid4(),
        starts=second + timedelta(minutes=45), by=place.doctor.user, now=NOW, practitioner=place.doctor.pk,
    )  # fmt: skip
    refused = place_all(client, page, course)

    assert refused.status_code == 409
    assert "has just taken the time of session 2, Mon 16 Nov, 9:00 am." in text_of(refused)
    assert "Nothing has been booked yet." in text_of(refused)
    assert days_of(course) == []
    assert refused.context["proposal"].wanted[1].starts != second
    assert place_all(client, refused, course)["Location"] == "/my/"
    assert len(days_of(course)) == 3


def test_plan_follows_the_time_of_day_that_is_wished_for(client, course):
    wanted = plan_page(client, course, "?hour=evening").context["proposal"].wanted

    assert [item.starts for item in wanted] == [
        local("2026-11-02T16:30"), local("2026-11-16T16:30"), local("2026-11-30T16:30"),
    ]  # fmt: skip


def test_plan_can_begin_later(client, course):
    later = plan_page(client, course).context["begin_later"]
    wanted = client.get(later).context["proposal"].wanted

    assert wanted[0].starts.date() == date(2026, 11, 9)


def test_plan_for_what_is_left_keeps_what_is_booked(client, course):
    first = course.sessions.get(number=1)
    door.book_session(
        session=first, starts=local("2026-11-04T10:00"), key=uuid4(), by=course.patient.account, now=NOW
    )
    page = plan_page(client, course)

    assert [row["state"] for row in page.context["sessions"]] == ["booked", "choose", "choose"]
    assert "Book all 2 sessions" in text_of(page)
    place_all(client, page, course)
    assert days_of(course) == [date(2026, 11, 4), date(2026, 11, 18), date(2026, 12, 2)]


def test_plan_without_anything_to_book_says_so(client, course):
    place_all(client, plan_page(client, course), course)

    assert "Every session has its time" in text_of(plan_page(client, course))


def test_plan_that_cannot_be_made_says_which_session_and_when(client, place, course):
    room = builders.a_location()  # a location without chairs
    type(course).objects.filter(pk=course.pk).update(location=room)
    page = plan_page(client, course)

    assert page.status_code == 200
    assert "We could not find a time for session 1" in text_of(page)
    assert page.context["carried"] == []


def test_plan_that_waits_for_the_doctor_is_refused_with_the_reason(client, course):
    builders.a_decision(patient=course.patient, verdict="needs_tests")
    refused = place_all(client, plan_page(client, course), course)

    assert refused.status_code == 409
    assert "The doctor needs to look at this first. Nothing has been booked." in text_of(refused)
    assert days_of(course) == []


def test_a_paused_course_is_planned_once_it_goes_on(client, course):
    pausing.pause(patient=course.patient, course=course, cause="travel", by=course.patient.account, now=NOW)
    shown = plan_page(client, course)

    assert (shown.status_code, shown["Location"]) == (302, f"/my/course/{course.pk}/pause/")


@pytest.mark.parametrize(
    "times",
    [
        [], ["x"], ["1@soon@"], ["{one}@2026-11-04T10:00@"], ["{one}@0001-01-01T00:00+14:00@"],
        ["{other}@2026-11-04T04:30+0000@"], ["{one}@2026-11-04T04:30+0000@"] * 2,
        ["{one}@2026-11-04T04:30+0000@99999999999999999999"], ["{one}@2026-11-04T04:30+0000@x"],
    ],
)  # fmt: skip
def test_plan_that_was_not_sent_whole_is_refused(client, course, times):
    one = course.sessions.get(number=1).pk
    other = builders.a_course().sessions.get(number=1).pk
    page = plan_page(client, course)
    refused = place_all(client, page, course, time=[time.format(one=one, other=other) for time in times])

    assert refused.status_code == 400
    assert "This page was not sent whole." in text_of(refused)
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    "query", ["?begin=never", "?begin=0001-01-01", "?begin=9999-12-31", "?hour=night",
              "?rhythm=x", "?day=9", "?day=x&day=1", "?doctor=x", "?doctor=1", "?doctor=9999999999999999999"],
)  # fmt: skip
def test_plan_with_a_cut_link_still_answers(client, course, query):
    assert plan_page(client, course, query).status_code == 200


def test_plan_costs_the_same_queries_for_three_sessions_and_for_six(
    client, place, course, django_assert_num_queries
):
    longer = builders.a_course(
        sessions=6, location=place.location, visit_type=place.session, practitioner=place.doctor
    )
    plan_page(client, course)
    with django_assert_num_queries(21):
        plan_page(client, course)
    client.force_login(longer.patient.account)
    with django_assert_num_queries(21):
        plan_page(client, longer)


# One session


def choose(client, session, starts):
    address = f"/my/session/{session.pk}/time/"
    page = client.get(address)
    sent = {"key": hidden(page, "key"), "who": hidden(page, "who"), "starts": carried(starts)}
    return client.post(address, sent)


def test_session_may_be_booked_alone(client, course):
    session = course.sessions.get(number=1)

    assert choose(client, session, "2026-11-04T10:00")["Location"] == "/my/"
    assert days_of(course) == [date(2026, 11, 4)]


def test_days_offered_keep_the_gap_to_the_session_given_before(client, course):
    give(course.sessions.get(number=1), NOW - timedelta(days=7))  # 26 Oct: 10 to 21 days are 5 to 16 Nov
    page = client.get(f"/my/session/{course.sessions.get(number=2).pk}/time/")

    opened = [day["date"] for day in page.context["days"] if day["href"]]
    shut = [day["words"] for day in page.context["days"] if not day["href"]]
    assert "from Thu 5 Nov to Mon 16 Nov fits" in text_of(page)
    assert opened == [5, 6, 7, 9, 10, 11, 12, 13, 14, 16]
    assert shut == ["closed", "closed", "too late", "too late"]


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        ("2026-11-04T10:00", "That is too close to another session."),
        ("2026-11-17T10:00", "That is later than the doctor planned."),
    ],
)
def test_day_outside_the_gap_is_refused_by_the_door(client, course, starts, words):
    give(course.sessions.get(number=1), NOW - timedelta(days=7))
    refused = choose(client, course.sessions.get(number=2), starts)

    assert refused.status_code == 409
    assert words in text_of(refused)
    assert days_of(course) == []


@pytest.mark.parametrize("starts", ["2026-11-05T10:00", "2026-11-16T10:00"])
def test_first_and_last_day_of_the_gap_can_be_booked(client, course, starts):
    give(course.sessions.get(number=1), NOW - timedelta(days=7))

    assert choose(client, course.sessions.get(number=2), starts)["Location"] == "/my/"


def test_session_that_has_a_time_already_is_not_booked_again(client, course):
    session = course.sessions.get(number=1)
    choose(client, session, "2026-11-04T10:00")
    again = choose(client, session, "2026-11-05T10:00")

    assert again.status_code == 409
    assert days_of(course) == [date(2026, 11, 4)]


def test_session_of_another_account_is_not_found(client, course):
    other = builders.a_course()

    assert client.get(f"/my/session/{other.sessions.get(number=1).pk}/time/").status_code == 404
    assert plan_page(client, other).status_code == 404
    assert client.get("/my/session/99999999999999999999/time/").status_code == 404
