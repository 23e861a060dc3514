"""At the end of a visit: what somebody takes home, on the screen or on paper."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.models import Status
from bookings.models.bookings import PRESENT
from bookings.permissions import load_booking
from bookings.refusals import NotPossible
from bookings.services.desk.checkout import read_lines
from bookings.views.desk.frame import address_of, desk_page
from bookings.views.desk.visits import refused_on_day
from clinic import clock, formats
from clinic.permissions import staff
from clinic.rules import phones
from clinic.services.days import zone_of

ENDING = (*PRESENT, Status.DONE)


@never_cache
@require_safe
@staff()
def checkout(request: HttpRequest, reference: str) -> HttpResponse:
    now = clock.now()
    booking = load_booking(request, reference)
    if booking.status not in ENDING:
        return refused_on_day(request, booking, NotPossible(), now=now)
    content = {
        "booking": booking,
        "when": formats.when(booking.starts, zone_of(booking.location)),
        "doctor": booking.practitioner.resource.name,
        "phone": phones.shown(booking.location.phone),
        "lines": read_lines(booking, now=now),
        "back": address_of(booking),
        "here": "day",
    }
    return desk_page(request, "checkout", content, now=now)
