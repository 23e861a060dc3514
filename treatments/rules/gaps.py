"""Gaps: how many days lie between two sessions, and who may decide what on which day.

    last   never_before    earliest       target      latest      2 × target, at most 180
    ──┼────────┼───────────────┼────────────┼───────────┼─────────────────┼──────────────▶ days
      refused      doctor_only └───────── on_time ──────┘      late             rescreen

Days are calendar days where the clinic is; hours never count. A gap counts from the day the last session was
given: also when it was stopped early, or written down later.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, timedelta
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

    SCALP_INJECTION = 7  # I-1, the least interval of every published trial
    MINOXIDIL = 7  # I-4, the same week; blood pressure is asked for at the chair
    OTHER_MODALITY = 14  # I-6
    TRIAMCINOLONE = 21  # I-2
    PRP = 28  # I-5, although one trial went down to 14
    DUTASTERIDE_0_01 = 84  # I-3


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


@dataclass(frozen=True)
class Treatment:
    """What of a treatment says how far one of another course stays away from it.

    `floors`: those of what is given; `least`: the least gap inside its own course, 0 where it has none.
    """

    product: int | str
    modality: str
    floors: frozenset[Floor] = frozenset()
    least: int = 0


def floor_between(one: Treatment, other: Treatment) -> int:
    """Return the days between two treatments of different courses, on either side: the strictest wins.

    Any two keep a week, two of different kinds a fortnight, two that share a substance with a floor of its
    own keep that, and two of one product the least gap of either course.
    """
    floors = {Floor.SCALP_INJECTION, *(one.floors & other.floors)}
    if one.modality != other.modality:
        floors.add(Floor.OTHER_MODALITY)
    least = max(one.least, other.least) if one.product == other.product else 0
    return max(int(max(floors)), least)


class Verdict(StrEnum):
    REFUSED = "refused"
    DOCTOR_ONLY = "doctor_only"
    ON_TIME = "on_time"
    LATE = "late"
    RESCREEN = "rescreen"


def latest_day(*, last: date, gap: Gap, until: date | None = None) -> date:
    """Return the last day that is on time. `until`: a doctor's word that it may be as late as that."""
    latest = last + timedelta(days=gap.latest)
    return max(latest, until) if until else latest


def verdict(
    *,
    last: date,
    day: date,
    gap: Gap,
    elsewhere: Iterable[tuple[date, int]] = (),
    until: date | None = None,
    held: bool = False,
) -> Verdict:
    """Judge treating on `day` after the session given on `last`.

    `elsewhere` holds the days of the patient's other courses with the floor to keep from each, on both sides:
    the strictest floor wins, whichever course it comes from. `held`: a reaction has not been cleared (I-7),
    so no day will do. `until`: a doctor extended this session, so up to that day it is not late.
    """
    days = (day - last).days
    if held or days < gap.never_before or any(abs((day - other).days) < floor for other, floor in elsewhere):
        return Verdict.REFUSED
    if days < gap.earliest:
        return Verdict.DOCTOR_ONLY
    if day <= latest_day(last=last, gap=gap, until=until):
        return Verdict.ON_TIME
    return Verdict.LATE if days <= min(2 * gap.target, RESCREEN_AFTER_DAYS) else Verdict.RESCREEN
