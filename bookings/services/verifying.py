"""What must never be in the diary, looked for in the rows themselves: `manage.py verify`.

Constraints and the door keep all of it out; this is how one sees that they did. Each check is one statement
that returns what is wrong as kind:id. Some things are no fault and yet worth a look: those are listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from bookings.services.closing.closures import stranded
from bookings.services.ledger import verifying as ledger
from clinic.models import Location
from consultations.services.photo_files import photos_without_file


@dataclass(frozen=True)
class Found:
    """{check: rows}. `wrong` breaks it; `listed` is what somebody let stand, with a name and a reason."""

    wrong: dict[str, list[str]]
    listed: dict[str, list[str]]


def verify(*, now: datetime) -> Found:
    listed = _run(LISTED.items(), now)
    if left := _stranded(now):
        listed["stranded"] = left
    wrong = _run([*WRONG.items(), *ledger.WRONG.items()], now)
    if gone := photos_without_file():
        wrong["photo_without_file"] = gone
    return Found(wrong, listed)


def _stranded(now: datetime) -> list[str]:
    """Bookings in a closure or outside hours that nobody has moved, cancelled or kept yet."""
    found = [
        booking
        for location in Location.objects.order_by("pk")
        for booking in stranded(location=location, now=now)
    ]
    return [f"booking:{booking.pk}" for booking in found]


def _run(checks: Iterable[tuple[str, str]], now: datetime) -> dict[str, list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for name, statement in checks:
            cursor.execute(statement, {"now": now})
            rows = [row for (row,) in cursor.fetchall()]
            if rows:
                found[name] = rows
    return found


# What belongs to one person: tables with of_kept_records (clinic/append_only.py). Who looked at a record, and
# what was done with it, stays where it was.
_OF_ONE_PERSON = {
    "alarm": "clinic_alarm",
    "message": "clinic_message",
    "reminder_consent": "clinic_reminderconsent",
    "consent": "consultations_consent",
    "consultation": "consultations_consultation",
    "decision": "consultations_decision",
    "intake": "consultations_intake",
    "photo": "consultations_photo",
    "screening": "consultations_screening",
    "symptom_report": "consultations_symptomreport",
    "course": "treatments_course",
    "pause": "treatments_pause",
    "booking": "bookings_booking",
    "entry": "bookings_entry",
    "away": "bookings_away",
    "wait": "bookings_waitlistentry",
}
_OF_MERGED = [
    f"""
    SELECT '{name}:' || t.id FROM {table} t JOIN clinic_patient p ON p.id = t.patient_id
    WHERE p.merged_into_id IS NOT NULL
    """  # noqa: S608 - names of our own
    for name, table in _OF_ONE_PERSON.items()
]

WRONG = {
    "row_of_a_merged_record": " UNION ALL ".join(_OF_MERGED) + " ORDER BY 1",
    "merged_into_a_merged_record": """
        SELECT 'patient:' || p.id FROM clinic_patient p JOIN clinic_patient kept ON kept.id = p.merged_into_id
        WHERE kept.merged_into_id IS NOT NULL ORDER BY p.id
    """,
    "resource_taken_twice": """
        SELECT 'claim:' || id FROM (
            SELECT id, starts, max(ends) OVER (PARTITION BY resource_id ORDER BY starts, id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_until FROM bookings_claim
        ) AS claim WHERE starts < taken_until ORDER BY id
    """,
    "patient_in_two_places": """
        SELECT 'booking:' || id FROM (
            SELECT id, starts, max(ends) OVER (PARTITION BY patient_id ORDER BY starts, id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until FROM bookings_booking
            WHERE patient_id IS NOT NULL AND replaces_id IS NULL
            AND status NOT IN ('done', 'no_show', 'cancelled')
        ) AS booking WHERE starts < busy_until ORDER BY id
    """,
    "out_of_order": """
        SELECT 'booking:' || id FROM (
            SELECT b.id, b.day, b.too_close_why,
                   lag(b.day) OVER (PARTITION BY b.course_id ORDER BY s.number) AS day_before
            FROM bookings_booking b JOIN treatments_coursesession s ON s.id = b.session_id
            WHERE b.clear_until IS NOT NULL AND b.replaces_id IS NULL
        ) AS placed
        WHERE day < day_before OR (day = day_before AND too_close_why = '') ORDER BY id
    """,
    "below_the_floor": """
        SELECT 'booking:' || id FROM (
            SELECT b.id, b.day, b.too_close_why, s.never_before,
                   lag(b.day) OVER (PARTITION BY b.course_id ORDER BY s.number) AS day_before
            FROM bookings_booking b JOIN treatments_coursesession s ON s.id = b.session_id
            WHERE b.clear_until IS NOT NULL AND b.replaces_id IS NULL
        ) AS placed
        WHERE too_close_why = '' AND day > day_before AND day - day_before < never_before ORDER BY id
    """,
    "injections_within_a_week": """
        SELECT 'booking:' || id FROM (
            SELECT id, day, too_close_why, lag(day) OVER by_day AS day_before,
                   lag(too_close_why) OVER by_day AS why_before
            FROM bookings_booking WHERE clear_until IS NOT NULL AND replaces_id IS NULL
            WINDOW by_day AS (PARTITION BY patient_id ORDER BY day, id)
        ) AS injection
        WHERE day - day_before < 7 AND too_close_why = '' AND why_before = '' ORDER BY id
    """,
    "courses_of_one_product_too_close": """
        SELECT 'booking:' || id FROM (
            SELECT b.id, b.day, b.too_close_why, b.course_id, floors.least,
                   lag(b.day) OVER by_product AS day_before,
                   lag(b.course_id) OVER by_product AS course_before,
                   lag(floors.least) OVER by_product AS least_before,
                   lag(b.too_close_why) OVER by_product AS why_before
            FROM bookings_booking b JOIN treatments_coursesession s ON s.id = b.session_id
            JOIN (SELECT course_id, min(never_before) AS least FROM treatments_coursesession
                  GROUP BY course_id) AS floors ON floors.course_id = b.course_id
            WHERE b.clear_until IS NOT NULL AND b.replaces_id IS NULL
            WINDOW by_product AS (PARTITION BY b.patient_id, s.product_id ORDER BY b.day, b.id)
        ) AS injection
        WHERE course_id <> course_before AND day - day_before < greatest(least, least_before)
        AND too_close_why = '' AND why_before = '' ORDER BY id
    """,
    "kinds_of_treatment_too_close": """
        SELECT DISTINCT 'booking:' || b.id FROM bookings_booking b
        JOIN bookings_booking o ON o.patient_id = b.patient_id AND o.course_id <> b.course_id
        JOIN treatments_coursesession s ON s.id = b.session_id
        JOIN treatments_coursesession t ON t.id = o.session_id
        JOIN treatments_product p ON p.id = s.product_id JOIN treatments_product q ON q.id = t.product_id
        WHERE b.status = 'booked' AND b.starts > %(now)s
        AND b.clear_until IS NOT NULL AND b.replaces_id IS NULL
        AND o.clear_until IS NOT NULL AND o.replaces_id IS NULL
        AND p.modality <> q.modality AND abs(b.day - o.day) < 14
        AND (o.status <> 'booked' OR (o.day, o.id) < (b.day, b.id))
        ORDER BY 1
    """,
    "days_kept_clear": """
        SELECT 'booking:' || b.id FROM bookings_booking b
        JOIN treatments_coursesession s ON s.id = b.session_id
        WHERE b.clear_until IS NOT NULL AND b.replaces_id IS NULL AND b.clear_until <> b.day + coalesce((
            SELECT never_before FROM treatments_coursesession AS later
            WHERE later.course_id = s.course_id AND later.number > s.number AND later.dropped_reason = ''
            ORDER BY number LIMIT 1), 7)
        ORDER BY b.id
    """,
    "given_day_not_in_the_diary": """
        SELECT 'session:' || s.id FROM treatments_coursesession s
        WHERE s.given_on IS NOT NULL AND NOT EXISTS (
            SELECT FROM bookings_booking b WHERE b.session_id = s.id AND b.day = s.given_on
            AND b.status = 'done' AND b.clear_until IS NOT NULL)
        ORDER BY s.id
    """,
    "session_of_somebody_else": """
        SELECT 'booking:' || b.id FROM bookings_booking b
        JOIN treatments_coursesession s ON s.id = b.session_id JOIN treatments_course c ON c.id = s.course_id
        WHERE b.course_id <> s.course_id OR b.patient_id <> c.patient_id ORDER BY b.id
    """,
    "day_is_not_that_of_the_start": """
        SELECT 'booking:' || b.id FROM bookings_booking b JOIN clinic_location l ON l.id = b.location_id
        WHERE b.day <> (b.starts AT TIME ZONE l.time_zone)::date ORDER BY b.id
    """,
    "parked": "SELECT 'booking:' || id FROM bookings_booking WHERE parked ORDER BY id",
    "claim_of_what_is_gone": """
        SELECT 'claim:' || c.id FROM bookings_claim c LEFT JOIN bookings_booking b ON b.id = c.booking_id
        WHERE b.id IS NULL OR b.status IN ('cancelled', 'no_show') ORDER BY c.id
    """,
    "claim_beside_its_booking": """
        SELECT 'claim:' || c.id FROM bookings_claim c JOIN bookings_booking b ON b.id = c.booking_id
        WHERE c.starts < b.starts OR c.starts >= b.ends OR c.held_until IS DISTINCT FROM b.held_until
        ORDER BY c.id
    """,
    "without_its_practitioner": """
        SELECT 'booking:' || b.id FROM bookings_booking b
        WHERE b.status NOT IN ('done', 'no_show', 'cancelled') AND b.fit_in_reason = '' AND NOT EXISTS (
            SELECT FROM bookings_claim c WHERE c.booking_id = b.id AND c.resource_id = b.practitioner_id)
        ORDER BY b.id
    """,
    "offer_for_what_is_over": """
        SELECT 'booking:' || o.id FROM bookings_booking o JOIN bookings_booking b ON b.id = o.replaces_id
        WHERE o.status = 'held' AND o.held_until > %(now)s
        AND (b.status <> 'booked' OR o.patient_id <> b.patient_id) ORDER BY o.id
    """,
    "reminder_of_no_visit": """
        SELECT 'message:' || m.id FROM clinic_message m
        LEFT JOIN bookings_booking b ON m.subject = 'booking:' || b.id
        WHERE m.state = 'scheduled' AND m.subject LIKE 'booking:%%' AND m.kind ~ '^(reminder|form)_'
        AND (b.id IS NULL OR b.status <> 'booked' OR b.version <> m.version OR b.starts < m.due_at)
        ORDER BY m.id
    """,
    "visit_without_its_reminder": """
        SELECT 'booking:' || b.id FROM bookings_booking b JOIN clinic_patient p ON p.id = b.patient_id
        LEFT JOIN clinic_user a ON a.id = p.account_id
        WHERE b.status = 'booked' AND b.replaces_id IS NULL AND b.starts - interval '24 hours' > %(now)s
        AND p.died_on IS NULL
        AND concat(p.phone, p.email, a.phone, a.email) <> ''
        AND NOT EXISTS (
            SELECT FROM clinic_message m WHERE m.subject = 'booking:' || b.id AND m.version = b.version
            AND m.kind = 'reminder_24' AND m.state <> 'withdrawn')
        ORDER BY b.id
    """,
    "offer_beside_the_list": """
        SELECT 'offer:' || o.id FROM bookings_offer o JOIN bookings_waitlistentry e ON e.id = o.entry_id
        JOIN bookings_freedtime f ON f.id = o.freed_id
        WHERE (o.outcome = 'taken' AND e.ended_at IS NULL)
        OR (o.outcome = '' AND (e.ended_at IS NOT NULL OR f.closed_at IS NOT NULL)) ORDER BY o.id
    """,
    "time_of_what_is_paused": """
        SELECT 'booking:' || b.id FROM bookings_booking b
        WHERE b.status = 'booked' AND b.clear_until IS NOT NULL AND b.replaces_id IS NULL AND EXISTS (
            SELECT FROM treatments_pause p WHERE p.ended_at IS NULL AND p.from_at < b.starts
            AND p.patient_id = b.patient_id AND (p.course_id IS NULL OR p.course_id = b.course_id))
        ORDER BY b.id
    """,
    "time_of_what_ended": """
        SELECT 'booking:' || b.id FROM bookings_booking b JOIN treatments_course k ON k.id = b.course_id
        WHERE b.status = 'booked' AND b.replaces_id IS NULL AND k.ended_on IS NOT NULL AND b.starts > %(now)s
        ORDER BY b.id
    """,
    "call_nobody_was_told_of": """
        SELECT 'alarm:' || a.id FROM clinic_alarm a JOIN clinic_patient p ON p.id = a.patient_id
        WHERE a.outcome IN ('', 'no_answer') AND a.deadline < %(now)s AND p.died_on IS NULL
        AND NOT EXISTS (SELECT FROM clinic_alarmstep s WHERE s.alarm_id = a.id AND s.to_id IS NOT NULL)
        ORDER BY a.id
    """,
}

LISTED = {
    "kept": "SELECT 'booking:' || id FROM bookings_booking WHERE kept_why <> '' ORDER BY id",
    "given_too_close": "SELECT 'booking:' || id FROM bookings_booking WHERE too_close_why <> '' ORDER BY id",
    "fitted_in": "SELECT 'booking:' || id FROM bookings_booking WHERE fit_in_reason <> '' ORDER BY id",
}
