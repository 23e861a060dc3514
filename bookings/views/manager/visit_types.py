"""Kinds of visit: what they are called, of what they consist, who does them."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.forms.manager.visit_types import (
    EditVisitTypeForm,
    NewVisitTypeForm,
    QualifiedForm,
    StepsForm,
    initial_of,
)
from bookings.models import Booking, Status
from bookings.permissions import house_manager, load_visit_type
from bookings.refusals import Refusal
from bookings.services.house import visit_types as services
from bookings.services.house.visit_types import ANY, NotOfferable, StepPlan, StepsInUse
from bookings.views.manager.frame import get_or_post, manager_page, mark_to_send, say, seen_by, typed
from clinic import clock, formats
from clinic.models import VisitType
from clinic.models.places import ResourceKind
from clinic.models.visit_types import VisitKind
from clinic.services.days import local_day

SECTION = "types"


@never_cache
@require_safe
@house_manager()
def visit_types(request: HttpRequest) -> HttpResponse:
    types = VisitType.objects.current().prefetch_related("steps").order_by("-is_online", "kind", "pk")
    rows = [_row(one) for one in services.with_price(types, local_day(clock.now()))]
    return manager_page(request, "visit_types", {"rows": rows}, section=SECTION)


def _row(visit_type: VisitType) -> dict:
    minutes = sum(step.minutes for step in visit_type.steps.all())
    price = formats.rupees(visit_type.price) if visit_type.price is not None else ""
    return {"type": visit_type, "minutes": minutes, "price": price}


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def new_visit_type(request: HttpRequest) -> HttpResponse:
    form = NewVisitTypeForm(typed(request))
    if not form.is_valid():
        return manager_page(request, "visit_type_new", {"form": form}, section=SECTION)
    made = services.create_visit_type(fields=form.cleaned_data, by=request.user, now=clock.now())
    return redirect("manage_steps", made.code)


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def visit_type(request: HttpRequest, code: str) -> HttpResponse:
    """Its name and how it is booked; the ways to its steps, people and prices."""
    now = clock.now()
    kind = load_visit_type(request, code)
    form = EditVisitTypeForm(typed(request), initial=_initial(kind), visit_type=kind)
    refused, status = None, 200
    if form.is_valid():
        try:
            services.change_visit_type(
                visit_type=kind, fields=form.cleaned_data, seen=seen_by(request), by=request.user,
                today=local_day(now), now=now,
            )  # fmt: skip
        except NotOfferable as error:
            refused, status = error, error.status
            form.add_error("is_online", _lacking_words(error))
        except Refusal as error:
            refused, status = error, say(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_visit_types")
    return _page(request, kind, form, now, refused, status)


def _initial(kind: VisitType) -> dict:
    return {name: getattr(kind, name) for name in services.TYPE_FIELDS}


def _lacking_words(refused: NotOfferable) -> str:
    named = {
        "steps": _("steps"),
        "price": _("a price that holds today"),
        "dermatologist": _("a verified dermatologist who does it"),
    }
    lacking = ", ".join(named[code] for code in refused.lacking)
    return _("Before patients can book it, it needs: %(lacking)s") % {"lacking": lacking}


def _page(
    request: HttpRequest, kind: VisitType, form: EditVisitTypeForm, now: datetime, refused: Refusal | None,
    status: int,
) -> HttpResponse:  # fmt: skip
    kind.refresh_from_db()
    price = services.with_price(VisitType.objects.filter(pk=kind.pk), local_day(now)).get().price
    ahead = Booking.objects.filter(visit_type=kind, status=Status.BOOKED, starts__gt=now)
    content = {
        "form": form,
        "type": kind,
        "seen": mark_to_send(request, services.type_mark(kind), refused),
        "steps": [step_words(services.steps_of(kind), n) for n in range(kind.steps.count())],
        "people": [one.practitioner.resource.name for one in _able(kind)],
        "price": formats.rupees(price) if price is not None else "",
        "ahead": ahead.count(),
        "is_session": kind.kind == VisitKind.SESSION,
    }
    return manager_page(request, "visit_type", content, section=SECTION, status=status)


def _able(kind: VisitType):
    rows = kind.qualified.filter(practitioner__resource__is_active=True)
    return rows.select_related("practitioner__resource").order_by("practitioner__resource__name")


def step_words(steps: list[StepPlan], n: int) -> dict:
    """A step in words: injecting, 20 minutes, dermatologist, room, the chair of step 1."""
    plan = steps[n]
    return {
        "name": plan.name,
        "minutes": plan.minutes,
        "needs": ", ".join(_need_words(kind, wanted) for kind, wanted in plan.needs.items()),
    }


def _need_words(kind: str, wanted: str | int) -> str:
    label = ResourceKind(kind).label
    if wanted == ANY or kind == ResourceKind.PRACTITIONER:
        return str(label)
    return _("the %(thing)s of step %(n)s") % {"thing": label, "n": wanted + 1}


# Steps


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def steps(request: HttpRequest, code: str) -> HttpResponse:
    """Of a type that was booked already, another version is made: what is booked stays as it was booked."""
    kind = load_visit_type(request, code)
    stands, in_use = services.steps_of(kind), services.is_in_use(kind)
    initial = initial_of(stands) | {"name": _("%(name)s (new)") % {"name": kind.name}}
    form = StepsForm(typed(request), initial=initial, count=len(stands), with_name=in_use)
    refused, status = None, 200
    if form.is_valid():
        try:
            saved = _save_steps(request, kind, form, in_use)
        except StepsInUse as error:
            return _steps_page(
                request, kind, _with_name(form, kind, stands), error, error.status, in_use=True
            )
        except Refusal as error:
            refused, status = error, say(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_visit_type", saved.code)
    return _steps_page(request, kind, form, refused, status, in_use=in_use)


def _save_steps(request: HttpRequest, kind: VisitType, form: StepsForm, in_use: bool) -> VisitType:
    given = {
        "visit_type": kind,
        "steps": form.cleaned_data["steps"],
        "seen": seen_by(request),
        "by": request.user,
        "now": clock.now(),
    }
    return (
        services.new_version(**given, name=form.cleaned_data["name"])
        if in_use
        else services.set_steps(**given)
    )


def _with_name(form: StepsForm, kind: VisitType, stands: list[StepPlan]) -> StepsForm:
    """The same boxes, and one more for the name of the new version."""
    sent = form.data.copy()
    sent["name"] = _("%(name)s (new)") % {"name": kind.name}
    again = StepsForm(sent, count=len(stands), with_name=True)
    again.is_valid()
    return again


def _steps_page(
    request: HttpRequest,
    kind: VisitType,
    form: StepsForm,
    refused: Refusal | None,
    status: int,
    *,
    in_use: bool,
) -> HttpResponse:
    content = {
        "form": form,
        "type": kind,
        "in_use": in_use,
        "refused": refused if isinstance(refused, StepsInUse) else None,
        "seen": mark_to_send(request, services.mark_of_steps(kind), refused),
    }
    return manager_page(request, "steps", content, section=SECTION, status=status)


# Who does it


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def qualified(request: HttpRequest, code: str) -> HttpResponse:
    kind = load_visit_type(request, code)
    people = list(services.who_can())
    caps = dict(kind.qualified.values_list("practitioner", "daily_cap"))
    initial = {f"p{pk}": True for pk in caps} | {f"p{pk}_cap": cap for pk, cap in caps.items()}
    form = QualifiedForm(typed(request), initial=initial, people=people)
    refused, status = None, 200
    if form.is_valid():
        try:
            services.set_qualified(
                visit_type=kind, caps=form.caps, among={one.pk for one in people}, seen=seen_by(request),
                by=request.user, now=clock.now(),
            )  # fmt: skip
        except Refusal as error:
            refused, status = error, say(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_visit_type", kind.code)
    content = {"form": form, "type": kind}
    content["seen"] = mark_to_send(request, services.mark_of_qualified(kind), refused)
    return manager_page(request, "qualified", content, section=SECTION, status=status)
