"""Who gains from a time that became free, and in which order they are asked.

A time suits somebody who waits when
- it is on a day, at an hour and with the doctor that they said, they are not away, and nothing stands against
  placing it (a pause, what medicine says, another visit at that hour);
- it is on an earlier day than the one they have;
- it keeps the gaps of their course: from the session before, and to the session after. Only where that one
  would come too late may it still suit, if it moves along (`pulls_next`).

Of those whom it suits, first
1. who is past their latest day, the longest past it first;
2. who has no time at all, the nearest to their latest day first;
3. who has a time, the nearest to their latest day first; without such a day last;
then who gains the most days, then who has waited the longest, then the one who was written down first.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import IntEnum, StrEnum

from treatments.rules.gaps import Gap, Verdict, latest_day, verdict


class Need(IntEnum):
    PAST_LATEST = 0
    NO_TIME = 1
    HAS_TIME = 2


class WhyNot(StrEnum):
    """What speaks against it; the first that applies is said."""

    HELD_BACK = "held_back"
    OTHER_DAYS = "other_days"
    OTHER_WEEKDAY = "other_weekday"
    OTHER_HOURS = "other_hours"
    OTHER_DOCTOR = "other_doctor"
    SHORT_NOTICE = "short_notice"
    AWAY = "away"
    BUSY = "busy"
    NO_GAIN = "no_gain"
    TOO_SOON = "too_soon"
    TOO_LATE = "too_late"
    NEXT_TOO_SOON = "next_too_soon"
    NEXT_TOO_LATE = "next_too_late"


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that became free. `day` and `at` on the clock of the place; `is_soon`: today or within a day."""

    day: date
    at: time
    practitioner: int
    is_soon: bool


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The day of a session beside the one somebody waits for, and the gap between the two.

    `until`: a doctor's word that the later of them may be as late as that.
    """

    day: date
    gap: Gap
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits, as they said, and as their course stands.

    `has_on`: the day of the time they have. `near`: days of other courses, each with those to keep from it.
    """

    entry: int
    since: datetime
    first_on: date
    last_on: date
    weekdays: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None
    practitioner: int | None = None
    at_short_notice: bool = True
    has_on: date | None = None
    before: Neighbour | None = None
    after: Neighbour | None = None
    near: Sequence[tuple[date, int]] = ()
    away: Sequence[tuple[date, date]] = ()
    is_held_back: bool = False
    is_busy: bool = False

    @property
    def latest(self) -> date | None:
        """The last day that is still on time."""
        before = self.before
        return latest_day(last=before.day, gap=before.gap, until=before.until) if before else None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One whom the time suits. `spare`: days between the one they have, or today, and their latest."""

    entry: int
    need: Need
    spare: int | None
    gained: int
    since: datetime
    pulls_next: bool = False

    @property
    def order(self) -> tuple:
        spare = math.inf if self.spare is None else self.spare
        return self.need, spare, -self.gained, self.since, self.entry


@dataclass(frozen=True, slots=True)
class Ranking:
    """`suited`: first to ask first. `others`: why not, by entry."""

    suited: tuple[Ranked, ...]
    others: dict[int, WhyNot]


def rank(free: FreeTime, waiting: Iterable[Waiting], *, today: date) -> Ranking:
    suited, others = [], {}
    for one in waiting:
        why = _against(free, one)
        if why is None or (why is WhyNot.NEXT_TOO_LATE and one.has_on):
            suited.append(_ranked(free, one, today, pulls_next=why is not None))
        else:
            others[one.entry] = why
    return Ranking(tuple(sorted(suited, key=lambda ranked: ranked.order)), others)


def _ranked(free: FreeTime, one: Waiting, today: date, *, pulls_next: bool) -> Ranked:
    stands = one.has_on or max(today, free.day)
    spare = (one.latest - stands).days if one.latest else None
    if spare is not None and spare < 0:
        need = Need.PAST_LATEST
    else:
        need = Need.HAS_TIME if one.has_on else Need.NO_TIME
    gained = ((one.has_on or one.last_on) - free.day).days
    return Ranked(one.entry, need, spare, gained, one.since, pulls_next)


def _against(free: FreeTime, one: Waiting) -> WhyNot | None:
    return next((why for why, applies in _objections(free, one) if applies), None)


def _objections(free: FreeTime, one: Waiting) -> Iterable[tuple[WhyNot, bool]]:
    yield WhyNot.HELD_BACK, one.is_held_back
    yield WhyNot.OTHER_DAYS, not one.first_on <= free.day <= one.last_on
    yield WhyNot.OTHER_WEEKDAY, bool(one.weekdays) and free.day.weekday() not in one.weekdays
    yield WhyNot.OTHER_HOURS, one.hours is not None and not one.hours[0] <= free.at < one.hours[1]
    yield WhyNot.OTHER_DOCTOR, one.practitioner not in (None, free.practitioner)
    yield WhyNot.SHORT_NOTICE, free.is_soon and not one.at_short_notice
    yield WhyNot.AWAY, any(first <= free.day <= last for first, last in one.away)
    yield WhyNot.BUSY, one.is_busy
    yield WhyNot.NO_GAIN, one.has_on is not None and free.day >= one.has_on
    yield from _gaps(free.day, one)


def _gaps(day: date, one: Waiting) -> Iterable[tuple[WhyNot, bool]]:
    """The clinic offers it, so late is not too late before somebody has to be looked at again."""
    before, after = one.before, one.after
    since = before and verdict(last=before.day, day=day, gap=before.gap, until=before.until)
    until = after and verdict(last=day, day=after.day, gap=after.gap, until=after.until)
    yield WhyNot.TOO_SOON, since in (Verdict.REFUSED, Verdict.DOCTOR_ONLY)
    yield WhyNot.TOO_SOON, any(abs((day - other).days) < floor for other, floor in one.near)
    yield WhyNot.TOO_LATE, since == Verdict.RESCREEN
    yield WhyNot.NEXT_TOO_SOON, until in (Verdict.REFUSED, Verdict.DOCTOR_ONLY)
    yield WhyNot.NEXT_TOO_LATE, until in (Verdict.LATE, Verdict.RESCREEN)
