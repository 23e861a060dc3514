"""My visits: what comes next, every session of the course, and what can be done about each."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import door
from bookings.forms.times import SeenBooking
from bookings.models import Booking, Status
from bookings.permissions import load_booking
from bookings.refusals import NotWhole, Refusal
from bookings.services import own_visits, rounds_ahead
from bookings.services.away import coming_away
from bookings.services.broken_plans import needs_planning
from bookings.services.own_visits import CourseSeen
from bookings.views.patient import offers
from bookings.views.patient.booked import refused_page, undo_bar
from bookings.views.patient.pausing import pause_seen
from bookings.views.patient.timeline import timeline
from clinic import clock, formats
from clinic.models import Patient, User
from clinic.models.outbox import Channel
from clinic.permissions import account_required, opened, patient_required
from clinic.services import accounts, reminder_consents
from clinic.services.days import local_day, zone_of
from consultations.services.form_state import SENT, form_state
from treatments.services.pausing import is_update_wanted


@never_cache
@require_safe
@patient_required
def my_visits(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    patient = request.patient
    coming = own_visits.upcoming(patient, now=now)
    courses = own_visits.courses_of(patient)
    questions = offers.questions(patient, now=now)
    asked = {question["booking"].pk for question in questions}
    changes = own_visits.changes_of(patient)
    first = coming[0] if coming else None
    form_sent = form_state(patient)
    content = {
        "patient": patient,
        "others": len(accounts.people(request.user)) > 1,
        "undo": undo_bar(own_visits.undo_offered(changes, by=request.user, now=now)),
        "questions": questions,
        "next": card_of(first, opened(request, patient), asked, now) if first else None,
        "rounds": rounds_of(request, patient, coming, courses, now),
        "later": [card_of(one, False, asked, now) for one in coming[1:] if one.course_id is None],
        "courses": [_course(seen, first, request.user, now) for seen in courses],
        "form_state": form_sent,
        "update_wanted": form_sent == SENT and is_update_wanted(patient),
        "away": coming_away(patient, today=local_day(now)),
        "told": _told(patient) if opened(request, patient) else "",
        "reminders": _reminders(patient),
    }
    return render(request, "bookings/patient/my_visits.html", content)


def rounds_of(
    request: HttpRequest,
    patient: Patient,
    coming: Sequence[Booking],
    courses: Sequence[CourseSeen],
    now: datetime,
) -> dict:
    """What is still to be answered. Behind a shared phone it is not said how much: that hangs on answers."""
    before = rounds_ahead.session_round(patient, coming, now=now)
    answered_at = before and before.answered_at
    return {
        "session": before,
        "answered": formats.when(answered_at, zone_of(before.booking.location)) if answered_at else "",
        "course": rounds_ahead.course_round(patient, now=now) if courses else None,
        "is_first": not any(course.given for course in courses),
        "is_open": opened(request, patient),
    }


def card_of(booking: Booking, is_open: bool, asked: Collection[int], now: datetime) -> dict:
    """`is_open`: more than times and places may be shown. `asked`: visits that we have a question about."""
    minutes = (booking.ends - booking.starts) // timedelta(minutes=1)
    may_come = booking.may_be_confirmed and booking.pk not in asked
    return {
        "booking": booking,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "minutes": minutes,
        "prepare": is_open and booking.session_id is not None,
        "comes": may_come and booking.confirmed_at is None,
        "is_new": local_day(booking.created_at, booking.location) == local_day(now, booking.location),
        "said_yes": booking.status == Status.BOOKED and booking.confirmed_at is not None,
        "can_change": booking.status == Status.BOOKED and booking.starts > now,
    }


def _course(seen: CourseSeen, first: Booking | None, by: User, now: datetime) -> dict:
    count = len(seen.rows)
    number = first.session.number if first and first.course_id == seen.course.pk else None
    return {
        "course": seen.course,
        "doctor": seen.course.practitioner.resource.name if seen.course.practitioner else "",
        "count": count,
        "number": number,
        "to_book": len(seen.to_book),
        "pauses": [pause_seen(one, seen.course.location, by=by, now=now) for one in seen.pauses],
        "plan_again": needs_planning(seen.rows, today=local_day(now, seen.course.location)),
        "sessions": timeline(seen, first, now),
    }


def _told(patient: Patient) -> str:
    """The sentence of the doctor's newest decision."""
    return patient.decisions.order_by("-pk").values_list("patient_text", flat=True).first() or ""


def _reminders(patient: Patient) -> list[dict]:
    """What can be switched, for the addresses we have."""
    standing = reminder_consents.standing_channels(patient)
    words = {Channel.SMS: _("Text reminders"), Channel.EMAIL: _("E-mail reminders")}
    has = {Channel.SMS: patient.phone, Channel.EMAIL: patient.email}
    return [
        {"channel": channel.value, "words": words[channel], "on": channel in standing}
        for channel in Channel
        if has[channel]
    ]


@require_POST
@patient_required
def reminders(request: HttpRequest) -> HttpResponse:
    """Switch reminders of one channel on or off: each form says which."""
    now, patient = clock.now(), request.patient
    channel, wish = request.POST.get("channel"), request.POST.get("wish")
    if channel not in Channel.values or wish not in ("on", "off"):
        return refused_page(request, NotWhole())
    if wish == "on":
        reminder_consents.agree_to_reminders(patient=patient, channels=[channel], by=request.user, now=now)
    else:
        reminder_consents.stop_reminders(patient=patient, channel=channel, by=request.user, now=now)
    return redirect("my_visits")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Asked once more; then three minutes to undo."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = SeenBooking(request.POST or None)
    if not form.is_valid():
        return _cancel_page(request, booking, now)
    booking.version = form.cleaned_data["version"]
    key = form.cleaned_data["key"]
    try:
        door.cancel(bookings=[booking], key=key, by=request.user, now=now)
    except Refusal as refused:
        return refused_page(request, refused)
    return redirect("my_visits")


def _cancel_page(request: HttpRequest, booking: Booking, now: datetime) -> HttpResponse:
    if booking.status != Status.BOOKED or booking.starts <= now:
        return redirect("my_visits")
    content = {
        "booking": booking,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "once": uuid4(),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "bookings/patient/cancel.html", content, status=status)
