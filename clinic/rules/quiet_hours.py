"""When a message may ring: quiet hours on the local clock, and what becomes of one that falls into them.

20:00     21:00                        09:00
  ◀─earlier─┤▒▒▒▒▒▒▒▒▒ quiet ▒▒▒▒▒▒▒▒▒▒▒▒├─later─▶
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from clinic.rules.timespans import Span, local_day, local_span

EARLIER_BY = timedelta(hours=1)  # so that a retry still falls before the night


@dataclass(frozen=True, slots=True)
class QuietHours:
    begin: time
    end: time  # of the next morning


class WhenQuiet(StrEnum):
    """What a kind of message does when it would ring in quiet hours."""

    SEND = "send"
    EARLIER = "earlier"
    LATER = "later"
    DROP = "drop"


NIGHT = QuietHours(time(21), time(9))
SHORT_NIGHT = QuietHours(time(22), time(7))

# How much a message matters. `safety` here is a scheduled follow-up; an alarm's kind says WhenQuiet.SEND.
BY_CLASS: dict[str, QuietHours | None] = {
    "code": None,
    "change": SHORT_NIGHT,
    "safety": NIGHT,
    "ordinary": NIGHT,
}


def fit(
    due: datetime, *, message_class: str, when_quiet: WhenQuiet, tz: tzinfo, now: datetime
) -> datetime | None:
    """Return when a message due at `due` may go, None for never.

    EARLIER that would be in the past is LATER: a reminder after breakfast is worth more than none. With
    `due=now` this also answers the deliverer, who comes late.
    """
    night = quiet_span(due, BY_CLASS[message_class], tz)
    if night is None or when_quiet is WhenQuiet.SEND:
        return due
    if when_quiet is WhenQuiet.DROP:
        return None
    earlier = night.start - EARLIER_BY
    return earlier if when_quiet is WhenQuiet.EARLIER and earlier > now else night.end


def quiet_span(at: datetime, quiet: QuietHours | None, tz: tzinfo) -> Span | None:
    """Return the quiet hours that `at` lies in: they began this local day or the one before."""
    if quiet is None:
        return None
    today = local_day(at, tz)
    for day in (today - timedelta(days=1), today):
        span = local_span(day, quiet.begin, quiet.end, tz)
        if span is not None and span.start <= at < span.end:
            return span
    return None
