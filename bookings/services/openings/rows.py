"""The rows that free time is made of, each question one finished statement.

Finished because a search spent ten of its twelve milliseconds on building these four (`manage.py bench
over_http`), and everybody who looks for a time waits for them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection

from bookings.models.bookings import GONE

Row = tuple[Any, ...]

_STEPS = """
    SELECT s.id, s.minutes, n.id, n.kind, n.same_as_id
    FROM clinic_step s LEFT JOIN clinic_need n ON n.step_id = s.id
    WHERE s.visit_type_id = %(visit_type)s ORDER BY s.position, n.id
"""


def steps(visit_type: int) -> list[Row]:
    """Return (step, minutes, need, kind, same_as) in order."""
    return _rows(_STEPS, {"visit_type": visit_type})


# Rooms and chairs of the location, and who has hours there; for a visit type only who may do it.
_HOUSE = """
    SELECT r.id, r.kind, r.turnover_minutes, q.daily_cap,
           EXISTS (SELECT FROM bookings_workinghours w JOIN clinic_travel t ON t.origin_id = w.location_id
                   WHERE w.resource_id = r.id AND t.destination_id = %(location)s),
           h.weekday, h.starts, h.ends, h.from_on, h.until_on, h.urgent_from, h.urgent_to
    FROM clinic_resource r
    LEFT JOIN bookings_workinghours h ON h.resource_id = r.id AND h.location_id = %(location)s
    LEFT JOIN clinic_practitioner p ON p.resource_id = r.id
    LEFT JOIN clinic_qualified q ON q.practitioner_id = r.id AND q.visit_type_id = %(visit_type)s
    WHERE r.is_active
    AND (r.location_id = %(location)s AND (%(visit_type)s IS NULL OR r.kind = ANY(%(kinds)s))
         OR r.kind = 'practitioner' AND h.id IS NOT NULL
            AND (%(visit_type)s IS NULL OR q.id IS NOT NULL AND p.verified_on IS NOT NULL))
    AND (%(practitioner)s IS NULL OR r.kind <> 'practitioner' OR r.id = %(practitioner)s)
    AND (%(only)s::bigint[] IS NULL OR r.id = ANY(%(only)s::bigint[]))
    UNION ALL
    SELECT NULL, '', 0, NULL, FALSE, weekday, starts, ends, from_on, until_on, urgent_from, urgent_to
    FROM bookings_workinghours WHERE location_id = %(location)s AND resource_id IS NULL
"""


def house(
    *, location: int, visit_type: int | None, kinds: Collection[str], practitioner: int | None,
    only: Collection[int] | None,
) -> list[Row]:  # fmt: skip
    """Return (resource, kind, turnover, cap, roams, *hours); resource None has the location's hours."""
    given = {
        "location": location, "visit_type": visit_type, "kinds": list(kinds), "practitioner": practitioner,
        "only": None if only is None else list(only),
    }  # fmt: skip
    return _rows(_HOUSE, given)


_CLOSURES = """
    SELECT 'closure', resource_id, starts, ends, 0 FROM bookings_closure
    WHERE (resource_id = ANY(%(resources)s::bigint[]) OR resource_id IS NULL AND location_id = %(location)s)
    AND (location_id = %(location)s OR location_id IS NULL) AND starts < %(last)s AND ends > %(first)s
    AND (%(closed_since)s::timestamptz IS NULL OR at IS NULL OR at > %(closed_since)s)
"""
# A capped practitioner's visits of this type, the whole of each local day that is touched.
_VISITS = """
    SELECT 'visit', practitioner_id, starts, ends, 0 FROM bookings_booking
    WHERE practitioner_id = ANY(%(capped)s) AND visit_type_id = %(visit_type)s AND replaces_id IS NULL
    AND status <> ALL(%(gone)s) AND (held_until IS NULL OR held_until > %(now)s)
    AND id <> ALL(%(ignoring)s::bigint[])
    AND starts > %(first)s::timestamptz - interval '1 day'
    AND starts < %(last)s::timestamptz + interval '1 day'
"""
# Claims at other locations, from which the way here takes time; and from here to them as long.
_ELSEWHERE = """
    SELECT 'travel', c.resource_id, c.starts, c.ends, t.minutes
    FROM bookings_claim c JOIN bookings_booking b ON b.id = c.booking_id
    JOIN clinic_travel t ON t.origin_id = b.location_id AND t.destination_id = %(location)s
    WHERE c.resource_id = ANY(%(roaming)s) AND (c.held_until IS NULL OR c.held_until > %(now)s)
    AND c.booking_id <> ALL(%(ignoring)s::bigint[])
    AND c.starts > %(first)s::timestamptz - interval '1 day'
    AND c.starts < %(last)s::timestamptz + interval '1 day'
"""


def blocking(
    *, location: int, visit_type: int | None, resources: Collection[int], capped: Collection[int],
    roaming: Collection[int], first: datetime, last: datetime, now: datetime, ignoring: Collection[int],
    closed_since: datetime | None = None,
) -> list[Row]:  # fmt: skip
    """Return ("closure", "visit" or "travel", resource, starts, ends, minutes of way); no resource: all."""
    asked = [_CLOSURES]
    asked += [_VISITS] if capped and visit_type else []
    asked += [_ELSEWHERE] if roaming else []
    given = {
        "location": location, "visit_type": visit_type, "resources": list(resources), "capped": list(capped),
        "roaming": list(roaming), "first": first, "last": last, "now": now, "ignoring": list(ignoring),
        "gone": [status.value for status in GONE], "closed_since": closed_since,
    }  # fmt: skip
    return _rows(" UNION ALL ".join(asked), given)


# All instants of a column as one byte string, eight bytes each: half the time of fetching rows. A claim lasts
# at most twelve hours, which lets the index on (resource, starts) bound both ends.
_CLAIMED = """
    SELECT resource_id, string_agg(timestamptz_send(starts), ''::bytea),
           string_agg(timestamptz_send(ends), ''::bytea)
    FROM bookings_claim
    WHERE resource_id = ANY(%(resources)s::bigint[]) AND (held_until IS NULL OR held_until > %(now)s)
    AND starts > %(first)s::timestamptz - interval '12 hours' AND starts < %(last)s
"""
_NOT_OF = " AND booking_id <> ALL(%(ignoring)s)"  # only where asked for: the index alone answers without it


def claimed(
    *, resources: Collection[int], first: datetime, last: datetime, now: datetime, ignoring: Collection[int]
) -> list[Row]:
    """Return (resource, packed starts, packed ends): rules.openings.busy_from_packed reads them."""
    given = {
        "resources": list(resources), "first": first, "last": last, "now": now, "ignoring": list(ignoring)
    }  # fmt: skip
    statement = _CLAIMED + (_NOT_OF if ignoring else "") + " GROUP BY resource_id"
    return _rows(statement, given)


def _rows(statement: str, given: dict[str, object]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()
