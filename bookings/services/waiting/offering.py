"""Offering one freed time to somebody who waits, by itself or by hand.

1. in one transaction, with the freed time, the person and the entry locked: the offer as a row, with its
   message; who is locked by somebody else just now is passed over;
2. who has a visit already, and is asked alone, is kept the time by the door, which asks by itself.

A crash between the two leaves an offer that nobody has heard of: `keep` is done again later (filling.py).
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings import door
from bookings.models import Booking, Claim, FreedTime, Offer, OfferOutcome, Status, WaitlistEntry
from bookings.refusals import Refusal
from bookings.rules import offer_terms
from bookings.services.openings.search import read_room, read_visit
from bookings.services.waiting import ending, telling
from bookings.services.waiting.candidates import Candidates, candidates, what_they_have
from bookings.services.waiting.pulling import can_follow, moves_to
from bookings.services.waiting.refusals import CannotBeOffered
from clinic import audit
from clinic.models import Patient, User
from clinic.rules import timespans

NEVER_TOLD = timedelta(minutes=2)  # a first worker would have been done by then


def lock_freed(pk: int, *, waits: bool = False) -> FreedTime | None:
    """The freed time while nobody else offers it: None when somebody does, or it is closed."""
    rows = FreedTime.objects.select_for_update(no_key=True, skip_locked=not waits, of=("self",))
    return rows.select_related("location", "visit_type").filter(pk=pk, closed_at=None).first()


def is_soon(freed: FreedTime, *, now: datetime) -> bool:
    return offer_terms.is_soon(freed.starts, tz=ZoneInfo(freed.location.time_zone), now=now)


def is_free(freed: FreedTime, *, now: datetime) -> bool:
    """Whether the same visit could be booked there with the same doctor."""
    day = timespans.local_day(freed.starts, ZoneInfo(freed.location.time_zone))
    room = read_room(
        visit=read_visit(freed.visit_type), location=freed.location, first_day=day, last_day=day, now=now
    )
    who = freed.practitioner_id
    found = room.choose(freed.starts, who) or room.choose_to_repack(freed.starts, who)
    return found is not None


def is_kept_for_a_while(freed: FreedTime, *, now: datetime) -> bool:
    """Somebody may be booking it this minute, or not."""
    claims = Claim.objects.filter(resource=freed.practitioner_id, held_until__gt=now)
    return claims.filter(starts__lt=freed.ends, ends__gt=freed.starts).exists()


def suited(freed: FreedTime, found: Candidates, *, now: datetime) -> Iterator[WaitlistEntry]:
    """Who gains, first to ask first, without those who were asked about this time already.

    Lazily: whether a course can follow is worked out for those alone who are about to be asked.
    """
    asked = set(Offer.objects.filter(freed=freed).values_list("entry", flat=True))
    for one in found.ranking.suited:
        has = found.has.get(one.entry)
        if one.entry not in asked and (not one.pulls_next or can_follow(freed, has, now=now)):
            yield found.entries[one.entry]


def make(
    freed: FreedTime, entries: Sequence[WaitlistEntry], *, most: int, soon: bool, now: datetime
) -> list[Offer]:
    """Offers to the first `most` of these who can be asked; expects the freed time locked."""
    free = _lock_who_is_free(entries)
    chosen = [entry for entry in entries if entry.pk in free][:most]
    has = what_they_have(chosen)
    until = offer_terms.answer_by(freed.starts, soon=soon, tz=ZoneInfo(freed.location.time_zone), now=now)
    offers = Offer.objects.bulk_create(
        Offer(freed=freed, entry=entry, is_held=False, made_at=now, until=until) for entry in chosen
    )
    telling.tell([one for one in offers if soon or one.entry_id not in has], soon=soon, now=now)
    return offers


def _lock_who_is_free(entries: Sequence[WaitlistEntry]) -> set[int]:
    """Locked without waiting for anybody: those who wait still and have no other offer to think about."""
    people = Patient.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    people = people.filter(pk__in=[entry.patient_id for entry in entries], merged_into=None).order_by("pk")
    here = set(people.values_list("pk", flat=True))
    rows = WaitlistEntry.objects.select_for_update(no_key=True, skip_locked=True)
    rows = rows.filter(pk__in=[entry.pk for entry in entries], patient__in=here, ended_at=None)
    locked = set(rows.order_by("pk").values_list("pk", flat=True))
    busy = set(Offer.objects.filter(entry__in=locked, outcome="").values_list("entry", flat=True))
    return locked - busy


# Keeping the time for somebody who has a visit


def to_be_kept(offers: Collection[Offer], *, now: datetime) -> list[Offer]:
    """Those that the door has to keep: asked alone, with a visit to give up."""
    alone = [one for one in offers if not one.is_held and not is_soon(one.freed, now=one.made_at)]
    has = what_they_have([one.entry for one in alone])
    return [one for one in alone if one.entry_id in has]


def never_kept(*, now: datetime) -> list[Offer]:
    """Those that a worker left behind, each taken over by one worker: whoever moves its time on."""
    left = Offer.objects.filter(outcome="", is_held=False, made_at__lte=now - NEVER_TOLD)
    left = left.select_related("freed__location", "entry").filter(freed__closed_at=None)
    return [
        one
        for one in to_be_kept(list(left), now=now)
        if Offer.objects.filter(pk=one.pk, made_at=one.made_at, is_held=False).update(made_at=now)
    ]


def keep(offer: Offer, *, now: datetime) -> bool:
    """Let the door keep the time until the offer ends, and ask. False if it can't: the offer has ended."""
    booking = what_they_have([offer.entry])[offer.entry_id]
    try:
        held = _kept_already(offer, booking, now) or _keep(offer, booking, now)
    except Refusal:
        with transaction.atomic():
            ending.end_offers([offer.pk], OfferOutcome.WITHDRAWN, now=now)
        return False
    return bool(Offer.objects.filter(pk=offer.pk, outcome="").update(held=held, is_held=True))


