"""How many times one address may have kept in an hour: against a script, never against a phone company.

Many phones share one address, so the limit is generous and the count may lose a few that come at once. It is
kept in PostgreSQL, as the limits of logging in are.
"""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache

HOUR = timedelta(hours=1)


def may_hold(*, address: str, now: datetime) -> bool:
    """Count one more for this address, and say whether that is still within its hour."""
    counted = f"holds:{now:%Y%m%d%H}:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
    cache.add(counted, 0, HOUR.total_seconds())
    try:
        return cache.incr(counted) <= settings.HOLDS_PER_ADDRESS_PER_HOUR
    except ValueError:  # it was thrown out to make room, which is no fault of theirs
        return True


def minutes_left(now: datetime) -> int:
    """Until the next hour begins, and with it a new count."""
    return 60 - now.minute
