"""The made-up clinics that bench measures, the same in every size; sizes differ in what is stored beside.

growth   2 practitioners, 60 days three fifths full: the same rows in the window, whatever is stored beside
four     4 practitioners, a year three fifths full: openings over HTTP, courses
ten      10 practitioners, 60 days three fifths full: planning
twenty   20 practitioners, 20 rooms, 30 chairs, 60 days three fifths full: the big search
one      1 practitioner, nothing booked: everybody wants one time
leave    4 practitioners, nothing booked: on_leave.py sends one of them away
chairs   12 practitioners and 6 chairs, nothing booked: packing
wide     8 practitioners, open round the clock, nothing booked: bookings by the thousand
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from bookings.demo.crowd import Days, Desks, Kinds, people, restart_ids, visits
from bookings.models import Booking, WorkingHours
from clinic.models import (
    Location,
    Need,
    Practitioner,
    Qualified,
    Resource,
    StaffRole,
    Step,
    User,
    VisitType,
)

NOW = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)  # a Monday, 7:30 in the morning there
TODAY = date(2027, 1, 4)
LONG_AGO = date(2000, 1, 1)
THREE_FIFTHS = 77  # of 128
TALK, TREAT = "consultation", "treatment"
# Far from every other number in a statement, so that throughput.py can tell one kind of id from another.
FIRST_RESOURCE, FIRST_PATIENT, FIRST_BOOKING = 7_000_001, 10_000_001, 500_000_001


@dataclass(frozen=True)
class Size:
    """`bookings`: stored in all, the window included. `full`: more than the place `growth` has visits."""

    name: str
    bookings: int
    patients: int
    full: bool = True
    days: int = 60
    year: int = 366
    twenty: tuple[int, int, int] = (20, 20, 30)


SIZES = {
    size.name: size
    for size in (
        Size("1k", 1_000, 2_000, full=False),
        Size("100k", 100_000, 100_000),
        Size("1m", 1_000_000, 100_000),
        Size("tiny_before", 150, 2_000, full=False, days=9, year=35, twenty=(3, 3, 4)),
        Size("tiny", 1_500, 2_000, days=9, year=35, twenty=(3, 3, 4)),
    )
}


def staff_counts(size: Size) -> dict[str, tuple[int, int, int]]:
    """Practitioners, rooms and chairs by place."""
    return {
        "growth": (2, 2, 3),
        "four": (4, 4, 8),
        "ten": (10, 10, 15),
        "twenty": size.twenty,
        "one": (1, 1, 1),
        "chairs": (12, 12, 6),
        "leave": (4, 4, 6),
        "wide": (8, 8, 1),
    }


def make_everything(size: Size) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE clinic_resource_id_seq RESTART %s", [FIRST_RESOURCE])
    types = {TALK: _visit_type(TALK, "consultation", _TALK), TREAT: _visit_type(TREAT, "session", _TREAT)}
    desk = User.objects.create_user(email="desk@bench.example", name="Desk", is_staff=True)
    StaffRole.objects.create(user=desk, role="front_desk")
    desks = {slug: _place(slug, *counts, types.values()) for slug, counts in staff_counts(size).items()}
    people(count=size.patients, first_id=FIRST_PATIENT, created_at=NOW - timedelta(days=400))
    _fill(size, desks, types)
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE bookings_booking_id_seq RESTART %s", [FIRST_BOOKING])


_TALK = [("talking", 30, ["practitioner", "room"])]
_TREAT = [
    ("numbing", 45, ["chair"]),
    ("injecting", 20, ["practitioner", "room"]),
    ("watching", 15, ["chair:0"]),
]


def _visit_type(code: str, kind: str, steps) -> VisitType:
    made = VisitType.objects.create(code=code, name=code.capitalize(), kind=kind, is_online=kind != "session")
    needs: list[dict[str, Need]] = []
    for position, (name, minutes, kinds) in enumerate(steps):
        step = Step.objects.create(visit_type=made, position=position, name=name, minutes=minutes)
        needs.append({})
        for wanted in kinds:
            resource, _, same = wanted.partition(":")
            same_as = needs[int(same)][resource] if same else None
            needs[position][resource] = Need.objects.create(step=step, kind=resource, same_as=same_as)
    return made


def _place(slug: str, practitioners: int, rooms: int, chairs: int, types) -> Desks:
    location = Location.objects.create(
        name=slug.capitalize(),
        slug=slug,
        area=slug.capitalize(),
        registration_number=slug,
        opened_on=LONG_AGO,
    )
    who = [_practitioner(f"Dr {slug.capitalize()} {n}", types) for n in range(1, practitioners + 1)]
    _hours(location, None)
    for one in who:
        _hours(location, one)
    seats = _resources("chair", location, chairs, 0)
    return Desks(
        location, who, _resources("room", location, rooms, 5), seats[:practitioners], seats[practitioners:]
    )


def _practitioner(name: str, types) -> int:
    resource = Resource.objects.create(kind="practitioner", name=name)
    user = User.objects.create_user(email=f"{resource.pk}@bench.example", name=name, is_staff=True)
    practitioner = Practitioner.objects.create(
        resource=resource, user=user, council="Bench", registration_number=str(resource.pk),
        verified_by=user, verified_on=LONG_AGO,
    )  # fmt: skip
    Qualified.objects.bulk_create(Qualified(practitioner=practitioner, visit_type=one) for one in types)
    return resource.pk


def _resources(kind: str, location: Location, number: int, turnover: int) -> list[int]:
    rows = [
        Resource(kind=kind, name=f"{kind} {n}", location=location, turnover_minutes=turnover)
        for n in range(1, number + 1)
    ]
    return [row.pk for row in Resource.objects.bulk_create(rows)]


def _hours(location: Location, resource: int | None) -> None:
    begins, ends = (time(0), time(23, 55)) if location.slug == "wide" else (time(9), time(19))
    WorkingHours.objects.bulk_create(
        WorkingHours(
            location=location, resource_id=resource, weekday=day, starts=begins, ends=ends, from_on=LONG_AGO
        )
        for day in range(6)
    )


def _fill(size: Size, desks: dict[str, Desks], types: dict[str, VisitType]) -> None:
    """The window of each place, then the years before, back to the first booking that `size` asks for."""
    window = {"growth": size.days}
    if size.full:
        window |= {"four": size.year, "ten": size.days, "twenty": size.days}
    stored = 0
    for slug, days in window.items():
        span = Days(TODAY, TODAY + timedelta(days=days), THREE_FIFTHS, NOW)
        stored += _visits(size, desks[slug], span, types, 1 + stored)
    day = TODAY
    a_day = sum(len(desks[slug].practitioners) for slug in window) * 15 * THREE_FIFTHS / 128 * 6 / 7
    while stored < size.bookings:  # what is still missing, by the month or less
        back = max(1, min(30, int((size.bookings - stored) / a_day)))
        span = Days(day - timedelta(days=back), day - timedelta(days=1), THREE_FIFTHS, NOW)
        for slug in window:
            stored += _visits(size, desks[slug], span, types, 1 + stored)
        day = span.first
    restart_ids(Booking)


def _visits(size: Size, desks: Desks, days: Days, types, first_id: int) -> int:
    whose = range(FIRST_PATIENT, FIRST_PATIENT + size.patients)
    kinds = Kinds(talk=types[TALK], treat=types[TREAT])
    return visits(desks, days, kinds, patients=whose, first_id=first_id)
