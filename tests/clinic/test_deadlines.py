"""By when somebody rings: both sides of each boundary."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.deadlines import ring_by

BENGALURU = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")


def local(hour, minute=0, *, day=2, zone=BENGALURU):
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "by"),
    [
        (local(0, 0), local(19)),
        (local(10), local(19)),
        (local(14, 59), local(19)),
        (local(15), local(19)),
        (local(15, 1), local(19, 1)),
        (local(19), local(23)),
        (local(21), local(1, day=3)),
        (local(23, 59), local(3, 59, day=3)),
    ],
)
def test_same_day_ends_with_the_clinics_day_or_four_hours_later(now, by):
    assert ring_by("same-day", now=now.astimezone(UTC), zone=BENGALURU) == by


def test_the_clinics_day_is_the_one_where_the_clinic_is():
    now = local(23, zone=BENGALURU)

    assert ring_by("same-day", now=now, zone=NEW_YORK) == local(19, zone=NEW_YORK)


def test_an_emergency_is_due_at_once():
    assert ring_by("emergency", now=local(10), zone=BENGALURU) == local(10)


def test_seven_days_are_seven_days():
    assert ring_by("7-day", now=local(10), zone=BENGALURU) - local(10) == timedelta(days=7)


def test_a_lane_without_a_call_has_no_deadline():
    with pytest.raises(ValueError, match="no deadline"):
        ring_by("none", now=local(10), zone=BENGALURU)
