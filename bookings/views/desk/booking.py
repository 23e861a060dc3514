"""Booking for somebody on the phone or at the desk, and moving a visit."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door, refusals
from bookings.forms.desk import BookAsked
from bookings.forms.times import ChooseTime, MoveTo
from bookings.models import Booking, Status
from bookings.permissions import load_booking
from bookings.refusals import Refusal
from bookings.services import desk_acts
from bookings.services.courses import Row, State, rows
from bookings.services.desk_times import Wanted
from bookings.services.gap_rules import Authority
from bookings.views.desk.frame import address_of, age_of, desk_page, locations_of, place_of
from bookings.views.desk.times import ANYBODY, Offer, offer_content
from bookings.views.desk.visits import refused_on_day
from clinic import clock, formats
from clinic.models import Location, Patient, VisitType
from clinic.models.visit_types import VisitKind
from clinic.permissions import load_patient, staff
from clinic.rules import phones
from clinic.services.days import zone_of
from treatments.models import Course, CourseSession

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Asked:
    """For whom, and what could be booked: consultations, and the sessions that want a time."""

    patient: Patient
    offer: Offer
    types: list[VisitType]
    sessions: list[Row]
    locations: list[Location]


@never_cache
@get_or_post
@staff()
def book(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    asked = _read_asked(request, load_patient(request, patient_id, now=now), now)
    if asked is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    form = ChooseTime(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _book_page(request, asked, refused=refusals.NotATime() if form.is_bound else None)
    try:
        booking = _book(asked, form.cleaned_data, by=request.user, now=now)
    except Refusal as refused:
        return _book_page(request, asked, refused=refused)
    return redirect(address_of(booking))


def _book(asked: Asked, chosen: dict, *, by, now: datetime) -> Booking:
    wanted = asked.offer.wanted
    how = {"starts": chosen["starts"], "practitioner": chosen["who"], "key": chosen["key"]}
    how |= {"by": by, "now": now, "authority": Authority.DESK}
    if wanted.session:
        return door.book_session(session=wanted.session, **how)
    return door.book(patient=asked.patient, visit_type=wanted.visit_type, location=wanted.location, **how)


def _read_asked(request: HttpRequest, patient: Patient, now: datetime) -> Asked | None:
    form = BookAsked(request.GET)
    form.is_valid()  # what cannot be read of an address counts as not asked for
    given = form.cleaned_data
    locations = locations_of(request)
    types = list(VisitType.objects.filter(kind=VisitKind.CONSULTATION).order_by("pk"))
    if not locations or not types or patient.died_on or patient.merged_into_id:
        return None
    sessions = sessions_to_book(patient, locations)
    session = _session_asked(sessions, given)
    if session:
        course = session.course
        wanted = Wanted(course.visit_type, course.location, session, practitioner=course.practitioner_id)
    else:
        location = place_of(request, locations, given.get("at"))
        wanted = Wanted(_type_asked(types, given, patient), location)
    if given.get("who") is not None:
        wanted = replace(wanted, practitioner=given["who"] or None)
    parts = _parts(wanted, given)
    path = reverse("desk_book", args=[patient.pk])
    offer = Offer(wanted, path, parts, now, since=given.get("since"), day=given.get("day"))
    return Asked(patient, offer, types, sessions, locations)


def _parts(wanted: Wanted, given: dict) -> dict:
    what = {"session": wanted.session.pk} if wanted.session else {"type": wanted.visit_type.code}
    return what | {"at": None if wanted.session else wanted.location.slug, "who": given.get("who")}


def sessions_to_book(patient: Patient, locations: list[Location]) -> list[Row]:
    """The next session of each course that wants a time and may have one."""
    courses = Course.objects.filter(patient=patient, ended_on=None, location__in=locations)
    courses = courses.select_related("visit_type", "location", "patient").order_by("pk")
    found = []
    for course in courses:
        lacking = [row for row in rows(course) if row.state == State.TO_BOOK and not row.session.is_soft]
        found += lacking[:1]
    return found


def _session_asked(sessions: list[Row], given: dict) -> CourseSession | None:
    """The one in the address; nothing asked for: the next one of a course under way."""
    if given.get("type"):
        return None
    wanted = given.get("session")
    found = (row.session for row in sessions if wanted in (None, row.session.pk))
    session = next(found, None)
    if wanted and session is None:
        raise Http404
    return session


def _type_asked(types: list[VisitType], given: dict, patient: Patient) -> VisitType:
    """Somebody who has been here needs no first consultation."""
    asked = next((one for one in types if one.code == given.get("type")), None)
    if asked:
        return asked
    been = Booking.objects.filter(patient=patient, status=Status.DONE).exists()
    return next((one for one in types if one.is_online != been), types[0])


def _book_page(request: HttpRequest, asked: Asked, *, refused: Refusal | None) -> HttpResponse:
    offer, patient = asked.offer, asked.patient
    content = {
        "patient": patient,
        "age": age_of(patient, offer.today),
        "phone": phones.shown(patient.phone),
        "kinds": _kinds(asked),
        "places": _places(asked),
        "here": "day",
        **offer_content(offer, refused),
    }
    return desk_page(request, "book", content, now=offer.now, status=refused.status if refused else 200)


def _kinds(asked: Asked) -> list[dict]:
    wanted, offer = asked.offer.wanted, asked.offer
    bare = {"since": None, "who": None}
    sessions = [
        {
            "row": row,
            "name": row.session.course.visit_type.name,
            "number": row.session.number,
            "href": offer.link(session=row.session.pk, type=None, at=None, **bare),
            "chosen": wanted.session == row.session,
        }
        for row in asked.sessions
    ]
    types = [
        {
            "name": one.name,
            "href": offer.link(type=one.code, session=None, at=wanted.location.slug, day=offer.day, **bare),
            "chosen": wanted.session is None and wanted.visit_type == one,
        }
        for one in asked.types
    ]
    return sessions + types


def _places(asked: Asked) -> list[dict]:
    """A course has its own location."""
    offer = asked.offer
    if offer.wanted.session or len(asked.locations) < 2:
        return []
    return [
        {
            "name": one.area,
            "href": offer.link(at=one.slug, who=None, day=offer.day),
            "chosen": one == offer.wanted.location,
        }
        for one in asked.locations
    ]


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
    to = [(booking, chosen["starts"], chosen["who"])]
    try:
        [moved] = door.move(moves=to, key=chosen["key"], by=request.user, now=now, authority=Authority.DESK)
    except (refusals.Changed, refusals.NotPossible) as refused:
        return refused_on_day(request, booking, refused, now=now)
    except Refusal as refused:
        return _move_page(request, offer, refused=refused)
    return redirect(address_of(moved))


def _move_offer(request: HttpRequest, booking: Booking, now: datetime) -> Offer:
    """With the same doctor unless another is asked for."""
    form = BookAsked(request.GET)
    form.is_valid()
    given = form.cleaned_data
    who = given.get("who")
    wanted = Wanted(
        booking.visit_type,
        booking.location,
        booking.session,
        booking,
        booking.practitioner_id if who is None else who or None,
    )
    path = reverse("desk_move", args=[booking.reference])
    since = given.get("since") or (None if booking.session else booking.day)
    return Offer(wanted, path, {"who": who}, now, since=since, day=given.get("day") or booking.day)


def _move_page(request: HttpRequest, offer: Offer, *, refused: Refusal | None) -> HttpResponse:
    booking = offer.wanted.booking
    content = {
        "booking": booking,
        "patient": booking.patient,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "doctor": booking.practitioner.resource.name,
        "back": address_of(booking),
        "anybody": offer.link(who=ANYBODY, day=offer.day),
        "here": "day",
        **offer_content(offer, refused),
    }
    return desk_page(request, "move", content, now=offer.now, status=refused.status if refused else 200)
