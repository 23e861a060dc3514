"""Many at once for one time of one practitioner in one room: exactly one gets it, nobody deadlocks.

The two controls show that the harness would see the damage: without lock and constraint several get the time;
with the constraint but without the lock, bookings that take several resources in different orders deadlock.
"""

import threading
from collections import Counter
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from django.db import connection

from bookings import door
from bookings.models import Booking, Claim
from tests import builders
from tests.builders import NOW
from tests.races.together import at_once, deadlocks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS = 60
TOMORROW_10 = datetime(2026, 11, 3, 10, tzinfo=ZoneInfo("Asia/Kolkata"))


@pytest.fixture
def place():
    location = builders.a_location()
    builders.a_room(location=location)
    builders.a_chair(location=location)
    consultation, session = builders.consultation_type(), builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[consultation, session])
    return location, consultation, session, doctor


def test_sixty_book_one_time_and_one_gets_it(place):
    location, consultation, _, doctor = place
    patients = [builders.a_patient(account=None) for _ in range(THREADS)]
    before = deadlocks()

    def book(n):
        door.book(
            patient=patients[n], visit_type=consultation, location=location, starts=TOMORROW_10,
            practitioner=doctor.pk, key=uuid4(), by=None, now=NOW,
        )  # fmt: skip
        return "booked"

    assert at_once(book, THREADS) == Counter({"booked": 1, "TimeTaken": THREADS - 1})
    assert (Booking.objects.count(), Claim.objects.count()) == (1, 2)
    assert deadlocks() - before == 0


def test_sixty_hold_one_time_and_one_gets_it(place):
    location, consultation, _, _ = place

    def hold(n):
        door.hold(
            visit_type=consultation, location=location, starts=TOMORROW_10, held_for=f"browser {n}", now=NOW
        )
        return "held"

    assert at_once(hold, THREADS) == Counter({"held": 1, "TimeTaken": THREADS - 1})
    assert Booking.objects.count() == 1


def test_twelve_submits_of_one_form_are_one_booking(place):
    location, consultation, _, doctor = place
    patient, key = builders.a_patient(), uuid4()

    def book(_):
        return door.book(
            patient=patient, visit_type=consultation, location=location, starts=TOMORROW_10,
            practitioner=doctor.pk, key=key, by=None, now=NOW,
        ).pk  # fmt: skip

    assert at_once(book, 12) == Counter({Booking.objects.get().pk: 12})


def test_twelve_courses_for_the_same_times_and_one_is_placed_whole(place):
    location, _, session, doctor = place
    courses = [
        builders.a_course(location=location, visit_type=session, practitioner=doctor) for _ in range(12)
    ]
    starts = [TOMORROW_10.replace(day=day) for day in (3, 17, 30)]
    before = deadlocks()

    def place_course(n):
        sessions = courses[n].sessions.order_by("number")
        times = [(one, start, None) for one, start in zip(sessions, starts, strict=True)]
        door.place_course(course=courses[n], times=times, key=uuid4(), by=None, now=NOW)
        return "placed"

    assert at_once(place_course, 12) == Counter({"placed": 1, "TimeTaken": 11})
    assert Booking.objects.count() == 3
    assert deadlocks() - before == 0


# Negative controls, on a scratch table


@pytest.fixture
def scratch():
    """A claims table of our own; `constrained` adds the rule that the real one has."""

    def make(*, constrained: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE scratch_claim (resource int, starts int, ends int)")
            if constrained:
                cursor.execute(
                    "ALTER TABLE scratch_claim ADD EXCLUDE USING gist"
                    " (resource WITH =, int4range(starts, ends) WITH &&)"
                )

    yield make
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE scratch_claim")


def test_control_without_lock_and_constraint_several_get_it(scratch):
    scratch(constrained=False)
    looked = threading.Barrier(12)

    def check_then_insert(_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM scratch_claim WHERE resource = 1")
            if cursor.fetchone()[0]:
                return "TimeTaken"
            looked.wait(timeout=60)
            cursor.execute("INSERT INTO scratch_claim VALUES (1, 10, 20)")
        return "booked"

    assert at_once(check_then_insert, 12)["booked"] == 12


def test_control_with_the_constraint_but_without_locks_deadlocks(scratch):
    scratch(constrained=True)
    both = threading.Barrier(2)

    def insert_in_own_order(n):
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("INSERT INTO scratch_claim VALUES (%s, 10, 20)", [n])
                both.wait(timeout=60)
                cursor.execute("INSERT INTO scratch_claim VALUES (%s, 10, 20)", [1 - n])
                cursor.execute("COMMIT")
        except Exception as error:
            connection.close()
            return error.__cause__.pgcode if isinstance(error.__cause__, psycopg2.Error) else repr(error)
        return "booked"

    found = at_once(insert_in_own_order, 2)

    assert found["40P01"] == 1
