"""Another time that the clinic asks for: before and after, yes or no. Nothing moves before the yes."""

from datetime import datetime
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door
from bookings.forms.times import Key
from bookings.models import Booking, Change, Status
from bookings.permissions import load_booking
from bookings.refusals import Changed, HoldExpired, NotWhole, Refusal
from bookings.services import own_visits
from bookings.services.door.offers import asked_together
from bookings.services.waiting.candidates import wished_among
from clinic import clock, formats
from clinic.models import Patient
from clinic.permissions import account_required
from clinic.services.days import local_day, zone_of

YES, NO = "yes", "no"


class Answer(Key):
    """`offer`: the reference of the time that the page showed."""

    offer = forms.SlugField(max_length=8)
    answer = forms.ChoiceField(choices=[(YES, ""), (NO, "")])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def offer(request: HttpRequest, reference: str) -> HttpResponse:
    """`reference` is that of the visit they have."""
    now = clock.now()
    booking = load_booking(request, reference)
    if request.method != "POST":
        return _page(request, booking, now)
    form = Answer(request.POST)
    if not form.is_valid():
        return _page(request, booking, now, refused=NotWhole())
    try:
        said = _answer(request, booking, form.cleaned_data, now)
    except Refusal as refused:
        booking.refresh_from_db()
        return _page(request, booking, now, refused=refused)
    messages.success(request, said)
    return redirect("my_visits")


def _answer(request: HttpRequest, booking: Booking, typed: dict, now: datetime) -> str:
    """Do what they said, once; the words that thank for it."""
    if Change.objects.filter(key=typed["key"], lines__booking=booking).exists():
        return _yes(booking)
    found = own_visits.newest_offers([booking]).get(booking.pk)
    if found is None:
        raise HoldExpired
    if found.reference != typed["offer"]:
        raise Changed
    if typed["answer"] == NO:
        door.decline(offer=found, by=request.user, now=now)
        return _no(found, now)
    several = len(asked_together(found)) > 1
    booking = door.accept(offer=found, key=typed["key"], by=request.user, now=now)
    return _("Thank you. Your visits are moved as we asked.") if several else _yes(booking)


def _stands(found: Booking, now: datetime) -> bool:
    """Whether everything that was asked about as one can be as it was booked."""
    offers = asked_together(found)
    return len(own_visits.that_stand(offers, now=now)) == len(offers)


def _no(found: Booking, now: datetime) -> str:
    if not _stands(found, now):
        return _("Thank you for telling us. The front desk rings you to find another time.")
    if len(asked_together(found)) > 1:
        return _("Thank you for telling us. Your visits stay as they are.")
    when = formats.when(found.replaces.starts, zone_of(found.replaces.location))
    return _("Thank you for telling us. Your visit stays as it is: %(when)s.") % {"when": when}


def _yes(booking: Booking) -> str:
    said = {"when": formats.when(booking.starts, zone_of(booking.location))}
    return _("Thank you. Your visit is now %(when)s.") % said


def _page(
    request: HttpRequest, booking: Booking, now: datetime, *, refused: Refusal | None = None
) -> HttpResponse:
    found = own_visits.newest_offers([booking]).get(booking.pk)
    stands = bool(found and _stands(found, now))
    is_wished = bool(found and wished_among([found]))
    content = {
        "booking": booking,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "state": _state(booking, found, stands, now),
        "question": question(found, stands, now, is_wished=is_wished) if found else None,
        "can_choose": booking.status == Status.BOOKED and booking.starts > now,
        "is_off": booking.status == Status.CANCELLED,
        "refused": refused.text if refused and not isinstance(refused, HoldExpired) else "",
        "has_errors": refused is not None,
    }
    status = refused.status if refused else 200
    return render(request, "bookings/patient/offer.html", content, status=status)


def _state(booking: Booking, found: Booking | None, stands: bool, now: datetime) -> str:
    """`stands`: the visit can be as it was booked, so that nothing follows but from a yes."""
    if found is None or booking.status != Status.BOOKED:
        return "none"
    if found.status == Status.CANCELLED and found.house_ended:
        return "ended"
    if found.status == Status.HELD and found.held_until > now:
        return "open"
    if stands:
        return "stays"
    return "declined" if found.status == Status.CANCELLED else "expired"


def question(found: Booking, stands: bool, now: datetime, *, is_wished: bool = False) -> dict:
    """An offer as bookings/patient/parts/question.html takes it; its key is this page's."""
    booking, tz = found.replaces, zone_of(found.location)
    return {
        "offer": found,
        "booking": booking,
        "stands": stands,
        "was": formats.when(booking.starts, tz),
        "when": formats.when(found.starts, tz),
        "is_same_time": booking.starts == found.starts,
        "was_with": booking.practitioner.resource.name,
        "with": found.practitioner.resource.name,
        "elsewhere": found.location if found.location_id != booking.location_id else None,
        "until": _until(found, now),
        "is_wished": is_wished,
        "together": _together(found),
        "once": uuid4(),
    }


def _together(found: Booking) -> list[dict]:
    """Every visit that is asked about as one with this one; empty where it is asked about alone."""
    mates = asked_together(found)
    return [] if len(mates) == 1 else [_one_of_them(mate) for mate in mates]


def _one_of_them(offer: Booking) -> dict:
    was, tz = offer.replaces, zone_of(offer.location)
    new_doctor = offer.practitioner_id != was.practitioner_id
    return {
        "number": offer.session.number if offer.session else "",
        "was": formats.when(was.starts, tz),
        "when": formats.when(offer.starts, tz),
        "with": offer.practitioner.resource.name if new_doctor else "",
    }


def _until(found: Booking, now: datetime) -> str:
    if found.held_until is None:
        return ""
    tz = zone_of(found.location)
    is_today = local_day(found.held_until, found.location) == local_day(now, found.location)
    return formats.time_of(found.held_until, tz) if is_today else formats.when(found.held_until, tz)


def questions(patient: Patient, *, now: datetime) -> list[dict]:
    """What waits for an answer, and what nobody said yes to: `state` as on the page of one."""
    return _unsettled(own_visits.questions(patient, now=now), now)


def question_about(booking: Booking, *, now: datetime) -> dict | None:
    """The same of one visit."""
    is_over = booking.kept_why or booking.starts <= now
    found = {} if is_over else own_visits.newest_offers([booking])
    return next(iter(_unsettled(list(found.values()), now)), None)


def _unsettled(found: list[Booking], now: datetime) -> list[dict]:
    stand, wished = own_visits.that_stand(found, now=now), wished_among(found)
    shaken = {one.together for one in found if one.together and one.replaces_id not in stand}
    asked, seen = [], set()
    for one in found:
        if one.together and one.together in seen:
            continue
        seen.add(one.together)
        stands = one.replaces_id in stand and one.together not in shaken
        state = _state(one.replaces, one, stands, now)
        if state not in ("none", "stays"):
            asked.append(question(one, stands, now, is_wished=one.pk in wished) | {"state": state})
    return asked
