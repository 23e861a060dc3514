"""Freed times go to those who wait: called every minute, by as many workers as there are.

Everything is in rows, and each step starts from them: a worker that dies between two leaves nothing that the
next call does not find, and nobody is asked twice about one time (Offer.offer_once). What others did
meanwhile at the door is read from the diary (settling.py) and never guessed.
"""

import logging
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import OperationalError, transaction

from bookings.models import FreedTime, Offer, OfferOutcome
from bookings.rules import offer_terms
from bookings.services.waiting import ending, offering
from bookings.services.waiting.candidates import candidates
from bookings.services.waiting.settling import settle

log = logging.getLogger(__name__)
MOST_AT_A_TIME = 200
CONSIDERED = 12  # of them some may be busy with another offer


def fill(*, now: datetime) -> int:
    """Offer what is due to whoever gains first; return how many offers were made."""
    settle(now=now)
    left = offering.never_kept(now=now)
    made = [offer for pk in _due(now) for offer in _calmly(pk, now)]
    for offer in [*left, *offering.to_be_kept(made, now=now)]:
        offering.keep(offer, now=now)
    return len(made)


def _due(now: datetime) -> list[int]:
    due = FreedTime.objects.filter(closed_at=None, due_at__lte=now).order_by("starts", "pk")
    return list(due.values_list("pk", flat=True)[:MOST_AT_A_TIME])


def _calmly(pk: int, now: datetime) -> list[Offer]:
    """What is locked too long is for the next minute; the other times do not wait for it."""
    try:
        with transaction.atomic(durable=True):
            freed = offering.lock_freed(pk)
            return _next_offers(freed, now) if freed else []
    except OperationalError:
        log.warning("freed time %s was locked, and is left for the next minute", pk)
        return []


def _next_offers(freed: FreedTime, now: datetime) -> list[Offer]:
    if offer_terms.is_too_late(freed.starts, now=now):
        ending.close(freed, OfferOutcome.EXPIRED, now=now)
        return []
    soon, tz = offering.is_soon(freed, now=now), ZoneInfo(freed.location.time_zone)
    if not offer_terms.may_ask(soon=soon, tz=tz, now=now) or _is_being_answered(freed, soon, now):
        return []
    if not offering.is_free(freed, now=now):
        _is_gone(freed, now)
        return []
    found = list(islice(offering.suited(freed, candidates(freed, now=now), now=now), CONSIDERED))
    if not found:
        _nobody_left(freed, now)
        return []
    return offering.make(freed, found, most=offer_terms.AT_ONCE if soon else 1, soon=soon, now=now)


def _is_being_answered(freed: FreedTime, soon: bool, now: datetime) -> bool:
    """A later time is one person's until they answer; of today's the next are told after a while."""
    waiting = Offer.objects.filter(freed=freed, outcome="").order_by("-made_at").first()
    if waiting is None:
        return False
    was_alone = not offering.is_soon(freed, now=waiting.made_at)
    return not soon or was_alone or now < waiting.made_at + offer_terms.NEXT_AFTER


def _is_gone(freed: FreedTime, now: datetime) -> None:
    if not offering.is_kept_for_a_while(freed, now=now):
        ending.close(freed, OfferOutcome.LOST, now=now)


def _nobody_left(freed: FreedTime, now: datetime) -> None:
    """Those who were told of a time of today may still say yes."""
    if not Offer.objects.filter(freed=freed, outcome="").exists():
        ending.close(freed, OfferOutcome.EXPIRED, now=now)
