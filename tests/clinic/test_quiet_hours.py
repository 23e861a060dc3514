"""Both sides of every boundary of the quiet hours, in zones with and without a change of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.models.outbox import MessageClass
from clinic.rules import quiet_hours
from clinic.rules.quiet_hours import WhenQuiet

KOLKATA = ZoneInfo("Asia/Kolkata")
LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def at(text: str, tz: ZoneInfo = KOLKATA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz).astimezone(UTC)


def fit(due, *, message_class="ordinary", when_quiet=WhenQuiet.LATER, tz=KOLKATA, now=LONG_AGO):
    return quiet_hours.fit(due, message_class=message_class, when_quiet=when_quiet, tz=tz, now=now)


def test_classes_are_those_of_the_model():
    assert set(quiet_hours.BY_CLASS) == set(MessageClass.values)


@pytest.mark.parametrize(
    ("message_class", "local", "quiet"),
    [
        ("ordinary", "2026-11-24T20:59:59", False),
        ("ordinary", "2026-11-24T21:00:00", True),
        ("ordinary", "2026-11-25T00:00:00", True),
        ("ordinary", "2026-11-25T08:59:59", True),
        ("ordinary", "2026-11-25T09:00:00", False),
        ("change", "2026-11-24T21:59:59", False),
        ("change", "2026-11-24T22:00:00", True),
        ("change", "2026-11-25T06:59:59", True),
        ("change", "2026-11-25T07:00:00", False),
        ("safety", "2026-11-24T21:00:00", True),
        ("safety", "2026-11-25T09:00:00", False),
        ("code", "2026-11-25T03:00:00", False),
    ],
)
def test_quiet_hours_of_each_class(message_class, local, quiet):
    moment = at(local)

    assert (fit(moment, message_class=message_class) != moment) == quiet


@pytest.mark.parametrize(
    ("when_quiet", "expected"),
    [
        (WhenQuiet.SEND, "2026-11-25T05:00"),
        (WhenQuiet.EARLIER, "2026-11-24T20:00"),
        (WhenQuiet.LATER, "2026-11-25T09:00"),
        (WhenQuiet.DROP, None),
    ],
)
def test_each_way_out_of_quiet_hours(when_quiet, expected):
    assert fit(at("2026-11-25T05:00"), when_quiet=when_quiet) == (expected and at(expected))


@pytest.mark.parametrize("when_quiet", list(WhenQuiet))
def test_outside_quiet_hours_nothing_changes(when_quiet):
    noon = at("2026-11-25T12:00")

    assert fit(noon, when_quiet=when_quiet) == noon


def test_earlier_that_has_passed_becomes_later():
    due = at("2026-11-25T05:00")
    evening = at("2026-11-24T20:00")

    assert fit(due, when_quiet=WhenQuiet.EARLIER, now=evening - timedelta(seconds=1)) == evening
    assert fit(due, when_quiet=WhenQuiet.EARLIER, now=evening) == at("2026-11-25T09:00")


def test_a_message_found_due_in_the_night_waits_for_the_morning():
    night = at("2026-11-24T23:30")

    assert fit(night, when_quiet=WhenQuiet.EARLIER, now=night) == at("2026-11-25T09:00")


@pytest.mark.parametrize(
    ("tz", "due", "morning"),
    [
        # The night before the clocks go forward is an hour short, the one before they go back an hour long.
        (LONDON, "2027-03-28T00:30", "2027-03-28T09:00"),
        (LONDON, "2027-10-31T00:30", "2027-10-31T09:00"),
        (NEW_YORK, "2027-03-14T01:30", "2027-03-14T09:00"),
        (NEW_YORK, "2027-11-07T01:30", "2027-11-07T09:00"),
        (LORD_HOWE, "2027-04-04T01:15", "2027-04-04T09:00"),
        (APIA, "2011-12-29T23:00", "2011-12-31T09:00"),  # Friday the 30th never was
    ],
)
def test_later_is_nine_on_the_local_clock_when_clocks_change(tz, due, morning):
    assert fit(at(due, tz), tz=tz) == at(morning, tz)


@pytest.mark.parametrize(
    ("tz", "due", "evening"),
    [(LONDON, "2027-03-28T03:30", "2027-03-27T20:00"), (NEW_YORK, "2027-11-07T08:59", "2027-11-06T20:00")],
)
def test_earlier_is_eight_in_the_evening_on_the_local_clock_when_clocks_change(tz, due, evening):
    assert fit(at(due, tz), tz=tz, when_quiet=WhenQuiet.EARLIER) == at(evening, tz)


def test_the_second_of_two_half_past_ones_is_quiet_too():
    second = datetime(2027, 10, 31, 1, 30, fold=1, tzinfo=LONDON).astimezone(UTC)

    assert fit(second, tz=LONDON) == at("2027-10-31T09:00", LONDON)


def test_the_zone_decides_not_utc():
    moment = datetime(2026, 11, 24, 15, 45, tzinfo=UTC)  # 21:15 in Bengaluru, 15:45 in London

    assert fit(moment, tz=KOLKATA) == at("2026-11-25T09:00")
    assert fit(moment, tz=LONDON) == moment
