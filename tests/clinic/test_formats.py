from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clinic import formats

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("utc", "written"),
    [
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), "Tue 24 Nov, 10:30 am"),
        (datetime(2026, 11, 24, 6, 29, tzinfo=UTC), "Tue 24 Nov, 11:59 am"),
        (datetime(2026, 11, 24, 6, 30, tzinfo=UTC), "Tue 24 Nov, 12:00 pm"),
        (datetime(2026, 11, 24, 18, 29, tzinfo=UTC), "Tue 24 Nov, 11:59 pm"),
        (datetime(2026, 11, 24, 18, 30, tzinfo=UTC), "Wed 25 Nov, 12:00 am"),
    ],
)
def test_when_is_written_in_the_location_s_zone(utc, written):
    assert formats.when(utc, KOLKATA) == written


def test_day_with_year_for_a_birth_date():
    assert formats.day_with_year(date(1984, 3, 7)) == "7 Mar 1984"


@pytest.mark.parametrize(
    ("end_hour", "written"),
    [(11, "10:30 – 11:30 am"), (12, "10:30 am – 12:30 pm"), (13, "10:30 am – 1:30 pm")],
)
def test_span_of_names_both_halves_only_when_they_differ(end_hour, written):
    starts = datetime(2026, 11, 24, 10, 30, tzinfo=KOLKATA)
    assert formats.span_of(starts, starts.replace(hour=end_hour), KOLKATA) == written


@pytest.mark.parametrize(
    ("hour", "part"),
    [(9, "Morning"), (11, "Morning"), (12, "Afternoon"), (16, "Afternoon"), (17, "Evening")],
)
def test_part_of_day_changes_at_noon_and_five(hour, part):
    assert formats.part_of_day(datetime(2026, 11, 24, hour, 59, tzinfo=KOLKATA), KOLKATA) == part


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "₹0"),
        (999, "₹999"),
        (1000, "₹1,000"),
        (99999, "₹99,999"),
        (120000, "₹1,20,000"),
        (12345678, "₹1,23,45,678"),
        (Decimal("800.50"), "₹800.50"),
        (Decimal("800.00"), "₹800"),
        (-1500, "−₹1,500"),
    ],
)
def test_rupees_are_grouped_the_indian_way(amount, written):
    assert formats.rupees(amount) == written
