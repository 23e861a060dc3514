"""Clock time: half-open spans, local days, and the five-minute grid every booking stands on.

    [start, end)    10:00 ├────────┤ 10:30          touching spans do not overlap
                                   10:30 ├────┤ 10:50

Instants are aware. A span keeps them in UTC: Python subtracts and compares two times of one zone by the clock
on the wall, an hour out on the days on which that clock changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

GRAIN = timedelta(minutes=5)
_GRID_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True, slots=True)
class Span:
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", in_utc(self.start))
        object.__setattr__(self, "end", in_utc(self.end))
        if self.end <= self.start:
            raise ValueError("a span ends after it starts")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        """The only overlap rule in the project; the database's `&&` on [start, end) agrees with it."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


def in_utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("an instant knows its offset from UTC")
    return instant.astimezone(UTC)


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as few spans in order: overlapping and touching ones become one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Return the time of `spans` that no hole touches."""
    left = merge(spans)
    for hole in merge(holes):
        left = [part for span in left for part in _without(span, hole)]
    return left


def _without(span: Span, hole: Span) -> list[Span]:
    if not span.overlaps(hole):
        return [span]
    parts = [(span.start, hole.start), (hole.end, span.end)]
    return [Span(start, end) for start, end in parts if start < end]


def local_day(instant: datetime, tz: tzinfo) -> date:
    return in_utc(instant).astimezone(tz).date()


def local_instant(day: date, at: time, tz: tzinfo) -> datetime:
    """Return the instant at which the clocks of `tz` show `at` on `day`, in UTC.

    fold=0 gives both rules we want. A time that comes twice is the first one; a time that is skipped is read
    with the offset from before the change, and so moves forward by as much as the clock did.
    """
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), tz).astimezone(UTC)


def local_span(day: date, time_from: time, time_to: time, tz: tzinfo) -> Span | None:
    """Return the span from one local time to another, into the next day when the second is not later.

    None when the clock skipped all of it: 01:30 to 02:00 where 01:00 became 02:00.
    """
    last_day = day if time_to > time_from else day + timedelta(days=1)
    start, end = local_instant(day, time_from, tz), local_instant(last_day, time_to, tz)
    return Span(start, end) if start < end else None


def day_span(day: date, tz: tzinfo) -> Span | None:
    """Return the whole local day: 23 or 25 hours on a change day, None for a day the zone skipped."""
    return local_span(day, time(0), time(0), tz)


def align_down(instant: datetime) -> datetime:
    instant = in_utc(instant)
    return instant - (instant - _GRID_ORIGIN) % GRAIN


def align_up(instant: datetime) -> datetime:
    instant = in_utc(instant)
    return instant + (_GRID_ORIGIN - instant) % GRAIN


def is_aligned(instant: datetime) -> bool:
    return align_down(instant) == instant
