"""Whether the day board that somebody looks at is still right, told without reading the day.

A browser asks every few seconds. `with_stamp` adds up, in the one query that finds the location anyway, all
that a board is made of; while that stays the same there is nothing to send.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Min, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from bookings.refusals import Refusal
from clinic.models import Location, User, VisitType
from clinic.rules import timespans
from clinic.services.days import zone_of

BOARD_GOOD_FOR = timedelta(minutes=2)
FRESH_ANYWAY = timedelta(minutes=5)
SHORTEST_CELL, LONGEST_CELL = 15, 30


class BoardTooOld(Refusal):
    """Somebody pointed into a picture of the day that is not the day any more."""

    text = _("The board was not up to date any more, so nothing was moved. This is how it stands now.")


def refuse_old_board(*, seen: datetime | None, now: datetime) -> None:
    """A drag points into a picture: at the gap between two cards, at somebody's column.

    The door refuses a booking that changed and a time that was taken. It cannot know that the person meant a
    day that looked otherwise. The page stops dragging after a minute without an answer; the second minute is
    for reading its question. A laptop that slept and wakes has counted no minute, hence the server asks, too.
    """
    if seen is None or abs(now - seen) > BOARD_GOOD_FOR:
        raise BoardTooOld


# Every act at the door raises a booking's version; what stands beside it is noted without one. Built by the
# ORM the same statement costs 13 ms of Python, three times all the rest of a poll: hence the one SQL of ours.
STAMP = """json_build_array(
    (SELECT json_build_array(
        count(*), sum(id), sum(id * version), max(status_at), sum(id * late_minutes), count(in_error_at),
        sum(id) FILTER (WHERE confirmed_at IS NOT NULL), sum(id) FILTER (WHERE kept_by_id IS NOT NULL),
        sum(id) FILTER (WHERE status = 'held'), max(held_until))
     FROM bookings_booking
     WHERE location_id = clinic_location.id AND day = %s AND (held_until IS NULL OR held_until > %s)),
    (SELECT json_build_array(count(*), sum(offer.id))
     FROM bookings_booking offer JOIN bookings_booking kept ON kept.id = offer.replaces_id
     WHERE kept.location_id = clinic_location.id AND kept.day = %s
       AND offer.status = 'held' AND offer.held_until > %s),
    (SELECT json_build_array(count(*), max(id), max(at))
     FROM bookings_closure
     WHERE (location_id = clinic_location.id OR location_id IS NULL) AND starts < %s AND ends > %s),
    (SELECT max(id) FROM bookings_runninglate WHERE location_id = clinic_location.id AND day = %s),
    (SELECT max(id) FROM treatments_precheck WHERE day = %s),
    (SELECT max(id) FROM consultations_screening),
    (SELECT max(id) FROM consultations_decision)
)::text"""


def with_stamp(locations: QuerySet[Location], *, day: date, now: datetime) -> QuerySet[Location]:
    """Add `stamp` to each location: another one when anything on its board of that day is another."""
    noon = timespans.local_instant(day, time(12), zone_of())  # two days around it hold that day in any zone
    closures = (noon + timedelta(days=2), noon - timedelta(days=2))
    values = (day, now, day, now, *closures, day, day)
    return locations.annotate(stamp=RawSQL(STAMP, values, TextField()))  # noqa: S611 (values are parameters)


def board_tag(location: Location, *, shown: Iterable[str], by: User, now: datetime) -> str:
    """Return a weak ETag for the board of a location with its `stamp`. `shown`: what the address asks for.

    It is the person's own: what somebody did themselves does not flash. Names and working hours have no
    counter; they are seen after FRESH_ANYWAY at the latest, and so is that a visit should have begun: visits
    begin on that grid.
    """
    slice_of_time = int(now.timestamp() // FRESH_ANYWAY.total_seconds())
    content = json.dumps([location.pk, location.stamp, list(shown), by.pk, slice_of_time])
    return f'W/"{hashlib.sha256(content.encode()).hexdigest()[:24]}"'


def cell_minutes() -> int:
    """How long an empty cell of the board is: the finest grid that visits here begin on."""
    finest = VisitType.objects.aggregate(finest=Min("start_every_minutes"))["finest"]
    return min(max(finest or SHORTEST_CELL, SHORTEST_CELL), LONGEST_CELL)
