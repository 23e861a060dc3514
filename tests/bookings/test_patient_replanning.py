"""A session moves and others with it: seen before it happens, one tap, one message, taken back as one."""

from datetime import date, timedelta

import pytest

from bookings import door
from bookings.models import Away, Booking, Change, Closure, Status
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import uuid4
from tests.bookings.patient_clinic import (
    at_now,
    buttons,
    carried,
    hidden,
    local,
    place,
    set_clock,
    text_of,
)
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db

FORTNIGHT = {"never_before": 7, "earliest": 12, "target": 14, "latest": 18}


@pytest.fixture
def course(client, place):
    return placed_course(client, place, "2026-11-03", "2026-11-17", "2026-12-01", "2026-12-15")


def placed_course(client, place, *days, gap=FORTNIGHT, hour="10:00", sessions=None):
    course = builders.a_course(
        sessions=sessions or len(days), gap=gap, location=place.location, visit_type=place.session,
        practitioner=place.doctor,
    )  # fmt: skip
    client.force_login(course.patient.account)
    times = [
        (session, local(f"{day}T{hour}"), None)
        for session, day in zip(course.sessions.order_by("number"), days, strict=False)
    ]
    door.place_course(course=course, times=times, key=uuid4(), by=course.patient.account, now=NOW)
    return course


def booking_of(course, number) -> Booking:
    return Booking.objects.counting().get(course=course, session__number=number)


def days_of(course) -> list[str]:
    bookings = Booking.objects.filter(course=course, status=Status.BOOKED).order_by("starts")
    return [f"{booking.day:%d %b}" for booking in bookings]


def move_page(client, booking, query=""):
    return client.get(f"/my/visit/{booking.reference}/move/{query}")


def choose(client, booking, starts):
    page = move_page(client, booking)
    sent = {"key": hidden(page, "key"), "version": booking.version, "starts": carried(starts)}
    return client.post(f"/my/visit/{booking.reference}/move/", sent)


def confirm(client, page, **fields):
    sent = {"key": hidden(page, "key"), "time": page.context["carried"]} | fields
    return client.post(page.request["PATH_INFO"] + f"?{page.request['QUERY_STRING']}", sent)


# The days that are offered


def test_days_on_which_others_move_are_offered_and_say_so(client, course):
    page = move_page(client, booking_of(course, 2))

    assert "from Sun 15 Nov to Sat 21 Nov fits" in text_of(page)
    opened = {day["date"]: day["words"] for day in page.context["days"] if day["href"]}
    assert list(opened) == [16, 17, 18, 19, 20, 21]
    assert [words for words in opened.values() if words.startswith("moves")] == ["moves 1 more"] * 2
    assert opened[20] == opened[21] == "moves 1 more"


def test_day_that_is_looked_at_says_which_others_move(client, course):
    booking = booking_of(course, 2)

    assert "On this day others move too: session 3 to Thu 3 Dec." in text_of(
        move_page(client, booking, "?day=2026-11-21")
    )
    assert "others move too" not in text_of(move_page(client, booking, "?day=2026-11-18"))


def test_weekly_course_offers_more_than_the_day_it_has(client, place):
    weekly = {"never_before": 7, "earliest": 7, "target": 7, "latest": 10}
    course = placed_course(client, place, "2026-11-02", "2026-11-09", "2026-11-16", gap=weekly, hour="15:00")
    page = move_page(client, booking_of(course, 2))

    assert [day["date"] for day in page.context["days"] if day["href"]] == [9, 10, 11, 12]


def test_day_nobody_can_follow_is_not_offered(client, course, place):
    Closure.objects.create(
        location=place.location,
        starts=local("2026-12-02T00:00"),
        ends=local("2027-12-31T00:00"),
        reason="moving",
    )
    page = move_page(client, booking_of(course, 2))

    # session 3 can neither stay twelve days after the 20th nor go anywhere else
    assert [day["date"] for day in page.context["days"] if day["href"]] == [16, 17, 18, 19]


def test_days_away_are_not_offered_and_nothing_is_moved_onto_them(client, course):
    patient = course.patient
    Away.objects.create(
        patient=patient, first_on=date(2026, 11, 18), last_on=date(2026, 11, 19), by=patient.account, at=NOW
    )
    Away.objects.create(
        patient=patient, first_on=date(2026, 12, 2), last_on=date(2026, 12, 3), by=patient.account, at=NOW
    )
    page = move_page(client, booking_of(course, 2))
    assert [day["date"] for day in page.context["days"] if day["href"]] == [16, 17, 20, 21]

    seen = client.get(choose(client, booking_of(course, 2), "2026-11-21T10:00")["Location"])
    assert "Fri 4 Dec, 10:00 am" in text_of(seen)


# What else moves


