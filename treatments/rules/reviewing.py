"""When the doctor stops and looks whether a course does anything (clinical rule I-13).

session 4 given · half of the sessions given · half a year after the first: three points, each looked at once.
Where half of the sessions are four, one look serves both.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FOURTH = 4
LEAST_TO_HAVE_A_MIDDLE = 3
HALF_A_YEAR = timedelta(days=182)


class Point(StrEnum):
    SESSION_4 = "session_4"
    MIDDLE = "middle"
    SIX_MONTHS = "six_months"


@dataclass(frozen=True)
class Due:
    """`since`: the day on which the point was reached."""

    point: Point
    since: date


def due_points(
    *,
    given: Sequence[date],
    planned: int,
    today: date,
    looked_at: Collection[str] = (),
    has_ended: bool = False,
) -> tuple[Due, ...]:
    """Return the points reached and not looked at, the one reached first first.

    `given`: the days of the sessions given; `planned`: how many the course has, those given among them and
    what only keeps it up left out.
    """
    if has_ended:
        return ()
    reached = _reached(sorted(given), planned, today)
    due = [Due(point, since) for point, since in reached.items() if point not in looked_at]
    return tuple(sorted(due, key=lambda one: one.since))


def _reached(given: Sequence[date], planned: int, today: date) -> dict[Point, date]:
    found, half = {}, (planned + 1) // 2
    if len(given) >= FOURTH:
        found[Point.SESSION_4] = given[FOURTH - 1]
    if planned >= LEAST_TO_HAVE_A_MIDDLE and half != FOURTH and len(given) >= half:
        found[Point.MIDDLE] = given[half - 1]
    if given and today >= given[0] + HALF_A_YEAR:
        found[Point.SIX_MONTHS] = given[0] + HALF_A_YEAR
    return found
