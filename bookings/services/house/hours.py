"""Weekly hours, and what happens to visits when they change.

Saving locks the same resource rows as the door: a booking that is being made waits and then meets the new
hours, or was quicker and stands in the list of those the change touches.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Status, WorkingHours
from bookings.rules.week import Part, Row, clashes, replaced, spans_on
from bookings.services.door import offering
from bookings.services.door.taking import in_one_transaction, lock
from bookings.services.house.locations import ChangedMeanwhile, locked, mark
from clinic import audit
from clinic.models import Location, Resource, User
from clinic.refusals import Refusal
from clinic.rules.timespans import Span, merge
from clinic.services.days import zone_of

ONE_DAY = timedelta(days=1)


class OthersTouched(Refusal):
    """Other visits stand outside the new hours than the page showed."""

    text = _("Visits were booked or moved in the meantime. Look at the list again before you save.")


@dataclass(frozen=True)
class HoursChange:
    """`parts` hold from `from_on` on; of the location itself when there is no `resource`."""

    location: Location
    resource: Resource | None
    parts: tuple[Part, ...]
    from_on: date
    until_on: date | None = None


def rows_of(*, location: Location, resource: Resource | None) -> list[Row]:
    """Return every version, by day and time."""
    stored = WorkingHours.objects.filter(location=location, resource=resource)
    return [_row(one) for one in stored.order_by("from_on", "weekday", "starts")]


def _row(one: WorkingHours) -> Row:
    part = Part(one.weekday, one.starts, one.ends, one.urgent_from, one.urgent_to)
    return Row(part, one.from_on, one.until_on, one.pk)


def mark_of_rows(rows: list[Row]) -> str:
    return mark(*rows)


# Who stands outside


def touched_by_hours(*, change: HoursChange, now: datetime) -> list[Booking]:
    """Return the live visits ahead that stand outside the hours as they would be, in order; three queries.

    Those that somebody kept are among them, for that was said of other hours; times only held are not. A
    dermatologist's hours bind only their own part of a visit.
    """
    ahead = _ahead(change).exclude(status=Status.HELD).filter(ends__gt=now)
    shown = ("patient", "visit_type", "location", "practitioner__resource", "session", "course")
    return _outside(ahead.select_related(*shown), change)


def _outside(bookings: QuerySet[Booking], change: HoursChange) -> list[Booking]:
    rows = rows_of(location=change.location, resource=change.resource)
    after = replaced(rows, change.parts, from_on=change.from_on, until_on=change.until_on)
    open_on: dict[date, list[Span]] = {}
    found = bookings.prefetch_related("claims").order_by("starts", "pk")
    return [booking for booking in found if not _stands_inside(booking, change, after, open_on)]


def _ahead(change: HoursChange) -> QuerySet[Booking]:
    bookings = Booking.objects.live().filter(location=change.location, day__gte=change.from_on)
    if change.until_on:
        bookings = bookings.filter(day__lte=change.until_on)
    return bookings.filter(practitioner=change.resource.pk) if change.resource else bookings


def _stands_inside(booking: Booking, change: HoursChange, rows: list[Row], open_on: dict) -> bool:
    if booking.day not in open_on:
        days = [booking.day + n * ONE_DAY for n in (-1, 0, 1)]
        open_on[booking.day] = spans_on(rows, days, zone_of(change.location))
    wanted = _spans_of(booking, change.resource)
    return all(any(one.covers(span) for one in open_on[booking.day]) for span in wanted)


def _spans_of(booking: Booking, resource: Resource | None) -> list[Span]:
    whole = [Span(booking.starts, booking.ends)]
    if resource is None:
        return whole
    own = [Span(one.starts, one.ends) for one in booking.claims.all() if one.resource_id == resource.pk]
    return merge(own) or whole  # one that was fitted in claims nobody's time


def also_elsewhere(*, change: HoursChange) -> list[Location]:
    """Return the other locations where the dermatologist's hours overlap these on its first day.

    Nobody is booked at two places at once; but whoever typed it may have meant something else.
    """
    if change.resource is None:
        return []
    stored = WorkingHours.objects.filter(resource=change.resource).exclude(location=change.location)
    others: dict[Location, list[Part]] = {}
    for one in stored.select_related("location").order_by("location"):
        if one.from_on <= change.from_on and (one.until_on is None or one.until_on >= change.from_on):
            others.setdefault(one.location, []).append(_row(one).part)
    return [place for place, parts in others.items() if clashes([*change.parts, *parts])]


# Saving


def save_hours(
    *, change: HoursChange, seen: str, touched: Mapping[int, int], keeps: Mapping[int, str], by: User,
    now: datetime,
) -> None:  # fmt: skip
    """Write the change. `seen` marks the rows, `touched` the visits {id: version} as the page showed them.

    `keeps` {id: why} are those that stay although nobody works then; all others wait in the To do list.
    Raises ChangedMeanwhile, OthersTouched, NotPossible, Busy.
    """
    in_one_transaction(lambda: _save(change, seen, touched, keeps, by, now))


def _save(
    change: HoursChange,
    seen: str,
    touched: Mapping[int, int],
    keeps: Mapping[int, str],
    by: User,
    now: datetime,
) -> None:
    locked(change.location)
    kept = Booking.objects.filter(pk__in=keeps, patient__isnull=False)
    lock(patients=set(kept.values_list("patient_id", flat=True)), resources=_resources_of(change))
    rows = rows_of(location=change.location, resource=change.resource)
    if mark_of_rows(rows) != seen:
        raise ChangedMeanwhile
    found = touched_by_hours(change=change, now=now)
    if {booking.pk: booking.version for booking in found} != touched:
        raise OthersTouched
    _give_up_holds(change, by, now)
    after = replaced(rows, change.parts, from_on=change.from_on, until_on=change.until_on)
    write_rows(location=change.location, resource=change.resource, before=rows, after=after)
    for booking in found:
        if why := keeps.get(booking.pk):
            offering.keep(booking, why, by, now)
        elif booking.kept_why:
            Booking.objects.filter(pk=booking.pk).update(kept_by=None, kept_why="")
    whose = f"practitioner:{change.resource.pk}" if change.resource else f"location:{change.location.pk}"
    detail = {"location": change.location.pk, "from_on": change.from_on, "until_on": change.until_on}
    audit.record(by=by, action="hours_changed", subject=whose, patient=None, now=now, **detail)


def _give_up_holds(change: HoursChange, by: User, now: datetime) -> None:
    """A time that is only being kept cannot be confirmed any more; nobody is asked about it any longer."""
    held = _outside(_ahead(change).filter(status=Status.HELD).select_related("replaces"), change)
    asked = [hold for hold in held if hold.replaces and hold.held_until > now]
    offering.end_closed(asked, by=by, now=now)
    Booking.objects.filter(pk__in=[hold.pk for hold in held], status=Status.HELD).delete()


def _resources_of(change: HoursChange) -> set[int]:
    """Whatever a visit at that moment could be choosing from."""
    if change.resource:
        return {change.resource.pk}
    here = Q(location=change.location) | Q(working_hours__location=change.location)
    return set(Resource.objects.filter(here).values_list("pk", flat=True))


def write_rows(*, location: Location, resource: Resource | None, before: list[Row], after: list[Row]) -> None:
    """Make the stored rows those of `after`. Expects the locks."""
    kept = {row.key: row for row in after if row.key}
    gone = [row.key for row in before if row.key not in kept]
    WorkingHours.objects.filter(pk__in=gone).delete()
    for row in before:
        now_so = kept.get(row.key)
        if now_so and now_so != row:
            WorkingHours.objects.filter(pk=row.key).update(from_on=now_so.from_on, until_on=now_so.until_on)
    WorkingHours.objects.bulk_create(
        WorkingHours(
            location=location, resource=resource, weekday=row.part.weekday, starts=row.part.starts,
            ends=row.part.ends, urgent_from=row.part.urgent_from, urgent_to=row.part.urgent_to,
            from_on=row.from_on, until_on=row.until_on,
        )
        for row in after
        if row.key is None
    )  # fmt: skip
