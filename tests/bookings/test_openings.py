import struct
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules import openings
from bookings.rules.openings import Availability, Grid, Pick, Use
from clinic.rules import timespans
from clinic.rules.timespans import Span

MONDAY = datetime(2027, 1, 4, tzinfo=UTC)
DAY = Grid(MONDAY, 288)
SHORT = Grid(MONDAY, 24)
ANY = openings.run_of(0, 24)


def bits(text: str) -> int:
    """Return the bitmap of "..##.": the first character is cell 0."""
    return int(text.replace(".", "0").replace("#", "1")[::-1] or "0", 2)


def at(cells: float) -> datetime:
    return MONDAY + timedelta(minutes=5 * cells)


def starts(picks, free, turnover=None, allowed=ANY) -> list[int]:
    availability = Availability(free, turnover or {})
    found = openings.find_starts(grid=SHORT, picks=picks, availability=availability, allowed=allowed)
    return list(openings.cells_of(found))


# The grid


def test_grid_gives_the_cell_of_an_instant_and_back():
    assert [DAY.cell(at(n)) for n in (-1, -0.1, 0, 0.9, 1, 288, 400)] == [-1, -1, 0, 0, 1, 288, 400]
    assert [DAY.instant(n) for n in (0, 7, 288)] == [at(0), at(7), at(288)]


def test_grid_refuses_a_start_off_the_grid_and_a_naive_one():
    with pytest.raises(ValueError, match="multiple of five"):
        Grid(MONDAY + timedelta(minutes=1), 10)
    with pytest.raises(ValueError, match="offset"):
        Grid(MONDAY.replace(tzinfo=None), 10)


def test_grid_keeps_utc_whatever_zone_it_is_given():
    grid = Grid(datetime(2027, 10, 31, tzinfo=ZoneInfo("Europe/London")), 300)
    assert grid.instant(0) == datetime(2027, 10, 30, 23, tzinfo=UTC)
    assert grid.cell(datetime(2027, 11, 1, tzinfo=ZoneInfo("Europe/London"))) == 300


def test_grid_over_holds_the_span():
    assert Grid.over(Span(at(1.5), at(3.5))) == Grid(at(1), 3)
    assert Grid.over(Span(at(1), at(3))) == Grid(at(1), 2)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (1, 3, ".##"),
        (1.2, 2.1, ".##"),
        (-5, 2, "##"),
        (22, 40, "." * 22 + "##"),
        (-5, 40, "#" * 24),
        (-5, 0, ""),
        (24, 30, ""),
    ],
)
def test_bits_are_the_cells_touched_clipped_to_the_grid(start, end, expected):
    assert SHORT.bits([Span(at(start), at(end))]) == bits(expected)


def test_bits_of_several_spans_add_up():
    assert SHORT.bits([Span(at(0), at(2)), Span(at(1), at(3)), Span(at(5), at(6))]) == bits("###..#")
    assert SHORT.bits([]) == 0


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("Asia/Kolkata", date(2027, 1, 4), 15),
        ("Asia/Kathmandu", date(2027, 1, 4), 60),
        ("Europe/London", date(2027, 3, 28), 60),
        ("Europe/London", date(2027, 10, 31), 60),
        ("America/New_York", date(2027, 11, 7), 20),
        ("Australia/Lord_Howe", date(2027, 4, 4), 60),
        ("Australia/Lord_Howe", date(2027, 10, 3), 45),
    ],
)
def test_starts_every_counts_from_local_midnight(zone, day, minutes):
    tz = ZoneInfo(zone)
    midnight = timespans.local_instant(day, datetime.min.time(), tz)
    grid = Grid(midnight - timedelta(hours=30), 3 * 288 + 5)
    shown = [grid.instant(cell).astimezone(tz) for cell in range(grid.cells)]
    expected = [cell for cell, at in enumerate(shown) if (at.hour * 60 + at.minute) % minutes == 0]
    assert list(openings.cells_of(grid.starts_every(minutes, tz=tz))) == expected


# Bits


