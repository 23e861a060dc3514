"""Closing in two steps: what closes, then every visit it touches with what is to become of it.

Nothing changes before the second button. For the front desk and managers; who is to be away says so to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings import refusals
from bookings.forms.closures import (
    PLACE,
    REASONS,
    ClosureAsked,
    ClosureForm,
    ReflowForm,
    Typed,
    read_typed,
    today_from_now,
    whole_day,
)
from bookings.models import Booking, Closure, ClosureKind
from bookings.models.bookings import PRESENT
from bookings.permissions import CLOSERS, SHOWN_WITH_IT, load_closure, seen_bookings
from bookings.refusals import Refusal
from bookings.services.closing import carrying_out as closing
from bookings.services.closing import closures, holidays
from bookings.services.closing.carrying_out import Row
from bookings.services.closing.reflow import Choice, Closing
from bookings.views.desk.closure_words import FAILED, closure_title, span_words, sums_of
from bookings.views.desk.frame import desk_page, place_of
from bookings.views.desk.reflow_rows import Page, ended_offer, left_over, read_page
from clinic import clock
from clinic.models import Location, Resource
from clinic.models.people import Role
from clinic.permissions import duties, my_locations, staff
from clinic.services.days import zone_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
APPLY, CHANGE = "apply", "change"  # what the buttons of the second page say


@dataclass(frozen=True)
class Asked:
    """What the second page is about. `closure`: one that stands already; else `form` says what will."""

    closing: Closing
    place: Location
    kind: str
    reason: str
    form: ClosureForm | None = None
    closure: Closure | None = None

    @property
    def action(self) -> str:
        if self.closure:
            return reverse("desk_closure_visits", args=[self.closure.pk])
        return reverse("desk_closure_new")


# What closes


@never_cache
@get_or_post
@staff(*CLOSERS, keeps_post=True)
def new(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    place = asked_place(request)
    if place is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    posted = request.method == "POST"
    form = _form(request, place, now, data=request.POST if posted else None)
    if not posted or request.POST.get("go") == CHANGE or not form.is_valid():
        return _form_page(request, form, place, now)
    asked = _asked(form, place)
    if request.POST.get("go") == APPLY:
        return _apply(request, asked, now)
    return _preview(request, asked, now)


@never_cache
@require_safe
@staff(*CLOSERS)
def today(request: HttpRequest) -> HttpResponse:
    """From now to the end of the day, at once with its visits: a place, or somebody who is ill."""
    now = clock.now()
    place = asked_place(request)
    if place is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    who = _given(request).get("who")
    kind, reason = (ClosureKind.LEAVE, _("Away today")) if who else (ClosureKind.CLOSED, _("Closed today"))
    data = today_from_now(what=str(who or PLACE), kind=kind, reason=reason, now=now, location=place)
    return _at_once(request, place, data, now)


@never_cache
@require_safe
@staff(Role.MANAGER)
def holiday(request: HttpRequest) -> HttpResponse:
    """A public holiday that a manager says yes to, with its visits."""
    now = clock.now()
    place = asked_place(request, Role.MANAGER)
    day = _given(request).get("day")
    name = holidays.holidays_of(place, {day.year}).get(day) if place and day else None
    if name is None:
        return redirect("desk_closures")
    return _at_once(request, place, whole_day(day=day, reason=name[:80]), now)


def _at_once(request: HttpRequest, place: Location, data: dict, now: datetime) -> HttpResponse:
    form = _form(request, place, now, data=data)
    if not form.is_valid():
        return _form_page(request, form, place, now)
    return _preview(request, _asked(form, place), now)


def asked_place(request: HttpRequest, *roles: Role) -> Location | None:
    """The location in the form or the address where this person may close; the one worked at last."""
    locations = list(my_locations(request, *(roles or CLOSERS)).order_by("pk"))
    form = ClosureAsked(request.POST if request.method == "POST" else request.GET)
    form.is_valid()
    return place_of(request, locations, form.cleaned_data.get("at"))


def _given(request: HttpRequest) -> dict:
    form = ClosureAsked(request.GET)
    form.is_valid()  # what cannot be read of an address that was cut counts as not asked for
    return form.cleaned_data


def _form(request: HttpRequest, place: Location, now: datetime, *, data: dict | None) -> ClosureForm:
    held = duties(request)
    kinds = [ClosureKind.CLOSED, ClosureKind.LEAVE]
    if held.covers(place.pk, Role.MANAGER):
        kinds.append(ClosureKind.HOLIDAY)
    given = _given(request)
    initial = {
        "what": given.get("who") or PLACE,
        "first": given.get("day"),
        "kind": ClosureKind.LEAVE if given.get("who") else ClosureKind.CLOSED,
    }
    everywhere = held.locations(*CLOSERS) is None
    return ClosureForm(
        data, location=place, resources=_resources(place), everywhere=everywhere, now=now, kinds=kinds,
        initial=initial,
    )  # fmt: skip


def _resources(place: Location) -> list[Resource]:
    here = Resource.objects.filter(is_active=True, location=place)
    people = Resource.objects.filter(is_active=True, working_hours__location=place, location=None)
    return list((here | people).distinct().order_by("name"))


def _asked(form: ClosureForm, place: Location) -> Asked:
    return Asked(form.closing, place, form.cleaned_data["kind"], form.cleaned_data["reason"], form=form)


def _form_page(request: HttpRequest, form: ClosureForm, place: Location, now: datetime) -> HttpResponse:
    content = {
        "form": form,
        "place": place,
        "back": reverse("desk_closures") + f"?at={place.slug}",
        "location_name": place.area,
        "reasons": [_(reason) for reason in REASONS],
        "here": "day",
    }
    status = 422 if form.is_bound and form.errors else 200
    return desk_page(request, "closure_new", content, now=now, status=status)


# What becomes of the visits


@never_cache
@get_or_post
@staff(*CLOSERS, keeps_post=True)
def visits(request: HttpRequest, closure_id: int) -> HttpResponse:
    """The visits that a closure left without a place, planned anew."""
    now = clock.now()
    closure = load_closure(request, closure_id)
    place = closure.location or asked_place(request)
    asked = Asked(Closing.of(closure), place, closure.kind, closure.reason, closure=closure)
    if request.method == "POST" and request.POST.get("go") == APPLY:
        return _apply(request, asked, now)
    return _preview(request, asked, now)


def _preview(
    request: HttpRequest, asked: Asked, now: datetime, *, typed: Typed | None = None,
    refused: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    bookings = _touched(asked, now)
    page = read_page(asked.closing, bookings, place=asked.place, now=now, typed=typed)
    tz = zone_of(asked.place)
    content = {
        "page": page,
        "sums": sums_of(page.quality),
        "asked": replace(asked, reason=request.POST.get("reason") or asked.reason),
        "title": closure_title(asked.kind, asked.closing.resource, asked.place),
        "span": span_words(asked.closing.span.start, asked.closing.span.end, tz),
        "place": asked.place,
        "carried": asked.form.carried() if asked.form else {},
        "back": _back(asked),
        "once": uuid4(),
        "gone": _gone(typed, page, bookings),
        "ended": [ended_offer(one) for one in _ended(asked, now)],
        "refused": refused.text if refused else "",
        "changed": isinstance(refused, refusals.Changed),
        "has_errors": status == 422,
        "location_name": asked.place.area,
        "here": "day",
    }
    return desk_page(request, "reflow", content, now=now, status=status)


def _touched(asked: Asked, now: datetime) -> list[Booking]:
    if asked.closure:
        return left_over(asked.closing, now=now)
    return closures.touched(**asked.closing.parts, now=now)


def _ended(asked: Asked, now: datetime) -> list[Booking]:
    """A closure that stands already has ended its offers."""
    return [] if asked.closure else closures.offers_ended(**asked.closing.parts, now=now)


def _back(asked: Asked) -> str:
    if asked.closure:
        return reverse("desk_closure", args=[asked.closure.pk])
    return reverse("desk_closures") + f"?at={asked.place.slug}"


def _gone(typed: Typed | None, page: Page, bookings: Sequence[Booking]) -> int:
    """How many visits that the page showed before are not touched any more."""
    now_there = {booking.reference for booking in bookings}
    return len(typed.seen.keys() - now_there) if typed else 0


def _apply(request: HttpRequest, asked: Asked, now: datetime) -> HttpResponse:
    form = ReflowForm(request.POST)
    if not form.is_valid():
        return _preview(request, asked, now, refused=refusals.NotWhole(), status=400)
    typed = read_typed(form)
    if not typed.is_whole:
        return _preview(request, asked, now, typed=typed, status=422)
    rows = _decided(request, typed)
    act = {"rows": rows, "key": form.cleaned_data["key"], "by": request.user, "now": now}
    try:
        closure, failed = _do(asked, typed, act)
    except Refusal as refused:
        return _preview(request, asked, now, typed=typed, refused=refused, status=refused.status)
    request.session[FAILED] = {str(closure.pk): {str(booking): why for booking, why in failed.items()}}
    return redirect("desk_closure", closure.pk)


def _do(asked: Asked, typed: Typed, act: dict) -> tuple[Closure, dict[int, str]]:
    if asked.closure:
        return asked.closure, closing.apply(reason=asked.reason, **act)
    seen = {row.booking.pk: typed.seen[row.booking.reference] for row in act["rows"]}
    return closing.close(asked.closing, kind=asked.kind, reason=asked.reason, seen=seen, **act)


def _decided(request: HttpRequest, typed: Typed) -> list[Row]:
    """Every visit the page showed, as it was then, those inside first; without a row it is left for later."""
    listed = seen_bookings(request).filter(reference__in=typed.seen.keys() | typed.goes.keys())
    found = {booking.reference: booking for booking in listed.select_related(*SHOWN_WITH_IT)}
    shown = [found[reference] for reference in typed.seen if reference in found]
    shown.sort(key=lambda one: (one.status not in PRESENT, one.starts, one.pk))
    along = _along(typed, found)
    return [_row(booking, typed, along.get(booking.reference, ())) for booking in shown]


def _row(booking: Booking, typed: Typed, along: Sequence[closing.Move]) -> Row:
    booking.version = typed.seen[booking.reference]
    form, goes = typed.rows.get(booking.reference), typed.goes.get(booking.reference)
    chosen = form.cleaned_data if form else {"do": Choice.LATER}
    where = (goes.starts, goes.who) if goes else (None, None)
    return Row(booking, Choice(chosen["do"]), *where, chosen.get("why", ""), tuple(along))


def _along(typed: Typed, found: Mapping[str, Booking]) -> dict[str, list[closing.Move]]:
    """Those that move only with another, by that other; each as it was when the page was shown."""
    along: dict[str, list[closing.Move]] = {}
    for reference, goes in typed.goes.items():
        booking, lead = found.get(reference), found.get(goes.along)
        if booking and lead and booking.course_id == lead.course_id is not None:
            booking.version = goes.version
            along.setdefault(goes.along, []).append((booking, goes.starts, goes.who))
    return along
