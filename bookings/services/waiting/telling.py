"""The message of an offer: a time is free. Written in the transaction of the offer, withdrawn with its end.

An offer that is held for a visit somebody has goes another way: the door asks, services/messages.py words it.
"""

from collections.abc import Iterable
from datetime import datetime

from bookings.models import Offer
from bookings.rules import offer_terms
from bookings.rules.reminder_ladder import Planned
from bookings.services.wording import at_time, drafted
from clinic import outbox

FREE_SOON, FREE_LATER = "free_soon", "free_later"


def about_offer(offer: int) -> str:
    return f"offer:{offer}"


def tell(offers: Iterable[Offer], *, soon: bool, now: datetime) -> None:
    """At once: nobody is asked in hours in which a message would wait."""
    kind = FREE_SOON if soon else FREE_LATER
    drafts = []
    for offer in offers:
        patient, freed = offer.entry.patient, offer.freed
        planned = Planned(kind, offer_terms.message_class(soon=soon), now, offer.until)
        said = at_time(patient, freed.location, freed.starts)
        drafts.append(drafted(about_offer(offer.pk), patient, planned, said))
    outbox.write(drafts, now=now)


def take_back(offers: Iterable[int]) -> None:
    outbox.withdraw(subjects=[about_offer(pk) for pk in offers])
