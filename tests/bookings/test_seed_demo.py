"""The demo clinic: made once, valid everywhere, with somebody in every state."""

import io
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bookings.models import Booking, Claim
from clinic.models import Location, Message, Patient, Practitioner, Resource, User
from consultations.models import Intake, Screening
from treatments.models import Course

pytestmark = pytest.mark.django_db(transaction=True)


def seed() -> str:
    output = io.StringIO()
    call_command("seed_demo", stdout=output)
    return output.getvalue()


def counts():
    return [model.objects.count() for model in (Location, Resource, Patient, Booking, Claim, Intake, Message)]


def test_seed_demo_makes_the_whole_clinic_once():
    seed()
    first = counts()

    said = seed()

    assert (counts(), said) == (first, "The demo clinic is there already.\n")
    assert (Location.objects.count(), Practitioner.objects.count(), Patient.objects.count()) == (2, 4, 30)
    emails = set(User.objects.filter(is_staff=True).values_list("email", flat=True))
    assert {"desk@clinic.example", "nurse@clinic.example"} < emails
    assert User.objects.get(email="doctor@clinic.example").check_password("demo-clinic-2026")
    lanes = Counter(
        Screening.objects.order_by("patient", "-pk").distinct("patient").values_list("lane", flat=True)
    )
    assert (lanes["same-day"], lanes["7-day"]) == (2, 1)
    assert Intake.objects.filter(submitted_at=None).count() == 2
    assert sorted(
        course.sessions.filter(given_on__isnull=False).count() for course in Course.objects.all()
    ) == [0, 2]
    late = Message.objects.filter(state="scheduled", due_at__lte=timezone.now())
    assert late.count() == 0


def test_seed_demo_refuses_outside_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(CommandError):
        seed()
    assert Location.objects.count() == 0
