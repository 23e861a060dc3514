"""Why a course cannot be placed, and the smallest change of one gap after which it can.

Forward from the first session run the days that it and each following one can be on while every gap is
kept; backward from the last one, the days that leave a way on. Where the two never meet the course cannot be
placed, and a gap that gave way a little would let them meet:

    session 2, forward          ●──●
                                   ├ earliest ─┤├ latest ┤·····┤ later: so many days more
    session 3, backward                                        ●──●

Every pair of such days over one gap is a plan that lacks only this gap, so the nearest pair is the least by
which the gap has to give way, exactly.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from bookings.rules import planner
from bookings.rules.planner import Failure, GapDays, PlanRequest
from treatments.rules.gaps import Gap

Days = Sequence[int]


class Kind(StrEnum):
    LATER = "later"
    SOONER = "sooner"


@dataclass(frozen=True)
class Change:
    """The gap before `session` gives way by `days`: past its latest (later), below its earliest (sooner)."""

    kind: Kind
    session: int
    days: int


@dataclass(frozen=True)
class Trouble:
    """The session that finds no day; the days, first and last, that its neighbours and gaps leave it.

    `window` is None where they leave none at all. `changes`: the least of each kind, and none of them needs
    another; empty where no one gap alone is in the way.
    """

    session: int
    window: tuple[date, date] | None
    changes: tuple[Change, ...]


def explain(request: PlanRequest, failure: Failure, *, booked: frozenset[int] = frozenset()) -> Trouble:
    """Return what is in the way of a plan. `booked`: sessions, from 1, that have their time already."""
    reach, session, window = _Reach(request), failure.session, failure.window
    if session in booked:
        # it is in nobody's way: those before it have to come near enough to it, and in time
        session = max((number for number in range(1, session) if number not in booked), default=session)
        window = _days(reach.span_after(session - 1))
    if window and session + 1 in booked:
        window = _both(window, _days(reach.span_before(session + 1)))
    return Trouble(session, window, tuple(changes(request)))


def _days(span: tuple[int, int] | None) -> tuple[date, date] | None:
    return span and (planner.day_of(span[0]), planner.day_of(span[1]))


def _both(one: tuple[date, date], other: tuple[date, date] | None) -> tuple[date, date] | None:
    first, last = (max(one[0], other[0]), min(one[1], other[1])) if other else one
    return (first, last) if first <= last else None


def changes(request: PlanRequest) -> list[Change]:
    """Return the least change of each kind that alone makes a plan possible, the least first."""
    reach = _Reach(request)
    found = [change for change in map(reach.least_of, Kind) if change is not None]
    return sorted(found, key=lambda change: change.days)


def changed(request: PlanRequest, change: Change) -> PlanRequest:
    """Return the same request with the gap that gives way."""
    if change.session == 1:
        after = replace(request.after, gap=_give_way(request.after.gap, change))
        return replace(request, after=after)
    gaps = list(request.gaps)
    gaps[change.session - 2] = _give_way(gaps[change.session - 2], change)
    return replace(request, gaps=gaps)


def _give_way(gap: GapDays | Gap, change: Change) -> GapDays:
    if change.kind == Kind.LATER:
        return GapDays(gap.earliest, gap.target, gap.latest + change.days)
    return GapDays(gap.earliest - change.days, gap.target, gap.latest)


class _Reach:
    """Days by session, from 1; session 0 is the one given last."""

    def __init__(self, request: PlanRequest) -> None:
        self.request = request
        self.open = [[], *planner.open_days(request)]
        self.gaps: list[GapDays | Gap | None] = [request.after.gap if request.after else None, *request.gaps]

    @property
    def sessions(self) -> int:
        return self.request.sessions

    @cached_property
    def forward(self) -> list[Days]:
        """The days of each session that a chain from the beginning reaches."""
        after = self.request.after
        found: list[Days] = [[after.day.toordinal()] if after else []]
        for number in range(1, self.sessions + 1):
            gap = self.gaps[number - 1]
            found.append(self.open[number] if gap is None else _kept(self.open[number], found[-1], gap, 1))
        return found

    @cached_property
    def backward(self) -> list[Days]:
        """The days of each session from which a chain leads to the end."""
        found: list[Days] = [self.open[self.sessions]]
        for number in range(self.sessions - 1, 0, -1):
            found.append(_kept(self.open[number], found[-1], self.gaps[number], -1))
        return [[], *reversed(found)]

    def span_after(self, number: int) -> tuple[int, int] | None:
        """The days that the session after this one may be on, as far as the sessions before it say."""
        gap, days = self.gaps[number], self.forward[number]
        if gap is None:
            return self.request.not_before.toordinal(), date.max.toordinal()
        return (days[0] + gap.earliest, days[-1] + gap.latest) if days else None

    def span_before(self, number: int) -> tuple[int, int] | None:
        gap, days = self.gaps[number - 1], self.backward[number]
        return (days[0] - gap.latest, days[-1] - gap.earliest) if days else None

    def least_of(self, kind: Kind) -> Change | None:
        of_each = ((days, number) for number, days in self._least_of_each(kind))
        least = min(of_each, default=None)
        return Change(kind, least[1], least[0]) if least else None

    def _least_of_each(self, kind: Kind) -> Iterator[tuple[int, int]]:
        for number in range(1, self.sessions + 1):
            gap = self.gaps[number - 1]
            if gap is None:
                continue
            least = _least_later if kind == Kind.LATER else _least_sooner
            found = [
                days for day in self.forward[number - 1] if (days := least(day, self.backward[number], gap))
            ]
            if found:
                yield number, min(found)


def _kept(days: Days, reached: Days, gap: GapDays | Gap, way: int) -> Days:
    """Return the days that keep the gap to one that is reached: before them (way 1) or after them (-1)."""
    near, far = (gap.latest, gap.earliest) if way == 1 else (-gap.earliest, -gap.latest)
    return [day for day in days if bisect_left(reached, day - near) < bisect_right(reached, day - far)]


def _least_later(day: int, following: Days, gap: GapDays | Gap) -> int | None:
    index = bisect_right(following, day + gap.latest)
    return following[index] - day - gap.latest if index < len(following) else None


def _least_sooner(day: int, following: Days, gap: GapDays | Gap) -> int | None:
    """Never below the floor that nobody may go below; a gap of three numbers has no room."""
    index = bisect_left(following, day + gap.earliest) - 1
    floor = getattr(gap, "never_before", gap.earliest)
    return day + gap.earliest - following[index] if index >= 0 and following[index] >= day + floor else None
