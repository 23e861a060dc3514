"""What somebody at the desk did last, and which step of a visit comes next."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Booking, Change, ChangeLine, Closure, Status
from bookings.services.desk.day import Visit
from bookings.services.door import changes
from bookings.services.door.changes import CLOSE
from bookings.services.door.writing import UNDO
from clinic.models import User


def own_last(*, by: User, now: datetime) -> list[Change]:
    """Return what this person's last press did, as far as it can be undone, the last first; two queries.

    Mostly one change; a closing is one, too, and each visit that it moves. `closed` on each is what was
    closed, by name. Not an earlier press, and not what something else has happened to since: the door would
    refuse that.
    """
    lines = ChangeLine.objects.select_related("booking__patient", "booking__location").order_by("pk")
    stands = Closure.objects.filter(by=OuterRef("by"), at=OuterRef("at"))
    recent = Change.objects.filter(by=by, at__gt=now - UNDO).exclude(Q(action=CLOSE) & ~Exists(stands))
    named = stands.values_list(Coalesce("resource__name", "location__area"))[:1]
    recent = recent.annotate(closed=Subquery(named)).order_by("-at", "-pk")
    found = list(recent.prefetch_related(Prefetch("lines", lines)))
    return [
        change
        for change in found
        if change.at == found[0].at and change.undo_until and change.undo_until > now
        and not any(changes.has_changed(line) for line in change.lines.all())
    ]  # fmt: skip


def steps_ahead(visit: Visit, *, today: date) -> Sequence[Status]:
    """Return the statuses that may follow, the usual one first; the rest lead back or skip."""
    match visit.booking.status:
        case Status.BOOKED:
            return [Status.ARRIVED] if visit.booking.day == today else []
        case Status.ARRIVED:
            first = [Status.PREPARING] if visit.has_preparing else []
            return [*first, Status.IN_ROOM, Status.BOOKED]
        case Status.PREPARING:
            return [Status.IN_ROOM, Status.ARRIVED]
        case Status.IN_ROOM:
            return [Status.WATCHING, Status.DONE] if visit.has_watching else [Status.DONE]
        case Status.WATCHING:
            return [Status.DONE, Status.IN_ROOM]
    return []


def can_move(booking: Booking) -> bool:
    """Also somebody who waits here already: to another doctor, or later."""
    return booking.status in (Status.BOOKED, Status.ARRIVED)


def may_be_no_show(booking: Booking, *, now: datetime) -> bool:
    return booking.status == Status.BOOKED and booking.starts <= now


def may_be_entered(booking: Booking, *, now: datetime) -> bool:
    """Whether the visit can still be written down as one that has been: consultations only."""
    gone_by = booking.status in (Status.BOOKED, Status.NO_SHOW) and booking.starts < now
    return gone_by and booking.session_id is None