@given(st.sets(st.integers(0, 300)))
def test_cells_of_lists_the_set_bits(cells):
    assert list(openings.cells_of(sum(1 << cell for cell in cells))) == sorted(cells)


@given(st.integers(0, 2**40 - 1), st.integers(1, 45))
def test_erode_agrees_with_looking_at_each_cell(free, length):
    expected = {cell for cell in range(40) if all(free >> cell + step & 1 for step in range(length))}
    assert set(openings.cells_of(openings.erode(free, length))) == expected


runs = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), max_size=8)


def spans_of(runs, begin=-10) -> list[tuple[int, int]]:
    """Turn (pause, length) pairs into spans that never overlap, some before the grid and some after it."""
    spans, cell = [], begin
    for pause, length in runs:
        spans.append((cell + pause, cell + pause + length))
        cell = spans[-1][1]
    return spans


def packed(cells) -> bytes:
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    counts = [(at(cell) - epoch) // timedelta(microseconds=1) for cell in cells]
    return struct.pack(f">{len(counts)}q", *counts)


@given(runs, st.randoms())
def test_busy_agrees_with_the_spans(runs, shuffle):
    spans = spans_of(runs)
    first, last = [start for start, _ in spans], [end for _, end in spans]
    shuffle.shuffle(first)
    rows = [(1, packed(first), packed(last)), (2, packed([1]), packed([3])), (3, b"", b"")]
    whole = SHORT.bits([Span(at(start), at(end)) for start, end in spans])
    assert openings.busy_from_packed(rows, SHORT) == {1: whole, 2: bits(".##"), 3: 0}


def busy(starts, ends):
    return openings.busy_from_packed([(1, packed(starts), packed(ends))], SHORT)[1]


def test_busy_lets_spans_touch_and_takes_nobody():
    assert busy([1, 3, 8], [9, 5, 3]) == bits(".####...#")
    assert openings.busy_from_packed([], SHORT) == {}


def test_busy_rounds_outward_where_a_span_is_off_the_grid():
    assert busy([1.6], [3.2]) == bits(".###")


@pytest.mark.parametrize(("start", "end"), [(-145, -140), (SHORT.cells + 140, SHORT.cells + 145)])
def test_busy_refuses_what_no_claim_can_be(start, end):
    with pytest.raises(ValueError, match="half a day"):
        busy([start], [end])
    assert busy([-144], [SHORT.cells + 144]) == bits("#" * 24)


# Picks


@pytest.mark.parametrize("uses", [(), (Use(0, 3), Use(2, 3)), (Use(4, 1), Use(0, 1))])
def test_pick_refuses_uses_that_are_missing_overlap_or_run_backwards(uses):
    with pytest.raises(ValueError, match="pick"):
        Pick("chair", uses, (1,))


@pytest.mark.parametrize(("offset", "cells"), [(-1, 2), (0, 0)])
def test_use_refuses_no_length_and_a_start_before_the_booking(offset, cells):
    with pytest.raises(ValueError, match="use"):
        Use(offset, cells)


def test_claim_spans_end_with_turnover_but_never_in_the_next_use():
    pick = Pick("chair", (Use(0, 3), Use(4, 2), Use(9, 1)), (1, 2))
    availability = Availability({}, {1: 2})
    assert openings.claim_spans(pick, 1, 100, availability) == [(100, 104), (104, 108), (109, 112)]
    assert openings.claim_spans(pick, 2, 100, availability) == [(100, 103), (104, 106), (109, 110)]


# Starts


def test_find_starts_needs_the_whole_length():
    pick = Pick("practitioner", (Use(0, 3),), (1,))
    assert starts([pick], {1: bits(".####..##.###")}) == [1, 2, 10]


def test_find_starts_never_leaves_the_grid():
    pick = Pick("practitioner", (Use(0, 3),), (1,))
    assert starts([pick], {1: -1 & (1 << 24) - 1}) == list(range(22))


def test_find_starts_needs_the_turnover_too():
    pick = Pick("room", (Use(0, 2),), (1,))
    assert starts([pick], {1: bits("####")}, {1: 1}) == [0, 1]


def test_find_starts_keeps_to_what_is_allowed():
    pick = Pick("practitioner", (Use(0, 1),), (1,))
    assert starts([pick], {1: ANY}, allowed=bits("..#...#") | 1 << 30) == [2, 6]


def test_find_starts_takes_either_candidate_but_one_for_the_whole_use():
    pick = Pick("practitioner", (Use(0, 3),), (1, 2))
    assert starts([pick], {1: bits("###..."), 2: bits("..####")}) == [0, 2, 3]


def test_find_starts_keeps_one_chair_for_both_its_uses():
    same = Pick("chair", (Use(0, 2), Use(3, 1)), (1, 2))
    assert starts([same], {1: bits("##.."), 2: bits("...#")}) == []
    assert starts([same], {1: bits("##.#")}) == [0]


def test_find_starts_needs_every_step_at_its_own_time():
    picks = [Pick("chair", (Use(0, 2),), (1,)), Pick("practitioner", (Use(2, 2),), (2,))]
    assert starts(picks, {1: bits("######"), 2: bits("...####")}) == [1, 2, 3]


def test_find_starts_knows_nobody_without_free_time():
    assert starts([Pick("practitioner", (Use(0, 1),), ())], {}) == []
    assert starts([Pick("practitioner", (Use(0, 1),), (7,))], {}) == []


def test_find_starts_gives_two_picks_of_one_time_two_resources():
    nurse = Pick("practitioner", (Use(0, 2),), (1, 2))
    assert starts([nurse, nurse], {1: bits("#####"), 2: bits("..####")}) == [2, 3]


def test_find_starts_lets_one_resource_serve_two_picks_at_different_times():
    picks = [Pick("chair", (Use(0, 2),), (1,)), Pick("chair", (Use(2, 2),), (1,))]
    assert starts(picks, {1: bits("####")}) == [0]
    assert starts(picks, {1: bits("######")}, {1: 1}) == []


def test_find_starts_finds_the_one_matching_there_is():
    picks = [
        Pick("practitioner", (Use(0, 1),), (1, 2, 3)),
        Pick("practitioner", (Use(0, 1),), (1,)),
        Pick("practitioner", (Use(0, 1),), (1, 2)),
    ]
    assert starts(picks, {1: bits("###"), 2: bits("##."), 3: bits("#.#")}) == [0]


def test_candidates_at_lists_who_is_free_for_each_pick():
    picks = [Pick("chair", (Use(0, 2),), (1, 2)), Pick("practitioner", (Use(2, 1),), (3,))]
    availability = Availability({1: bits("###"), 2: bits(".###"), 3: bits("....#")}, {})
    found = [openings.candidates_at(cell=n, picks=picks, availability=availability) for n in (0, 1, 2)]
    assert found == [((1,), ()), ((1, 2), ()), ((2,), (3,))]


def test_choose_takes_the_tightest_stretch_then_the_lowest_id():
    pick = Pick("chair", (Use(0, 2),), (3, 2, 1))
    free = {1: bits("########"), 2: bits(".####..."), 3: bits("..####..")}
    assert openings.choose(cell=2, picks=[pick], availability=Availability(free)) == (2,)
    assert openings.choose(cell=4, picks=[pick], availability=Availability(free)) == (3,)
    assert openings.choose(cell=6, picks=[pick], availability=Availability(free)) == (1,)
    assert openings.choose(cell=7, picks=[pick], availability=Availability(free)) is None


def test_choose_gives_way_when_the_tightest_is_needed_elsewhere():
    picks = [Pick("nurse", (Use(0, 1),), (1, 2)), Pick("nurse", (Use(0, 1),), (1,))]
    availability = Availability({1: bits("#"), 2: bits("########")})
    assert openings.choose(cell=0, picks=picks, availability=availability) == (2, 1)


def test_choose_forgets_what_it_tried_in_vain():
    picks = [
        Pick("first", (Use(0, 1),), (1, 2)),
        Pick("both", (Use(0, 2),), (1, 2)),
        Pick("second", (Use(1, 1),), (2, 3)),
        Pick("second", (Use(1, 1),), (2, 3)),
    ]
    free = dict.fromkeys((1, 2, 3), bits("##"))
    assert openings.choose(cell=0, picks=picks, availability=Availability(free)) == (2, 1, 2, 3)
    assert starts(picks, free) == [0]


# Against a brute force that tries every assignment

use_lists = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=2)


