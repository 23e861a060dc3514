"""Many who look for a time at once, against every way of placing them; in a house of single times."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.rules.joint import Seeking, improve, most_in_turn, most_that_fit, place_all


class House:
    """`wants`: who → the sets of times that would do, best first; each time is for one alone."""

    def __init__(self, wants):
        self.wants, self.taken, self.log = wants, {}, []

    def place(self, one):
        self.log.append(one)
        for times in self.wants[one]:
            if not any(time in self.taken for time in times):
                self.put_back(one, times)
                return times
        return None

    def put_back(self, one, times):
        assert not any(time in self.taken for time in times)
        self.taken |= dict.fromkeys(times, one)

    def take_out(self, one, times):
        assert all(self.taken.pop(time) == one for time in times)

    def worth(self, one, times):
        """Each later choice is a move more."""
        return self.wants[one].index(times), 0

    def in_the_way(self, one, placed):
        wanted = {time for times in self.wants[one] for time in times}
        return sorted({who for time, who in self.taken.items() if time in wanted} & set(placed))


def placed(wants, *, steps=1000, **fields):
    house = House(wants)
    joint = place_all(list(wants), house, steps=steps, **fields)
    owners = {time: one for one, times in joint.placed.items() for time in times}
    assert house.taken == owners  # what the plan says is what is taken
    assert sorted([*joint.placed, *joint.left]) == sorted(wants)
    return joint


def most(wants):
    """By trying everything."""
    best = 0
    for chosen in product(*([None, *times] for times in wants.values())):
        used = [time for times in chosen if times for time in times]
        if len(used) == len(set(used)):
            best = max(best, sum(times is not None for times in chosen))
    return best


def test_everybody_takes_the_best_that_is_left():
    joint = placed({1: [("a",), ("b",)], 2: [("a",), ("b",)], 3: [("a",), ("c",)]})

    assert joint.placed == {1: ("a",), 2: ("b",), 3: ("c",)}


def test_who_is_left_over_goes_in_when_another_can_go_elsewhere():
    joint = placed({1: [("a",), ("b",)], 2: [("a",)]})

    assert (joint.placed, joint.left) == ({1: ("b",), 2: ("a",)}, [])


def test_second_is_taken_out_for_the_first():
    wants = {1: [("a",), ("b",)], 2: [("b",), ("c",)], 3: [("a",)]}

    assert placed(wants).placed == {1: ("b",), 2: ("c",), 3: ("a",)}


def test_who_cannot_be_placed_leaves_everybody_where_they_were():
    joint = placed({1: [("a",)], 2: [("b",), ("a",)], 3: [("a",)]})

    assert (joint.placed, joint.left) == ({1: ("a",), 2: ("b",)}, [3])


@pytest.mark.parametrize(("steps", "left"), [(0, [2]), (1, [2]), (2, [2]), (3, [])])
def test_no_more_steps_than_allowed(steps, left):
    joint = placed({1: [("a",), ("b",)], 2: [("a",)]}, steps=steps)

    assert joint.left == left
    assert joint.steps <= steps


def test_nothing_is_tried_again_when_the_time_is_over():
    joint = placed({1: [("a",), ("b",)], 2: [("a",)]}, is_over=lambda: True)

    assert (joint.left, joint.steps) == ([2], 0)


times = st.sampled_from("abcdef")
choices = st.lists(st.lists(times, min_size=1, max_size=2, unique=True).map(tuple), max_size=4, unique=True)
houses = st.lists(choices, min_size=1, max_size=5).map(lambda wants: dict(enumerate(wants)))


@given(houses)
@settings(max_examples=400, deadline=None)
def test_never_worse_than_one_by_one_nor_better_than_possible(wants):
    alone = placed(wants, steps=0)
    joint = placed(wants)

    assert len(alone.placed) <= len(joint.placed) <= most(wants)
    assert placed(wants).placed == joint.placed  # the same again is the same


@given(houses)
@settings(max_examples=200, deadline=None)
def test_budget_that_ends_anywhere_leaves_a_whole_plan(wants):
    for steps in range(12):
        assert len(placed(wants, steps=steps).placed) >= len(placed(wants, steps=0).placed)


# Changing places


def improved(wants, *, steps=1000, **fields):
    house = House(wants)
    joint = place_all(list(wants), house, steps=0)
    before = sum(house.worth(one, times)[0] for one, times in joint.placed.items())
    improve(joint, house, dict.fromkeys(wants, (0, 0)), steps=steps, **fields)
    after = sum(house.worth(one, times)[0] for one, times in joint.placed.items())
    assert house.taken == {time: one for one, times in joint.placed.items() for time in times}
    assert joint.steps <= steps
    return joint, before, after


def test_two_change_places_where_both_together_come_off_better():
    joint, before, after = improved({3: [("c",)], 1: [("a",), ("b",)], 2: [("a",), ("c",), ("d",)]})

    # the second had to take its third choice; the first loses less
    assert joint.placed == {1: ("b",), 2: ("a",), 3: ("c",)}
    assert (before, after) == (2, 1)


@pytest.mark.parametrize("budget", [{"steps": 1}, {"is_over": lambda: True}])
def test_nobody_changes_places_without_time_for_it(budget):
    _, before, after = improved({3: [("c",)], 1: [("a",), ("b",)], 2: [("a",), ("c",), ("d",)]}, **budget)

    assert before == after


@given(houses, st.integers(0, 12))
@settings(max_examples=300, deadline=None)
def test_changing_places_costs_nothing_in_all_and_leaves_nobody_out(wants, steps):
    joint, before, after = improved(wants, steps=steps)

    assert after <= before
    assert len(joint.placed) == len(placed(wants, steps=0).placed)


# What nobody could do better than


def fit(*visits, of_kind=1, of_day=1, of_each=9):
    """Visits as (who, kind, days); so many of a kind and in all on each of the days."""
    seeking = [Seeking(who, kind, frozenset(days)) for who, kind, days in visits]
    days = {(kind, day) for _, kind, days in visits for day in days}
    return most_that_fit(
        seeking, of_each={who: of_each for who, _, _ in visits}, of_kind=dict.fromkeys(days, of_kind),
        of_day={day: of_day for _, day in days},
    )  # fmt: skip


def test_no_visits_fit_nowhere():
    assert fit() == 0


@pytest.mark.parametrize(
    ("said", "most"),
    [
        ({}, 2),  # one on each of the two days
        ({"of_kind": 2}, 2),  # more of the kind, but a day holds no more than one
        ({"of_kind": 2, "of_day": 2}, 3),
        ({"of_kind": 1, "of_day": 2}, 2),
    ],
)
def test_days_hold_so_many_and_no_more(said, most):
    assert fit((1, "long", [1, 2]), (2, "long", [1, 2]), (3, "long", [1, 2]), **said) == most


def test_one_way_out_is_left_to_who_needs_it():
    assert fit((1, "long", [1, 2]), (2, "long", [1])) == 2


def test_course_of_which_one_session_cannot_be_placed_counts_one_less():
    assert fit((1, "long", [1]), (1, "long", [2]), of_each=1) == 1


def test_visit_without_any_day_fits_nowhere():
    assert fit((1, "long", [])) == 0


numbers = st.integers(0, 2)
seekers = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from("xy"), st.frozensets(st.integers(1, 3))), max_size=5
)


@given(seekers, st.lists(numbers, min_size=6, max_size=6), st.lists(numbers, min_size=3, max_size=3))
@settings(max_examples=300, deadline=None)
def test_most_that_fit_is_what_trying_everything_finds(visits, kinds, days):
    of_kind = {(kind, day): kinds.pop() for kind in "xy" for day in (1, 2, 3)}
    of_day = dict(zip((1, 2, 3), days, strict=True))
    of_each = {1: 2, 2: 1}
    seeking = [Seeking(*visit) for visit in visits]

    found = most_that_fit(seeking, of_each=of_each, of_kind=of_kind, of_day=of_day)

    assert found == max(
        sum(day is not None for day in chosen)
        for chosen in product(*([None, *visit.days] for visit in seeking))
        if _is_allowed(seeking, chosen, of_each, of_kind, of_day)
    )


def _is_allowed(seeking, chosen, of_each, of_kind, of_day):
    got = [(visit, day) for visit, day in zip(seeking, chosen, strict=True) if day is not None]
    return (
        all(sum(one.of == who for one, _ in got) <= most for who, most in of_each.items())
        and all(sum((one.kind, on) == key for one, on in got) <= most for key, most in of_kind.items())
        and all(sum(on == day for _, on in got) <= most for day, most in of_day.items())
    )


@pytest.mark.parametrize(
    ("starts", "length", "most"), [(0, 3, 0), (0b1, 3, 1), (0b1111, 2, 2), (0b1011, 2, 2), (0b1001001, 3, 3)]
)
def test_most_in_turn(starts, length, most):
    assert most_in_turn(starts, length) == most
