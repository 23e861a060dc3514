"""Rows, lanes and empty cells of the day board."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.board import MOST_LANES, MOST_ROWS, Lane, Scale, free_cells, scale_over, side_by_side
from clinic.rules.timespans import GRAIN, Span

IST, LONDON = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/London")
DAY = date(2026, 11, 24)


def at(text, tz=IST, day=DAY):
    return datetime.fromisoformat(f"{day.isoformat()}T{text}").replace(tzinfo=tz)


def span(text, tz=IST, day=DAY):
    starts, _, ends = text.partition("-")
    return Span(at(starts, tz, day), at(ends, tz, day))


def board(*spans, tz=IST, day=DAY):
    return scale_over([span(one, tz, day) for one in spans], day=day, tz=tz)


# Rows


@pytest.mark.parametrize(
    ("spans", "starts", "hours"),
    [
        (["09:30-13:00", "14:00-19:00"], "09:00", 10),
        (["09:00-18:00"], "09:00", 9),
        (["09:00-18:05"], "09:00", 10),
        (["08:55-09:00"], "08:00", 1),
        ([], "09:00", 9),
    ],
)
def test_board_spans_whole_hours_of_the_clock_on_the_wall(spans, starts, hours):
    found = board(*spans)

    assert (found.starts, found.rows) == (at(starts), hours * 12)


def test_board_is_right_where_the_clocks_change_under_it():
    sunday = date(2026, 10, 25)  # London: 01:00 comes twice
    found = board("00:30-08:00", tz=LONDON, day=sunday)

    assert found.rows == 9 * 12
    assert found.place(span("07:00-08:00", LONDON, sunday)) == (8 * 12, 12)


def test_board_is_never_longer_than_its_sheet_can_place():
    found = scale_over([Span(at("00:00"), at("23:00", day=date(2026, 11, 26)))], day=DAY, tz=IST)

    assert found.rows == MOST_ROWS


@pytest.mark.parametrize(
    ("shown", "place"),
    [
        ("10:00-10:30", (12, 6)),
        ("09:00-09:05", (0, 1)),
        ("08:30-09:10", (0, 2)),  # begun before
        ("17:50-18:30", (106, 2)),  # goes on after
        ("10:02-10:04", (12, 1)),  # rows it touches count whole
        ("08:00-09:00", None),
        ("18:00-19:00", None),
    ],
)
def test_place_on_the_board(shown, place):
    assert board("09:00-18:00").place(span(shown)) == place


# Side by side


@pytest.mark.parametrize(
    ("spans", "lanes"),
    [
        (["10:00-10:30", "10:30-11:00"], [Lane(), Lane()]),
        (["10:00-10:30", "10:15-10:45"], [Lane(0, 2), Lane(1, 2)]),
        (["10:00-11:00", "10:15-10:30", "10:30-10:45"], [Lane(0, 2), Lane(1, 2), Lane(1, 2)]),
        # the third has a neighbour on one side only, and the room of the one that has gone
        (["10:00-10:30", "10:00-10:30", "10:00-11:00", "10:30-11:00"],
         [Lane(0, 3), Lane(1, 3), Lane(2, 3), Lane(0, 3, 2)]),
        (["10:00-10:30", "10:15-10:45", "12:00-12:30"], [Lane(0, 2), Lane(1, 2), Lane()]),
        ([], []),
    ],
)  # fmt: skip
def test_lanes(spans, lanes):
    assert side_by_side([span(one) for one in spans]) == lanes


times = st.tuples(st.integers(0, 100), st.integers(1, 20))


@given(st.lists(times, max_size=12))
def test_no_two_that_overlap_share_a_lane(drawn):
    start = at("00:00")
    spans = sorted(Span(start + first * GRAIN, start + (first + length) * GRAIN) for first, length in drawn)

    lanes = side_by_side(spans)

    for n, (one, lane) in enumerate(zip(spans, lanes, strict=True)):
        assert lane.at + lane.take <= lane.of
        for other, beside in zip(spans[:n], lanes[:n], strict=True):
            if one.overlaps(other) and max(lane.of, beside.of) < MOST_LANES:
                assert lane.of == beside.of
                assert lane.at + lane.take <= beside.at or beside.at + beside.take <= lane.at


# Empty cells


def cells(*taken, hours=("09:30-10:30",), minutes=15, now="08:00"):
    found = free_cells(
        open_spans=map(span, hours), taken=map(span, taken), minutes=minutes, tz=IST, now=at(now)
    )
    return [f"{one.start.astimezone(IST):%H:%M}" for one in found]


def test_empty_cells_fill_the_hours():
    assert cells() == ["09:30", "09:45", "10:00", "10:15"]
    assert cells(minutes=30) == ["09:30", "10:00"]


def test_no_cell_under_a_card_nor_in_what_is_too_short():
    assert cells("09:40-09:50") == ["10:00", "10:15"]


@pytest.mark.parametrize(("now", "first"), [("09:44", "09:45"), ("09:45", "09:45"), ("09:46", "10:00")])
def test_no_cell_in_the_past(now, first):
    assert cells(now=now)[0] == first


def test_cells_begin_on_the_grid_of_the_clock_on_the_wall():
    assert cells(hours=["09:40-10:40"], minutes=20) == ["09:40", "10:00", "10:20"]


def test_row_stays_on_the_board():
    found = Scale(at("09:00"), 12)

    assert [found.row(at(text)) for text in ("08:00", "09:07", "12:00")] == [0, 1, 12]
