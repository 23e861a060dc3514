"""Who is on call in the weeks ahead: managers fill it, doctors read it."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings.forms.manager.on_call import NumberForm, OnCallForm
from bookings.services import on_duty
from bookings.views.manager.frame import manager_page
from clinic import clock, formats
from clinic.models import OnCall
from clinic.models.people import Role
from clinic.permissions import duties, staff
from clinic.rules import phones
from clinic.rules.on_call import FIRST
from clinic.services import on_call
from clinic.services.days import zone_of


@never_cache
@require_safe
@staff(Role.MANAGER, Role.DERMATOLOGIST)
def rota(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    return _page(request, _form(None, now) if duties(request).has(Role.MANAGER) else None, now)


@require_POST
@staff(Role.MANAGER)
def add(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    form = _form(request.POST, now)
    if form.is_valid() and _add(request, form, now):
        return redirect("on_call")
    return _page(request, form, now)


@require_POST
@staff(Role.MANAGER)
def remove(request: HttpRequest, row_id: int) -> HttpResponse:
    now = clock.now()
    row = get_object_or_404(OnCall.objects.select_related("user"), pk=row_id)
    on_call.take_off_call(row=row, by=request.user, now=now)
    messages.success(request, _("%(name)s is not on call then any more.") % {"name": row.user.name})
    return redirect("on_call")


@require_POST
@staff(Role.MANAGER)
def number(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    asked = NumberForm(request.POST, people=on_call.rung_at_night())
    if asked.is_valid() and _set_number(request, asked, now):
        return redirect("on_call")
    return _page(request, _form(None, now), now, number_form=asked)


def _set_number(request: HttpRequest, asked: NumberForm, now: datetime) -> bool:
    said = asked.cleaned_data
    try:
        on_call.set_number(user=said["person"], phone=said["phone"], by=request.user, now=now)
    except on_call.NumberUsed as refused:
        asked.add_error("phone", refused.text)
        return False
    messages.success(request, _("The number is saved."))
    return True


def _form(data: QueryDict | None, now: datetime) -> OnCallForm:
    return OnCallForm(data, people=on_call.doctors(), now=now, tz=zone_of())


def _add(request: HttpRequest, form: OnCallForm, now: datetime) -> bool:
    said = form.cleaned_data
    try:
        on_call.put_on_call(
            user=said["who"], rank=said["rank"], starts=form.starts, ends=form.ends, by=request.user, now=now
        )
    except on_call.Taken as refused:
        form.add_error(None, _who_is_there(refused) or refused.text)
    except on_call.OverAlready as refused:
        form.add_error("day", refused.text)
    else:
        messages.success(request, _("%(name)s is on call then.") % {"name": said["who"].name})
        return True
    return False


def _who_is_there(refused: on_call.Taken) -> str:
    there = refused.there
    if there is None:
        return ""
    words = {"name": there.user.name} | _span(there)
    if there.rank == FIRST:
        return _("%(name)s is on call first then: %(starts)s – %(ends)s. Take them off first.") % words
    return _("%(name)s is on call second then: %(starts)s – %(ends)s. Take them off first.") % words


def _page(
    request: HttpRequest, form: OnCallForm | None, now: datetime, *, number_form: NumberForm | None = None
) -> HttpResponse:
    read = on_call.read_rota(now=now)
    away = on_duty.away_in_part(read.rows)
    content = {
        "form": form,
        "rows": [_line(row, now, is_away=row.pk in away) for row in read.rows],
        "gaps": [{"starts": _said(gap.start), "ends": _said(gap.end)} for gap in read.gaps],
        "until": formats.day((now + on_call.AHEAD).astimezone(zone_of()).date()),
        "here": "on_call",
    }
    if form is None:
        return render(request, "bookings/manager/on_call.html", content)
    return manager_page(
        request,
        "on_call",
        content | _numbers(number_form),
        section="on_call",
        status=_status(form, number_form),
    )


def _numbers(asked: NumberForm | None) -> dict:
    people = on_call.rung_at_night()
    return {
        "number_form": asked or NumberForm(people=people),
        "numbers": [
            {"name": one.name or one.email, "number": phones.shown(one.phone or "")} for one in people
        ],
    }


def _status(form: OnCallForm, asked: NumberForm | None) -> int:
    """409 where only the rota, and not what was typed, stands against it."""
    if asked is not None:
        return 422
    return 409 if form.is_bound and not form.errors.keys() - {"__all__"} else 200


def _line(row: OnCall, now: datetime, *, is_away: bool) -> dict:
    return {
        "row": row,
        "is_first": row.rank == FIRST,
        "is_now": row.starts <= now,
        "is_away": is_away,
        "without_phone": not row.user.phone,
    } | _span(row)


def _span(row: OnCall) -> dict[str, str]:
    return {"starts": _said(row.starts), "ends": _said(row.ends)}


def _said(moment: datetime) -> str:
    return formats.when(moment, zone_of())
