"""Which times the desk may offer."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from bookings.services.desk.times import DAYS, Wanted, names_at, read_limits, read_times
from bookings.services.openings.doctors import doctors_for
from tests import builders
from tests.bookings.patient_clinic import local
from tests.builders import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)


@pytest.fixture
def place():
    location = builders.a_location()
    builders.a_room(location=location)
    builders.a_chair(location=location)
    consultation, session = builders.consultation_type(), builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[consultation, session], name="Dr Rao")
    return SimpleNamespace(location=location, consultation=consultation, session=session, doctor=doctor)


def times(place, *, first_day=None, now=NOW, **fields):
    wanted = Wanted(place.consultation, place.location, **fields)
    return read_times(wanted, first_day=first_day, now=now)


def a_course(place, **fields):
    return builders.a_course(
        location=place.location, visit_type=place.session, practitioner=place.doctor,
        now=NOW - timedelta(days=90), **fields,
    )  # fmt: skip


def given(session, day):
    builders.a_record(session=session, started_at=local(f"{day}T10:00"))


def test_times_begin_now_without_notice_and_cover_two_weeks(place):
    found = times(place)

    assert list(found.days) == [TODAY + timedelta(days=n) for n in range(DAYS)]
    assert found.days[TODAY][0] == NOW
    assert found.days[date(2026, 11, 14)][-1] == local("2026-11-14T17:30")
    assert found.days[date(2026, 11, 15)] == []  # Sunday


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        (TODAY - timedelta(days=1), TODAY),
        (TODAY + timedelta(days=3), TODAY + timedelta(days=3)),
        (TODAY + timedelta(days=366), TODAY + timedelta(days=366)),
        (TODAY + timedelta(days=367), TODAY + timedelta(days=366)),
    ],
)
def test_times_stay_between_today_and_a_year_ahead(place, asked, first):
    assert next(iter(times(place, first_day=asked).days)) == first


def test_times_of_one_doctor_only(place):
    other = builders.a_practitioner(location=place.location, qualified=[place.session])

    assert times(place, practitioner=other.pk).first_open is None
    assert times(place, practitioner=place.doctor.pk).first_open == TODAY


def test_names_at_each_start(place):
    builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Iyer")

    wanted = Wanted(place.consultation, place.location)
    doctors = doctors_for(place.consultation, place.location, today=TODAY)
    anybody = names_at([NOW], times(place), wanted, doctors)
    of_one = names_at([NOW], times(place), replace(wanted, practitioner=place.doctor.pk), doctors)

    assert anybody == {NOW: ["Dr Iyer", "Dr Rao"]}
    assert of_one == {NOW: ["Dr Rao"]}


def test_limits_of_a_first_session_are_none(place):
    limits = read_limits(a_course(place).sessions.get(number=1))

    assert (limits.first, limits.last, limits.allow(TODAY)) == (None, None, True)


@pytest.mark.parametrize(
    ("days", "allowed", "late"),
    [(9, False, False), (10, True, False), (21, True, False), (22, True, True), (28, True, True),
     (29, False, False)],
)  # fmt: skip
def test_limits_after_a_given_session(place, days, allowed, late):
    course = a_course(place)
    given(course.sessions.get(number=1), TODAY.isoformat())

    limits = read_limits(course.sessions.get(number=2))

    day = TODAY + timedelta(days=days)
    assert (limits.allow(day), limits.is_late(day)) == (allowed, late)


@pytest.mark.parametrize(("day", "allowed"), [(date(2026, 11, 14), True), (date(2026, 11, 15), False)])
def test_limits_before_a_session_that_follows(place, day, allowed):
    course = a_course(place)
    given(course.sessions.get(number=1), TODAY.isoformat())
    builders.a_booking(session=course.sessions.get(number=3), starts=local("2026-11-24T10:00"))

    limits = read_limits(course.sessions.get(number=2))  # at least ten days before

    assert (limits.last, limits.allow(day)) == (date(2026, 11, 14), allowed)


@pytest.mark.parametrize(("days", "allowed"), [(-7, True), (-6, False), (0, False), (6, False), (7, True)])
def test_limits_keep_a_week_from_another_courses_injection(place, days, allowed):
    course = a_course(place)
    other = a_course(place, patient=course.patient, decision=course.patient.decisions.get())
    there = date(2026, 11, 20)
    builders.a_booking(session=other.sessions.get(number=1), starts=local(f"{there}T10:00"))

    limits = read_limits(course.sessions.get(number=1))

    assert limits.allow(there + timedelta(days=days)) == allowed
