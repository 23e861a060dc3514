"""The one time a day that is kept for urgent visits until noon, given away by the desk, which says why."""

from collections import defaultdict
from collections.abc import Collection

from bookings import door
from bookings.models import Booking, WorkingHours
from bookings.services.door.gap_rules import Authority
from clinic.rules import timespans
from clinic.rules.timespans import Span
from clinic.services.days import local_day, zone_of


def give_urgent_time(*, why: str, **wanted) -> Booking:
    """Book as door.book does; the reason, a code, stands in its change."""
    return door.book(authority=Authority.DESK, urgent=True, reason=f"urgent: {why}"[:80], **wanted)


def sitting_in_urgent_time(bookings: Collection[Booking]) -> set[int]:
    """Return which of these stand in a time that their practitioner keeps for urgent visits, in one query.

    A colleague's is theirs, too, when their own goes; nobody else's visit is put there. Hours count that have
    ended since they were booked: those of somebody who leaves.
    """
    kept = WorkingHours.objects.filter(
        resource__in={booking.practitioner_id for booking in bookings}, urgent_from__isnull=False
    )
    rows = defaultdict(list)
    for row in kept:
        rows[row.resource_id, row.location_id, row.weekday].append(row)
    return {
        booking.pk
        for booking in bookings
        for row in rows[booking.practitioner_id, booking.location_id, booking.day.weekday()]
        if _held(row, booking) and _overlaps(row, booking)
    }


def _held(row: WorkingHours, booking: Booking) -> bool:
    booked_on = local_day(booking.created_at, booking.location)
    return row.from_on <= booking.day and (row.until_on is None or row.until_on >= booked_on)


def _overlaps(row: WorkingHours, booking: Booking) -> bool:
    span = timespans.local_span(booking.day, row.urgent_from, row.urgent_to, zone_of(booking.location))
    return span is not None and span.overlaps(Span(booking.starts, booking.ends))
