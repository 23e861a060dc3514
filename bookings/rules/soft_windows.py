"""Days of sessions that have no time yet, each from the day of the one before; where that has none either,
from the day it aims at.

    given 1 Nov ──42 days──▶ around 13 Dec ──42 days──▶ around 24 Jan        (soft, soft)
           ▲ known: days to choose from              ▲ only about when
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from treatments.rules.gaps import Gap

OPENS_BEFORE = timedelta(days=21)


@dataclass(frozen=True)
class SoftWindow:
    """`is_known`: the session before has a day. `opens_on`: from when a time can be chosen, once known."""

    first: date
    target: date
    last: date
    is_known: bool
    opens_on: date | None


@dataclass(frozen=True)
class Link:
    """One session of a course, in order: the day it has, or the gap to the one before."""

    day: date | None
    gap: Gap | None


def windows(links: Sequence[Link], *, not_before: date | None = None) -> list[SoftWindow | None]:
    """Return the window of each session without a day; None where it has one, or nothing is before it.

    `not_before`: no session is expected before that day, so that a chain that is behind counts from it.
    """
    found: list[SoftWindow | None] = []
    previous: date | None = None
    is_known = True
    for link in links:
        window = _window(link, previous, is_known, not_before)
        found.append(window)
        previous = link.day or (window.target if window else None)
        is_known = link.day is not None
    return found


def _window(link: Link, previous: date | None, is_known: bool, not_before: date | None) -> SoftWindow | None:
    if link.day is not None or link.gap is None or previous is None:
        return None
    gap = link.gap
    first, target, last = (previous + timedelta(days=n) for n in (gap.earliest, gap.target, gap.latest))
    opens_on = max(previous, target - OPENS_BEFORE) if is_known else None
    return SoftWindow(first, max(target, not_before or target), last, is_known, opens_on)
