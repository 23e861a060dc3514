"""The hours of a week as rows that hold from one day until another: what a change leaves of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta, tzinfo
from itertools import pairwise

from clinic.rules import timespans
from clinic.rules.timespans import Span

ONE_DAY = timedelta(days=1)
MINUTES_OF_DAY, MINUTES_OF_WEEK = 24 * 60, 7 * 24 * 60


@dataclass(frozen=True, order=True)
class Part:
    """One stretch of a weekday, 0 for Monday; one that ends no later than it starts reaches past midnight."""

    weekday: int
    starts: time
    ends: time
    urgent_from: time | None = None
    urgent_to: time | None = None

    @property
    def minutes(self) -> tuple[int, int]:
        """Its start and end, counted from the start of the week."""
        starts, ends = _minute(self.starts), _minute(self.ends)
        day = self.weekday * MINUTES_OF_DAY
        return day + starts, day + ends + (MINUTES_OF_DAY if ends <= starts else 0)


@dataclass(frozen=True)
class Row:
    """A part, and the days on which it holds; `key` names what it is stored as, None if it is new."""

    part: Part
    from_on: date
    until_on: date | None = None
    key: int | None = None

    def holds_on(self, day: date) -> bool:
        begun = self.from_on <= day and (self.until_on is None or day <= self.until_on)
        return begun and day.weekday() == self.part.weekday


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def clashes(parts: Iterable[Part]) -> set[int]:
    """Return the weekdays on which a part begins before another has ended; Sunday's may reach into Monday."""
    spans = sorted((*part.minutes, part.weekday) for part in parts)
    found = {weekday for (_, ends, _), (starts, _, weekday) in pairwise(spans) if starts < ends}
    if spans and max(ends for _, ends, _ in spans) - MINUTES_OF_WEEK > spans[0][0]:
        found.add(spans[0][2])
    return found


def replaced(
    rows: Sequence[Row], parts: Iterable[Part], *, from_on: date, until_on: date | None
) -> list[Row]:
    """Return all rows once `parts` hold from `from_on` on: what was planned for these days goes.

    What held before ends the day before; where the change ends, too, what held goes on the day after. The
    first piece of a row keeps its key.
    """
    kept = [piece for row in rows for piece in _left_of(row, from_on, until_on)]
    return kept + [Row(part, from_on, until_on) for part in sorted(parts)]


def _left_of(row: Row, from_on: date, until_on: date | None) -> list[Row]:
    begins_after = until_on is not None and row.from_on > until_on
    ends_before = row.until_on is not None and row.until_on < from_on
    if begins_after or ends_before:
        return [row]
    pieces = []
    if row.from_on < from_on:
        pieces.append(replace(row, until_on=from_on - ONE_DAY))
    if until_on is not None and (row.until_on is None or row.until_on > until_on):
        pieces.append(replace(row, from_on=until_on + ONE_DAY, key=None if pieces else row.key))
    return pieces


def spans_on(rows: Iterable[Row], days: Iterable[date], tz: tzinfo) -> list[Span]:
    """Return the clock time that the rows make on these local days, as few spans in order."""
    rows = list(rows)
    found = (
        timespans.local_span(day, row.part.starts, row.part.ends, tz)
        for day in days
        for row in rows
        if row.holds_on(day)
    )
    return timespans.merge(span for span in found if span)
