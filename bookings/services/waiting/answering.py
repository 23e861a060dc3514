"""Yes or no to a time that became free: through the door, which lets one in; then the list follows."""

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from bookings import door
from bookings.models import Booking, ChangeLine, Offer, OfferOutcome, Status
from bookings.refusals import Changed, HoldExpired, TimeTaken
from bookings.services.door.gap_rules import Authority
from bookings.services.waiting.candidates import what_they_have
from bookings.services.waiting.pulling import moves_to
from bookings.services.waiting.refusals import OfferOver, SomebodyWasQuicker
from bookings.services.waiting.settling import has_it, settle_offer
from clinic.models import User

RELATED = (
    "freed__location", "freed__visit_type", "freed__practitioner__resource", "entry__patient__account",
    "entry__session__course__patient", "entry__booking", "entry__visit_type", "held__replaces",
)  # fmt: skip


def key_of(offer: Offer) -> UUID:
    """One key an offer: however often and from wherever somebody taps, it is one yes."""
    return uuid5(NAMESPACE_URL, f"waiting:{offer.pk}")


def take(*, offer: Offer, by: User, now: datetime) -> Booking:
    """Give them the time; the same yes again gives the same booking.

    Raises SomebodyWasQuicker, OfferOver, and what the door says of their own course.
    """
    offer = Offer.objects.select_related(*RELATED).get(pk=offer.pk)
    booking = _taken_before(offer)
    if booking is None:
        _refuse_if_over(offer, now)
        booking = _tried(offer, by, now)
    settle_offer(offer, OfferOutcome.TAKEN, by=by, now=now)
    return booking


def _taken_before(offer: Offer) -> Booking | None:
    """What this yes did already, unless that has been undone since."""
    lines = ChangeLine.objects.filter(change__key=key_of(offer), change__undone_by=None)
    line = lines.filter(booking__starts=offer.freed.starts).select_related("booking__location").first()
    return line and line.booking


def _tried(offer: Offer, by: User, now: datetime) -> Booking:
    try:
        return _through_the_door(offer, by, now)
    except (TimeTaken, HoldExpired, Changed) as refused:
        raise _what_to_say(offer, now) from refused


def _refuse_if_over(offer: Offer, now: datetime) -> None:
    if offer.outcome == OfferOutcome.LOST:
        raise SomebodyWasQuicker
    if offer.outcome or offer.until <= now or offer.entry.ended_at:
        raise OfferOver


def _through_the_door(offer: Offer, by: User, now: datetime) -> Booking:
    """The clinic offers it: on its word a session may be late, and the notice be short."""
    freed, entry, key = offer.freed, offer.entry, key_of(offer)
    given = {"key": key, "by": by, "now": now}
    if offer.held and offer.held.status == Status.HELD:
        return door.accept(offer=offer.held, **given)
    given |= {"authority": Authority.DESK}
    who, booking = freed.practitioner_id, what_they_have([entry]).get(entry.pk)
    if booking and booking.starts != freed.starts:
        return _moved(offer, booking, given)
    if entry.session:
        return door.book_session(session=entry.session, starts=freed.starts, practitioner=who, **given)
    return door.book(
        patient=entry.patient, visit_type=freed.visit_type, location=freed.location, starts=freed.starts,
        practitioner=who, **given,
    )  # fmt: skip


def _moved(offer: Offer, booking: Booking, given: dict) -> Booking:
    moves = moves_to(offer.freed, offer.entry, booking, now=given["now"])
    if len(moves) > 1:
        done = door.replan(course=booking.session.course, moves=moves, **given)
    else:
        done = door.move(moves=moves or [(booking, offer.freed.starts, offer.freed.practitioner_id)], **given)
    return next(one for one in done if one.pk == booking.pk)


def _what_to_say(offer: Offer, now: datetime) -> Exception:
    fresh = Offer.objects.select_related("freed", "entry", "held").get(pk=offer.pk)
    if has_it(fresh):
        return Changed()
    if fresh.outcome in ("", OfferOutcome.LOST) and not fresh.is_held:
        settle_offer(fresh, OfferOutcome.LOST, now=now)
        return SomebodyWasQuicker()
    return OfferOver()


def decline(*, offer: Offer, by: User, now: datetime) -> None:
    """No, thank you: they stay on the list, and the next one is asked. Twice is once."""
    offer = Offer.objects.select_related(*RELATED).get(pk=offer.pk)
    if offer.outcome:
        return
    if offer.held and offer.held.status == Status.HELD:
        door.decline(offer=offer.held, by=by, now=now)
    settle_offer(offer, OfferOutcome.DECLINED, by=by, now=now)
