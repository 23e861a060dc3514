"""Pausing a course on the pages: the patient's, the desk's, a dermatologist's."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from bookings import door
from bookings.models import Away, Booking
from clinic.models import ViewRow
from tests import builders
from tests.bookings.patient_clinic import at_now, hidden, local, place, text_of
from tests.builders import NOW
from treatments.models import Course, Pause
from treatments.services import pausing

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db(transaction=True)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DAYS = ("2026-11-04T10:00", "2026-11-18T10:00", "2026-12-02T10:00")


@pytest.fixture
def course(client, place):
    patient = builders.a_patient(name="Asha Nair")
    client.force_login(patient.account)
    course = builders.a_course(
        patient=patient, location=place.location, visit_type=place.session, practitioner=place.doctor
    )
    times = [
        (one, local(day), None) for one, day in zip(course.sessions.order_by("number"), DAYS, strict=True)
    ]
    door.place_course(course=course, times=times, key=uuid4(), by=patient.account, now=NOW)
    return course


@pytest.fixture
def desk():
    browser = Client()
    browser.user = builders.staff(role="front_desk")
    browser.force_login(browser.user)
    return browser


def booked():
    return Booking.objects.filter(status="booked").count()


def pause(client, course, cause="travel", **typed):
    return client.post(f"/my/course/{course.pk}/pause/", {"cause": cause, **typed}, follow=True)


def until(day, prefix=""):
    return {
        f"{prefix}until_on_day": str(day.day),
        f"{prefix}until_on_month": str(day.month),
        f"{prefix}until_on_year": str(day.year),
    }


# The patient


def test_the_page_says_which_times_go_and_that_nothing_is_lost(client, course):
    said = text_of(client.get(f"/my/course/{course.pk}/pause/"))
    assert "These 3 times are given back" in said
    assert "Wed 4 Nov, 10:00 am" in said
    assert "Your times are given back. Nothing is lost" in said


def test_one_page_pauses_and_offers_undo(client, course):
    said = text_of(pause(client, course, **until(NOW.date() + 30 * DAY)))

    assert booked() == 0
    assert "Paused since Mon 2 Nov, perhaps until Wed 2 Dec" in said
    assert "Undo (until 10:03 am)" in said


def test_what_was_typed_stays_when_it_is_not_whole(client, course):
    answer = client.post(f"/my/course/{course.pk}/pause/", {"cause": "", **until(NOW.date() - DAY)})
    said = text_of(answer)
    assert (answer.status_code, booked()) == (422, 3)
    assert "Choose what comes nearest." in said
    assert "The date must be 3 Nov 2026 or later" in said
    assert 'value="2026"' in answer.content.decode()


@pytest.mark.parametrize("cause", ["medicine", "nonsense"])
def test_a_cause_that_is_not_the_patients_is_not_taken(client, course, cause):
    assert pause(client, course, cause).status_code == 422
    assert Pause.objects.count() == 0


def test_undo_in_one_tap_puts_everything_back(client, course):
    page = pause(client, course)
    made = Pause.objects.get()
    sent = {"key": hidden(page, "key")}
    said = text_of(client.post(f"/my/pause/{made.pk}/undo/", sent, follow=True))
    assert booked() == 3
    assert "Undone: nothing is paused, and every time is as it was." in said
    assert text_of(client.post(f"/my/pause/{made.pk}/undo/", sent, follow=True)) == said  # a double tap


def test_undo_says_which_time_is_gone(client, place, course):
    page = pause(client, course)
    door.book(
        patient=builders.a_patient(), visit_type=place.consultation, location=place.location,
        starts=local("2026-11-18T10:45"), practitioner=place.doctor.pk, key=uuid4(), by=None, now=NOW,
    )  # fmt: skip
    key = {"key": hidden(page, "key")}
    said = text_of(client.post(f"/my/pause/{Pause.objects.get().pk}/undo/", key, follow=True))
    assert "This time is somebody else's by now, so it needs another: Wed 18 Nov, 10:00 am." in said
    assert Booking.objects.filter(course=course, status="booked").count() == 2


def test_my_visits_show_the_pause_and_no_times_to_choose(client, course):
    before = text_of(client.get("/my/"))
    pause(client, course)
    after = text_of(client.get("/my/"))
    assert ("Pause the course" in before, "Paused since" in before) == (True, False)
    assert "1–3 · when you go on" in after
    assert "Go on with the course" in after
    assert ("Find times" in after, "choose a time" in after) == (False, False)


def test_going_on_leads_to_times_for_the_rest(client, course):
    pause(client, course)
    answer = client.post(f"/my/pause/{Pause.objects.get().pk}/resume/")
    assert answer["Location"] == f"/my/course/{course.pk}/plan/"
    assert pausing.open_pauses(course) == []
    assert client.post(f"/my/pause/{Pause.objects.get().pk}/resume/").status_code == 302  # a double tap


@pytest.mark.parametrize(("days", "asked"), [(14, False), (15, True)])
def test_after_a_long_pause_health_is_asked_about_first(client, course, at_now, days, asked):
    builders.an_intake(patient=course.patient, now=NOW)
    pause(client, course)
    Pause.objects.update(from_at=NOW - days * DAY + 10 * MINUTE)
    said = text_of(client.post(f"/my/pause/{Pause.objects.get().pk}/resume/", follow=True))
    assert ("Before you go on: what is new?" in said) is asked

    builders.an_intake(patient=course.patient, purpose="update", now=NOW + DAY)
    assert "Before you go on: what is new?" not in text_of(client.get("/my/"))


def test_the_doctors_pause_is_not_the_patients_to_end(client, place, course):
    made = pausing.pause(
        patient=course.patient, course=course, cause="medicine", by=place.doctor.user, now=NOW
    )
    page = text_of(client.get(f"/my/course/{course.pk}/pause/"))
    answer = client.post(f"/my/pause/{made.pk}/resume/")
    assert ("Go on with the course" in page, answer.status_code) == (False, 409)
    assert "The doctor asked for this pause" in page
    assert "1–3 · the doctor says when" in text_of(client.get("/my/"))
    assert len(pausing.open_pauses(course)) == 1


def test_somebody_elses_course_and_pause_are_not_there(client, course):
    other = builders.a_course()
    made = builders.a_pause(course=other)
    found = [client.get(f"/my/course/{other.pk}/pause/"), client.post(f"/my/course/{other.pk}/pause/")]
    found += [client.post(f"/my/pause/{made.pk}/{act}/") for act in ("resume", "undo")]
    assert [answer.status_code for answer in found] == [404] * 4


def test_an_ended_course_has_nothing_to_pause(client, course):
    Course.objects.filter(pk=course.pk).update(ended_on=NOW.date(), ended_why="completed")
    assert client.get(f"/my/course/{course.pk}/pause/")["Location"] == "/my/"


def test_why_it_is_paused_stands_on_no_page_of_times(client, desk, course):
    pause(client, course, "family")
    for browser, address in ((client, f"/my/course/{course.pk}/pause/"), (client, "/my/")):
        assert "family" not in text_of(browser.get(address)).lower()
    assert "family" not in text_of(desk.get(f"/desk/patients/{course.patient_id}/pause/")).lower()


# The desk


def test_the_desk_pauses_for_somebody_and_lets_it_go_on(desk, course):
    address = f"/desk/patients/{course.patient_id}/pause/"
    before = text_of(desk.get(address))
    after = text_of(desk.post(address, {"cause": "illness"}, follow=True))
    made = Pause.objects.get()
    assert "These 3 times are given back, and nothing is forfeited" in before
    assert ("Paused since Mon 2 Nov" in after, booked(), made.by) == (True, 0, desk.user)

    said = text_of(desk.post(f"/desk/pauses/{made.pk}/resume/", follow=True))
    assert ("It goes on." in said, pausing.open_pauses(course)) == (True, [])


def test_the_desk_undoes_its_own(desk, course):
    page = desk.post(f"/desk/patients/{course.patient_id}/pause/", {"cause": "illness"}, follow=True)
    desk.post(f"/desk/pauses/{Pause.objects.get().pk}/undo/", {"key": hidden(page, "key")})
    assert booked() == 3


def test_the_desk_says_of_which_course_where_there_are_two(desk, place, course):
    second = builders.a_course(
        decision=course.patient.decisions.get(), location=place.location, visit_type=place.session
    )
    address = f"/desk/patients/{course.patient_id}/pause/"
    assert desk.post(address, {"cause": "illness"}).status_code == 422
    desk.post(address, {"cause": "illness", "which": str(second.pk)})
    assert [len(pausing.open_pauses(one)) for one in (course, second)] == [0, 1]
    desk.post(address, {"cause": "travel", "which": "all"})
    assert [len(pausing.open_pauses(one)) for one in (course, second)] == [1, 2]


def test_the_desk_notes_that_it_stays_paused(desk, course):
    made = builders.a_pause(course=course)
    day = NOW.date() + 40 * DAY
    said = text_of(desk.post(f"/desk/pauses/{made.pk}/until/", until(day, f"p{made.pk}-"), follow=True))
    made.refresh_from_db()
    assert (made.until_on, "Nobody asks before that day" in said) == (day, True)

    bad = text_of(
        desk.post(f"/desk/pauses/{made.pk}/until/", {f"p{made.pk}-until_on_day": "45"}, follow=True)
    )
    empty = text_of(desk.post(f"/desk/pauses/{made.pk}/until/", {}, follow=True))
    assert ("The date also needs a month" in bad, "Enter the day, month and year" in empty) == (True, True)


def test_the_doctors_pause_is_not_the_desks_to_make_or_end(desk, place, course):
    address = f"/desk/patients/{course.patient_id}/pause/"
    assert desk.post(address, {"cause": "medicine"}).status_code == 422
    made = pausing.pause(
        patient=course.patient, course=course, cause="medicine", by=place.doctor.user, now=NOW
    )
    page = text_of(desk.get(address))
    said = text_of(desk.post(f"/desk/pauses/{made.pk}/resume/", follow=True))
    assert ("Only a dermatologist ends it." in page, "It goes on" in page) == (True, False)
    assert ("decides when it ends" in said, len(pausing.open_pauses(course))) == (True, 1)


def test_a_desk_of_another_place_sees_no_course_to_pause(course):
    browser = Client()
    browser.force_login(builders.staff(role="front_desk", location=builders.a_location()))
    made = builders.a_pause(course=course)
    page = browser.get(f"/desk/patients/{course.patient_id}/pause/")
    assert "No course is under way here" in text_of(page)
    assert browser.post(f"/desk/pauses/{made.pk}/resume/").status_code == 404


def test_nobody_is_paused_who_has_no_course(desk, place):
    patient = builders.a_patient()
    address = f"/desk/patients/{patient.pk}/pause/"
    assert "No course is under way here" in text_of(desk.get(address))
    assert (desk.post(address, {"cause": "illness"}).status_code, Pause.objects.count()) == (200, 0)


# A dermatologist


@pytest.fixture
def doctor(place):
    browser = Client()
    browser.force_login(place.doctor.user)
    return browser


def test_a_dermatologist_pauses_for_medicine_and_ends_it(doctor, course):
    address = f"/staff/course/{course.pk}/pause/"
    page = text_of(doctor.get(address))
    said = text_of(doctor.post(address, {"cause": "medicine"}, follow=True))
    made = Pause.objects.get()
    assert "I ask for it: only a dermatologist ends it" in page
    assert ("The doctor asked for it" in said, made.cause, booked()) == (True, "medicine", 0)

    answer = doctor.post(f"/staff/pause/{made.pk}/resume/")
    assert answer["Location"] == f"/staff/course/{course.pk}/"
    assert pausing.open_pauses(course) == []


def test_a_dermatologist_makes_the_patients_pause_the_doctors(client, doctor, course):
    pause(client, course)
    page = text_of(doctor.get(f"/staff/course/{course.pk}/pause/"))
    doctor.post(f"/staff/course/{course.pk}/pause/", {"cause": "medicine"})
    assert "noted by the patient" in page
    assert [one.cause for one in pausing.open_pauses(course)] == ["medicine"]


def test_a_dermatologist_undoes_their_own(doctor, course):
    page = doctor.post(f"/staff/course/{course.pk}/pause/", {"cause": "medicine"}, follow=True)
    doctor.post(f"/staff/pause/{Pause.objects.get().pk}/undo/", {"key": hidden(page, "key")})
    assert (booked(), pausing.open_pauses(course)) == (3, [])


def test_the_page_is_no_nurses(course):
    browser = Client()
    browser.force_login(builders.staff(role="nurse"))
    assert browser.get(f"/staff/course/{course.pk}/pause/").status_code == 404


# Days away


def span(first, last=None):
    typed = {f"first_on_{part}": str(getattr(first, part)) for part in ("day", "month", "year")}
    if last:
        typed |= {
            "last_on_day": str(last.day),
            "last_on_month": str(last.month),
            "last_on_year": str(last.year),
        }
    return typed


def test_days_away_are_listed_and_removed(client, course):
    day = NOW.date() + 60 * DAY
    said = text_of(client.post("/my/away/", span(day, day + 2 * DAY), follow=True))
    assert "1 Jan 2027 to 3 Jan 2027" in said
    client.post(f"/my/away/{Away.objects.get().pk}/remove/")
    assert "1 Jan 2027" not in text_of(client.get("/my/away/"))


def test_a_visit_on_a_day_away_is_said_at_once_with_two_ways_on(client, course):
    day = local(DAYS[1]).date()
    page = client.post("/my/away/", span(day - DAY, day + DAY), follow=True)
    reference = Booking.objects.get(session__number=2).reference
    said, body = text_of(page), page.content.decode()
    assert "One visit is booked on a day you are away" in said
    assert "Wed 18 Nov, 10:00 am · session 2" in said
    assert f"/my/visit/{reference}/move/" in body
    assert f"/my/course/{course.pk}/pause/" in body


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Enter the day, month and year"),
        (span(NOW.date() + 9 * DAY, NOW.date() + 8 * DAY), "The last day must be the first day or later."),
        (span(NOW.date() - 9 * DAY, NOW.date() - DAY), "These days are over already."),
        (span(NOW.date(), NOW.date() + 183 * DAY), "That is more than half a year."),
        (span(NOW.date() + 400 * DAY), "The date must be"),
        ({"first_on_day": "31", "first_on_month": "feb", "first_on_year": "2027"}, "has no day 31"),
    ],
)
def test_days_that_are_none_are_refused_and_stay_typed(client, course, typed, problem):
    answer = client.post("/my/away/", typed)
    assert (answer.status_code, Away.objects.count()) == (422, 0)
    assert problem in text_of(answer)
    assert all(f'value="{value}"' in answer.content.decode() for value in typed.values())


def test_the_last_day_and_half_a_year_are_taken(client, course):
    client.post("/my/away/", span(NOW.date() - 3 * DAY, NOW.date()))
    client.post("/my/away/", span(NOW.date(), NOW.date() + 182 * DAY))
    assert Away.objects.count() == 2


def test_the_desk_notes_days_away(desk, course):
    day = local(DAYS[1]).date()
    page = desk.post(f"/desk/patients/{course.patient_id}/away/", span(day), follow=True)
    made = Away.objects.get()
    assert "One visit is booked on a day away" in text_of(page)
    assert (made.by, made.first_on, made.last_on) == (desk.user, day, day)
    desk.post(f"/desk/away/{made.pk}/remove/")
    assert "18 Nov 2026" not in text_of(desk.get(f"/desk/patients/{course.patient_id}/away/"))


def test_somebody_elses_days_are_not_there(client, course):
    other = builders.a_patient()
    made = Away.objects.create(
        patient=other, first_on=NOW.date(), last_on=NOW.date(), by=other.account, at=NOW
    )
    assert client.post(f"/my/away/{made.pk}/remove/").status_code == 404


# Where it is seen


def test_the_course_page_tells_of_the_pause_and_leads_to_it(doctor, course):
    address = f"/staff/course/{course.pk}/"
    before = doctor.get(address).content.decode()
    builders.a_pause(course=course)
    after = text_of(doctor.get(address))
    assert f'href="/staff/course/{course.pk}/pause/"' in before
    assert ("paused since" in before, "paused since Mon 2 Nov" in after) == (False, True)


@pytest.mark.parametrize(("days", "listed"), [(13, False), (14, True)])
def test_medicines_pause_stands_in_the_doctors_queue_after_two_weeks(doctor, course, days, listed):
    made = builders.a_pause(course=course, cause="medicine", now=NOW - days * DAY)
    said = text_of(doctor.get("/staff/review/"))
    assert (f"paused for {days} days" in said) is listed
    assert (f"paused for {days} days" in text_of(doctor.get("/staff/review/?whose=mine"))) is listed
    views = ViewRow.objects.filter(patient=course.patient, what="queue")
    assert views.exists() is listed

    Course.objects.filter(pk=course.pk).update(practitioner=builders.a_practitioner())
    assert "paused for" not in text_of(doctor.get("/staff/review/?whose=mine"))
    assert made.course == course


def test_the_desk_sees_the_pause_in_to_do_and_not_the_doctors(desk, course):
    builders.a_pause(course=course, now=NOW - 16 * DAY)
    builders.a_pause(course=builders.a_course(location=course.location), cause="medicine", now=NOW - 16 * DAY)
    said = text_of(desk.get("/desk/todo/"))
    assert said.count("paused for 16 days: ask") == 1
    assert "Asha Nair" in said


def test_the_desks_page_of_the_patient_says_so_and_wants_no_time(desk, course):
    Booking.objects.filter(course=course).update(status="cancelled", clear_until=None)
    address = f"/desk/patients/{course.patient_id}/"
    before = text_of(desk.get(address))
    builders.a_pause(course=course)
    after = text_of(desk.get(address))
    assert ("Wants a time" in before, "paused since" in before) == (True, False)
    assert ("Wants a time" in after, "paused since Mon 2 Nov" in after) == (False, True)
