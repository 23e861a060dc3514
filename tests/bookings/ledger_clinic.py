"""Courses with a price at the small clinic of patient_clinic.py, and what is paid for them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bookings.models import Booking, Entry, EntryKind, Status
from bookings.services.ledger import taking
from bookings.services.ledger.charging import charge_given
from bookings.services.ledger.entries import Draft
from clinic.models import Patient
from clinic.services.locks import lock_patient
from tests import builders
from tests.bookings.patient_clinic import local
from tests.builders import NOW
from treatments.models import CourseSession

PRICE = Decimal("2500.00")


@pytest.fixture
def meera():
    return builders.staff(role="front_desk", name="Meera Pai")


def a_course(place, *, sessions=3, price=PRICE, **fields):
    return builders.a_course(
        location=place.location, visit_type=place.session, practitioner=place.doctor, sessions=sessions,
        session_price=price, now=NOW - timedelta(days=90), **fields,
    )  # fmt: skip


def give(course, number, day="2026-11-02"):
    """The session was given: record, day and diary, and what follows for the account."""
    session = course.sessions.get(number=number)
    starts = local(f"{day}T09:00")
    builders.a_record(session=session, started_at=starts)
    builders.a_booking(session=session, starts=starts, status=Status.DONE)
    follow(course)
    return session


def follow(course, *, now=NOW):
    """What course_changed does to the account, without the rest of it."""
    lock_patient(course.patient_id)
    charge_given(course, now=now)


def not_given_after_all(session):
    Booking.objects.filter(session=session).update(clear_until=None)
    CourseSession.objects.filter(pk=session.pk).update(given_on=None)


def missed(course, number, starts="2026-10-30T10:00"):
    session = course.sessions.get(number=number)
    return builders.a_booking(session=session, starts=local(starts), status=Status.NO_SHOW, clear_until=None)


def consulted(place, *, name="Asha Rao", day="2026-11-02"):
    """A consultation that is over; it costs what consultation_type says."""
    return builders.a_booking(
        patient=builders.a_patient(name=name), location=place.location, visit_type=place.consultation,
        practitioner=place.doctor, starts=local(f"{day}T09:00"), status=Status.DONE,
    )  # fmt: skip


def draft(patient, location, amount="800", *, kind=EntryKind.PAYMENT, method="cash", **fields):
    is_money = kind in (EntryKind.PAYMENT, EntryKind.REFUND)
    return Draft(
        patient=patient, location=location, kind=kind, amount=Decimal(amount),
        method=method if is_money else "", **fields,
    )  # fmt: skip


def pay(patient, location, amount="800", *, by, key=None, now=NOW, **fields):
    wanted = draft(patient, location, amount, **fields)
    return taking.take_payment(draft=wanted, key=key or uuid4(), by=by, now=now)


def back(patient, location, amount, *, by, why="paid twice", key=None, **fields):
    wanted = draft(patient, location, amount, kind=EntryKind.REFUND, why=why, **fields)
    return taking.give_back(draft=wanted, key=key or uuid4(), by=by, now=NOW)


def off(patient, location, amount, *, by, why="a student", key=None, **fields):
    wanted = draft(patient, location, amount, kind=EntryKind.DISCOUNT, why=why, **fields)
    return taking.give_discount(draft=wanted, key=key or uuid4(), by=by, now=NOW)


def lines(patient: Patient) -> list[tuple]:
    rows = Entry.objects.filter(patient=patient).order_by("pk")
    return [(row.kind, str(row.amount), row.reverses is not None) for row in rows]
