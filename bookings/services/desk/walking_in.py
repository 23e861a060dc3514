"""Somebody stands at the desk without a time: who could see them first, from the next five minutes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.rules.openings import GRAIN_MINUTES
from bookings.services.openings.doctors import Doctor
from bookings.services.openings.search import read_room, read_visit
from clinic.models import Location, VisitType
from clinic.rules import timespans
from clinic.services.days import local_day, zone_of


@dataclass(frozen=True)
class Soonest:
    """The first time today at which one dermatologist is free."""

    doctor: Doctor
    start: datetime


def soonest(
    visit_type: VisitType, location: Location, *, doctors: Sequence[Doctor], now: datetime
) -> list[Soonest]:
    """Return each dermatologist's first time today, soonest first; who has none left is not there."""
    today = local_day(now, location)
    room = read_room(
        visit=read_visit(visit_type), location=location, first_day=today, last_day=today, now=now
    )
    span = timespans.day_span(today, zone_of(location))
    found = []
    for doctor in doctors:
        starts = room.starts(
            not_before=now, not_after=span.end - timespans.GRAIN, practitioner=doctor.pk, every=GRAIN_MINUTES
        )
        found += [Soonest(doctor, starts[0])] if starts else []
    return sorted(found, key=lambda one: one.start)
