"""I'm late: one of three buttons, and what it means."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.forms.todo import ComesLate, first_error
from bookings.models import Booking
from bookings.permissions import load_booking
from bookings.refusals import NotPossible, Refusal
from bookings.services.desk import lateness
from bookings.views.patient.booked import refused_page
from clinic import clock, formats
from clinic.permissions import account_required
from clinic.services.days import zone_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def late(request: HttpRequest, reference: str) -> HttpResponse:
    """Three buttons; said, the page thanks and tells what it means."""
    now = clock.now()
    booking = load_booking(request, reference)
    may_say = lateness.may_say_late(booking, now=now)
    if request.method != "POST":
        return _page(request, booking, now) if may_say else redirect("my_visits")
    if not may_say:
        return refused_page(request, NotPossible())
    form = ComesLate(request.POST)
    if not form.is_valid():
        return _page(request, booking, now, refused=first_error(form), status=422)
    try:
        lateness.say_late(booking=booking, minutes=form.cleaned_data["minutes"], by=None, now=now)
    except Refusal as refused:
        return refused_page(request, refused)
    return redirect("say_late", booking.reference)


def _page(
    request: HttpRequest, booking: Booking, now: datetime, *, refused: str = "", status: int = 200
) -> HttpResponse:
    tz = zone_of(booking.location)
    late_by = booking.late_minutes or 0
    content = {
        "booking": booking,
        "when": formats.when(booking.starts, tz),
        "late_by": late_by,
        "expected": formats.time_of(booking.starts + timedelta(minutes=late_by), tz),
        "choices": [one for one in lateness.late_choices(booking, now=now) if one != late_by],
        "can_move": booking.starts > now,
        "refused": refused,
        "has_errors": bool(refused),
    }
    return render(request, "bookings/patient/late.html", content, status=status)
