"""From a decision to a course: choose a protocol, look at its gaps, sign."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic import clock, formats
from clinic.models import Practitioner
from clinic.models.people import Role
from clinic.permissions import my_locations, staff
from clinic.refusals import Refusal
from clinic.services.days import local_day
from consultations.models import Decision
from consultations.permissions import load_record
from consultations.refusals import NotRegistered
from treatments import refusals
from treatments.forms.prescribing import OrderForm, qualified_practitioners
from treatments.models import Course
from treatments.rules import protocols
from treatments.services.choosing import Choice, protocol_choices
from treatments.services.prescribing import prescribe, refuse_undecided


@dataclass
class Desk:
    """What lies on the doctor's desk while prescribing."""

    decision: Decision
    choices: list[Choice]
    chosen: Choice | None
    now: datetime


@staff(Role.DERMATOLOGIST)
def prescribing(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    patient = load_record(request, patient_id, now=now)
    decision = patient.decisions.select_related("signed_by__resource", "screening").order_by("-pk").first()
    try:
        refuse_undecided(decision, now)
    except Refusal as refusal:
        context = {"patient": patient, "words": refusal.text, "here": "queue"}
        status = refusal.status if request.method == "POST" else 200
        return render(request, "treatments/cannot_prescribe.html", context, status=status)
    choices = protocol_choices(decision.screening, today=local_day(now))
    desk = Desk(decision, choices, _chosen(request, choices), now)
    if request.method == "POST" and desk.chosen:
        return _signed(request, desk)
    return _show(request, desk, _form(request, desk))


def _chosen(request: HttpRequest, choices: list[Choice]) -> Choice | None:
    wanted = request.POST.get("protocol") or request.GET.get("protocol")
    return next((one for one in choices if one.is_open and one.protocol.code == wanted), None)


def _form(request: HttpRequest, desk: Desk, data=None) -> OrderForm | None:
    if desk.chosen is None:
        return None
    protocol, treats = desk.chosen.protocol, qualified_practitioners().filter(user=request.user).first()
    initial = {"key": uuid4(), "decision": desk.decision.pk, "sessions": protocol.sessions, "treats": treats}
    return OrderForm(data, initial=initial, protocol=protocol, locations=my_locations(request))


def _signed(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = _form(request, desk, request.POST)
    if not form.is_valid():
        return _show(request, desk, form)
    try:
        course = _sign(request, desk, form)
    except Refusal as refusal:
        form.add_error(None, str(refusal.text))
        return _show(request, desk, form, status=refusal.status)
    messages.success(request, _("Prescribed and signed. Times for the sessions can now be chosen."))
    return redirect("course_record", course_id=course.pk)


def _sign(request: HttpRequest, desk: Desk, form: OrderForm) -> Course:
    signer = Practitioner.objects.filter(user=request.user).first()
    if signer is None:
        raise NotRegistered
    if form.cleaned_data["decision"] != desk.decision.pk:
        raise refusals.DecisionChanged
    return prescribe(
        decision=desk.decision,
        practitioner=signer,
        order=form.order(),
        key=form.cleaned_data["key"],
        now=desk.now,
    )


def _show(request: HttpRequest, desk: Desk, form: OrderForm | None, status: int = 200) -> HttpResponse:
    context = {
        "patient": desk.decision.patient,
        "decision": desk.decision,
        "valid_until": formats.day_with_year(desk.decision.valid_until),
        "choices": sorted(desk.choices, key=lambda choice: choice != desk.chosen),
        "chosen": desk.chosen,
        "form": form,
        "position": _(protocols.POSITION),
        "position_sources": protocols.POSITION_SOURCES,
        "draft": _(protocols.DRAFT_NOTICE),
        "none_for_shedding": _(protocols.NONE_FOR_SHEDDING),
        "closed": sum(not choice.is_open for choice in desk.choices),
        "can_choose": any(choice.is_open for choice in desk.choices),
        "here": "queue",
    }
    return render(request, "treatments/prescribe.html", context, status=status)
