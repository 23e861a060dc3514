"""`manage.py verify`, the account: each damage is planted in rows that no service would write."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection

from bookings.models import Entry
from bookings.services.ledger.verifying import WRONG
from bookings.services.verifying import verify
from tests import builders
from tests.bookings.ledger_clinic import a_course, back, follow, give, meera, not_given_after_all, off, pay
from tests.bookings.patient_clinic import at_now, place
from tests.builders import NOW
from treatments.models import CourseSession

__all__ = ["at_now", "meera", "place"]
pytestmark = pytest.mark.django_db


def write(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE bookings_entry DISABLE TRIGGER USER")
        cursor.execute(statement)


@pytest.fixture
def course(place, meera):
    """A session given and paid, more paid ahead, a discount, money given back, a charge taken back."""
    course = a_course(place)
    give(course, 1, day="2026-10-05")
    for amount in ("2500", "700"):
        pay(course.patient, place.location, amount, by=meera, course=course)
    off(course.patient, place.location, "100", by=meera)
    back(course.patient, place.location, "200", by=meera)
    second = give(course, 2, day="2026-10-19")
    not_given_after_all(second)
    follow(course)
    return course


def given_and_not_charged(course):
    session = course.sessions.get(number=3)
    CourseSession.objects.filter(pk=session.pk).update(dropped_reason="forfeited")
    return [f"session:{session.pk}"]


def charged_and_not_given(course):
    write("UPDATE bookings_entry SET amount = 1 WHERE reverses_id IS NOT NULL AND kind = 'charge'")
    return [f"session:{course.sessions.get(number=2).pk}"]


def more_given_back_than_paid(course):
    write("UPDATE bookings_entry SET amount = 3200.01 WHERE kind = 'refund'")
    return [f"patient:{course.patient_id}"]


def money_without_receipt(course):
    newest = Entry.objects.filter(kind="refund").get()
    write("UPDATE bookings_entry SET receipt = '' WHERE kind = 'refund'")
    return [f"entry:{newest.pk}"]


def gap_in_receipts(course):
    write("UPDATE bookings_entry SET receipt = left(receipt, -1) || '5' WHERE kind = 'refund'")
    return [f"entry:{Entry.objects.get(kind='refund').pk}"]


def line_of_somebody_else(course):
    paid = Entry.objects.filter(kind="payment").earliest("pk")
    wrong = Entry.objects.create(
        key=uuid4(), patient=builders.a_patient(), location=paid.location, day=paid.day, kind="payment",
        amount=Decimal(2500), method="cash", why="x", reverses=paid, by=paid.by, at=NOW,
    )  # fmt: skip
    return [f"entry:{wrong.pk}"]


PLANTED = {
    plant.__name__: plant
    for plant in (
        given_and_not_charged, charged_and_not_given, more_given_back_than_paid, money_without_receipt,
        gap_in_receipts, line_of_somebody_else,
    )
}  # fmt: skip


def found():
    return {name: rows for name, rows in verify(now=NOW).wrong.items() if name in WRONG}


def test_every_check_has_a_damage_that_it_finds():
    assert set(PLANTED) == set(WRONG)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_damage_is_named_with_its_row(course, name):
    assert found() == {}

    planted = PLANTED[name](course)

    assert found()[name] == planted


def test_a_given_session_whose_charge_is_missing_is_named(place):
    course = a_course(place)
    session = give(course, 1)
    write("DELETE FROM bookings_entry")
    assert found() == {"given_and_not_charged": [f"session:{session.pk}"]}


def test_a_course_without_a_price_is_right_without_charges(place):
    give(a_course(place, price=None), 1)
    assert found() == {}
