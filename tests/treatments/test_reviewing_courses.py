"""Which courses wait for a doctor's look, and what signing one does."""

import uuid
from datetime import date, timedelta

import pytest

from clinic.refusals import KeyReused
from tests import builders
from tests.builders import NOW
from treatments import refusals
from treatments.models import CourseReview, DropReason, EndReason, ReviewOutcome
from treatments.services.ending import Ending
from treatments.services.reviewing_courses import Look, courses_to_look_at, look_of, sign_review

pytestmark = pytest.mark.django_db
KEY = uuid.UUID(int=5)
LONG_AGO = NOW - timedelta(days=200)


def a_course(given=4, *, sessions=10, first=NOW - timedelta(days=60), **fields):
    course = builders.a_course(sessions=sessions, now=first - timedelta(days=1), **fields)
    for number in range(1, given + 1):
        session = course.sessions.get(number=number)
        builders.a_record(session=session, started_at=first + timedelta(weeks=number - 1))
    return course


def points(course):
    return [due.point.value for due in look_of(course, now=NOW).due]


def sign(course, outcome=ReviewOutcome.GO_ON, *, key=KEY, of=None, **fields):
    look = Look(points(course) if of is None else of, outcome, **fields)
    return sign_review(course=course, look=look, practitioner=course.practitioner, key=key, now=NOW)


def test_after_session_4_the_course_waits_for_a_look():
    course = a_course()
    (found,) = courses_to_look_at(now=NOW)
    assert (found.course, found.given, found.planned) == (course, 4, 10)
    assert [due.point for due in found.due] == ["session_4"]
    assert found.since == date(2026, 9, 24)


def test_sessions_that_keep_it_up_or_will_not_be_given_do_not_count():
    course = a_course(given=4, sessions=12)
    course.sessions.filter(number__gt=8).update(phase="maintenance")
    course.sessions.filter(number__in=(7, 8)).update(dropped_reason="revised")
    assert points(course) == ["middle", "session_4"]


def test_signed_once_it_waits_no_more():
    course = a_course(first=LONG_AGO)
    assert points(course) == ["session_4", "six_months"]
    sign(course, note="denser at the crown")
    assert courses_to_look_at(now=NOW) == []
    assert sorted(CourseReview.objects.values_list("point", "outcome", "note")) == [
        ("session_4", "go_on", "denser at the crown"),
        ("six_months", "go_on", "denser at the crown"),
    ]


def test_the_same_key_signs_once():
    course = a_course()
    first = sign(course)
    assert sign(course, of=["session_4"]) == first
    with pytest.raises(KeyReused):
        sign(course, ReviewOutcome.CHANGE, of=["session_4"])


@pytest.mark.parametrize("of", [[], ["middle"], ["session_4", "six_months"]])
def test_only_what_is_due_is_signed(of):
    with pytest.raises(refusals.NotDue):
        sign(a_course(), of=of)
    assert CourseReview.objects.count() == 0


def test_stopping_ends_the_course_in_the_same_act():
    course = a_course()
    sign(course, ReviewOutcome.STOP, ending=Ending(EndReason.NO_RESPONSE, DropReason.RETURNED))
    course.refresh_from_db()
    assert (course.ended_why, course.sessions.filter(dropped_reason="returned").count()) == ("no_response", 6)


def test_a_stop_that_is_refused_leaves_no_review():
    course = a_course()
    with pytest.raises(refusals.SessionsLeft):
        sign(course, ReviewOutcome.STOP, ending=Ending(EndReason.COMPLETED))
    assert CourseReview.objects.count() == 0


def test_not_those_that_ended_nor_of_somebody_who_died():
    ended, dead = a_course(), a_course()
    type(ended).objects.filter(pk=ended.pk).update(ended_on=NOW.date(), ended_why="other")
    dead.patient.died_on = NOW.date()
    dead.patient.save(update_fields=["died_on"])
    assert courses_to_look_at(now=NOW) == []


def test_only_of_these_locations():
    course = a_course()
    assert courses_to_look_at(now=NOW, locations=[]) == []
    assert len(courses_to_look_at(now=NOW, locations=[course.location_id])) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_two_queries_however_many(rows, django_assert_num_queries):
    for _ in range(rows):
        a_course()
    with django_assert_num_queries(2):
        assert len(courses_to_look_at(now=NOW)) == rows
