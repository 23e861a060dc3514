"""A time clicked on the board, for a visit named afterwards: possible, or why not and what is near."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from bookings.services.desk.times import HORIZON, Times, Wanted
from bookings.services.openings.doctors import Doctor
from clinic.rules import timespans
from clinic.services.days import zone_of

NEAREST = 3
FAR_OFF = timedelta(hours=2)  # somebody else is offered as far from the time as that


class Why(StrEnum):
    """What speaks against it."""

    SKIPPED = "skipped"  # the clocks go forward over it
    PAST = "past"
    FAR = "far"
    TOO_SOON = "too_soon"
    TOO_LATE = "too_late"
    BETWEEN = "between"  # begins at no quarter of an hour
    NOT_THEIRS = "not_theirs"  # not what this dermatologist does here
    TAKEN = "taken"


@dataclass(frozen=True)
class Near:
    """A time instead, and with whom; None: with whoever is free."""

    start: datetime
    practitioner: int | None


@dataclass(frozen=True)
class Chosen:
    """`starts`: none where the clocks skip it, two where they show it twice."""

    starts: tuple[datetime, ...]
    why: Why | None = None
    near: tuple[Near, ...] = ()


def instants_of(shown: datetime, tz: tzinfo) -> tuple[datetime, ...]:
    """Return every moment at which clocks of that zone show this: none, one or two."""
    found = {shown.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(one for one in found if one.astimezone(tz).replace(tzinfo=None) == shown))


def judge(
    shown: datetime, wanted: Wanted, times: Times, *, doctors: Sequence[Doctor], now: datetime
) -> Chosen:
    """`shown`: what the clock on the wall said where it was clicked."""
    tz = zone_of(wanted.location)
    starts = instants_of(shown, tz)
    free = {start for found in times.days.values() for start in found}
    possible = tuple(start for start in starts if start in free)
    if possible:
        return Chosen(possible)
    about = starts[0] if starts else timespans.local_instant(shown.date(), shown.time(), tz)
    why = _why(starts, wanted, times, doctors=doctors, now=now)
    return Chosen(starts, why, tuple(_near(about, wanted, times, now)))


def _why(starts, wanted: Wanted, times: Times, *, doctors: Sequence[Doctor], now: datetime) -> Why:
    if not starts:
        return Why.SKIPPED
    [start, *_] = starts
    tz, limits = zone_of(wanted.location), times.limits
    day, local = timespans.local_day(start, tz), start.astimezone(tz)
    if start < now:
        return Why.PAST
    if start > now + HORIZON:
        return Why.FAR
    if not limits.allow(day):
        return Why.TOO_SOON if limits.first and day < limits.first else Why.TOO_LATE
    if (local.hour * 60 + local.minute) % wanted.visit_type.start_every_minutes:
        return Why.BETWEEN
    if wanted.practitioner and wanted.practitioner not in {one.pk for one in doctors}:
        return Why.NOT_THEIRS
    return Why.TAKEN


def _near(about: datetime, wanted: Wanted, times: Times, now: datetime) -> list[Near]:
    """The nearest with whom they asked for, and the nearest with somebody else."""
    free = [start for found in times.days.values() for start in found]
    theirs = [Near(start, wanted.practitioner) for start in _nearest(free, about, NEAREST)]
    return theirs + (_another(about, wanted, times, now) if wanted.practitioner else [])


def _another(about: datetime, wanted: Wanted, times: Times, now: datetime) -> list[Near]:
    room, others = times.room, {}
    starts = room.starts(not_before=max(now, about - FAR_OFF), not_after=about + FAR_OFF)
    for start, able in room.who_at(starts).items():
        free = [pk for pk in able if pk != wanted.practitioner]
        if free and times.limits.allow(timespans.local_day(start, room.tz)):
            others[start] = free[0]
    return [Near(start, others[start]) for start in _nearest(list(others), about, 1)]


def _nearest(starts: Sequence[datetime], about: datetime, count: int) -> list[datetime]:
    return sorted(sorted(starts, key=lambda start: (abs(start - about), start))[:count])
