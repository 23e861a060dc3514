"""Many taps on one free time, and several workers that offer the same ones: one has it, each is asked once.

The controls: with a check instead of the door several would have it; without the lock on the freed time two
workers would ask the same three.
"""

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError

from bookings.models import Booking, Change, FreedTime, Offer, Status, WaitlistEntry
from bookings.services.people.merge_plan import Choice, read_plan
from bookings.services.people.merging import merge
from bookings.services.verifying import verify
from bookings.services.waiting import answering, filling, offering
from clinic.models import AuditRow, Message
from tests import builders
from tests.bookings.door_clinic import book, cancel, place, ten
from tests.builders import NOW
from tests.races.together import at_once, deadlocks, each_at_once

__all__ = ["place"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PEOPLE, TAPS, WORKERS = 8, 3, 6
SOON, LATER = ten(3), ten(12)


@pytest.fixture(autouse=True)
def without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert deadlocks() - before == 0


def gave_up(place, starts):
    booking = book(place, starts)
    cancel(booking)
    FreedTime.objects.filter(booking=booking).delete()
    return builders.a_freed_time(booking=booking)


def waits(place, starts=None, **fields):
    """With a visit then, or without any."""
    location, consultation, _, _ = place
    if starts:
        return builders.a_wait(booking=book(place, starts), **fields)
    return builders.a_wait(visit_type=consultation, location=location, **fields)


def offered_to_all(place):
    freed = gave_up(place, SOON)
    entries = [waits(place, ten(9) + timedelta(hours=n)) if n % 2 else waits(place) for n in range(PEOPLE)]
    return [builders.an_offer(freed=freed, entry=entry) for entry in entries]


def tap(offer):
    return answering.take(offer=offer, by=offer.entry.patient.account, now=NOW).pk


def test_many_tap_many_times_and_one_has_it(place):
    offers = offered_to_all(place)

    found = at_once(lambda n: tap(offers[n % PEOPLE]), PEOPLE * TAPS)

    [booking] = Booking.objects.filter(starts=SOON, status=Status.BOOKED)
    assert found == Counter({booking.pk: TAPS, "SomebodyWasQuicker": (PEOPLE - 1) * TAPS})
    outcomes = Counter(Offer.objects.values_list("outcome", flat=True))
    assert outcomes == Counter({"lost": PEOPLE - 1, "taken": 1})
    ended = WaitlistEntry.objects.get(ended_at__isnull=False)
    assert (ended.patient_id, ended.ended_why) == (booking.patient_id, "booked")
    assert AuditRow.objects.filter(action="wait_booked").count() == 1
    assert verify(now=NOW).wrong == {}


def test_one_person_taps_in_many_windows_and_has_it_once(place):
    freed = gave_up(place, SOON)
    entry = waits(place, ten(20))
    offer, before = builders.an_offer(freed=freed, entry=entry), Change.objects.count()

    found = at_once(lambda _: tap(offer), 12)

    assert found == Counter({entry.booking_id: 12})
    assert Change.objects.count() - before == 1
    assert AuditRow.objects.filter(action="wait_booked").count() == 1


def test_workers_at_once_ask_nobody_twice(place):
    for n in range(5):
        gave_up(place, SOON - timedelta(minutes=30 * n) if n < 3 else LATER + timedelta(hours=n))
    for n in range(12):
        waits(place, ten(20) + timedelta(minutes=30 * n) if n % 2 else None)

    for minutes in (0, 1):
        at_once(lambda _, minutes=minutes: filling.fill(now=NOW + timedelta(minutes=minutes)), WORKERS)

    asked = Counter(Offer.objects.values_list("freed", flat=True))
    assert sorted(asked.values(), reverse=True) == [3, 3, 3, 1, 1]
    assert max(Counter(Offer.objects.values_list("entry", flat=True)).values()) == 1
    told = Message.objects.filter(kind__in=["free_soon", "free_later", "earlier_kept"], state="scheduled")
    assert told.count() == told.values("patient").distinct().count() == 11
    assert verify(now=NOW).wrong == {}


def test_a_merge_beside_workers_and_taps_leaves_one_time_and_one_place_on_the_list(place):
    freed, by = gave_up(place, SOON), builders.staff(role="manager")
    one, two = waits(place), waits(place)
    offer = builders.an_offer(freed=freed, entry=two)
    parts = dict.fromkeys(("name", "birth", "phone", "account"), one.patient_id)
    seen = read_plan(kept=one.patient, other=two.patient).seen

    def put_together():
        choice = Choice(**parts)
        merge(kept=one.patient, other=two.patient, choice=choice, seen=seen, by=by, now=NOW)
        return "merged"

    def work():
        filling.fill(now=NOW)
        return "filled"

    found = each_at_once([put_together, lambda: tap(offer), work, work])

    assert set(found[2:]) == {"filled"}
    assert Booking.objects.filter(starts=SOON, status=Status.BOOKED).count() <= 1
    assert WaitlistEntry.objects.filter(ended_at=None).count() <= 1 or found[0] != "merged"
    assert verify(now=NOW).wrong == {}


# The controls


def test_control_with_a_check_instead_of_the_door_several_have_it(place, monkeypatch):
    winners = []

    def checked(offer, by, now):
        if winners:
            raise answering.TimeTaken
        time.sleep(0.1)
        winners.append(offer.entry)
        return offer.entry

    offers = offered_to_all(place)
    monkeypatch.setattr(answering, "_through_the_door", checked)
    monkeypatch.setattr(answering, "settle_offer", lambda *_, **__: None)

    at_once(lambda n: tap(offers[n]), PEOPLE)

    assert len(winners) > 1


def test_control_without_the_lock_two_workers_ask_the_same_three(place, monkeypatch):
    def unlocked(pk, **_):
        return FreedTime.objects.select_related("location", "visit_type").filter(pk=pk).first()

    def slowly(entries):
        time.sleep(0.1)
        return {entry.pk for entry in entries}

    gave_up(place, SOON)
    for _ in range(3):
        waits(place)
    monkeypatch.setattr(offering, "lock_freed", unlocked)
    monkeypatch.setattr(offering, "_lock_who_is_free", slowly)

    def work(_):
        try:
            filling.fill(now=NOW)
        except IntegrityError:
            return "asked twice"
        return "filled"

    assert at_once(work, 4)["asked twice"] >= 1
