"""The house: locations and the ways between them. What all pages of managers share stands here, too.

Every form carries `seen`, a mark of what it showed. Whoever saves locks the row, marks it again and refuses
when somebody else was quicker; a location's row is locked before any resource (clinic/services/locks.py).
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.services.door.taking import in_one_transaction
from bookings.services.house.readiness import Item, readiness
from clinic import audit
from clinic.models import Location, Travel, User
from clinic.refusals import Refusal
from clinic.rules import names
from clinic.services.days import local_day

Row = TypeVar("Row", bound=models.Model)
LONGEST_SLUG = 50
MOST_SLUGS = 100
TAKEN_AGAIN = 5


class ChangedMeanwhile(Refusal):
    text = _(
        "A colleague changed this in the meantime."
        " Look at how it stands now, and send yours again if it still holds."
    )


class NotReady(Refusal):
    """`missing`: what the readiness list still asks for."""

    text = _("This location cannot be opened yet.")

    def __init__(self, missing: Sequence[Item]) -> None:
        super().__init__()
        self.missing = missing


class ZoneStays(Refusal):
    text = _("The time zone stays as it is: visits are booked here, and their days would change.")


class NeedsNumber(Refusal):
    text = _("An open location needs its registration number.")


def mark(*values: object) -> str:
    """Return a short mark that differs when any of the values does."""
    canonical = json.dumps(values, default=str, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:24]


def mark_of(row: models.Model, fields: Sequence[str]) -> str:
    return mark(*(getattr(row, field) for field in fields))


def locked(row: Row) -> Row:
    """Return the row as it stands now, locked until the transaction ends."""
    return type(row).objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)


def locked_as_seen(row: Row, *, fields: Sequence[str], seen: str) -> Row:
    fresh = locked(row)
    if mark_of(fresh, fields) != seen:
        raise ChangedMeanwhile
    return fresh


def free_slug(name: str, taken: models.QuerySet, field: str) -> str:
    """Return an address made from a name in any script, with a number where it is taken."""
    base = (slugify(name) or slugify(names.search_key(name)) or "place")[: LONGEST_SLUG - 4].strip("-")
    tries = [base, *(f"{base}-{number}" for number in range(2, MOST_SLUGS))]
    used = {"new"} | set(taken.filter(**{f"{field}__startswith": base}).values_list(field, flat=True))
    return next(one for one in tries if one not in used)


def with_free_slug(write: Callable[[], Row]) -> Row:
    """Run `write`, which takes a free slug: again when a colleague took the same one at that moment."""
    for left in reversed(range(TAKEN_AGAIN)):
        try:
            return in_one_transaction(write)
        except IntegrityError as error:
            name = error.__cause__.diag.constraint_name or ""
            if not left or not name.endswith(("slug_key", "code_key")):
                raise
    raise AssertionError("unreachable")


# Locations

LOCATION_FIELDS = (
    "name", "area", "address", "phone", "map_url", "time_zone", "registration_number", "country",
    "subdivision", "currency", "fit_ins_per_half_day", "day_list_email", "day_list_at",
)  # fmt: skip


def create_location(*, fields: Mapping[str, object], by: User, now: datetime) -> Location:
    """Write down a draft. Nobody can book it before it is opened."""

    def write() -> Location:
        slug = free_slug(str(fields["name"]), Location.objects.all(), "slug")
        location = Location.objects.create(slug=slug, opened_on=None, **fields)
        _note("location_added", location, by, now)
        return location

    return with_free_slug(write)


def change_location(
    *, location: Location, fields: Mapping[str, object], seen: str, by: User, now: datetime
) -> Location:
    """Raises ChangedMeanwhile, ZoneStays, NeedsNumber."""
    with transaction.atomic(durable=True):
        fresh = locked_as_seen(location, fields=LOCATION_FIELDS, seen=seen)
        changed = [name for name, value in fields.items() if getattr(fresh, name) != value]
        if "time_zone" in changed and Booking.objects.filter(location=fresh).exists():
            raise ZoneStays
        if fresh.opened_on and not fields["registration_number"]:
            raise NeedsNumber
        for name in changed:
            setattr(fresh, name, fields[name])
        if changed:
            fresh.save(update_fields=changed)
            _note("location_changed", fresh, by, now, fields=changed)
    return fresh


def open_location(*, location: Location, by: User, now: datetime) -> Location:
    """Let people book here from now on. Raises NotReady; an open one stays open."""
    with transaction.atomic(durable=True):
        fresh = locked(location)
        if fresh.opened_on:
            return fresh
        missing = [item for item in readiness(location=fresh, now=now) if not item.is_done]
        if missing:
            raise NotReady(missing)
        fresh.opened_on = local_day(now, fresh)
        fresh.save(update_fields=["opened_on"])
        _note("location_opened", fresh, by, now)
    return fresh


# The ways between them


def travel_minutes(location: Location) -> dict[int, int]:
    """Return the minutes to each other location, the longer of both ways."""
    ways = Travel.objects.filter(origin=location).values_list("destination", "minutes")
    back = Travel.objects.filter(destination=location).values_list("origin", "minutes")
    found: dict[int, int] = {}
    for other, minutes in (*ways, *back):
        found[other] = max(minutes, found.get(other, 0))
    return found


def set_travel(
    *, location: Location, minutes: Mapping[int, int | None], seen: str, by: User, now: datetime
) -> None:
    """Write both ways to each of the given locations; None takes them away. Raises ChangedMeanwhile."""
    with transaction.atomic(durable=True):
        ids = sorted({location.pk, *minutes})  # in id order: a colleague may be writing the way back
        list(Location.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values("pk"))
        if mark(travel_minutes(location)) != seen:
            raise ChangedMeanwhile
        here = models.Q(origin=location, destination__in=minutes)
        Travel.objects.filter(here | models.Q(destination=location, origin__in=minutes)).delete()
        Travel.objects.bulk_create(
            Travel(origin_id=origin, destination_id=destination, minutes=needed)
            for other, needed in minutes.items()
            if needed
            for origin, destination in ((location.pk, other), (other, location.pk))
        )
        _note("travel_changed", location, by, now)


def _note(action: str, location: Location, by: User, now: datetime, **detail: object) -> None:
    audit.record(by=by, action=action, subject=f"location:{location.pk}", patient=None, now=now, **detail)
