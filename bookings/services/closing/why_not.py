"""Why a visit could not be given any time: nobody who may do it is there, all is full, or its gaps forbid."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from bookings.models import Booking
from bookings.rules.openings import Grid
from bookings.rules.reflow import AHEAD, BEFORE
from bookings.services.closing.diary import Closing
from bookings.services.closing.picture import Picture
from bookings.services.closing.quality import Alone
from bookings.services.openings.free_time import Asked, read_opening_times
from clinic.models import Location
from clinic.rules import timespans
from clinic.services.days import zone_of


class WhyNot(StrEnum):
    NOBODY = "nobody"
    FULL = "full"
    TAKEN = "taken"
    GAP = "gap"


def read_why_not(
    closing: Closing, picture: Picture, unplaced: Iterable[Booking], alone: Mapping[int, Alone]
) -> dict[int, WhyNot]:
    """Two queries for each location of those left over. Expects `alone` read before anybody was seated."""
    belongs = {visit: found for found in alone.values() for visit in found.days}
    people: dict[Location, tuple[Grid, dict[int, int]]] = {}
    found = {}
    for booking in unplaced:
        own = belongs[booking.pk]
        if own.days[booking.pk] and own.fits_whole:
            found[booking.pk] = WhyNot.TAKEN
        elif booking.pk in own.open:
            found[booking.pk] = WhyNot.GAP
        else:
            place = booking.location
            if place not in people:
                people[place] = _people(closing, place, picture)
            is_there = _is_anybody_there(booking, picture, *people[place])
            found[booking.pk] = WhyNot.FULL if is_there else WhyNot.NOBODY
    return found


def _people(closing: Closing, place: Location, picture: Picture) -> tuple[Grid, dict[int, int]]:
    """When everybody is there, whatever they have to do, but for what closes."""
    here = [booking.day for booking in picture.diary.touched if booking.location == place]
    first, last = max(min(here) - BEFORE, picture.today), max(here) + AHEAD
    grid, times = read_opening_times(Asked(place, first, max(first, last), picture.now, urgent=True))
    closed = ~grid.bits([closing.span])
    return grid, {who: bits & closed if closing.closes(who, place) else bits for who, bits in times.items()}


def _is_anybody_there(booking: Booking, picture: Picture, grid: Grid, times: Mapping[int, int]) -> bool:
    room = picture.diary.room(booking.pk)
    able = room.picks[room.visit.practitioner_need].candidates
    first, last = _window(booking, picture.today)
    tz = zone_of(booking.location)
    spans = [span for day in (first, last) if (span := timespans.day_span(day, tz))]
    near = grid.bits([timespans.Span(spans[0].start, spans[-1].end)]) if spans else 0
    return any(times.get(who, 0) & near for who in able)


def _window(booking: Booking, today: date) -> tuple[date, date]:
    first = max(today, booking.day - BEFORE)
    return first, max(first, booking.day + AHEAD)
