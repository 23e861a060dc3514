"""A location: made as a draft, made ready, opened."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings.forms.manager.locations import LocationForm, TravelForm, initial_of
from bookings.models import WorkingHours
from bookings.permissions import house_manager, load_managed_location, managed_locations
from bookings.refusals import Refusal
from bookings.services.house import locations as house
from bookings.services.house.locations import LOCATION_FIELDS, NotReady, mark, mark_of
from bookings.services.house.readiness import Item, readiness
from bookings.views.manager.frame import (
    address,
    get_or_post,
    manager_page,
    mark_to_send,
    say,
    seen_by,
    typed,
)
from clinic import clock, formats
from clinic.models import Location, Resource
from clinic.models.people import Role
from clinic.permissions import staff


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def new_location(request: HttpRequest) -> HttpResponse:
    form = LocationForm(typed(request), initial=initial_of(None))
    if not form.is_valid():
        return manager_page(request, "location_form", {"form": form})
    location = house.create_location(fields=form.cleaned_data, by=request.user, now=clock.now())
    return redirect("manage_location", location.slug)


@never_cache
@require_safe
@staff(Role.MANAGER)
def location(request: HttpRequest, slug: str) -> HttpResponse:
    return location_page(request, load_managed_location(request, slug), now=clock.now())


def location_page(
    request: HttpRequest, place: Location, *, now: datetime, missing: Iterable[Item] = (), status: int = 200
) -> HttpResponse:
    items = [] if place.opened_on else readiness(location=place, now=now)
    content = {
        "location": place,
        "opened": formats.day_with_year(place.opened_on) if place.opened_on else "",
        "items": [{"item": item, "href": _mend(item, place)} for item in items],
        "done": sum(item.is_done for item in items),
        "missing": list(missing),
        "counts": _counts(place),
        "closures": address("desk_closures"),
    }
    return manager_page(request, "location", content, status=status)


def _counts(place: Location) -> dict:
    """How many rooms, chairs and devices there are, and how many people work here."""
    kinds = Resource.objects.filter(location=place, is_active=True).values_list("kind", flat=True)
    people = WorkingHours.objects.filter(location=place, resource__is_active=True, until_on=None)
    return {"things": len(kinds), "people": people.values("resource").distinct().count()}


_MENDED_AT = {
    "address": "manage_location_details",
    "phone": "manage_location_details",
    "registration": "manage_location_details",
    "hours": "manage_hours",
    "practitioner": "manage_hours",
    "openings": "manage_hours",
    "room": "manage_resources",
    "chair": "manage_resources",
    "device": "manage_resources",
}


def _mend(item: Item, place: Location) -> str:
    """Where somebody goes to mend it."""
    name = _MENDED_AT.get(item.code)
    return reverse(name, args=[place.slug]) if name else reverse("manage_visit_types")


@never_cache
@get_or_post
@staff(Role.MANAGER, keeps_post=True)
def details(request: HttpRequest, slug: str) -> HttpResponse:
    place = load_managed_location(request, slug)
    form = LocationForm(typed(request), initial=initial_of(place))
    refused = None
    status = 200
    if form.is_valid():
        try:
            house.change_location(
                location=place, fields=form.cleaned_data, seen=seen_by(request), by=request.user,
                now=clock.now(),
            )  # fmt: skip
        except Refusal as error:
            refused, status = error, say(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_location", place.slug)
    place.refresh_from_db()
    seen = mark_to_send(request, mark_of(place, LOCATION_FIELDS), refused)
    content = {"form": form, "location": place, "seen": seen}
    return manager_page(request, "location_form", content, status=status)


@require_POST
@staff(Role.MANAGER)
def open_location(request: HttpRequest, slug: str) -> HttpResponse:
    """Only when everything on the list is there; otherwise the page says what is missing."""
    now = clock.now()
    place = load_managed_location(request, slug)
    try:
        house.open_location(location=place, by=request.user, now=now)
    except NotReady as refused:
        return location_page(request, place, now=now, missing=refused.missing, status=refused.status)
    messages.success(request, _("%(name)s is open: it can be booked from now on.") % {"name": place.name})
    return redirect("manage_location", place.slug)


@never_cache
@get_or_post
@staff(Role.MANAGER, keeps_post=True)
def travel(request: HttpRequest, slug: str) -> HttpResponse:
    """Minutes to the other places, both ways: a dermatologist who works at two on one day needs them."""
    place = load_managed_location(request, slug)
    others = list(managed_locations(request).exclude(pk=place.pk).order_by("name"))
    stands = house.travel_minutes(place)
    initial = {f"to_{other.pk}": stands.get(other.pk) for other in others}
    form = TravelForm(typed(request), initial=initial, others=others)
    refused, status = None, 200
    if form.is_valid():
        try:
            house.set_travel(
                location=place, minutes=form.minutes, seen=seen_by(request), by=request.user, now=clock.now()
            )
        except Refusal as error:
            refused, status = error, say(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_location", place.slug)
    seen = mark_to_send(request, mark(house.travel_minutes(place)), refused)
    return manager_page(request, "travel", {"form": form, "location": place, "seen": seen}, status=status)
