"""The made-up clinic: two locations in Bengaluru, who works there, what can be booked. Nobody is real."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import permutations
from zoneinfo import ZoneInfo

from bookings.models import Closure, ClosureKind, WorkingHours
from clinic.environment import DEMO_PASSWORD
from clinic.models import (
    Location,
    Need,
    OnCall,
    Practitioner,
    Price,
    Qualified,
    Resource,
    StaffRole,
    Step,
    Travel,
    User,
    VisitType,
)
from clinic.models.people import Role

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = range(6)
MORNING, AFTERNOON = (time(9, 30), time(13)), (time(14), time(19))


@dataclass
class Clinic:
    """What the rest of the demo refers to."""

    indiranagar: Location
    jayanagar: Location
    consultation: VisitType
    follow_up: VisitType
    session: VisitType
    triamcinolone: VisitType
    doctors: list[Practitioner]
    desk: User
    nurse: User
    manager: User

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.indiranagar.time_zone)


def make_clinic(*, today: date) -> Clinic:
    from_on = today - timedelta(days=400)
    indiranagar, jayanagar = (_location(*row, from_on=from_on) for row in LOCATIONS)
    visit_types = _visit_types(from_on)
    staff = {role: _staff(email, name, role) for email, name, role in STAFF}
    locations = {"indiranagar": indiranagar, "jayanagar": jayanagar}
    doctors = [_doctor(row, locations, visit_types, staff[Role.MANAGER], from_on) for row in DOCTORS]
    clinic = Clinic(
        indiranagar, jayanagar, *visit_types, doctors=doctors, desk=staff[Role.FRONT_DESK],
        nurse=staff[Role.NURSE], manager=staff[Role.MANAGER],
    )  # fmt: skip
    _closures(clinic, today)
    _between((indiranagar, jayanagar), 45)
    _keep_for_urgent(doctors[0])
    _on_call(clinic, today)
    return clinic


LOCATIONS = (
    ("Indiranagar", "indiranagar", "12th Main, HAL 2nd Stage, Bengaluru 560038", "+918040001234", 3, 4),
    ("Jayanagar", "jayanagar", "4th Block, 30th Cross, Bengaluru 560011", "+918040001235", 2, 2),
)


def _location(area, slug, address, phone, rooms, chairs, *, from_on) -> Location:
    location = Location.objects.create(
        name=f"Lakeview Skin & Hair, {area}",
        slug=slug,
        address=address,
        area=area,
        phone=phone,
        subdivision="KA",
        registration_number=f"DEMO-{slug.upper()}",
        opened_on=from_on,
    )
    for number in range(1, rooms + 1):
        _resource("room", f"Room {number}", location, 5)
    for number in range(1, chairs + 1):
        _resource("chair", f"Chair {number}", location, 0)
    WorkingHours.objects.bulk_create(
        WorkingHours(location=location, weekday=day, starts=starts, ends=ends, from_on=from_on)
        for day in range(6)
        for starts, ends in ((MORNING, AFTERNOON) if day != SATURDAY else (MORNING,))
    )
    return location


def _resource(kind, name, location, turnover_minutes) -> Resource:
    return Resource.objects.create(kind=kind, name=name, location=location, turnover_minutes=turnover_minutes)


STAFF = (
    ("desk@clinic.example", "Meera Pai", Role.FRONT_DESK),
    ("nurse@clinic.example", "Sister Jincy", Role.NURSE),
    ("manager@clinic.example", "Arun Shetty", Role.MANAGER),
)
RUNG_AT_NIGHT = (Role.DERMATOLOGIST, Role.MANAGER)


def _staff(email, name, role) -> User:
    phone = f"+9190000{90_000 + User.objects.count()}" if role in RUNG_AT_NIGHT else None
    user = User.objects.create_user(
        email=email, phone=phone, name=name, password=DEMO_PASSWORD, is_staff=True
    )
    StaffRole.objects.create(user=user, role=role)
    return user


# e-mail, name, gender, languages, what they do, and where they work when
DOCTORS = (
    ("doctor@clinic.example", "Dr Rao", "female", ["en", "kn", "hi"], "all", {
        "indiranagar": ((MONDAY, TUESDAY, THURSDAY, FRIDAY, SATURDAY), (MORNING, AFTERNOON)),
    }),
    ("iyer@clinic.example", "Dr Iyer", "male", ["en", "ta"], "all", {
        "indiranagar": ((MONDAY, WEDNESDAY, FRIDAY), (MORNING, AFTERNOON)),
        "jayanagar": ((TUESDAY, SATURDAY), (MORNING,)),
    }),
    ("thomas@clinic.example", "Dr Thomas", "male", ["en", "ml", "kn"], "all", {
        "jayanagar": ((MONDAY, WEDNESDAY, THURSDAY, FRIDAY), (MORNING, AFTERNOON)),
        "indiranagar": ((SATURDAY,), (MORNING,)),
    }),
    ("banu@clinic.example", "Dr Banu", "female", ["en", "ur", "hi"], "consultations", {
        "jayanagar": ((TUESDAY, THURSDAY), (AFTERNOON,)),
        "indiranagar": ((WEDNESDAY,), (MORNING, AFTERNOON)),
    }),
)  # fmt: skip


def _doctor(row, locations, visit_types, verified_by, from_on) -> Practitioner:
    email, name, gender, languages, does, places = row
    practitioner = Practitioner.objects.create(
        resource=Resource.objects.create(kind="practitioner", name=name),
        user=_staff(email, name, Role.DERMATOLOGIST),
        council="Karnataka Medical Council (demo)",
        registration_number=f"KMC 0000{Practitioner.objects.count() + 1} (demo)",
        verified_by=verified_by,
        verified_on=from_on,
        languages=languages,
        gender=gender,
    )
    for slug, (days, spans) in places.items():
        WorkingHours.objects.bulk_create(
            WorkingHours(
                resource=practitioner.resource, location=locations[slug], weekday=day, starts=starts,
                ends=ends, from_on=from_on,
            )
            for day in days
            for starts, ends in (spans if day != SATURDAY else spans[:1])
        )  # fmt: skip
    wanted = [one for one in visit_types if does == "all" or one.kind == "consultation"]
    Qualified.objects.bulk_create(Qualified(practitioner=practitioner, visit_type=one) for one in wanted)
    return practitioner


def _visit_types(from_on) -> tuple[VisitType, ...]:
    """Consultation, follow-up, session with numbing cream, session without."""
    talking = ["practitioner", "room"]
    return (
        _visit_type("first-consultation", "First consultation", 800, from_on, [("talking", 30, talking)]),
        _visit_type("follow-up", "Follow-up", 500, from_on, [("talking", 15, talking)]),
        _visit_type("scalp-session", "Scalp session", 4500, from_on, [
            ("numbing", 45, ["chair"]), ("injecting", 20, talking), ("watching", 15, ["chair:0"]),
        ]),
        _visit_type("patch-session", "Patch session", 2500, from_on, [
            ("injecting", 20, talking), ("watching", 15, ["chair"]),
        ]),
    )  # fmt: skip


def _visit_type(code, name, price, from_on, steps) -> VisitType:
    is_session = code.endswith("session")
    visit_type = VisitType.objects.create(
        code=code,
        name=name,
        kind="session" if is_session else "consultation",
        is_online=code == "first-consultation",
        start_every_minutes=15,
        notice_minutes=60,
        horizon_days=90,
    )
    Price.objects.create(visit_type=visit_type, from_on=from_on, amount=Decimal(price))
    made: list[dict[str, Need]] = []
    for position, (step_name, minutes, needs) in enumerate(steps):
        step = Step.objects.create(visit_type=visit_type, position=position, name=step_name, minutes=minutes)
        made.append({})
        for need in needs:
            kind, _, same = need.partition(":")
            same_as = made[int(same)][kind] if same else None
            made[position][kind] = Need.objects.create(step=step, kind=kind, same_as=same_as)
    return visit_type


def _closures(clinic: Clinic, today: date) -> None:
    """A holiday in three weeks, and one dermatologist away for three days before that."""

    def at(days: int, hour: int = 0) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour), clinic.tz)

    for location in (clinic.indiranagar, clinic.jayanagar):
        Closure.objects.create(
            location=location, starts=at(24), ends=at(25), kind=ClosureKind.HOLIDAY, reason="Holiday",
            by=clinic.manager,
        )  # fmt: skip
    thomas = clinic.doctors[2].resource
    Closure.objects.create(
        resource=thomas, starts=at(15), ends=at(18), kind=ClosureKind.LEAVE, reason="Leave", by=clinic.manager
    )


def _on_call(clinic: Clinic, today: date) -> None:
    """From the past weeks on, each doctor a week from Monday morning; who comes next is the second.

    The last weekend has nobody first yet: the rota says so.
    """
    monday = today - timedelta(days=today.weekday() + 28)
    for week in range(8):
        begins = monday + timedelta(days=7 * week)
        for rank in (1, 2):
            who = clinic.doctors[(week + rank - 1) % len(clinic.doctors)].user
            ends = begins + timedelta(days=5 if week == 7 and rank == 1 else 7)
            span = [datetime.combine(day, time(8), clinic.tz) for day in (begins, ends)]
            OnCall.objects.create(user=who, rank=rank, starts=span[0], ends=span[1])


def _between(locations: Iterable[Location], minutes: int) -> None:
    Travel.objects.bulk_create(
        Travel(origin=origin, destination=destination, minutes=minutes)
        for origin, destination in permutations(locations, 2)
    )


def _keep_for_urgent(doctor: Practitioner) -> None:
    """Half an hour of each afternoon, until noon."""
    afternoons = doctor.resource.working_hours.filter(starts=AFTERNOON[0])
    afternoons.update(urgent_from=time(15), urgent_to=time(15, 30))
