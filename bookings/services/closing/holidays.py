"""Public holidays where a location stands, from the list that others keep; a manager decides on each day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays as lists
from django.db.models import Q

from bookings.models import Closure, OpenHoliday, WorkingHours
from clinic import audit
from clinic.models import Location, User
from clinic.rules import timespans
from clinic.rules.timespans import Span

AHEAD = timedelta(days=365)


@dataclass(frozen=True)
class Holiday:
    day: date
    name: str


@dataclass(frozen=True)
class Suggestions:
    """`undecided` wait for a yes or no. `covers`: is the list of the state, of the country, or of nowhere?"""

    undecided: tuple[Holiday, ...]
    said_open: tuple[Holiday, ...]
    covers: str


STATE, COUNTRY, NOWHERE = "state", "country", "nowhere"


def read_suggestions(location: Location, *, today: date) -> Suggestions:
    """Return the holidays of the next twelve months on which the location would work; three queries."""
    days = [today + timedelta(days=n) for n in range(AHEAD.days)]
    found = holidays_of(location, {day.year for day in days})
    working = _working(location, days)
    opened = set(OpenHoliday.objects.filter(location=location).values_list("day", flat=True))
    closed = _closed(location, days)
    ahead = [Holiday(day, found[day]) for day in days if day in found and day in working]
    return Suggestions(
        undecided=tuple(one for one in ahead if one.day not in opened | closed),
        said_open=tuple(one for one in ahead if one.day in opened - closed),
        covers=_covers(location.country.upper(), location.subdivision.upper()),
    )


def holidays_of(location: Location, years: set[int]) -> dict[date, str]:
    country, state = location.country.upper(), location.subdivision.upper()
    known = _states_by_country()
    if country not in known:
        return {}
    state = state if state in known[country] else ""
    return {day: name for year in years for day, name in _of_year(country, state, year).items()}


def _covers(country: str, state: str) -> str:
    known = _states_by_country()
    if country not in known:
        return NOWHERE
    return STATE if state in known[country] or not known[country] else COUNTRY


@lru_cache(maxsize=1)
def _states_by_country() -> dict[str, frozenset[str]]:
    return {country: frozenset(states) for country, states in lists.list_supported_countries().items()}


@lru_cache(maxsize=64)
def _of_year(country: str, state: str, year: int) -> dict[date, str]:
    """In English; where that is not kept, in the country's own words."""
    english = next((one for one in _languages(country) if one.startswith("en_")), None)
    return dict(lists.country_holidays(country, subdiv=state or None, years=year, language=english))


@lru_cache(maxsize=1)
def _languages_by_country() -> dict[str, list[str]]:
    return lists.list_localized_countries()


def _languages(country: str) -> list[str]:
    return sorted(_languages_by_country().get(country, []))


def _working(location: Location, days: list[date]) -> set[date]:
    """A holiday on a day without hours needs no closing."""
    still = Q(until_on=None) | Q(until_on__gte=days[0])
    rows = WorkingHours.objects.filter(still, location=location, resource=None)
    hours = list(rows.values_list("weekday", "from_on", "until_on"))
    return {
        day
        for day in days
        if any(day.weekday() == on and since <= day <= (until or day) for on, since, until in hours)
    }


def _closed(location: Location, days: list[date]) -> set[date]:
    tz = ZoneInfo(location.time_zone)
    rows = Closure.objects.filter(location=location, resource=None)
    rows = rows.filter(ends__gt=timespans.day_span(days[0], tz).start)
    closed = timespans.merge(Span(starts, ends) for starts, ends in rows.values_list("starts", "ends"))
    whole = {day: timespans.day_span(day, tz) for day in days} if closed else {}
    return {day for day, span in whole.items() if span and any(one.covers(span) for one in closed)}


def say_open(*, location: Location, day: date, by: User, now: datetime) -> OpenHoliday:
    """A manager says that the location works on this holiday: it is not suggested again."""
    row, is_new = OpenHoliday.objects.get_or_create(
        location=location, day=day, defaults={"by": by, "at": now}
    )
    if is_new:
        audit.record(
            by=by, action="holiday_open", subject=f"location:{location.pk}", patient=None, now=now, day=day
        )
    return row
