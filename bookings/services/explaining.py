"""Why a course cannot be placed: which session, what blocks each of its days, and what would help.

Read only where a plan has failed, in a constant number of queries: the year ahead once more, its hours and
its closures. A way on is named only when it gives a whole plan, and of one kind only the smallest there is
(rules/explaining.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from django.db.models import Q

from bookings.models import Closure, WorkingHours
from bookings.models.hours import ClosureKind
from bookings.rules import explaining, planner
from bookings.rules.explaining import Change, Kind
from bookings.rules.openings import Availability
from bookings.services.openings.free_time import Asked, read_opening_times
from bookings.services.planning import Question, ask, gap_of
from bookings.services.rhythms import WEIGHTS, Rhythm
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from treatments.models import CourseSession
from treatments.rules.gaps import Verdict, verdict


class Why(StrEnum):
    """What stands in the way on one day, the first that applies."""

    SOON = "soon"
    FAR = "far"
    NEAR = "near"
    AWAY = "away"
    GAP = "gap"
    WEEKDAY = "weekday"
    DOCTOR = "doctor"
    FULL = "full"
    HOURS = "hours"
    HOLIDAY = "holiday"
    CLOSED = "closed"
    LEAVE = "leave"


class Help(StrEnum):
    """What would have to give way: a wish of theirs, the first day, or a gap."""

    DOCTOR = "doctor"
    WEEKDAY = "weekday"
    WISHES = "wishes"
    BEGIN_SOONER = "begin_sooner"
    BEGIN_LATER = "begin_later"
    AWAY = "away"
    LATER = "later"
    SOONER = "sooner"


@dataclass(frozen=True)
class Blocked:
    why: Why
    days: tuple[date, ...]


@dataclass(frozen=True)
class WayOn:
    """`session` could be on `day`. `days`: so much gives the gap before `of` way; `verdict`: whose it is."""

    help: Help
    session: CourseSession
    day: date
    days: int = 0
    of: CourseSession | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Explanation:
    """`window` is None where the sessions around it leave it no day at all."""

    session: CourseSession
    window: tuple[date, date] | None
    blocked: tuple[Blocked, ...]
    ways: tuple[WayOn, ...]


def explain(question: Question) -> Explanation | None:
    """Return why there is no plan; None when there is one after all."""
    request = question.request()
    failure = planner.plan(request).failure
    if failure is None:
        return None
    if failure.session == 1 and not question.tail.first_gap:
        # nothing bounds it: all days that were looked at, with times open or not
        failure = replace(failure, window=(question.first_day, question.last_day))
    trouble = explaining.explain(request, failure, booked=question.tail.taken)
    year = ask(question.course, now=question.now, wish=question.wish, whole_year=True)
    blocked = _Calendar(year).blocked(trouble.window) if trouble.window else ()
    ways = tuple(_ways_on(year, trouble.session))
    return Explanation(question.tail.sessions[trouble.session - 1], trouble.window, blocked, ways)


# What would help


def _ways_on(year: Question, number: int) -> Iterator[WayOn]:
    loosened = list(_loosened(year))
    tried = [_try(asked, help, number) for help, asked in loosened]
    yield from (way for way in tried if way)
    begun = _begin(year, number)
    yield from begun
    if not begun:
        yield from _give_way(year, number)


def _loosened(year: Question) -> Iterator[tuple[Help, Question]]:
    wish = year.wish
    anybody, any_day = year.with_wish(practitioner=None), year.with_wish(weekdays=frozenset())
    if wish.practitioner:
        yield Help.DOCTOR, anybody
    if wish.weekdays:
        yield Help.WEEKDAY, any_day
    if wish.practitioner and wish.weekdays and not _is_possible(anybody) and not _is_possible(any_day):
        yield Help.WISHES, anybody.with_wish(weekdays=frozenset())
    if year.away:
        yield Help.AWAY, replace(year, away=frozenset())


def _is_possible(question: Question) -> bool:
    return planner.plan(question.request()).failure is None


def _try(question: Question, help: Help, number: int, **asked) -> WayOn | None:
    plan = planner.plan(question.request(**asked))
    if plan.failure:
        return None
    return WayOn(help, question.tail.sessions[number - 1], _day(question, plan, number))


def _day(question: Question, plan: planner.Plan, number: int) -> date:
    return timespans.local_day(plan.proposals[0].openings[number - 1].at, question.tz)


def _begin(year: Question, number: int) -> list[WayOn]:
    """Later than anybody looked at first; or sooner, where a later first day was asked for."""
    later = _try(year, Help.BEGIN_LATER, 1, weights=WEIGHTS[Rhythm.SOONEST])
    if later:
        return [replace(later, days=(later.day - year.first_day).days)]
    if year.wish.not_before is None:
        return []
    sooner = ask(year.course, now=year.now, wish=replace(year.wish, not_before=None), whole_year=True)
    found = _try(sooner, Help.BEGIN_SOONER, number)
    return [found] if found else []


def _give_way(year: Question, number: int) -> Iterator[WayOn]:
    request = year.request()
    for change in explaining.changes(request):
        plan = planner.plan(explaining.changed(request, change))
        yield _given_way(year, plan, change, number)


def _given_way(year: Question, plan: planner.Plan, change: Change, number: int) -> WayOn:
    sessions, own = year.tail.sessions, change.session
    last = _day(year, plan, own - 1) if own > 1 else year.tail.previous
    judged = verdict(last=last, day=_day(year, plan, own), gap=gap_of(sessions[own - 1]))
    named = number if own in year.tail.taken else own
    help = Help.LATER if change.kind == Kind.LATER else Help.SOONER
    return WayOn(help, sessions[named - 1], _day(year, plan, named), change.days, sessions[own - 1], judged)


# What blocks each day


class _Calendar:
    """The days of a year ahead, with what speaks against each."""

    def __init__(self, year: Question) -> None:
        self.year, self.room = year, year.room
        self.anything = year.with_wish(practitioner=None, weekdays=frozenset())
        need = self.room.visit.practitioner_need
        self.people = frozenset(self.room.picks[need].candidates)
        self.who = year.wish.practitioner
        if self.who:
            self.people &= {self.who}

    def blocked(self, window: tuple[date, date]) -> tuple[Blocked, ...]:
        found: dict[Why, list[date]] = defaultdict(list)
        for n in range((window[1] - window[0]).days + 1):
            day = window[0] + timedelta(days=n)
            if len(found.get(Why.FAR, ())) < 2 or day <= self.year.last_day:
                found[self._why(day)].append(day)
        return tuple(Blocked(why, tuple(days)) for why, days in found.items())

    def _why(self, day: date) -> Why:
        return next(why for why, applies in self._rules() if applies(day))

    def _rules(self) -> Sequence[tuple[Why, Callable[[date], bool]]]:
        year, free = self.year, self._free
        return (
            (Why.SOON, lambda day: day < year.first_day),
            (Why.FAR, lambda day: day > year.last_day),
            (Why.NEAR, lambda day: day in year.near),
            (Why.AWAY, lambda day: day in year.away),
            (Why.GAP, lambda day: day in free(self.who) and day not in year.unwished),
            (Why.WEEKDAY, lambda day: day in free(self.who)),
            (Why.DOCTOR, lambda day: day in free(None) and day not in year.unwished),
            (Why.SOON, lambda day: day <= timespans.local_day(year.not_before, year.tz)),
            (Why.FULL, lambda day: day in self.open),
            (Why.HOURS, lambda day: day.weekday() not in self._weekdays(day)),
            (Why.HOLIDAY, lambda day: ClosureKind.HOLIDAY in self._closed(day)),
            (Why.CLOSED, lambda day: bool(self._closed(day) - {ClosureKind.LEAVE})),
            (Why.LEAVE, lambda day: bool(self._closed(day))),
            (Why.FULL, lambda day: True),  # so many a day and no more
        )

    def _free(self, who: int | None) -> dict[date, list[datetime]]:
        return self.anything.starts(who)

    @cached_property
    def open(self) -> frozenset[date]:
        """Days on which a session could start if nobody else had a time."""
        asked = Asked(
            self.room.location, self.year.first_day, self.year.last_day, self.year.now,
            visit_type=self.room.visit.type, kinds=frozenset(need.kind for need in self.room.visit.needs),
        )  # fmt: skip
        grid, bits = read_opening_times(asked)
        known = self.room.availability
        after = known.after_hours
        free = {one: own | after.get(one, 0) for one, own in bits.items()}
        empty = replace(self.room, grid=grid, availability=Availability(free, known.turnover, after))
        starts = empty.starts(not_before=self.year.not_before, practitioner=self.who)
        return frozenset(timespans.local_day(start, self.year.tz) for start in starts)

    @cached_property
    def hours(self) -> list[WorkingHours]:
        of_people = Q(resource__in=self.people) | Q(resource=None)
        return list(WorkingHours.objects.filter(of_people, location=self.room.location))

    def _weekdays(self, day: date) -> set[int]:
        """Return the weekdays on which, as hours stand on that day, the house is open and somebody works."""
        hours = [
            one for one in self.hours if one.from_on <= day and (not one.until_on or day <= one.until_on)
        ]
        house = {one.weekday for one in hours if one.resource_id is None}
        return house & {one.weekday for one in hours if one.resource_id is not None}

    @cached_property
    def closures(self) -> list[Closure]:
        grid = self.room.grid
        things = {
            one
            for pick in self.room.picks
            for one in pick.candidates
            if pick.kind != ResourceKind.PRACTITIONER
        }
        here = Q(location=self.room.location) | Q(location=None)
        of_these = Q(resource=None) | Q(resource__in=self.people | things)
        found = Closure.objects.filter(
            here, of_these, starts__lt=grid.instant(grid.cells), ends__gt=grid.start
        )
        return list(found)

    def _closed(self, day: date) -> set[str]:
        """Return the kinds of what is closed that day; a practitioner's own is leave, however called."""
        span = timespans.day_span(day, self.year.tz)
        return {
            ClosureKind.LEAVE if one.resource_id in self.people else one.kind
            for one in self.closures
            if span and one.starts < span.end and one.ends > span.start
        }