def test_session_that_moves_alone_moves_with_one_tap(client, course):
    done = choose(client, booking_of(course, 2), "2026-11-18T12:00")

    assert done["Location"] == "/my/"
    assert days_of(course) == ["03 Nov", "18 Nov", "01 Dec", "15 Dec"]


def test_what_else_moves_is_shown_before_anything_does(client, course):
    shown = choose(client, booking_of(course, 2), "2026-11-20T12:00")
    page = client.get(shown["Location"])

    assert page.context["changes"] == [
        {"label": "2", "was": "Tue 17 Nov", "now": "Fri 20 Nov, 12:00 pm", "why": ""},
        {"label": "3", "was": "Tue 1 Dec", "now": "Wed 2 Dec, 10:00 am",
         "why": "your sessions need at least 12 days between them"},
        {"label": "4", "stays": True, "alone": True},
    ]  # fmt: skip
    words = text_of(page)
    assert "If you move session 2 to Fri 20 Nov" in words
    assert "Move these two" in words
    assert "You can undo for 3 minutes." in words
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]


def test_confirming_moves_all_in_one_change_with_one_message(client, course):
    Message.objects.all().delete()
    page = client.get(choose(client, booking_of(course, 2), "2026-11-20T12:00")["Location"])
    done = confirm(client, page)

    assert done["Location"] == "/my/"
    assert days_of(course) == ["03 Nov", "20 Nov", "02 Dec", "15 Dec"]
    change = Change.objects.latest("pk")
    assert (change.action, change.lines.count()) == ("replan", 2)
    notices = Message.objects.filter(subject=f"change:{change.pk}")
    assert notices.count() == 1


def test_all_of_it_is_taken_back_within_three_minutes(client, course):
    confirm(client, client.get(choose(client, booking_of(course, 2), "2026-11-20T12:00")["Location"]))
    mine = client.get("/my/")
    assert "Your course is planned anew." in text_of(mine)
    undone = client.post(
        f"/undo/{mine.context['undo']['change']}/", {"key": hidden(mine, "key")}, follow=True
    )

    assert "Undone: all sessions are back where they were." in text_of(undone)
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]


def test_confirming_twice_moves_once(client, course):
    page = client.get(choose(client, booking_of(course, 2), "2026-11-20T12:00")["Location"])
    answers = [confirm(client, page)["Location"] for _ in range(2)]

    assert answers == ["/my/", "/my/"]
    assert Change.objects.filter(action="replan").count() == 1


def test_time_of_a_follower_taken_meanwhile_moves_nothing_and_shows_another(client, course, place):
    page = client.get(choose(client, booking_of(course, 2), "2026-11-20T12:00")["Location"])
    take_doctor(place, "2026-12-02T10:45")
    refused = confirm(client, page)

    assert refused.status_code == 409
    assert "Nothing has changed. Below is what would fit now." in text_of(refused)
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]
    assert refused.context["changes"][1]["now"] != "Wed 2 Dec, 10:00 am"
    assert confirm(client, refused)["Location"] == "/my/"


def test_chosen_time_taken_meanwhile_is_said_with_the_way_back(client, course, place):
    shown = choose(client, booking_of(course, 2), "2026-11-20T12:00")["Location"]
    take_doctor(place, "2026-11-20T12:45")
    page = client.get(shown)

    assert page.status_code == 409
    assert page.context["carried"] == []
    assert "Choose another time" in text_of(page)


def take_doctor(place, starts):
    door.book(
        patient=builders.a_patient(), visit_type=place.consultation, location=place.location, key=uuid4(),
        starts=local(starts), by=place.doctor.user, now=NOW, practitioner=place.doctor.pk,
    )  # fmt: skip


def test_booking_changed_meanwhile_moves_nothing(client, course):
    page = client.get(choose(client, booking_of(course, 2), "2026-11-20T12:00")["Location"])
    third = booking_of(course, 3)
    door.move(
        moves=[(third, local("2026-12-01T15:00"), None)], key=uuid4(), by=course.patient.account, now=NOW
    )
    assert confirm(client, page).status_code == 409
    assert days_of(course) == ["03 Nov", "17 Nov", "01 Dec", "15 Dec"]


@pytest.mark.parametrize(
    "time",
    ["", "x", "1@2@3", "1@2026-11-20T06:30+0000@@", "999999@2026-11-20T06:30+0000@@1",
     "{pk}@2026-11-20T06:30@@1", "{pk}@9999-11-20T06:30+0000@@1", "{pk}@2026-11-20T06:30+0000@-1@1",
     "{pk}@2026-11-20T06:30+0000@@99999999999999999999"],
)  # fmt: skip
def test_times_that_cannot_be_read_change_nothing(client, course, time):
    path = f"/my/course/{course.pk}/again/"
    sent = {"key": str(uuid4()), "time": [time.format(pk=booking_of(course, 2).session_id)]}
    assert client.post(path, sent).status_code in (400, 409, 422)
    assert client.post(path, {}).status_code in (400, 409, 422)
    assert Change.objects.count() == 1


