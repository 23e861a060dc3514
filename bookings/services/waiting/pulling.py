"""Pulling a session forward: where the next one would come too late, it moves along, in one change."""

from datetime import datetime

from bookings.models import Booking, FreedTime, WaitlistEntry
from bookings.services import replanning
from bookings.services.door.gap_rules import Authority
from bookings.services.waiting.candidates import candidates

Move = tuple[Booking, datetime, int | None]


def moves_to(freed: FreedTime, entry: WaitlistEntry, booking: Booking, *, now: datetime) -> list[Move]:
    """Return what moves when `booking` comes to the freed time, that one first.

    Nothing where a session after it would have to move, and finds no time.
    """
    own = (booking, freed.starts, freed.practitioner_id)
    ranked = candidates(freed, now=now).ranking.suited
    if not any(one.pulls_next for one in ranked if one.entry == entry.pk):
        return [own]
    return [own, *others] if (others := _others(booking, freed, now)) else []


def can_follow(freed: FreedTime, booking: Booking, *, now: datetime) -> bool:
    """Whether the sessions after it find their times; asked only where one of them has to move."""
    return bool(_others(booking, freed, now))


def _others(booking: Booking, freed: FreedTime, now: datetime) -> list[Move]:
    """The fewest moves of the rest. Sessions that have no time get none by this."""
    found = replanning.replan(
        booking.session.course, now=now, authority=Authority.DESK,
        chosen={booking.session_id: (freed.starts, freed.practitioner_id)},
    )  # fmt: skip
    return [] if found.failed else [move for move in found.moves if move[0].pk != booking.pk]
