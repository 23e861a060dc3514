"""The sweep over bitmaps against a walk over minutes, in small clinics thrown together at random.

The walk knows nothing of grids or bits: for every start it tries every choice of resources and looks at every
minute of every step, in the zone's own clock, also on the days on which that clock changes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.models import Booking, Claim, Closure
from bookings.services.openings.search import read_room, read_visit
from clinic.rules import timespans
from tests import builders

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# (zone, a day): ordinary ones in half-hour zones, and both change days of zones that have them
DAYS = [
    ("Asia/Kolkata", date(2026, 11, 3)),
    ("Asia/Kathmandu", date(2026, 11, 3)),
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Pacific/Apia", date(2026, 11, 3)),
]
SHAPES = [
    [("talking", 30, ["practitioner"])],
    [("talking", 20, ["practitioner", "room"])],
    [("numbing", 25, ["chair"]), ("injecting", 15, ["practitioner", "room"]), ("watching", 15, ["chair:0"])],
    [("numbing", 25, ["chair"]), ("injecting", 15, ["practitioner"]), ("watching", 10, ["chair"])],
]
USUAL = [
    [(time(0), time(12)), (time(12), time(0))],  # day and night
    [(time(8), time(13)), (time(13, 5), time(20))],
]
half_hours = st.integers(0, 47).map(lambda n: time(n // 2, n % 2 * 30))
blocks = st.lists(st.tuples(half_hours, half_hours).filter(lambda pair: pair[0] != pair[1]), max_size=2)


@dataclass
class Clinic:
    zone: str
    day: date
    steps: list
    hours: list  # of the location
    own: list  # of each practitioner
    rooms: list  # turnover minutes of each
    chairs: list
    closures: list  # (which resource, None for the location; start; length)
    claims: list


@st.composite
def clinics(draw) -> Clinic:
    zone, day = draw(st.sampled_from(DAYS))
    own = draw(st.lists(blocks, min_size=1, max_size=2))
    turnovers = st.lists(st.sampled_from([0, 5, 15]), max_size=2)
    number = st.integers(0, 5)
    return Clinic(
        zone, day, draw(st.sampled_from(SHAPES)),
        draw(st.sampled_from(USUAL) | blocks),
        own, draw(turnovers), draw(turnovers),
        draw(st.lists(st.tuples(st.none() | number, *span_of), max_size=2)),
        draw(st.lists(st.tuples(number, *span_of), max_size=4)),
    )  # fmt: skip


span_of = (st.integers(-20, 320), st.integers(1, 30))


def build(clinic: Clinic):
    """The rows of it; claims that would overlap are left out, as the database would refuse them."""
    week = [(weekday, *block) for weekday in range(7) for block in clinic.hours]
    location = builders.a_location(time_zone=clinic.zone, hours=week)
    visit_type = builders.a_visit_type(
        kind="consultation", steps=clinic.steps, is_online=True, start_every_minutes=5
    )
    doctors = [
        builders.a_practitioner(
            location=location, qualified=[visit_type],
            hours=[(weekday, *block) for weekday in range(7) for block in own],
        ).resource
        for own in clinic.own
    ]  # fmt: skip
    rooms = [builders.a_room(location=location, turnover_minutes=minutes) for minutes in clinic.rooms]
    chairs = [builders.a_chair(location=location, turnover_minutes=minutes) for minutes in clinic.chairs]
    resources = [*doctors, *rooms, *chairs]
    start_of_day = timespans.local_instant(clinic.day, time(0), ZoneInfo(clinic.zone))

    def span(start, length):
        begins = start_of_day + start * 5 * MINUTE
        return begins, begins + length * 5 * MINUTE

    closed = [
        (resources[n % len(resources)] if n is not None else None, *span(*s)) for n, *s in clinic.closures
    ]
    for resource, starts, ends in closed:
        Closure.objects.create(
            location=location if resource is None else None, resource=resource, starts=starts, ends=ends,
            reason="x",
        )  # fmt: skip
    taken = []
    for n, *s in clinic.claims:
        resource, (starts, ends) = resources[n % len(resources)], span(*s)
        if all(other != resource or e <= starts or ends <= b for other, b, e in taken):
            taken.append((resource, starts, ends))
    _claims(location, visit_type, doctors[0], taken)
    return location, visit_type, (doctors, rooms, chairs), closed, taken


def _claims(location, visit_type, doctor, taken):
    step = visit_type.steps.first()
    for number, (resource, starts, ends) in enumerate(taken):
        booking = Booking.objects.create(
            reference=f"X{number}", patient=builders.a_patient(account=None), visit_type=visit_type,
            location=location, practitioner_id=doctor.pk, starts=starts, ends=ends, day=starts.date(),
            status="booked", created_at=NOW,
        )  # fmt: skip
        Claim.objects.create(booking=booking, resource=resource, step=step, starts=starts, ends=ends)


# The walk


def walk(clinic: Clinic, location, visit_type, resources, closed, taken) -> list[datetime]:
    tz = ZoneInfo(clinic.zone)
    doctors, rooms, chairs = resources
    kinds = {"practitioner": doctors, "room": rooms, "chair": chairs}

    def in_blocks(instant, rows):
        for days_before in (0, 1):
            day = instant.astimezone(tz).date() - timedelta(days=days_before)
            for starts, ends in rows:
                last = day if ends > starts else day + timedelta(days=1)
                begins = timespans.local_instant(day, starts, tz)
                if begins <= instant < timespans.local_instant(last, ends, tz):
                    return True
        return False

    @cache
    def is_open(resource, instant):
        own = clinic.own[doctors.index(resource)] if resource in doctors else None
        return in_blocks(instant, clinic.hours) and (own is None or in_blocks(instant, own))

    @cache
    def is_free(resource, instant):
        shut = any(who in (None, resource) and b <= instant < e for who, b, e in closed)
        return not shut and not any(who == resource and b <= instant < e for who, b, e in taken)

    def serves(choice, start) -> bool:
        used = []
        offset = 0
        for position, (_, minutes, _) in enumerate(clinic.steps):
            for need, resource in choice.items():
                if position in need[2]:
                    used.append((resource, offset, offset + minutes, need))
            offset += minutes
        busy = []
        for resource, first, last, need in used:
            cleaned = resource.turnover_minutes
            following = [f for r, f, _, n in used if n == need and f >= last]  # back in the same chair
            until = min([last + cleaned, *following])
            for minute in range(first, until):
                instant = start + minute * MINUTE
                if minute < last and not is_open(resource, instant):
                    return False
                if not is_free(resource, instant):
                    return False
                busy.append((resource.pk, minute))
            if is_cut_short(start, resource, last, last + cleaned):
                return False
        return len(busy) == len(set(busy))

    def is_cut_short(start, resource, last, until):
        """Cleaning that the next use of the same chair cuts short still finds nobody else there."""
        return any(not is_free(resource, start + minute * MINUTE) for minute in range(last, until))

    needs = needs_of(clinic.steps)
    found = []
    for start in starts_of(clinic, tz):
        ways = product(*(kinds[kind] for kind, _, _ in needs))
        if any(serves(dict(zip(needs, way, strict=True)), start) for way in ways):
            found.append(start)
    return found


def needs_of(steps):
    """(kind, number, positions of the steps that it serves)"""
    found = []
    for position, (_, _, wanted) in enumerate(steps):
        for need in wanted:
            kind, _, same = need.partition(":")
            if same:
                at = next(i for i, (k, _, p) in enumerate(found) if k == kind and int(same) in p)
                found[at] = (kind, found[at][1], (*found[at][2], position))
            else:
                found.append((kind, len(found), (position,)))
    return found


def starts_of(clinic, tz):
    instant = timespans.local_instant(clinic.day, time(0), tz)
    while instant.astimezone(tz).date() == clinic.day:
        yield instant
        instant += 5 * MINUTE


@settings(
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(clinic=clinics())
def test_the_sweep_finds_what_a_walk_over_minutes_finds(clinic, db):
    with transaction.atomic():
        location, visit_type, *rest = build(clinic)
        room = read_room(
            visit=read_visit(visit_type), location=location, first_day=clinic.day, last_day=clinic.day,
            now=NOW,
        )  # fmt: skip
        tz = ZoneInfo(clinic.zone)
        swept = room.starts(not_before=NOW, repacked=False)
        assert [at for at in swept if at.astimezone(tz).date() == clinic.day] == walk(
            clinic, location, visit_type, *rest
        )
        transaction.set_rollback(True)
