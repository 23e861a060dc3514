"""Whether the list of things to do that somebody looks at may still be right, told without reading it.

A browser asks every few seconds. What the list is made of is spread over many tables and days, but whatever
changes it writes a change, a call, an alarm or an audit row: their newest numbers stand for all of it. Time
alone changes it, too ("not here for 16 min"), and so every minute is another tag.
"""

import hashlib
import json
from datetime import datetime

from django.db import connection

from clinic.models import Location, User

NEWEST = """SELECT (SELECT max(id) FROM clinic_auditrow), (SELECT max(id) FROM bookings_change),
                   (SELECT max(id) FROM bookings_call), (SELECT max(id) FROM clinic_alarm),
                   (SELECT max(id) FROM consultations_screening)"""


def todo_tag(location: Location, *, by: User, now: datetime) -> str:
    """Return a weak ETag: the same one while nothing on the list can have changed. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        newest = cursor.fetchone()
    content = json.dumps([location.pk, by.pk, newest, int(now.timestamp() // 60)])
    return f'W/"{hashlib.sha256(content.encode()).hexdigest()[:24]}"'
