"""Late, both ways: somebody rings that they come late, and the desk says that a doctor runs late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.todo import ComesLate, RunsLate, RunsLateAsked, first_error
from bookings.models import Booking
from bookings.permissions import load_booking
from bookings.refusals import Refusal
from bookings.services.desk import lateness, todo_rows
from bookings.services.desk.day import read_columns
from bookings.services.desk.lateness import RUNS_LATE, Delay
from bookings.views.desk.frame import desk_page
from bookings.views.desk.todo import back_to, refused_on_todo
from bookings.views.desk.where import Where, address, read_where
from clinic import clock, formats
from clinic.models import Practitioner
from clinic.permissions import load_location, staff
from clinic.rules import phones
from clinic.services.days import zone_of


@require_POST
@staff()
def comes_late(request: HttpRequest, reference: str) -> HttpResponse:
    """They rang: 10, 20 or 30 minutes late, or in time after all."""
    now = clock.now()
    booking = load_booking(request, reference)
    form = ComesLate(request.POST)
    if not form.is_valid():
        return refused_on_todo(request, booking, first_error(form), now=now, status=400)
    try:
        lateness.say_late(booking=booking, minutes=form.cleaned_data["minutes"], by=request.user, now=now)
    except Refusal as refused:
        return refused_on_todo(request, booking, refused.text, now=now, status=refused.status)
    return back_to(form.cleaned_data["back"], booking, form.cleaned_data["next"])


@dataclass(frozen=True)
class Person:
    """A practitioner of the day, and how late they run."""

    pk: int
    name: str
    hours: str
    delay: Delay


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def running_late(request: HttpRequest) -> HttpResponse:
    """Who runs late by how much; then who will be told; then it is said."""
    now = clock.now()
    if request.method == "POST":
        return _say(request, now)
    asked = RunsLateAsked(request.GET)
    asked.is_valid()  # what cannot be read counts as not chosen
    who, minutes = asked.cleaned_data.get("who"), asked.cleaned_data.get("minutes") or ""
    return _page(request, read_where(request, now=now), now=now, who=who, minutes=minutes)


def _say(request: HttpRequest, now: datetime) -> HttpResponse:
    slug = request.POST.get("at")
    where = read_where(request, now=now, location=load_location(request, slug[:80]) if slug else None)
    form = RunsLate(request.POST)
    if where.location is None or not form.is_valid():
        return _page(request, where, now=now, refused=first_error(form), status=422)
    person = _load(where, form.cleaned_data["who"], now)
    minutes, seen = form.cleaned_data["minutes"], form.cleaned_data["seen"]
    try:
        row = lateness.announce(
            location=where.location, practitioner=Practitioner(pk=person.pk), minutes=minutes, seen=seen,
            by=request.user, now=now,
        )  # fmt: skip
    except Refusal as refused:
        return _page(request, where, now=now, refused=refused.text, status=refused.status)
    messages.success(request, _said(person.name, row.minutes))
    return redirect(address("desk_running_late", at=where.location.slug))


def _said(name: str, minutes: int) -> str:
    if not minutes:
        return _("%(name)s is on time again.") % {"name": name}
    return _("%(name)s runs %(n)s minutes late.") % {"name": name, "n": minutes}


def _load(where: Where, who: int, now: datetime) -> Person:
    found = next((person for person in _people(where, now) if person.pk == who), None)
    if found is None:
        raise Http404
    return found


def _people(where: Where, now: datetime) -> list[Person]:
    """Who works here today, and whoever has visits all the same."""
    tz = zone_of(where.location)
    delays = lateness.delays(location=where.location, day=where.today, now=now)
    columns = read_columns(location=where.location, day=where.today, by_room=False)
    hours = {
        column.resource.pk: ", ".join(formats.span_of(starts, ends, tz) for starts, ends in column.hours)
        for column in columns
    }
    names = {column.resource.pk: column.resource.name for column in columns}
    names |= {pk: delay.practitioner.resource.name for pk, delay in delays.items() if delay.practitioner}
    return [
        Person(pk, name, hours.get(pk, ""), delays.get(pk, lateness.NO_DELAY))
        for pk, name in sorted(names.items(), key=lambda one: one[1])
    ]


def _page(
    request: HttpRequest, where: Where, *, now: datetime, who: int | None = None, minutes: str = "",
    refused: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    if where.location is None:
        return desk_page(request, "no_location", {"here": "todo"}, now=now)
    people = [_card(person, where, who, minutes, now) for person in _people(where, now)]
    content = {
        "here": "todo",
        "people": people,
        "refused": {"text": refused} if refused else None,
        "has_errors": bool(refused),
        **where.frame("desk_running_late"),
        "title": formats.day(where.today),
    }
    return desk_page(request, "running_late", content, now=now, status=status)


def _card(person: Person, where: Where, who: int | None, minutes: str, now: datetime) -> dict:
    chosen = int(minutes) if person.pk == who and minutes in _choices(person) else None
    tz = zone_of(where.location)
    announced = person.delay.announced
    return {
        "person": person,
        "seen": announced.pk if announced else 0,
        "said_at": formats.time_of(announced.at, tz) if announced else "",
        "said_by": announced.by.name if announced else "",
        "waits": [_wait(wait, tz) for wait in person.delay.waits],
        "choices": [_choice(one, person, where, chosen) for one in _choices(person)],
        "chosen": chosen,
        "is_chosen": chosen is not None,
        **(_to_tell(person, where, chosen, now) if chosen is not None else {}),
    }


def _choices(person: Person) -> list[str]:
    """As text, as the address has them; on time again only where something was said."""
    return [*(["0"] if person.delay.said else []), *map(str, RUNS_LATE)]


def _choice(minutes: str, person: Person, where: Where, chosen: int | None) -> dict:
    words = _("On time again") if minutes == "0" else _("%(n)s min") % {"n": minutes}
    href = address("desk_running_late", at=where.location.slug, who=person.pk, minutes=minutes)
    return {"words": words, "href": f"{href}#tell", "is_chosen": str(chosen) == minutes}


def _wait(wait: lateness.Expected, tz) -> str:
    said = {
        "name": wait.booking.patient.name,
        "time": formats.time_of(wait.expected, tz),
        "n": wait.minutes,
    }
    return _("%(name)s about %(time)s, %(n)s min later") % said


def _to_tell(person: Person, where: Where, minutes: int, now: datetime) -> dict:
    """Whom it concerns: who gets a message now, or, on time again, who was told something else."""
    here = {"location": where.location, "practitioner": person.pk, "now": now}
    told = lateness.told(**here)
    times = {booking.pk: message.fields["time"] for booking, message in told}
    coming = lateness.to_tell(**here) if minutes else [booking for booking, message in told]
    return {
        "lines": list(_lines(coming, times, where, minutes)),
        "button": ngettext("Tell %(n)s person", "Tell %(n)s people", len(coming)) % {"n": len(coming)}
        if minutes and coming
        else _("Note it"),
    }


def _lines(bookings: Iterable[Booking], told: dict[int, str], where: Where, minutes: int) -> Iterable[dict]:
    tz = zone_of(where.location)
    for booking in bookings:
        number = todo_rows.number_of(booking)
        yield {
            "patient": booking.patient,
            "when": formats.time_of(booking.starts, tz),
            "expected": formats.time_of(booking.starts + timedelta(minutes=minutes), tz) if minutes else "",
            "told": told.get(booking.pk, ""),
            "number": number,
            "number_words": phones.shown(number),
            "can_be_told": bool(number or booking.patient.email),
        }