@st.composite
def a_pick(draw):
    uses, cell = [], 0
    for pause, length in draw(use_lists):
        uses.append(Use(cell + pause, length))
        cell = uses[-1].end
    candidates = draw(st.lists(st.integers(1, 4), unique=True, max_size=4))
    return Pick("any", tuple(uses), tuple(candidates))


picks_of_a_visit = st.lists(a_pick(), min_size=1, max_size=4)
free_cells = st.dictionaries(st.integers(1, 4), st.integers(0, 2**24 - 1).map(lambda n: n | n << 2 & ANY))
turnovers = st.dictionaries(st.integers(1, 4), st.integers(0, 3))


def assignments(cell, picks, availability):
    """Return every assignment in which each claim is free and no resource is claimed twice for one cell."""
    found = []
    for chosen in product(*(pick.candidates for pick in picks)):
        claimed = [
            (resource, taken)
            for pick, resource in zip(picks, chosen, strict=True)
            for start, end in openings.claim_spans(pick, resource, cell, availability)
            for taken in range(start, end)
        ]
        free = all(availability.free.get(resource, 0) >> taken & 1 for resource, taken in claimed)
        if free and len(set(claimed)) == len(claimed):
            found.append(chosen)
    return found


@given(picks_of_a_visit, free_cells, turnovers, st.integers(0, 2**24 - 1))
def test_find_starts_and_choose_agree_with_brute_force(picks, free, turnover, allowed):
    availability = Availability(free, turnover)
    possible = {cell: assignments(cell, picks, availability) for cell in range(SHORT.cells)}
    found = starts(picks, free, turnover, allowed)
    assert found == [cell for cell, ways in possible.items() if ways and allowed >> cell & 1]
    for cell, ways in possible.items():
        chosen = openings.choose(cell=cell, picks=picks, availability=availability)
        assert chosen in ways if ways else chosen is None


