"""At the chair: the day's list, pre-check, record and addendum, as nurse and doctor use them."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import ViewRow
from clinic.services.days import local_day
from tests import builders
from treatments.models import Addendum, CourseSession, Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    location, visit_type = builders.a_location(), builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[visit_type])
    return {"location": location, "visit_type": visit_type, "practitioner": doctor}


@pytest.fixture
def doctor(client, place):
    client.force_login(place["practitioner"].user)
    return place["practitioner"]


@pytest.fixture
def nurse(client):
    user = builders.staff(role="nurse")
    client.force_login(user)
    return user


def a_session(place, *, days=0, number=1, name=None, checked=True, **fields):
    """A session booked for today, or so many days from it, of a course prescribed a month ago."""
    now = clock.now()
    patient = builders.a_patient(name=name)
    decision = builders.a_decision(patient=patient, now=now - timedelta(days=30))
    course = builders.a_course(decision=decision, now=now - timedelta(days=30), **place)
    session = CourseSession.objects.select_related("course__patient").get(course=course, number=number)
    starts = noon(now) + timedelta(days=days)
    booking = builders.a_booking(session=session, starts=starts, **fields)
    booking.claims.all().delete()  # several of one doctor at once: lists only
    if checked:
        builders.a_precheck(session=session, now=now)
    return session


def noon(now):
    """An instant of today's local day."""
    return now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)


def posted(**fields):
    local = clock.now().astimezone(ZoneInfo("Asia/Kolkata"))
    return {
        "key": str(uuid.UUID(int=7)),
        "outcome": "given",
        "not_given_reason": "",
        "started_on": local.date().isoformat(),
        "started_time": f"{local:%H:%M}",
        "entered_late_why": "",
        "note": "",
    } | fields


def record_address(session):
    return reverse("sign_record", args=[session.pk])


# The day's list


def test_the_list_has_the_sessions_of_the_day(client, nurse, place):
    today, _ = a_session(place, name="Example Today"), a_session(place, days=3, name="Example Later")
    response = client.get(reverse("session_list"))
    assert [line.row.session.pk for line in response.context["lines"]] == [today.pk]
    assert "Record" not in response.content.decode().replace("Records", "")


def test_the_doctor_can_sign_from_the_list(client, doctor, place):
    session = a_session(place)
    assert record_address(session) in client.get(reverse("session_list")).content.decode()


def test_what_stands_against_a_session_is_said(client, nurse, place):
    session = a_session(place, checked=False)
    session.course.patient.consents.filter(purpose="procedure").update(withdrawn_at=clock.now())
    page = client.get(reverse("session_list")).content.decode()
    assert "There is no standing consent to what this course injects." in page
    assert "pre-check open" in page


def test_an_earlier_session_that_nobody_wrote_down_is_listed(client, doctor, place):
    session = a_session(place, days=-2)
    response = client.get(reverse("session_list"))
    assert [booking.session_id for booking, _ in response.context["unwritten"]] == [session.pk]


def test_another_day_can_be_asked_for_and_nonsense_is_not_found(client, nurse, place):
    session = a_session(place, days=3)
    day = local_day(clock.now()) + timedelta(days=3)
    response = client.get(reverse("session_list"), {"day": day.isoformat()})
    assert [line.row.session.pk for line in response.context["lines"]] == [session.pk]
    for nonsense in ("", "tomorrow", "2026-02-30"):
        assert client.get(reverse("session_list"), {"day": nonsense}).status_code == 404


def test_the_list_notes_whom_it_showed(client, nurse, place):
    sessions = [a_session(place), a_session(place, days=-2)]
    client.get(reverse("session_list"))
    noted = ViewRow.objects.filter(by=nurse, what="sessions").values_list("patient", flat=True)
    assert sorted(noted) == sorted(session.course.patient_id for session in sessions)


def test_a_nurse_of_another_place_sees_no_session_here(client, place):
    a_session(place)
    client.force_login(builders.staff(role="nurse", location=builders.a_location()))
    assert client.get(reverse("session_list")).context["lines"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    client, doctor, place, rows, django_assert_num_queries
):
    for _ in range(rows):
        a_session(place)
        a_session(place, days=-2)
    with django_assert_num_queries(14):
        client.get(reverse("session_list"))


# The record


def test_signing_stores_the_true_time_and_shows_the_record(client, doctor, place):
    session = a_session(place)
    page = client.get(record_address(session)).content.decode()
    assert f"session 1 of {session.course.sessions.count()}" in page
    response = client.post(record_address(session), posted(note="An example note."))
    record = Record.objects.get()
    assert (response.status_code, response["Location"]) == (
        302,
        reverse("treatment_record", args=[record.pk]),
    )
    assert (record.outcome, record.note, record.signed_by_id) == ("given", "An example note.", doctor.pk)
    session.refresh_from_db()
    assert session.given_on == local_day(clock.now())
    assert "An example note." in client.get(response["Location"]).content.decode()


