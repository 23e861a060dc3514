"""Something's wrong: when to call for help at once, when to call us, and a way to be rung back."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clinic import clock
from clinic.models import Patient
from clinic.permissions import account_required, current_patient, to_log_in
from clinic.services import accounts
from consultations.forms.wrong import ReportForm
from consultations.permissions import load_report
from consultations.rules.signs import EMERGENCY, SIGNS, lane_of
from consultations.services.calls import number_of, report_subject
from consultations.services.reporting import report_symptoms


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def something_wrong(request: HttpRequest) -> HttpResponse:
    """For everybody: what to look out for. Who is logged in can ask to be rung, also before the PIN of a
    shared phone: the form tells, and shows nothing.
    """
    if request.method == "POST" and not request.user.is_authenticated:
        return to_log_in(request, "account_login", keeps_post=False)
    people = _people(request)
    reachable = [person for person in people if number_of(person)]
    form = _form(request, reachable) if reachable else None
    if request.method == "POST" and form and form.is_valid():
        return _report(request, form, now=clock.now())
    content = {
        "at_once": [sign for sign in SIGNS if sign.lane == EMERGENCY],
        "today": [sign for sign in SIGNS if sign.lane != EMERGENCY and sign.code != "other"],
        "form": form,
        "people": people,
        "number": number_of(reachable[0]) if len(reachable) == 1 else "",
    }
    status = 422 if form and form.is_bound else 200
    return render(request, "consultations/wrong/wrong.html", content, status=status)


def _people(request: HttpRequest) -> list[Patient]:
    if not request.user.is_authenticated or request.user.is_staff:
        return []
    return accounts.people(request.user)


def _form(request: HttpRequest, people: list[Patient]) -> ReportForm:
    data = request.POST if request.method == "POST" else None
    return ReportForm(data, people=people, chosen=current_patient(request))


def _report(request: HttpRequest, form: ReportForm, *, now: datetime) -> HttpResponse:
    report = report_symptoms(
        patient=form.patient,
        signs=form.cleaned_data["signs"],
        by=request.user,
        key=form.cleaned_data["key"],
        now=now,
    )
    return redirect("something_wrong_sent", report.key)


@never_cache
@require_safe
@account_required
def sent(request: HttpRequest, key: UUID) -> HttpResponse:
    """Who rings by when. It names nobody's signs, so that it may stand on a shared phone."""
    report = load_report(request, key)
    content = {
        "patient": report.patient,
        "about": report_subject(report),
        "call_112": lane_of(report.signs) == EMERGENCY,
    }
    return render(request, "consultations/wrong/sent.html", content)
