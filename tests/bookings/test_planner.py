import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.rules import planner
from bookings.rules.planner import After, Failure, GapDays, Opening, PlanRequest, Reason, Weights
from treatments.rules.gaps import Gap

KOLKATA = ZoneInfo("Asia/Kolkata")
MONDAY = date(2027, 1, 4)
WEEKLY = GapDays(7, 7, 10)
MORE = 10 if os.environ.get("CLINIC_SOAK") else 1


def on(day: int, hour: int = 10, **given) -> Opening:
    at = datetime.combine(MONDAY + timedelta(days=day), time(hour), KOLKATA)
    return Opening(at.astimezone(UTC), **given)


def request(openings, gaps=(WEEKLY, WEEKLY), **given) -> PlanRequest:
    return PlanRequest(MONDAY, KOLKATA, gaps, openings, **given)


def days(proposal) -> list[int]:
    return [(opening.at.astimezone(KOLKATA).date() - MONDAY).days for opening in proposal.openings]


def planned(openings, gaps=(WEEKLY, WEEKLY), **given) -> list[tuple[list[int], int]]:
    plan = planner.plan(request(openings, gaps, **given))
    assert plan.failure is None
    return [(days(proposal), proposal.cost) for proposal in plan.proposals]


def failed(openings, gaps=(WEEKLY, WEEKLY), **given) -> tuple[int, int, int, Reason]:
    plan = planner.plan(request(openings, gaps, **given))
    assert plan.proposals == ()
    first, last = plan.failure.window
    return plan.failure.session, (first - MONDAY).days, (last - MONDAY).days, plan.failure.reason


# Requests


@pytest.mark.parametrize("numbers", [(0, 7, 7), (-1, 7, 7), (8, 7, 9), (7, 10, 9)])
def test_gap_days_refuse_numbers_out_of_order(numbers):
    with pytest.raises(ValueError, match="a gap is"):
        GapDays(*numbers)


def test_plan_refuses_a_naive_opening():
    with pytest.raises(ValueError, match="offset"):
        planner.plan(request([Opening(datetime(2027, 1, 4, 10))], gaps=()))


# What is chosen


def test_plan_takes_the_target_days_when_they_are_open():
    assert planned([on(day) for day in range(30)]) == [([0, 7, 14], 0)]


def test_plan_of_one_session_takes_the_first_day():
    assert planned([on(5), on(3)], gaps=()) == [([3], 3)]


def test_plan_pays_for_the_start_and_for_each_day_off_target():
    weights = Weights(gap_day=2, start_day=5)
    assert planned([on(1), on(9), on(17)], weights=weights) == [([1, 9, 17], 5 + 2 * (1 + 1))]


def test_plan_starts_later_when_that_costs_less_than_a_drift():
    openings = [on(0), on(2), on(9), on(16), on(17)]
    assert planned(openings, weights=Weights(gap_day=3, start_day=1)) == [([2, 9, 16], 2)]
    assert planned(openings, weights=Weights(gap_day=1, start_day=3)) == [([0, 9, 16], 2)]


def test_plan_takes_the_cheapest_opening_of_a_day_then_the_earliest():
    openings = [on(0, 9, cost=4), on(0, 12, cost=1), on(0, 11, cost=1), on(0, 8, cost=2)]
    plan = planner.plan(request(openings, gaps=()))
    assert plan.proposals[0].times == (openings[2].at,)
    assert plan.proposals[0].cost == 1


def test_plan_takes_the_first_given_of_two_equal_openings():
    openings = [on(0, tag="Dr B"), on(0, tag="Dr A")]
    assert planner.plan(request(openings, gaps=())).proposals[0].openings[0].tag == "Dr B"


def test_plan_keeps_an_opening_for_its_sessions():
    openings = [on(0, sessions=frozenset({2})), on(1), on(8, sessions=frozenset({1})), on(9), on(18)]
    assert planned(openings)[0][0] == [1, 9, 18]


def test_plan_ignores_sessions_that_the_course_does_not_have():
    assert planned([on(0, sessions=frozenset({1, 9}))], gaps=()) == [([0], 0)]


def test_plan_lets_a_cost_for_one_session_replace_the_common_one():
    openings = [
        on(0, 9, cost=5, costs={1: 0}),
        on(0, 10, cost=1),
        on(7, 9, cost=5, costs={1: 0}),
        on(7, 10, cost=1),
    ]
    plan = planner.plan(request(openings, gaps=(WEEKLY,)))
    assert plan.proposals[0].openings == (openings[0], openings[3])
    assert plan.proposals[0].cost == 1


def test_plan_never_uses_a_day_before_not_before():
    assert planned([on(-1), on(2)], gaps=()) == [([2], 2)]


