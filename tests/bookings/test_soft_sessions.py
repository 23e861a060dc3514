"""Sessions of which no time is wanted yet: told of when their days come near, firm once a time is chosen."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking
from bookings.services.door.gap_rules import Authority
from clinic.models import Message
from tests import builders
from tests.bookings.patient_clinic import at_now, local, place, text_of
from tests.builders import NOW
from treatments.models import CourseSession, DropReason, EndReason
from treatments.services.changes import course_changed
from treatments.services.ending import Ending, end_course

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
TEN_WEEKS = {"never_before": 28, "earliest": 63, "target": 70, "latest": 84}
GIVEN_ON = local("2026-10-20T10:00")  # the next around 29 Dec; times from 8 Dec on


@pytest.fixture
def course(place):
    return a_course(place)


def a_course(place, *, sessions=3, **fields):
    course = builders.a_course(
        location=place.location, visit_type=place.session, practitioner=place.doctor, gap=TEN_WEEKS,
        sessions=sessions, now=NOW - timedelta(days=30), **fields,
    )  # fmt: skip
    course.sessions.filter(number__gt=1).update(is_soft=True)
    builders.a_record(session=course.sessions.get(number=1), started_at=GIVEN_ON)
    return course


def changed(course, now=NOW):
    course_changed(course, by=None, now=now)


def told():
    rows = Message.objects.filter(kind="time_to_choose", channel="sms").order_by("pk")
    return [(row.state, row.due_at, row.fields["weekday_day"]) for row in rows]


MORNING = local("2026-12-08T10:00")
DAYS = "from Tue 22 Dec to Tue 12 Jan"


def test_told_three_weeks_before_the_day_aimed_at_in_the_morning(course):
    changed(course)
    assert told() == [("scheduled", MORNING, DAYS)]
    assert not Message.objects.filter(kind="next_to_book").exists()


def test_told_once_however_often_something_changes(course):
    changed(course)
    changed(course, now=NOW + timedelta(days=1))
    assert told() == [("scheduled", MORNING, DAYS)]


def test_told_at_once_when_that_morning_is_past(course):
    now = local("2026-12-14T11:00")
    changed(course, now=now)
    assert [due for _, due, _ in told()] == [now + timedelta(minutes=3)]


def test_not_told_after_the_last_day(course):
    changed(course, now=local("2027-01-13T11:00"))
    assert told() == []


def test_taken_back_while_paused_and_said_again_after(course):
    changed(course)
    pause = builders.a_pause(course=course)
    changed(course)
    assert [state for state, _, _ in told()] == ["withdrawn"]
    type(pause).objects.filter(pk=pause.pk).update(ended_at=NOW, ended_by=pause.by)
    changed(course)
    assert [state for state, _, _ in told()] == ["scheduled"]


def test_taken_back_when_the_course_ends(course):
    changed(course)
    desk = builders.staff(role="front_desk")
    ending = Ending(EndReason.PATIENT, DropReason.RETURNED)
    end_course(course=course, ending=ending, by=desk, is_doctor=False, now=NOW)
    assert [state for state, _, _ in told()] == ["withdrawn"]


def test_nothing_of_a_session_whose_day_is_not_known(course):
    CourseSession.objects.filter(course=course, number=1).update(given_on=None)
    changed(course)
    assert told() == []


def book(course, number=2, starts="2026-12-29T10:00", **fields):
    session = course.sessions.get(number=number)
    return door.book_session(
        session=session, starts=local(starts), key=uuid4(), by=None, now=NOW, authority=Authority.DESK,
        **fields,
    )  # fmt: skip


def softness(course):
    return list(course.sessions.order_by("number").values_list("is_soft", flat=True))


def test_choosing_a_time_makes_it_firm_and_ends_the_message(course):
    changed(course)
    booking = book(course)
    assert softness(course) == [False, False, True]
    assert [state for state, _, _ in told()] == ["withdrawn"]
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)
    assert softness(course) == [False, False, True]
    assert Message.objects.filter(kind="next_to_book", state="scheduled").exists()


def test_a_time_only_held_is_not_chosen(course):
    builders.a_booking(
        session=course.sessions.get(number=2), status="held", held_until=NOW + timedelta(minutes=9)
    )
    assert Booking.objects.count() == 1
    assert softness(course) == [False, True, True]


@pytest.mark.parametrize(
    ("given", "status"), [("2026-10-20", 404), ("2026-09-15", 404), ("2026-09-14", 200), ("2026-07-01", 200)]
)
def test_the_desk_books_it_from_the_day_its_window_opens(client, course, given, status):
    CourseSession.objects.filter(course=course, number=1).update(given_on=given)
    client.force_login(builders.staff(role="front_desk"))
    session = course.sessions.get(number=2)
    address = f"/desk/patients/{course.patient_id}/book/?session={session.pk}"
    assert client.get(address).status_code == status


# My visits


def my_visits(client, course):
    client.force_login(course.patient.account)
    return text_of(client.get("/my/"))


def test_my_visits_names_the_week_and_from_when_a_time_can_be_chosen(client, course):
    page = my_visits(client, course)
    assert "2 · week of 28 Dec choose from Tue 8 Dec" in page
    assert "3 · about the week of 8 Mar not needed yet" in page


def test_once_open_a_time_can_be_chosen(client, course):
    CourseSession.objects.filter(course=course, number=1).update(given_on=local("2026-09-08T10:00").date())
    client.force_login(course.patient.account)
    page = client.get("/my/")
    assert "2 · week of 16 Nov choose a time" in text_of(page)
    session = course.sessions.get(number=2)
    assert f"/my/session/{session.pk}/time/" in page.content.decode()
    assert client.get(f"/my/session/{session.pk}/time/").status_code == 200


def test_one_that_waited_past_its_week_is_for_now(client, course):
    CourseSession.objects.filter(course=course, number=1).update(given_on=local("2026-08-11T10:00").date())
    assert "2 · this week choose a time" in my_visits(client, course)
