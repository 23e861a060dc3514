"""Somebody came to the wrong location: the visit moves to where they stand."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door, refusals
from bookings.forms.desk import BookAsked
from bookings.forms.times import MoveTo
from bookings.models import Booking
from bookings.permissions import load_booking
from bookings.refusals import Refusal
from bookings.services.desk import acts as desk_acts
from bookings.services.desk.times import Times, Wanted, names_at, read_times
from bookings.services.door.gap_rules import Authority
from bookings.services.openings.doctors import Doctor, doctors_for
from bookings.views.desk.frame import PLACE, address_of, desk_page, locations_of
from bookings.views.desk.visits import refused_on_day
from bookings.views.patient import choosing
from clinic import clock, formats
from clinic.models import Location
from clinic.permissions import staff
from clinic.services.days import local_day, zone_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Asked:
    """The visit, where else it could be today, and where the person stands."""

    booking: Booking
    places: list[Location]
    here: Location | None
    now: datetime


@never_cache
@get_or_post
@staff()
def here_instead(request: HttpRequest, reference: str) -> HttpResponse:
    asked = _read_asked(request, load_booking(request, reference), clock.now())
    if request.method != "POST" and not desk_acts.can_move(asked.booking):
        return refused_on_day(request, asked.booking, refusals.NotPossible(), now=asked.now)
    form = MoveTo(request.POST if request.method == "POST" else None)
    if not form.is_valid() or asked.here is None:
        return _page(request, asked, refused=refusals.NotATime() if form.is_bound else None)
    try:
        moved = _move(asked, form.cleaned_data, by=request.user)
    except (refusals.Changed, refusals.NotPossible) as refused:
        return refused_on_day(request, asked.booking, refused, now=asked.now)
    except Refusal as refused:
        return _page(request, asked, refused=refused)
    request.session[PLACE] = asked.here.slug
    return redirect(address_of(moved))


def _move(asked: Asked, chosen: dict, *, by) -> Booking:
    booking = asked.booking
    booking.version = chosen["version"]
    [moved] = door.move(
        moves=[(booking, chosen["starts"], chosen["who"])],
        location=asked.here,
        key=chosen["key"],
        by=by,
        now=asked.now,
        authority=Authority.DESK,
    )
    return moved


def _read_asked(request: HttpRequest, booking: Booking, now: datetime) -> Asked:
    """The location asked for, else the one worked at last, else any other."""
    form = BookAsked(request.GET)
    form.is_valid()
    places = [one for one in locations_of(request) if one != booking.location]
    names = (form.cleaned_data.get("at"), request.session.get(PLACE))
    found = (one for name in names if name for one in places if one.slug == name)
    return Asked(booking, places, next(found, places[0] if places else None), now)


def _page(request: HttpRequest, asked: Asked, *, refused: Refusal | None) -> HttpResponse:
    booking = asked.booking
    content = {
        "booking": booking,
        "patient": booking.patient,
        "back": address_of(booking),
        "once": uuid4(),
        "was": _said(booking.starts, booking.practitioner.resource.name, booking.location),
        "places": [_place(one, asked) for one in asked.places],
        "place": asked.here,
        "refused": refused.text if refused else "",
        "more": list(dict.fromkeys(one.text for one in getattr(refused, "obstacles", ()))),
        "has_errors": bool(refused),
        "here": "day",
        **(_times(asked) if asked.here else {"offers": []}),
    }
    return desk_page(
        request, "here_instead", content, now=asked.now, status=refused.status if refused else 200
    )


def _place(one: Location, asked: Asked) -> dict:
    address = reverse("desk_here_instead", args=[asked.booking.reference])
    return {"name": one.area, "href": f"{address}?at={one.slug}", "chosen": one == asked.here}


def _times(asked: Asked) -> dict:
    """Today, here, whoever could take it."""
    today = local_day(asked.now, asked.here)
    booking = asked.booking
    doctors = doctors_for(booking.visit_type, asked.here, today=today)
    wanted = Wanted(booking.visit_type, asked.here, booking.session, booking)
    times = read_times(wanted, first_day=today, now=asked.now)
    return {
        "on_day": formats.day(today),
        "here_href": _place(asked.here, asked)["href"],
        "offers": _offers(times.days.get(today, []), times, wanted, doctors, asked),
    }


def _offers(starts, times: Times, wanted: Wanted, doctors: list[Doctor], asked: Asked) -> list[dict]:
    """Each start with one dermatologist by name: their own, if they work here today."""
    ids = {one.name: one.pk for one in doctors}
    own, offers = asked.booking.practitioner.resource.name, []
    for start, free in names_at(starts, times, wanted, doctors).items():
        if free:
            doctor = own if own in free else free[0]
            offers.append(
                {
                    "value": choosing.carried(start, ids[doctor]),
                    "text": choosing.time_of(start, times.room.tz),
                    "note": doctor,
                    "said": _said(start, doctor, asked.here),
                }
            )
    return offers


def _said(start: datetime, doctor: str, location: Location) -> str:
    words = _("%(when)s with %(doctor)s, %(area)s")
    return words % {"when": choosing.when(start, zone_of(location)), "doctor": doctor, "area": location.area}
