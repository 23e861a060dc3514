"""The waiting list of one place, for the desk: freed times, how people rank for one, everybody who waits."""

from datetime import datetime

from django.db.models import Count, Q

from bookings.models import FreedTime, Offer
from bookings.services.waiting.candidates import (
    SHOWN_WITH_IT,
    Candidates,
    candidates,
    open_entries,
    what_they_have,
)
from bookings.services.waiting.joining import Wait
from clinic.models import Location

MOST_TIMES = 50


def freed_times(location: Location, *, now: datetime) -> list[FreedTime]:
    """Return those still to be offered, soonest first; `asked`: how many have not answered yet. One query."""
    rows = FreedTime.objects.filter(location=location, closed_at=None, starts__gt=now, due_at__lte=now)
    rows = rows.annotate(asked=Count("offers", filter=Q(offers__outcome="")))
    related = ("location", "visit_type", "practitioner__resource")
    return list(rows.select_related(*related).order_by("starts", "pk")[:MOST_TIMES])


def ranking_of(freed: FreedTime, *, now: datetime) -> tuple[Candidates, dict[int, Offer]]:
    """Return how everybody ranks for it, and by entry what they said when they were asked."""
    offers = Offer.objects.filter(freed=freed).select_related("freed__location")
    return candidates(freed, now=now), {offer.entry_id: offer for offer in offers}


def waits_at(location: Location) -> list[Wait]:
    """Everybody who waits, who came first first. Three queries."""
    rows = open_entries().filter(location=location).select_related(*SHOWN_WITH_IT, "session")
    entries = list(rows.order_by("created_at", "pk"))
    has = what_they_have(entries)
    return [Wait(entry, has.get(entry.pk)) for entry in entries]


def to_ring_about(location: Location, *, now: datetime) -> list[FreedTime]:
    """Times that people were told of, and nobody has said yes to. One query."""
    return [freed for freed in freed_times(location, now=now) if freed.asked]
