"""A pause beside a placing, a move, an arrival of the same course: whichever is first, nothing that is paused
keeps a time ahead. The control shows what happens where the pause does not wait for whoever is placing.
"""

import os
import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Change, Status
from bookings.services import pausing as diary
from bookings.services.door import taking
from bookings.services.verifying import verify
from clinic.models import Patient
from tests import builders
from tests.bookings.door_clinic import a_course, place, place_days, ten
from tests.builders import NOW
from tests.races.together import deadlocks, each_at_once
from treatments.models import Pause
from treatments.services import pausing

__all__ = ["place"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 30 if os.environ.get("CLINIC_SOAK") else 4
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert deadlocks() - before == 0


def pausing_of(course, by=None):
    by = by or course.patient.account

    def pause():
        pausing.pause(patient=course.patient, course=course, cause="travel", by=by, now=NOW)
        return "paused"

    return pause


def placing_of(course):
    def placed():
        place_days(course, 3, 17, 31)
        return "placed"

    return placed


def ahead(course):
    return Booking.objects.counting().filter(course=course, status=Status.BOOKED).count()


def test_paused_and_placed_at_once_leaves_no_time(place):
    for _ in range(ROUNDS):
        course = a_course(place)
        found = each_at_once([pausing_of(course), placing_of(course)])
        assert sorted(found) in (["NeedsReview", "paused"], ["paused", "placed"])
        assert ahead(course) == 0
    assert verify(now=NOW).wrong == {}


def test_paused_and_moved_at_once_leaves_no_time(place):
    for _ in range(ROUNDS):
        course = a_course(place)
        first = place_days(course, 3)[0]

        def move(booking=first):
            door.move(moves=[(booking, ten(4), None)], key=uuid4(), by=None, now=NOW)
            return "moved"

        found = each_at_once([pausing_of(course), move])
        assert found[0] == "paused"
        assert found[1] in ("moved", "Changed", "NotPossible", "NeedsReview")
        assert ahead(course) == 0
    assert verify(now=NOW).wrong == {}


def test_many_taps_are_one_pause_and_one_change(place):
    course = a_course(place)
    place_days(course, 3, 17)
    desk = builders.staff(role="front_desk")
    assert each_at_once([pausing_of(course), pausing_of(course, desk)] * 4) == ["paused"] * 8
    assert (Pause.objects.count(), Change.objects.filter(action="pause").count()) == (1, 1)


def test_many_undos_with_one_key_are_one(place):
    course = a_course(place)
    place_days(course, 3, 17)
    pausing_of(course)()
    made, key = Pause.objects.get(), uuid4()

    def undo():
        done = diary.undo_pause(pause=made, key=key, by=made.by, now=NOW + MINUTE)
        return len(done.back), len(done.gone)

    assert each_at_once([undo] * 6) == [(2, 0)] * 6
    assert (ahead(course), Change.objects.filter(action="undo").count()) == (2, 1)
    assert verify(now=NOW).wrong == {}


@pytest.mark.parametrize(("waits", "left"), [(True, 0), (False, 3)])
def test_control_without_its_lock_a_pause_leaves_times_standing(place, monkeypatch, waits, left):
    """The placing has looked and decided, and has not committed, when the pause begins."""
    course = a_course(place)
    decided, paused = threading.Event(), threading.Event()
    write = taking.write

    def slowly(*args):
        decided.set()
        paused.wait(timeout=0.8 if waits else 20)  # with the lock the pause cannot end before us
        return write(*args)

    def pause():
        decided.wait(timeout=20)
        pausing_of(course)()
        paused.set()
        return "paused"

    monkeypatch.setattr(taking, "write", slowly)
    if not waits:
        monkeypatch.setattr(pausing, "lock_patient", lambda pk: Patient.objects.get(pk=pk))
    assert sorted(each_at_once([placing_of(course), pause])) == ["paused", "placed"]
    assert ahead(course) == left
    assert ("time_of_what_is_paused" in verify(now=NOW).wrong) is not waits
