"""Merges beside each other, beside bookings at the door and beside rows written without it: one outcome, in
which nothing points at a record that went, and no deadlock.
"""

import os
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, transaction

from bookings import door, refusals
from bookings.models import Booking, Status
from bookings.services.people.merge_plan import Choice, read_plan
from bookings.services.people.merging import merge, pointing_at_patients
from bookings.services.verifying import verify
from clinic.models import AuditRow, Message, Patient, ViewRow
from clinic.refusals import RecordMerged
from clinic.services.reminder_consents import agree_to_reminders
from consultations.services.intakes import start_intake
from tests import builders
from tests.bookings.door_clinic import a_course, book, cancel, place, place_days, ten
from tests.builders import NOW
from tests.races.together import deadlocks, each_at_once

__all__ = ["place"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 20 if os.environ.get("CLINIC_SOAK") else 3


@pytest.fixture(autouse=True)
def right_and_without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert verify(now=NOW).wrong == {}
    assert deadlocks() - before == 0
    # who opened the old number is written where it was opened
    for model, field in pointing_at_patients():
        if model not in (ViewRow, AuditRow):
            assert not model._base_manager.filter(**{f"{field}__merged_into__isnull": False}).exists()


def into(kept, other, by):
    parts = dict.fromkeys(("name", "birth", "phone", "account"), kept.pk)
    seen = read_plan(kept=kept, other=other).seen

    def put_together():
        merge(kept=kept, other=other, choice=Choice(**parts), seen=seen, by=by, now=NOW)
        return "merged"

    return put_together


def test_each_into_the_other_at_once_leaves_one(place):
    by = builders.staff(role="manager")
    for _ in range(ROUNDS):
        one, two = builders.a_patient(), builders.a_patient()

        found = each_at_once([into(one, two, by), into(two, one, by)])

        assert sorted(found) in (["SameRecord", "merged"], ["Changed", "merged"])
        assert Patient.objects.filter(pk__in=[one.pk, two.pk], merged_into=None).count() == 1


def test_the_same_merge_sent_many_times_is_one(place):
    by, one, two = builders.staff(role="manager"), builders.a_patient(), builders.a_patient()
    builders.a_decision(patient=two)

    found = each_at_once([into(one, two, by) for _ in range(6)])

    assert found == ["merged"] * 6
    assert AuditRow.objects.filter(action="records_merged").count() == 1


def test_three_records_in_a_ring_become_one_or_wait(place):
    by = builders.staff(role="manager")
    for _ in range(ROUNDS):
        ring = [builders.a_patient() for _ in range(3)]

        found = each_at_once([into(ring[n], ring[(n + 1) % 3], by) for n in range(3)])

        assert found.count("merged") >= 1
        assert set(found) <= {"merged", "SameRecord", "Changed"}


def test_a_booking_at_the_door_comes_along_or_is_refused(place):
    by = builders.staff(role="manager")
    for n in range(ROUNDS):
        one, two = builders.a_patient(), builders.a_patient()
        starts = ten(3) + timedelta(hours=n % 8)

        def take(two=two, starts=starts):
            return book(place, starts, patient=two).pk

        merged, booked = each_at_once([into(one, two, by), take])

        if booked in ("Busy", "RecordMerged"):
            assert merged == "merged"
            assert not Booking.objects.filter(starts=starts).exclude(status=Status.CANCELLED).exists()
        else:
            assert merged in ("merged", "Changed")
            assert Booking.objects.get(pk=booked).patient_id == (one.pk if merged == "merged" else two.pk)
        give_up(starts)


def give_up(starts):
    """Through the door: whoever frees a time beside it leaves the reminders of a visit that is none."""
    for booking in Booking.objects.filter(starts=starts).exclude(status=Status.CANCELLED):
        cancel(booking)


@pytest.mark.parametrize("first", ["booked", "merged"])
def test_whichever_comes_first_nobody_is_reminded_of_no_visit(place, first):
    """What the race above leaves to chance, both ways: its visit is one with a reminder ahead."""
    one, two, starts = builders.a_patient(), builders.a_patient(), ten(4)
    works = {
        "booked": lambda: book(place, starts, patient=two),
        "merged": into(one, two, builders.staff(role="manager")),
    }
    second = works[{"booked": "merged", "merged": "booked"}[first]]

    works[first]()
    with pytest.raises((refusals.Changed, RecordMerged)):
        second()

    reminded = Message.objects.filter(kind="reminder_24", state="scheduled")
    assert reminded.count() == (first == "booked")
    give_up(starts)
    assert not reminded.exists()


def test_sessions_moved_beside_a_merge_keep_their_week(place):
    by = builders.staff(role="manager")
    one, two = builders.a_patient(), builders.a_patient()
    mine, theirs = (a_course(place, decision=builders.a_decision(patient=who)) for who in (one, two))
    place_days(mine, 5)
    [booking] = place_days(theirs, 17)

    def move():
        door.move(moves=[(booking, ten(9), None)], key=uuid4(), by=None, now=NOW)
        return "moved"

    merged, moved = each_at_once([into(one, two, by), move])

    assert (merged, moved) in [
        ("merged", "Changed"),
        ("merged", "TooSoon"),
        ("Changed", "moved"),
        ("merged", "RecordMerged"),
        ("merged", "Busy"),
    ]


def test_what_is_written_without_the_door_comes_along_or_is_refused(place):
    by = builders.staff(role="manager")
    for _ in range(ROUNDS):
        one, two = builders.a_patient(), builders.a_patient()
        for who in (one, two):
            builders.a_consent(patient=who)

        def calmly(work):
            try:
                work()
            except OperationalError as error:
                assert error.__cause__.pgcode == "40001"
                return "again"
            return "written"

        found = each_at_once(
            [
                into(one, two, by),
                lambda two=two: calmly(lambda: start_intake(patient=two, by=None, now=NOW)),
                lambda two=two: calmly(
                    lambda: agree_to_reminders(patient=two, channels=["sms"], by=None, now=NOW)
                ),
                lambda two=two: calmly(lambda: builders.a_message(patient=two)),
            ]
        )

        assert found[0] in ("merged", "Changed")
        assert set(found[1:]) <= {"written", "again", "RecordMerged"}


def test_a_row_that_is_being_written_without_a_lock_is_waited_for(place):
    by, one, two = builders.staff(role="manager"), builders.a_patient(), builders.a_patient()
    put_together, is_written = into(one, two, by), threading.Event()

    def write():
        with transaction.atomic():
            message = builders.a_message(patient=two)
            is_written.set()
            time.sleep(0.5)  # the merge is under way meanwhile
        return message.pk

    def wait_and_merge():
        is_written.wait(timeout=30)
        return put_together()

    message, merged = each_at_once([write, wait_and_merge])

    assert (merged, Message.objects.get(pk=message).patient_id) == ("merged", one.pk)


def test_a_row_written_while_its_record_goes_is_refused(place):
    one, two = builders.a_patient(), builders.a_patient()
    is_gone = threading.Event()

    def go():
        with transaction.atomic():
            locked = Patient.objects.select_for_update().get(pk=two.pk)
            Patient.objects.filter(pk=locked.pk).update(merged_into=one)
            is_gone.set()
            time.sleep(0.5)
        return "gone"

    def write():
        is_gone.wait(timeout=30)
        try:
            builders.a_message(patient=two)
        except OperationalError as error:
            return error.__cause__.pgcode
        return "written"

    assert each_at_once([go, write]) == ["gone", "40001"]
