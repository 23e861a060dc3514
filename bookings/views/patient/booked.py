"""It is booked: when, where, with whom, the calendar file, and three minutes to take it back."""

from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings import door
from bookings.forms.times import Key
from bookings.models import Change, Status
from bookings.permissions import load_booking, load_change
from bookings.refusals import NotWhole, Refusal
from bookings.services.own_visits import changes_to, undo_offered
from bookings.services.papers.calendar_file import calendar_file
from clinic import clock, formats
from clinic.permissions import account_required, current_patient
from clinic.services.days import zone_of
from consultations.services.form_state import SENT, form_state

DONE_TEXTS = {
    "book": gettext_lazy("Booked."),
    "place": gettext_lazy("Booked."),
    "move": gettext_lazy("Moved."),
    "replan": gettext_lazy("Your course is planned anew."),
    "cancel": gettext_lazy("Cancelled."),
}
UNDONE_TEXTS = {
    "book": gettext_lazy("Undone: nothing is booked."),
    "place": gettext_lazy("Undone: these times are free again."),
    "move": gettext_lazy("Undone: the visit is back where it was."),
    "replan": gettext_lazy("Undone: all sessions are back where they were."),
    "cancel": gettext_lazy("Undone: the visit is booked again."),
}


@never_cache
@require_safe
@account_required
def booked(request: HttpRequest, reference: str) -> HttpResponse:
    now = clock.now()
    booking = load_booking(request, reference)
    content = {
        "booking": booking,
        "is_off": booking.status == Status.CANCELLED,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "undo": undo_bar(undo_offered(changes_to(booking), by=request.user, now=now)),
        "form": None,
        # the form opens for whom this account looks after just now
        "form_state": form_state(booking.patient) if current_patient(request) == booking.patient else SENT,
    }
    return render(request, "bookings/patient/booked.html", content)


def undo_bar(change: Change | None) -> dict | None:
    """What components/undo_bar.html takes; the key is this page's, so that two taps undo once."""
    if change is None:
        return None
    touched = change.lines.select_related("booking__location").first().booking
    until = formats.time_of(change.undo_until, zone_of(touched.location))
    return {"change": change.key, "text": DONE_TEXTS[change.action], "once": uuid4(), "until": until}


@never_cache
@require_safe
@account_required
def calendar(request: HttpRequest, reference: str) -> HttpResponse:
    booking = load_booking(request, reference)
    body = calendar_file(booking, clinic_name=settings.CLINIC_NAME, now=clock.now())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@require_POST
@account_required
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    change = load_change(request, key)
    form = Key(request.POST)
    if not form.is_valid():
        return refused_page(request, NotWhole())
    try:
        door.undo(change=change, key=form.cleaned_data["key"], by=request.user, now=clock.now())
    except Refusal as refused:
        return refused_page(request, refused)
    messages.success(request, UNDONE_TEXTS[change.action])
    return redirect("my_visits")


def refused_page(request: HttpRequest, refused: Refusal) -> HttpResponse:
    content = {"words": refused.text, "way_on": reverse("my_visits")}
    return render(request, "409.html", content, status=refused.status)
