"""A consultation that took place while nothing could be typed in, entered with its true time and a reason."""

from datetime import datetime
from uuid import uuid4

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door
from bookings.forms.desk import PastForm
from bookings.models import Booking
from bookings.permissions import load_booking
from bookings.refusals import Refusal
from bookings.views.desk.frame import address_of, desk_page, locations_of, place_of
from clinic import clock
from clinic.models import Location, Patient, Practitioner, VisitType
from clinic.models.visit_types import VisitKind
from clinic.permissions import load_patient, staff
from clinic.services.days import local_day, zone_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff(keeps_post=True)
def past(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    patient = load_patient(request, patient_id, now=now)
    booking = _booked_before(request, patient)
    location = (
        booking.location if booking else place_of(request, locations_of(request), request.GET.get("at"))
    )
    if location is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    form = _past_form(request, booking, location, now)
    if not form.is_valid():
        return _past_page(request, patient, form, now, status=422 if form.is_bound else 200)
    try:
        entered = _enter(patient, booking, location, form.cleaned_data, by=request.user, now=now)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _past_page(request, patient, form, now, status=refused.status)
    return redirect(address_of(entered))


def _booked_before(request: HttpRequest, patient: Patient) -> Booking | None:
    """The booked visit that this was, if the address names one."""
    reference = request.GET.get("visit")
    if not reference:
        return None
    booking = load_booking(request, reference)
    if booking.patient_id != patient.pk:
        raise Http404
    return booking


def _past_form(request: HttpRequest, booking: Booking | None, location: Location, now: datetime) -> PastForm:
    tz = zone_of(location)
    begun = booking.starts.astimezone(tz) if booking else None
    initial = {"key": uuid4(), "day": begun.date() if begun else local_day(now, location)}
    if booking:
        initial |= {
            "visit_type": booking.visit_type_id,
            "practitioner": booking.practitioner_id,
            "time": f"{begun:%H:%M}",
            "version": booking.version,
        }
    types = VisitType.objects.filter(kind=VisitKind.CONSULTATION)
    if booking:
        types = types.filter(pk=booking.visit_type_id)
    typed = request.POST if request.method == "POST" else None
    choices = {"visit_type": types.order_by("pk"), "practitioner": _doctors(location, booking)}
    return PastForm(typed, initial=initial, location=location, now=now, choices=choices)


def _doctors(location: Location, booking: Booking | None) -> QuerySet[Practitioner]:
    """Who works or has worked here."""
    known = Q(resource__working_hours__location=location)
    if booking:
        known |= Q(pk=booking.practitioner_id)
    return Practitioner.objects.filter(known).select_related("resource").distinct().order_by("resource__name")


def _enter(patient, booking, location, typed: dict, *, by, now: datetime) -> Booking:
    if booking and typed["version"]:
        booking.version = typed["version"]
    return door.enter_past(
        patient=patient, visit_type=typed["visit_type"], location=location,
        practitioner=typed["practitioner"], starts=typed["starts"], reason=typed["reason"],
        key=typed["key"], by=by, now=now, booking=booking,
    )  # fmt: skip


def _past_page(request: HttpRequest, patient: Patient, form: PastForm, now: datetime, *, status: int):
    locations = locations_of(request)
    path = reverse("desk_past", args=[patient.pk])
    content = {
        "patient": patient,
        "form": form,
        "location": form.location,
        "places": [
            {"name": one.area, "href": f"{path}?at={one.slug}", "chosen": one == form.location}
            for one in locations
        ]
        if len(locations) > 1 and "visit" not in request.GET
        else [],
        "here": "patients",
    }
    return desk_page(request, "past", content, now=now, status=status)
