"""Why a course cannot be placed: what blocks each day, and what would help."""

from uuid import uuid4

import pytest

from bookings import door
from bookings.models import WorkingHours
from bookings.refusals import TooLate
from bookings.services.door.gap_rules import Authority
from bookings.services.explaining import Help, Why, explain
from bookings.services.planning import propose
from tests import builders
from tests.bookings.plan_clinic import away, close, course, fill, given, local, november, question
from tests.builders import NOW
from treatments.rules.gaps import Verdict

__all__ = ["course"]
pytestmark = pytest.mark.django_db(transaction=True)
SUNDAYS = (november(15), november(22))


def span(first, last):
    return tuple(november(day) for day in range(first, last + 1))


def week_days(first, last):
    return tuple(day for day in span(first, last) if day.weekday() != 6)


def reasons(found):
    return {one.why: one.days for one in found.blocked}


def ways(found):
    return [(way.help, way.session.number, way.day, way.days) for way in found.ways]


def test_there_is_nothing_to_explain_where_there_is_a_plan(course):
    assert explain(question(course)) is None


def test_leave_is_named_with_the_first_day_after_it(course):
    now = given(course)
    close(course, 12, 26, kind="leave", resource=course.practitioner.resource)

    found = explain(question(course, now=now))

    assert (found.session.number, found.window) == (2, (november(14), november(25)))
    assert reasons(found) == {Why.LEAVE: week_days(14, 25), Why.HOURS: SUNDAYS}
    assert ways(found) == [(Help.LATER, 2, november(27), 2), (Help.SOONER, 2, november(11), 3)]
    assert [way.verdict for way in found.ways] == [Verdict.LATE, Verdict.DOCTOR_ONLY]


def test_the_way_on_that_is_named_is_one_the_desk_can_go(course):
    now = given(course)
    close(course, 12, 26)
    way, _sooner = explain(question(course, now=now)).ways
    at = {"session": way.session, "starts": local("2026-11-27T10:00"), "by": None, "now": now}

    with pytest.raises(TooLate):
        door.book_session(**at, key=uuid4(), authority=Authority.PATIENT)
    assert door.book_session(**at, key=uuid4(), authority=Authority.DESK).day == way.day == november(27)


@pytest.mark.parametrize(("kind", "why"), [("closed", Why.CLOSED), ("holiday", Why.HOLIDAY)])
def test_a_closed_house_is_not_leave(course, kind, why):
    now = given(course)
    close(course, 12, 26, kind=kind)

    assert reasons(explain(question(course, now=now))) == {why: week_days(14, 25), Why.HOURS: SUNDAYS}


def test_days_that_are_full_are_not_closed(course):
    now = given(course)
    fill(course, 14, 25)

    found = explain(question(course, now=now))

    assert reasons(found) == {Why.FULL: week_days(14, 25), Why.HOURS: SUNDAYS}
    assert ways(found) == [(Help.LATER, 2, november(26), 1), (Help.SOONER, 2, november(13), 1)]
    assert found.ways[1].verdict == Verdict.DOCTOR_ONLY


def test_days_without_hours_are_neither_full_nor_closed(course):
    now = given(course)
    WorkingHours.objects.filter(resource=course.practitioner.resource).update(from_on=november(27))

    found = explain(question(course, now=now))

    assert reasons(found) == {Why.HOURS: span(14, 25)}
    assert ways(found) == [(Help.LATER, 2, november(27), 2)]


def test_days_away_are_the_patients_own(course):
    now = given(course)
    away(course, 14, 25)

    found = explain(question(course, now=now))

    assert reasons(found) == {Why.AWAY: span(14, 25)}
    assert ways(found) == [
        (Help.AWAY, 2, november(18), 0), (Help.LATER, 2, november(26), 1), (Help.SOONER, 2, november(13), 1),
    ]  # fmt: skip


