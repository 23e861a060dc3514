"""The one time a day that is kept for urgent visits until noon, given away by the desk, which says why."""

from datetime import datetime

from bookings import door
from bookings.models import Booking
from bookings.services.gap_rules import Authority
from clinic import audit
from clinic.models import User


def give_urgent_time(*, why: str, by: User, now: datetime, **wanted) -> Booking:
    """Book as door.book does, the reason, a code, beside it in the log; pressed twice it is said once."""
    booking = door.book(by=by, now=now, authority=Authority.DESK, urgent=True, **wanted)
    if booking.created_at == now:
        subject = f"booking:{booking.pk}"
        audit.record(
            by=by, action="urgent_time_given", subject=subject, patient=booking.patient, now=now, why=why
        )
    return booking
