"""For when the line or the power goes: the day on paper, as a file, as a table, and blank sheets."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.forms.desk import DayAsked
from bookings.models import Status
from bookings.permissions import seen_bookings
from bookings.services.desk.day import Visit, read_visits
from bookings.services.papers import paper_forms
from bookings.services.papers.day_csv import DAY_COLUMNS, table
from bookings.services.papers.day_list import Part, Sheet, day_list_file, days_of, places_of, read_sheets
from bookings.services.papers.day_list_sending import file_name
from bookings.views.desk.frame import age_of, desk_page, locations_of, place_of
from bookings.views.desk.lines import what_of
from clinic import audit, clock, formats
from clinic.models import Location
from clinic.models.people import Role
from clinic.permissions import duties, staff
from clinic.rules import phones
from clinic.services.days import local_day, zone_of
from consultations.rules.consent_texts import CONSENT_TEXTS, HEALTH_DATA
from consultations.rules.questions import COURSE, FIRST
from consultations.services.form_state import SENT
from treatments.models.records import Given, NotGivenReason

NOTHING_TO_FLAG = (Status.DONE, Status.CANCELLED, Status.NO_SHOW)


@dataclass(frozen=True)
class Row:
    """A visit in the words of the paper."""

    time: str
    until: str
    where: str
    name: str
    age: str
    what: str
    flags: str
    phone: str


@dataclass(frozen=True)
class Asked:
    locations: list[Location]
    location: Location
    day: date
    now: datetime

    def link(self, name: str, **parts: str) -> str:
        query = {"at": self.location.slug, "day": self.day.isoformat()} | parts
        return f"{reverse(name)}?{urlencode(query)}"


def for_a_day(view: Callable[[HttpRequest, Asked], HttpResponse]) -> Callable:
    """A day at a location; none asked for: today, where the last work was."""

    @never_cache
    @require_safe
    @staff()
    def guarded(request: HttpRequest) -> HttpResponse:
        now = clock.now()
        form = DayAsked(request.GET)
        form.is_valid()  # what cannot be read of an address counts as not asked for
        given = form.cleaned_data
        locations = locations_of(request)
        location = place_of(request, locations, given.get("at"))
        if location is None:
            return desk_page(request, "no_location", {"here": "day"}, now=now)
        return view(request, Asked(locations, location, given.get("day") or local_day(now, location), now))

    return guarded


@for_a_day
def day_list(request: HttpRequest, asked: Asked) -> HttpResponse:
    bookings = seen_bookings(request).filter(location=asked.location)
    sheets = read_sheets(bookings, day=asked.day, now=asked.now)
    content = {
        "asked": asked,
        "here": "day_list",
        "location_name": asked.location.area,
        "title": " – ".join(formats.day(day) for day in days_of(asked.day)),
        "made": formats.when(asked.now, zone_of(asked.location)),
        "sheets": [_sheet(sheet, asked) for sheet in sheets],
        "places": _places(asked),
        "columns": DAY_COLUMNS.items(),
        "papers": {kind: f"{reverse('desk_paper', args=[kind])}?at={asked.location.slug}" for kind in PAPERS},
        "csv_href": asked.link("desk_day_csv"),
        "file_href": asked.link("desk_day_file"),
        "sent_at": _sent_at(asked.location),
        "may_set": duties(request).has(Role.MANAGER),
    }
    return desk_page(request, "day_list", content, now=asked.now)


def _places(asked: Asked) -> list[dict]:
    return [
        {
            "name": one.area,
            "href": asked.link("desk_day_list", at=one.slug),
            "chosen": one == asked.location,
        }
        for one in asked.locations
    ]


def _sent_at(location: Location) -> str:
    """7:00 am, 1:30 pm: when it is sent; empty where it is not."""
    if not location.day_list_email:
        return ""
    day = date(2000, 1, 1)
    moments = [datetime.combine(day, at, zone_of(location)) for at in sorted(location.day_list_at)]
    return ", ".join(formats.time_of(moment, zone_of(location)) for moment in moments)


def _sheet(sheet: Sheet, asked: Asked) -> dict:
    return {"name": sheet.name, "parts": [_part(part, asked) for part in sheet.parts]}


def _part(part: Part, asked: Asked) -> dict:
    return {"title": formats.day(part.day), "rows": [row_of(visit, asked.now) for visit in part.visits]}


def row_of(visit: Visit, now: datetime) -> Row:
    booking = visit.booking
    tz, patient = zone_of(booking.location), booking.patient
    return Row(
        time=formats.time_of(booking.starts, tz),
        until=formats.time_of(booking.ends, tz),
        where=", ".join(places_of(visit)),
        name=patient.name,
        age=age_of(patient, local_day(now, booking.location)),
        what=what_of(visit),
        flags=", ".join(flags_of(visit)),
        phone=phones.shown(patient.phone),
    )


def flags_of(visit: Visit) -> list[str]:
    """What the desk has to see to. Paper lies about: the rules' own words for the desk stay off it."""
    if visit.booking.status in NOTHING_TO_FLAG:
        return []
    unfinished = visit.notes.form != SENT and visit.booking.session_id is None
    flags = {
        _("doctor to review"): visit.doctor_first,
        _("form not finished"): unfinished,
        _("first visit"): visit.is_first,
        _("fitted in"): bool(visit.booking.fit_in_reason),
    }
    return [words for words, holds in flags.items() if holds]


