"""When a course has gone cold: its next session has no time, and the last day for it is past."""

from dataclasses import dataclass
from datetime import date

from treatments.rules.gaps import Gap, Verdict, latest_day, verdict


@dataclass(frozen=True)
class Coldness:
    """`latest`: the last day on which the session would have been in time; `verdict`: late or rescreen."""

    latest: date
    days_late: int
    verdict: Verdict


def coldness(*, last: date, gap: Gap, today: date, extended_until: date | None = None) -> Coldness | None:
    """Return how late the session is that follows the one given on `last`; None while it is in time."""
    latest = latest_day(last=last, gap=gap, until=extended_until)
    if today <= latest:
        return None
    return Coldness(latest, (today - latest).days, verdict(last=last, day=today, gap=gap))
