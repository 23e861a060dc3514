"""Waiting for a time, or for an earlier one, and the page of one that became free."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.times import WhereAndWho
from bookings.forms.waiting import NO, TakeOrNot, WaitForm, said_before
from bookings.models import Offer, OfferOutcome
from bookings.permissions import load_booking, load_wait, load_wait_offer
from bookings.refusals import NotWhole, Refusal
from bookings.services.openings.fortnight import opening_weekdays
from bookings.services.own_booking import offered_consultation
from bookings.services.waiting import answering, joining
from bookings.services.waiting.joining import Wanted
from bookings.views import waiting_words
from bookings.views.patient.booked import refused_page
from bookings.views.patient.times import open_locations
from clinic import clock, formats
from clinic.models import Practitioner
from clinic.permissions import account_required, patient_required
from clinic.services.days import zone_of
from treatments.permissions import load_session_times

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@account_required
def for_visit(request: HttpRequest, reference: str) -> HttpResponse:
    """Something earlier than a visit they have."""
    booking, now = load_booking(request, reference), clock.now()
    return _join(request, lambda: joining.for_booking(booking, now=now), booking.practitioner, now)


@never_cache
@get_or_post
@account_required
def for_session(request: HttpRequest, session_id: int) -> HttpResponse:
    session, now = load_session_times(request, session_id), clock.now()
    return _join(request, lambda: joining.for_session(session, now=now), session.course.practitioner, now)


@never_cache
@get_or_post
@patient_required
def for_consultation(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    asked = WhereAndWho(request.GET)
    asked.is_valid()  # what cannot be read of a link counts as not asked for
    visit_type, places = offered_consultation(now=now), open_locations(now)
    if visit_type is None or not places:
        return redirect("book")
    place = next((one for one in places if one.slug == asked.cleaned_data.get("at")), places[0])
    wanted = joining.for_consultation(patient=request.patient, visit_type=visit_type, location=place, now=now)
    return _join(request, lambda: wanted, None, now)


def _join(
    request: HttpRequest, find: Callable[[], Wanted], doctor: Practitioner | None, now: datetime
) -> HttpResponse:
    try:
        wanted = find()
    except Refusal as refused:
        return refused_page(request, refused)
    entry = joining.standing_for(wanted)
    form = WaitForm(
        request.POST or None, doctor=doctor, weekdays=opening_weekdays(wanted.location, wanted.first_on),
        initial={"key": uuid4(), **said_before(entry)},
    )  # fmt: skip
    if not form.is_valid():
        return _join_page(request, wanted, form, is_waiting=entry is not None)
    key = form.cleaned_data["key"]
    joining.join(wanted=wanted, wishes=form.wishes, key=key, by=request.user, now=now)
    messages.success(request, _("You are on the list. We tell you when a time that suits you becomes free."))
    return redirect("my_visits")


def _join_page(request: HttpRequest, wanted: Wanted, form: WaitForm, *, is_waiting: bool) -> HttpResponse:
    has = wanted.booking
    content = {
        "wanted": wanted,
        "has": formats.when(has.starts, zone_of(has.location)) if has else "",
        "first": formats.day(wanted.first_on),
        "last": formats.day(wanted.last_on),
        "is_waiting": is_waiting,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "bookings/patient/wait.html", content, status=status)


@require_POST
@account_required
def leave(request: HttpRequest, entry_id: int) -> HttpResponse:
    joining.leave(entry=load_wait(request, entry_id), by=request.user, now=clock.now())
    messages.success(request, _("You are no longer on the list."))
    return redirect("my_visits")


@never_cache
@get_or_post
@account_required
def offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """A time that became free: take it, or not. Who comes too late is told so calmly."""
    now, found = clock.now(), load_wait_offer(request, offer_id)
    if request.method != "POST":
        return _offer_page(request, found, now)
    form = TakeOrNot(request.POST)
    if not form.is_valid():
        return _offer_page(request, found, now, refused=NotWhole())
    try:
        said = _answer(request, found, form.cleaned_data["answer"], now)
    except Refusal as refused:
        return _offer_page(request, load_wait_offer(request, offer_id), now, refused=refused)
    messages.success(request, said)
    return redirect("my_visits")


def _answer(request: HttpRequest, found: Offer, answer: str, now: datetime) -> str:
    if answer == NO:
        answering.decline(offer=found, by=request.user, now=now)
        return _("Thank you for telling us. You stay on the list.")
    booking = answering.take(offer=found, by=request.user, now=now)
    said = {"when": formats.when(booking.starts, zone_of(booking.location))}
    return _("It is yours: %(when)s.") % said


def _offer_page(
    request: HttpRequest, found: Offer, now: datetime, *, refused: Refusal | None = None
) -> HttpResponse:
    state = _state(found, now)
    has = joining.what_they_have([found.entry]).get(found.entry_id)
    content = {
        "free": waiting_words.offered(found, now),
        "state": state,
        "has": formats.when(has.starts, zone_of(has.location)) if has else "",
        "is_waiting": found.entry.ended_at is None,
        "refused": refused.text if refused and state == "open" else "",
        "has_errors": refused is not None,
    }
    return render(
        request, "bookings/patient/free_time.html", content, status=refused.status if refused else 200
    )


def _state(found: Offer, now: datetime) -> str:
    if found.outcome:
        return found.outcome
    return "open" if found.until > now and found.entry.ended_at is None else OfferOutcome.EXPIRED
