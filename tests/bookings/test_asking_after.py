"""Who asks how things are after a pause, and when: the desk's lines, the doctors' lines."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from bookings.services.asking_after import going_on_without_times, paused_long
from bookings.services.desk.todo_pauses import pauses
from tests import builders
from tests.bookings.door_clinic import a_course, place, place_days
from tests.builders import NOW
from treatments.models import Course, Pause

__all__ = ["place"]
pytestmark = pytest.mark.django_db(transaction=True)
DAY, SECOND, HOUR = timedelta(days=1), timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def course(place):
    return a_course(place)


def asked(course, now, **how):
    return [(one.pause.pk, one.days) for one in paused_long(now=now, locations=[course.location_id], **how)]


def at(location, now):
    return SimpleNamespace(location=location, now=now)


@pytest.mark.parametrize(("after", "days"), [(14 * DAY - SECOND, None), (14 * DAY, 14), (16 * DAY, 16)])
def test_after_two_weeks_it_is_time_to_ask(course, after, days):
    made = builders.a_pause(course=course)
    assert asked(course, NOW + after) == ([(made.pk, days)] if days else [])


@pytest.mark.parametrize(("on", "is_asked"), [(29, False), (30, True)])
def test_not_before_the_day_that_was_named(course, on, is_asked):
    made = builders.a_pause(course=course)
    Pause.objects.filter(pk=made.pk).update(until_on=date(2026, 12, 30))
    now = NOW.replace(month=12, day=on) + HOUR
    assert bool(asked(course, now)) is is_asked


def test_a_pause_of_all_courses_is_asked_about_once_where_they_are(place, course):
    second = builders.a_course(decision=course.patient.decisions.get(), location=place[0])
    made = builders.a_pause(patient=course.patient)
    assert asked(second, NOW + 20 * DAY) == [(made.pk, 20)]
    elsewhere = builders.a_location()
    assert paused_long(now=NOW + 20 * DAY, locations=[elsewhere.pk]) == []
    assert len(paused_long(now=NOW + 20 * DAY, locations=None)) == 1


def test_what_ended_is_not_asked_about(course):
    ended = builders.a_pause(course=course)
    Pause.objects.filter(pk=ended.pk).update(ended_at=NOW + DAY, ended_by=ended.by)
    builders.a_pause(course=course)
    Course.objects.filter(pk=course.pk).update(ended_on=NOW.date(), ended_why="completed")
    assert asked(course, NOW + 20 * DAY) == []


def test_medicines_pause_is_the_doctors_to_ask_about(course):
    own, medicine = (
        builders.a_pause(patient=course.patient),
        builders.a_pause(course=course, cause="medicine"),
    )
    assert asked(course, NOW + 15 * DAY) == [(own.pk, 15)]
    assert asked(course, NOW + 15 * DAY, by_doctor=True) == [(medicine.pk, 15)]


def test_as_many_queries_for_one_as_for_three(place, django_assert_num_queries):
    for n in range(3):
        builders.a_pause(course=a_course(place))
        with django_assert_num_queries(3):
            assert len(list(pauses(at(place[0], NOW + 15 * DAY)))) == n + 1


# Going on


def resumed(course, ended_at=NOW):
    made = builders.a_pause(course=course)
    Pause.objects.filter(pk=made.pk).update(ended_at=ended_at, ended_by=made.by)


def going_on(course, now=NOW + 2 * HOUR):
    return going_on_without_times(location=course.location, now=now)


@pytest.mark.parametrize(
    ("after", "listed"),
    [(2 * HOUR - SECOND, False), (2 * HOUR, True), (90 * DAY, True), (90 * DAY + SECOND, False)],
)
def test_who_goes_on_without_a_time_is_listed_after_two_hours(course, after, listed):
    resumed(course)
    assert (going_on(course, NOW + after) == [course]) is listed


def test_not_with_a_time_ahead_nor_while_another_pause_is_open_nor_when_nothing_is_wanted(place, course):
    resumed(course)
    booked, paused, soft, whole = (a_course(place) for _ in range(4))
    for one in (booked, paused, soft):
        resumed(one)
    place_days(booked, 3)
    builders.a_pause(patient=paused.patient)
    soft.sessions.update(is_soft=True)
    assert going_on(course) == [course]  # and `whole` was never paused
    assert whole.pk


def test_the_lines_of_the_desk(course):
    builders.a_pause(course=course)
    resumed(other := builders.a_course(location=course.location))
    ask, choose = pauses(at(course.location, NOW + 16 * DAY))

    assert ask.reasons[0][2] == "paused for 16 days: ask"
    assert (ask.title, ask.acts[0].href) == (
        course.patient.name,
        f"/desk/patients/{course.patient_id}/pause/",
    )
    assert choose.reasons[0][2] == "goes on after a pause: no time yet"
    assert choose.acts[0].href == f"/desk/patients/{other.patient_id}/"
