"""By when somebody rings a patient, from how urgent it is, and how long one person may take to answer."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY_BEGINS, DAY_ENDS = time(10), time(19)
AT_LEAST = timedelta(hours=4)
A_WEEK = timedelta(days=7)

EMERGENCY_WAITS = timedelta(minutes=5)
CRISIS_WAITS = timedelta(minutes=10)
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=1)
CLINIC_DAYS = 2
LAST_DAY = timedelta(days=1)
SUNDAY = 6


def ring_by(lane: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Return the moment this lane promises: at once, today, or within seven days.

    Today ends when the clinic's day does; what comes in late in the day, or at night, has four hours, for
    somebody is on call. Seven days end with the clinic's day as well: nobody is rung at night about them.
    """
    if lane == "emergency":
        return now
    if lane == "same-day":
        return max(_clock(now, zone, DAY_ENDS), now.astimezone(UTC) + AT_LEAST)
    if lane == "7-day":
        last = now + A_WEEK
        return min(last, _clock(last, zone, DAY_ENDS))
    raise ValueError("a lane without a call has no deadline")


def _clock(moment: datetime, zone: tzinfo, at: time) -> datetime:
    return datetime.combine(moment.astimezone(zone).date(), at, zone).astimezone(UTC)


def _but_sunday(day: date) -> bool:
    return day.weekday() != SUNDAY


def passed_on_at(
    lane: str,
    *,
    now: datetime,
    deadline: datetime,
    zone: tzinfo,
    is_crisis: bool = False,
    is_open: Callable[[date], bool] = _but_sunday,
) -> datetime:
    """Return when what was given to somebody now goes to the next one, unless they have answered.

    Same-day: a quarter of the time that is left, so that the second and a manager have some of it, too.
    7-day: on the second clinic day after this one.
    """
    if lane == "emergency":
        return now + EMERGENCY_WAITS
    if is_crisis:
        return now + CRISIS_WAITS
    if lane == "7-day":
        after = _clinic_day(now.astimezone(zone).date(), is_open)
        at = datetime.combine(after, DAY_BEGINS, zone).astimezone(UTC)
        return max(min(at, deadline - LAST_DAY), now + SHORTEST)
    return now + min(max((deadline - now) / 4, SHORTEST), LONGEST)


def _clinic_day(day: date, is_open: Callable[[date], bool]) -> date:
    left, limit = CLINIC_DAYS, day + A_WEEK
    while left and day < limit:
        day += timedelta(days=1)
        left -= is_open(day)
    return day