@pytest.mark.parametrize("query", ["?session=x", "?session=99999999999999999999", "?session=1&starts=noon"])
def test_an_address_that_cannot_be_read_asks_for_nothing(client, course, query):
    page = client.get(f"/my/course/{course.pk}/again/{query}")

    assert page.status_code == 200
    assert "Every session has a time that fits" in text_of(page)


def test_course_of_another_account_is_not_found(client, course):
    assert client.get(f"/my/course/{builders.a_course().pk}/again/").status_code == 404


def test_move_page_costs_the_same_queries_for_three_sessions_and_for_six(
    client, place, django_assert_num_queries
):
    for days in (
        ["2026-11-03", "2026-11-17", "2026-12-01"],
        ["2026-11-03", "2026-11-17", "2026-12-01", "2026-12-15", "2026-12-29", "2027-01-12"],
    ):
        course = placed_course(client, place, *days, hour="15:00" if len(days) == 3 else "10:00")
        booking = booking_of(course, 2)
        with django_assert_num_queries(17):
            move_page(client, booking)
        with django_assert_num_queries(16):
            client.get(f"/my/course/{course.pk}/again/?session={booking.session_id}&starts=2026-11-20T06:30Z")


# A course that no longer stands


def test_missed_session_moves_the_rest_only_when_there_is_no_room(client, course, at_now):
    give(course, 1, "2026-11-03T10:00")
    missed = booking_of(course, 2)
    Booking.objects.filter(pk=missed.pk).update(status=Status.NO_SHOW, clear_until=None)
    missed.claims.all().delete()

    set_clock(at_now, local("2026-11-19T18:00"))
    assert "Plan the rest again" not in text_of(client.get("/my/"))  # a day is left before the next
    set_clock(at_now, local("2026-11-20T07:00"))
    assert "Plan the rest again" in text_of(client.get("/my/"))

    page = client.get(f"/my/course/{course.pk}/again/")
    assert page.context["changes"] == [
        {"label": "2", "was": "", "now": "Fri 20 Nov, 10:00 am", "why": "missed on Tue 17 Nov"},
        {"label": "3", "was": "Tue 1 Dec", "now": "Wed 2 Dec, 10:00 am",
         "why": "your sessions need at least 12 days between them"},
        {"label": "4", "stays": True, "alone": True},
    ]  # fmt: skip
    assert "Yes, change these 2" in text_of(page)
    confirm(client, page)
    assert days_of(course)[-3:] == ["20 Nov", "02 Dec", "15 Dec"]
    assert "Plan the rest again" not in text_of(client.get("/my/"))


def give(course, number, moment):
    """As a record does: its booking is where it was given."""
    session, day = course.sessions.get(number=number), local(moment)
    builders.a_record(session=session, started_at=day)
    Booking.objects.filter(session=session).update(
        status=Status.DONE, day=day.date(), starts=day, ends=day + timedelta(hours=1),
        clear_until=day.date() + timedelta(days=7),
    )  # fmt: skip


def test_session_given_late_moves_what_is_too_near_now(client, course, at_now):
    give(course, 1, "2026-11-07T10:00")
    set_clock(at_now, local("2026-11-07T18:00"))
    assert "Plan the rest again" in text_of(client.get("/my/"))

    page = client.get(f"/my/course/{course.pk}/again/")
    assert [(row["label"], row.get("now")) for row in page.context["changes"]] == [
        ("2", "Thu 19 Nov, 10:00 am"), ("3–4", None),
    ]  # fmt: skip


def test_what_a_doctor_put_so_near_on_purpose_is_left_alone(client, course, at_now):
    give(course, 1, "2026-11-03T10:00")
    door.move(
        moves=[(booking_of(course, 2), local("2026-11-12T10:00"), None)], key=uuid4(), by=None, now=NOW,
        authority=door.Authority.DOCTOR, reason="travels",
    )  # fmt: skip
    set_clock(at_now, local("2026-11-04T10:00"))

    assert "Plan the rest again" not in text_of(client.get("/my/"))


def test_session_that_can_be_had_no_more_says_that_the_desk_helps(client, course, at_now):
    give(course, 1, "2026-11-03T10:00")
    Booking.objects.filter(pk=booking_of(course, 2).pk).update(status=Status.NO_SHOW, clear_until=None)
    set_clock(at_now, local("2026-11-25T10:00"))
    page = client.get(f"/my/course/{course.pk}/again/")

    assert "We could not find a time for session 2 between" in text_of(page)
    assert page.context["carried"] == []
    assert buttons(page, "time") == []
