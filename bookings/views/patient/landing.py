"""The first page: what it is, what it is not, what it costs, when there is time."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.services.openings.fortnight import Fortnight, Search, read_fortnight
from bookings.services.own_booking import offered_consultation
from bookings.views.patient.times import open_locations
from clinic import clock, formats
from clinic.services.days import local_day, zone_of


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    visit_type, locations = offered_consultation(now=now), open_locations(now)
    content = {"visit_type": visit_type, "locations": locations}
    if visit_type and locations:
        content |= _soonest(visit_type, locations, now)
    return render(request, "bookings/patient/landing.html", content)


def _soonest(visit_type, locations, now: datetime) -> dict:
    found: list[Fortnight] = []
    for location in locations:
        visit = found[0].visit if found else None
        found.append(read_fortnight(Search(visit_type, location), now=now, visit=visit))
    free = [one for one in found if one.next_start]
    first = min(free, key=lambda one: one.next_start, default=None)
    content = {"minutes": found[0].visit.length // timedelta(minutes=1)}
    if first:
        content |= {"next_free": said_soon(first.next_start, first.location, now), "next_at": first.location}
    return content


def said_soon(start: datetime, location, now: datetime) -> str:
    """Today, tomorrow, or the day."""
    tz = zone_of(location)
    ahead = (local_day(start, location) - local_day(now, location)).days
    at = {"time": formats.time_of(start, tz)}
    if ahead > 1:
        return formats.when(start, tz)
    return (_("Tomorrow, %(time)s") if ahead else _("Today, %(time)s")) % at
