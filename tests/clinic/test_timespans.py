from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules import timespans
from clinic.rules.timespans import Span

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
NINE = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


def minutes(start: int, end: int) -> Span:
    return Span(NINE + timedelta(minutes=start), NINE + timedelta(minutes=end))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_span_refuses_naive_instants():
    with pytest.raises(ValueError, match="offset"):
        Span(datetime(2027, 1, 4, 9), NINE)


@pytest.mark.parametrize("length", [0, -5])
def test_span_refuses_to_end_at_or_before_its_start(length):
    with pytest.raises(ValueError, match="ends after"):
        minutes(0, length)


def test_span_keeps_utc_and_its_true_length_over_a_repeated_hour():
    start = datetime(2027, 10, 31, 0, 30, tzinfo=LONDON)
    span = Span(start, start.replace(hour=2))
    assert (span.start, span.start.tzinfo) == (utc("2027-10-30T23:30"), UTC)
    assert span.length == timedelta(hours=3)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 30), (30, 60), False),
        ((0, 30), (29, 60), True),
        ((0, 60), (10, 20), True),
        ((0, 30), (0, 30), True),
        ((0, 30), (45, 60), False),
    ],
)
def test_overlaps_is_half_open_and_symmetric(one, other, expected):
    assert minutes(*one).overlaps(minutes(*other)) is expected
    assert minutes(*other).overlaps(minutes(*one)) is expected


def test_covers_includes_equal_edges():
    assert minutes(0, 30).covers(minutes(0, 30))
    assert not minutes(0, 30).covers(minutes(0, 31))
    assert not minutes(1, 30).covers(minutes(0, 30))


def test_merge_joins_touching_and_overlapping_spans():
    spans = [minutes(40, 50), minutes(0, 10), minutes(10, 20), minutes(15, 30), minutes(16, 18)]
    assert timespans.merge(spans) == [minutes(0, 30), minutes(40, 50)]


def test_subtract_cuts_the_middle_an_edge_and_all():
    spans = [minutes(0, 60), minutes(100, 120), minutes(200, 210)]
    holes = [minutes(10, 20), minutes(15, 30), minutes(90, 110), minutes(200, 210), minutes(60, 70)]
    assert timespans.subtract(spans, holes) == [minutes(0, 10), minutes(30, 60), minutes(110, 120)]


pairs = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8)


