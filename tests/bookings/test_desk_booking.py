"""Booking by phone and moving, as the desk does it."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import door
from bookings.models import Booking, Change, Status
from bookings.services.door.gap_rules import Authority
from tests import builders
from tests.bookings.desk_clinic import (
    TODAY_11,
    TUESDAY_10,
    a_course,
    address,
    book_page,
    desk,
    find,
    somebody,
    take,
    visit,
)
from tests.bookings.patient_clinic import at_now, buttons, carried, hidden, local, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


# Booking


def test_known_patient_is_booked_in_three_clicks(desk, place):
    ravi = somebody()

    [found] = find(desk, "ravi").context["people"]  # one: Enter
    page = desk.get(found["book"])  # two
    answer = take(desk, page, TODAY_11)  # three; without the hour's notice that patients give

    booking = Booking.objects.get()
    change = Change.objects.get()
    assert f"visit={booking.reference}" in answer["Location"]
    assert (booking.patient, booking.practitioner, booking.status) == (ravi, place.doctor, Status.BOOKED)
    assert (change.by, change.action) == (desk.user, "book")
    assert desk.get(answer["Location"]).context["undo"]["text"] == "Booked Ravi Naik, Mon 2 Nov, 11:00 am."


def test_book_page_offers_times_from_now_on_with_who_is_free(desk, place):
    ravi = somebody()
    second = builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")

    page = book_page(desk, ravi)
    of_one = book_page(desk, ravi, f"?who={second.pk}")

    first = page.context["sets"][0]["groups"][0]["times"][0]
    assert (first["text"], first["note"]) == ("10:15 am", "Dr Iyer, Dr Rao")
    assert of_one.context["sets"][0]["groups"][0]["times"][0]["note"] == ""
    assert hidden(of_one, "who") == str(second.pk)
    assert len(buttons(page, "starts")) == 30  # 10:15 to 17:30


def test_book_twice_by_the_same_form_is_one_visit(desk, place):
    page = book_page(desk, somebody())

    answers = [take(desk, page, TUESDAY_10) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Booking.objects.count() == 1


def test_book_by_a_used_form_for_another_time_is_refused(desk, place):
    page = book_page(desk, somebody())
    take(desk, page, TUESDAY_10)

    answer = take(desk, page, "2026-11-04T10:00")

    assert answer.status_code == 400
    assert "This page was already used for something else." in text_of(answer)
    assert Booking.objects.count() == 1


def test_book_a_taken_time_shows_the_nearest_as_buttons(desk, place):
    page = book_page(desk, somebody())
    visit(place, local(TUESDAY_10))

    answer = take(desk, page, TUESDAY_10)

    [nearest] = answer.context["nearest"]
    assert answer.status_code == 409
    assert "That time is no longer free." in text_of(answer)
    assert [time["text"] for time in nearest["times"]] == [
        "Tue 3 Nov, 9:15 am",
        "Tue 3 Nov, 9:30 am",
        "Tue 3 Nov, 10:30 am",
    ]
    again = take(desk, answer, "2026-11-03T10:30")
    assert again.status_code == 302


def test_book_where_the_patient_is_busy_leads_to_their_visits(desk, place):
    booking = visit(place, local(TUESDAY_10))
    builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")

    answer = take(desk, book_page(desk, booking.patient), TUESDAY_10)

    assert answer.status_code == 409
    assert reverse("desk_patient", args=[booking.patient.pk]) in answer.content.decode()


@pytest.mark.parametrize("starts", ["", "x", "2026-11-03T10:00", "9999-12-31T23:59Z", "0001-01-01T00:00Z"])
def test_book_what_is_no_time_is_refused(desk, place, starts):
    page = book_page(desk, somebody())

    sent = {"key": hidden(page, "key"), "starts": starts}
    answer = desk.post(page.context["offer"].here, sent)

    assert answer.status_code == 400
    assert "That is not a time we offer." in text_of(answer)
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    "starts", ["2026-11-02T09:45", "2026-11-03T10:05", "2026-11-03T08:00", "2028-11-03T10:00"]
)
def test_book_what_never_was_an_opening_is_refused(desk, place, starts):
    assert take(desk, book_page(desk, somebody()), starts).status_code in (400, 409)
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    "query",
    ["since=0001-01-01", "since=9999-12-31", "day=x", "who=999", "who=x", "at=nowhere", "type=nothing"],
)
def test_book_page_ignores_what_it_cannot_read(desk, place, query):
    assert book_page(desk, somebody(), f"?{query}").status_code == 200


def test_book_page_of_a_strange_session_is_not_there(desk, place):
    other = builders.a_course(location=place.location)

    assert book_page(desk, somebody(), f"?session={other.sessions.get(number=1).pk}").status_code == 404


def test_book_for_a_closed_record_is_not_offered(desk, place):
    gone = somebody(died_on=date(2026, 1, 1))

    assert "Nothing can be booked here" in text_of(book_page(desk, gone))


def test_book_page_takes_as_many_queries_for_one_doctor_as_for_three(desk, place, django_assert_num_queries):
    ravi = somebody()
    builders.a_practitioner(location=place.location, qualified=[place.consultation])
    book_page(desk, ravi)
    with django_assert_num_queries(16):
        book_page(desk, ravi)
    for _ in range(2):
        builders.a_practitioner(location=place.location, qualified=[place.consultation])
    with django_assert_num_queries(16):
        book_page(desk, ravi)


# A session of a course


def test_next_session_is_offered_first_from_its_earliest_day(desk, place):
    course = a_course(place, given="2026-10-28")

    page = book_page(desk, course.patient)

    assert [kind["chosen"] for kind in page.context["kinds"]] == [True, False]
    assert page.context["limits"] == "Session 1 was on Wed 28 Oct: from Sat 7 Nov on."
    assert page.context["chosen_day"] == "Sat 7 Nov"


def test_next_session_may_be_booked_late_by_the_desk(desk, place):
    course = a_course(place, given="2026-10-05")  # latest day: 26 October

    page = book_page(desk, course.patient, "?day=2026-11-02")
    answer = take(desk, page, "2026-11-02T11:00")

    assert page.context["late"] is True
    assert answer.status_code == 302
    assert Booking.objects.get().session.number == 2


def test_next_session_past_twice_its_target_is_not_offered(desk, place):
    course = a_course(place, given="2026-10-05")  # twice the target: 2 November

    page = book_page(desk, course.patient, "?day=2026-11-03")

    words = [day["words"] for day in page.context["days"]]
    assert words[0].endswith(" left")
    assert set(words[1:]) == {"too late"}


def test_session_too_soon_is_refused_with_the_first_day(desk, place):
    course = a_course(place, given="2026-10-28")
    page = book_page(desk, course.patient)

    answer = take(desk, page, "2026-11-06T10:00")

    assert answer.status_code == 409
    assert answer.context["earliest"]["words"] == "Sat 7 Nov"


def test_session_while_answers_wait_for_the_doctor_says_so(desk, place):
    course = a_course(place)
    page = book_page(desk, course.patient)
    builders.a_decision(patient=course.patient, verdict="not_suitable", signed_by=place.doctor)

    answer = take(desk, page, TUESDAY_10)

    assert answer.status_code == 409
    assert "The doctor needs to look at this first." in text_of(answer)
    assert Booking.objects.count() == 0


# Moving


def move(desk, booking, starts, **fields):
    page = desk.get(address(booking, "desk_move"))
    return take(desk, page, starts, version=fields.pop("version", booking.version), **fields)


def test_move_offers_the_same_day_with_the_same_doctor_first_and_names_everybody_else(desk, place):
    iyer = builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")
    booking = visit(place, local(TUESDAY_10), practitioner=place.doctor.pk)
    visit(place, local("2026-11-03T11:00"), practitioner=place.doctor.pk, name="Ravi Naik")

    page = desk.get(address(booking, "desk_move"))

    own, others = page.context["sets"]
    of_own = [time["text"] for group in own["groups"] for time in group["times"]]
    of_others = [time for group in others["groups"] for time in group["times"]]
    assert page.context["chosen_day"] == "Tue 3 Nov"
    assert (own["title"], others["title"]) == ("With Dr Rao", "With somebody else")
    assert of_own[:6] == ["9:00 am", "9:15 am", "9:30 am", "9:45 am", "10:15 am", "10:30 am"]
    # where Dr Rao is not free, and the very time it has
    assert [(time["text"], time["note"]) for time in of_others] == [
        (text, "Dr Iyer") for text in ("10:00 am", "10:45 am", "11:00 am", "11:15 am")
    ]
    assert of_others[0]["value"] == f"{carried(TUESDAY_10)}/{iyer.pk}"


def test_move_to_the_same_time_with_another_doctor_takes_two_clicks(desk, place):
    iyer = builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")
    booking = visit(place, local(TUESDAY_10), practitioner=place.doctor.pk)

    page = desk.get(address(booking, "desk_move"))  # one: Move…
    others = page.context["sets"][1]
    sent = {"key": hidden(page, "key"), "version": booking.version, "who": others["who"]}
    desk.post(page.context["offer"].here, sent | {"starts": others["groups"][0]["times"][0]["value"]})  # two

    booking.refresh_from_db()
    assert (booking.starts, booking.practitioner) == (local(TUESDAY_10), iyer)


def test_move_with_one_doctor_asked_for_shows_theirs_alone(desk, place):
    iyer = builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")
    booking = visit(place, local(TUESDAY_10), practitioner=place.doctor.pk)

    page = desk.get(address(booking, "desk_move") + f"?who={iyer.pk}")

    assert [one["who"] for one in page.context["sets"]] == [iyer.pk]
    assert [one["name"] for one in page.context["people"] if one["chosen"]] == ["Dr Iyer"]


def test_move_by_a_time_dropped_on_the_board_is_one_button(desk, place):
    booking = visit(place, local(TUESDAY_10))

    page = desk.get(address(booking, "desk_move") + f"?start=2026-11-04T11:15&who={place.doctor.pk}")
    [take_it] = page.context["clicked"]["takes"]
    take(desk, page, "2026-11-04T11:15", version=booking.version)

    booking.refresh_from_db()
    assert take_it["words"] == "Move to Wed 4 Nov, 11:15 am with Dr Rao"
    assert page.context["chosen_day"] == "Wed 4 Nov"
    assert booking.starts == local("2026-11-04T11:15")


def test_move_moves_and_can_be_undone(desk, place):
    booking = visit(place, local(TUESDAY_10))

    answer = move(desk, booking, "2026-11-03T12:00")

    booking.refresh_from_db()
    bar = desk.get("/desk/").context["undo"]
    assert answer.status_code == 302
    assert "day=2026-11-03" in answer["Location"]
    assert booking.starts == local("2026-11-03T12:00")
    assert bar["text"] == "Moved Asha Rao to Tue 3 Nov, 12:00 pm."
    desk.post(bar["action"], {"key": str(bar["once"])})
    booking.refresh_from_db()
    assert booking.starts == local(TUESDAY_10)


def test_move_to_a_taken_time_shows_the_nearest_and_leaves_it(desk, place):
    booking = visit(place, local(TUESDAY_10))
    visit(place, local("2026-11-03T12:00"), name="Ravi Naik")

    answer = move(desk, booking, "2026-11-03T12:00")

    booking.refresh_from_db()
    assert answer.status_code == 409
    assert [time["text"] for time in answer.context["nearest"][0]["times"]] == [
        "Tue 3 Nov, 11:15 am",
        "Tue 3 Nov, 11:30 am",
        "Tue 3 Nov, 12:30 pm",
    ]
    assert booking.starts == local(TUESDAY_10)


def test_move_from_a_stale_page_says_what_changed(desk, place):
    booking = visit(place, local(TUESDAY_10))
    colleague = builders.staff(role="front_desk", name="Arun Shetty")
    door.move(
        moves=[(booking, local("2026-11-03T15:00"), None)], key=uuid4(), by=colleague, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip

    answer = move(desk, booking, "2026-11-03T12:00", version=1)

    assert answer.status_code == 409
    assert "Moved by Arun Shetty" in text_of(answer)


def test_move_of_a_cancelled_visit_is_refused(desk, place):
    booking = visit(place, local(TUESDAY_10))
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)

    assert desk.get(address(booking, "desk_move")).status_code == 409
