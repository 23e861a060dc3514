"""What the sessions that have no time yet will need, week by week, against what is still free.

Every session without a time is expected around the day it aims at: from the day of the one before, in chains
by targets. Those of paused courses are not, nor of those gone cold: nobody knows when they come.

Seven queries, however many sessions.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Sum

from bookings.models import Booking
from bookings.rules.soft_windows import Link, windows
from bookings.services.openings.free_time import Asked, read_availability
from bookings.services.planning import gap_of
from clinic.models import Location, Need, Practitioner
from clinic.models.places import ResourceKind
from clinic.models.visit_types import VisitKind
from clinic.rules import timespans
from clinic.rules.timespans import Span
from clinic.services.days import local_day, zone_of
from treatments.models import Course, CourseSession, Extension, Pause
from treatments.rules.coldness import coldness

WEEKS = 12
WEEK = timedelta(days=7)
STILL_EXPECTED = timedelta(days=90)  # of a course that never began: as long as a decision holds
GRAIN = 5
PLACES = (ResourceKind.ROOM, ResourceKind.CHAIR)


@dataclass(frozen=True)
class Cell:
    """One week of one dermatologist, or of all rooms: `needed` and `free` in minutes."""

    sessions: int
    needed: int
    free: int

    @property
    def short(self) -> int:
        return max(0, self.needed - self.free)


@dataclass(frozen=True)
class Column:
    """`name`: of a dermatologist; of rooms and chairs their kind, and how many there are."""

    kind: str
    name: str
    count: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Forecast:
    """`mondays`: of the weeks; `sessions`: expected in each; `anybody`: of these, with no one named."""

    mondays: tuple[date, ...]
    sessions: tuple[int, ...]
    anybody: tuple[int, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class _Expected:
    """One session: in which week, of which kind of visit, with whom if that is known."""

    monday: date
    visit_type: int
    practitioner: int | None


def forecast(*, location: Location, now: datetime) -> Forecast:
    today = local_day(now, location)
    mondays = tuple(_monday(today) + WEEK * n for n in range(WEEKS))
    expected = [one for one in _expected(location, now) if one.monday <= mondays[-1]]
    free = _free(location, mondays, now)
    minutes = _minutes({one.visit_type for one in expected})
    counted = Counter(one.monday for one in expected)
    unnamed = Counter(one.monday for one in expected if one.practitioner is None)
    return Forecast(
        mondays,
        tuple(counted[monday] for monday in mondays),
        tuple(unnamed[monday] for monday in mondays),
        (*_people(expected, free, minutes, mondays), *_places(expected, free, minutes, mondays)),
    )


# What is expected


def _expected(location: Location, now: datetime) -> Iterable[_Expected]:
    today, booked = local_day(now, location), _booked_days(location, now)
    for sessions in _by_course(location).values():
        course = sessions[0].course
        yield from _of_course(course, sessions, booked, today)


def _by_course(location: Location) -> dict[int, list[CourseSession]]:
    of_all = Q(course=None, patient=OuterRef("course__patient"))
    paused = Pause.objects.filter(Q(course=OuterRef("course")) | of_all, ended_at=None)
    longer = Extension.objects.filter(session=OuterRef("pk")).order_by("-until_on")
    rows = CourseSession.objects.filter(
        ~Exists(paused), course__location=location, course__ended_on=None, dropped_reason="",
        course__patient__died_on=None, course__patient__merged_into=None,
    )  # fmt: skip
    rows = rows.annotate(possible_until=longer.values("until_on")[:1]).select_related("course__location")
    found: dict[int, list[CourseSession]] = defaultdict(list)
    for session in rows.order_by("course", "number"):
        found[session.course_id].append(session)
    return found


def _booked_days(location: Location, now: datetime) -> dict[int, date]:
    bookings = Booking.objects.counting().unexpired(now).filter(course__location=location)
    return dict(bookings.filter(course__ended_on=None).values_list("session", "day"))


def _of_course(
    course: Course, sessions: list[CourseSession], booked: Mapping[int, date], today: date
) -> Iterable[_Expected]:
    days = [session.given_on or booked.get(session.pk) for session in sessions]
    if None not in days or _is_cold(sessions, days, today):
        return
    starts_now = days[0] is None
    if starts_now and local_day(course.created_at, course.location) + STILL_EXPECTED < today:
        return
    links = [Link(day, gap_of(session)) for session, day in zip(sessions, days, strict=True)]
    if starts_now:
        links[0] = Link(today, None)
    for index, window in enumerate(windows(links, not_before=today)):
        target = today if starts_now and index == 0 else window and window.target
        if target:
            yield _Expected(_monday(target), course.visit_type_id, course.practitioner_id)


def _is_cold(sessions: list[CourseSession], days: list[date | None], today: date) -> bool:
    following = days.index(None)
    session = sessions[following]
    last, gap = (days[following - 1] if following else None), gap_of(session)
    if last is None or gap is None:
        return False
    until = session.possible_until
    return coldness(last=last, gap=gap, today=today, extended_until=until) is not None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# What they need, and what is free


def _minutes(visit_types: set[int]) -> dict[tuple[int, str], int]:
    """{(kind of visit, kind of resource): minutes of one session}."""
    needs = Need.objects.filter(step__visit_type__in=visit_types).order_by()
    rows = needs.values_list("step__visit_type", "kind").annotate(minutes=Sum("step__minutes"))
    return {(visit_type, kind): minutes for visit_type, kind, minutes in rows}


@dataclass(frozen=True)
class _Free:
    """Minutes free by resource and week, and what kind each resource is."""

    kinds: Mapping[int, str]
    minutes: Mapping[int, tuple[int, ...]]


def _free(location: Location, mondays: tuple[date, ...], now: datetime) -> _Free:
    asked = Asked(location, mondays[0], mondays[-1] + WEEK - timedelta(days=1), now)
    house, grid, availability = read_availability(asked)
    tz, later = zone_of(location), timespans.align_up(now)
    spans = [_week_span(monday, tz, later) for monday in mondays]
    masks = [grid.bits([span]) if span else 0 for span in spans]
    minutes = {
        resource: tuple(
            (bits & ~availability.after_hours[resource] & mask).bit_count() * GRAIN for mask in masks
        )
        for resource, bits in availability.free.items()
    }
    return _Free(house.kinds, minutes)


def _week_span(monday: date, tz, later: datetime) -> Span | None:
    """From now on, where the week has begun."""
    starts = max(timespans.local_instant(monday, datetime.min.time(), tz), later)
    ends = timespans.local_instant(monday + WEEK, datetime.min.time(), tz)
    return Span(starts, ends) if starts < ends else None


def _people(
    expected: list[_Expected], free: _Free, minutes: Mapping[tuple[int, str], int], mondays: tuple[date, ...]
) -> Iterable[Column]:
    """Everybody here who gives sessions, and whoever somebody counts on, by name."""
    here = [pk for pk, kind in free.kinds.items() if kind == ResourceKind.PRACTITIONER]
    named = {one.practitioner for one in expected if one.practitioner}
    treat = Q(pk__in=here, qualified__visit_type__kind=VisitKind.SESSION) | Q(pk__in=named)
    names = Practitioner.objects.filter(treat).distinct().order_by("resource__name", "pk")
    for pk, name in names.values_list("pk", "resource__name"):
        own = [one for one in expected if one.practitioner == pk]
        weeks = free.minutes.get(pk, (0,) * len(mondays))
        cells = _cells(own, weeks, ResourceKind.PRACTITIONER, minutes, mondays)
        yield Column(ResourceKind.PRACTITIONER, name, 1, cells)


def _places(
    expected: list[_Expected], free: _Free, minutes: Mapping[tuple[int, str], int], mondays: tuple[date, ...]
) -> Iterable[Column]:
    """Rooms and chairs together: which one it will be, nobody knows yet."""
    for kind in PLACES:
        own = [pk for pk, its in free.kinds.items() if its == kind]
        weeks = tuple(sum(free.minutes[pk][n] for pk in own) for n in range(len(mondays)))
        if own:
            yield Column(kind, "", len(own), _cells(expected, weeks, kind, minutes, mondays))


def _cells(
    expected: list[_Expected], weeks: tuple[int, ...], kind: str, minutes: Mapping[tuple[int, str], int],
    mondays: tuple[date, ...],
) -> tuple[Cell, ...]:  # fmt: skip
    sessions, needed = Counter(), Counter()
    for one in expected:
        its = minutes.get((one.visit_type, kind), 0)
        sessions[one.monday] += bool(its)
        needed[one.monday] += its
    return tuple(
        Cell(sessions[monday], needed[monday], free) for monday, free in zip(mondays, weeks, strict=True)
    )
