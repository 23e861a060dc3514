"""One visit: what it is, and one button for whoever knows that they will come."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.forms.times import Seen
from bookings.models import Booking, Status
from bookings.permissions import load_booking
from bookings.refusals import Changed, NotWhole, Refusal
from bookings.services import own_visits
from bookings.services.desk import calling
from bookings.views.patient import offers
from bookings.views.patient.visits import card_of
from clinic import clock
from clinic.permissions import account_required, opened


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def visit(request: HttpRequest, reference: str) -> HttpResponse:
    now = clock.now()
    booking = load_booking(request, reference)
    if booking.replaces_id:  # a time that they are asked about
        return redirect("visit_offer", booking.replaces.reference)
    if request.method != "POST":
        return _page(request, booking, now)
    form = Seen(request.POST)
    if not form.is_valid():
        return _page(request, booking, now, refused=NotWhole())
    booking.version = form.cleaned_data["version"]
    try:
        calling.say_yes(booking=booking, now=now)
    except Refusal as refused:
        return _page(request, load_booking(request, reference), now, refused=refused)
    return redirect("my_visit", booking.reference)


def _page(
    request: HttpRequest, booking: Booking, now: datetime, *, refused: Refusal | None = None
) -> HttpResponse:
    [booking] = own_visits.seen([booking], now=now)
    question = offers.question_about(booking, now=now)
    is_open = opened(request, booking.patient)
    content = {
        "booking": booking,
        "is_off": booking.status == Status.CANCELLED,
        "question": question,
        "card": card_of(booking, is_open, {booking.pk} if question else (), now),
        "refused": _words(refused),
        "has_errors": refused is not None,
    }
    status = refused.status if refused else 200
    return render(request, "bookings/patient/visit.html", content, status=status)


def _words(refused: Refusal | None) -> str:
    if isinstance(refused, Changed):
        return _("Your visit has changed in the meantime. Please look at it once more.")
    return refused.text if refused else ""
