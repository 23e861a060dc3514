"""The house of the made-up clinic: places, visit types, people, releases, products. See tests/builders.py."""

import hashlib
import itertools
import json
import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal

from bookings.models import WorkingHours
from clinic.models import (
    Location,
    Need,
    Patient,
    Practitioner,
    Price,
    Qualified,
    Release,
    Resource,
    StaffRole,
    Step,
    User,
    VisitType,
)
from treatments.models import Product

NOW = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)  # Monday, 10:00 in Bengaluru
LONG_AGO = date(2026, 1, 1)
PASSWORD = "demo-clinic-2026"
WEEK = tuple((weekday, time(9), time(18)) for weekday in range(6))  # Monday to Saturday

_numbers = itertools.count(1)


def next_number() -> int:
    return next(_numbers)


def next_key() -> uuid.UUID:
    return uuid.UUID(int=next_number())


# Places


def working_hours(*, location, resource=None, hours=WEEK, from_on=LONG_AGO, until_on=None):
    """Weekly hours, one row for each (weekday, starts, ends); of the location itself without a resource."""
    return WorkingHours.objects.bulk_create(
        WorkingHours(
            location=location,
            resource=resource,
            weekday=weekday,
            starts=starts,
            ends=ends,
            from_on=from_on,
            until_on=until_on,
        )
        for weekday, starts, ends in hours
    )


def a_location(*, name=None, time_zone="Asia/Kolkata", hours=WEEK, is_open=True, **fields):
    number = next_number()
    location = Location.objects.create(
        name=name or f"Example Clinic {number}",
        slug=f"example-{number}",
        time_zone=time_zone,
        address=f"{number} Example Street",
        area=f"Example Area {number}",
        registration_number=f"EX-{number}",
        opened_on=LONG_AGO if is_open else None,
        **fields,
    )
    working_hours(location=location, hours=hours)
    return location


def a_resource(*, kind, location=None, name=None, turnover_minutes=0):
    return Resource.objects.create(
        kind=kind,
        name=name or f"{kind.title()} {next_number()}",
        location=location or a_location(),
        turnover_minutes=turnover_minutes,
    )


def a_room(*, location=None, name=None, turnover_minutes=0):
    return a_resource(kind="room", location=location, name=name, turnover_minutes=turnover_minutes)


def a_chair(*, location=None, name=None, turnover_minutes=0):
    return a_resource(kind="chair", location=location, name=name, turnover_minutes=turnover_minutes)


def a_practitioner(*, location=None, qualified=(), hours=WEEK, name=None, user=None, **fields):
    """A dermatologist who works these hours at the location and may do the visit types in `qualified`."""
    number = next_number()
    location = location or a_location()
    user = user or staff(role="dermatologist", location=None, name=name)
    practitioner = Practitioner.objects.create(
        resource=Resource.objects.create(kind="practitioner", name=name or f"Dr Example {number}"),
        user=user,
        council="Example Medical Council",
        registration_number=f"EMC-{number}",
        languages=["en"],
        **{"verified_by": user, "verified_on": LONG_AGO} | fields,
    )
    working_hours(location=location, resource=practitioner.resource, hours=hours)
    for visit_type in qualified:
        Qualified.objects.create(practitioner=practitioner, visit_type=visit_type)
    return practitioner


# Visit types


def a_visit_type(*, kind, steps, code=None, name=None, price=None, **fields):
    """`steps`: (name, minutes, needs); a need is a kind, or "chair:0" for the very chair that step 0 had."""
    number = next_number()
    visit_type = VisitType.objects.create(
        code=code or f"{kind}-{number}", name=name or f"Example {kind} {number}", kind=kind, **fields
    )
    made: list[dict[str, Need]] = []
    for position, (step_name, minutes, needs) in enumerate(steps):
        step = Step.objects.create(visit_type=visit_type, position=position, name=step_name, minutes=minutes)
        made.append({})
        for need in needs:
            resource_kind, _, same = need.partition(":")
            made[position][resource_kind] = Need.objects.create(
                step=step, kind=resource_kind, same_as=made[int(same)][resource_kind] if same else None
            )
    if price is not None:
        Price.objects.create(visit_type=visit_type, from_on=LONG_AGO, amount=Decimal(price))
    return visit_type


def consultation_type(**fields):
    """30 minutes with a dermatologist in a room; patients book it themselves."""
    return a_visit_type(
        **{"kind": "consultation", "is_online": True, "start_every_minutes": 15, "price": "800"}
        | {"steps": [("talking", 30, ["practitioner", "room"])]}
        | fields
    )


def session_type(**fields):
    """Numbing 45 in a chair, injecting 20 by a dermatologist in a room, watching 15 in the same chair."""
    steps = [
        ("numbing", 45, ["chair"]),
        ("injecting", 20, ["practitioner", "room"]),
        ("watching", 15, ["chair:0"]),
    ]
    return a_visit_type(
        **{"kind": "session", "start_every_minutes": 15, "price": "4500", "steps": steps} | fields
    )


# People


def a_phone() -> str:
    return f"+9190000{next_number():05d}"


def an_account(*, phone=None, email=None, **fields):
    """A patient's log-in: a phone unless an e-mail is given, never a password."""
    if phone is None and email is None:
        phone = a_phone()
    return User.objects.create_user(phone=phone, email=email, **fields)


def a_patient(*, account=True, name=None, **fields):
    """`account`: True for a new one with the same phone, None for nobody's, or the account it belongs to."""
    phone = fields.pop("phone", None) or a_phone()
    owner = an_account(phone=phone) if account is True else account or None
    return Patient.objects.create(
        **{"account": owner, "name": name or f"Example Patient {next_number()}", "phone": phone}
        | {"born_on": date(1990, 5, 17), "sex_at_birth": "female", "area": "Example Area"}
        | fields
    )


def staff(*, role, location=None, name=None, email=None, password=PASSWORD):
    """`role`: front_desk, nurse, dermatologist, manager; everywhere unless a location is given."""
    number = next_number()
    user = User.objects.create_user(
        email=email or f"{role}{number}@clinic.example",
        name=name or f"Example {role.replace('_', ' ').title()} {number}",
        password=password,
        is_staff=True,
    )
    StaffRole.objects.create(user=user, role=role, location=location)
    return user


# Releases and products


def a_release(*, kind, code=None, content=None, version=1, signed_by=None, now=NOW):
    content = {"example": next_number()} if content is None else content
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Release.objects.create(
        kind=kind,
        code=code or f"example-{next_number()}",
        version=version,
        content=content,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        published_at=now,
        signed_by=signed_by,
        signed_at=now if signed_by else None,
    )


def a_product(*, name=None, code=None, ingredients=("minoxidil",), regulatory_status="licensed_other_route"):
    number = next_number()
    return Product.objects.create(
        code=code or f"product-{number}",
        name=name or f"Example Product {number}",
        ingredients=list(ingredients),
        regulatory_status=regulatory_status,
    )
