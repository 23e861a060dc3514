"""Something's wrong: when to call for help at once, when to call us, and a way to be rung back."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clinic import clock
from clinic.models import Patient
from clinic.permissions import current_patient, to_log_in
from clinic.refusals import Refusal
from clinic.services import accounts
from consultations.forms.wrong import ReportForm
from consultations.models import Photo
from consultations.models.photos import View
from consultations.permissions import (
    FROM_MESSAGE,
    load_report,
    may_read_report,
    note_report,
    who_came_by_link,
)
from consultations.rules.signs import CRISIS, EMERGENCY, OTHER, SIGNS, lane_of
from consultations.services.calls import number_of, report_subject
from consultations.services.links import patient_of
from consultations.services.photos import keep_photo, photos_agreed
from consultations.services.reporting import report_symptoms

WITHOUT_A_LINE = (CRISIS, OTHER)  # the first has its own line on the page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def something_wrong(request: HttpRequest) -> HttpResponse:
    """For everybody: what to look out for. Who is logged in, or came by the link of a message, can ask to be
    rung, also before the PIN of a shared phone: the form tells, and shows nothing.
    """
    people = _people(request)
    if request.method == "POST" and not (people or request.user.is_authenticated):
        return to_log_in(request, "account_login", keeps_post=False)
    reachable = [person for person in people if number_of(person)]
    form = _form(request, reachable) if reachable else None
    if request.method == "POST" and form and form.is_valid():
        return _report(request, form, now=clock.now())
    return _page(request, form, people, status=422 if form and form.is_bound else 200)


def _page(
    request: HttpRequest, form: ReportForm | None, people: list[Patient], *, status: int
) -> HttpResponse:
    numbers = [number_of(person) for person in people if number_of(person)]
    content = {
        "at_once": [sign for sign in SIGNS if sign.lane == EMERGENCY],
        "today": [sign for sign in SIGNS if sign.lane != EMERGENCY and sign.code not in WITHOUT_A_LINE],
        "form": form,
        "people": people,
        "number": numbers[0] if len(numbers) == 1 else "",
        "may_say_changed": request.user.is_authenticated and bool(people),
    }
    return render(request, "consultations/wrong/wrong.html", content, status=status)


def _people(request: HttpRequest) -> list[Patient]:
    if not request.user.is_authenticated:
        sent_to = who_came_by_link(request)
        return [sent_to] if sent_to else []
    return [] if request.user.is_staff else accounts.people(request.user)


def _form(request: HttpRequest, people: list[Patient]) -> ReportForm:
    posted = request.method == "POST"
    is_in = request.user.is_authenticated
    return ReportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        people=people,
        chosen=current_patient(request) if is_in else None,
        photos=is_in and any(photos_agreed(person) for person in people),
    )


def _report(request: HttpRequest, form: ReportForm, *, now: datetime) -> HttpResponse:
    by = request.user if request.user.is_authenticated else None
    photo = _photo(request, form, now)
    try:
        report = report_symptoms(
            patient=form.patient, told=form.told, by=by, key=form.cleaned_data["key"], photo=photo, now=now
        )
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _page(request, form, list(form.people.values()), status=refused.status)
    note_report(request, report)
    return redirect("something_wrong_sent", report.key)


def _photo(request: HttpRequest, form: ReportForm, now: datetime) -> Photo | None:
    """One that cannot be kept is told of, and holds up nobody's call."""
    upload = form.cleaned_data.get("photo")
    if not upload:
        return None
    try:
        return keep_photo(patient=form.patient, view=View.PATCH, upload=upload, by=request.user, now=now)
    except Refusal as refused:
        messages.warning(request, refused.text)
        return None


@never_cache
@require_safe
def sent(request: HttpRequest, key: UUID) -> HttpResponse:
    """Who rings by when. It names nobody's signs, so that it may stand on a shared phone."""
    if not request.user.is_authenticated and not may_read_report(request, key):
        return to_log_in(request, "account_login", keeps_post=False)
    report = load_report(request, key)
    content = {
        "name": report.patient.name if request.user.is_authenticated else "",
        "patient": report.patient,
        "about": report_subject(report),
        "call_112": lane_of(report.signs, report.answers) == EMERGENCY,
    }
    return render(request, "consultations/wrong/sent.html", content)


@never_cache
@require_safe
def from_message(request: HttpRequest, token: str) -> HttpResponse:
    """Where the links of messages lead: on to the visits, behind a log-in. From then on this browser may say
    that something is wrong with whom the message was sent to, without one.
    """
    if not request.user.is_authenticated and (patient := patient_of(token)):
        request.session[FROM_MESSAGE] = patient.pk
    return redirect("my_visits")