# As files


@for_a_day
def day_file(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The page that is sent at set hours, to keep on this device: names, times and phones."""
    page = day_list_file(location=asked.location, day=asked.day, now=asked.now)
    _note_export(request, asked, "file")
    return _as_file(page, "text/html; charset=utf-8", file_name(asked.location, asked.day))


@for_a_day
def day_csv(request: HttpRequest, asked: Asked) -> HttpResponse:
    bookings = seen_bookings(request).filter(
        location=asked.location, day=asked.day, patient__isnull=False, replaces=None
    )
    visits = read_visits(bookings.exclude(status=Status.HELD), now=asked.now)
    body = table(DAY_COLUMNS, [_cells(visit, asked.now) for visit in visits])
    _note_export(request, asked, "csv")
    name = f"day-{asked.location.slug}-{asked.day.isoformat()}.csv"
    return _as_file(body, "text/csv; charset=utf-8", name)


def _cells(visit: Visit, now: datetime) -> list[str]:
    booking, row = visit.booking, row_of(visit, now)
    tz = zone_of(booking.location)
    begins, ends = (f"{at.astimezone(tz):%H:%M}" for at in (booking.starts, booking.ends))
    doctor = booking.practitioner.resource.name
    return [
        booking.reference, booking.day.isoformat(), begins, ends, doctor, row.where, row.name, row.age,
        booking.patient.phone, row.what, booking.status, row.flags,
    ]  # fmt: skip


def _note_export(request: HttpRequest, asked: Asked, kind: str) -> None:
    subject = f"location:{asked.location.pk}"
    about = {"day": asked.day, "kind": kind}
    audit.record(
        by=request.user, action="day_exported", subject=subject, patient=None, now=asked.now, **about
    )


def _as_file(body: bytes | str, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# Blank sheets


def _history() -> dict:
    return {"parts": _parts(FIRST), "agreement": CONSENT_TEXTS[HEALTH_DATA]}


def _parts(stage: str) -> list[list[paper_forms.Section]]:
    """What anybody may help with, then what is for the doctor alone."""
    return [paper_forms.sections(stage=stage, private=private) for private in (False, True)]


def _session() -> dict:
    return {"outcomes": Given.labels, "reasons": NotGivenReason.labels}


PAPERS: dict[str, Callable[[], dict]] = {
    "history": _history,
    "course": lambda: {"parts": _parts(COURSE)},
    "visits": lambda: {"lines": range(16)},
    "session": _session,
}


@never_cache
@require_safe
@staff()
def paper(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in PAPERS:
        raise Http404
    form = DayAsked(request.GET)
    form.is_valid()
    location = place_of(request, locations_of(request), form.cleaned_data.get("at"))
    content = PAPERS[kind]() | {"location": location, "here": "day_list"}
    return render(request, f"bookings/paper/{kind}.html", content)
