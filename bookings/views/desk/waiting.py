"""Who waits for a time at a place: the freed times, who gains from each and why, and offering one by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.forms.waiting import OfferTo, WaitForThis
from bookings.models import FreedTime, Offer, WaitlistEntry
from bookings.permissions import load_freed_time, load_wait, seen_bookings, seen_waits
from bookings.refusals import NotWhole, Refusal
from bookings.services.own_booking import offered_consultation
from bookings.services.waiting import joining, listing, offering
from bookings.services.waiting.candidates import Candidates
from bookings.services.waiting.joining import Wanted
from bookings.views import waiting_words as words
from bookings.views.desk.booking import sessions_to_book
from bookings.views.desk.frame import desk_page, locations_of, place_of
from bookings.views.desk.where import Where, address, read_where
from clinic import clock, formats
from clinic.models import Patient
from clinic.permissions import load_patient, staff
from clinic.rules import phones
from clinic.services.days import zone_of
from consultations.services import calls


@never_cache
@require_safe
@staff()
def waiting(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    return waiting_page(request, read_where(request, now=now), now=now)


def waiting_page(
    request: HttpRequest, where: Where, *, now: datetime, refused: str = "", status: int = 200
) -> HttpResponse:
    if where.location is None:
        return desk_page(request, "no_location", {"here": "todo"}, now=now)
    times = listing.freed_times(where.location, now=now)
    asked = request.GET.get("freed", "")
    chosen = next((one for one in times if str(one.pk) == asked), times[0] if times else None)
    content = {
        "here": "todo",
        **where.frame("desk_waiting"),
        "refused": {"text": refused} if refused else None,
        "has_errors": bool(refused),
        "times": [_time(one, where, is_chosen=one == chosen) for one in times],
        "chosen": _chosen(chosen, now) if chosen else None,
        "waits": [_wait(one) for one in listing.waits_at(where.location)],
        "once": uuid4(),
    }
    return desk_page(request, "waiting", content, now=now, status=status)


def _time(freed: FreedTime, where: Where, *, is_chosen: bool) -> dict:
    return {
        "when": formats.when(freed.starts, zone_of(freed.location)),
        "doctor": freed.practitioner.resource.name,
        "kind": freed.visit_type.name,
        "asked": freed.asked,
        "chosen": is_chosen,
        "href": address("desk_waiting", at=where.location.slug, freed=freed.pk),
    }


def _chosen(freed: FreedTime, now: datetime) -> dict:
    found, offers = listing.ranking_of(freed, now=now)
    soon = offering.is_soon(freed, now=now)
    return {
        "freed": freed,
        "when": formats.when(freed.starts, zone_of(freed.location)),
        "soon": soon,
        "may_offer": soon or not freed.asked,  # a later one is one person's while they think
        "suited": [_suited(one, found, offers, now) for one in found.ranking.suited],
        "others": [
            {"name": found.entries[pk].patient.name, "why": words.why_not(why)}
            for pk, why in found.ranking.others.items()
        ],
    }


def _suited(ranked, found: Candidates, offers: dict[int, Offer], now: datetime) -> dict:
    has, offer = found.has.get(ranked.entry), offers.get(ranked.entry)
    return {
        "entry": found.entries[ranked.entry],
        "has": formats.when(has.starts, zone_of(has.location)) if has else _("no time"),
        "reasons": words.reasons(ranked, has),
        "outcome": words.outcome_words(offer, now) if offer else "",
    }


def _wait(wait: joining.Wait) -> dict:
    entry = wait.entry
    number = calls.number_of(entry.patient)
    return {
        "entry": entry,
        "what": words.wait_words(entry, wait.has),
        "kind": entry.visit_type.name if wait.has or entry.session else "",
        "wishes": words.wishes_words(entry),
        "since": formats.day(entry.created_at.date()),
        "number": number,
        "number_words": phones.shown(number),
    }


@require_POST
@staff()
def offer(request: HttpRequest, freed_id: int) -> HttpResponse:
    """One click: this one is asked next, whoever stands before them."""
    now, freed = clock.now(), load_freed_time(request, freed_id)
    form = OfferTo(request.POST)
    where = read_where(request, now=now, location=freed.location)
    if not form.is_valid():
        return waiting_page(request, where, now=now, refused=NotWhole.text, status=400)
    entry = get_object_or_404(seen_waits(request).select_related("patient"), pk=form.cleaned_data["entry"])
    try:
        offering.offer_by_hand(freed=freed, entry=entry, by=request.user, now=now)
    except Refusal as refused:
        return waiting_page(request, where, now=now, refused=refused.text, status=refused.status)
    messages.success(request, _("%(name)s is asked.") % {"name": entry.patient.name})
    return redirect(address("desk_waiting", at=freed.location.slug, freed=freed.pk))


@require_POST
@staff()
def end(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry = load_wait(request, entry_id)
    joining.leave(entry=entry, by=request.user, now=clock.now())
    messages.success(request, _("%(name)s waits no more.") % {"name": entry.patient.name})
    return redirect(address("desk_waiting", at=entry.location.slug))


# Putting somebody on the list


@dataclass(frozen=True)
class What:
    """One thing that somebody could wait for."""

    code: str
    words: str
    wanted: Wanted


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def join(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    person = load_patient(request, patient_id, now=now)
    whats = _whats(request, person, now)
    choices = [(one.code, one.words) for one in whats]
    form = WaitForThis(request.POST or None, whats=choices, initial={"key": uuid4()})
    if not form.is_valid():
        content = {"patient": person, "form": form, "here": "patients", "whats": whats}
        return desk_page(request, "wait", content, now=now, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    wanted = next(one.wanted for one in whats if one.code == said["what"])
    joining.join(wanted=wanted, wishes=form.wishes, key=said["key"], by=request.user, now=now)
    messages.success(request, _("%(name)s is on the waiting list.") % {"name": person.name})
    return redirect(address("desk_waiting", at=wanted.location.slug))


def _whats(request: HttpRequest, person: Patient, now: datetime) -> Sequence[What]:
    places = locations_of(request)
    found = []
    for booking in joining.movable(seen_bookings(request).filter(patient=person), now=now):
        code = f"visit:{booking.reference}"
        found.append((code, lambda booking=booking: joining.for_booking(booking, now=now)))
    for row in sessions_to_book(person, places):
        code = f"session:{row.session.pk}"
        found.append((code, lambda row=row: joining.for_session(row.session, now=now)))
    place, kind = place_of(request, places, None), offered_consultation(now=now)
    if place and kind:
        wish = {"patient": person, "visit_type": kind, "location": place, "now": now}
        found.append(("consultation", lambda: joining.for_consultation(**wish)))
    return [what for code, find in found if (what := _what(code, find))]


def _what(code: str, find) -> What | None:
    try:
        wanted = find()
    except Refusal:
        return None
    entry = WaitlistEntry(session=wanted.session)
    kind = [wanted.visit_type.name] if wanted.booking or wanted.session else []
    return What(
        code, " · ".join([words.wait_words(entry, wanted.booking), *kind, wanted.location.area]), wanted
    )