def _keep(offer: Offer, booking: Booking, now: datetime) -> Booking:
    """With the sessions that have to move along, as one question."""
    asked = {"until": offer.until, "by": None, "now": now}
    moves = moves_to(offer.freed, offer.entry, booking, now=now)
    if not moves:
        raise CannotBeOffered
    if len(moves) > 1:
        return door.propose_together(moves=moves, key=uuid5(NAMESPACE_URL, f"kept:{offer.pk}"), **asked)[0]
    who, where = offer.freed.practitioner_id, offer.freed.location
    return door.propose(booking=booking, starts=offer.freed.starts, practitioner=who, location=where, **asked)


def _kept_already(offer: Offer, booking: Booking, now: datetime) -> Booking | None:
    offers = Booking.objects.filter(replaces=booking, status=Status.HELD, starts=offer.freed.starts)
    return offers.unexpired(now).first()


# By hand


def offer_by_hand(*, freed: FreedTime, entry: WaitlistEntry, by: User, now: datetime) -> Offer:
    """Ask this one next, whoever ranks before them; twice is once. Raises CannotBeOffered."""
    with transaction.atomic(durable=True):
        locked = lock_freed(freed.pk, waits=True)
        again = Offer.objects.filter(freed=freed, entry=entry, outcome="").first()
        if again:
            return again
        offer = locked and _by_hand(locked, entry, now)
        if not offer:
            raise CannotBeOffered
        audit.record(
            by=by, action="wait_offered", subject=f"wait:{entry.pk}", patient=entry.patient, now=now
        )  # fmt: skip
    if to_be_kept([offer], now=now) and not keep(offer, now=now):
        raise CannotBeOffered
    return offer


def _by_hand(freed: FreedTime, entry: WaitlistEntry, now: datetime) -> Offer | None:
    soon = is_soon(freed, now=now)
    others = Offer.objects.filter(freed=freed, outcome="")
    if (others.exists() and not soon) or offer_terms.is_too_late(freed.starts, now=now):
        return None  # it is kept for somebody, or nobody could come any more
    mine = [one for one in suited(freed, candidates(freed, now=now), now=now) if one.pk == entry.pk]
    if not mine or not is_free(freed, now=now):
        return None
    return next(iter(make(freed, mine, most=1, soon=soon, now=now)), None)
