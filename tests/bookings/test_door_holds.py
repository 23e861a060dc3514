"""Holds: one a browser, never in the way of what became of them."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from bookings import door, refusals
from bookings.models import Booking, Change, Claim, Status
from bookings.services.door import taking
from clinic.models import Resource
from tests import builders
from tests.bookings.door_clinic import book, hold, place, ten
from tests.builders import NOW

__all__ = ["place"]
pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(monkeypatch, act):
    """Let `act` happen once, after the next door has looked and before it locks."""
    look, waiting = taking._look_and_choose, [act]

    def look_then_wait(*args):
        found = look(*args)
        if waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(taking, "_look_and_choose", look_then_wait)


def test_a_second_tap_on_the_same_time_meanwhile_is_the_same_hold(place, monkeypatch):
    first = []
    meanwhile(monkeypatch, lambda: first.append(hold(place)))

    second = hold(place)

    assert [second] == first
    assert Booking.objects.count() == 1


def test_another_time_held_meanwhile_by_the_same_browser_is_given_up(place, monkeypatch):
    meanwhile(monkeypatch, lambda: hold(place, ten(4)))

    last = hold(place, ten(3))

    assert list(Booking.objects.all()) == [last]


def test_the_database_keeps_one_hold_a_browser(place):
    held = hold(place)
    twin = Booking.objects.get(pk=held.pk)
    twin.pk, twin.reference = None, "EXAMPLE"

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_a_hold_confirmed_meanwhile_is_not_deleted_for_the_next_one(place, monkeypatch):
    held, patient = hold(place, ten(3)), builders.a_patient()
    confirm = {"held": held, "patient": patient, "key": uuid4(), "by": None, "now": NOW}
    meanwhile(monkeypatch, lambda: door.confirm(**confirm))

    second = hold(place, ten(4))

    assert Booking.objects.get(pk=held.pk).status == Status.BOOKED
    assert (second.status, Claim.objects.count()) == (Status.HELD, 4)


def test_giving_up_a_hold_waits_for_whoever_confirms_it(place):
    """Its resources are locked before it is deleted, as confirm does."""
    held = hold(place, ten(3))
    other = builders.a_room(location=place[0])
    Resource.objects.filter(pk__in=held.claims.values("resource")).exclude(kind="practitioner").update(
        is_active=False
    )  # the next hold takes another room, and another practitioner
    builders.a_practitioner(location=place[0], qualified=[place[1]])
    Resource.objects.filter(pk=held.practitioner_id).update(is_active=False)
    got = []

    def hold_elsewhere():
        try:
            got.append(hold(place, ten(4)))
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold_elsewhere)
    with transaction.atomic():
        taking.lock(patients=set(), resources={claim.resource_id for claim in held.claims.all()})
        thread.start()
        thread.join(timeout=1)
        assert Booking.objects.filter(pk=held.pk).exists()
        assert thread.is_alive()
    thread.join()

    assert list(Booking.objects.all()) == got
    assert other.pk in set(Claim.objects.values_list("resource_id", flat=True))


def test_a_hold_is_neither_moved_nor_cancelled(place):
    held = hold(place)

    with pytest.raises(refusals.NotPossible):
        door.cancel(bookings=[held], key=uuid4(), by=None, now=NOW)
    with pytest.raises(refusals.NotPossible):
        door.move(moves=[(held, ten(4), None)], key=uuid4(), by=None, now=NOW)


def test_what_is_gone_meanwhile_has_changed(place):
    held = hold(place)
    door.release(held=held)

    with pytest.raises(refusals.Changed):
        door.cancel(bookings=[Booking(pk=10**6, patient=builders.a_patient())], key=uuid4(), by=None, now=NOW)


def test_a_session_is_not_held_or_booked_as_if_it_were_a_consultation(place):
    location, _, session, _ = place

    with pytest.raises(refusals.NotPossible):
        door.hold(visit_type=session, location=location, starts=ten(3), held_for="one", now=NOW)
    with pytest.raises(refusals.NotPossible):
        door.book(
            patient=builders.a_patient(), visit_type=session, location=location, starts=ten(3), key=uuid4(),
            by=None, now=NOW,
        )  # fmt: skip
    assert Booking.objects.count() == 0


def test_confirming_one_hold_with_two_keys_is_one_booking(place):
    held, patient = hold(place), builders.a_patient()
    door.confirm(held=held, patient=patient, key=uuid4(), by=None, now=NOW)

    with pytest.raises(refusals.TimeTaken):
        door.confirm(held=held, patient=builders.a_patient(), key=uuid4(), by=None, now=NOW)
    assert (Booking.objects.get().patient, Change.objects.count()) == (patient, 1)


@pytest.mark.parametrize("authority", [door.Authority.PATIENT, door.Authority.DESK])
def test_a_patient_has_three_visits_ahead_and_the_desk_may_book_more(place, authority):
    patient = builders.a_patient()
    for day in (3, 4, 5):
        book(place, ten(day), patient=patient)

    if authority == door.Authority.DESK:
        assert book(place, ten(6), patient=patient, authority=authority).status == Status.BOOKED
        return
    with pytest.raises(refusals.TooMany):
        book(place, ten(6), patient=patient)
    held = hold(place, ten(6))
    with pytest.raises(refusals.TooMany):
        door.confirm(held=held, patient=patient, key=uuid4(), by=None, now=NOW)
    later = ten(3).replace(hour=12)
    assert book(place, ten(6), patient=patient, now=later).status == Status.BOOKED
