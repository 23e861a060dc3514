"""At the end of a visit: what somebody takes home, on the screen or on paper, and what there is to pay."""

from datetime import datetime
from uuid import uuid4

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.forms.ledger import PaymentForm, as_typed
from bookings.models import Booking, Entry, Status
from bookings.models.bookings import PRESENT
from bookings.permissions import READS_MONEY, load_booking, takes_money
from bookings.refusals import NotPossible
from bookings.services.desk.checkout import read_lines
from bookings.services.ledger import taking
from bookings.services.ledger.charging import yet_to_charge
from bookings.services.ledger.reading import totals_of_patient
from bookings.views.desk.frame import address_of, desk_page
from bookings.views.desk.money import enter
from bookings.views.desk.money_words import stands
from bookings.views.desk.visits import refused_on_day
from clinic import clock, formats
from clinic.permissions import duties, staff
from clinic.refusals import Refusal
from clinic.rules import phones
from clinic.services.days import zone_of

ENDING = (*PRESENT, Status.DONE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff(keeps_post=True)
def checkout(request: HttpRequest, reference: str) -> HttpResponse:
    """What there is to pay is filled in: one press takes it."""
    now = clock.now()
    booking = load_booking(request, reference)
    if booking.status not in ENDING:
        return refused_on_day(request, booking, NotPossible(), now=now)
    if request.method != "POST":
        return _page(request, booking, None, now=now)
    if not takes_money(request, booking.location_id):
        raise Http404
    form = PaymentForm(request.POST)
    try:
        done = _take(request, booking, form, now=now)
    except Refusal as refused:
        form.is_valid()
        form.add_error(None, refused.text)
        return _page(request, booking, form, now=now, status=refused.status)
    return done or _page(request, booking, form, now=now, status=422)


def _take(request: HttpRequest, booking: Booking, form: Form, *, now: datetime) -> HttpResponse | None:
    """None for what cannot be read. What is not paid now stands on the account."""
    here = reverse("desk_checkout", args=[booking.reference])
    if request.POST.get("later"):
        taking.put_on_account(booking=booking, by=request.user, now=now)
        return redirect(here)
    if not form.is_valid():
        return None
    entry = enter("pay", form, booking.patient, booking.location, by=request.user, now=now, booking=booking)
    return redirect(f"{here}?done={entry.pk}")


def _page(
    request: HttpRequest, booking: Booking, form: Form | None, *, now: datetime, status: int = 200
) -> HttpResponse:
    content = {
        "booking": booking,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "doctor": booking.practitioner.resource.name,
        "phone": phones.shown(booking.location.phone),
        "lines": read_lines(booking, now=now),
        "back": address_of(booking),
        "here": "day",
        "form": form,
        "money": _money(request, booking, form),
    }
    return desk_page(request, "checkout", content, now=now, status=status)


def _money(request: HttpRequest, booking: Booking, form: Form | None) -> dict | None:
    """What is owed, with this visit; for those who may see it, in two queries."""
    if not duties(request).has(*READS_MONEY):
        return None
    totals, visit = totals_of_patient(booking.patient), yet_to_charge(booking)
    due = max(totals.balance + visit, 0)
    initial = {"key": uuid4(), "amount": as_typed(due) if due else ""}
    return {
        "due": formats.rupees(due) if due else "",
        "visit": formats.rupees(visit) if visit else "",
        "stands": stands(totals),
        "owed": formats.rupees(totals.owed) if totals.owed else "",
        "ahead": formats.rupees(totals.ahead) if totals.ahead else "",
        "may_wait": bool(visit) and booking.session_id is None,
        "form": (form or PaymentForm(initial=initial)) if takes_money(request, booking.location_id) else None,
        "done": _done(request, booking),
    }


def _done(request: HttpRequest, booking: Booking) -> dict | None:
    """What was just taken for this patient, and its receipt."""
    wanted = request.GET.get("done", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        return None
    entry = Entry.objects.filter(patient=booking.patient, pk=wanted).exclude(receipt="").first()
    if entry is None:
        return None
    return {
        "amount": formats.rupees(entry.amount),
        "method": entry.get_method_display(),
        "receipt": entry.receipt,
        "href": reverse("desk_receipt", args=[entry.pk]),
    }
