"""By when somebody rings: both sides of each boundary."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.deadlines import passed_on_at, ring_by

BENGALURU = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")


def local(hour, minute=0, *, day=2, zone=BENGALURU):
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "by"),
    [
        (local(0, 0), local(19)),
        (local(10), local(19)),
        (local(14, 59), local(19)),
        (local(15), local(19)),
        (local(15, 1), local(19, 1)),
        (local(19), local(23)),
        (local(21), local(1, day=3)),
        (local(23, 59), local(3, 59, day=3)),
    ],
)
def test_same_day_ends_with_the_clinics_day_or_four_hours_later(now, by):
    assert ring_by("same-day", now=now.astimezone(UTC), zone=BENGALURU) == by


def test_the_clinics_day_is_the_one_where_the_clinic_is():
    now = local(23, zone=BENGALURU)

    assert ring_by("same-day", now=now, zone=NEW_YORK) == local(19, zone=NEW_YORK)


def test_an_emergency_is_due_at_once():
    assert ring_by("emergency", now=local(10), zone=BENGALURU) == local(10)


def test_seven_days_are_seven_days():
    assert ring_by("7-day", now=local(10), zone=BENGALURU) - local(10) == timedelta(days=7)


def test_a_lane_without_a_call_has_no_deadline():
    with pytest.raises(ValueError, match="no deadline"):
        ring_by("none", now=local(10), zone=BENGALURU)


@pytest.mark.parametrize(
    ("now", "by"), [(local(18, 59), local(18, 59, day=9)), (local(23, 10), local(19, day=9))]
)
def test_seven_days_end_with_the_clinics_day(now, by):
    assert ring_by("7-day", now=now.astimezone(UTC), zone=BENGALURU) == by


# How long one person may take


def passed_on(lane, now, deadline, **more):
    at = passed_on_at(lane, now=now.astimezone(UTC), deadline=deadline, zone=BENGALURU, **more)
    return at.astimezone(BENGALURU)


@pytest.mark.parametrize(
    ("now", "deadline", "at"),
    [
        (local(8), local(19), local(9)),  # an hour at most
        (local(15), local(19), local(16)),
        (local(17), local(19), local(17, 30)),  # a quarter of what is left
        (local(18, 20), local(19), local(18, 30)),
        (local(18, 55), local(19), local(19, 5)),  # ten minutes at least
        (local(20), local(19), local(20, 10)),
    ],
)
def test_what_is_due_today_goes_on_after_a_quarter_of_what_is_left(now, deadline, at):
    assert passed_on("same-day", now, deadline) == at


def test_three_in_turn_have_time_before_the_deadline_of_a_night():
    now, deadline = local(23, 10), local(3, 10, day=3)

    second = passed_on("same-day", now, deadline)
    managers = passed_on("same-day", second, deadline)

    assert deadline - managers >= timedelta(hours=2)


@pytest.mark.parametrize(
    ("lane", "is_crisis", "minutes"),
    [("emergency", False, 5), ("emergency", True, 5), ("same-day", True, 10), ("7-day", True, 10)],
)
def test_what_cannot_wait_goes_on_within_minutes(lane, is_crisis, minutes):
    at = passed_on(lane, local(10), local(19), is_crisis=is_crisis)

    assert at - local(10) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (local(10, day=2), local(10, day=4)),  # Monday: Wednesday
        (local(23, 10, day=5), local(10, day=7)),  # Thursday night: Saturday
        (local(10, day=6), local(10, day=9)),  # Friday: Monday
        (local(23, 10, day=7), local(10, day=10)),  # Saturday night: Tuesday
    ],
)
def test_what_has_a_week_goes_on_the_second_clinic_day(now, at):
    assert passed_on("7-day", now, now + timedelta(days=7)) == at


def test_a_holiday_is_left_out_but_a_day_before_the_deadline_it_goes_on():
    now, deadline = local(10), local(10, day=9)

    without_tuesday = passed_on("7-day", now, deadline, is_open=lambda day: day.day != 3)
    shut = passed_on("7-day", now, deadline, is_open=lambda day: False)

    assert (without_tuesday, shut) == (local(10, day=5), local(10, day=8))
