"""What the record says, the diary follows, in the record's own transaction."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from bookings import door
from bookings.models import Booking, Change, Status
from bookings.services import courses
from bookings.services.treating import unwritten
from clinic.models import Message, Patient
from consultations.signals import patient_changed
from tests import builders
from treatments.models import Course
from treatments.services.records import Entry, sign_record
from treatments.signals import course_changed

pytestmark = pytest.mark.django_db(transaction=True)
IST = ZoneInfo("Asia/Kolkata")
NOW = builders.NOW


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=IST)


@pytest.fixture
def course():
    location = builders.a_location()
    builders.a_room(location=location)
    builders.a_chair(location=location)
    session = builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[session])
    course = builders.a_course(location=location, visit_type=session, practitioner=doctor, sessions=3)
    times = [
        (one, local(f"2026-11-{day:02}T11:00"), None)
        for one, day in zip(course.sessions.order_by("number"), (3, 17, 30), strict=True)
    ]
    door.place_course(course=course, times=times, key=uuid4(), by=None, now=NOW)
    return course


def sign(course, number, started, *, now=None, outcome="given", **fields):
    entry = Entry(outcome=outcome, started_at=local(started), **fields)
    session = course.sessions.get(number=number)
    builders.a_precheck(session=session, now=local(started))
    return sign_record(
        session=session,
        practitioner=course.practitioner,
        entry=entry,
        key=uuid4(),
        now=now or local(started) + timedelta(minutes=10),
    )


def diary(course):
    rows = Booking.objects.filter(course=course).order_by("session__number", "pk")
    return [(b.session.number, b.day.isoformat(), b.status) for b in rows]


def test_both_signals_have_their_receiver():
    assert (course_changed.has_listeners(Course), patient_changed.has_listeners(Patient)) == (True, True)


def test_given_on_its_day_makes_the_booking_done_and_keeps_the_rest(course):
    sign(course, 1, "2026-11-03T11:50")

    assert diary(course) == [
        (1, "2026-11-03", "done"),
        (2, "2026-11-17", "booked"),
        (3, "2026-11-30", "booked"),
    ]
    assert Booking.objects.get(session__number=1).clear_until == date(2026, 11, 10)


def test_given_a_day_late_counts_from_that_day(course):
    sign(course, 1, "2026-11-04T11:50")

    first = Booking.objects.get(session__number=1)
    assert (first.day, first.clear_until) == (date(2026, 11, 4), date(2026, 11, 11))
    assert first.claims.count() == 0
    assert courses.window_of(course.sessions.get(number=2), today=date(2026, 11, 4)).first == date(
        2026, 11, 14
    )


def test_given_so_late_that_the_next_collides_releases_the_next(course):
    sign(course, 1, "2026-11-12T11:50")

    assert diary(course) == [
        (1, "2026-11-12", "done"),
        (2, "2026-11-17", "cancelled"),
        (3, "2026-11-30", "booked"),
    ]
    assert Change.objects.get(action="to_be_moved").lines.count() == 1


def test_given_without_a_booking_is_stored_and_counts(course):
    first = Booking.objects.get(session__number=1)
    door.cancel(bookings=[first], key=uuid4(), by=None, now=NOW)

    sign(course, 1, "2026-11-03T11:50")

    assert diary(course)[:2] == [(1, "2026-11-03", "cancelled"), (1, "2026-11-03", "done")]


def test_given_entered_days_later_is_stored_with_who_and_why(course):
    sign(course, 1, "2026-11-03T11:50", now=local("2026-11-05T09:00"), entered_late_why="power cut")

    first = Booking.objects.get(session__number=1)
    assert (first.status, first.entered_late_why) == ("done", "power cut")
    assert first.entered_late_by == course.practitioner.user


def test_two_given_too_close_both_stay_and_say_why(course):
    sign(course, 1, "2026-11-03T11:50")

    sign(course, 2, "2026-11-07T11:50", note="moved abroad")

    second = Booking.objects.get(session__number=2)
    assert (second.day, second.status, second.too_close_why) == (date(2026, 11, 7), "done", "moved abroad")


def test_stopped_early_counts_as_given(course):
    sign(course, 1, "2026-11-03T11:50", outcome="stopped_early")

    assert diary(course)[0] == (1, "2026-11-03", "done")


def test_not_given_ends_the_visit_and_the_session_can_be_booked_again(course):
    sign(course, 1, "2026-11-03T11:50", outcome="not_given", not_given_reason="infection")

    assert diary(course)[0] == (1, "2026-11-03", "done")
    assert courses.rows(course)[0].state == courses.State.TO_BOOK
    [again] = door.place_course(
        course=course,
        times=[(course.sessions.get(number=1), local("2026-11-05T11:00"), None)],
        key=uuid4(),
        by=None,
        now=local("2026-11-03T12:30"),
    )
    assert again.status == Status.BOOKED


def test_a_failing_diary_undoes_the_record(course, monkeypatch):
    def refuse(*args, **kwargs):
        raise RuntimeError("the diary failed")

    monkeypatch.setattr("bookings.services.door.settling._settle_given", refuse)

    with pytest.raises(RuntimeError, match="the diary failed"):
        sign(course, 1, "2026-11-03T11:50")
    assert course.sessions.get(number=1).given_on is None


# The desk is quicker than the record


@pytest.fixture
def seen_out(course):
    """The desk saw the patient of session 1 out; the doctor has not written anything yet."""
    by, at = builders.staff(role="front_desk"), local("2026-11-03T11:00")
    booking = Booking.objects.get(session__number=1)
    for minutes, to in ((0, Status.ARRIVED), (45, Status.IN_ROOM), (65, Status.DONE)):
        booking = door.set_status(booking=booking, to=to, by=by, now=at + timedelta(minutes=minutes))
    return booking


def test_given_after_the_desk_saw_them_out_tells_the_next_visit_all_the_same(course, seen_out):
    sign(course, 1, "2026-11-03T11:50", now=local("2026-11-03T18:00"))

    assert Message.objects.filter(kind="next_booked").count() == 1
    assert diary(course)[0] == (1, "2026-11-03", "done")


def test_a_medical_fact_that_comes_later_tells_the_next_visit_no_second_time(course):
    sign(course, 1, "2026-11-03T11:50")
    before = list(Message.objects.order_by("pk").values("pk", "state", "due_at"))

    with transaction.atomic():
        course_changed.send(sender=Course, course=course, by=None, now=local("2026-11-03T20:00"))

    assert list(Message.objects.order_by("pk").values("pk", "state", "due_at")) == before


def test_not_given_after_the_desk_saw_them_out_frees_the_session(course, seen_out):
    sign(course, 1, "2026-11-03T11:50", outcome="not_given", not_given_reason="infection")

    assert courses.rows(course)[0].state == courses.State.TO_BOOK


def test_seen_out_and_not_written_down_is_asked_for_on_later_days(course, seen_out):
    found = unwritten(date(2026, 11, 4), locations=[course.location])
    assert found == [seen_out]

    sign(course, 1, "2026-11-03T11:50", now=local("2026-11-04T09:00"), entered_late_why="busy day")
    assert unwritten(date(2026, 11, 4), locations=[course.location]) == []


# Another hour of the same day


def test_given_hours_before_its_time_gives_the_time_back(course):
    sign(course, 1, "2026-11-03T09:02")

    first = Booking.objects.get(session__number=1)
    assert (first.starts, first.claims.count()) == (local("2026-11-03T09:00"), 0)


def test_given_at_its_time_keeps_what_it_had(course):
    sign(course, 1, "2026-11-03T11:50")

    first = Booking.objects.get(session__number=1)
    assert (first.starts, first.claims.count()) == (local("2026-11-03T11:00"), 4)


def test_given_before_its_days_were_told_ends_that_message(course):
    second = Booking.objects.get(session__number=2)
    door.cancel(bookings=[second], key=uuid4(), by=None, now=NOW)
    sign(course, 1, "2026-11-03T11:50")
    assert Message.objects.get(kind="next_to_book").state == "scheduled"

    sign(course, 2, "2026-11-17T11:50")

    assert Message.objects.get(kind="next_to_book").state == "withdrawn"
