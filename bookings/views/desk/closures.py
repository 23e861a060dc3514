"""What is closed and who is away in the next weeks, one closure with whom it still concerns, and holidays."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings.forms.closures import ClosureAsked
from bookings.models import Booking, Closure, Status
from bookings.permissions import CLOSERS, load_closure
from bookings.services.closing import closures, holidays
from bookings.services.closing.reflow import Closing
from bookings.services.desk.day import read_columns
from bookings.services.own_visits import newest_offers
from bookings.views.desk.closure_words import FAILED, KIND_TAGS, closure_title, span_words
from bookings.views.desk.frame import address_of, desk_page
from bookings.views.desk.reflow import asked_place
from clinic import clock, formats
from clinic.models import Location
from clinic.models.people import Role
from clinic.permissions import duties, my_locations, staff
from clinic.rules import phones
from clinic.services.days import local_day, zone_of

MOST = 200


@never_cache
@require_safe
@staff(*CLOSERS)
def closure_list(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    place = asked_place(request)
    if place is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    today = local_day(now, place)
    left = closures.stranded(location=place, now=now)
    offers = newest_offers(left)
    content = {
        "place": place,
        "location_name": place.area,
        "rows": [_row(closure, place, today) for closure in _ahead(place, now)],
        "left": [_left(one) for one in left if not _is_open(offers.get(one.pk), now)][:MOST],
        "asked": sum(_is_open(offers.get(one.pk), now) for one in left),
        "places": _places(request, place),
        "people": _people(place, today, now),
        "links": {
            name: f"{reverse(name)}?at={place.slug}" for name in ("desk_closure_new", "desk_closure_today")
        },
        "holidays": _holidays(request, place, today),
        "here": "day",
    }
    return desk_page(request, "closures", content, now=now)


def _ahead(place: Location, now: datetime) -> QuerySet[Closure]:
    """Of the place, of its rooms and chairs, and of whoever works here."""
    here = Q(location=place) | Q(location=None, resource__working_hours__location=place)
    found = Closure.objects.filter(here, ends__gt=now).select_related("resource", "location", "by")
    return found.distinct().order_by("starts", "pk")[:MOST]


def _row(closure: Closure, place: Location, today: date) -> dict:
    tz = zone_of(place)
    return {
        "closure": closure,
        "title": closure.resource.name if closure.resource else _("All of %(place)s") % {"place": place.area},
        "span": span_words(closure.starts, closure.ends, tz),
        "tag": (*KIND_TAGS[closure.kind], closure.get_kind_display()),
        "by": closure.by.name if closure.by else "",
        "is_now": local_day(closure.starts, place) <= today,
    }


def _left(booking: Booking) -> dict:
    return {
        "booking": booking,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "href": address_of(booking),
        "doctor": booking.practitioner.resource.name,
        "phone_words": phones.shown(booking.patient.phone),
    }


def _places(request: HttpRequest, place: Location) -> list[dict]:
    locations = list(my_locations(request, *CLOSERS).order_by("pk"))
    return [
        {"name": one.area, "href": f"{reverse('desk_closures')}?at={one.slug}", "chosen": one == place}
        for one in locations
    ] if len(locations) > 1 else []  # fmt: skip


def _people(place: Location, today: date, now: datetime) -> list[dict]:
    """Who works here today and is not away already: a click each when somebody is ill."""
    columns = read_columns(location=place, day=today, by_room=False)
    address = f"{reverse('desk_closure_today')}?at={place.slug}&who="
    return [
        {"name": column.resource.name, "href": f"{address}{column.resource.pk}"}
        for column in columns
        if any(ends > now for _starts, ends in column.hours) and not _is_away(column.closures, now)
    ]


def _is_away(found: Iterable[Closure], now: datetime) -> bool:
    return any(closure.starts <= now < closure.ends for closure in found)


# One closure


@never_cache
@require_safe
@staff(*CLOSERS)
def closure(request: HttpRequest, closure_id: int) -> HttpResponse:
    now = clock.now()
    found = load_closure(request, closure_id)
    place = found.location or asked_place(request)
    tz = zone_of(place)
    touched = closures.touched(**Closing.of(found).parts, now=now)
    offers = newest_offers(touched)
    failed = request.session.get(FAILED, {}).get(str(found.pk), {})
    waiting = [one for one in touched if _is_open(offers.get(one.pk), now)]
    left = [one for one in touched if not one.kept_why and one not in waiting]
    content = {
        "closure": found,
        "place": place,
        "location_name": place.area if place else "",
        "title": closure_title(found.kind, found.resource, place),
        "span": span_words(found.starts, found.ends, tz),
        "tag": (*KIND_TAGS[found.kind], found.get_kind_display()),
        "saved_at": formats.when(found.at, tz) if found.at else "",
        "is_over": found.ends <= now,
        "left": [_left(one) | {"why": _why_left(one, offers, failed, now)} for one in left],
        "waiting": [_waiting(one, offers[one.pk]) for one in waiting],
        "people_asked": len({one.patient_id for one in waiting}),
        "kept": [_left(one) | {"why": one.kept_why} for one in touched if one.kept_why],
        "once": uuid4(),
        "here": "day",
    }
    return desk_page(request, "closure", content, now=now)


def _is_open(offer: Booking | None, now: datetime) -> bool:
    return offer is not None and offer.status == Status.HELD and offer.held_until > now


def _why_left(
    booking: Booking, offers: Mapping[int, Booking], failed: Mapping[str, str], now: datetime
) -> str:
    offer = offers.get(booking.pk)
    if why := failed.get(str(booking.pk)):
        return why
    if offer is None:
        return _("left for later")
    if offer.status == Status.CANCELLED:
        return (
            _("what they were asked about has closed, too: ring them")
            if offer.house_ended
            else _("they said no: ring them")
        )
    return _("no answer in time: ring them")


def _waiting(booking: Booking, offer: Booking) -> dict:
    tz = zone_of(offer.location)
    return _left(booking) | {
        "goes": formats.when(offer.starts, tz),
        "goes_to": offer.practitioner.resource.name,
        "until": formats.when(offer.held_until, tz),
    }


@require_POST
@staff(*CLOSERS)
def remove(request: HttpRequest, closure_id: int) -> HttpResponse:
    """Open again: who and when stays in the audit trail."""
    found = load_closure(request, closure_id)
    closures.remove(closure=found, by=request.user, now=clock.now())
    messages.success(request, _("Open again. Visits that were moved stay where they are now."))
    where = f"?at={found.location.slug}" if found.location else ""
    return redirect(reverse("desk_closures") + where)


# Holidays


def _holidays(request: HttpRequest, place: Location, today: date) -> dict:
    found = holidays.read_suggestions(place, today=today)
    is_manager = duties(request).covers(place.pk, Role.MANAGER)
    return {
        "undecided": [_day(one, place, is_manager) for one in found.undecided],
        "said_open": [_day(one, place, is_manager) for one in found.said_open],
        "is_manager": is_manager,
        "covers": found.covers,
        "is_strange": bool(place.subdivision) and found.covers == holidays.COUNTRY,
    }


def _day(one: holidays.Holiday, place: Location, is_manager: bool) -> dict:
    query = urlencode({"at": place.slug, "day": one.day.isoformat()})
    return {
        "day": one.day.isoformat(),
        "words": formats.day(one.day),
        "year": one.day.year,
        "name": one.name,
        "href": f"{reverse('desk_holiday')}?{query}" if is_manager else "",
    }


@require_POST
@staff(Role.MANAGER)
def holiday_open(request: HttpRequest) -> HttpResponse:
    """A manager says that the place is open on a public holiday."""
    now = clock.now()
    place = asked_place(request, Role.MANAGER)
    form = ClosureAsked(request.POST)
    form.is_valid()
    day = form.cleaned_data.get("day")
    if place is None:
        raise Http404
    if day and day in holidays.holidays_of(place, {day.year}):
        holidays.say_open(location=place, day=day, by=request.user, now=now)
        messages.success(request, _("Open on %(day)s.") % {"day": formats.day(day)})
    return redirect(f"{reverse('desk_closures')}?at={place.slug}#holidays")
