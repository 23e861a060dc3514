"""What stands left of the day board: who waits and how long, who is inside, and the ways from here."""

from calendar import Calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.models import Status
from bookings.services.desk.day import Visit
from bookings.views.desk import lines
from bookings.views.desk.frame import day_address
from bookings.views.desk.lines import Tag
from clinic import formats
from clinic.models.people import Role
from clinic.permissions import EVERYBODY_HERE, duties
from clinic.services.days import zone_of

# Where else one works from here: name of the URL, key, words, who may. One that does not exist is left out.
WAYS = (
    ("desk_todo", "w", gettext_lazy("To do now"), EVERYBODY_HERE),
    ("desk_waiting", "", gettext_lazy("Waiting list"), EVERYBODY_HERE),
    ("desk_courses", "", gettext_lazy("Courses to look after"), EVERYBODY_HERE),
    ("desk_forecast", "", gettext_lazy("Sessions expected"), (Role.FRONT_DESK, Role.MANAGER)),
    ("desk_running_late", "", gettext_lazy("We run late…"), EVERYBODY_HERE),
    ("desk_closures", "", gettext_lazy("Leave and closing"), (Role.FRONT_DESK, Role.MANAGER)),
    ("desk_closure_today", "", gettext_lazy("Close today from now…"), (Role.FRONT_DESK, Role.MANAGER)),
    ("desk_day_list", "", gettext_lazy("Day list, to print"), EVERYBODY_HERE),
    ("desk_day_end", "", gettext_lazy("Close of day"), EVERYBODY_HERE),
)
UNDER_WAY = {Status.PREPARING: "numb", Status.IN_ROOM: "inject", Status.WATCHING: "watch"}


def rail_of(request: HttpRequest, visits: Iterable[Visit], asked, *, now: datetime) -> dict:
    """Who is here and how long, only on the day itself."""
    here = visits if asked.is_today else ()
    waiting = sorted(filter(lines.is_waiting, here), key=lambda visit: visit.booking.arrived_at or now)
    return {
        "waiting": [_waiting(visit, asked, now) for visit in waiting],
        "inside": [_inside(visit, asked, now) for visit in filter(lines.is_inside, here)],
        "tally": _tally(visits, len(waiting)),
        "ways": _ways(request, asked),
        "month": _month(asked),
    }


def _waiting(visit: Visit, asked, now: datetime) -> dict:
    since = visit.booking.arrived_at or now
    return _glance(visit, asked) | {
        "tag": lines.waited(visit, now),
        "since": int(since.timestamp()),
        "flags": lines.tags_of(visit, now)[:1],
    }


def _inside(visit: Visit, asked, now: datetime) -> dict:
    return _glance(visit, asked) | {"tag": under_way(visit, now)}


def _glance(visit: Visit, asked) -> dict:
    booking = visit.booking
    href = day_address(location=asked.location, day=asked.day, by=asked.by, visit=booking)
    return {"name": booking.patient.name, "href": href}


def under_way(visit: Visit, now: datetime) -> Tag:
    """Numbing till 10:45 am: counted from when it was begun, where that was noted; amber when it is over."""
    booking, kind = visit.booking, UNDER_WAY[visit.booking.status]
    colour, icon, usual = lines.STATUSES[booking.status]
    steps = [part for part in visit.parts if part.kind == kind]
    if not steps:
        return colour, icon, str(usual)
    planned = steps[-1].ends - steps[0].starts
    until = booking.status_at + planned if booking.status_at else steps[-1].ends
    said = {"step": steps[0].name, "time": formats.time_of(until, zone_of(booking.location))}
    return "sun" if until < now else colour, icon, _("%(step)s till %(time)s") % said


def _tally(visits: Iterable[Visit], waiting: int) -> list[Tag]:
    coming = sum(visit.booking.status == Status.BOOKED for visit in visits)
    asked = sum(visit.is_offer for visit in visits)
    return [
        *([("leaf", "dot", ngettext("%(n)s waiting", "%(n)s waiting", waiting) % {"n": waiting})]
          if waiting else []),
        *([("plum", "chat", ngettext("%(n)s asked", "%(n)s asked", asked) % {"n": asked})] if asked else []),
        ("plain", "calendar", ngettext("%(n)s to come", "%(n)s to come", coming) % {"n": coming}),
    ]  # fmt: skip


def _ways(request: HttpRequest, asked) -> list[dict]:
    query = urlencode({"at": asked.location.slug, "day": asked.day.isoformat()})
    mine = [way for way in WAYS if duties(request).has(*way[-1])]
    found = ((address_if_there(name), key, words) for name, key, words, _roles in mine)
    return [{"href": f"{path}?{query}", "key": key, "words": words} for path, key, words in found if path]


def address_if_there(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# The month


def _month(asked) -> dict:
    weeks = Calendar().monthdatescalendar(asked.day.year, asked.day.month)
    first = asked.day.replace(day=1)
    later = first + timedelta(days=31)
    return {
        "title": f"{formats.month(first)} {first.year}",
        "weekdays": [formats.weekday(one) for one in weeks[0]],
        "weeks": [[_day(one, asked, first) for one in week] for week in weeks],
        "before": asked.address(day=first - timedelta(days=1)),
        "after": asked.address(day=later.replace(day=1)),
    }


def _day(one: date, asked, first: date) -> dict:
    return {
        "number": one.day,
        "words": formats.day(one),
        "href": asked.address(day=one),
        "chosen": one == asked.day,
        "today": one == asked.today,
        "other": one.month != first.month,
    }
