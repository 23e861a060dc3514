"""Small acts on one booking: an offer declined or ended by a closing, a booking kept where it is."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.db.models import Exists, OuterRef

from bookings import refusals
from bookings.models import Booking, Call, CallOutcome, ChangeLine, Status
from bookings.models.bookings import LIVE
from bookings.services import messages
from bookings.services.door import changes
from bookings.services.door.offers import asked_together, offered_for
from bookings.services.door.taking import lock
from clinic import audit
from clinic.models import User


def decline(offer: Booking, by: User | None, now: datetime) -> Booking:
    lock(patients={offer.patient_id}, resources=set())
    mates = [mate.pk for mate in asked_together(offer)]
    rows = Booking.objects.select_for_update(no_key=True).filter(pk__in=mates, replaces__isnull=False)
    fresh = {row.pk: row for row in rows.order_by("pk")}
    if offer.pk not in fresh:
        raise refusals.HoldExpired
    if fresh[offer.pk].status != Status.HELD:
        return fresh[offer.pk]
    for row in fresh.values():
        _end(row, now)
        _note("decline", row.replaces, by, now)
    return fresh[offer.pk]


def _end(held: Booking, now: datetime) -> None:
    """Its time is free again; that there was an offer stays."""
    held.claims.all().delete()
    held.status, held.status_at, held.held_until, held.clear_until = Status.CANCELLED, now, None, None
    held.save(update_fields=["status", "status_at", "held_until", "clear_until"])
    messages.withdraw_question(booking=held.replaces)


ENDED = "offer_ended"  # a Change of this name tells what the house took back from what somebody said no to


def end_closed(offers: Iterable[Booking], *, by: User, now: datetime) -> None:
    """Their time is none any more, and nobody has said no: the desk has a line for each in To do.

    Expects the resources locked, as whoever says yes locks them.
    """
    mates = {mate.pk: mate for offer in offers for mate in [offer, *asked_together(offer)]}
    for offer in mates.values():
        if offer.status != Status.HELD:
            continue
        before = {offer.pk: changes.snapshot(offer)}
        _end(offer, now)
        changes.write(
            key=uuid4(), by=by, action=ENDED, payload={"offer": offer.pk}, reason="", at=now, undo_until=None,
            before=before, bookings=[offer],
        )  # fmt: skip


def how_it_ended() -> dict[str, Exists]:
    """For a query of offers. `house_ended`: it was taken back. `is_told`: they have said since, on the phone,
    that they come as it stands.
    """
    lines = ChangeLine.objects.filter(booking=OuterRef("pk"), change__action=ENDED)
    calls = Call.objects.filter(booking=OuterRef("replaces"), outcome=CallOutcome.CONFIRMED)
    return {"house_ended": Exists(lines), "is_told": Exists(calls.filter(at__gte=OuterRef("status_at")))}


def is_of_another_time(offer: Booking) -> bool:
    """Whether the visit has been moved since the offer was answered with no or ended."""
    moved_at, said_at = offer.replaces.status_at, offer.status_at
    return offer.status == Status.CANCELLED and bool(moved_at and said_at) and moved_at > said_at


def end_offers(booking: Booking) -> None:
    """Nobody is asked any more about a visit that has begun, or will not be, nor what was asked with it."""
    offers = offered_for([booking.pk])
    asked = {booking.pk: booking} | {
        one.replaces_id: one.replaces for one in offers.select_related("replaces")
    }
    Booking.objects.filter(pk__in=offers.values("pk")).delete()
    for one in asked.values():
        messages.withdraw_question(booking=one)


def keep(booking: Booking, why: str, by: User, now: datetime) -> Booking:
    lock(patients={booking.patient_id} - {None}, resources=set())
    fresh = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
    if fresh.version != booking.version:
        raise refusals.Changed
    if fresh.status not in LIVE or fresh.status == Status.HELD:
        raise refusals.NotPossible
    fresh.kept_by, fresh.kept_why = by, why[:80]
    fresh.save(update_fields=["kept_by", "kept_why"])
    end_offers(fresh)
    _note("keep", fresh, by, now)
    return fresh


def _note(action: str, booking: Booking, by: User | None, now: datetime) -> None:
    audit.record(
        by=by, action=f"booking_{action}", subject=f"booking:{booking.pk}", patient=booking.patient, now=now
    )
