"""Receipts are numbered while several desks take money at once: no number twice, none left out."""

from uuid import uuid4

import pytest
from django.db import connection

from bookings.models import Entry
from bookings.services.ledger import entries
from bookings.services.ledger.verifying import WRONG
from bookings.services.verifying import verify
from tests import builders
from tests.bookings.ledger_clinic import back, pay
from tests.builders import NOW
from tests.races.together import at_once, deadlocks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DESKS, ROUNDS = 8, 4


@pytest.fixture
def location():
    return builders.a_location()


@pytest.fixture
def desk():
    return builders.staff(role="front_desk")


@pytest.fixture(autouse=True)
def without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert deadlocks() - before == 0


def wrong():
    return {name: rows for name, rows in verify(now=NOW).wrong.items() if name in WRONG}


def test_eight_desks_at_once_number_their_receipts_without_gap(location, desk):
    patients = [builders.a_patient() for _ in range(DESKS)]
    for _ in range(ROUNDS):
        at_once(lambda n: pay(patients[n], location, by=desk).pk, DESKS)

    numbers = sorted(int(entry.receipt[-6:]) for entry in Entry.objects.all())
    assert numbers == list(range(1, DESKS * ROUNDS + 1))
    assert wrong() == {}


def test_control_without_the_lock_numbers_are_taken_twice(location, desk, monkeypatch):
    """Were the lock of no use, the test above would pass without it, too."""
    monkeypatch.setattr(entries, "_lock_numbers", lambda location: None)
    patients = [builders.a_patient() for _ in range(DESKS)]
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX entry_receipt_once")
    try:
        for _ in range(ROUNDS):
            at_once(lambda n: pay(patients[n], location, by=desk).pk, DESKS)
        numbers = [entry.receipt for entry in Entry.objects.all()]
        assert len(set(numbers)) < len(numbers)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE bookings_entry CASCADE")
            cursor.execute(
                "CREATE UNIQUE INDEX entry_receipt_once ON bookings_entry (receipt) WHERE receipt <> ''"
            )


def test_one_form_sent_eight_times_at_once_is_one_entry(location, desk):
    patient, key = builders.a_patient(), uuid4()
    found = at_once(lambda n: pay(patient, location, by=desk, key=key).pk, DESKS)
    assert list(found.values()) == [DESKS]
    assert Entry.objects.count() == 1


def test_one_reference_at_two_locations_at_once_is_used_once(location, desk):
    places = [location, builders.a_location()]
    for number in range(ROUNDS):
        patients = [builders.a_patient() for _ in places]
        found = at_once(
            lambda n, patients=patients, number=number: (
                pay(patients[n], places[n], by=desk, method="upi", reference=f"41{number}").method
            ),
            len(places),
        )
        assert found == {"upi": 1, "ReferenceUsed": 1}
    assert wrong() == {}


def test_money_goes_back_once_however_many_press_at_once(location, desk):
    patient = builders.a_patient()
    pay(patient, location, "800", by=desk)
    found = at_once(lambda n: back(patient, location, "800", by=desk).kind, DESKS)
    assert found == {"refund": 1, "MoreThanPaid": DESKS - 1}
    assert wrong() == {}
