from datetime import UTC, datetime
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.openings import Availability, Grid, Pick, Use, cells_of, find_starts
from bookings.rules.packing import Sitting, pack

ALL = (1 << 24) - 1


def run(start, end):
    return (1 << end) - (1 << start)


def test_pack_makes_room_where_every_moment_has_a_free_chair():
    # chair 1 holds 0-4 and 8-12, chair 2 holds 4-8: 4-12 fits by count and in no chair
    sitting = [Sitting("A", run(0, 4), 1), Sitting("B", run(8, 12), 1), Sitting("C", run(4, 8), 2)]
    new = Sitting("new", run(4, 12))
    chosen = pack([*sitting, new], {1: ALL, 2: ALL})
    assert chosen == {"A": 1, "C": 2, "B": 2, "new": 1}


def test_pack_leaves_people_where_they_are_when_it_can():
    sitting = [Sitting("A", run(0, 4), 2), Sitting("B", run(4, 8), 1)]
    assert pack([*sitting, Sitting("new", run(2, 6))], {1: ALL, 2: ALL, 3: ALL}) == {"A": 2, "B": 1, "new": 3}


def test_pack_says_when_there_are_too_many_at_once():
    sitting = [Sitting(n, run(n, n + 6)) for n in range(3)]
    assert pack(sitting, {1: ALL, 2: ALL}) is None


def test_pack_keeps_to_what_a_chair_has_free():
    assert pack([Sitting("A", run(0, 4))], {1: run(2, 24), 2: run(0, 4)}) == {"A": 2}
    assert pack([Sitting("A", run(0, 4))], {1: run(1, 24)}) is None


def test_pack_tries_again_for_uses_with_a_hole():
    # B comes back to the chair: where A sat first would be in the way of that
    holed = run(2, 4) | run(8, 10)
    chosen = pack([Sitting("A", run(0, 6)), Sitting("B", holed), Sitting("C", run(6, 12))], {1: ALL, 2: ALL})
    assert chosen is not None
    assert chosen["B"] != chosen["A"] and chosen["B"] != chosen["C"]


spans = st.tuples(st.integers(0, 20), st.integers(1, 8)).map(lambda pair: run(pair[0], min(24, sum(pair))))


@given(st.lists(spans, max_size=6), st.integers(1, 3))
def test_pack_finds_an_arrangement_whenever_there_is_one(uses, number):
    chairs = dict.fromkeys(range(number), ALL)
    found = pack([Sitting(n, cells) for n, cells in enumerate(uses)], chairs)
    ways = product(range(number), repeat=len(uses))
    assert (found is not None) == any(_holds(way, uses) for way in ways)
    assert found is None or _holds([found[n] for n in range(len(uses))], uses)


HOLED = (Use(0, 3), Use(5, 2))  # numbing, away, watching


def _uses(start):
    return sum(run(start + use.offset, start + use.end) for use in HOLED)


@given(st.lists(st.tuples(st.integers(0, 17), st.integers(0, 2)), max_size=7))
def test_what_is_offered_by_counting_can_be_packed(wanted):
    """People with a hole in their use, first come first seated; then one more at every start offered."""
    free, seated = {1: ALL, 2: ALL, 3: ALL}, []
    for number, (start, chair) in enumerate(wanted):
        if not _uses(start) & ~free[chair + 1]:
            free[chair + 1] &= ~_uses(start)
            seated.append(Sitting(number, _uses(start), chair + 1))
    offered = find_starts(
        grid=Grid(datetime(2027, 1, 4, tzinfo=UTC), 24), picks=[Pick("chair", HOLED, (1, 2, 3), True)],
        availability=Availability(free), allowed=ALL, repackable=ALL,
    )  # fmt: skip
    for start in cells_of(offered):
        assert pack([*seated, Sitting("new", _uses(start))], {1: ALL, 2: ALL, 3: ALL}) is not None


def _holds(way, uses) -> bool:
    taken = [0] * 3
    for chair, cells in zip(way, uses, strict=True):
        if taken[chair] & cells:
            return False
        taken[chair] |= cells
    return True
