"""The forecast of who waits how long, from tables of one morning. Times are minutes after ten."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.rules.lateness import Stage, Turn, forecast

TEN = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def at(minutes):
    return None if minutes is None else TEN + timedelta(minutes=minutes)


def turn(who, starts, stage="to_come", *, length=30, before=0, came=None, since=None, late=0):
    minutes = {"length": length, "before": before, "late": late}
    spans = {name: timedelta(minutes=value) for name, value in minutes.items()}
    return Turn(who=who, starts=at(starts), stage=Stage(stage), came=at(came), since=at(since), **spans)


def said(turns, now):
    """(minutes behind, {who: (expected, minutes they wait)})"""
    found = forecast(turns, now=at(now))
    minute = timedelta(minutes=1)
    waits = {wait.who: ((wait.expected - TEN) // minute, wait.length // minute) for wait in found.waits}
    return found.behind // minute, waits


def test_nobody_there_is_nothing_to_say():
    assert said([], 0) == (0, {})


def test_on_time_nobody_waits():
    turns = [turn(1, 0, "with_doctor", came=-5, since=0), turn(2, 30, "here", came=20), turn(3, 60)]

    assert said(turns, 25) == (0, {})


def test_overrun_makes_the_next_wait_and_free_time_takes_it_up():
    turns = [turn(1, 0, "with_doctor", came=-5, since=0), turn(2, 30, "here", came=25), turn(3, 90)]

    assert said(turns, 50) == (20, {2: (50, 20)})


def test_overrun_goes_on_from_one_to_the_next():
    turns = [turn(1, 0, "with_doctor", since=0), turn(2, 30, "here", came=25), turn(3, 60), turn(4, 90)]

    assert said(turns, 45) == (15, {2: (45, 15), 3: (75, 15), 4: (105, 15)})


def test_one_who_began_late_is_known_to_end_late():
    turns = [turn(1, 0, "with_doctor", came=0, since=25), turn(2, 30)]

    assert said(turns, 26) == (25, {2: (55, 25)})


@pytest.mark.parametrize(("now", "waits"), [(39, {}), (40, {2: (40, 10)})])
def test_ten_minutes_are_worth_saying_and_nine_are_not(now, waits):
    turns = [turn(1, 0, "with_doctor", since=0), turn(2, 30, "here", came=20)]

    assert said(turns, now) == (now - 30, waits)


def test_somebody_waits_though_nobody_is_inside():
    assert said([turn(1, 0, "here", came=-5)], 20) == (20, {1: (20, 20)})


def test_who_came_late_waits_from_then_on():
    assert said([turn(1, 0, "here", came=18)], 20) == (2, {})


def test_who_should_be_here_and_is_not_holds_nobody_up():
    turns = [turn(1, 0), turn(2, 30, "here", came=20)]

    assert said(turns, 30) == (0, {})


def test_who_said_late_is_expected_then_and_others_go_first():
    turns = [turn(1, 0, late=30), turn(2, 15, "here", came=10)]

    assert said(turns, 15) == (15, {1: (45, 15)})


def test_numbing_still_to_come_is_no_delay_of_the_doctor():
    late_for_numbing = turn(1, 45, "here", before=45, came=30, length=20)

    assert said([late_for_numbing], 30) == (0, {})


def test_numbing_that_ends_later_lets_others_go_first():
    turns = [turn(1, 45, "preparing", before=45, came=30, since=30, length=20), turn(2, 50, "here", came=45)]

    assert said(turns, 50) == (5, {})


def test_numbed_and_not_called_in_waits():
    turns = [turn(1, 45, "preparing", before=45, came=0, since=0, length=20)]

    assert said(turns, 60) == (15, {1: (60, 15)})


def test_stage_whose_beginning_is_not_known_began_as_planned():
    turns = [turn(1, 0, "with_doctor"), turn(2, 45, "preparing", before=45, came=0, length=20)]

    assert said(turns, 20) == (0, {})


def test_last_one_inside_past_the_end_is_behind_though_nobody_waits():
    assert said([turn(1, 0, "with_doctor", since=0)], 45) == (15, {})
