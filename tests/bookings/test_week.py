"""Weekly hours as versions: what a change leaves of them."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from bookings.rules.week import Part, Row, clashes, replaced, spans_on

MORNING = Part(0, time(9), time(13))
EVENING = Part(0, time(14), time(19))
JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)


def days(rows):
    return [(row.from_on, row.until_on, row.key) for row in rows]


@pytest.mark.parametrize(
    ("parts", "weekdays"),
    [
        ([MORNING, EVENING], set()),
        ([MORNING, Part(0, time(13), time(14))], set()),
        ([MORNING, Part(0, time(12, 55), time(14))], {0}),
        ([MORNING, Part(1, time(9), time(13))], set()),
        ([Part(0, time(20), time(2)), Part(1, time(1), time(3))], {1}),
        ([Part(0, time(20), time(2)), Part(1, time(2), time(3))], set()),
        ([Part(6, time(20), time(2)), Part(0, time(1), time(3))], {0}),
        ([Part(6, time(20), time(2)), Part(0, time(2), time(3))], set()),
        ([], set()),
    ],
)
def test_clashes_name_the_day_that_begins_too_early(parts, weekdays):
    assert clashes(parts) == weekdays


def test_what_held_ends_the_day_before_the_change():
    found = replaced([Row(MORNING, JANUARY, None, 7)], [EVENING], from_on=MARCH, until_on=None)

    assert days(found) == [(JANUARY, date(2026, 2, 28), 7), (MARCH, None, None)]


def test_what_held_goes_on_after_a_change_that_ends():
    found = replaced([Row(MORNING, JANUARY, None, 7)], [EVENING], from_on=MARCH, until_on=date(2026, 3, 31))

    assert days(found) == [
        (JANUARY, date(2026, 2, 28), 7),
        (date(2026, 4, 1), None, None),
        (MARCH, date(2026, 3, 31), None),
    ]


def test_a_change_from_the_very_first_day_leaves_nothing_of_what_was():
    assert days(replaced([Row(MORNING, MARCH, None, 7)], [EVENING], from_on=MARCH, until_on=None)) == [
        (MARCH, None, None)
    ]


def test_what_was_planned_for_later_goes_and_what_is_over_stays():
    over, planned = Row(MORNING, JANUARY, date(2026, 2, 28), 1), Row(MORNING, MAY, None, 2)

    assert replaced([over, planned], [], from_on=MARCH, until_on=None) == [over]


def test_a_change_that_ends_leaves_what_begins_the_day_after():
    planned = Row(MORNING, MAY, None, 2)

    assert replaced([planned], [], from_on=MARCH, until_on=date(2026, 4, 30)) == [planned]
    assert days(replaced([planned], [], from_on=MARCH, until_on=MAY)) == [(date(2026, 5, 2), None, 2)]


def test_spans_reach_past_midnight_and_join():
    night = [Row(Part(0, time(20), time(2)), JANUARY), Row(Part(1, time(2), time(3)), JANUARY)]

    [span] = spans_on(night, [date(2026, 11, 2), date(2026, 11, 3)], ZoneInfo("Asia/Kolkata"))

    assert span.length.total_seconds() == 7 * 3600


def test_a_row_counts_only_on_days_on_which_it_holds():
    ended = [Row(MORNING, JANUARY, date(2026, 11, 1))]

    assert spans_on(ended, [date(2026, 11, 2)], ZoneInfo("Asia/Kolkata")) == []
