"""Somebody helps with the form: a nurse or doctor by their own log-in, a relative by the patient's."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import clock
from clinic.models import Patient, User
from clinic.permissions import CLINICIANS, load_patient, record_required, staff
from clinic.refusals import Refusal
from consultations import refusals
from consultations.forms.agreeing import ClinicSigningForm
from consultations.forms.assisting import AssistForm, HelperForm
from consultations.models import Intake
from consultations.models.intakes import Help, Purpose
from consultations.rules.consent_texts import HEALTH_DATA
from consultations.services import agreements, assisting, intakes
from consultations.services.assisting import Helper
from consultations.views.agreement_words import words_shown
from consultations.views.intake import resume_address

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@staff(*CLINICIANS)
def assist(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A nurse or doctor fills the form in with the patient; the agreement comes first."""
    now = clock.now()
    patient = load_patient(request, patient_id, now=now)
    if not intakes.has_health_consent(patient):
        return _agree(request, patient, now)
    form = AssistForm(request.POST if request.method == "POST" else None, initial=_usual(request, patient))
    if form.is_valid():
        return _begin(request, patient, form.helper(), now)
    started = assisting.open_form(patient)
    content = {
        "patient": patient,
        "form": form,
        "purpose": Purpose(assisting.purpose_for(patient)).label,
        "resume": resume_address(started, now) if started and started.help else "",
        "started": started,
        "here": "patients",
    }
    status = 422 if form.is_bound else 200
    return render(request, "consultations/assisting/begin.html", content, status=status)


def _usual(request: HttpRequest, patient: Patient) -> dict[str, str]:
    spoken = patient.language_spoken or patient.language_read
    return {"how": Help.STAFF.value, "helper_name": request.user.name, "language": spoken}


def _begin(request: HttpRequest, patient: Patient, helper: Helper, now: datetime) -> HttpResponse:
    try:
        started = assisting.begin_with_help(patient=patient, helper=helper, by=request.user, now=now)
    except refusals.ConsentNeeded:
        return redirect(request.path)
    return redirect(_first_page(started, now))


def _first_page(started: Intake, now: datetime) -> str:
    """A round of changes begins with all that was answered."""
    if started.purpose == Purpose.UPDATE:
        return reverse("intake_check", args=[started.pk])
    return resume_address(started, now)


def _agree(request: HttpRequest, patient: Patient, now: datetime) -> HttpResponse:
    """The patient reads the words, or hears them, and signs in front of whoever helps."""
    form = ClinicSigningForm(request.POST if request.method == "POST" else None, taken_by=request.user.name)
    status, refused = (422 if form.is_bound else 200), ""
    if form.is_valid():
        try:
            sign_here(patient, form, by=request.user, now=now)
            return redirect("assist", patient.pk)
        except Refusal as refusal:
            status, refused = refusal.status, refusal.text
    content = {"patient": patient, "form": form, "refused": refused, **words_shown(HEALTH_DATA)}
    content["taken_by"], content["has_errors"] = request.user.name, status != 200
    return render(request, "consultations/assisting/agreement.html", content, status=status)


def sign_here(patient: Patient, form: ClinicSigningForm, *, by: User, now: datetime) -> None:
    """Agreed at the clinic, in front of `by`."""
    shown = {"shown": form.shown["words"], "language": form.shown["language"]}
    agreements.agree_to_health_data(
        patient=patient, **shown, by=by, now=now, signing=form.signing(place=None)
    )


@never_cache
@get_or_post
@record_required
def somebody_helps(request: HttpRequest) -> HttpResponse:
    """A relative or friend helps on the patient's own phone."""
    now, patient = clock.now(), request.patient
    if not intakes.has_health_consent(patient):
        return redirect("intake")
    spoken = patient.language_spoken or patient.language_read
    form = HelperForm(request.POST if request.method == "POST" else None, initial={"language": spoken})
    form.fields["language"].label = _("In what language do you two talk about it?")
    if form.is_valid():
        return _begin(request, patient, form.helper(), now)
    content = {"form": form, "patient": patient}
    status = 422 if form.is_bound else 200
    return render(request, "consultations/assisting/somebody_helps.html", content, status=status)
