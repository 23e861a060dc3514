"""Finding somebody, adding somebody new, and what the desk knows of a person: name, numbers, visits."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.forms.people import FindPeople, NewPatient
from bookings.models import Booking, Status
from bookings.models.bookings import PRESENT
from bookings.permissions import manages_everywhere, perhaps_came_for, seen_bookings
from bookings.services.people import finding
from bookings.views.desk.booking import sessions_to_book
from bookings.views.desk.frame import SEARCH, address_of, age_of, desk_page, locations_of, place_of
from bookings.views.desk.money import account_card
from clinic import clock, formats
from clinic.models import Location, Patient, Resource
from clinic.permissions import load_patient, staff
from clinic.rules import phones
from clinic.services import registering
from clinic.services.days import local_day, zone_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
MOST_VISITS = 100


@never_cache
@get_or_post
@staff()
def people(request: HttpRequest) -> HttpResponse:
    """What was typed waits in the session, so that no name or number stands in an address or a log."""
    now = clock.now()
    form = FindPeople(request.POST if request.method == "POST" else request.GET)
    form.is_valid()  # a day that cannot be read counts as none
    if request.method == "POST":
        request.session[SEARCH] = form.cleaned_data.get("q", "")
        return redirect(reverse("patient_list") + form.query(found=1))
    typed = request.session.get(SEARCH, "") if "found" in request.GET else ""
    new = NewPatient(initial=_guess(typed), this_year=local_day(now).year)
    return _people_page(request, typed, form, new, now=now)


@never_cache
@require_POST
@staff()
def found(request: HttpRequest) -> HttpResponse:
    """What people() shows below its box, alone: asked for while somebody types (static/js/find.js)."""
    form = FindPeople(request.POST)
    form.is_valid()
    typed = form.cleaned_data.get("q", "")
    request.session[SEARCH] = typed  # whoever opens one of them and comes back finds the others again
    content = _results(request, typed, form, now=clock.now())
    return render(request, "bookings/desk/parts/results.html", content | {"is_typing": True})


def _guess(typed: str) -> dict:
    """What was looked for and not found is the beginning of somebody new."""
    return {"phone": typed} if finding.figures_of(typed) else {"name": typed}


@never_cache
@get_or_post
@staff(keeps_post=True)
def new_patient(request: HttpRequest) -> HttpResponse:
    """A name and a number, then the times. Who may be known already is shown first, and nobody is refused."""
    now = clock.now()
    context = FindPeople(request.GET)
    context.is_valid()
    if request.method != "POST":
        return redirect(reverse("patient_list") + context.query())
    form = NewPatient(request.POST, this_year=local_day(now).year)
    typed = request.session.get(SEARCH, "")
    if not form.is_valid():
        return _people_page(request, typed, context, form, now=now, status=422)
    given = form.cleaned_data
    sure, who = given.pop("sure"), given
    alike = [] if sure or registering.find_same(**who) else registering.lookalikes(**who)
    if alike:
        return _one_of_these_page(request, alike, context, form, now=now)
    patient = registering.register(**who, by=request.user, now=now)
    return redirect(_booking_address(patient, context))


# Their pages


def _people_page(
    request: HttpRequest, typed: str, form: FindPeople, new: NewPatient, *, now: datetime, status: int = 200
) -> HttpResponse:
    content = {
        **_results(request, typed, form, now=now),
        "form": new,
        "new_action": reverse("desk_new_patient") + form.query(),
        "here": "patients",
        "context": _context(request, form),
        "wish": _wish(form),
    }
    if typed and not content["people"] and not new.is_bound:
        new.focus_on_empty()
    return desk_page(request, "people", content, now=now, status=status)


def _results(request: HttpRequest, typed: str, form: FindPeople, *, now: datetime) -> dict:
    """What parts/results.html takes."""
    found = finding.find_people(typed, seen=seen_bookings(request), now=now) if typed else []
    other = form.cleaned_data.get("merge")
    rows = [_found(one, form, now) for one in found if one.pk != other]
    return {
        "typed": typed,
        "people": rows,
        "is_full": len(found) == finding.MOST,
        "count": _count(len(rows)) if typed else "",
        "merge": other,
        "context": form.context,
        "again": reverse("patient_list") + form.query(found=1),
    }


def _count(number: int) -> str:
    if not number:
        return _("Nobody found")
    return ngettext("%(n)s person found", "%(n)s people found", number) % {"n": number}


def _context(request: HttpRequest, form: FindPeople) -> dict[str, str]:
    """Whoever comes for a booking, by its button or from a free time, books whom they find."""
    comes_to_book = "found" not in request.GET and "at" in form.context
    return form.context | ({"book": "1"} if comes_to_book else {})


def _one_of_these_page(
    request: HttpRequest, alike: Sequence[Patient], context: FindPeople, form: NewPatient, *, now: datetime
) -> HttpResponse:
    rows = finding.with_visits(alike, seen=seen_bookings(request), now=now)
    content = {
        "people": [_found(one, context, now) for one in rows],
        "form": form,
        "new_action": reverse("desk_new_patient") + context.query(),
        "back": reverse("patient_list") + context.query(found=1),
        "wish": _wish(context),
        "here": "patients",
    }
    return desk_page(request, "one_of_these", content, now=now)


def _found(patient: Patient, form: FindPeople, now: datetime) -> dict:
    tz = zone_of()
    other = form.cleaned_data.get("merge")
    number = patient.phone or (patient.account.phone if patient.account else "") or ""
    return {
        "patient": patient,
        "age": age_of(patient, local_day(now)),
        "phone_end": number[-4:],
        "last": formats.day_with_year(patient.last_visit.astimezone(tz).date()) if patient.last_visit else "",
        "next": formats.when(patient.next_visit, tz) if patient.next_visit else "",
        "book": "" if patient.died_on or other else _booking_address(patient, form),
        "merge": reverse("desk_merge", args=[other, patient.pk]) if other else "",
    }


def _booking_address(patient: Patient, form: FindPeople) -> str:
    """With what was clicked on the board before anybody was looked for."""
    return reverse("desk_book", args=[patient.pk]) + form.query("at", "day", "start", "who")


def _wish(form: FindPeople) -> str:
    """For which time somebody is looked for, in words."""
    start, who = form.cleaned_data.get("start"), form.cleaned_data.get("who")
    if not start:
        return ""
    shown = formats.when(start.replace(tzinfo=UTC), UTC)  # it is what the clock there says, of no zone
    name = Resource.objects.filter(pk=who).values_list("name", flat=True).first() if who else None
    return _("%(when)s with %(doctor)s") % {"when": shown, "doctor": name} if name else shown


# One person


@never_cache
@require_safe
@staff()
def patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    person = load_patient(request, patient_id, now=now)
    if person.pk != patient_id:
        return redirect("desk_patient", person.pk)
    visits, places = _visits(request, person), locations_of(request)
    content = {
        "patient": person,
        "facts": _facts(person, now),
        "phone": phones.shown(person.phone),
        "coming": [_visit(one, now) for one in reversed(visits) if _is_coming(one, now)],
        "been": [_visit(one, now) for one in visits if not _is_coming(one, now)],
        "elsewhere": _elsewhere(request, person, place_of(request, places, None), now),
        "sessions": [_session(row) for row in sessions_to_book(person, places)],
        "account": account_card(request, person),
        "courses": _courses(visits, now),
        "is_open": not person.died_on,
        "perhaps_same": _perhaps_same(person, now),
        "may_merge": manages_everywhere(request),
        "here": "patients",
    }
    return desk_page(request, "patient", content, now=now)


def _visits(request: HttpRequest, person: Patient) -> Sequence[Booking]:
    rows = seen_bookings(request).filter(patient=person).exclude(status=Status.HELD)
    related = ("visit_type", "location", "practitioner__resource", "session")
    return rows.select_related(*related).order_by("-starts")[:MOST_VISITS]


def _elsewhere(request: HttpRequest, person: Patient, here: Location | None, now: datetime) -> list[dict]:
    """What is booked about today, but not here: somebody who came to the wrong place asks for it."""
    if here is None:
        return []
    rows = perhaps_came_for(request, today=local_day(now, here)).filter(patient=person)
    rows = rows.exclude(location=here).select_related("location").order_by("starts")
    return [
        {
            "area": one.location.area,
            "when": formats.when(one.starts, zone_of(one.location)),
            "here": here.area,
            "href": f"{reverse('desk_here_instead', args=[one.reference])}?at={here.slug}",
        }
        for one in rows
    ]


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


def _courses(visits: Sequence[Booking], now: datetime) -> list[dict]:
    """Those with sessions to come, each with the page that plans the rest of it again."""
    names = {one.course_id: one.visit_type.name for one in visits if one.course_id and _is_coming(one, now)}
    return [
        {"name": name, "again": reverse("desk_course_again", args=[course])} for course, name in names.items()
    ]


def _perhaps_same(person: Patient, now: datetime) -> list[dict]:
    return [
        {
            "patient": one,
            "age": age_of(one, local_day(now)),
            "phone_end": one.phone[-4:],
            "merge": reverse("desk_merge", args=[person.pk, one.pk]),
        }
        for one in registering.same_person_perhaps(person)
    ]


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
