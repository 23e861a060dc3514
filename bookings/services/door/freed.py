"""Times that a change frees, written down with it: they are offered to who waits (services/waiting)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bookings.models import Booking, FreedTime
from bookings.models.bookings import LIVE


def write(
    *,
    before: Mapping[int, dict | None],
    bookings: Iterable[Booking],
    at: datetime,
    undo_until: datetime | None,
) -> None:
    """`before`: where each stood (changes.snapshot). Nobody hears of it before an undo is too late."""
    freed = [
        _freed(booking, stood, at, undo_until or at)
        for booking in bookings
        if (stood := before.get(booking.pk)) and _gave_up(stood, booking, at)
    ]
    FreedTime.objects.bulk_create(freed, ignore_conflicts=True)


def _gave_up(stood: Mapping, booking: Booking, at: datetime) -> bool:
    starts = datetime.fromisoformat(stood["starts"])
    stays = booking.status in LIVE and (booking.starts, booking.location_id, booking.practitioner_id) == (
        starts, stood["location"], stood["practitioner"],
    )  # fmt: skip
    return stood["status"] in LIVE and starts > at and not stays and not stood["fit_in"]


def _freed(booking: Booking, stood: Mapping, at: datetime, due_at: datetime) -> FreedTime:
    return FreedTime(
        booking=booking, visit_type_id=booking.visit_type_id, location_id=stood["location"],
        practitioner_id=stood["practitioner"], starts=datetime.fromisoformat(stood["starts"]),
        ends=datetime.fromisoformat(stood["ends"]), at=at, due_at=due_at,
    )  # fmt: skip
