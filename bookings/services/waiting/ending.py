"""Ends, each written down once: of an offer, of somebody's waiting, of a time that was free.

Expects the patients locked who could be changed by others meanwhile; a row that has ended already stays.
"""

from collections.abc import Iterable
from datetime import datetime

from bookings.models import FreedTime, Offer, OfferOutcome, WaitEnd, WaitlistEntry
from bookings.services.waiting import telling
from clinic import audit
from clinic.models import User


def end_offers(offers: Iterable[int], outcome: OfferOutcome, *, now: datetime) -> list[int]:
    """Return those that were open until now; their messages are taken back."""
    rows = Offer.objects.select_for_update(no_key=True).filter(pk__in=list(offers), outcome="")
    still_open = list(rows.order_by("pk").values_list("pk", flat=True))
    Offer.objects.filter(pk__in=still_open).update(outcome=outcome, answered_at=now)
    telling.take_back(still_open)
    return still_open


def end_entry(entry: WaitlistEntry, why: WaitEnd, *, by: User | None, now: datetime) -> bool:
    """False when it had ended before. What was offered to it ends with it."""
    rows = WaitlistEntry.objects.filter(pk=entry.pk, ended_at=None)
    if not rows.update(ended_at=now, ended_why=why):
        return False
    offered = Offer.objects.filter(entry=entry.pk, outcome="").values_list("pk", flat=True)
    end_offers(offered, OfferOutcome.WITHDRAWN, now=now)
    audit.record(
        by=by, action=f"wait_{why}", subject=f"wait:{entry.pk}", patient=entry.patient, now=now
    )  # fmt: skip
    return True


def close(freed: FreedTime, outcome: OfferOutcome, *, now: datetime) -> None:
    """Nobody is asked about it any more; who was asked and has not said anything hears so on the page."""
    asked = Offer.objects.filter(freed=freed.pk, outcome="").values_list("pk", flat=True)
    end_offers(asked, outcome, now=now)
    FreedTime.objects.filter(pk=freed.pk, closed_at=None).update(closed_at=now)


def taken(offer: Offer, *, by: User | None, now: datetime) -> None:
    """It is theirs: they wait no more, and the others were not as quick."""
    if end_offers([offer.pk], OfferOutcome.TAKEN, now=now):
        end_entry(offer.entry, WaitEnd.BOOKED, by=by, now=now)
        close(offer.freed, OfferOutcome.LOST, now=now)
