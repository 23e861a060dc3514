"""What may stand once for one person, and stood in both of two records: one of them goes on."""

from datetime import date, timedelta

import pytest

from bookings.models import Away, Offer, WaitlistEntry
from bookings.services.verifying import verify
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import book, cancel, place, ten
from tests.bookings.merging_clinic import kept, manager, other, together
from tests.builders import NOW
from treatments.models import Pause

__all__ = ["kept", "manager", "other", "place"]
pytestmark = pytest.mark.django_db


def pause(patient, *, cause="travel", days_ago=1, **fields):
    return builders.a_pause(patient=patient, cause=cause, now=NOW - timedelta(days=days_ago), **fields)


@pytest.mark.parametrize(
    ("mine", "theirs", "stays"),
    [
        ({"days_ago": 2}, {"days_ago": 1}, "mine"),
        ({"days_ago": 1}, {"days_ago": 2}, "theirs"),
        ({"days_ago": 2}, {"days_ago": 1, "cause": "medicine"}, "theirs"),
        ({"days_ago": 1, "cause": "medicine"}, {"days_ago": 2}, "mine"),
    ],
)
def test_of_two_pauses_of_everything_one_stands_the_doctors_before_any_other(
    kept, other, manager, mine, theirs, stays
):
    made = {"mine": pause(kept, **mine), "theirs": pause(other, **theirs)}

    together(kept, other, by=manager)

    assert Pause.objects.get(ended_at=None) == made[stays]
    ended = Pause.objects.get(ended_at=NOW)
    assert (ended.ended_by, ended.patient) == (manager, kept)


def test_pauses_of_courses_stand_beside_one_of_everything(kept, other, manager):
    pauses = [pause(kept), pause(None, course=builders.a_course(decision=builders.a_decision(patient=other)))]

    together(kept, other, by=manager)

    assert set(Pause.objects.filter(ended_at=None, patient=kept)) == set(pauses)


def away(patient, first, last, **fields):
    days = {"first_on": date(2026, 12, first), "last_on": date(2026, 12, last)}
    return Away.objects.create(patient=patient, by=builders.staff(role="nurse"), at=NOW, **days | fields)


def test_the_same_days_away_are_said_once(kept, other, manager):
    mine = [away(kept, 3, 5), away(kept, 8, 9, removed_at=NOW)]
    theirs = [away(other, 3, 5), away(other, 3, 6), away(other, 8, 9)]

    together(kept, other, by=manager)

    assert list(Away.objects.filter(removed_at=None).order_by("pk")) == [mine[0], *theirs[1:]]
    assert set(Away.objects.values_list("patient", flat=True)) == {kept.pk}


@pytest.fixture
def waits(place, kept, other):
    """Both records wait for a consultation; the other one waited first, the kept one has a visit."""
    location, consultation, _, _ = place
    theirs = builders.a_wait(
        patient=other, visit_type=consultation, location=location, created_at=NOW - timedelta(days=9)
    )
    return builders.a_wait(booking=book(place, ten(20), patient=kept)), theirs


def test_who_waited_twice_keeps_the_earlier_place_and_the_visit(kept, other, manager, waits):
    mine, theirs = waits

    together(kept, other, by=manager)

    mine.refresh_from_db(), theirs.refresh_from_db()
    assert (mine.ended_why, mine.ended_at) == ("withdrawn", NOW)
    assert (theirs.ended_at, theirs.patient, theirs.booking) == (None, kept, mine.booking)


def test_what_was_offered_to_the_ended_one_ends_with_its_message(place, kept, other, manager, waits):
    gone = book(place, ten(12))
    cancel(gone)
    offer = builders.an_offer(freed=builders.a_freed_time(booking=gone), entry=waits[0])
    message = builders.a_message(patient=kept, subject=f"offer:{offer.pk}", kind="free_later")

    together(kept, other, by=manager)

    assert Offer.objects.get().outcome == "withdrawn"
    assert Message.objects.get(pk=message.pk).state == "withdrawn"


def test_waits_for_other_things_all_stand(place, kept, other, manager):
    location, consultation, session, _ = place
    for patient, visit_type in ((kept, consultation), (other, session)):
        builders.a_wait(patient=patient, visit_type=visit_type, location=location)

    together(kept, other, by=manager)

    assert WaitlistEntry.objects.filter(ended_at=None, patient=kept).count() == 2
    assert verify(now=NOW).wrong == {}