def test_a_double_submit_signs_once_and_a_signed_session_opens_its_course(client, doctor, place):
    session = a_session(place)
    for _ in range(2):
        assert client.post(record_address(session), posted()).status_code == 302
    assert Record.objects.count() == 1
    again = client.get(record_address(session))
    assert again["Location"] == reverse("course_record", args=[session.course_id])


def test_not_given_takes_a_reason(client, doctor, place):
    session = a_session(place)
    page = client.post(record_address(session), posted(outcome="not_given")).content.decode()
    assert "Choose why it was not given." in page
    client.post(record_address(session), posted(outcome="not_given", not_given_reason="late"))
    assert Record.objects.get().not_given_reason == "late"


def test_a_stop_is_shown_with_the_way_on(client, doctor, place):
    session = a_session(place)
    session.course.patient.consents.filter(purpose="procedure").update(withdrawn_at=clock.now())
    page = client.get(record_address(session)).content.decode()
    assert "This session may not be given now" in page
    assert reverse("procedure_consent", args=[session.pk]) in page
    response = client.post(record_address(session), posted(note="typed before"))
    assert (response.status_code, Record.objects.count()) == (409, 0)
    assert "typed before" in response.content.decode()


def test_without_a_precheck_nothing_given_is_signed(client, doctor, place):
    session = a_session(place, checked=False)
    response = client.post(record_address(session), posted(note="typed before"))
    page = response.content.decode()
    assert (response.status_code, Record.objects.count()) == (200, 0)
    assert "Today&#x27;s questions come first." in page
    assert "typed before" in page
    assert reverse("precheck", args=[session.pk]) in page
    builders.a_precheck(session=session, now=clock.now())
    assert client.post(record_address(session), posted()).status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"started_on": "2999-01-01"}, "That time has not come yet."),
        ({"started_on": "2026-02-30"}, "Enter a day, such as 2026-12-24."),
        ({"started_time": "25:00"}, "Enter a time, such as 10:45."),
        ({"outcome": ""}, "Choose what happened."),
        ({"outcome": "perhaps"}, "Select a valid choice."),
    ],
    ids=["future", "no day", "no time", "no outcome", "another outcome"],
)
def test_what_is_wrong_is_said_and_kept(client, doctor, place, fields, words):
    session = a_session(place)
    response = client.post(record_address(session), posted(note="typed before") | fields)
    page = response.content.decode()
    assert (response.status_code, Record.objects.count()) == (200, 0)
    assert words in page
    assert "typed before" in page


def test_entering_late_asks_why(client, doctor, place):
    session = a_session(place, days=-2)
    earlier = (clock.now() - timedelta(days=2)).date().isoformat()
    page = client.post(record_address(session), posted(started_on=earlier)).content.decode()
    assert "Write down why it is entered only now." in page
    client.post(record_address(session), posted(started_on=earlier, entered_late_why="No line."))
    assert Record.objects.get().entered_late_why == "No line."


def test_a_skipped_hour_is_no_time(client, place):
    place["location"] = builders.a_location(time_zone="America/New_York")
    place["practitioner"] = builders.a_practitioner(
        location=place["location"], qualified=[place["visit_type"]]
    )
    client.force_login(place["practitioner"].user)
    session = a_session(place)
    data = posted(started_on="2026-03-08", started_time="02:30", entered_late_why="An example.")
    page = client.post(record_address(session), data).content.decode()
    assert "The clock skipped this time on that day." in page


def test_the_gap_to_the_last_session_is_judged(client, doctor, place):
    session = a_session(place, number=2)
    first = session.course.sessions.get(number=1)
    builders.a_record(session=first, started_at=clock.now() - timedelta(days=14))
    page = client.get(record_address(session)).content.decode()
    assert "14 days after session 1" in page
    assert "on time" in page


def test_a_nurse_cannot_sign(client, nurse, place):
    session = a_session(place)
    assert client.get(record_address(session)).status_code == 404
    assert client.post(record_address(session), posted()).status_code == 404
    assert Record.objects.count() == 0


# Afterwards


def test_an_addendum_is_added_by_a_dermatologist_only(client, doctor, place):
    record = builders.a_record(session=a_session(place), started_at=clock.now() - timedelta(hours=1))
    address = reverse("treatment_record", args=[record.pk])
    assert "Write down what you want to add." in client.post(address, {"text": " "}).content.decode()
    client.post(address, {"text": "An example."})
    client.post(address, {"text": "An example."})
    assert [one.text for one in Addendum.objects.all()] == ["An example."]
    assert "An example." in client.get(address).content.decode()
    client.force_login(builders.staff(role="nurse"))
    assert "Add and sign" not in client.get(address).content.decode()
    client.post(address, {"text": "Another."})
    assert Addendum.objects.count() == 1


def test_a_course_lists_what_was_given(client, doctor, place):
    session = a_session(place)
    record = builders.a_record(session=session, started_at=clock.now() - timedelta(hours=1))
    page = client.get(reverse("course_record", args=[session.course_id])).content.decode()
    assert reverse("treatment_record", args=[record.pk]) in page
    assert "to come" in page
