"""When: times, places and names. The patient's own account, and every role at the booking's location."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from bookings.models import Booking, Change
from clinic.permissions import EVERYBODY_HERE, duties

SHOWN_WITH_IT = ("patient", "visit_type", "location", "practitioner__resource", "course", "session")


def load_booking(request: HttpRequest, reference: str) -> Booking:
    """A booking by its reference: times and names. What its session gives, treatments' loaders open."""
    bookings = seen_bookings(request)
    return get_object_or_404(bookings.select_related(*SHOWN_WITH_IT), reference=reference)


def seen_bookings(request: HttpRequest) -> QuerySet[Booking]:
    """Every booking this person may see; lists start from it."""
    user = request.user
    if not user.is_authenticated:
        raise Http404
    if not user.is_staff:
        return Booking.objects.filter(patient__account=user, patient__merged_into=None)
    where = duties(request).locations(*EVERYBODY_HERE)  # nowhere for those without a role
    return Booking.objects.all() if where is None else Booking.objects.filter(location__in=where)


def load_change(request: HttpRequest, key: UUID) -> Change:
    """An act at the door that this person may undo: their own, or one of bookings they may see.

    Every booking it touched must be theirs: undoing half of what somebody else did is never offered.
    """
    seen = seen_bookings(request).values("pk")
    change = get_object_or_404(Change.objects.filter(lines__booking__in=seen).distinct(), key=key)
    if change.lines.exclude(booking__in=seen).exists():
        raise Http404
    return change
