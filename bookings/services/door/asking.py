"""Asking people to come at another time: offers made, accepted, declined; part of bookings/door.py."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bookings import refusals
from bookings.models import Booking, Change, Status
from bookings.services.door import offering
from bookings.services.door.acts import Act, Take
from bookings.services.door.gap_rules import Authority
from bookings.services.door.offers import asked_together, offers_for
from bookings.services.door.taking import in_one_transaction, perform
from clinic.models import Location, User


def propose(
    *, booking: Booking, starts: datetime, practitioner: int | None, until: datetime, by: User,
    now: datetime, key: UUID | None = None, location: Location | None = None,
) -> Booking:  # fmt: skip
    """Keep another time for a booking until then, and ask; the booking stays where it is meanwhile.

    The newest offer replaces an earlier one; the same one again is that one.
    """
    offers = Booking.objects.filter(replaces=booking, status=Status.HELD).unexpired(now)
    same = offers.filter(starts=starts, location=location or booking.location)
    if practitioner:
        same = same.filter(practitioner=practitioner)
    if found := same.first():
        return found
    take = Take(
        booking.visit_type, location or booking.location, starts, practitioner, session=booking.session,
        replaces=booking,
    )  # fmt: skip
    act = Act(
        "propose", key or UUID(int=0), by, now, Authority.DESK, booking.patient, takes=[take], until=until,
        own_holds=offers_for([booking]),
    )  # fmt: skip
    return perform(act)[0]


def propose_together(
    *, moves: Sequence[tuple[Booking, datetime, int | None]], until: datetime, by: User, now: datetime,
    key: UUID,
) -> list[Booking]:  # fmt: skip
    """Keep other times for several bookings of one patient, and ask once: they are answered as one.

    `key` names the plan: the same again is the offers that it made.
    """
    if found := list(Booking.objects.filter(together=key, status=Status.HELD).unexpired(now)):
        return found
    bookings = [booking for booking, _, _ in moves]
    takes = [
        Take(booking.visit_type, booking.location, starts, practitioner, session=booking.session,
             replaces=booking)
        for booking, starts, practitioner in moves
    ]  # fmt: skip
    return perform(
        Act("propose", key, by, now, Authority.DESK, bookings[0].patient, takes=takes, until=until,
            together=key, own_holds=offers_for(bookings))
    )  # fmt: skip


def accept(*, offer: Booking, key: UUID, by: User | None, now: datetime) -> Booking:
    """Move the booking to the time offered for it, and end the offer; with all that was asked together.

    Raises HoldExpired, Changed.
    """
    if done := Change.objects.filter(key=key).first():
        return _accepted_before(done, offer)
    offers = asked_together(offer)
    takes = [_accepted(one) for one in offers]
    bookings = [take.booking for take in takes]
    holds = offers_for(bookings)
    if offer.pk not in holds or any(one.status != Status.HELD or one.held_until <= now for one in offers):
        raise refusals.HoldExpired
    expected = {booking.pk: booking.version for booking in bookings}
    act = Act(
        "accept", key, by, now, Authority.DESK, offer.patient, takes, own_holds=holds, expected=expected
    )
    return next(booking for booking in perform(act) if booking.pk == offer.replaces_id)


def _accepted_before(change: Change, offer: Booking) -> Booking:
    """Its offers went with it, so that only what it moved can tell."""
    line = change.lines.filter(booking=offer.replaces_id).select_related("booking").first()
    if change.action != "accept" or line is None:
        raise refusals.KeyReused
    return line.booking


def _accepted(offer: Booking) -> Take:
    booking = offer.replaces
    return Take(
        offer.visit_type, offer.location, offer.starts, offer.practitioner_id, booking, booking.session
    )


def decline(*, offer: Booking, by: User | None, now: datetime) -> Booking:
    """Say no to an offer, and to all that was asked with it: the times are free again, and that they said no
    stays on record.
    """
    return in_one_transaction(lambda: offering.decline(offer, by, now))


def keep(*, booking: Booking, why: str, by: User, now: datetime) -> Booking:
    """Leave a booking where it is although the place is closed then, on somebody's word."""
    if not why:
        raise refusals.NotWhole
    return in_one_transaction(lambda: offering.keep(booking, why, by, now))
