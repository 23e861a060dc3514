"""Weekly hours of a location and of each dermatologist there: typed, looked at, then saved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bookings.forms.manager.hours import KeepForm, WeekForm, initial_of, most_parts
from bookings.models import WorkingHours
from bookings.permissions import load_managed_location, load_practitioner
from bookings.refusals import Refusal
from bookings.rules.week import Row
from bookings.services.house.hours import (
    HoursChange,
    also_elsewhere,
    mark_of_rows,
    rows_of,
    save_hours,
    touched_by_hours,
)
from bookings.services.house.locations import ChangedMeanwhile
from bookings.services.house.visit_types import who_can
from bookings.views.manager.frame import (
    MOST_SHOWN,
    get_or_post,
    manager_page,
    mark_to_send,
    seen_by,
    typed,
    visit_rows,
)
from bookings.views.manager.weeks import (
    differences,
    planned_away,
    usual_week,
    versions,
    weekday_words,
)
from clinic import clock, formats
from clinic.models import Location, Practitioner
from clinic.models.people import Role
from clinic.permissions import staff
from clinic.services.days import local_day


@dataclass(frozen=True)
class Asked:
    """Whose hours, where, as they stand now."""

    location: Location
    practitioner: Practitioner | None
    rows: list[Row]
    today: date

    @property
    def resource(self):
        return self.practitioner.resource if self.practitioner else None

    @property
    def here(self) -> str:
        if self.practitioner:
            return reverse("manage_hours_of", args=[self.location.slug, self.practitioner.pk])
        return reverse("manage_hours", args=[self.location.slug])


@never_cache
@get_or_post
@staff(Role.MANAGER, keeps_post=True)
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    """Of the location itself, and the way to those of everybody who works there."""
    return _hours(request, load_managed_location(request, slug), None)


@never_cache
@get_or_post
@staff(Role.MANAGER, keeps_post=True)
def hours_of(request: HttpRequest, slug: str, practitioner_id: int) -> HttpResponse:
    place = load_managed_location(request, slug)
    return _hours(request, place, load_practitioner(request, practitioner_id))


def _hours(request: HttpRequest, place: Location, practitioner: Practitioner | None) -> HttpResponse:
    now = clock.now()
    resource = practitioner.resource if practitioner else None
    rows = rows_of(location=place, resource=resource)
    asked = Asked(place, practitioner, rows, local_day(now, place))
    form = _form(request, asked)
    if not form.is_valid():
        return _edit_page(request, asked, form)
    if "change" in request.POST:
        return _edit_page(request, asked, form, seen=mark_to_send(request, mark_of_rows(rows)))
    change = HoursChange(
        place,
        resource,
        form.cleaned_data["week"],
        form.cleaned_data["from_on"],
        form.cleaned_data["until_on"],
    )
    if "save" in request.POST:
        return _save(request, asked, form, change, now)
    return _look_page(request, asked, form, change, now)


def _form(request: HttpRequest, asked: Asked) -> WeekForm:
    tomorrow = asked.today + timedelta(days=1)
    week = usual_week(asked.rows, tomorrow)
    parts = most_parts(week) + (request.GET.get("more") == "1")
    return WeekForm(
        typed(request), initial=initial_of(week) | {"from_on": tomorrow},
        today=asked.today, parts=min(parts, 4), with_urgent=asked.practitioner is not None,
    )  # fmt: skip


def _save(
    request: HttpRequest, asked: Asked, form: WeekForm, change: HoursChange, now: datetime
) -> HttpResponse:
    found = touched_by_hours(change=change, now=now)
    keep = KeepForm(request.POST, bookings=found)
    if not keep.is_valid():
        return _look_page(request, asked, form, change, now, keep=keep, status=422)
    try:
        save_hours(
            change=change, seen=seen_by(request), touched=_touched_seen(request), keeps=keep.keeps,
            by=request.user, now=now,
        )  # fmt: skip
    except Refusal as refused:
        fresh = Asked(asked.location, asked.practitioner, _rows_now(asked), asked.today)
        return _look_page(
            request, fresh, form, change, now, keep=keep, refused=refused, status=refused.status
        )
    left = len(found) - len(keep.keeps)
    messages.success(request, _saved_words(left))
    return redirect(asked.here)


def _saved_words(left: int) -> str:
    if not left:
        return _("The new hours are saved.")
    return _("The new hours are saved. %(n)s visits outside them wait in the To do list.") % {"n": left}


def _rows_now(asked: Asked) -> list[Row]:
    return rows_of(location=asked.location, resource=asked.resource)


def _touched_seen(request: HttpRequest) -> dict[int, int]:
    """{visit: version} as the page showed them; whatever is no pair of numbers was never shown."""
    pairs = (pair.partition(":") for pair in request.POST.get("touched", "").split())
    return {int(pk): int(version) for pk, _colon, version in pairs if _is_id(pk) and _is_id(version)}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


# Pages


def _edit_page(request: HttpRequest, asked: Asked, form: WeekForm, *, seen: str = "") -> HttpResponse:
    content = {
        "form": form,
        "location": asked.location,
        "practitioner": asked.practitioner,
        "seen": seen or mark_to_send(request, mark_of_rows(asked.rows)),
        "versions": versions(asked.rows, asked.today),
        "people": [] if asked.practitioner else _people(asked),
        "can_grow": form.parts < 4,
    }
    return manager_page(request, "hours", content)


def _look_page(
    request: HttpRequest, asked: Asked, form: WeekForm, change: HoursChange, now: datetime, *,
    keep: KeepForm | None = None, refused: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """What will change and whom it touches, before anything is saved."""
    found = touched_by_hours(change=change, now=now)
    keep = KeepForm(keep.data, bookings=found) if keep else KeepForm(bookings=found)
    shown = visit_rows(found[:MOST_SHOWN])
    content = {
        "week_form": form,
        "keep_form": keep,
        "location": asked.location,
        "practitioner": asked.practitioner,
        "here_again": asked.here,
        "days": differences(asked.rows, change),
        "from_day": formats.day_with_year(change.from_on),
        "until_day": formats.day_with_year(change.until_on) if change.until_on else "",
        "replaced": planned_away(asked.rows, change),
        "elsewhere": [place.name for place in also_elsewhere(change=change)],
        "visits": [row | {"box": keep[f"keep_{row['booking'].pk}"]} for row in shown],
        "more": len(found) - len(shown),
        "touched": " ".join(f"{booking.pk}:{booking.version}" for booking in found),
        "sent": [(box.html_name, box.value()) for box in form if box.value()],
        "seen": mark_to_send(request, mark_of_rows(asked.rows), refused),
        "refused": refused,
        "is_stale": isinstance(refused, ChangedMeanwhile),
        "has_errors": bool(refused) or bool(keep.is_bound and keep.errors),
    }
    return manager_page(request, "hours_look", content, status=status)


def _people(asked: Asked) -> list[dict]:
    """Everybody who treats, those with hours here first."""
    here = WorkingHours.objects.filter(location=asked.location).exclude(until_on__lt=asked.today)
    days: dict[int, set[int]] = {}
    for resource, weekday in here.exclude(resource=None).values_list("resource", "weekday"):
        days.setdefault(resource, set()).add(weekday)
    rows = [{"practitioner": one, "days": weekday_words(days.get(one.pk, set()))} for one in who_can()]
    return sorted(rows, key=lambda row: not row["days"])
