"""A day as full as the largest clinic has it, written at once: 480 visits in sixteen columns."""

from datetime import date, datetime, timedelta

from bookings.models import Booking, Claim, Status, WorkingHours
from clinic.models import Location, Patient, Practitioner, Qualified, Resource, User, VisitType

COLUMNS, EACH, MINUTES = 16, 30, 15


def fill(*, location: Location, visit_type: VisitType, first: datetime, day: date) -> list[Booking]:
    """Every column from `first` on, one visit after the other, of one step of fifteen minutes each."""
    practitioners = [_practitioner(location, visit_type, number, day) for number in range(COLUMNS)]
    patients = Patient.objects.bulk_create(
        Patient(name=f"Somebody {n:03}", phone=f"+9190001{n:05}", born_on=date(1990, 5, 17))
        for n in range(COLUMNS * EACH)
    )
    bookings = Booking.objects.bulk_create(
        Booking(
            reference=f"FD{n:05}", patient=patient, visit_type=visit_type, location=location,
            practitioner=practitioners[n // EACH], status=Status.BOOKED, day=day,
            created_at=first - timedelta(days=9), starts=_start(first, n), ends=_start(first, n + 1, of=n),
        )
        for n, patient in enumerate(patients)
    )  # fmt: skip
    step = visit_type.steps.get()
    Claim.objects.bulk_create(
        Claim(booking=one, resource_id=one.practitioner_id, step=step, starts=one.starts, ends=one.ends)
        for one in bookings
    )
    return bookings


def _start(first: datetime, n: int, *, of: int | None = None) -> datetime:
    """`of`: the end of that one, also when the next is another column's first."""
    place = n % EACH if of is None else of % EACH + 1
    return first + timedelta(minutes=MINUTES * place)


def _practitioner(location: Location, visit_type: VisitType, number: int, day: date) -> Practitioner:
    name = f"Dr Full {number:02}"
    user = User.objects.create_user(email=f"full{number}@clinic.example", name=name, is_staff=True)
    resource = Resource.objects.create(kind="practitioner", name=name)
    made = Practitioner.objects.create(
        resource=resource, user=user, council="Example Council", registration_number=f"FULL-{number}",
        verified_by=user, verified_on=day,
    )  # fmt: skip
    Qualified.objects.create(practitioner=made, visit_type=visit_type)
    own = WorkingHours.objects.filter(location=location, resource=None, weekday=day.weekday())
    WorkingHours.objects.bulk_create(
        WorkingHours(
            location=location, resource=resource, weekday=row.weekday, starts=row.starts, ends=row.ends,
            from_on=row.from_on,
        )
        for row in own
    )  # fmt: skip
    return made