@given(a_pick(), free_cells, turnovers, st.integers(0, 23))
def test_free_starts_and_is_free_agree(pick, free, turnover, cell):
    availability = Availability(free, turnover)
    able = openings.candidates_at(cell=cell, picks=[pick], availability=availability)[0]
    assert able == tuple(r for r in pick.candidates if availability.free_starts(pick, r) >> cell & 1)
    assert able == tuple(ways[0] for ways in assignments(cell, [pick], availability))


@given(a_pick(), free_cells, turnovers, st.sets(st.integers(0, 60)))
def test_candidates_of_many_starts_are_those_of_each(pick, free, turnover, cells):
    availability = Availability(free, turnover)
    found = openings.candidates_by_start(pick, sorted(cells), availability)
    assert openings.candidates_by_start(pick, [-1, -500], availability) == [(), ()]
    assert openings.candidates_by_start(pick, [*sorted(cells), -1], availability) == [*found, ()]
    assert found == [
        openings.candidates_at(cell=cell, picks=[pick], availability=availability)[0]
        for cell in sorted(cells)
    ]


@given(st.integers(0, 2**24 - 1), st.integers(0, 20), st.integers(1, 3))
def test_stretch_is_the_run_of_free_cells_around_the_use(others, cell, length):
    free = others | openings.run_of(cell, cell + length)
    availability, pick = Availability({1: free}), Pick("chair", (Use(0, length),), (1,))
    low, high = cell, cell
    while low > 0 and free >> low - 1 & 1:
        low -= 1
    while free >> high & 1:
        high += 1
    assert availability.stretch(pick, 1, cell) == high - low


def test_stretch_counts_each_stretch_once():
    pick = Pick("chair", (Use(0, 1), Use(2, 1), Use(5, 1)), (1,))
    availability = Availability({1: bits("####.###")})
    assert availability.stretch(pick, 1, 0) == 7
