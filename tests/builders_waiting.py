"""Those who wait for a time, and the times that became free. See tests/builders.py."""

from datetime import timedelta

from bookings.models import FreedTime, Offer, WaitlistEntry
from tests.builders_house import NOW, a_patient, next_key, staff


def a_wait(*, booking=None, session=None, patient=None, visit_type=None, location=None, now=NOW, **fields):
    """Somebody who waits: for something earlier than `booking`, for a `session`, or for a consultation."""
    has = booking or (session and session.course)
    days = {"first_on": now.date(), "last_on": now.date() + timedelta(days=60)}
    return WaitlistEntry.objects.create(
        **{
            "patient": patient or (has.patient if has else a_patient()),
            "visit_type": visit_type or has.visit_type,
            "location": location or has.location,
            "session": session or (booking.session if booking else None),
            "booking": booking,
            "by": staff(role="front_desk"),
            "created_at": now - timedelta(days=1),
            "key": next_key(),
        }
        | days
        | fields
    )


def a_freed_time(*, booking, starts=None, now=NOW, **fields):
    """The time that `booking` gave up, offered from now on."""
    starts = starts or booking.starts
    return FreedTime.objects.create(
        **{
            "booking": booking,
            "visit_type": booking.visit_type,
            "location": booking.location,
            "practitioner": booking.practitioner,
            "starts": starts,
            "ends": starts + (booking.ends - booking.starts),
            "at": now - timedelta(minutes=3),
            "due_at": now,
        }
        | fields
    )


def an_offer(*, freed, entry, is_held=False, now=NOW, **fields):
    return Offer.objects.create(
        freed=freed, entry=entry, is_held=is_held, made_at=now, **{"until": now + timedelta(hours=4)} | fields
    )
