"""Two small acts on one booking, for bookings/door.py: an offer declined, a booking kept where it is."""

from datetime import datetime

from bookings import refusals
from bookings.models import Booking, Status
from bookings.models.bookings import LIVE
from bookings.services import messages
from bookings.services.door.taking import lock
from clinic import audit
from clinic.models import User


def decline(offer: Booking, by: User | None, now: datetime) -> Booking:
    lock(patients={offer.patient_id}, resources=set())
    fresh = Booking.objects.select_for_update(no_key=True).filter(pk=offer.pk, replaces__isnull=False).first()
    if fresh is None:
        raise refusals.HoldExpired
    if fresh.status != Status.HELD:
        return fresh
    fresh.claims.all().delete()
    fresh.status, fresh.status_at, fresh.held_until, fresh.clear_until = Status.CANCELLED, now, None, None
    fresh.save(update_fields=["status", "status_at", "held_until", "clear_until"])
    messages.withdraw_question(booking=fresh.replaces)
    _note("decline", fresh.replaces, by, now)
    return fresh


def end_offers(booking: Booking) -> None:
    """Nobody is asked any more about a visit that has begun, or will not be."""
    Booking.objects.filter(replaces=booking, status=Status.HELD).delete()
    messages.withdraw_question(booking=booking)


def keep(booking: Booking, why: str, by: User, now: datetime) -> Booking:
    lock(patients={booking.patient_id} - {None}, resources=set())
    fresh = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
    if fresh.version != booking.version:
        raise refusals.Changed
    if fresh.status not in LIVE or fresh.status == Status.HELD:
        raise refusals.NotPossible
    fresh.kept_by, fresh.kept_why = by, why[:80]
    fresh.save(update_fields=["kept_by", "kept_why"])
    end_offers(fresh)
    _note("keep", fresh, by, now)
    return fresh


def _note(action: str, booking: Booking, by: User | None, now: datetime) -> None:
    audit.record(
        by=by, action=f"booking_{action}", subject=f"booking:{booking.pk}", patient=booking.patient, now=now
    )