@pytest.mark.parametrize(("second", "is_placed"), [(6, False), (7, True), (10, True), (11, False)])
def test_plan_keeps_both_ends_of_the_gap(second, is_placed):
    plan = planner.plan(request([on(0), on(second)], gaps=(WEEKLY,)))
    assert bool(plan.proposals) is is_placed


@pytest.mark.parametrize(("day", "is_placed"), [(3, False), (4, True), (7, True), (8, False)])
def test_plan_keeps_both_ends_of_the_gap_after_the_last_given(day, is_placed):
    after = After(MONDAY - timedelta(days=3), Gap(7, 7, 8, 10))
    plan = planner.plan(request([on(day)], gaps=(), after=after))
    assert bool(plan.proposals) is is_placed


def test_plan_counts_the_drift_from_the_last_given_session():
    after = After(MONDAY - timedelta(days=2), GapDays(7, 9, 12))
    assert planned([on(5), on(8)], gaps=(), after=after, weights=Weights(4, 1)) == [([8], 8 + 4)]
    assert planned([on(5), on(8)], gaps=(), after=after, weights=Weights(1, 1)) == [([5], 5 + 2)]


def test_plan_counts_calendar_days_of_the_clinic_over_a_clock_change():
    london = ZoneInfo("Europe/London")
    late, early = datetime(2027, 3, 21, 23, 30, tzinfo=UTC), datetime(2027, 3, 27, 23, 30, tzinfo=UTC)
    summer = datetime(2027, 3, 28, 23, 30, tzinfo=UTC)  # already 29 March in London
    openings = [Opening(late), Opening(early), Opening(summer)]
    asked = PlanRequest(date(2027, 3, 21), london, (GapDays(8, 8, 8),), openings)
    assert planner.plan(asked).proposals[0].times == (late, summer)
    assert planner.plan(replace(asked, gaps=(GapDays(7, 7, 7),))).failure.session == 2


def test_plan_counts_days_from_local_midnight():
    evening = Opening(datetime(2027, 1, 4, 18, 30, tzinfo=UTC))  # midnight of the 5th in Kolkata
    assert planned([evening], gaps=()) == [([1], 1)]


# When it can't be done


def test_plan_says_which_session_has_no_opening():
    assert failed([on(0), on(1), on(7), on(8)]) == (3, 14, 18, Reason.NO_OPENING)


def test_plan_says_when_openings_suit_other_sessions_only():
    assert failed([on(0), on(8, sessions=frozenset({1}))]) == (2, 7, 18, Reason.NOT_FOR_SESSION)


def test_plan_says_when_openings_break_the_gap():
    gaps = (GapDays(7, 7, 7),)
    assert failed([on(0), on(4), on(9)], gaps) == (2, 7, 16, Reason.GAP_NOT_KEPT)


def test_plan_looks_for_a_first_session_up_to_the_last_opening():
    assert failed([on(-3)]) == (1, 0, 0, Reason.NO_OPENING)
    assert failed([]) == (1, 0, 0, Reason.NO_OPENING)
    assert failed([on(5, sessions=frozenset({2}))]) == (1, 0, 5, Reason.NOT_FOR_SESSION)


def test_plan_bounds_the_first_session_of_a_course_begun():
    after = After(MONDAY, WEEKLY)
    assert failed([on(6), on(11)], after=after) == (1, 7, 10, Reason.NO_OPENING)


def test_plan_says_when_the_days_are_over():
    after = After(MONDAY - timedelta(days=11), WEEKLY)
    assert failed([on(0)], after=after) == (1, -4, -1, Reason.WINDOW_OVER)


def test_every_reason_has_a_text():
    assert list(planner.REASONS) == list(Reason)


# Further proposals


def test_further_proposals_have_half_of_their_sessions_on_other_days():
    openings = [on(day) for day in range(40)]
    found = planned(openings, gaps=(WEEKLY,) * 3, proposals=3)
    assert found[0] == ([0, 7, 14, 21], 0)
    assert found[1] == ([0, 7, 15, 22], 1)
    assert found[2] == ([1, 8, 15, 22], 1)


def test_further_proposals_end_when_there_are_none():
    assert planned([on(0), on(7), on(14)], proposals=3) == [([0, 7, 14], 0)]


@pytest.mark.timeout(10)
def test_further_proposals_follow_equal_ways_only_once():
    openings = [on(day, cost=day * 37 % 101) for day in range(200)]
    found = planned(openings, gaps=(GapDays(3, 7, 20),) * 13, proposals=3)
    assert [cost for _, cost in found] == [104, 150, 155]


def test_plans_shown_before_count_as_earlier_ones():
    openings = [on(day) for day in range(40)]
    shown = frozenset(MONDAY + timedelta(days=day) for day in (0, 7, 14, 21))
    [second] = planned(openings, gaps=(WEEKLY,) * 3, unlike=(shown,))
    assert second == ([0, 7, 15, 22], 1)


