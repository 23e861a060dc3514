"""One patient's answers on one screen, and the decision signed on exactly these answers."""

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clinic import clock, formats
from clinic.models import Patient, Practitioner
from clinic.models.people import Role
from clinic.permissions import staff
from clinic.refusals import Refusal
from clinic.services.days import local_day, zone_of
from consultations import refusals
from consultations.forms.decisions import DecisionForm
from consultations.models import Screening
from consultations.models.decisions import ALLOWS_TREATMENT
from consultations.permissions import load_record
from consultations.rules.answers import whole_years
from consultations.services.decisions import Draft, blocking_items, sign_decision
from consultations.services.photo_strip import strip_of
from consultations.services.reading import (
    Review,
    age_of,
    marked_zones,
    newest_screening,
    read_review,
    rules_name,
)
from consultations.services.rereading import reread
from consultations.services.sentences import Told, patient_text
from consultations.views.record_photos import hidden_words


@staff(Role.DERMATOLOGIST)
def review(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    patient = load_record(request, patient_id, now=now)
    screening = newest_screening(patient)
    if screening is None:
        return _show(request, patient, None, now)
    if request.method != "POST":
        return _show(request, patient, decision_form(screening, now), now)
    form = decision_form(screening, now, request.POST)
    try:
        _refuse_stale(request, screening)
        if not form.is_valid():
            return _show(request, patient, form, now)
        _sign(screening, _signer(request), form, now)
    except Refusal as refusal:
        return _show(request, patient, _refused(form, refusal, screening, now), now, status=refusal.status)
    messages.success(request, _("Signed. The patient can read your sentence."))
    return redirect("review", patient_id=patient.pk)


@staff(Role.DERMATOLOGIST)
@require_POST
def reread_answers(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Newer answers than the form that was sent: read them by the rules now, to decide on them."""
    now = clock.now()
    patient = load_record(request, patient_id, now=now)
    try:
        reread(patient=patient, by=request.user, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.text)
    return redirect("review", patient_id=patient.pk)


def decision_form(screening: Screening, now: datetime, data=None) -> DecisionForm:
    today = local_day(now)
    blocking = blocking_items(screening, today)
    days = [item["until_on"] for item in blocking if item["until_on"]]
    initial = {
        "key": uuid4(),
        "screening": screening.pk,
        "last_answer": screening.last_answer_id,
        "defer_until": max(days, default=None),
    }
    fixed = any(not item["overridable"] for item in blocking)
    return DecisionForm(data, initial=initial, today=today, fixed=fixed, may_depart=bool(blocking))


def _refuse_stale(request: HttpRequest, screening: Screening) -> None:
    """Before the form is judged: what it offered was made for other answers."""
    shown = (request.POST.get("screening"), request.POST.get("last_answer"))
    if shown != (str(screening.pk), str(screening.last_answer_id)):
        raise refusals.AnswersChanged


def _signer(request: HttpRequest) -> Practitioner:
    signer = Practitioner.objects.filter(user=request.user).first()
    if signer is None:
        raise refusals.NotRegistered
    return signer


def _sign(screening: Screening, signer: Practitioner, form: DecisionForm, now: datetime) -> None:
    typed, told = form.cleaned_data, form.told()
    draft = Draft(
        verdict=told.verdict,
        screening=screening,
        last_answer_id=typed["last_answer"],
        conditions=told.conditions,
        defer_until=told.defer_until,
        reason=typed.get("reason", ""),
        patient_text=patient_text(told, screening=screening, today=local_day(now)),
    )
    sign_decision(patient=screening.patient, practitioner=signer, draft=draft, key=typed["key"], now=now)


def _refused(form: DecisionForm, refusal: Refusal, screening: Screening, now: datetime) -> DecisionForm:
    """The same words, on the answers as they stand now, ready to be signed after another look."""
    fresh = decision_form(screening, now)
    again = decision_form(screening, now, {**form.data.dict(), **_hidden(fresh)})
    again.add_error(None, str(refusal.text))
    return again


def _hidden(form: DecisionForm) -> dict[str, str]:
    return {name: str(form.initial[name]) for name in ("key", "screening", "last_answer")}


def _show(
    request: HttpRequest, patient: Patient, form: DecisionForm | None, now: datetime, status: int = 200
) -> HttpResponse:
    found, photos = read_review(patient), strip_of(patient, user=request.user)
    context = {
        "patient": patient,
        "age_sex": _age_sex(patient, found, now),
        "review": found,
        "form": form,
        "here": "queue",
        "signer": Practitioner.objects.filter(user=request.user).select_related("resource").first(),
        "reread_url": reverse("reread", args=[patient.pk]),
        "keys": [("j / k", _("move")), ("Enter", _("open"))],
        "photos": photos,
        "photos_hidden": hidden_words(photos),
    }
    if found:
        context |= _words_of(found, form, now)
    return render(request, "consultations/review.html", context, status=status)


def _words_of(found: Review, form: DecisionForm, now: datetime) -> dict[str, object]:
    screening, zone, today = found.screening, zone_of(), local_day(now)
    named = {"rules": rules_name(screening), "when": formats.when(screening.last_answer.at, zone)}
    reads = [
        patient_text(Told(verdict=radio.data["value"]), screening=screening, today=today)
        for radio in form["verdict"]
    ]
    return {
        "title": _title(found),
        "grades": marked_zones(screening),
        "where_words": "; ".join(fact.value for fact in found.hair.facts if fact.term == _("Where")),
        "source": _("%(rules)s · answers of %(when)s") % named,
        "choices": [
            {"radio": radio, "reads": text} for radio, text in zip(form["verdict"], reads, strict=True)
        ],
        "allows": found.is_decided and found.decision.verdict in ALLOWS_TREATMENT,
        "signed_at": found.decision and formats.when(found.decision.signed_at, zone),
        "valid_until": found.decision and formats.day_with_year(found.decision.valid_until),
    }


def _title(found: Review) -> str:
    if not found.needs_doctor:
        return _("Nothing found that blocks; a dermatologist decides")
    return ngettext(
        "One finding needs you before any injection",
        "%(n)s findings need you before any injection",
        found.needs_doctor,
    ) % {"n": found.needs_doctor}


def _age_sex(patient: Patient, found: Review | None, now: datetime) -> str:
    """As answered where there are answers, else as registered: 45, female."""
    today = local_day(now)
    age = age_of(found.screening, today) if found else None
    if age is None and patient.born_on:
        age = whole_years(patient.born_on, today)
    return ", ".join(str(part) for part in (age, patient.get_sex_at_birth_display()) if part)
