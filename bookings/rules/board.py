"""Where things stand on the day board: rows of five minutes, and cards beside each other.

Cards that overlap in one column get lanes; one takes more of them where the neighbours leave room:

    10:00  ┌ Ravi ─┐┌ Asha ─┐     Ravi    lane 0 of 2
           │       │└───────┘     Asha    lane 1 of 2
    10:45  │       │┌ Joseph┐     Joseph  lane 1 of 2
           └───────┘└───────┘
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from clinic.rules import timespans
from clinic.rules.timespans import GRAIN, Span

MOST_ROWS = 300  # 25 hours, the longest day there is; css/board.css counts as far
MOST_LANES = 8
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scale:
    """The rows of one board, from its first minute on."""

    starts: datetime
    rows: int

    @property
    def span(self) -> Span:
        return Span(self.starts, self.starts + self.rows * GRAIN)

    def row(self, moment: datetime) -> int:
        return min(max((timespans.in_utc(moment) - self.starts) // GRAIN, 0), self.rows)

    def place(self, span: Span) -> tuple[int, int] | None:
        """Return (row, how many) of what the board shows of a span; rows that it touches count whole."""
        if not span.overlaps(self.span):
            return None
        first = self.row(span.start)
        return first, max(1, self.row(timespans.align_up(span.end)) - first)


def scale_over(spans: Iterable[Span], *, day: date, tz: tzinfo) -> Scale:
    """Return whole hours of the clock on the wall around everything; office hours where there is nothing."""
    found = list(spans) or [timespans.local_span(day, time(9), time(18), tz)]
    starts = _on_the_hour(min(span.start for span in found), tz)
    hours = -((starts - max(span.end for span in found)) // HOUR)
    return Scale(starts, min(hours * (HOUR // GRAIN), MOST_ROWS))


def _on_the_hour(moment: datetime, tz: tzinfo) -> datetime:
    """In Bengaluru whole hours are half ones in UTC."""
    past = moment.astimezone(tz).time()
    return moment - timedelta(minutes=past.minute, seconds=past.second, microseconds=past.microsecond)


# Side by side


@dataclass(frozen=True)
class Lane:
    """`at` of `of`, over `take` of them."""

    at: int = 0
    of: int = 1
    take: int = 1


def side_by_side(spans: Sequence[Span]) -> list[Lane]:
    """Return a lane for each span, none shared by two that overlap. The spans come in order of start."""
    lanes: list[Lane] = []
    for group in _hanging_together(spans):
        placed = _first_free_lanes(group)
        of = max(placed) + 1
        lanes += [Lane(at, of, _take(n, group, placed, of)) for n, at in enumerate(placed)]
    return lanes


def _hanging_together(spans: Sequence[Span]) -> list[list[Span]]:
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span.start < max(earlier.end for earlier in groups[-1]):
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _first_free_lanes(group: Sequence[Span]) -> list[int]:
    """Beyond the most that a column can show, cards share the last lane."""
    ends: list[datetime] = []
    placed = []
    for span in group:
        free = next((lane for lane, end in enumerate(ends) if end <= span.start), len(ends))
        free = min(free, MOST_LANES - 1)
        ends[free : free + 1] = [span.end]
        placed.append(free)
    return placed


def _take(n: int, group: Sequence[Span], placed: Sequence[int], of: int) -> int:
    beside = (
        lane for span, lane in zip(group, placed, strict=True) if lane > placed[n] and span.overlaps(group[n])
    )
    return min(beside, default=of) - placed[n]


# What is not taken


def free_cells(
    *, open_spans: Iterable[Span], taken: Iterable[Span], minutes: int, tz: tzinfo, now: datetime
) -> list[Span]:
    """Return the empty cells of the grid of starts: within hours, still to come, under no card."""
    step = timedelta(minutes=minutes)
    cells = []
    for span in timespans.subtract(open_spans, taken):
        starts = span.start + _to_grid(span.start, minutes, tz)
        while starts + step <= span.end:
            cells += [Span(starts, starts + step)] if starts >= now else []
            starts += step
    return cells


def _to_grid(moment: datetime, minutes: int, tz: tzinfo) -> timedelta:
    """How long until the clock on the wall shows a start."""
    local = moment.astimezone(tz)
    return timedelta(minutes=-(local.hour * 60 + local.minute) % minutes)
