"""Finding somebody, adding somebody new, and what the desk knows of a person: name, numbers, visits."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings.forms.desk import NewPatientForm, Search
from bookings.models import Booking, Status
from bookings.models.bookings import PRESENT
from bookings.permissions import seen_bookings
from bookings.services import finding
from bookings.views.desk.booking import sessions_to_book
from bookings.views.desk.frame import SEARCH, address_of, age_of, desk_page, locations_of
from clinic import clock, formats
from clinic.models import Patient
from clinic.permissions import load_patient, staff
from clinic.rules import phones
from clinic.services.days import local_day, zone_of
from clinic.services.registering import register

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
MOST_VISITS = 100


@never_cache
@get_or_post
@staff()
def people(request: HttpRequest) -> HttpResponse:
    """What was typed waits in the session, so that no name or number stands in an address or a log."""
    now = clock.now()
    form = Search(request.POST if request.method == "POST" else request.GET)
    form.is_valid()  # a day that cannot be read counts as none
    if request.method == "POST":
        request.session[SEARCH] = (form.cleaned_data.get("q") or "").strip()
        return redirect(_with_context("patient_list", form, found=1))
    typed = request.session.get(SEARCH, "") if "found" in request.GET else ""
    new = NewPatientForm(initial=_guess(typed))
    return people_page(request, typed, form, new, now=now)


def _with_context(name: str, form: Search, *args, **more) -> str:
    """An address that remembers for which place and day somebody is looked for."""
    given = form.cleaned_data
    query = urlencode({part: given[part] for part in ("at", "day") if given.get(part)} | more)
    return reverse(name, args=args) + (f"?{query}" if query else "")


def _guess(typed: str) -> dict:
    """What was looked for and not found is the beginning of somebody new."""
    return {"phone": typed} if finding.figures_of(typed) else {"name": typed}


def people_page(
    request: HttpRequest, typed: str, form: Search, new: NewPatientForm, *, now: datetime
) -> HttpResponse:
    found = finding.find_people(typed, seen=seen_bookings(request), now=now) if typed else []
    if typed and not found and not new.is_bound:
        new.focus_on_empty()
    content = {
        "typed": typed,
        "people": [_found(one, form, now) for one in found],
        "is_full": len(found) == finding.MOST,
        "form": new,
        "new_action": _with_context("desk_new_patient", form),
        "here": "patients",
        "context": {name: form.cleaned_data.get(name) for name in ("at", "day")},
    }
    return desk_page(request, "people", content, now=now, status=422 if new.is_bound else 200)


def _found(patient: Patient, form: Search, now: datetime) -> dict:
    tz = zone_of()
    return {
        "patient": patient,
        "age": age_of(patient, local_day(now)),
        "phone": phones.shown(patient.phone),
        "last": formats.day_with_year(patient.last_visit.astimezone(tz).date()) if patient.last_visit else "",
        "next": formats.when(patient.next_visit, tz) if patient.next_visit else "",
        "book": "" if patient.died_on else _with_context("desk_book", form, patient.pk),
    }


@never_cache
@get_or_post
@staff(keeps_post=True)
def new_patient(request: HttpRequest) -> HttpResponse:
    """A name and a number, then the times."""
    now = clock.now()
    context = Search(request.GET)
    context.is_valid()
    if request.method != "POST":
        return redirect(_with_context("patient_list", context))
    form = NewPatientForm(request.POST)
    if not form.is_valid():
        return people_page(request, request.session.get(SEARCH, ""), context, form, now=now)
    patient = register(**form.cleaned_data, by=request.user, now=now)
    return redirect(_with_context("desk_book", context, patient.pk))


# One person


@never_cache
@require_safe
@staff()
def patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    person = load_patient(request, patient_id, now=now)
    visits = _visits(request, person)
    content = {
        "patient": person,
        "facts": _facts(person, now),
        "phone": phones.shown(person.phone),
        "coming": [_visit(one, now) for one in reversed(visits) if _is_coming(one, now)],
        "been": [_visit(one, now) for one in visits if not _is_coming(one, now)],
        "sessions": [_session(row) for row in sessions_to_book(person, locations_of(request))],
        "is_open": not person.died_on and not person.merged_into_id,
        "here": "patients",
    }
    return desk_page(request, "patient", content, now=now)


def _visits(request: HttpRequest, person: Patient) -> Sequence[Booking]:
    rows = seen_bookings(request).filter(patient=person).exclude(status=Status.HELD)
    related = ("visit_type", "location", "practitioner__resource", "session")
    return rows.select_related(*related).order_by("-starts")[:MOST_VISITS]


def _is_coming(booking: Booking, now: datetime) -> bool:
    return booking.status in PRESENT or (booking.status == Status.BOOKED and booking.ends > now)


def _visit(booking: Booking, now: datetime) -> dict:
    return {
        "booking": booking,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "year": booking.day.year if booking.day.year != now.year else "",
        "doctor": booking.practitioner.resource.name,
        "session": booking.session.number if booking.session else None,
        "href": address_of(booking),
        "can_move": booking.status == Status.BOOKED,
    }


def _session(row) -> dict:
    """A session that wants a time, and from when on."""
    days = {"first": row.first, "target": row.target, "last": row.last}
    said = {name: formats.day(day) if day else "" for name, day in days.items()}
    session = row.session
    href = f"{reverse('desk_book', args=[session.course.patient_id])}?session={session.pk}"
    return said | {"number": session.number, "name": session.course.visit_type.name, "href": href}


def _facts(person: Patient, now: datetime) -> list[dict]:
    """Who somebody is, for components/facts.html; what nobody has told us is left out."""
    born = formats.day_with_year(person.born_on) if person.born_on else ""
    age = age_of(person, local_day(now))
    emergency = (person.emergency_contact_name, phones.shown(person.emergency_contact_phone))
    rows = (
        (_("E-mail"), person.email),
        (_("Age"), f"{age} ({born})" if born else age),
        (_("Area"), person.area),
        (_("Speaks"), person.get_language_spoken_display()),
        (_("Guardian"), person.guardian_name),
        (_("In an emergency"), " · ".join(filter(None, emergency))),
    )
    return [{"term": term, "value": value} for term, value in rows if value]
