"""What one patient is told and when: both sides of every boundary, by the local clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.rules import reminder_ladder as ladder
from bookings.rules.reminder_ladder import Difference, Notice, Planned, Visit
from clinic.rules.message_texts import KINDS

KOLKATA = ZoneInfo("Asia/Kolkata")
LONDON = ZoneInfo("Europe/London")
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def at(text: str, tz: ZoneInfo = KOLKATA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz).astimezone(UTC)


def visit(text: str, tz: ZoneInfo = KOLKATA) -> Visit:
    return Visit(starts=at(text, tz), place=1, tz=tz)


NOON = at("2026-11-02T12:00")
IN_A_WEEK = visit("2026-11-09T11:00")
WEEK_AFTER = visit("2026-11-16T11:00")

# Reminders


def test_a_visit_in_a_week_is_reminded_of_twice():
    assert ladder.reminders(IN_A_WEEK, now=NOON) == [
        Planned("reminder_72", "ordinary", at("2026-11-06T11:00"), at("2026-11-08T11:00")),
        Planned("reminder_24", "ordinary", at("2026-11-08T11:00"), at("2026-11-09T11:00")),
    ]


@pytest.mark.parametrize(
    ("hours", "before", "kinds"),
    [
        (72, SECOND, ["reminder_72", "reminder_24"]),
        (72, timedelta(0), ["reminder_24"]),
        (24, SECOND, ["reminder_24"]),
        (24, timedelta(0), []),
        (0, timedelta(0), []),
        (-1, timedelta(0), []),
    ],
)
def test_a_reminder_whose_hour_has_passed_is_not_written(hours, before, kinds):
    now = IN_A_WEEK.starts - timedelta(hours=hours) - before

    assert [planned.kind for planned in ladder.reminders(IN_A_WEEK, now=now)] == kinds


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        ("2026-11-09T08:59", "2026-11-07T20:00"),  # the morning before is still quiet
        ("2026-11-09T09:00", "2026-11-08T09:00"),
        ("2026-11-09T20:59", "2026-11-08T20:59"),
        ("2026-11-09T21:00", "2026-11-08T20:00"),
    ],
)
def test_a_reminder_due_in_the_night_goes_the_evening_before(starts, due):
    planned = ladder.reminders(visit(starts), now=NOON)[-1]

    assert (planned.kind, planned.due_at) == ("reminder_24", at(due))


def test_a_reminder_whose_evening_has_passed_goes_in_the_morning():
    early = visit("2026-11-04T08:30")  # its 24 h fall on Tuesday 08:30, the evening before is Monday 20:00
    planned = ladder.reminders(early, now=at("2026-11-02T20:00"))

    assert planned == [Planned("reminder_24", "ordinary", at("2026-11-03T09:00"), early.starts)]


@pytest.mark.parametrize("hour", range(24))
def test_no_reminder_is_due_after_it_would_be_of_use(hour):
    early = visit(f"2026-11-09T{hour:02}:00")

    for planned in ladder.reminders(early, now=NOON):
        assert NOON < planned.due_at <= planned.not_after <= early.starts


def test_hours_before_are_real_hours_when_clocks_change():
    after_the_change = visit("2027-03-28T14:00", LONDON)  # clocks went forward that morning
    due = [planned.due_at for planned in ladder.reminders(after_the_change, now=NOON)]

    assert due == [at("2027-03-25T13:00", LONDON), at("2027-03-27T13:00", LONDON)]


def test_one_session_has_at_most_three_ordinary_messages():
    after_the_last = ladder.next_visit(IN_A_WEEK, now=NOON)
    kinds = [after_the_last.kind, *(planned.kind for planned in ladder.reminders(IN_A_WEEK, now=NOON))]

    assert kinds == ["next_booked", "reminder_72", "reminder_24"]
    assert len(kinds) <= ladder.MOST_ORDINARY_PER_SESSION == 3


# One notice for a whole change


def notice(*differences, own_act=False, now=NOON):
    return ladder.notice([Difference(*pair) for pair in differences], own_act=own_act, now=now)


@pytest.mark.parametrize(
    ("differences", "kind", "shown"),
    [
        ([(None, IN_A_WEEK)], "booked", IN_A_WEEK),
        ([(None, WEEK_AFTER), (None, IN_A_WEEK)], "booked_several", IN_A_WEEK),
        ([(WEEK_AFTER, IN_A_WEEK)], "moved", IN_A_WEEK),
        ([(IN_A_WEEK, WEEK_AFTER)], "moved", WEEK_AFTER),
        ([(IN_A_WEEK, None)], "cancelled", IN_A_WEEK),
        ([(WEEK_AFTER, None), (IN_A_WEEK, None)], "cancelled_several", IN_A_WEEK),
        ([(IN_A_WEEK, None), (None, WEEK_AFTER)], "changed_several", WEEK_AFTER),
        ([(IN_A_WEEK, IN_A_WEEK), (None, WEEK_AFTER)], "booked", WEEK_AFTER),
    ],
)
def test_a_notice_says_the_whole_difference(differences, kind, shown):
    found = notice(*differences)

    assert (found.planned.kind, found.shown) == (kind, shown)
    assert found.planned.kind in KINDS


@pytest.mark.parametrize("differences", [[], [(None, None)], [(IN_A_WEEK, IN_A_WEEK)]])
def test_nothing_is_said_where_nothing_differs_from_what_was_told(differences):
    assert notice(*differences) is None


def test_a_visit_at_another_place_at_the_same_hour_has_moved():
    elsewhere = replace(IN_A_WEEK, place=2)

    assert notice((IN_A_WEEK, elsewhere)).planned.kind == "moved"


def test_the_clinics_change_waits_three_minutes():
    assert notice((None, IN_A_WEEK)) == Notice(
        Planned("booked", "ordinary", NOON + timedelta(minutes=3), IN_A_WEEK.starts), IN_A_WEEK
    )


def test_the_answer_to_ones_own_act_goes_at_once():
    assert notice((None, IN_A_WEEK), own_act=True).planned == Planned(
        "booked", "change", NOON, IN_A_WEEK.starts
    )


@pytest.mark.parametrize(
    ("ahead", "message_class"), [(24 * HOUR, "ordinary"), (24 * HOUR - SECOND, "change")]
)
def test_a_change_within_a_day_goes_at_once(ahead, message_class):
    soon = replace(IN_A_WEEK, starts=NOON + ahead)

    assert notice((None, soon)).planned.message_class == message_class
    assert notice((soon, WEEK_AFTER)).planned.message_class == message_class
    assert notice((soon, None)).planned.message_class == message_class


@pytest.mark.parametrize(
    ("now", "own_act", "due"),
    [
        ("2026-11-02T20:56:59", False, "2026-11-02T20:59:59"),
        ("2026-11-02T20:57:00", False, "2026-11-03T09:00"),
        ("2026-11-02T21:59:59", True, "2026-11-02T21:59:59"),
        ("2026-11-02T22:00:00", True, "2026-11-03T07:00"),
    ],
)
def test_a_notice_in_quiet_hours_waits_for_the_morning(now, own_act, due):
    assert notice((None, IN_A_WEEK), own_act=own_act, now=at(now)).planned.due_at == at(due)


@pytest.mark.parametrize(("late", "told"), [(SECOND, True), (timedelta(0), False)])
def test_what_has_already_begun_is_not_told(late, told):
    now = IN_A_WEEK.starts - late

    assert (notice((None, IN_A_WEEK), now=now) is not None) == told
    assert (notice((IN_A_WEEK, None), now=now) is not None) == told


def test_a_visit_moved_away_from_a_time_that_has_passed_is_still_told():
    found = notice((IN_A_WEEK, WEEK_AFTER), now=IN_A_WEEK.starts + HOUR)

    assert (found.planned.kind, found.planned.not_after) == ("moved", WEEK_AFTER.starts)


# After one was given


def test_the_next_visit_is_told_after_grace():
    assert ladder.next_visit(IN_A_WEEK, now=NOON) == Planned(
        "next_booked", "ordinary", NOON + timedelta(minutes=3), IN_A_WEEK.starts
    )


def test_without_a_time_the_days_to_choose_from_are_told_until_they_end():
    planned = ladder.next_days(date(2026, 11, 20), tz=KOLKATA, now=NOON)

    assert planned == Planned("next_to_book", "ordinary", NOON + timedelta(minutes=3), at("2026-11-21T00:00"))


def test_a_session_given_late_in_the_evening_is_thanked_for_in_the_morning():
    assert ladder.next_visit(IN_A_WEEK, now=at("2026-11-02T21:10")).due_at == at("2026-11-03T09:00")


def test_a_next_visit_that_has_begun_is_not_told():
    assert ladder.next_visit(IN_A_WEEK, now=IN_A_WEEK.starts) is None
    assert ladder.next_days(date(2026, 11, 2), tz=KOLKATA, now=at("2026-11-03T00:00")) is None
