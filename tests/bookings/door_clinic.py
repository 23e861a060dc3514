"""One location, one room, one chair, one dermatologist, and what is done at its door."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bookings import door
from bookings.models import Change
from bookings.services.door.gap_rules import Authority
from tests import builders
from tests.builders import NOW

IST = ZoneInfo("Asia/Kolkata")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


def ten(day: int) -> datetime:
    """10:00 on the day so many days after 31 October 2026; 1, 8, 15, … are Sundays, and shut."""
    return local("2026-10-31T10:00") + timedelta(days=day)


@pytest.fixture
def place():
    location = builders.a_location()
    builders.a_room(location=location, turnover_minutes=5)
    builders.a_chair(location=location)
    consultation, session = builders.consultation_type(), builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[consultation, session])
    return location, consultation, session, doctor


@pytest.fixture
def course(place):
    return a_course(place)


def a_course(place, **fields):
    location, _, session, doctor = place
    return builders.a_course(location=location, visit_type=session, practitioner=doctor, **fields)


def book(place, starts=None, *, patient=None, key=None, now=NOW, **fields):
    location, consultation, _, _ = place
    patient = patient or builders.a_patient()
    return door.book(
        patient=patient, visit_type=consultation, location=location, starts=starts or ten(3),
        key=key or uuid4(), by=patient.account, now=now, **fields,
    )  # fmt: skip


def hold(place, starts=None, *, browser="one", now=NOW):
    location, consultation, _, _ = place
    return door.hold(
        visit_type=consultation, location=location, starts=starts or ten(3), held_for=browser, now=now
    )


def place_days(course, *days, numbers=None, authority=Authority.PATIENT, now=NOW, reason=""):
    """Place sessions (1, 2, 3, … unless `numbers` are given) at 10:00 on these days."""
    numbers = numbers or range(1, len(days) + 1)
    sessions = {session.number: session for session in course.sessions.all()}
    times = [(sessions[number], ten(day), None) for number, day in zip(numbers, days, strict=True)]
    return door.place_course(
        course=course, times=times, key=uuid4(), by=None, now=now, authority=authority, reason=reason
    )


def move(booking, starts, *, now=NOW, **fields):
    booking.refresh_from_db()
    return door.move(moves=[(booking, starts, None)], key=uuid4(), by=None, now=now, **fields)[0]


def cancel(booking, *, now=NOW):
    booking.refresh_from_db()
    return door.cancel(bookings=[booking], key=uuid4(), by=None, now=now)[0]


def undo(change=None, *, key=None, now=NOW):
    change = change or Change.objects.latest("pk")
    return door.undo(change=change, key=key or uuid4(), by=None, now=now)
