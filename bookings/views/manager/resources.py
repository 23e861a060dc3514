"""Rooms, chairs and devices of a location."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bookings.forms.manager.resources import NewResourceForm, ResourceForm
from bookings.permissions import load_managed_location, load_resource
from bookings.refusals import Refusal
from bookings.services.house import resources as services
from bookings.services.house.locations import mark_of
from bookings.services.house.resources import RESOURCE_FIELDS
from bookings.views.manager.frame import (
    MOST_SHOWN,
    address,
    get_or_post,
    manager_page,
    mark_to_send,
    say,
    seen_by,
    typed,
    visit_rows,
)
from clinic import clock
from clinic.models import Location, Resource
from clinic.models.people import Role
from clinic.permissions import staff


@never_cache
@get_or_post
@staff(Role.MANAGER, keeps_post=True)
def resources(request: HttpRequest, slug: str) -> HttpResponse:
    """All there are, and a form for another."""
    place = load_managed_location(request, slug)
    form = NewResourceForm(typed(request))
    status = 200
    if form.is_valid():
        try:
            services.add_resource(location=place, **form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refused:
            status = say(form, refused, "name")
        else:
            return redirect("manage_resources", place.slug)
    content = {"form": form, "location": place, "groups": _groups(place)}
    return manager_page(request, "resources", content, status=status)


def _groups(place: Location) -> list[dict]:
    rows = list(Resource.objects.filter(location=place).order_by("kind", "-is_active", "name", "pk"))
    titles = {"room": _("Rooms"), "chair": _("Chairs"), "device": _("Devices")}
    return [
        {"title": title, "rows": [row for row in rows if row.kind == kind]} for kind, title in titles.items()
    ]


@never_cache
@get_or_post
@staff(Role.MANAGER, keeps_post=True)
def resource(request: HttpRequest, slug: str, resource_id: int) -> HttpResponse:
    """Its name and the minutes to clean it; and whether it is used at all."""
    thing = load_resource(request, slug, resource_id)
    form = ResourceForm(typed(request), initial=_initial(thing))
    refused, status = None, 200
    if form.is_valid():
        try:
            services.change_resource(
                resource=thing, **form.cleaned_data, seen=seen_by(request), by=request.user, now=clock.now()
            )
        except Refusal as error:
            refused, status = error, say(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_resources", slug)
    return _page(request, thing, form, now=clock.now(), refused=refused, status=status)


def _initial(thing: Resource) -> dict:
    return {"name": thing.name, "turnover_minutes": thing.turnover_minutes}


def _page(
    request: HttpRequest, thing: Resource, form: ResourceForm, *, now: datetime,
    refused: Refusal | None = None, left: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    thing.refresh_from_db()
    found = list(services.uses_ahead(resource=thing, now=now)[: MOST_SHOWN + 1])
    content = {
        "form": form,
        "location": thing.location,
        "thing": thing,
        "seen": mark_to_send(request, mark_of(thing, RESOURCE_FIELDS), refused),
        "fresh": mark_of(thing, RESOURCE_FIELDS),
        "visits": visit_rows(found[:MOST_SHOWN]),
        "has_more": len(found) > MOST_SHOWN,
        "left": left,
        "closures": address("desk_closures"),
    }
    return manager_page(request, "resource", content, status=status)


@require_POST
@staff(Role.MANAGER)
def retire(request: HttpRequest, slug: str, resource_id: int) -> HttpResponse:
    """Out of use, once every visit ahead has found another; the page says for which there is none."""
    now = clock.now()
    thing = load_resource(request, slug, resource_id)
    form = ResourceForm(initial=_initial(thing))
    try:
        left = services.retire(resource=thing, seen=seen_by(request), by=request.user, now=now)
    except Refusal as refused:
        messages.error(request, refused.text)
        return _page(request, thing, form, now=now, refused=refused, status=refused.status)
    if left:
        words = ngettext(
            "Not taken out of use: there is no other for one visit.",
            "Not taken out of use: there is no other for %(n)s visits.",
            len(left),
        )
        messages.error(request, words % {"n": len(left)})
        return _page(request, thing, form, now=now, left=True, status=409)
    messages.success(request, _("%(name)s is out of use.") % {"name": thing.name})
    return redirect("manage_resources", slug)


@require_POST
@staff(Role.MANAGER)
def bring_back(request: HttpRequest, slug: str, resource_id: int) -> HttpResponse:
    thing = load_resource(request, slug, resource_id)
    try:
        services.bring_back(resource=thing, seen=seen_by(request), by=request.user, now=clock.now())
    except Refusal as refused:
        messages.error(request, refused.text)
        form = ResourceForm(initial=_initial(thing))
        return _page(request, thing, form, now=clock.now(), refused=refused, status=refused.status)
    messages.success(request, _("%(name)s is in use again.") % {"name": thing.name})
    return redirect("manage_resources", slug)
