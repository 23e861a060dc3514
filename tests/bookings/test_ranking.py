"""Who gains from a freed time: both sides of every condition, and the written order against brute force."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest

from bookings.rules.ranking import FreeTime, Need, Neighbour, Waiting, WhyNot, rank
from treatments.rules.gaps import Gap

TODAY = date(2026, 11, 2)  # a Monday
FORTNIGHT = Gap(7, 10, 14, 21)
SINCE = datetime(2026, 10, 20, tzinfo=UTC)
FREE = FreeTime(date(2026, 11, 12), time(10), practitioner=5, is_soon=False)  # a Thursday
ANYBODY = Waiting(1, SINCE, TODAY, date(2026, 12, 31))


def day(number: int) -> date:
    """So many days after the freed one."""
    return FREE.day + timedelta(days=number)


def why(free=FREE, **fields):
    found = rank(free, [replace(ANYBODY, **fields)], today=TODAY)
    return found.others.get(1)


def before(days: int, gap=FORTNIGHT) -> Neighbour:
    return Neighbour(day(-days), gap)


def after(days: int, gap=FORTNIGHT) -> Neighbour:
    return Neighbour(day(days), gap)


def test_it_suits_whoever_takes_anything():
    assert [one.entry for one in rank(FREE, [ANYBODY], today=TODAY).suited] == [1]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"first_on": day(0)}, None),
        ({"first_on": day(1)}, WhyNot.OTHER_DAYS),
        ({"last_on": day(0)}, None),
        ({"last_on": day(-1)}, WhyNot.OTHER_DAYS),
        ({"weekdays": frozenset({3})}, None),
        ({"weekdays": frozenset({0, 1, 2, 4, 5, 6})}, WhyNot.OTHER_WEEKDAY),
        ({"hours": (time(10), time(12))}, None),
        ({"hours": (time(10, 5), time(12))}, WhyNot.OTHER_HOURS),
        ({"hours": (time(8), time(10))}, WhyNot.OTHER_HOURS),
        ({"hours": (time(8), time(10, 1))}, None),
        ({"practitioner": 5}, None),
        ({"practitioner": 6}, WhyNot.OTHER_DOCTOR),
        ({"away": [(day(-3), day(-1)), (day(1), day(4))]}, None),
        ({"away": [(day(0), day(0))]}, WhyNot.AWAY),
        ({"has_on": day(1)}, None),
        ({"has_on": day(0)}, WhyNot.NO_GAIN),
        ({"has_on": day(-1)}, WhyNot.NO_GAIN),
        ({"is_busy": True}, WhyNot.BUSY),
        ({"is_held_back": True}, WhyNot.HELD_BACK),
        ({"near": [(day(7), 7), (day(-7), 7)]}, None),
        ({"near": [(day(6), 7)]}, WhyNot.TOO_SOON),
        ({"near": [(day(-6), 7)]}, WhyNot.TOO_SOON),
    ],
)
def test_what_they_said_and_what_they_have_decide(said, expected):
    assert why(**said) == expected


@pytest.mark.parametrize(("is_soon", "expected"), [(True, WhyNot.SHORT_NOTICE), (False, None)])
def test_only_a_time_of_today_is_at_short_notice(is_soon, expected):
    assert why(replace(FREE, is_soon=is_soon), at_short_notice=False) == expected
    assert why(replace(FREE, is_soon=is_soon), at_short_notice=True) is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [(6, WhyNot.TOO_SOON), (9, WhyNot.TOO_SOON), (10, None), (21, None), (28, None), (29, WhyNot.TOO_LATE)],
)
def test_the_gap_from_the_session_before(days, expected):
    assert why(before=before(days)) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(9, WhyNot.NEXT_TOO_SOON), (10, None), (21, None), (22, WhyNot.NEXT_TOO_LATE)],
)
def test_the_gap_to_the_session_after_one_without_a_time(days, expected):
    assert why(after=after(days)) == expected


@pytest.mark.parametrize(("days", "pulls"), [(21, False), (22, True), (40, True)])
def test_pulling_one_forward_may_pull_the_next_one_along(days, pulls):
    one = replace(ANYBODY, has_on=day(5), after=after(days))

    [found] = rank(FREE, [one], today=TODAY).suited

    assert found.pulls_next == pulls


# The order


LATE = replace(ANYBODY, entry=11, has_on=day(9), before=before(13))  # latest is day(8)
LATER = replace(LATE, entry=12, has_on=day(12))
NO_TIME = replace(ANYBODY, entry=13, before=before(15))
NO_TIME_NO_LATEST = replace(ANYBODY, entry=14)
NEAR = replace(ANYBODY, entry=15, has_on=day(7), before=before(13))
FAR = replace(ANYBODY, entry=16, has_on=day(6), before=before(13))
NO_LATEST = replace(ANYBODY, entry=17, has_on=day(30))
GAINS_LESS = replace(ANYBODY, entry=18, has_on=day(29), since=SINCE - timedelta(days=9))
WAITED_LESS = replace(GAINS_LESS, entry=19, since=SINCE)
WRITTEN_LATER = replace(WAITED_LESS, entry=20)
WRITTEN = [
    LATER, LATE, NO_TIME, NO_TIME_NO_LATEST, NEAR, FAR, NO_LATEST, GAINS_LESS, WAITED_LESS, WRITTEN_LATER
]  # fmt: skip


def test_the_order_is_the_written_one():
    found = rank(FREE, reversed(WRITTEN), today=TODAY).suited

    assert [one.entry for one in found] == [one.entry for one in WRITTEN]
    assert [one.need for one in found] == [0, 0, 1, 1, *[2] * 6]
    assert found[0] == replace(found[0], need=Need.PAST_LATEST, spare=-4, gained=12)


def test_in_whatever_order_they_come_the_ranking_is_one():
    three = [LATE, NEAR, GAINS_LESS]

    found = {
        tuple(one.entry for one in rank(FREE, order, today=TODAY).suited) for order in permutations(three)
    }

    assert found == {(11, 15, 18)}


def test_who_has_no_time_and_is_past_the_latest_day_is_past_it():
    one = replace(ANYBODY, before=before(22))

    [found] = rank(FREE, [one], today=TODAY).suited

    assert (found.need, found.spare) == (Need.PAST_LATEST, -1)
