"""What must never be in the account, looked for in its lines: checks of `manage.py verify`.

A line counts as its kind does, one that takes it back the other way, one that takes that back again with it.
"""

_COUNTED = """
    WITH RECURSIVE counted AS (
        SELECT id, 1 AS sign FROM bookings_entry WHERE reverses_id IS NULL
        UNION ALL
        SELECT e.id, -c.sign FROM bookings_entry e JOIN counted c ON c.id = e.reverses_id
    ), line AS (SELECT e.*, e.amount * c.sign AS counts FROM bookings_entry e JOIN counted c ON c.id = e.id),
    charged AS (
        SELECT session_id, sum(counts) AS amount FROM line
        WHERE kind = 'charge' AND session_id IS NOT NULL GROUP BY session_id
    )
"""

_OF_WHAT_COUNTS = {
    "given_and_not_charged": """
        SELECT 'session:' || s.id FROM treatments_coursesession s
        JOIN treatments_course c ON c.id = s.course_id LEFT JOIN charged ON charged.session_id = s.id
        WHERE c.session_price > 0 AND (s.given_on IS NOT NULL OR s.dropped_reason = 'forfeited')
        AND coalesce(charged.amount, 0) <> c.session_price ORDER BY s.id
    """,
    "charged_and_not_given": """
        SELECT 'session:' || s.id FROM charged JOIN treatments_coursesession s ON s.id = charged.session_id
        WHERE charged.amount <> 0 AND s.given_on IS NULL AND s.dropped_reason <> 'forfeited' ORDER BY s.id
    """,
    "more_given_back_than_paid": """
        SELECT 'patient:' || patient_id FROM line GROUP BY patient_id
        HAVING sum(counts) FILTER (WHERE kind = 'refund')
            > coalesce(sum(counts) FILTER (WHERE kind = 'payment'), 0) ORDER BY patient_id
    """,
}
_OF_LINES = {
    "money_without_receipt": """
        SELECT 'entry:' || id FROM bookings_entry
        WHERE kind IN ('payment', 'refund') AND reverses_id IS NULL AND receipt = '' ORDER BY id
    """,
    "gap_in_receipts": """
        SELECT 'entry:' || id FROM (
            SELECT id, right(receipt, 6)::int AS number,
                   row_number() OVER (PARTITION BY left(receipt, -6) ORDER BY receipt) AS expected
            FROM bookings_entry WHERE receipt ~ '[0-9]{6}$'
        ) AS numbered WHERE number <> expected ORDER BY id
    """,
    "line_of_somebody_else": """
        SELECT 'entry:' || e.id FROM bookings_entry e
        LEFT JOIN bookings_entry back ON back.id = e.reverses_id
        LEFT JOIN treatments_course c ON c.id = e.course_id
        LEFT JOIN bookings_booking b ON b.id = e.booking_id
        WHERE back.patient_id <> e.patient_id OR back.kind <> e.kind OR back.amount <> e.amount
        OR c.patient_id <> e.patient_id OR b.patient_id <> e.patient_id ORDER BY e.id
    """,
}
WRONG = {name: "\n".join((_COUNTED, check)) for name, check in _OF_WHAT_COUNTS.items()} | _OF_LINES
