"""Rooms, chairs and devices of a location: nothing that a visit uses disappears from under it."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bookings import door
from bookings.models import Booking
from bookings.services.door.gap_rules import Authority
from bookings.services.door.taking import in_one_transaction, lock
from bookings.services.house.locations import ChangedMeanwhile, locked, mark_of
from clinic import audit
from clinic.models import Location, Resource, User
from clinic.refusals import Refusal

RESOURCE_FIELDS = ("name", "turnover_minutes", "is_active")
MOST_AT_ONCE = 100  # each is an act of its own, and somebody waits for the page


class NameUsed(Refusal):
    text = _("There is one of that name here already.")


class TooManyToMove(Refusal):
    text = _("Too many visits use it to find another for all of them at once. Close it for a time instead.")


def add_resource(
    *, location: Location, kind: str, name: str, turnover_minutes: int, by: User, now: datetime
) -> Resource:
    """The same name again is refused: people press twice. Raises NameUsed."""
    with transaction.atomic(durable=True):
        locked(location)
        _refuse_used(location, kind, name)
        resource = Resource.objects.create(
            location=location, kind=kind, name=name, turnover_minutes=turnover_minutes
        )
        _note("resource_added", resource, by, now, kind=kind)
    return resource


def change_resource(
    *, resource: Resource, name: str, turnover_minutes: int, seen: str, by: User, now: datetime
) -> Resource:
    """Claims that stand keep the turnover they were made with. Raises ChangedMeanwhile, NameUsed, Busy."""

    def write() -> Resource:
        locked(resource.location)
        fresh = _fresh(resource, seen)
        _refuse_used(fresh.location, fresh.kind, name, fresh)
        fresh.name, fresh.turnover_minutes = name, turnover_minutes
        fresh.save(update_fields=["name", "turnover_minutes"])
        _note("resource_changed", fresh, by, now)
        return fresh

    return in_one_transaction(write)


def _refuse_used(location: Location, kind: str, name: str, itself: Resource | None = None) -> None:
    """Expects the location locked."""
    same = Resource.objects.filter(location=location, kind=kind, name__iexact=name)
    if same.exclude(pk=itself.pk if itself else None).exists():
        raise NameUsed


def _fresh(resource: Resource, seen: str) -> Resource:
    lock(patients=set(), resources={resource.pk})
    fresh = Resource.objects.select_related("location").get(pk=resource.pk)
    if mark_of(fresh, RESOURCE_FIELDS) != seen:
        raise ChangedMeanwhile
    return fresh


# Out of use


def uses_ahead(*, resource: Resource, now: datetime) -> QuerySet[Booking]:
    """Live visits that use it from now on, in order; a time being kept for a browser is one, too."""
    claimed = Booking.objects.live().unexpired(now).filter(claims__resource=resource, claims__ends__gt=now)
    shown = ("patient", "visit_type", "location", "practitioner__resource", "session", "course")
    return claimed.select_related(*shown).distinct().order_by("starts", "pk")


def retire(*, resource: Resource, seen: str, by: User, now: datetime) -> list[Booking]:
    """Take it out of use and give each visit ahead another like it at the same time.

    Returns the visits for which there is none: then it stays in use, so that nothing stands in a room that
    is not there. Raises ChangedMeanwhile, TooManyToMove, Busy.
    """
    waiting = in_one_transaction(lambda: _switch_off(resource, seen, by, now))
    for booking in waiting:
        _give_another(booking, by, now)
    left = list(uses_ahead(resource=resource, now=now))
    if left:
        in_one_transaction(lambda: _switch(resource, True, "resource_kept", by, now))
    return left


def bring_back(*, resource: Resource, seen: str, by: User, now: datetime) -> None:
    """Use it again. Raises ChangedMeanwhile, Busy."""

    def switch_on() -> None:
        _fresh(resource, seen)
        _switch(resource, True, "resource_back", by, now)

    in_one_transaction(switch_on)


def _switch_off(resource: Resource, seen: str, by: User, now: datetime) -> list[Booking]:
    _fresh(resource, seen)
    waiting = list(uses_ahead(resource=resource, now=now)[: MOST_AT_ONCE + 1])
    if len(waiting) > MOST_AT_ONCE:
        raise TooManyToMove
    _switch(resource, False, "resource_retired", by, now)
    return waiting


def _switch(resource: Resource, is_active: bool, action: str, by: User, now: datetime) -> None:
    lock(patients=set(), resources={resource.pk})
    Resource.objects.filter(pk=resource.pk).update(is_active=is_active)
    _note(action, resource, by, now)


def _give_another(booking: Booking, by: User, now: datetime) -> None:
    """The door chooses among what is in use: the same time and doctor, another room or chair."""
    try:
        door.move(
            moves=[(booking, booking.starts, booking.practitioner_id)], key=uuid4(), by=by, now=now,
            authority=Authority.DESK,
        )  # fmt: skip
    except Refusal:
        return  # it still uses this one, and is listed


def _note(action: str, resource: Resource, by: User, now: datetime, **detail: object) -> None:
    audit.record(by=by, action=action, subject=f"resource:{resource.pk}", patient=None, now=now, **detail)
