"""Stop and review (I-13): session 4, half-way, half a year; each point once, none of a course that ended."""

from datetime import date, timedelta

import pytest

from treatments.rules.reviewing import Due, Point, due_points

FIRST = date(2026, 5, 4)


def weekly(count):
    return [FIRST + timedelta(weeks=n) for n in range(count)]


def points(given, planned, *, on=None, **fields):
    today = on or (given[-1] if given else FIRST)
    return [due.point for due in due_points(given=given, planned=planned, today=today, **fields)]


def test_nothing_is_due_before_anything_was_given():
    assert points([], 8, on=FIRST + timedelta(days=400)) == []


@pytest.mark.parametrize(("count", "due"), [(3, []), (4, ["session_4"])])
def test_session_4(count, due):
    assert points(weekly(count), 12) == due


@pytest.mark.parametrize(
    ("count", "planned", "due"),
    [
        (4, 10, ["session_4"]),
        (5, 10, ["session_4", "middle"]),
        (1, 3, []),
        (2, 3, ["middle"]),
        (2, 5, []),
        (3, 5, ["middle"]),
        (1, 2, []),
        (2, 2, []),
        (1, 1, []),
    ],
)
def test_half_way(count, planned, due):
    assert points(weekly(count), planned) == due


@pytest.mark.parametrize("planned", [7, 8])
def test_one_look_serves_both_where_the_fourth_is_the_middle(planned):
    assert points(weekly(4), planned) == ["session_4"]
    assert points(weekly(6), planned, looked_at={"session_4"}) == []


@pytest.mark.parametrize(("days", "due"), [(181, []), (182, ["six_months"])])
def test_half_a_year_after_the_first(days, due):
    assert points([FIRST], 2, on=FIRST + timedelta(days=days)) == due


def test_no_point_twice():
    given, later = weekly(5), FIRST + timedelta(days=200)
    assert points(given, 10, on=later) == ["session_4", "middle", "six_months"]
    assert points(given, 10, on=later, looked_at={"session_4", "six_months"}) == ["middle"]


def test_none_of_a_course_that_ended():
    assert points(weekly(5), 10, on=FIRST + timedelta(days=200), has_ended=True) == []


def test_since_is_the_day_the_point_was_reached_in_whatever_order_days_come():
    given = weekly(4)[::-1]
    found = due_points(given=given, planned=12, today=FIRST + timedelta(days=300))
    assert found == (
        Due(Point.SESSION_4, FIRST + timedelta(weeks=3)),
        Due(Point.SIX_MONTHS, FIRST + timedelta(days=182)),
    )
