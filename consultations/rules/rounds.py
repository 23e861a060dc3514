"""The short round before a session: from when it is asked, and how long its answers count."""

from datetime import datetime, timedelta

VALID_FOR = timedelta(hours=72)
NIGHT = timedelta(hours=12)  # a reminder due in the night goes the evening before


def is_asked(*, starts: datetime, now: datetime) -> bool:
    """From when the reminder with the link can be there. Earlier it would have to be asked twice."""
    return now >= starts - VALID_FOR - NIGHT


def is_valid(answered_at: datetime, *, at: datetime) -> bool:
    """Does what was answered then still count at that moment?"""
    return at - answered_at <= VALID_FOR
