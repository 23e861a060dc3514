"""When a course has gone cold: its next session has no time, and the last day for it is past."""

from dataclasses import dataclass
from datetime import date, timedelta

from treatments.rules.gaps import Gap, Verdict, verdict


@dataclass(frozen=True)
class Coldness:
    """`latest`: the last day on which the session would have been in time; `verdict`: late or rescreen."""

    latest: date
    days_late: int
    verdict: Verdict


def latest_day(*, last: date, gap: Gap, extended_until: date | None = None) -> date:
    """Return the last day for a session after one given on `last`; a doctor may have extended it."""
    planned = last + timedelta(days=gap.latest)
    return max(planned, extended_until) if extended_until else planned


def coldness(*, last: date, gap: Gap, today: date, extended_until: date | None = None) -> Coldness | None:
    """Return how late the session is that follows the one given on `last`; None while it is in time."""
    latest = latest_day(last=last, gap=gap, extended_until=extended_until)
    if today <= latest:
        return None
    return Coldness(latest, (today - latest).days, verdict(last=last, day=today, gap=gap))
