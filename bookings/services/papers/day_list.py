"""The list of a day and the next one, for when the line or the power goes: on paper, and on a device.

The paper is for people at work in the clinic. The copy that is sent leaves the house, so it is read from
other columns altogether: names, times and phones, and nothing of what anybody comes for.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.template.loader import render_to_string

from bookings.models import Booking, Status
from bookings.models.bookings import GONE
from bookings.services.desk.day import Visit, read_visits
from clinic import formats
from clinic.models import Location
from clinic.rules import phones
from clinic.services.days import zone_of

NOT_LISTED = (*GONE, Status.HELD)


@dataclass(frozen=True)
class Part:
    """The visits of one dermatologist on one day."""

    day: date
    visits: Sequence[Visit]


@dataclass(frozen=True)
class Sheet:
    """What one dermatologist gets on paper: today, then tomorrow."""

    name: str
    parts: Sequence[Part]


def days_of(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def read_sheets(bookings: QuerySet[Booking], *, day: date, now: datetime) -> list[Sheet]:
    """Return who comes to whom on this day and the next, in as many queries as a day has anywhere."""
    listed = bookings.filter(day__in=days_of(day)).exclude(status__in=NOT_LISTED)
    found: dict[str, dict[date, list[Visit]]] = defaultdict(lambda: defaultdict(list))
    for visit in read_visits(listed, now=now):
        found[visit.booking.practitioner.resource.name][visit.booking.day].append(visit)
    return [
        Sheet(name, [Part(on, by_day[on]) for on in sorted(by_day)]) for name, by_day in sorted(found.items())
    ]


def places_of(visit: Visit) -> list[str]:
    """Rooms and chairs in the order in which they are used."""
    return list(dict.fromkeys(name for part in visit.parts for name in part.where))


# The copy that is sent


@dataclass(frozen=True)
class Line:
    time: str
    name: str
    phone: str


def day_list_file(*, location: Location, day: date, now: datetime) -> str:
    """A page that needs nothing but itself: names, times and phones, by day and dermatologist."""
    rows = (
        Booking.objects.filter(location=location, day__in=days_of(day), patient__isnull=False)
        .exclude(status__in=NOT_LISTED)
        .order_by("day", "practitioner__resource__name", "starts", "pk")
        .values_list("day", "practitioner__resource__name", "starts", "patient__name", "patient__phone")
    )
    tz = zone_of(location)
    content = {
        "location": location,
        "made": formats.when(now, tz),
        "days": _by_day(rows, location, days_of(day)),
    }
    return render_to_string("bookings/paper/day_list_file.html", content)


def _by_day(rows: Iterable[tuple], location: Location, days: Sequence[date]) -> list[dict]:
    tz = zone_of(location)
    found: dict[date, dict[str, list[Line]]] = {day: {} for day in days}
    for day, doctor, starts, name, phone in rows:
        line = Line(formats.time_of(starts, tz), name, phones.shown(phone))
        found[day].setdefault(doctor, []).append(line)
    return [{"title": formats.day(day), "doctors": found[day]} for day in days]
