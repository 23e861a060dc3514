"""The demo clinic: made once, valid everywhere, with somebody in every state."""

import io
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Booking, Claim
from bookings.rules.reminder_ladder import Visit, reminders
from bookings.services.verifying import verify
from clinic import clock, formats
from clinic.models import Location, Message, Patient, Practitioner, Resource, User
from clinic.rules.message_texts import MessageFields
from clinic.rules.names import search_key, search_words
from consultations.models import Intake, Screening
from treatments.models import Course

pytestmark = pytest.mark.django_db(transaction=True)


def seed(*arguments: str) -> str:
    output = io.StringIO()
    call_command("seed_demo", *arguments, stdout=output)
    return output.getvalue()


def counts():
    return [model.objects.count() for model in (Location, Resource, Patient, Booking, Claim, Intake, Message)]


@pytest.fixture
def late_morning(monkeypatch):
    """A Monday, 11:20."""
    moment = datetime(2026, 11, 23, 5, 50, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def test_seed_demo_makes_the_whole_clinic_once(late_morning):
    seed()
    first = counts()

    said = seed()

    assert (counts(), said) == (first, "The demo clinic is there already.\n")
    assert (Location.objects.count(), Practitioner.objects.count(), Patient.objects.count()) == (2, 4, 51)
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
    ) == [0, 0, 2]
    assert Message.objects.filter(state="scheduled", due_at__lte=late_morning).count() == 0
    assert verify(now=late_morning).wrong == {}
    today = Booking.objects.filter(day=late_morning.date())
    for location in Location.objects.all():
        there = set(today.filter(location=location).values_list("status", flat=True))
        assert there >= {"done", "in_room", "arrived", "booked"}, location.slug
    assert today.count() >= 20
    assert today.filter(status="watching").count() == 1
    assert today.filter(status="held", replaces__isnull=False).count() == 1
    assert today.exclude(fit_in_reason="").count() == 1
    overdue = today.filter(status="booked", starts__lt=late_morning - timedelta(minutes=20))
    assert overdue.count() == 2
    assert Booking.objects.filter(day=late_morning.date() + timedelta(days=1), confirmed_at=None).exists()


def test_seed_demo_refuses_outside_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(CommandError):
        seed()
    assert Location.objects.count() == 0


def test_seed_demo_to_scale_adds_a_big_location_once_and_leaves_nothing_wrong():
    said = seed("--scale", "900")
    first, now = counts(), clock.now()

    assert said.splitlines()[1].startswith("Beside it, 900 people with ")
    again = seed("--scale", "900")
    assert (counts(), again.splitlines()[1]) == (first, "The big location is there already.")
    assert verify(now=now).wrong == {}
    there = Booking.objects.filter(location__slug="whitefield")
    assert 700 < there.count() < 1100
    assert {"booked", "done", "no_show", "cancelled"} <= set(there.values_list("status", flat=True))
    for patient in Patient.objects.filter(account=None).order_by("-pk")[:40]:
        assert patient.name_key == search_key(patient.name)
        assert set(patient.name_words.values_list("word", flat=True)) == search_words(patient.name)
    for booking in there.filter(status="booked").select_related("location")[:25]:
        assert_reminded_as_usual(booking, now)


def assert_reminded_as_usual(booking, now):
    tz = ZoneInfo(booking.location.time_zone)
    visit, local = Visit(booking.starts, booking.location_id, tz), booking.starts.astimezone(tz)
    planned = [(one.kind, one.due_at, one.not_after) for one in reminders(visit, now=now)]
    told = Message.objects.filter(subject=f"booking:{booking.pk}")
    assert sorted(told.values_list("kind", "due_at", "not_after")) == sorted(planned)
    for message in told:
        said = (message.fields["weekday_day"], message.fields["time"])
        assert said == (formats.day(local.date()), formats.time_of(local, tz))
        assert set(message.fields) == {field.name for field in fields(MessageFields)}


@pytest.mark.parametrize("number", ["0", "-1", "200001", "1e5", "many", "", "٣"])
def test_seed_demo_refuses_nonsense_for_a_scale(number):
    with pytest.raises(CommandError) as refused:
        seed(f"--scale={number}")

    assert refused.value.returncode == 2
    assert Location.objects.count() == 0
