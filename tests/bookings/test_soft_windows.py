"""Windows of sessions without a time: from the day before them, and in chains by targets."""

from datetime import date, timedelta

import pytest

from bookings.rules.soft_windows import Link, SoftWindow, windows
from treatments.rules.gaps import Gap

DAY = date(2026, 11, 2)
SIX_WEEKS = Gap(28, 35, 42, 56)
FORTNIGHT = Gap(7, 12, 14, 18)


def after(days, start=DAY):
    return start + timedelta(days=days)


def test_a_window_counts_from_the_day_before():
    found = windows([Link(DAY, None), Link(None, SIX_WEEKS)])
    assert found == [None, SoftWindow(after(35), after(42), after(56), True, after(21))]


def test_a_chain_counts_from_what_the_one_before_aims_at():
    found = windows([Link(DAY, None), Link(None, SIX_WEEKS), Link(None, SIX_WEEKS)])[2]
    assert found == SoftWindow(after(77), after(84), after(98), False, None)


def test_a_day_in_the_chain_is_counted_from_anew():
    booked = after(50)
    found = windows([Link(DAY, None), Link(None, SIX_WEEKS), Link(booked, SIX_WEEKS), Link(None, SIX_WEEKS)])
    assert found[2] is None
    assert found[3] == SoftWindow(after(85), after(92), after(106), True, after(71))


@pytest.mark.parametrize(("gap", "opens"), [(FORTNIGHT, 0), (Gap(7, 18, 21, 26), 0), (Gap(7, 18, 22, 26), 1)])
def test_no_window_opens_before_the_day_it_counts_from(gap, opens):
    assert windows([Link(DAY, None), Link(None, gap)])[1].opens_on == after(opens)


def test_nothing_is_known_before_the_first_has_a_day():
    assert windows([Link(None, None), Link(None, SIX_WEEKS)]) == [None, None]


def test_a_chain_that_is_behind_is_expected_from_today_on():
    today = after(100)
    links = [Link(DAY, None), Link(None, SIX_WEEKS), Link(None, SIX_WEEKS)]
    found = windows(links, not_before=today)
    assert [window.target for window in found[1:]] == [today, after(42, today)]
