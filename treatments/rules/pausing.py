"""A pause: how long it may be taken back, when somebody asks after it, when health is asked about again."""

from datetime import date, datetime, time, timedelta, tzinfo

from clinic.rules.timespans import local_instant

UNDO_WITHIN = timedelta(minutes=3)
ASK_AFTER = timedelta(days=14)
MORNING = time(10)


def asked_after_at(*, from_at: datetime, until_on: date | None, tz: tzinfo) -> datetime:
    """Return when it is time to ask how things are: after two weeks, or once the day named has come."""
    two_weeks = from_at + ASK_AFTER
    return max(two_weeks, local_instant(until_on, MORNING, tz)) if until_on else two_weeks


def may_be_undone(*, from_at: datetime, now: datetime) -> bool:
    return now < from_at + UNDO_WITHIN


def wants_update(*, from_at: datetime, ended_at: datetime, ended_on: date, due_by: date | None) -> bool:
    """Whether health is asked about before going on: it was long, or the next session is late by now.

    `due_by`: the last day on which the next session would not have been late; None before the first.
    """
    if may_be_undone(from_at=from_at, now=ended_at):
        return False
    return ended_at - from_at > ASK_AFTER or (due_by is not None and ended_on > due_by)
