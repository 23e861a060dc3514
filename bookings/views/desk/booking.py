"""Booking for somebody on the phone or at the desk, and moving a visit."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door, refusals
from bookings.forms.desk import BookAsked, UrgentTime
from bookings.forms.times import ChooseTime, MoveTo
from bookings.models import Booking
from bookings.permissions import load_booking
from bookings.refusals import Refusal
from bookings.services.desk import acts as desk_acts
from bookings.services.desk.times import DAYS, Wanted
from bookings.services.desk.urgent import give_urgent_time
from bookings.services.door.gap_rules import Authority
from bookings.services.openings.doctors import doctors_for
from bookings.views.desk import asking
from bookings.views.desk.asking import sessions_to_book as sessions_to_book
from bookings.views.desk.frame import address_of, desk_page
from bookings.views.desk.offers import Offer
from bookings.views.desk.replanning import others_that_move
from bookings.views.desk.times import offer_content
from bookings.views.desk.visits import refused_on_day
from bookings.views.patient import whom_chips
from clinic import clock, formats
from clinic.permissions import load_patient, staff
from clinic.services.days import local_day, zone_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Asked:
    """What is asked for, and the page that offers times for it."""

    of: asking.Asked
    offer: Offer


@never_cache
@get_or_post
@staff()
def book(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    asked = _read_asked(request, load_patient(request, patient_id, now=now), now)
    if asked is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    if request.method != "POST":
        return _book_page(request, asked)
    form = UrgentTime(request.POST) if "urgent" in request.POST else ChooseTime(request.POST)
    if not form.is_valid():
        return _not_understood(request, asked, form)
    if others := _others_that_move(asked, form):
        return others
    try:
        booking = _book(asked, form, by=request.user, now=now)
    except Refusal as refused:
        return _book_page(request, asked, refused=refused)
    return redirect(address_of(booking))


def _others_that_move(asked: Asked, form: ChooseTime) -> HttpResponse | None:
    chosen = form.cleaned_data
    return others_that_move(
        asked.of.wanted.session, chosen["starts"], chosen["who"], was=None, now=asked.offer.now
    )


def _not_understood(request: HttpRequest, asked: Asked, form: ChooseTime) -> HttpResponse:
    if form.errors.keys() == {"reason"}:
        return _book_page(request, asked, urgent=form)
    return _book_page(request, asked, refused=refusals.NotATime())


def _book(asked: Asked, form: ChooseTime, *, by, now: datetime) -> Booking:
    wanted, chosen = asked.of.wanted, form.cleaned_data
    if wanted.among is not None and chosen["who"] not in wanted.among:
        raise refusals.NotWhole  # our buttons say who it is where somebody wished for a woman or a language
    how = {
        "starts": chosen["starts"],
        "practitioner": chosen["who"],
        "key": chosen["key"],
        "by": by,
        "now": now,
    }
    if wanted.session:
        return door.book_session(session=wanted.session, authority=Authority.DESK, **how)
    how |= {"patient": asked.of.patient, "visit_type": wanted.visit_type, "location": wanted.location}
    if isinstance(form, UrgentTime):
        return give_urgent_time(why=chosen["reason"], **how)
    return door.book(authority=Authority.DESK, **how)


def _read_asked(request: HttpRequest, patient, now: datetime) -> Asked | None:
    asked = asking.read_asked(request, patient, now)
    if asked is None:
        return None
    given, today = asked.given, local_day(now, asked.wanted.location)
    offer = Offer(
        asked.wanted,
        reverse("desk_book", args=[patient.pk]),
        asked.parts,
        now,
        asked.doctors,
        asked.whom,
        since=given.get("since") or _since(given.get("start"), today),
        day=given.get("day") or _day(given.get("start")),
        start=given.get("start"),
    )
    return Asked(asked, offer)


def _day(start: datetime | None) -> date | None:
    return start.date() if start else None


def _since(start: datetime | None, today: date) -> date | None:
    """Days far ahead are shown from the one that was clicked."""
    return start.date() if start and start.date() >= today + timedelta(days=DAYS) else None


def _book_page(
    request: HttpRequest, asked: Asked, *, refused: Refusal | None = None, urgent: UrgentTime | None = None
) -> HttpResponse:
    offer = asked.offer
    content = {
        **asking.head(asked.of, lambda **other: offer.link(**{"day": offer.day, **other}), now=offer.now),
        **offer_content(offer, refused, urgent=urgent),
        "here_now": _other_way("desk_walk_in", asked.of),
        "fit_in": _other_way("desk_fit_in", asked.of),
    }
    status = refused.status if refused else 422 if urgent else 200
    return desk_page(request, "book", content, now=offer.now, status=status)


def _other_way(name: str, asked: asking.Asked) -> str:
    """The same wish on another page."""
    given = {part: value for part, value in asked.parts.items() if value is not None}
    return f"{reverse(name, args=[asked.patient.pk])}?{urlencode(given)}"


# Another time


@never_cache
@get_or_post
@staff()
def move(request: HttpRequest, reference: str) -> HttpResponse:
    now = clock.now()
    booking = load_booking(request, reference)
    if request.method != "POST" and not desk_acts.can_move(booking):
        return refused_on_day(request, booking, refusals.NotPossible(), now=now)
    offer = _move_offer(request, booking, now)
    form = MoveTo(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _move_page(request, offer, refused=refusals.NotATime() if form.is_bound else None)
    chosen = form.cleaned_data
    booking.version = chosen["version"]
    if others := others_that_move(booking.session, chosen["starts"], chosen["who"], was=booking, now=now):
        return others
    to = [(booking, chosen["starts"], chosen["who"])]
    try:
        [moved] = door.move(moves=to, key=chosen["key"], by=request.user, now=now, authority=Authority.DESK)
    except (refusals.Changed, refusals.NotPossible) as refused:
        return refused_on_day(request, booking, refused, now=now)
    except Refusal as refused:
        return _move_page(request, offer, refused=refused)
    return redirect(address_of(moved))


def _move_offer(request: HttpRequest, booking: Booking, now: datetime) -> Offer:
    """The day it is on first, with the same dermatologist and then with others, unless one is asked for."""
    form = BookAsked(request.GET)
    form.is_valid()
    given = form.cleaned_data
    doctors = doctors_for(booking.visit_type, booking.location, today=local_day(now, booking.location))
    whom = whom_chips.whom_of(given)
    wanted = Wanted(
        booking.visit_type, booking.location, booking.session, booking, whom.who, whom.among(doctors)
    )
    start = given.get("start")
    return Offer(
        wanted,
        reverse("desk_move", args=[booking.reference]),
        whom_chips.parts(whom) | {"who": given.get("who")},
        now,
        doctors,
        whom,
        since=given.get("since") or (None if booking.session else _first_day(booking, start)),
        day=given.get("day") or _day(start) or booking.day,
        start=start,
        own=booking.practitioner_id if whom.is_anybody else None,
    )


def _first_day(booking: Booking, start: datetime | None) -> date:
    """The fortnight from the day it is on, or round the one that was clicked."""
    day = _day(start) or booking.day
    return booking.day if booking.day <= day < booking.day + timedelta(days=DAYS) else day


def _move_page(request: HttpRequest, offer: Offer, *, refused: Refusal | None) -> HttpResponse:
    booking = offer.wanted.booking
    content = {
        "booking": booking,
        "patient": booking.patient,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "doctor": booking.practitioner.resource.name,
        "back": address_of(booking),
        "here": "day",
        **offer_content(offer, refused),
    }
    return desk_page(request, "move", content, now=offer.now, status=refused.status if refused else 200)
