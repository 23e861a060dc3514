"""Receipts and the dates of a course, to print: for the patient and for the desk alike."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.permissions import READS_MONEY, load_receipt
from bookings.services.courses import Row, State, rows
from bookings.services.ledger.receipts import Receipt, receipt_of, receipts_of
from bookings.views.desk.money_words import balance_words
from clinic import clock, formats
from clinic.models import Location
from clinic.permissions import account_required, patient_required, staff
from clinic.rules import phones
from clinic.services.days import zone_of
from treatments.models import Course
from treatments.permissions import load_course_times


@never_cache
@require_safe
@staff(*READS_MONEY)
def desk_receipt(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry = load_receipt(request, entry_id, now=clock.now())
    return _receipt_page(request, receipt_of(entry), back=reverse("desk_money", args=[entry.patient_id]))


@never_cache
@require_safe
@account_required
def my_receipt(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry = load_receipt(request, entry_id, now=clock.now())
    return _receipt_page(request, receipt_of(entry), back=reverse("my_receipts"))


def _receipt_page(request: HttpRequest, receipt: Receipt, *, back: str) -> HttpResponse:
    entry = receipt.entry
    content = {
        "receipt": receipt,
        "entry": entry,
        "day": formats.day_with_year(entry.day),
        "time": formats.time_of(entry.at, zone_of(entry.location)),
        "doctor": entry.booking.practitioner if entry.booking_id else None,
        "phone": phones.shown(entry.location.phone),
        "place": _place(entry.location),
        "after": balance_words(receipt.balance),
        "taken_back": formats.day_with_year(receipt.taken_back.day) if receipt.taken_back else "",
        "back": back,
        **_frame(request),
    }
    return render(request, "bookings/paper/receipt.html", content)


def _place(location: Location) -> list[str]:
    """The clinic's name, the location's and where it is, each said once."""
    clinic = getattr(settings, "CLINIC_NAME", "")
    parts = [clinic, location.name, location.address, location.area]
    return [part for n, part in enumerate(parts) if part and not _is_said(part, parts, n)]


def _is_said(part: str, parts: list[str], n: int) -> bool:
    """Lakeview, then Lakeview, Indiranagar, then Indiranagar: the middle one says it all."""
    longer = parts[1:3] if n == 0 else parts[:n]
    return any(part in other for other in longer)


def _frame(request: HttpRequest) -> dict:
    is_staff = request.user.is_staff
    return {"base": "base_staff.html" if is_staff else "base_patient.html", "here": "patients"}


@never_cache
@require_safe
@patient_required
def my_receipts(request: HttpRequest) -> HttpResponse:
    receipts = [
        {"entry": entry, "day": formats.day_with_year(entry.day), "is_void": entry.is_void}
        for entry in receipts_of(request.patient)
    ]
    content = {"patient": request.patient, "receipts": receipts}
    return render(request, "bookings/patient/receipts.html", content)


# The dates of a course


@never_cache
@require_safe
@staff()
def course_paper(request: HttpRequest, course_id: int) -> HttpResponse:
    course = load_course_times(request, course_id)
    return _course_page(request, course, back=reverse("desk_patient", args=[course.patient_id]))


@never_cache
@require_safe
@account_required
def my_course_paper(request: HttpRequest, course_id: int) -> HttpResponse:
    return _course_page(request, load_course_times(request, course_id), back=reverse("my_visits"))


def _course_page(request: HttpRequest, course: Course, *, back: str) -> HttpResponse:
    now = clock.now()
    content = {
        "course": course,
        "sessions": [_session(row) for row in rows(course)],
        "printed": formats.day_with_year(now.astimezone(zone_of(course.location)).date()),
        "phone": phones.shown(course.location.phone),
        "place": _place(course.location),
        "back": back,
        **_frame(request),
    }
    return render(request, "bookings/paper/course_dates.html", content)


def _session(row: Row) -> dict:
    booking = row.booking
    who = booking.practitioner.resource.name if booking else ""
    return {"number": row.session.number, "when": _when(row), "who": who, "is_done": row.state == State.GIVEN}


def _when(row: Row) -> str:
    if row.state == State.GIVEN:
        return _("%(day)s, done") % {"day": formats.day_with_year(row.session.given_on)}
    if row.booking:
        return _year(row.booking.starts, formats.when(row.booking.starts, zone_of(row.booking.location)))
    if row.target:
        return _("no time yet; around %(day)s") % {"day": formats.day_with_year(row.target)}
    return _("no time yet")


def _year(moment: datetime, words: str) -> str:
    """A page on the fridge outlives the year: Mon 4 Jan 2027, 10:30 am."""
    day, _comma, time = words.partition(", ")
    return f"{day} {moment.year}, {time}"
