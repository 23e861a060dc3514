"""Days away, as somebody tells the desk."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.pausing import AwayForm
from bookings.models import Booking
from bookings.permissions import load_away
from bookings.refusals import Refusal
from bookings.services.away import add_away, booked_while_away, coming_away, remove_away
from bookings.views.desk.frame import desk_page
from bookings.views.patient.away import spans_seen
from clinic import clock, formats
from clinic.models import Patient
from clinic.permissions import load_patient, staff
from clinic.services.days import local_day, zone_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def away(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    patient = load_patient(request, patient_id, now=now)
    form = AwayForm(request.POST if request.method == "POST" else None, today=local_day(now))
    if not form.is_valid():
        return _page(request, patient, form, now, status=422 if form.is_bound else 200)
    try:
        add_away(patient=patient, by=request.user, now=now, **form.cleaned_data)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _page(request, patient, form, now, status=refused.status)
    messages.success(request, _("Noted. No session is planned on those days."))
    return redirect("desk_away", patient.pk)


def _page(
    request: HttpRequest, patient: Patient, form: AwayForm, now: datetime, *, status: int
) -> HttpResponse:
    content = {
        "patient": patient,
        "form": form,
        "spans": spans_seen(coming_away(patient, today=local_day(now))),
        "touched": _touched(booked_while_away(patient, now=now)),
        "here": "patients",
    }
    return desk_page(request, "away", content, now=now, status=status)


def _touched(bookings: Sequence[Booking]) -> list[dict]:
    return [{"booking": one, "when": formats.when(one.starts, zone_of(one.location))} for one in bookings]


@require_POST
@staff()
def remove(request: HttpRequest, away_id: int) -> HttpResponse:
    found = load_away(request, away_id)
    try:
        remove_away(away=found, by=request.user, now=clock.now())
    except Refusal as refused:
        messages.warning(request, refused.text)
    else:
        messages.success(request, _("Removed: they can come on those days."))
    return redirect("desk_away", found.patient_id)
