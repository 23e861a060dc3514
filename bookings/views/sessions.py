"""Today's sessions for nurses and dermatologists, and those of earlier days that nobody wrote down."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from bookings.models import Booking
from bookings.services.treating import Treating, sessions_on, unwritten
from clinic import audit, clock, formats
from clinic.models.people import Role
from clinic.permissions import CLINICIANS, duties, my_locations, staff
from clinic.services.days import local_day, zone_of

SHOWN_BY_THE_CHECK = ("no_precheck", "precheck_outdated")


@dataclass(frozen=True)
class Line:
    row: Treating
    when: str
    is_open: bool
    obstacles: list[str]
    needs_consent: bool


@staff(*CLINICIANS)
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    today, locations = local_day(now), list(my_locations(request, *CLINICIANS))
    day = _asked(request, today)
    rows = sessions_on(day, locations=locations, now=now)
    left = unwritten(today, locations=locations)
    people = {one.patient_id: one.session.course.patient for one in (*(row.booking for row in rows), *left)}
    audit.viewed_list(by=request.user, patients=people.values(), what="sessions", now=now)
    context = {
        "lines": [_line(row, day, today) for row in rows],
        "unwritten": [(booking, _when(booking)) for booking in left],
        "day": formats.day(day),
        "is_today": day == today,
        "today": formats.day(today),
        "may_sign": duties(request).has(Role.DERMATOLOGIST),
        "here": "sessions",
    }
    return render(request, "bookings/sessions.html", context)


def _asked(request: HttpRequest, today: date) -> date:
    """The day asked for; what is no day is no page."""
    if "day" not in request.GET:
        return today
    try:
        day = parse_date(request.GET["day"])
    except ValueError:
        day = None
    if day is None:
        raise Http404
    return day


def _line(row: Treating, day: date, today: date) -> Line:
    zone = zone_of(row.booking.location)
    is_open = row.record is None and row.session.given_on is None and day <= today
    codes = {one.code: one.doctor_text for one in row.obstacles}
    return Line(
        row=row,
        when=formats.time_of(row.booking.starts, zone),
        is_open=is_open,
        obstacles=[words for code, words in codes.items() if code not in SHOWN_BY_THE_CHECK],
        needs_consent="no_procedure_consent" in codes,
    )


def _when(booking: Booking) -> str:
    return formats.when(booking.starts, zone_of(booking.location))
