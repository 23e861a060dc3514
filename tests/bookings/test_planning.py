"""What the planner is asked for one course: days away, other visits, what was shown, what is booked."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking
from bookings.services.door.gap_rules import Authority
from bookings.services.planning import propose
from tests import builders
from tests.bookings.plan_clinic import away, close, course, days, given, local, november, question
from tests.builders import NOW
from treatments.models import CourseSession, Extension

__all__ = ["course"]
pytestmark = pytest.mark.django_db(transaction=True)


def place(course, proposal, **fields):
    return door.place_course(course=course, times=proposal.times, key=uuid4(), by=None, now=NOW, **fields)


def other_visit(course, text):
    return builders.a_booking(patient=course.patient, location=course.location, starts=local(text))


def test_no_session_is_on_a_day_the_patient_is_away(course):
    away(course, 14, 18)

    assert days(propose(course, now=NOW)) == [november(2), november(13), november(27)]


def test_days_away_that_were_taken_back_are_free_again(course):
    away(course, 14, 18, removed_at=NOW)

    assert days(propose(course, now=NOW)) == [november(2), november(16), november(30)]


def test_no_session_is_while_the_patient_is_here_for_another_visit(course):
    other_visit(course, "2026-11-16T10:00")

    second = propose(course, now=NOW).wanted[1]

    assert second.starts == local("2026-11-16T10:30")


def test_a_soft_session_waits(course):
    CourseSession.objects.filter(course=course, number=3).update(is_soft=True)

    assert days(propose(course, now=NOW)) == [november(2), november(16)]


def test_a_session_that_a_doctor_put_off_may_be_as_late_as_that(course):
    now = given(course)
    close(course, 12, 28)
    assert propose(course, now=now).failed.number == 2
    Extension.objects.create(
        session=course.sessions.get(number=2), until_on=november(30), why="ill", key=uuid4(), at=now,
        signed_by=course.practitioner,
    )  # fmt: skip

    assert days(propose(course, now=now))[0] == november(30)


def test_booked_sessions_that_are_late_already_may_stay(course):
    first, second, third = place(course, propose(course, now=NOW))
    moves = [(second, local("2026-11-20T10:00"), None), (third, local("2026-12-16T10:00"), None)]
    door.move(moves=moves, key=uuid4(), by=None, now=NOW, authority=Authority.DESK)  # 26 days apart
    first.refresh_from_db()
    door.cancel(bookings=[first], key=uuid4(), by=None, now=NOW)

    assert days(propose(course, now=NOW)) == [november(2)]


def test_only_some_days_and_one_doctor(course):
    other = builders.a_practitioner(location=course.location, qualified=[course.visit_type])
    asked = question(course, weekdays=frozenset({1, 4}), practitioner=other.pk)  # Tuesdays, Fridays

    found = asked.propose()

    assert days(found) == [november(3), november(17), november(31)]
    assert {item.practitioner for item in found.wanted} == {other.pk}


def test_no_session_is_further_ahead_than_the_door_books(course):
    begin = date(2027, 10, 15)

    found = propose(course, now=NOW, not_before=begin)

    assert found.wanted == ()
    assert found.failed.number == 3


def test_times_that_were_shown_stay_while_they_are_free(course):
    shown = propose(course, now=NOW, not_before=november(3)).wanted
    seen = {item.session.pk: (item.starts + timedelta(hours=3), item.practitioner) for item in shown}

    found = propose(course, now=NOW, seen=seen)

    assert [item.starts for item in found.wanted] == [starts for starts, _who in seen.values()]


def test_only_the_time_that_was_taken_changes(course):
    seen = {item.session.pk: (item.starts, item.practitioner) for item in propose(course, now=NOW).wanted}
    close(course, 16, 16)

    found = propose(course, now=NOW, seen=seen)

    assert days(found) == [november(2), november(17), november(30)]


def test_a_plan_that_was_made_is_taken_by_the_door(course):
    away(course, 14, 18)
    other_visit(course, "2026-11-27T10:00")

    place(course, propose(course, now=NOW))

    assert Booking.objects.counting().filter(course=course).count() == 3


def test_no_session_is_on_the_day_after_the_last_that_was_looked_at(course):
    asked = question(course)

    assert max(asked.starts(None)) <= asked.last_day
