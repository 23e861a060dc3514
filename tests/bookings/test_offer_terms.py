"""When, how many and until when: both sides of each boundary, on the clock in Bengaluru."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bookings.rules import offer_terms

IST = ZoneInfo("Asia/Kolkata")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=IST)


@pytest.mark.parametrize(
    ("now", "starts", "expected"),
    [
        ("02T00:05", "02T23:55", True),
        ("02T10:00", "03T10:00", True),
        ("02T10:00", "03T10:01", False),
        ("02T23:59", "03T23:58", True),
    ],
)
def test_soon_is_today_or_within_a_day(now, starts, expected):
    assert offer_terms.is_soon(at(starts), tz=IST, now=at(now)) is expected


@pytest.mark.parametrize(("now", "expected"), [("02T10:00", False), ("02T10:01", True)])
def test_an_hour_before_nobody_is_asked_any_more(now, expected):
    assert offer_terms.is_too_late(at("02T11:00"), now=at(now)) is expected


@pytest.mark.parametrize(
    ("soon", "now", "expected"),
    [
        (True, "02T06:59", False),
        (True, "02T07:00", True),
        (True, "02T21:59", True),
        (True, "02T22:00", False),
        (False, "02T08:59", False),
        (False, "02T09:00", True),
        (False, "02T20:59", True),
        (False, "02T21:00", False),
    ],
)
def test_nobody_is_asked_while_people_sleep(soon, now, expected):
    assert offer_terms.may_ask(soon=soon, tz=IST, now=at(now)) is expected


@pytest.mark.parametrize(
    ("now", "starts", "expected"),
    [
        ("02T10:00", "06T10:00", "03T10:00"),  # four days ahead: a day
        ("02T10:00", "06T09:59", "02T14:00"),  # else four hours
        ("02T18:00", "05T10:00", "03T10:00"),  # that would end at night: an hour after breakfast
        ("02T10:00", "03T11:00", "02T14:00"),
        ("02T20:30", "04T09:00", "03T10:00"),
    ],
)
def test_a_later_time_is_kept_so_long(now, starts, expected):
    assert offer_terms.answer_by(at(starts), soon=False, tz=IST, now=at(now)) == at(expected)


def test_a_time_of_today_may_be_taken_until_half_an_hour_before():
    assert offer_terms.answer_by(at("02T16:00"), soon=True, tz=IST, now=at("02T10:00")) == at("02T15:30")
