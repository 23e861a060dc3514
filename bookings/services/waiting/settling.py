"""What became of offers and of those who wait, read from the diary.

People also say yes on the phone, the desk moves visits, patients book elsewhere, workers die after the door
has moved a visit: whatever happened, the rows of the diary tell it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from bookings.models import Booking, FreedTime, Offer, OfferOutcome, Status, WaitEnd, WaitlistEntry
from bookings.models.bookings import LIVE
from bookings.services.door.taking import in_one_transaction, lock
from bookings.services.waiting import ending
from bookings.services.waiting.candidates import open_entries
from clinic.rules import timespans


def settle(*, now: datetime) -> None:
    for offer in _open_offers():
        if outcome := _came_of(offer, now):
            settle_offer(offer, outcome, now=now)
    for entry, why in _over(now):
        _end(entry, why, now)
    _close_past(now)


def _open_offers() -> list[Offer]:
    return list(
        Offer.objects.filter(outcome="").select_related("freed", "entry__patient", "held").order_by("pk")
    )


def settle_offer(offer: Offer, outcome: OfferOutcome, *, by=None, now: datetime) -> None:
    """Write down what became of it, with whoever was asked about the same time locked in order."""
    asked = Offer.objects.filter(freed=offer.freed_id, outcome="").values_list("entry__patient", flat=True)

    def write() -> None:
        lock(patients={*asked, offer.entry.patient_id}, resources=set())
        FreedTime.objects.select_for_update(no_key=True).get(pk=offer.freed_id)
        if outcome == OfferOutcome.TAKEN:
            ending.taken(offer, by=by, now=now)
        else:
            ending.end_offers([offer.pk], outcome, now=now)

    in_one_transaction(write)


def _came_of(offer: Offer, now: datetime) -> OfferOutcome | None:
    if has_it(offer):
        return OfferOutcome.TAKEN
    if offer.is_held and (offer.held is None or offer.held.status != Status.HELD):
        return _without_its_hold(offer)
    if offer.entry.ended_at:
        return OfferOutcome.WITHDRAWN
    return OfferOutcome.EXPIRED if offer.until <= now else None


def _without_its_hold(offer: Offer) -> OfferOutcome:
    """Declined it stays, as cancelled; with a change of the visit it went."""
    return OfferOutcome.DECLINED if offer.held else OfferOutcome.WITHDRAWN


def has_it(offer: Offer) -> bool:
    """Whether whoever was asked has that very time, however they came by it."""
    freed, entry = offer.freed, offer.entry
    theirs = Booking.objects.filter(
        patient=entry.patient_id, visit_type=freed.visit_type_id, starts=freed.starts,
        location=freed.location_id, replaces=None, status__in=LIVE,
    )  # fmt: skip
    return theirs.exclude(status=Status.HELD).filter(session=entry.session_id).exists()


# Who waits no more


def _over(now: datetime) -> Iterable[tuple[WaitlistEntry, WaitEnd]]:
    own = Booking.objects.filter(patient=OuterRef("patient"), replaces=None)
    same = own.filter(visit_type=OuterRef("visit_type"), location=OuterRef("location"), session=None)
    rows = open_entries().annotate(
        session_booked=Exists(own.filter(session=OuterRef("session"), clear_until__isnull=False)),
        booked_since=Exists(same.filter(status__in=LIVE, created_at__gt=OuterRef("created_at"))),
    )
    related = ("patient", "location", "session__course", "booking")
    for entry in rows.select_related(*related).order_by("pk"):
        if why := _why_over(entry, now):
            yield entry, why


def _why_over(entry: WaitlistEntry, now: datetime) -> WaitEnd | None:
    today = timespans.local_day(now, ZoneInfo(entry.location.time_zone))
    if entry.patient.died_on or _is_session_over(entry):
        return WaitEnd.PASSED
    if entry.booking is None and (entry.session_booked if entry.session_id else entry.booked_since):
        return WaitEnd.BOOKED
    if entry.booking and entry.session_id is None and entry.booking.status == Status.CANCELLED:
        return WaitEnd.WITHDRAWN
    if entry.booking and entry.booking.status not in (Status.BOOKED, Status.CANCELLED):
        return WaitEnd.PASSED
    return WaitEnd.PASSED if entry.last_on < today else None


def _is_session_over(entry: WaitlistEntry) -> bool:
    session = entry.session
    return bool(session and (session.given_on or session.dropped_reason or session.course.ended_on))


def _end(entry: WaitlistEntry, why: WaitEnd, now: datetime) -> None:
    def write() -> None:
        lock(patients={entry.patient_id}, resources=set())
        ending.end_entry(entry, why, by=None, now=now)

    in_one_transaction(write)


def _close_past(now: datetime) -> None:
    past = FreedTime.objects.filter(Q(starts__lte=now), closed_at=None)
    past.filter(~Exists(Offer.objects.filter(freed=OuterRef("pk"), outcome=""))).update(closed_at=now)


def settle_several(offers: Sequence[Offer], *, now: datetime) -> None:
    for offer in offers:
        if outcome := _came_of(offer, now):
            settle_offer(offer, outcome, now=now)
