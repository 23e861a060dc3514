"""Closing a location, or one resource, for a span: whom it touches, saving it, who is left standing in one.

Saving locks the same resource rows as the door, so that nobody books into the span at that moment; times that
are only kept for somebody who is about to confirm go, and so do those that people are asked about. What a
closure touches is decided by people: until a booking is moved, cancelled or kept with a reason, it is
`stranded`, and listed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet

from bookings import refusals
from bookings.models import Booking, Change, Claim, Closure, ClosureKind, Status
from bookings.models.bookings import LIVE
from bookings.rules.openings import Grid
from bookings.services.door import changes
from bookings.services.door.changes import CLOSE
from bookings.services.door.offering import end_closed, end_offers
from bookings.services.door.taking import in_one_transaction, lock
from bookings.services.door.writing import UNDO
from bookings.services.openings.free_time import Asked, read_opening_times
from clinic import audit
from clinic.models import Location, Resource, User
from clinic.rules import timespans
from clinic.services.days import local_day

SHOWN_WITH_IT = ("patient", "visit_type", "location", "practitioner__resource", "course", "session")


def touched(
    *, location: Location | None, resource: Resource | None, starts: datetime, ends: datetime, now: datetime
) -> list[Booking]:
    """Return the bookings, in order, that such a closure would cover; times only held are not among them."""
    found = _covered(location, resource, starts, ends).exclude(status=Status.HELD).filter(ends__gt=now)
    return list(found.select_related(*SHOWN_WITH_IT).order_by("starts", "pk"))


def _covered(
    location: Location | None, resource: Resource | None, starts: datetime, ends: datetime
) -> QuerySet[Booking]:
    found = Booking.objects.filter(status__in=LIVE, starts__lt=ends, ends__gt=starts)
    if location:
        found = found.filter(location=location)
    if resource:
        # both in one filter: of one claim
        claimed = Booking.objects.filter(
            claims__resource=resource, claims__starts__lt=ends, claims__ends__gt=starts
        )
        beside = Q(practitioner=resource.pk) & ~Q(fit_in_reason="")
        found = found.filter(Q(pk__in=claimed.values("pk")) | beside)
    return found


def save(
    *, location: Location | None, resource: Resource | None, starts: datetime, ends: datetime,
    kind: ClosureKind, reason: str, seen: Mapping[int, int], keeps: Mapping[int, str], by: User,
    now: datetime,
) -> Closure:  # fmt: skip
    """Save a closure whose touched bookings were shown as `seen` {booking: version}.

    keeps: {booking: why} for those that stay where they are all the same. Raises Changed when other bookings
    are touched by now than were shown.
    """

    def write() -> Closure:
        lock(patients=set(), resources=_resources_of(location, resource))
        found = touched(location=location, resource=resource, starts=starts, ends=ends, now=now)
        if {booking.pk: booking.version for booking in found} != dict(seen):
            raise refusals.Changed
        _give_up_holds(_covered(location, resource, starts, ends), by, now)
        closure = Closure.objects.create(
            location=location, resource=resource, starts=starts, ends=ends, kind=kind, reason=reason, at=now,
            by=by,
        )  # fmt: skip
        _keep(found, keeps, by)
        changes.write(
            key=uuid4(), by=by, action=CLOSE, payload={"closure": closure.pk}, reason="", at=now,
            undo_until=now + UNDO, before={}, bookings=[],
        )  # fmt: skip
        audit.record(by=by, action="closure_saved", subject=f"closure:{closure.pk}", patient=None, now=now)
        return closure

    return in_one_transaction(write)


def remove(*, closure: Closure, by: User, now: datetime) -> None:
    """Open again. Bookings kept inside it need no reason any more."""
    in_one_transaction(lambda: _delete(closure, by, now))


def _delete(closure: Closure, by: User, now: datetime) -> None:
    Booking.objects.filter(pk__in=_covered_by(closure).values("pk")).update(kept_by=None, kept_why="")
    Closure.objects.filter(pk=closure.pk).delete()
    audit.record(by=by, action="closure_removed", subject=f"closure:{closure.pk}", patient=None, now=now)


def _covered_by(closure: Closure) -> QuerySet[Booking]:
    return _covered(closure.location, closure.resource, closure.starts, closure.ends)


def take_back(*, change: Change, key: UUID, by: User, now: datetime) -> None:
    """Undo a closing: open again, and nobody is asked any more because of it. What it moved is undone apart.

    `change` is the one that saving wrote; the same key again does nothing more. Raises Changed where somebody
    else has opened it again meanwhile.
    """

    def write() -> None:
        closure = closing_of(change).select_for_update(of=("self",)).first()
        undone = Change.objects.filter(undoes=change).first()
        if undone and undone.key == key:
            return
        if undone or closure is None:
            raise refusals.Changed
        _stop_asking(closure, change.at)
        _delete(closure, by, now)
        changes.write(
            key=key, by=by, action="undo", payload={"closure": closure.pk}, reason="", at=now,
            undo_until=None, before={}, bookings=[], undoes=change,
        )  # fmt: skip

    in_one_transaction(write)


def closing_of(change: Change) -> QuerySet[Closure]:
    """Whatever one press did bears its person and its moment."""
    return Closure.objects.filter(by=change.by_id, at=change.at)


def _stop_asking(closure: Closure, since: datetime) -> None:
    offers = Booking.objects.filter(status=Status.HELD, replaces__in=_covered_by(closure), created_at=since)
    asked = [offer.replaces for offer in offers.select_related("replaces")]
    lock(patients={booking.patient_id for booking in asked}, resources=set())
    for booking in asked:
        end_offers(booking)


def _resources_of(location: Location | None, resource: Resource | None) -> set[int]:
    """The rows that a door would lock to book there."""
    if resource:
        return {resource.pk}
    here = Resource.objects.filter(Q(location=location) | Q(working_hours__location=location))
    return set(here.values_list("pk", flat=True))


def _give_up_holds(covered: QuerySet[Booking], by: User, now: datetime) -> None:
    held = covered.filter(status=Status.HELD)
    end_closed(_offers(held, now), by=by, now=now)
    Booking.objects.filter(pk__in=held.values("pk"), status=Status.HELD).delete()


def offers_ended(
    *, location: Location | None, resource: Resource | None, starts: datetime, ends: datetime, now: datetime
) -> list[Booking]:
    """Return the times that people are asked about and that such a closure would take back, in order."""
    held = _covered(location, resource, starts, ends).filter(status=Status.HELD)
    related = ("replaces__practitioner__resource", "practitioner__resource", "location", "replaces__location")
    return list(_offers(held, now).select_related("patient", *related).order_by("starts", "pk"))


def _offers(held: QuerySet[Booking], now: datetime) -> QuerySet[Booking]:
    return held.filter(replaces__isnull=False).unexpired(now).select_related("replaces")


def _keep(found: Iterable[Booking], keeps: Mapping[int, str], by: User) -> None:
    """Kept inside another closure says nothing of this one: what was said before ends here."""
    for booking in found:
        why = keeps.get(booking.pk, "")
        Booking.objects.filter(pk=booking.pk).update(kept_by=by if why else None, kept_why=why[:80])
        if why:
            end_offers(booking)


# Who stands where nobody is


def stranded(*, location: Location, now: datetime, among: Collection[int] | None = None) -> list[Booking]:
    """Return the bookings ahead that stand in a closure or outside hours, and that nobody chose to keep.

    `among`: of these alone. Six queries at most, however many.
    """
    ahead = Booking.objects.filter(
        location=location, status=Status.BOOKED, starts__gt=now, kept_why="", replaces=None
    )
    if among is not None:
        ahead = ahead.filter(pk__in=among)
    last = ahead.order_by("-starts").values_list("day", flat=True).first()
    if last is None:
        return []
    asked = Asked(location, local_day(now, location), last, now, urgent=True)
    grid, opening = read_opening_times(asked)
    open_cells = {resource: _as_text(bits, grid) for resource, bits in opening.items()}
    found = {
        booking
        for booking, resource, starts, ends in _uses(ahead)
        if not _is_open(open_cells.get(resource, ""), grid, starts, ends)
    }
    shown = Booking.objects.filter(pk__in=found).select_related(*SHOWN_WITH_IT)
    return list(shown.order_by("starts", "pk"))


def closed_among(bookings: Iterable[Booking], *, now: datetime) -> set[int]:
    """Return those of these bookings that are stranded; as many queries for each location as that takes."""
    by_location: dict[Location, set[int]] = defaultdict(set)
    for booking in bookings:
        by_location[booking.location].add(booking.pk)
    return {
        one.pk
        for location, pks in by_location.items()
        for one in stranded(location=location, now=now, among=pks)
    }


def _uses(ahead: QuerySet[Booking]) -> Iterator[tuple[int, int, datetime, datetime]]:
    """(booking, resource, start, end) of every claim, and of the practitioner a visit is fitted in beside."""
    rows = Claim.objects.filter(booking__in=ahead)
    for booking, resource, starts, ends, end in rows.values_list(
        "booking", "resource", "starts", "ends", "booking__ends"
    ):
        yield booking, resource, starts, min(ends, end)  # cleaning may reach into a closure
    yield from ahead.exclude(fit_in_reason="").values_list("pk", "practitioner", "starts", "ends")


def _as_text(bits: int, grid: Grid) -> str:
    """The cells as characters: to look at one stretch of a year, cheaper than shifting the whole year."""
    return format(bits, "b").zfill(grid.cells)[::-1]


def _is_open(cells: str, grid: Grid, starts: datetime, ends: datetime) -> bool:
    stretch = cells[grid.cell(starts) : grid.cell(timespans.align_up(ends))]
    return bool(stretch) and "0" not in stretch
