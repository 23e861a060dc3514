"""Why a course cannot be placed, and the least that one gap has to give way: against brute force."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.rules import planner
from bookings.rules.explaining import Change, Kind, changed, changes, explain
from bookings.rules.planner import After
from tests.bookings.test_planner import MONDAY, on, request
from treatments.rules.gaps import Gap

MORE = 10 if os.environ.get("CLINIC_SOAK") else 1
FORTNIGHT = Gap(7, 12, 14, 18)
LATER, SOONER = Kind.LATER, Kind.SOONER


def trouble(openings, gaps=(FORTNIGHT, FORTNIGHT), *, booked=(), **given):
    asked = request(openings, gaps, **given)
    found = explain(asked, planner.plan(asked).failure, booked=frozenset(booked))
    window = found.window and tuple((day - MONDAY).days for day in found.window)
    return found.session, window, found.changes


# What is named


def test_one_day_too_late_is_one_day_later():
    assert trouble([on(0), on(14), on(33)]) == (3, (26, 32), (Change(LATER, 3, 1),))


def test_one_day_too_soon_is_one_day_sooner():
    assert trouble([on(0), on(14), on(25)]) == (3, (26, 32), (Change(SOONER, 3, 1),))


def test_the_least_change_comes_first():
    found = trouble([on(0), on(14), on(25), on(35)])
    assert found[2] == (Change(SOONER, 3, 1), Change(LATER, 3, 3))


def test_a_gap_before_the_one_that_fails_may_be_the_one_to_give_way():
    openings = [on(0), on(14), on(20), on(38)]
    assert trouble(openings)[2] == (Change(LATER, 2, 2),)


@pytest.mark.parametrize(("day", "is_named"), [(20, False), (21, True)])
def test_nothing_sooner_than_the_floor_is_named(day, is_named):
    found = trouble([on(0), on(14), on(day)])[2]
    assert [one.kind for one in found] == ([SOONER] if is_named else [])


def test_a_course_begun_may_give_way_after_the_session_given_last():
    after = After(MONDAY - timedelta(days=20), FORTNIGHT)
    assert trouble([on(3), on(17)], (FORTNIGHT,), after=after)[2] == (Change(LATER, 1, 5),)


def test_nothing_is_named_where_two_gaps_are_in_the_way():
    assert trouble([on(0), on(20), on(40)])[2] == ()


def test_nothing_is_named_where_a_session_has_no_day_at_all():
    assert trouble([on(0), on(14), on(28, sessions=frozenset({1}))])[2] == ()


def test_a_session_between_two_booked_ones_is_named_with_the_days_between_them():
    first, third = on(0, sessions=frozenset({1})), on(28, sessions=frozenset({3}))
    free = [on(day, sessions=frozenset({2})) for day in (12, 18)]  # 16, then 10 days before the third
    assert trouble([first, third, *free[1:]], booked={1, 3}) == (2, (12, 16), (Change(SOONER, 3, 2),))
    assert trouble([first, third], booked={1, 3}) == (2, (12, 16), ())


def test_a_session_for_which_booked_ones_leave_no_day_is_named_without_one():
    first, third = on(0, sessions=frozenset({1})), on(20, sessions=frozenset({3}))
    openings = [first, third, *(on(day, sessions=frozenset({2})) for day in range(1, 20))]
    assert trouble(openings, booked={1, 3}) == (2, None, (Change(SOONER, 2, 4),))


# Against brute force: the change named does help, a smaller one does not, and one that helps is named

GAPS = st.lists(st.integers(1, 6), min_size=4, max_size=4).map(lambda numbers: Gap(*sorted(numbers)))
MOST = 27  # days, more than lie between any two of these openings


@st.composite
def small_requests(draw):
    gaps = draw(st.lists(GAPS, max_size=3))
    numbers = st.integers(1, len(gaps) + 1)
    opening = st.builds(on, st.integers(-1, 14), sessions=st.none() | st.frozensets(numbers))
    after = st.builds(After, st.integers(-9, 0).map(lambda day: MONDAY + timedelta(days=day)), GAPS)
    return request(draw(st.lists(opening, max_size=5)), gaps, after=draw(st.none() | after))


def is_possible(asked) -> bool:
    return bool(planner.plan(asked).proposals)


def gap_before(asked, session):
    return asked.gaps[session - 2] if session > 1 else asked.after and asked.after.gap


def by_brute_force(asked, kind):
    """Return the least change of one gap that helps, trying one day more at a time, or None."""
    given = {session: gap for session in range(1, asked.sessions + 1) if (gap := gap_before(asked, session))}
    most = {
        session: MOST if kind == LATER else gap.earliest - gap.never_before for session, gap in given.items()
    }
    helps = [session for session in most if is_possible(changed(asked, Change(kind, session, most[session])))]
    tried = ((days, session) for days in range(1, MOST + 1) for session in helps if days <= most[session])
    found = (Change(kind, session, days) for days, session in tried)
    return next((change for change in found if is_possible(changed(asked, change))), None)


@settings(max_examples=1000 * MORE)
@given(small_requests())
def test_changes_are_the_least_that_help(asked):
    if is_possible(asked):
        return
    expected = [found for kind in Kind if (found := by_brute_force(asked, kind))]
    assert changes(asked) == sorted(expected, key=lambda change: change.days)


@settings(max_examples=200 * MORE)
@given(small_requests())
def test_a_change_names_a_gap_and_leaves_the_others(asked):
    if is_possible(asked):
        return
    for change in changes(asked):
        other = changed(asked, change)
        pairs = [(gap_before(asked, n), gap_before(other, n)) for n in range(1, asked.sessions + 1)]
        differ = [n for n, (was, now) in enumerate(pairs, start=1) if was != now]
        assert differ == [change.session]
        [proposal] = planner.plan(replace(other, proposals=1)).proposals
        assert len(proposal.times) == asked.sessions