def test_another_course_may_be_too_near(course):
    now = given(course)
    weekly = {"never_before": 7, "earliest": 7, "target": 10, "latest": 10}
    other = builders.a_course(
        location=course.location, visit_type=course.visit_type, practitioner=course.practitioner, gap=weekly,
        decision=course.patient.decisions.get(), sessions=2,
    )  # fmt: skip
    course.bookings.all().delete()
    plan = propose(other, now=now, not_before=november(16))
    door.place_course(course=other, times=plan.times, key=uuid4(), by=None, now=now)  # 16 and 26

    found = explain(question(course, now=now))

    assert reasons(found) == {Why.NEAR: span(14, 25)}


def test_with_another_doctor_is_named_where_it_helps(course):
    other = builders.a_practitioner(location=course.location, qualified=[course.visit_type])
    now = given(course)
    close(course, 12, 60, kind="leave", resource=course.practitioner.resource)

    found = explain(question(course, now=now, practitioner=course.practitioner_id))

    assert reasons(found) == {Why.DOCTOR: week_days(14, 25), Why.HOURS: SUNDAYS}
    assert ways(found)[0] == (Help.DOCTOR, 2, november(18), 0)
    assert other.pk


def test_another_day_of_the_week_is_named_where_it_helps(course):
    now = given(course)
    close(course, 16, 16)
    close(course, 23, 23)

    found = explain(question(course, now=now, weekdays=frozenset({0})))

    assert ways(found)[0] == (Help.WEEKDAY, 2, november(18), 0)
    assert reasons(found)[Why.CLOSED] == (november(16), november(23))
    assert november(18) in reasons(found)[Why.WEEKDAY]


def test_both_wishes_are_named_where_only_both_help(course):
    builders.a_practitioner(location=course.location, qualified=[course.visit_type])
    now = given(course)
    close(course, 12, 60, kind="leave", resource=course.practitioner.resource)
    for monday in (16, 23):
        close(course, monday, monday)

    wished = {"weekdays": frozenset({0}), "practitioner": course.practitioner_id}
    found = explain(question(course, now=now, **wished))

    assert ways(found)[0] == (Help.WISHES, 2, november(18), 0)


def test_a_first_day_past_the_latest_is_named_as_such(course):
    now = given(course)

    found = explain(question(course, now=now, not_before=november(30)))

    assert found.window == (november(14), november(25))
    assert reasons(found) == {Why.SOON: span(14, 25)}
    assert (Help.BEGIN_SOONER, 2, november(18), 0) in ways(found)


def test_a_later_beginning_is_named_where_it_helps(course):
    close(course, 1, 120)

    found = explain(question(course))

    assert ways(found) == [(Help.BEGIN_LATER, 1, november(121), 119)]


def test_a_session_between_booked_ones_is_named_with_the_days_between_them(course):
    plan = propose(course, now=NOW)
    _, second, _ = door.place_course(course=course, times=plan.times, key=uuid4(), by=None, now=NOW)
    door.cancel(bookings=[second], key=uuid4(), by=None, now=NOW)
    fill(course, 12, 20)

    found = explain(question(course))

    assert (found.session.number, found.window) == (2, (november(12), november(20)))
    assert set(reasons(found)) == {Why.FULL, Why.HOURS}
    assert ways(found) == [(Help.SOONER, 2, november(11), 1)]


def test_a_first_session_that_finds_nothing_was_looked_for_over_all_days(course):
    found = explain(question(course, weekdays=frozenset({6})))  # a Sunday

    assert (found.session.number, found.window) == (1, (november(2), november(2 + 42 + 21 + 21)))
    assert reasons(found)[Why.WEEKDAY] == tuple(day for day in span(2, 86) if day.weekday() != 6)
    assert ways(found)[0] == (Help.WEEKDAY, 1, november(2), 0)


@pytest.mark.parametrize("booked", [1, 8])
def test_an_explanation_costs_the_same_queries_however_much_is_booked(
    course, booked, django_assert_num_queries
):
    now = given(course)
    fill(course, 14, 25)
    fill(course, 40, 40 + booked)
    asked = question(course, now=now)

    with django_assert_num_queries(12):
        explain(asked)
