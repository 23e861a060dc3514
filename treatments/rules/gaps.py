"""Gaps: how many days lie between two sessions, and who may decide what on which day.

    last   never_before    earliest       target      latest      2 × target, at most 180
    ──┼────────┼───────────────┼────────────┼───────────┼─────────────────┼──────────────▶ days
      refused      doctor_only └───────── on_time ──────┘      late             rescreen

Days are calendar days where the clinic is; hours never count. A gap counts from the day the last session was
given.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date
from enum import IntEnum, StrEnum

RESCREEN_AFTER_DAYS = 180


@dataclass(frozen=True)
class Gap:
    never_before: int
    earliest: int
    target: int
    latest: int

    def __post_init__(self) -> None:
        numbers = astuple(self)
        if any(isinstance(number, bool) or not isinstance(number, int) for number in numbers):
            raise ValueError("a gap is four whole numbers of days")
        if numbers[0] < 1 or list(numbers) != sorted(numbers):
            raise ValueError("a gap is 1 ≤ never_before ≤ earliest ≤ target ≤ latest")


class Floor(IntEnum):
    """Days that must pass between two treatments, whatever anybody decides (clinical rules I-1 to I-6)."""

    SCALP_INJECTION = 7
    OTHER_MODALITY = 14
    TRIAMCINOLONE = 21
    PRP = 28
    DUTASTERIDE_0_01 = 84


class NoDefaultGap(ValueError):
    """No published or agreed numbers: the doctor types all four."""


# target: (earliest, late window), clinical rule I-10
_WINDOWS = {7: (7, 3), 14: (12, 4), 21: (18, 5), 28: (24, 7), 91: (84, 14)}
_TRIAMCINOLONE_EARLIEST = {21: 21, 28: 28}


def default_gap(target: int, *, floors: Iterable[Floor] = ()) -> Gap:
    """Return the gap for a usual target, raised to the floors that apply to this product and modality."""
    floors = set(floors) | {Floor.SCALP_INJECTION}
    never_before = int(max(floors))
    if target not in _WINDOWS or target < never_before:
        raise NoDefaultGap("there is no default gap for this target")
    earliest, late_window = _WINDOWS[target]
    if Floor.TRIAMCINOLONE in floors:
        earliest = _TRIAMCINOLONE_EARLIEST.get(target, earliest)
    return Gap(never_before, max(earliest, never_before), target, target + late_window)


class Verdict(StrEnum):
    REFUSED = "refused"
    DOCTOR_ONLY = "doctor_only"
    ON_TIME = "on_time"
    LATE = "late"
    RESCREEN = "rescreen"


def verdict(*, last: date, day: date, gap: Gap, elsewhere: Iterable[tuple[date, int]] = ()) -> Verdict:
    """Judge treating on `day` after the session given on `last`.

    `elsewhere` holds the days of the patient's other courses with the floor to keep from each, on both sides:
    the strictest floor wins, whichever course it comes from.
    """
    days = (day - last).days
    if days < gap.never_before or any(abs((day - other).days) < floor for other, floor in elsewhere):
        return Verdict.REFUSED
    if days < gap.earliest:
        return Verdict.DOCTOR_ONLY
    if days <= gap.latest:
        return Verdict.ON_TIME
    return Verdict.LATE if days <= min(2 * gap.target, RESCREEN_AFTER_DAYS) else Verdict.RESCREEN
