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
from bookings.permissions import load_who_came
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
    """The visit, where else it could be today, and where the person stands.

    `is_own`: whoever asks works where it is booked; else they see the place and the time of it alone.
    """

    booking: Booking
    places: list[Location]
    here: Location | None
    now: datetime
    is_own: bool

    @property
    def back(self) -> str:
        patient = reverse("desk_patient", args=[self.booking.patient_id])
        return address_of(self.booking) if self.is_own else patient


@never_cache
@get_or_post
@staff()
def here_instead(request: HttpRequest, reference: str) -> HttpResponse:
    now = clock.now()
    asked = _read_asked(request, load_who_came(request, reference, today=local_day(now)), now)
    if request.method != "POST" and not desk_acts.can_move(asked.booking):
        return _refused(request, asked, refusals.NotPossible())
    form = MoveTo(request.POST if request.method == "POST" else None)
    if not form.is_valid() or asked.here is None:
        return _page(request, asked, refused=refusals.NotATime() if form.is_bound else None)
    try:
        moved = _move(asked, form.cleaned_data, by=request.user)
    except (refusals.Changed, refusals.NotPossible) as refused:
        return _refused(request, asked, refused)
    except Refusal as refused:
        return _page(request, asked, refused=refused)
    request.session[PLACE] = asked.here.slug
    return redirect(address_of(moved))


def _refused(request: HttpRequest, asked: Asked, refused: Refusal) -> HttpResponse:
    """On the day as it stands now; the day of another location is not theirs to see."""
    if asked.is_own:
        return refused_on_day(request, asked.booking, refused, now=asked.now)
    asked.booking.refresh_from_db()
    return _page(request, asked, refused=refused)


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
    own = locations_of(request)
    places = [one for one in own if one != booking.location]
    names = (form.cleaned_data.get("at"), request.session.get(PLACE))
    found = (one for name in names if name for one in places if one.slug == name)
    here = next(found, places[0] if places else None)
    return Asked(booking, places, here, now, is_own=booking.location in own)


def _page(request: HttpRequest, asked: Asked, *, refused: Refusal | None) -> HttpResponse:
    booking = asked.booking
    doctor = booking.practitioner.resource.name if asked.is_own else ""
    content = {
        "booking": booking,
        "patient": booking.patient,
        "back": asked.back,
        "once": uuid4(),
        "was": _said(booking.starts, doctor, booking.location),
        "may_move": asked.is_own,
        "places": [_place(one, asked) for one in asked.places],
        "place": asked.here,
        "refused": refused.text if refused else "",
        "more": list(dict.fromkeys(one.text for one in getattr(refused, "obstacles", ()))),
        "has_errors": bool(refused),
        "here": "day",
        **(_times(asked) if asked.here and desk_acts.can_move(booking) else {"offers": []}),
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
    words = _("%(when)s with %(doctor)s, %(area)s") if doctor else _("%(when)s, %(area)s")
    return words % {"when": choosing.when(start, zone_of(location)), "doctor": doctor, "area": location.area}
