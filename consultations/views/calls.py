"""Whom to ring, who takes it, and what came of it."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic import clock
from clinic.models import Patient
from clinic.models.alarms import CallOutcome
from clinic.models.people import Role
from clinic.permissions import duties, load_patient, staff
from clinic.refusals import Refusal
from clinic.services import alarms, on_call
from clinic.services.alarms import acknowledge, take
from clinic.templatetags.alarms import lines
from consultations.forms.calls import BACK, AlarmsForm, CalledForm
from consultations.permissions import load_record


@never_cache
@require_safe
@staff()
def call_list(request: HttpRequest) -> HttpResponse:
    """Where the messages lead: doctors read why, everybody else who, on which number and by when."""
    now, held = clock.now(), duties(request)
    content = {
        "here": "calls",
        "is_doctor": held.has(Role.DERMATOLOGIST),
        "may_take": held.has(Role.MANAGER),
        "may_see_rota": held.has(Role.DERMATOLOGIST, Role.MANAGER),
        "lines": lines(alarms.waiting(), now=now),
        "on_call": ", ".join(on_call.names_on_call(now=now)),
    }
    return render(request, "alarms/calls.html", content)


@require_POST
@staff(Role.DERMATOLOGIST)
def called(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Settles the alarms that stood on the doctor's page; one raised since stays open."""
    now = clock.now()
    patient = load_record(request, patient_id, now=now)
    form = CalledForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what came of the call."))
        return _back(form)
    outcome = form.cleaned_data["outcome"]
    try:
        acknowledge(alarms=form.seen_of(patient), by=request.user, outcome=outcome, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.text)
    else:
        no_answer = outcome == CallOutcome.NO_ANSWER
        messages.success(request, _("Noted. It stays on the list.") if no_answer else _("Noted."))
    return _back(form)


@require_POST
@staff(Role.DERMATOLOGIST, Role.MANAGER)
def take_calls(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Somebody says that they see to it. A manager does so without reading why."""
    now = clock.now()
    patient = _load(request, patient_id, now)
    form = AlarmsForm(request.POST)
    if form.is_valid():
        try:
            take(alarms=form.seen_of(patient), by=request.user, now=now)
        except Refusal as refusal:
            messages.error(request, refusal.text)
        else:
            messages.success(request, _("It is yours: %(name)s.") % {"name": patient.name})
    return _back(form)


def _load(request: HttpRequest, patient_id: int, now: datetime) -> Patient:
    if duties(request).has(Role.DERMATOLOGIST):
        return load_record(request, patient_id, now=now)
    return load_patient(request, patient_id, now=now)


def _back(form: AlarmsForm) -> HttpResponse:
    return redirect(BACK[form.cleaned_data.get("back") or ""])
