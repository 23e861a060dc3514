"""What one act at the door did: idempotency, undo, and the line that says who moved what when."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from bookings import refusals
from bookings.models import Booking, Change, ChangeLine
from bookings.models.bookings import LIVE
from bookings.services.door import freed
from clinic.models import User

CLOSE = "close"  # the Change of a closure, without lines: what happened to visits has changes of its own


def snapshot(booking: Booking) -> dict:
    """Return where and when a booking stands, enough to put it back."""
    return {
        "starts": _utc(booking.starts),
        "ends": _utc(booking.ends),
        "day": booking.day.isoformat(),
        "clear_until": booking.clear_until and booking.clear_until.isoformat(),
        "practitioner": booking.practitioner_id,
        "location": booking.location_id,
        "status": str(booking.status),
        "fit_in": booking.fit_in_reason,
        "said": {
            "arrived_at": booking.arrived_at and _utc(booking.arrived_at),
            "confirmed_at": booking.confirmed_at and _utc(booking.confirmed_at),
            "confirmed_by": booking.confirmed_by_id,
            "late_minutes": booking.late_minutes,
            "kept_by": booking.kept_by_id,
            "kept_why": booking.kept_why,
        },
    }


def has_changed(line: ChangeLine) -> bool:
    """Whether a booking stands elsewhere than this line left it, whatever people have said since."""
    return _place(snapshot(line.booking)) != _place(line.after)


def _place(standing: Mapping) -> dict:
    return {name: value for name, value in standing.items() if name != "said"}


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def was_live(line: Mapping | None) -> bool:
    return line is not None and line["status"] in LIVE


def hashed(payload: Mapping) -> str:
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def replay(*, key: UUID, payload: Mapping) -> list[Booking] | None:
    """Return what this key has done already; the same key with another payload is refused."""
    change = Change.objects.filter(key=key).first()
    if change is None:
        return None
    if change.payload_hash != hashed(payload):
        raise refusals.KeyReused
    return bookings_of(change)


def bookings_of(change: Change) -> list[Booking]:
    lines = change.lines.select_related("booking__visit_type", "booking__location").order_by("id")
    return [line.booking for line in lines]


def write(
    *, key: UUID, by: User | None, action: str, payload: Mapping, reason: str, at: datetime,
    undo_until: datetime | None, before: Mapping[int, dict | None], bookings: Sequence[Booking],
    undoes: Change | None = None,
) -> Change:  # fmt: skip
    change = Change.objects.create(
        key=key,
        by=by,
        action=action,
        payload_hash=hashed(payload),
        reason=reason,
        at=at,
        undo_until=undo_until,
    )
    ChangeLine.objects.bulk_create(
        ChangeLine(change=change, booking=booking, before=before.get(booking.pk), after=snapshot(booking))
        for booking in bookings
    )
    freed.write(before=before, bookings=bookings, at=at, undo_until=undo_until)
    if undoes:
        Change.objects.filter(pk=undoes.pk, undone_by__isnull=True).update(undone_by=change)
    return change
