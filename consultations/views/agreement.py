"""What somebody agreed to: the list, each document as it was agreed to, and the way to take it back.

The words before the injections are treatments/views/agreeing.py, which knows what is injected.
"""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import clock
from clinic.models import Patient
from clinic.permissions import CLINICIANS, duties, load_patient, record_required, staff, to_log_in
from consultations import refusals
from consultations.forms.agreeing import TakeBackForm
from consultations.models import Consent
from consultations.permissions import load_consent
from consultations.services.standing import agreements_of
from consultations.services.withdrawals import take_back
from consultations.views.agreement_words import ended_words, facts_of, given_words

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@record_required
def my_agreements(request: HttpRequest) -> HttpResponse:
    """The patient's own, standing ones first. Behind a shared phone it opens after the PIN."""
    if request.method == "POST":
        _take_back(request, request.patient, clock.now())
        return redirect("my_agreements")
    rows = [(one, given_words(one), ended_words(one)) for one in agreements_of(request.patient)]
    content = {
        "patient": request.patient,
        "standing": [row for row in rows if row[0].withdrawn_at is None],
        "ended": [row for row in rows if row[0].withdrawn_at],
    }
    return render(request, "consultations/my_agreements.html", content)


@never_cache
@get_or_post
def agreement(request: HttpRequest, consent_id: int) -> HttpResponse:
    """The document as it was agreed to, to read and to print, for the patient and for clinicians."""
    if not request.user.is_authenticated:
        return to_log_in(request, "account_login", keeps_post=False)
    consent = load_consent(request, consent_id, now=clock.now())
    if request.method == "POST":
        _take_back(request, consent.patient, clock.now())
        return redirect("agreement", consent.pk)
    return render(request, "consultations/agreement.html", _document(request, consent))


def _document(request: HttpRequest, consent: Consent) -> dict[str, object]:
    is_staff = request.user.is_staff
    return {
        "base": "base_staff.html" if is_staff else "base_patient.html",
        "is_staff": is_staff,
        "consent": consent,
        "patient": consent.patient,
        "agreement": consent.release.content,
        "about": consent.about,
        "facts": facts_of(consent),
    }


@never_cache
@get_or_post
@staff()
def patient_agreements(request: HttpRequest, patient_id: int) -> HttpResponse:
    """For a patient who takes one back at the desk or by phone. What it is about stays with clinicians."""
    now = clock.now()
    patient = load_patient(request, patient_id, now=now)
    if request.method == "POST":
        _take_back(request, patient, now)
        return redirect("patient_agreements", patient.pk)
    standing = agreements_of(patient).filter(withdrawn_at=None)
    content = {
        "patient": patient,
        "rows": [(one, given_words(one)) for one in standing],
        "may_read": duties(request).has(*CLINICIANS),
        "here": "patients",
    }
    return render(request, "consultations/patient_agreements.html", content)


def _take_back(request: HttpRequest, patient: Patient, now: datetime) -> None:
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose which agreement is taken back."))
        return
    try:
        take_back(patient=patient, consent_id=form.cleaned_data["consent"], by=request.user, now=now)
    except refusals.NothingToWithdraw:
        return  # taken back already, in another window or by the clinic: the page says so
    messages.success(request, _("Taken back. Visits stay booked; nothing more is done under it."))
