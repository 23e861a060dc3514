"""Where visits could go whose place closes: who chooses first, and which free start is best for each.

    who       those already inside, then by time
    where     the same time, with the same doctor in another room, or with a colleague
              later the same day; earlier that day, but never today: people may be on their way
              the next day there is; only then a day before, the nearest one

What one visit is given, the next ones cannot have. Somebody already inside is moved at once, and so may use
their own room and chair again. Everybody else keeps their time until they have said yes, room and chair
included: what they are offered has to be free beside it. A colleague who could see them at their own time but
only in their own room is better than another hour: that can be done, though not kept while they are asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol

from clinic.rules.timespans import local_day

BEFORE, AHEAD = timedelta(days=14), timedelta(days=28)  # so far round its day a visit may go
TO_ANSWER = timedelta(hours=24)
BEFORE_VISIT = timedelta(hours=2)  # so long before it the desk has to know
AT_LEAST = timedelta(minutes=30)


class Way(StrEnum):
    SAME = "same"
    COLLEAGUE = "colleague"
    SAME_DAY = "same_day"
    NEXT_DAY = "next_day"
    DAY_BEFORE = "day_before"


_ORDER = list(Way)


@dataclass(frozen=True, slots=True)
class Displaced:
    """A visit whose place closes. `not_before`: any other start for it is then or later."""

    id: int
    starts: datetime
    practitioner: int
    is_here: bool
    not_before: datetime
    tz: tzinfo

    @property
    def day(self) -> date:
        return local_day(self.starts, self.tz)


@dataclass(frozen=True, slots=True)
class Found:
    """`in_place`: only with the room and chair the visit has, so that it cannot be kept beside it."""

    way: Way
    starts: datetime
    practitioner: int
    in_place: bool = False


class Diary(Protocol):
    """What is free once the place has closed."""

    def give_up(self, visit: Displaced) -> None:
        """Count what the visit has as free."""

    def keep(self, visit: Displaced) -> None:
        """Count what the visit has as taken again."""

    def starts(self, visit: Displaced, first: date, last: date) -> Sequence[datetime]:
        """Return every start there is for the visit on these days, its own time included, in order."""

    def take(self, visit: Displaced, starts: datetime, *, with_own: bool = False) -> int | None:
        """Take what the visit needs at this start, with its own doctor if they can, and return who; None
        when it cannot be had. `with_own`: with nobody else.
        """


def in_order(visits: Iterable[Displaced]) -> list[Displaced]:
    return sorted(visits, key=lambda visit: (not visit.is_here, visit.starts, visit.id))


def place(visit: Displaced, diary: Diary, today: date) -> Found | None:
    """Return what one visit could be given, and take it."""
    if not visit.is_here:
        return at_own_time(visit, diary) or _best(visit, diary, today)
    diary.give_up(visit)
    found = _with_own(visit, diary) or _best(visit, diary, today)
    if found is None:
        diary.keep(visit)
    return found


def at_own_time(visit: Displaced, diary: Diary) -> Found | None:
    """Where nobody need come at another time: beside what they have if that goes, else with it."""
    diary.give_up(visit)
    if found := _with_own(visit, diary):
        return found
    diary.keep(visit)
    who = diary.take(visit, visit.starts)
    if who is not None:
        return Found(Way.COLLEAGUE, visit.starts, who)
    diary.give_up(visit)
    who = diary.take(visit, visit.starts)
    if who is not None:
        return Found(Way.COLLEAGUE, visit.starts, who, in_place=True)
    diary.keep(visit)
    return None


def _with_own(visit: Displaced, diary: Diary) -> Found | None:
    who = diary.take(visit, visit.starts, with_own=True)
    return None if who is None else Found(Way.SAME, visit.starts, who, in_place=True)


def _best(visit: Displaced, diary: Diary, today: date) -> Found | None:
    for first, last in _stretches(visit.day):
        for way, start in ranked(visit, diary.starts(visit, first, last), today=today):
            who = diary.take(visit, start)
            if who is not None:
                return Found(way, start, who)
    return None


def _stretches(day: date) -> Iterable[tuple[date, date]]:
    """The days to look at, the likely ones first: most visits find their time on the first few."""
    week, one = timedelta(days=7), timedelta(days=1)
    yield day, day
    yield day + one, day + week
    yield day + week + one, day + AHEAD
    yield day - BEFORE, day - one


def ranked(visit: Displaced, starts: Iterable[datetime], *, today: date) -> list[tuple[Way, datetime]]:
    """Return the starts that may be offered, the best first."""
    judged = ((way_to(visit, start, today=today), start) for start in starts)
    offered = [(way, start) for way, start in judged if way is not None]
    return sorted(offered, key=lambda one: (_ORDER.index(one[0]), _distance(visit, *one)))


def way_to(visit: Displaced, start: datetime, *, today: date) -> Way | None:
    """Return what it means to go there; None where it may not be offered."""
    if start == visit.starts:
        return Way.COLLEAGUE
    if start < visit.not_before:
        return None
    day = local_day(start, visit.tz)
    if day == visit.day:
        return Way.SAME_DAY if start > visit.starts or day != today else None
    return Way.NEXT_DAY if day > visit.day else Way.DAY_BEFORE


def _distance(visit: Displaced, way: Way, start: datetime) -> tuple[bool, int, datetime]:
    """Later goes before earlier; of days before, the nearest one first, each from its morning on."""
    days = (visit.day - local_day(start, visit.tz)).days if way == Way.DAY_BEFORE else 0
    return start < visit.starts, days, start


def answer_by(*, now: datetime, was: datetime, to: datetime) -> datetime | None:
    """Return until when somebody may answer; None when there is no time left to ask.

    A day, but so that the desk knows two hours before either time; never less than half an hour, as far as
    the earlier of both leaves that.
    """
    earlier = min(was, to)
    until = max(min(now + TO_ANSWER, earlier - BEFORE_VISIT), min(now + AT_LEAST, earlier))
    return until if until > now else None
