"""`seed_demo --scale N`: a big location beside the demo clinic, with N more people and a year of visits."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from bookings.demo.crowd import Days, Desks, Kinds, insert, people, restart_ids, visits
from bookings.models import Booking, WorkingHours
from bookings.rules.reminder_ladder import LADDER
from clinic import outbox
from clinic.models import (
    Location,
    Message,
    Patient,
    Practitioner,
    Qualified,
    ReminderConsent,
    Resource,
    StaffRole,
    User,
    VisitType,
)
from clinic.models.people import Role
from clinic.services.days import local_day

SLUG = "whitefield"
PEOPLE_A_DOCTOR, MOST_DOCTORS = 3000, 40
BACK, AHEAD = timedelta(days=275), timedelta(days=90)
CELLS_A_DAY, DENSE = 15, 122  # of 128


def is_scaled() -> bool:
    return Location.objects.filter(slug=SLUG).exists()


@transaction.atomic
def scale(number: int, *, now: datetime) -> int:
    """Add `number` people, about a visit each, spread over a year, and a full today; how many visits."""
    location = _location(local_day(now) - timedelta(days=400))
    desks = _desks(location, -(-number // PEOPLE_A_DOCTOR))
    first = 1 + (Patient.objects.aggregate(last=Max("pk"))["last"] or 0)
    people(count=number, first_id=first, created_at=now - BACK)
    first_booking = 1 + (Booking.objects.aggregate(last=Max("pk"))["last"] or 0)
    stored = 0
    for days in _year(number, len(desks.practitioners), local_day(now, location), now):
        stored += visits(
            desks, days, _kinds(), patients=range(first, first + number), first_id=first_booking + stored
        )
    restart_ids(Booking)
    _reminders(location, first, now)
    return stored


def _year(number: int, doctors: int, today: date, now: datetime) -> list[Days]:
    working_days = (BACK + AHEAD).days * 6 / 7
    share = min(DENSE, round(128 * number / (doctors * CELLS_A_DAY * working_days)))
    day = timedelta(days=1)
    return [
        Days(today - BACK, today - day, share, now),
        Days(today, today, DENSE, now),
        Days(today + day, today + AHEAD, share, now),
    ]


def _kinds() -> Kinds:
    types = {one.code: one for one in VisitType.objects.all()}
    return Kinds(talk=types["first-consultation"], short=types["follow-up"])


# Where and with whom


def _location(from_on: date) -> Location:
    return Location.objects.create(
        name="Lakeview Skin & Hair, Whitefield", slug=SLUG, address="ITPL Main Road, Bengaluru 560066",
        area="Whitefield", phone="+918040001236", registration_number="DEMO-WHITEFIELD", opened_on=from_on,
    )  # fmt: skip


def _desks(location: Location, doctors: int) -> Desks:
    numbers = range(1, min(doctors, MOST_DOCTORS) + 1)
    rooms = Resource.objects.bulk_create(
        Resource(kind="room", name=f"Room {n}", location=location, turnover_minutes=5) for n in numbers
    )
    who = [_doctor(location, n) for n in numbers]
    _hours(location, [None, *who])
    types = VisitType.objects.filter(kind="consultation")
    Qualified.objects.bulk_create(
        Qualified(practitioner_id=one, visit_type=kind) for one in who for kind in types
    )
    return Desks(location, who, [room.pk for room in rooms])


def _doctor(location: Location, number: int) -> int:
    name = f"Dr Whitefield {number}"
    user = User.objects.create_user(email=f"whitefield-{number}@clinic.example", name=name, is_staff=True)
    StaffRole.objects.create(user=user, role=Role.DERMATOLOGIST, location=location)
    resource = Resource.objects.create(kind="practitioner", name=name)
    Practitioner.objects.create(
        resource=resource, user=user, council="Karnataka Medical Council (demo)",
        registration_number=f"KMC 1{number:04} (demo)", verified_by=user, verified_on=location.opened_on,
        languages=["en", "kn"], gender="female" if number % 2 else "male",
    )  # fmt: skip
    return resource.pk


def _hours(location: Location, whose: list[int | None]) -> None:
    WorkingHours.objects.bulk_create(
        WorkingHours(
            resource_id=one, location=location, weekday=day, starts=time(9), ends=time(19),
            from_on=location.opened_on,
        )
        for one in whose
        for day in range(6)
    )  # fmt: skip


# What they are told


def _reminders(location: Location, first_patient: int, now: datetime) -> None:
    """As the diary's own: at this place no visit has its reminder in the night."""
    agreed = {"patient_id": "id", "channel": "'sms'", "given_at": "%(now)s"}
    insert(ReminderConsent, agreed, "FROM clinic_patient WHERE id >= %(first)s", first=first_patient, now=now)
    said = {
        "place": settings.CLINIC_NEUTRAL_NAME,
        "area": location.area,
        "link": outbox.link(reverse("my_visits")),
        "tz": location.time_zone,
    }
    for rung in LADDER:
        given = {"before": rung.before, "useful": rung.useful_until, "kind": rung.kind, "now": now}
        insert(Message, _MESSAGE, _TO_BE_REMINDED, location=location.pk, **given, **said)


_MESSAGE = {
    "id": "gen_random_uuid()",
    "subject": "'booking:' || booking.id",
    "kind": "%(kind)s",
    "channel": "'sms'",
    "message_class": "'ordinary'",
    "patient_id": "patient.id",
    "address": "patient.phone",
    "time_zone": "%(tz)s",
    "fields": """jsonb_build_object('place', %(place)s::text, 'area', %(area)s::text, 'link', %(link)s::text,
        'weekday_day', to_char(starts AT TIME ZONE %(tz)s, 'Dy FMDD Mon'),
        'time', to_char(starts AT TIME ZONE %(tz)s, 'FMHH12:MI am'))""",
    "due_at": "starts - %(before)s",
    "not_after": "starts - %(useful)s",
    "created_at": "%(now)s",
}
_TO_BE_REMINDED = """
    FROM bookings_booking AS booking JOIN clinic_patient AS patient ON patient.id = booking.patient_id
    WHERE booking.location_id = %(location)s AND booking.status = 'booked' AND starts - %(before)s > %(now)s
"""
