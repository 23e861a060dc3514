"""Courses to look after, as the desk rings them and a doctor settles them; and the look whether they help."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.models import ViewRow
from tests import builders
from tests.bookings.desk_clinic import desk
from tests.bookings.patient_clinic import at_now, hidden, local, place, text_of
from tests.bookings.test_cold import a_course
from tests.builders import NOW
from treatments.models import CourseReview, Extension

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(client, place):
    client.force_login(place.doctor.user)
    return client


def named(place, name="Asha Rao", **fields):
    course = a_course(place, **fields)
    type(course.patient).objects.filter(pk=course.patient_id).update(name=name, phone="+919845012345")
    course.patient.refresh_from_db()
    return course


# The desk


def test_the_list_says_who_how_late_and_when_we_last_spoke(desk, place):
    course = named(place)
    page = text_of(desk.get("/desk/courses/"))
    assert "1 day late" in page
    assert "Asha Rao +91 98450 12345 session 2 is next · Dr Rao" in page
    assert "last: was here on Wed 14 Oct" in page
    assert reverse("desk_course_close", args=[course.pk]) in desk.get("/desk/courses/").content.decode()
    assert reverse("course_care", args=[course.pk]) not in desk.get("/desk/courses/").content.decode()


def test_too_late_is_the_doctors_and_the_desk_books_nothing(desk, place):
    named(place, days_ago=40)
    page = desk.get("/desk/courses/")
    assert "doctor to review" in text_of(page)
    assert "?session=" not in page.content.decode()


def test_nobody_cold_is_said(desk, place):
    assert "No course has gone cold" in text_of(desk.get("/desk/courses/"))


def test_only_the_location_that_is_looked_at(desk, place):
    named(place)
    other = builders.a_location()
    assert "Asha Rao" not in text_of(desk.get(f"/desk/courses/?at={other.slug}"))


def test_to_do_leads_to_the_list(desk, place):
    named(place)
    page = desk.get("/desk/todo/")
    assert "1 course has no time and is late" in text_of(page)
    assert f"/desk/courses/?at={place.location.slug}" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(desk, place, rows, django_assert_num_queries):
    for _ in range(rows):
        named(place)
    desk.get("/desk/courses/")
    with django_assert_num_queries(10):
        desk.get("/desk/courses/")


def close_page(course):
    return reverse("desk_course_close", args=[course.pk])


def test_the_desk_closes_what_the_patient_wishes_to_end(desk, place):
    course = named(place)
    page = text_of(desk.get(close_page(course)))
    assert "1 session was given, 2 are left." in page
    assert "a reaction" not in page
    done = desk.post(close_page(course), {"why": "patient", "remaining": "returned"})
    assert done.status_code == 302
    course.refresh_from_db()
    assert (course.ended_why, course.sessions.filter(dropped_reason="returned").count()) == ("patient", 2)
    assert desk.get(close_page(course)).status_code == 302


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose why the course ends."),
        ({"why": "patient"}, "Choose what the sessions left count as."),
        ({"why": "reaction", "remaining": "returned"}, "Select a valid choice"),
        ({"why": "patient", "remaining": "forfeited"}, "Select a valid choice"),
    ],
)
def test_what_the_desk_may_not_close_for_is_said(desk, place, sent, words):
    course = named(place)
    page = desk.post(close_page(course), sent)
    assert (page.status_code, words in text_of(page)) == (422, True)
    course.refresh_from_db()
    assert course.ended_on is None


def test_another_locations_desk_finds_no_course(client, place):
    course = named(place)
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))
    assert client.get(close_page(course)).status_code == 404


# The doctor


def care(course):
    return reverse("course_care", args=[course.pk])


def test_the_queue_leads_to_cold_courses(doctor, place):
    named(place)
    page = doctor.get("/staff/review/")
    assert "1 course has no time and is late" in text_of(page)
    assert care_of(doctor) == 1


def care_of(doctor):
    return doctor.get("/desk/courses/").content.decode().count("/care/")


def extension(page, **fields):
    usual = {"act": "extend", "key": hidden(page, "key"), "session": hidden(page, "session")}
    return usual | {"until_on": "2026-11-20", "why": "abroad until then"} | fields


def test_a_doctor_gives_more_time(doctor, place):
    course = named(place)
    page = doctor.get(care(course))
    assert "Session 2 is possible until 1 Nov 2026." in text_of(page)
    assert "1 day past its latest" in text_of(page)
    assert doctor.post(care(course), extension(page)).status_code == 302
    signed = Extension.objects.get()
    assert (signed.until_on.isoformat(), signed.signed_by, signed.why) == (
        "2026-11-20", place.doctor, "abroad until then",
    )  # fmt: skip
    assert "No course has gone cold" in text_of(doctor.get("/desk/courses/"))


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"until_on": "2026-11-01"}, 400, "Choose a day after 1 Nov 2026"),
        ({"until_on": "2027-11-01"}, 400, "Choose a day up to 1 May 2027"),
        ({"until_on": "soon"}, 422, "Enter a day"),
        ({"until_on": "9999-01-01"}, 422, "There is no such day here."),
        ({"why": ""}, 422, "Write down why."),
        ({"session": "99999"}, 409, "was given, or taken out"),
        ({"key": "no"}, 422, "valid UUID"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(doctor, place, sent, status, words):
    course = named(place)
    page = doctor.post(care(course), extension(doctor.get(care(course)), **sent))
    assert (page.status_code, words in text_of(page)) == (status, True)
    assert Extension.objects.count() == 0
    if "until_on" in sent:
        assert "abroad until then" in page.content.decode()


def test_a_doctor_asks_what_is_new(doctor, place):
    course = named(place)
    assert doctor.post(care(course), {"act": "ask"}).status_code == 302
    assert "asked on 2 Nov 2026" in text_of(doctor.get(care(course)))
    assert "doctor asked for the form on Mon 2 Nov" in text_of(doctor.get("/desk/courses/"))


def test_whoever_is_asked_finds_the_form_at_the_top(client, doctor, place):
    course = named(place)
    builders.an_intake(patient=course.patient, now=NOW - timedelta(days=30))
    assert "look through your form" not in text_of(own(client, course))
    client.force_login(place.doctor.user)
    doctor.post(care(course), {"act": "ask"})
    page = own(client, course)
    assert "Please look through your form once more" in text_of(page)
    begun = client.post(reverse("intake_update"))
    assert begun.status_code == 302


def own(client, course):
    client.force_login(course.patient.account)
    return client.get("/my/")


def test_a_course_begun_again_leads_to_prescribing_the_same(doctor, place):
    course = named(place)
    done = doctor.post(care(course), {"act": "restart"})
    assert done["Location"] == f"/staff/prescribe/{course.patient_id}/?protocol={course.protocol.code}"
    course.refresh_from_db()
    assert course.ended_why == "restarted"
    assert doctor.get(care(course)).status_code == 302


def test_a_doctor_closes_for_any_reason(doctor, place):
    course = named(place)
    done = doctor.post(care(course), {"act": "close", "why": "no_response", "remaining": "expired"})
    assert done["Location"] == reverse("course_record", args=[course.pk])
    course.refresh_from_db()
    assert (course.ended_why, course.sessions.filter(dropped_reason="expired").count()) == ("no_response", 2)


@pytest.mark.parametrize(("sent", "status"), [({}, 400), ({"act": "x"}, 400), ({"act": "close"}, 422)])
def test_a_page_not_sent_whole_closes_nothing(doctor, place, sent, status):
    course = named(place)
    assert doctor.post(care(course), sent).status_code == status
    course.refresh_from_db()
    assert course.ended_on is None


def test_a_course_in_time_can_be_looked_after_too(doctor, place):
    page = doctor.get(care(named(place, days_ago=3)))
    assert "past its latest" not in text_of(page)
    assert "Close the course" in text_of(page)


# Does it help?


def to_look_at(place, *, name="Asha Rao", first="2026-08-01", given=4):
    course = named(place, name, days_ago=93, sessions=10)
    for number in range(2, given + 1):
        started = local(f"{first}T10:00") + timedelta(weeks=number - 1)
        builders.a_record(session=course.sessions.get(number=number), started_at=started)
    return course


def look(course):
    return reverse("course_look", args=[course.pk])


def form(page, **fields):
    return {"key": hidden(page, "key"), "points": hidden(page, "points"), "outcome": "go_on"} | fields


def test_the_queue_lists_courses_to_look_at_and_notes_who_read_it(doctor, place):
    course = to_look_at(place)
    page = doctor.get("/staff/review/")
    assert "Asha Rao 4 of 10 sessions given Dr Rao after session 4 22 Aug 2026" in text_of(page)
    assert look(course) in page.content.decode()
    assert ViewRow.objects.filter(patient=course.patient, what="queue").count() == 1


def test_mine_are_those_who_come_to_me(doctor, place, client):
    to_look_at(place)
    assert "Asha Rao" in text_of(doctor.get("/staff/review/?whose=mine"))
    client.force_login(builders.staff(role="dermatologist"))
    assert "Asha Rao" in text_of(client.get("/staff/review/"))
    assert "Asha Rao" not in text_of(client.get("/staff/review/?whose=mine"))


def test_a_doctor_who_works_elsewhere_is_not_asked(client, place):
    to_look_at(place)
    client.force_login(builders.staff(role="dermatologist", location=builders.a_location()))
    assert "Asha Rao" not in text_of(client.get("/staff/review/"))


def test_go_on_is_signed_with_what_was_found(doctor, place):
    course = to_look_at(place)
    page = doctor.get(look(course))
    assert "after session 4, reached on 22 Aug 2026" in text_of(page)
    assert "Six months since" not in text_of(page)
    done = doctor.post(look(course), form(page, note="finer hairs at the crown"))
    assert done["Location"] == reverse("course_record", args=[course.pk])
    assert CourseReview.objects.values_list("point", "outcome", "note", "signed_by").get() == (
        "session_4", "go_on", "finer hairs at the crown", place.doctor.pk,
    )  # fmt: skip
    record = text_of(doctor.get(done["Location"]))
    assert "after session 4: go on as planned" in record
    assert "Nothing waits to be looked at" in text_of(doctor.get(look(course)))


def test_after_half_a_year_the_page_says_what_the_plan_says(doctor, place):
    course = to_look_at(place)
    course.sessions.filter(number=1).update(given_on=NOW.date() - timedelta(days=182))
    page = text_of(doctor.get(look(course)))
    assert (
        "when nothing has changed by now, the course ends. Whether something has changed, you decide." in page
    )


def test_a_stop_ends_the_course(doctor, place):
    course = to_look_at(place)
    sent = form(doctor.get(look(course)), outcome="stop", why="no_response", remaining="returned")
    doctor.post(look(course), sent)
    course.refresh_from_db()
    assert (course.ended_why, CourseReview.objects.get().outcome) == ("no_response", "stop")


def test_a_change_leads_on_to_the_plan(doctor, place):
    course = to_look_at(place)
    done = doctor.post(look(course), form(doctor.get(look(course)), outcome="change"))
    assert (done.status_code, done["Location"] == reverse("course_record", args=[course.pk])) == (302, False)


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"outcome": ""}, 422, "Choose what happens now."),
        ({"outcome": "stop"}, 422, "Choose why the course ends."),
        ({"points": "middle"}, 409, "looked at in the meantime"),
        ({"points": "x,y"}, 409, "looked at in the meantime"),
        ({"points": ""}, 422, "This field is required"),
        ({"key": "no"}, 422, "valid UUID"),
    ],
)
def test_what_cannot_be_signed_is_said(doctor, place, sent, status, words):
    course = to_look_at(place)
    page = doctor.post(look(course), form(doctor.get(look(course)), note="what I typed", **sent))
    assert (page.status_code, words in text_of(page)) == (status, True)
    assert "what I typed" in page.content.decode()
    assert CourseReview.objects.count() == 0


@pytest.mark.parametrize("address", [care, look])
def test_signing_needs_a_registered_doctor(client, place, address):
    course = to_look_at(place)
    client.force_login(builders.staff(role="dermatologist"))
    page = client.get(address(course))
    sent = extension(page) if address is care else form(page)
    answer = client.post(address(course), sent)
    assert answer.status_code == 409 or answer.status_code == 403
    assert (CourseReview.objects.count(), Extension.objects.count()) == (0, 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_and_three_courses(
    doctor, place, rows, django_assert_num_queries
):
    for _ in range(rows):
        to_look_at(place)
    doctor.get("/staff/review/")
    with django_assert_num_queries(12):
        doctor.get("/staff/review/")
