"""One undo for all that one press did: a closing with every visit that it moved, or visits planned anew.

Each visit of a re-flow is its own change, so that what cannot be done stops nothing else; undoing goes the
same way back, the last first, and what cannot be put back stays where it is now, and is counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from bookings import door, refusals
from bookings.models import Booking, Change
from bookings.services.closing import closures
from bookings.services.door.changes import CLOSE
from clinic.models import User


@dataclass
class Undone:
    """`opened`: a closing was taken back. `failed`: how many visits stay where they were moved to."""

    opened: bool = False
    bookings: list[Booking] = field(default_factory=list)
    failed: int = 0


def undo(*, change: Change, key: UUID, by: User, now: datetime) -> Undone:
    """Undo this change with all that was done by the same press; the same key again does no more.

    Raises what the door raises where nothing at all could be undone.
    """
    if change.action != CLOSE:
        return _put_back(Undone(), together_with(change, by), key, by, now)
    if change.undo_until <= now and not Change.objects.filter(undoes=change, key=key).exists():
        raise refusals.UndoTooLate
    closures.take_back(change=change, key=key, by=by, now=now)
    return _put_back(Undone(opened=True), together_with(change, by), key, by, now)


def together_with(change: Change, by: User) -> list[Change]:
    """Return what one press did, the last first. What others did is undone by itself."""
    if change.by_id != by.pk:
        return [change]
    same = Change.objects.filter(by=by, at=change.at, undo_until__isnull=False)
    return list(same.exclude(action=CLOSE).order_by("-pk"))


def _put_back(undone: Undone, acts: Iterable[Change], key: UUID, by: User, now: datetime) -> Undone:
    acts, refused = list(acts), None
    for act in acts:
        own_key = key if len(acts) == 1 and not undone.opened else uuid5(key, str(act.key))
        try:
            undone.bookings += door.undo(change=act, key=own_key, by=by, now=now)
        except refusals.Refusal as one:
            undone.failed, refused = undone.failed + 1, one
    if refused and not (undone.opened or undone.bookings):
        raise refused
    return undone
