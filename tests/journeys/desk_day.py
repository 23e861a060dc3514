"""Written into the running demo's database, through the door where it matters, before somebody looks."""

import json
from datetime import timedelta
from uuid import uuid4

A_DAY_AHEAD = timedelta(days=2)  # Wednesday: nobody of the demo's stories is disturbed
AFTERNOON = 14


def three_visits() -> None:
    """This afternoon two with Dr Iyer, an hour apart, and one with Dr Rao. Prints their references."""
    from bookings import door
    from clinic.models import Patient, Practitioner, VisitType
    from clinic.services.days import zone_of

    now, location = _now_and_place()
    iyer, rao = (Practitioner.objects.get(resource__name=name) for name in ("Dr Iyer", "Dr Rao"))
    day = now.astimezone(zone_of(location))

    def book(name, who, hour):
        patient = Patient.objects.create(name=name, phone=f"+91900007{hour:02}00", born_on="1985-03-03")
        starts = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        return door.book(
            patient=patient, visit_type=VisitType.objects.get(code="follow-up"), location=location,
            starts=starts, practitioner=who.pk, key=uuid4(), by=None, now=now - timedelta(days=1),
            authority=door.Authority.DESK,
        ).reference  # fmt: skip

    made = {"ravi": book("Ravi Naidu", iyer, 16), "asha": book("Asha Murthy", iyer, 17)}
    print(json.dumps(made | {"leela": book("Leela Nair", rao, 18)}))


def full_day() -> None:
    from clinic.models import VisitType
    from clinic.services.days import zone_of
    from tests import builders
    from tests.bookings.full_day import fill

    now, location = _now_and_place()
    first = (
        (now + A_DAY_AHEAD).astimezone(zone_of(location)).replace(hour=10, minute=0, second=0, microsecond=0)
    )
    quick = builders.a_visit_type(
        kind=VisitType.objects.first().kind,
        name="Quick look",
        code="quick",
        steps=[("talking", 15, ["practitioner"])],
    )
    print(
        json.dumps(
            [
                one.reference
                for one in fill(location=location, visit_type=quick, first=first, day=first.date())
            ]
        )
    )


def _now_and_place():
    from clinic import clock
    from clinic.models import Location

    return clock.now(), Location.objects.get(slug="indiranagar")