@pytest.mark.parametrize(("most", "days"), [(0, [1, 8, 15, 22]), (1, [0, 8, 15, 22]), (4, [0, 7, 14, 21])])
def test_a_plan_shares_no_more_days_than_it_may(most, days):
    openings = [on(day) for day in range(40)]
    shown = frozenset(MONDAY + timedelta(days=day) for day in (0, 7, 14, 21))
    [found] = planned(openings, gaps=(WEEKLY,) * 3, unlike=(shown,), most_shared=most)
    assert found[0] == days


# Against a brute force that tries every row of openings

SMALL_GAPS = st.lists(
    st.lists(st.integers(1, 7), min_size=3, max_size=3).map(lambda numbers: GapDays(*sorted(numbers))),
    max_size=3,
)
COSTS = st.integers(0, 6)


@st.composite
def small_requests(draw) -> PlanRequest:
    gaps = draw(SMALL_GAPS)
    numbers = st.integers(1, len(gaps) + 1)
    opening = st.builds(
        on,
        st.integers(-2, 14),
        st.sampled_from([0, 9, 10, 23]),
        cost=COSTS,
        sessions=st.none() | st.frozensets(numbers),
        costs=st.just({}) | st.dictionaries(numbers, COSTS, max_size=2),
    )
    afters = st.builds(
        After, st.integers(-9, 0).map(lambda day: MONDAY + timedelta(days=day)), st.just(GapDays(3, 6, 12))
    )
    return request(
        draw(st.lists(opening, max_size=7)),
        gaps,
        after=draw(st.none() | afters),
        weights=draw(st.builds(Weights, COSTS, COSTS)),
        proposals=draw(st.integers(1, 3)),
    )


def may_use(request, opening, session) -> bool:
    day = opening.at.astimezone(KOLKATA).date()
    return day >= request.not_before and (opening.sessions is None or session in opening.sessions)


def cost_of(request, row) -> int | None:
    """Return what a row of openings costs, or None when it breaks a gap; it may be part of a plan."""
    local = [opening.at.astimezone(KOLKATA).date() for opening in row]
    pairs = list(zip(request.gaps, pairwise(local), strict=False))
    if request.after:
        pairs.append((request.after.gap, (request.after.day, local[0])))
    total = request.weights.start_day * (local[0] - request.not_before).days
    for gap, (one, other) in pairs:
        length = (other - one).days
        if not gap.earliest <= length <= gap.latest:
            return None
        total += request.weights.gap_day * abs(length - gap.target)
    return total + sum(opening.costs.get(number, opening.cost) for number, opening in enumerate(row, 1))


def rows(request, length):
    """Return every row that may be, with its cost and days, the least first."""
    usable = [
        [opening for opening in request.openings if may_use(request, opening, session)]
        for session in range(1, length + 1)
    ]
    found = [(cost_of(request, row), tuple(days_of(row))) for row in product(*usable)]
    return sorted((cost, on_days) for cost, on_days in found if cost is not None)


def days_of(row):
    return [(opening.at.astimezone(KOLKATA).date() - MONDAY).days for opening in row]


@settings(max_examples=700 * MORE)
@given(small_requests())
def test_plan_agrees_with_brute_force(request):
    plan = planner.plan(request)
    possible = rows(request, request.sessions)
    expected = []
    while possible and len(expected) < request.proposals:
        expected.append(possible[0])
        half = request.sessions / 2
        possible = [row for row in possible if sum(day not in expected[-1][1] for day in row[1]) >= half]
    assert [(proposal.cost, tuple(days(proposal))) for proposal in plan.proposals] == expected
    for proposal in plan.proposals:
        assert cost_of(request, proposal.openings) == proposal.cost
        assert all(may_use(request, opening, number) for number, opening in enumerate(proposal.openings, 1))
    assert (plan.failure is None) is bool(expected)


@settings(max_examples=700 * MORE)
@given(small_requests())
def test_failure_names_the_first_session_that_brute_force_cannot_reach(request):
    failure = planner.plan(request).failure
    unreached = [length for length in range(1, request.sessions + 1) if not rows(request, length)]
    assert (failure.session if failure else None) == (unreached[0] if unreached else None)
    if failure and failure.reason is Reason.NO_OPENING:
        first, last = ((day - MONDAY).days for day in failure.window)
        assert not any(first <= day <= last for day in days_of(request.openings))


@given(small_requests(), st.randoms())
def test_plan_is_the_same_in_any_order_of_the_openings(request, shuffle):
    openings = list(request.openings)
    shuffle.shuffle(openings)
    one, other = planner.plan(request), planner.plan(replace(request, openings=openings))
    assert [(p.times, p.cost) for p in one.proposals] == [(p.times, p.cost) for p in other.proposals]
    assert one.failure == other.failure


def test_failure_is_plain_data():
    assert planner.plan(request([])).failure == Failure(1, (MONDAY, MONDAY), Reason.NO_OPENING)
