"""By when somebody rings a patient, from how urgent it is."""

from datetime import UTC, datetime, time, timedelta, tzinfo

DAY_ENDS = time(19)
AT_LEAST = timedelta(hours=4)
A_WEEK = timedelta(days=7)


def ring_by(lane: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Return the moment this lane promises: at once, today, or within seven days.

    Today ends when the clinic's day does; what comes in late in the day, or at night, has four hours.
    """
    if lane == "emergency":
        return now
    if lane == "same-day":
        today = now.astimezone(zone).date()
        closing = datetime.combine(today, DAY_ENDS, zone).astimezone(UTC)
        return max(closing, now.astimezone(UTC) + AT_LEAST)
    if lane == "7-day":
        return now + A_WEEK
    raise ValueError("a lane without a call has no deadline")
