"""Handing a tablet to a patient, what it shows, and taking it back."""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import clock, outbox, unsaved
from clinic.models import Patient
from clinic.permissions import load_patient, staff
from clinic.refusals import Refusal
from clinic.services.accounts import TooManyTries
from consultations.forms.agreeing import ClinicSigningForm
from consultations.forms.tablets import CodeForm
from consultations.middleware import lock
from consultations.models import TabletPass
from consultations.permissions import tablet_of
from consultations.rules.consent_texts import HEALTH_DATA
from consultations.services import tablets
from consultations.services.form_state import SENT, form_state
from consultations.views.agreement_words import words_shown
from consultations.views.assisting import sign_here
from consultations.views.intake import resume_address

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@staff()
def hand_tablet(request: HttpRequest, patient_id: int) -> HttpResponse:
    """This very browser, locked to the form; or a code for another tablet."""
    now = clock.now()
    patient = load_patient(request, patient_id, now=now)
    if request.method != "POST":
        return _hand_page(request, patient)
    try:
        code = tablets.hand_over(patient=patient, by=request.user, now=now)
    except Refusal as refused:
        return _hand_page(request, patient, refused=refused.text, status=refused.status)
    if "here" in request.POST:
        return _lock_here(request, tablets.take(code=code, now=now))
    return _hand_page(request, patient, code=f"{code[:4]} {code[4:]}")


def _hand_page(request: HttpRequest, patient: Patient, status: int = 200, **more) -> HttpResponse:
    content = {"patient": patient, "here": "patients", "is_sent": form_state(patient) == SENT}
    content |= {"address": outbox.link(reverse("tablet")), **more}
    return render(request, "consultations/tablet/hand.html", content, status=status)


def _lock_here(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever hands it over is logged out: nothing of theirs may be one tap away."""
    list(messages.get_messages(request))  # waiting in a cookie, they would show on the patient's page
    get_adapter(request).logout(request)
    lock(request, token)
    response = redirect("tablet")
    unsaved.forget_account(response)
    return _forgetting_pages(response)


def _forgetting_pages(response: HttpResponse) -> HttpResponse:
    response["Clear-Site-Data"] = '"cache"'
    return response


@never_cache
@get_or_post
def tablet(request: HttpRequest) -> HttpResponse:
    """The tablet's own page: the agreement, then the form; afterwards, and before, the box for a code."""
    if request.user.is_authenticated:
        return redirect("landing")
    found = tablet_of(request)
    if found is None:
        return _code_page(request)
    if not tablets.may_begin(found):
        return _agreement_page(request, found)
    content = {"tablet": found, "go_on": resume_address(_as_shown(found), clock.now())}
    return render(request, "consultations/tablet/start.html", content)


def _as_shown(found: TabletPass):
    found.intake.shown_since = found.made_at
    return found.intake


def _code_page(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            if not ratelimit.consume(request, action="tablet_code"):
                raise TooManyTries
            lock(request, tablets.take(code=form.cleaned_data["code"], now=clock.now()))
            return redirect("tablet")
        except Refusal as refused:
            form.add_error("code" if refused.status == 422 else None, refused.text)
            status = refused.status
    content = {
        "form": form,
        "is_locked": getattr(request, "is_locked", False),
        "closed": _why_closed(getattr(request, "locked_to", None)),
    }
    return render(request, "consultations/tablet/code.html", content, status=status)


def _why_closed(ended: TabletPass | None) -> str:
    if ended is None:
        return ""
    return "sent" if ended.intake.submitted_at else "ended"


def _agreement_page(request: HttpRequest, found: TabletPass) -> HttpResponse:
    """In front of whoever handed it over, whose name stands below the words."""
    agreeing = request.method == "POST" and "wish" in request.POST
    form = ClinicSigningForm(request.POST if agreeing else None, taken_by=found.by.name)
    status, refused = (422 if form.is_bound else 200), ""
    if form.is_valid():
        try:
            sign_here(found.intake.patient, form, by=found.by, now=clock.now())
            return redirect("tablet")
        except Refusal as refusal:
            status, refused = refusal.status, refusal.text
    content = {"tablet": found, "form": form, "refused": refused, **words_shown(HEALTH_DATA)}
    content |= {"taken_by": found.by.name, "has_errors": status != 200}
    return render(request, "consultations/tablet/agreement.html", content, status=status)


@never_cache
@require_POST
def tablet_back(request: HttpRequest) -> HttpResponse:
    """Done, or enough for now: every answer is kept, and none can be seen here any more."""
    if found := tablet_of(request):
        tablets.give_back(found, now=clock.now())
    return _forgetting_pages(redirect("tablet"))


@never_cache
@require_safe
def tablet_help(request: HttpRequest) -> HttpResponse:
    """Something is wrong: whom to tell here, and which numbers help anywhere."""
    return render(request, "consultations/tablet/help.html", {"tablet": tablet_of(request)})
