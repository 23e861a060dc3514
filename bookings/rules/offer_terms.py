"""When those who wait are asked about a time that became free, how many at once, and until when they answer.

A time of today, or within a day, is told to three at once, and to the next three a quarter of an hour later:
the first yes gets it. A later one is for one person alone, for a while. Nobody is asked while people sleep.
"""

from datetime import datetime, timedelta, tzinfo

from clinic.rules.quiet_hours import BY_CLASS, quiet_span
from clinic.rules.timespans import local_day

AT_ONCE = 3
NEXT_AFTER = timedelta(minutes=15)
SOON = timedelta(hours=24)
LEAST_NOTICE = timedelta(hours=1)  # nobody could come sooner
ON_THE_WAY = timedelta(minutes=30)
FAR = timedelta(days=4)
A_DAY_TO_ANSWER, HOURS_TO_ANSWER = timedelta(hours=24), timedelta(hours=4)
CHANGE, ORDINARY = "change", "ordinary"


def is_soon(starts: datetime, *, tz: tzinfo, now: datetime) -> bool:
    return local_day(starts, tz) == local_day(now, tz) or starts - now <= SOON


def is_too_late(starts: datetime, *, now: datetime) -> bool:
    return starts - now < LEAST_NOTICE


def message_class(*, soon: bool) -> str:
    return CHANGE if soon else ORDINARY


def may_ask(*, soon: bool, tz: tzinfo, now: datetime) -> bool:
    """An offer that lies unread through a night would be lost by sleeping."""
    return quiet_span(now, BY_CLASS[message_class(soon=soon)], tz) is None


def answer_by(starts: datetime, *, soon: bool, tz: tzinfo, now: datetime) -> datetime:
    """The first yes of several gets it, so they may say it until it is too late to come."""
    if soon:
        return starts - ON_THE_WAY
    until = now + (A_DAY_TO_ANSWER if starts - now >= FAR else HOURS_TO_ANSWER)
    if night := quiet_span(until, BY_CLASS[ORDINARY], tz):
        until = night.end + timedelta(hours=1)
    return min(until, starts - 2 * LEAST_NOTICE)
