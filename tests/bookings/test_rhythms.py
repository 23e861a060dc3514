"""Other rhythms for one course: each true to its name, none of them another one again."""

import pytest

from bookings.services.planning import Wish, ask
from bookings.services.rhythms import Rhythm, offer
from tests import builders
from tests.bookings.plan_clinic import came, close, course, days, given, november, question
from tests.builders import NOW

__all__ = ["course"]
pytestmark = pytest.mark.django_db


def offered(course, **asked):
    return {one.rhythm: one for one in offer(question(course, **asked))}


def test_a_plan_that_is_soonest_and_steadiest_is_offered_once(course):
    found = offered(course)

    assert list(found) == [Rhythm.SUGGESTED, Rhythm.OTHER]
    assert days(found[Rhythm.SUGGESTED].proposal) == [november(2), november(16), november(30)]


def test_other_days_are_half_of_the_sessions_at_least(course):
    found = offered(course)

    assert found[Rhythm.OTHER].on_other_days(found[Rhythm.SUGGESTED]) == 2


def test_steadiest_begins_later_where_that_keeps_every_gap(course):
    close(course, 14, 18)

    found = offered(course)

    assert (days(found[Rhythm.SUGGESTED].proposal), found[Rhythm.SUGGESTED].drift) == (
        [november(2), november(13), november(27)], 3,
    )  # fmt: skip
    assert (days(found[Rhythm.STEADIEST].proposal), found[Rhythm.STEADIEST].drift) == (
        [november(5), november(19), november(33)], 0,
    )  # fmt: skip
    assert Rhythm.SOONEST not in found


def test_soonest_takes_the_first_day_that_the_gap_allows(course):
    found = offered(course, now=given(course))

    assert days(found[Rhythm.SUGGESTED].proposal) == [november(18), november(32)]
    assert days(found[Rhythm.SOONEST].proposal) == [november(14), november(28)]


def test_yours_are_the_days_and_the_hour_and_the_doctor_of_earlier_visits(course):
    came(course, "2026-10-15T15:00", "2026-10-22T15:30", "2026-10-29T15:30")  # Thursdays

    yours = offered(course)[Rhythm.YOURS]

    assert days(yours.proposal) == [november(5), november(19), november(33)]
    assert {item.starts.astimezone(question(course).tz).hour for item in yours.proposal.wanted} == {15}
    assert (yours.usual, len(yours.days)) == (3, 3)


def test_one_visit_is_no_habit(course):
    came(course, "2026-10-15T15:00")

    assert Rhythm.YOURS not in offered(course)


def test_visits_that_were_not_kept_are_no_habit(course):
    came(course, "2026-10-15T15:00", "2026-10-22T15:30")
    course.patient.bookings.update(status="no_show")

    assert Rhythm.YOURS not in offered(course)


def test_a_habit_that_the_plan_keeps_already_is_not_offered(course):
    came(course, "2026-10-12T10:00", "2026-10-19T10:00")  # Mondays

    assert Rhythm.YOURS not in offered(course)


def test_yours_may_be_with_somebody_else_than_the_course(course):
    other = builders.a_practitioner(location=course.location, qualified=[course.visit_type])
    came(course, "2026-10-15T15:00", "2026-10-22T15:30", practitioner=other)

    found = offered(course)

    assert {item.practitioner for item in found[Rhythm.YOURS].proposal.wanted} == {other.pk}
    assert {item.practitioner for item in found[Rhythm.SUGGESTED].proposal.wanted} == {course.practitioner_id}


def test_every_rhythm_keeps_what_was_asked_for(course):
    came(course, "2026-10-15T15:00", "2026-10-22T15:30")

    for one in offered(course, weekdays=frozenset({0, 1})).values():
        assert {day.weekday() for day in one.days} <= {0, 1}


def test_no_two_rhythms_are_the_same_plan(course):
    came(course, "2026-10-15T15:00", "2026-10-22T15:30")
    close(course, 14, 18)
    found = offer(question(course))

    assert len(found) >= 4
    assert len({tuple(item.starts for item in one.proposal.wanted) for one in found}) == len(found)


def test_nothing_is_offered_where_nothing_can_be_placed(course):
    close(course, 1, 400)

    assert offer(question(course)) == []


@pytest.mark.parametrize("sessions", [1, 6])
def test_rhythms_cost_the_same_queries_for_any_number_of_sessions(
    course, sessions, django_assert_num_queries
):
    longer = builders.a_course(
        sessions=sessions,
        location=course.location,
        visit_type=course.visit_type,
        practitioner=course.practitioner,
    )
    with django_assert_num_queries(10):
        offer(ask(longer, now=NOW, wish=Wish()))