def covered(spans) -> set[int]:
    edges = [
        (int((s.start - NINE).total_seconds() // 60), int((s.end - NINE).total_seconds() // 60))
        for s in spans
    ]
    return {minute for start, end in edges for minute in range(start, end)}


@given(pairs, pairs)
def test_merge_and_subtract_agree_with_sets_of_minutes(wanted, taken):
    spans = [minutes(start, start + length) for start, length in wanted]
    holes = [minutes(start, start + length) for start, length in taken]
    merged, left = timespans.merge(spans), timespans.subtract(spans, holes)
    assert covered(merged) == covered(spans)
    assert covered(left) == covered(spans) - covered(holes)
    for result in (merged, left):
        assert all(one.end < other.start for one, other in pairwise(result))


@pytest.mark.parametrize(
    ("instant", "tz", "expected"),
    [
        ("2027-01-03T18:29", KOLKATA, date(2027, 1, 3)),
        ("2027-01-03T18:30", KOLKATA, date(2027, 1, 4)),
        ("2027-01-03T18:14", KATHMANDU, date(2027, 1, 3)),
        ("2027-01-03T18:15", KATHMANDU, date(2027, 1, 4)),
        ("2027-01-04T04:59", NEW_YORK, date(2027, 1, 3)),
        ("2027-01-04T05:00", NEW_YORK, date(2027, 1, 4)),
        ("2027-07-01T23:00", LONDON, date(2027, 7, 2)),
    ],
)
def test_local_day_on_both_sides_of_midnight(instant, tz, expected):
    assert timespans.local_day(utc(instant), tz) == expected


def test_local_day_refuses_a_naive_instant():
    with pytest.raises(ValueError, match="offset"):
        timespans.local_day(datetime(2027, 1, 4), KOLKATA)


# Europe/London: 28 March 2027 01:00 → 02:00, 31 October 2027 02:00 → 01:00.
# America/New_York: 14 March 2027 02:00 → 03:00, 7 November 2027 02:00 → 01:00.
# Lord Howe, half an hour: 4 April 2027 02:00 → 01:30, 3 October 2027 02:00 → 02:30.
SPANS = [
    (LONDON, "2027-03-27", "09:00", "17:00", "2027-03-27T09:00", "2027-03-27T17:00"),
    (LONDON, "2027-03-28", "09:00", "17:00", "2027-03-28T08:00", "2027-03-28T16:00"),
    (LONDON, "2027-03-28", "00:30", "03:30", "2027-03-28T00:30", "2027-03-28T02:30"),
    (LONDON, "2027-03-28", "01:30", "03:00", "2027-03-28T01:30", "2027-03-28T02:00"),
    (LONDON, "2027-03-28", "00:30", "01:30", "2027-03-28T00:30", "2027-03-28T01:30"),
    (LONDON, "2027-10-31", "00:30", "03:30", "2027-10-30T23:30", "2027-10-31T03:30"),
    (LONDON, "2027-10-31", "01:30", "02:30", "2027-10-31T00:30", "2027-10-31T02:30"),
    (LONDON, "2027-10-31", "00:30", "01:30", "2027-10-30T23:30", "2027-10-31T00:30"),
    (LONDON, "2027-10-30", "22:00", "06:00", "2027-10-30T21:00", "2027-10-31T06:00"),
    (NEW_YORK, "2027-03-14", "01:30", "03:30", "2027-03-14T06:30", "2027-03-14T07:30"),
    (NEW_YORK, "2027-03-14", "02:30", "04:00", "2027-03-14T07:30", "2027-03-14T08:00"),
    (NEW_YORK, "2027-11-07", "00:30", "02:30", "2027-11-07T04:30", "2027-11-07T07:30"),
    (NEW_YORK, "2027-11-06", "23:00", "01:30", "2027-11-07T03:00", "2027-11-07T05:30"),
    (KOLKATA, "2027-01-04", "10:30", "11:00", "2027-01-04T05:00", "2027-01-04T05:30"),
    (KOLKATA, "2027-01-04", "22:00", "02:00", "2027-01-04T16:30", "2027-01-04T20:30"),
    (KATHMANDU, "2027-01-04", "09:00", "10:00", "2027-01-04T03:15", "2027-01-04T04:15"),
    (LORD_HOWE, "2027-04-04", "01:00", "02:30", "2027-04-03T14:00", "2027-04-03T16:00"),
    (LORD_HOWE, "2027-10-03", "01:00", "03:00", "2027-10-02T14:30", "2027-10-02T16:00"),
    (LORD_HOWE, "2027-10-03", "02:15", "03:00", "2027-10-02T15:45", "2027-10-02T16:00"),
]


@pytest.mark.parametrize(("tz", "day", "time_from", "time_to", "start", "end"), SPANS)
def test_local_span_is_right_on_change_days(tz, day, time_from, time_to, start, end):
    span = timespans.local_span(
        date.fromisoformat(day), time.fromisoformat(time_from), time.fromisoformat(time_to), tz
    )
    assert span == Span(utc(start), utc(end))


def test_local_span_is_none_when_the_clock_skipped_past_its_end():
    day = date(2027, 3, 28)
    assert timespans.local_span(day, time(1, 30), time(2), LONDON) is None
    assert timespans.local_span(day, time(1, 30), time(2, 30), LONDON) is None
    assert timespans.local_span(day, time(1, 30), time(2, 35), LONDON).length == timedelta(minutes=5)


def test_local_span_ignores_a_fold_on_the_times_it_is_given():
    day = date(2027, 10, 31)
    folded = timespans.local_span(day, time(1, 30, fold=1), time(3), LONDON)
    assert folded == timespans.local_span(day, time(1, 30), time(3), LONDON)


@pytest.mark.parametrize(
    ("tz", "day", "hours"),
    [
        (LONDON, date(2027, 3, 28), 23),
        (LONDON, date(2027, 3, 29), 24),
        (LONDON, date(2027, 10, 31), 25),
        (NEW_YORK, date(2027, 3, 14), 23),
        (NEW_YORK, date(2027, 11, 7), 25),
        (LORD_HOWE, date(2027, 4, 4), 24.5),
        (LORD_HOWE, date(2027, 10, 3), 23.5),
        (KOLKATA, date(2027, 3, 28), 24),
        (KATHMANDU, date(2027, 3, 28), 24),
    ],
)
def test_day_span_has_the_true_length_of_the_day(tz, day, hours):
    assert timespans.day_span(day, tz).length == timedelta(hours=hours)


def test_day_span_is_none_for_a_day_the_zone_skipped():
    assert timespans.day_span(date(2011, 12, 30), APIA) is None


@pytest.mark.parametrize(
    ("minute", "second", "down", "up"),
    [(0, 0, 0, 0), (0, 1, 0, 5), (4, 59, 0, 5), (5, 0, 5, 5), (59, 59, 55, 60)],
)
def test_align_moves_to_the_grid_and_keeps_what_is_on_it(minute, second, down, up):
    instant = NINE + timedelta(minutes=minute, seconds=second)
    assert timespans.align_down(instant) == NINE + timedelta(minutes=down)
    assert timespans.align_up(instant) == NINE + timedelta(minutes=up)
    assert timespans.is_aligned(instant) is (down == up)


def test_align_works_before_the_origin_and_in_any_zone():
    instant = datetime(1990, 1, 1, 9, 2, tzinfo=KATHMANDU)
    assert timespans.align_down(instant) == datetime(1990, 1, 1, 9, 0, tzinfo=KATHMANDU)
    assert timespans.align_up(instant) == datetime(1990, 1, 1, 9, 5, tzinfo=KATHMANDU)


@given(
    st.sampled_from([LONDON, NEW_YORK, KOLKATA, KATHMANDU, LORD_HOWE, APIA]),
    st.dates(date(2005, 1, 1), date(2037, 12, 30)),
    st.times(),
)
def test_local_instant_shows_the_asked_time_or_one_moved_forward(tz, day, at):
    shown = timespans.local_instant(day, at, tz).astimezone(tz)
    moved = shown.replace(tzinfo=None) - datetime.combine(day, at)
    assert moved >= timedelta(0)
    assert shown.fold == 0
    if moved:  # only a time that the clock skipped: just before it, the offset was smaller by what was moved
        before = (timespans.local_instant(day, at, tz) - moved).astimezone(tz)
        assert shown.utcoffset() - before.utcoffset() == moved
