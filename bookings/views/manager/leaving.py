"""Somebody leaves: the last day, the visits after it, the account."""

from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bookings.forms.manager.staff import LastDayForm
from bookings.permissions import house_manager, load_member
from bookings.refusals import Refusal
from bookings.services.house import leavers, members
from bookings.services.house.leavers import MOST_AT_ONCE
from bookings.views.manager.frame import address, get_or_post, manager_page, say, typed, visit_rows
from clinic import clock, formats
from clinic.models import User
from clinic.services.days import local_day


@never_cache
@get_or_post
@house_manager(keeps_post=True)
def leave(request: HttpRequest, member_id: int) -> HttpResponse:
    """Without a day, asks for it; with one in the address, shows what follows; sent, ends the hours."""
    now = clock.now()
    person = load_member(request, member_id)
    sent = typed(request) or (request.GET if "last_on" in request.GET else None)
    planned = leavers.leaving_days([person.pk]).get(person.pk)
    form = LastDayForm(sent, initial={"last_on": planned or local_day(now)}, today=local_day(now))
    if request.method != "POST" or not form.is_valid():
        return _page(request, person, form, planned, now=now)
    last_on = form.cleaned_data["last_on"]
    try:
        leavers.plan_leave(member=person, last_on=last_on, by=request.user, now=now)
    except Refusal as refused:
        return _page(request, person, form, planned, now=now, status=say(form, refused))
    return redirect(f"{reverse('manage_leave', args=[person.pk])}?last_on={last_on.isoformat()}")


def _page(
    request: HttpRequest,
    person: User,
    form: LastDayForm,
    planned: date | None,
    *,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    last_on = form.cleaned_data.get("last_on") if form.is_bound and form.is_valid() else planned
    content = {
        "form": form,
        "member": person,
        "last_on": last_on,
        "last_day": formats.day_with_year(last_on) if last_on else "",
        "is_planned": planned is not None and planned == last_on,
        "is_gone": not person.is_active,
        "closures": address("desk_closures"),
        "handover": _handover(person, last_on, now) if last_on else None,
    }
    return manager_page(request, "leave", content, section="staff", status=status)


def _handover(person: User, last_on: date, now: datetime) -> dict | None:
    """Which visits come after the last day, and who could take the first of them."""
    practitioner = members.practitioner_of(person)
    if practitioner is None:
        return None
    after = leavers.visits_after(practitioner=practitioner, last_on=last_on, now=now)
    proposed = leavers.propose(bookings=list(after[:MOST_AT_ONCE]), now=now)
    rows = visit_rows(one.booking for one in proposed)
    for row, one in zip(rows, proposed, strict=True):
        row["colleague"] = one.colleague.resource.name if one.colleague else ""
    return {
        "count": after.count(),
        "rows": rows,
        "can": sum(bool(row["colleague"]) for row in rows),
        "more": after.count() - len(rows),
    }


@require_POST
@house_manager()
def hand_over(request: HttpRequest, member_id: int) -> HttpResponse:
    """The next of them to whoever is free at the same time, as the doors finds it now."""
    now = clock.now()
    person = load_member(request, member_id)
    practitioner = members.practitioner_of(person)
    last_on = leavers.leaving_days([person.pk]).get(person.pk)
    here = reverse("manage_leave", args=[person.pk])
    if practitioner is None or (last_on is None and person.is_active):
        return redirect(here)
    last_on = last_on or local_day(now)
    after = leavers.visits_after(practitioner=practitioner, last_on=last_on, now=now)
    proposed = leavers.propose(bookings=list(after[:MOST_AT_ONCE]), now=now)
    went = leavers.hand_over(handovers=proposed, by=request.user, now=now)
    words = ngettext("One visit was handed over.", "%(n)s visits were handed over.", went) % {"n": went}
    left = after.count()
    if left:
        stay = ngettext("One is left.", "%(n)s are left.", left) % {"n": left}
        words = f"{words} {stay} " + _("What no colleague is free for waits in the To do list.")
    messages.success(request, words)
    return redirect(f"{here}?last_on={last_on.isoformat()}")


@require_POST
@house_manager()
def stay(request: HttpRequest, member_id: int) -> HttpResponse:
    person = load_member(request, member_id)
    leavers.stay(member=person, by=request.user, now=clock.now())
    messages.success(
        request, _("%(name)s stays. Hours that had ended are set anew on their page.") % {"name": person.name}
    )
    return redirect("manage_member", person.pk)


@require_POST
@house_manager()
def close_account(request: HttpRequest, member_id: int) -> HttpResponse:
    """At once: no log-in, no sessions, no roles, no feeds."""
    person = load_member(request, member_id)
    try:
        leavers.close_account(member=person, by=request.user, now=clock.now())
    except Refusal as refused:
        messages.error(request, refused.text)
        return redirect("manage_leave", person.pk)
    messages.success(request, _("The account of %(name)s is closed.") % {"name": person.name})
    if members.practitioner_of(person):
        return redirect("manage_leave", person.pk)  # visits may still be theirs
    return redirect("manage_staff")
