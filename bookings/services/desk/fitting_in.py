"""Squeezing a visit in beside a dermatologist's list: how many more each half of a day bears, and when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bookings.models import Booking
from bookings.models.bookings import GONE
from bookings.services.desk.times import Limits, Wanted
from bookings.services.openings.doctors import Doctor
from bookings.services.openings.search import Room, read_room, read_visit
from clinic.rules import timespans
from clinic.services.days import zone_of

NOON = time(12)


@dataclass(frozen=True)
class Half:
    """One half of a dermatologist's day. `starts`: when rooms and chairs are free and they are not."""

    is_morning: bool
    left: int
    starts: tuple[datetime, ...]


@dataclass(frozen=True)
class List:
    """One dermatologist's day, as far as anything could still be squeezed into it."""

    doctor: Doctor
    halves: tuple[Half, ...]


def read_lists(
    wanted: Wanted, day: date, *, doctors: Sequence[Doctor], limits: Limits, now: datetime
) -> list[List]:
    """Return who works that day, and when another visit would fit beside theirs."""
    if not limits.allow(day):
        return []
    location, tz = wanted.location, zone_of(wanted.location)
    span = timespans.day_span(day, tz)
    visit = read_visit(wanted.visit_type)
    kinds = {"location": location, "first_day": day, "last_day": day, "now": now}
    beside, usual = read_room(visit=visit, beside=True, **kinds), read_room(visit=visit, **kinds)
    noon = timespans.local_instant(day, NOON, tz)
    taken = _fit_ins(wanted, day, noon)
    lists = []
    for doctor in doctors:
        if starts := _squeezed(beside, usual, doctor, span, now):
            halves = tuple(_half(morning, starts, noon, taken, doctor, location) for morning in (True, False))
            lists.append(List(doctor, tuple(half for half in halves if half.starts or not half.left)))
    return lists


def _squeezed(beside: Room, usual: Room, doctor: Doctor, span, now: datetime) -> list[datetime]:
    """When the dermatologist is free the visit is simply booked, so those times are left out."""
    within = {"not_before": max(now, span.start), "not_after": span.end - timespans.GRAIN}
    free = set(usual.starts(practitioner=doctor.pk, **within))
    return [start for start in beside.starts(practitioner=doctor.pk, **within) if start not in free]


def _half(morning: bool, starts, noon: datetime, taken: Counter, doctor: Doctor, location) -> Half:
    there = tuple(start for start in starts if (start < noon) == morning)
    return Half(morning, max(0, location.fit_ins_per_half_day - taken[doctor.pk, morning]), there)


def _fit_ins(wanted: Wanted, day: date, noon: datetime) -> Counter:
    """How many each dermatologist has already, by half of the day; the door counts again."""
    rows = Booking.objects.filter(location=wanted.location, day=day).exclude(fit_in_reason="")
    rows = rows.exclude(status__in=GONE).values_list("practitioner", "starts")
    return Counter((practitioner, starts < noon) for practitioner, starts in rows)
