"""Two records of one person: both side by side, what would happen, and the one button that cannot be undone.

For managers only: it joins two log-ins and moves medical evidence for good, so one person answers for it. It
needs no medical knowledge: name, birth, phone and visits tell, and nothing else is shown.
"""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import refusals
from bookings.forms.people import MergeForm
from bookings.models import Booking
from bookings.permissions import house_manager, seen_bookings
from bookings.refusals import Refusal
from bookings.services.people import finding, merging
from bookings.services.people.merge_plan import Plan, read_plan
from bookings.views.desk.frame import desk_page
from clinic import clock, formats
from clinic.models import Patient
from clinic.permissions import load_patient
from clinic.rules import phones
from clinic.services.days import zone_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@house_manager()
def merge(request: HttpRequest, patient_id: int, other_id: int) -> HttpResponse:
    """The record of `other_id` goes into that of `patient_id`."""
    now = clock.now()
    kept, other = (load_patient(request, one, now=now) for one in (patient_id, other_id))
    if kept == other:
        messages.info(request, _("These are one record already."))
        return redirect("desk_patient", kept.pk)
    try:
        plan = read_plan(kept=kept, other=other)
    except Refusal as refused:
        return _refused_page(request, kept, other, refused, now=now)
    form = MergeForm(request.POST if request.method == "POST" else None, plan=plan)
    if not form.is_valid():
        return _merge_page(request, plan, form, now=now, status=422 if form.is_bound else 200)
    return _merge(request, plan, form, now)


def _merge(request: HttpRequest, plan: Plan, form: MergeForm, now: datetime) -> HttpResponse:
    to = {"kept": plan.kept, "other": plan.other, "choice": form.choice, "seen": form.cleaned_data["seen"]}
    try:
        kept = merging.merge(**to, by=request.user, now=now)
    except refusals.Changed:
        text = _("Something changed in the meantime. Please look again at what is shown below.")
        return _merge_page(request, plan, MergeForm(plan=plan), now=now, status=409, refused=text)
    except Refusal as refused:
        return _refused_page(request, plan.kept, plan.other, refused, now=now)
    messages.success(request, _done(plan))
    return redirect("desk_patient", kept.pk)


def _done(plan: Plan) -> str:
    number = len(plan.to_be_moved)
    if not number:
        return _("The two records are one now.")
    words = ngettext(
        "The two records are one now. %(n)s visit needs another time.",
        "The two records are one now. %(n)s visits need another time.",
        number,
    )
    return words % {"n": number}


def _merge_page(
    request: HttpRequest, plan: Plan, form: MergeForm, *, now: datetime, status: int = 200, refused: str = ""
) -> HttpResponse:
    both = finding.with_visits([plan.kept, plan.other], seen=seen_bookings(request), now=now)
    content = {
        "plan": plan,
        "form": form,
        "seen": plan.seen,
        "rows": _rows(plan, both, form),
        "moves": _moves(plan),
        "to_be_moved": [_visit(booking) for booking in plan.to_be_moved],
        "too_close": [_visit(booking) for booking in plan.too_close],
        "doubts": [str(DOUBTS[one]) for one in plan.differs],
        "other_way": reverse("desk_merge", args=[plan.other.pk, plan.kept.pk]),
        "refused": refused,
        "here": "patients",
    }
    return desk_page(request, "merge", content, now=now, status=status)


def _refused_page(
    request: HttpRequest, kept: Patient, other: Patient, refused: Refusal, *, now: datetime
) -> HttpResponse:
    content = {"kept": kept, "both": (kept, other), "refused": refused.text, "here": "patients"}
    return desk_page(request, "merge_refused", content, now=now, status=refused.status)


DOUBTS = {
    "sex": gettext_lazy("Sex at birth is not the same in both. It will be asked again."),
    "birth": gettext_lazy("Their births lie more than a year apart."),
}


def _rows(plan: Plan, both: Sequence[Patient], form: MergeForm) -> list[dict]:
    """What stands side by side. `part`: somebody has to choose; else `taken` says which side it is from."""
    terms = (
        ("name", _("Name"), lambda one: one.name),
        ("birth", _("Born"), _born),
        ("phone", _("Phone"), lambda one: phones.shown(one.phone)),
        ("account", _("Logs in with"), _log_in),
        ("", _("E-mail"), lambda one: one.email),
        ("", _("Area"), lambda one: one.area),
        ("", _("Guardian"), lambda one: one.guardian_name),
        ("", _("Last here"), _last),
        ("", _("Next"), _next),
    )
    rows = []
    for part, term, words in terms:
        values = [words(one) for one in both]
        if any(values):
            rows.append(_row(plan, form, part, term, values))
    return rows


def _row(plan: Plan, form: MergeForm, part: str, term: str, values: list[str]) -> dict:
    asked = part in plan.differing
    chosen = str(form[part].value()) if asked else ""
    people = (plan.kept, plan.other)
    cells = [
        {"words": words, "value": one.pk, "checked": chosen == str(one.pk)}
        for one, words in zip(people, values, strict=True)
    ]
    return {"term": term, "part": part if asked else "", "cells": cells}


def _born(patient: Patient) -> str:
    if patient.born_on:
        return formats.day_with_year(patient.born_on)
    year = patient.approximate_birth_year
    return _("about %(year)s") % {"year": year} if year else ""


def _log_in(patient: Patient) -> str:
    account = patient.account
    return (phones.shown(account.phone) if account.phone else account.email) if account else ""


def _last(patient: Patient) -> str:
    return (
        formats.day_with_year(patient.last_visit.astimezone(zone_of()).date()) if patient.last_visit else ""
    )


def _next(patient: Patient) -> str:
    return formats.when(patient.next_visit, zone_of()) if patient.next_visit else ""


def _moves(plan: Plan) -> list[str]:
    """What comes along, in numbers only."""
    words = {
        "visits": lambda n: ngettext("%(n)s visit", "%(n)s visits", n),
        "courses": lambda n: ngettext("%(n)s course", "%(n)s courses", n),
        "forms": lambda n: ngettext("%(n)s form", "%(n)s forms", n),
        "agreements": lambda n: ngettext("%(n)s agreement", "%(n)s agreements", n),
        "messages": lambda n: ngettext("%(n)s message", "%(n)s messages", n),
    }
    return [words[name](number) % {"n": number} for name, number in plan.moves.items() if number]


def _visit(booking: Booking) -> dict:
    return {
        "booking": booking,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "doctor": booking.practitioner.resource.name,
        "record": booking.patient_id,
    }
