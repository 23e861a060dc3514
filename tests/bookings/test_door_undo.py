"""Undo puts back what was, unless somebody or something medical has moved on since."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Booking, Change, Status
from tests import builders
from tests.bookings.door_clinic import book, cancel, course, move, place, place_days, ten, undo
from tests.builders import NOW

__all__ = ["course", "place"]
pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


def decide(patient, verdict, *, now, **fields):
    intake = builders.an_intake(patient=patient, now=now)
    return builders.a_decision(screening=builders.a_screening(intake=intake, now=now), verdict=verdict,
                               now=now, **fields)  # fmt: skip


def test_a_cancel_is_not_undone_past_a_decision_signed_since(course):
    [first] = place_days(course, 3)
    cancel(first)
    decide(course.patient, "not_suitable", now=NOW + SECOND)

    with pytest.raises(refusals.NeedsReview):
        undo(now=NOW + 2 * SECOND)
    assert Booking.objects.get().status == Status.CANCELLED


def test_a_move_is_not_undone_into_days_deferred_since(course):
    [first] = place_days(course, 3)
    move(first, ten(30))
    decide(course.patient, "defer", now=NOW + SECOND, defer_until=ten(20).date())

    with pytest.raises(refusals.NeedsReview):
        undo(now=NOW + 2 * SECOND)
    assert Booking.objects.get().starts == ten(30)


def test_a_cancel_is_not_undone_into_a_pause_begun_since(course):
    [first] = place_days(course, 3)
    cancel(first)
    builders.a_pause(course=course, now=NOW + SECOND)

    with pytest.raises(refusals.NeedsReview):
        undo(now=NOW + 2 * SECOND)


def test_what_was_in_question_before_the_cancel_is_put_back(course):
    """The time was kept until the doctor decides; a slip of the finger must not lose it."""
    [first] = place_days(course, 3)
    decide(course.patient, "not_suitable", now=NOW)
    cancel(first, now=NOW + SECOND)

    assert undo(now=NOW + 2 * SECOND)[0].status == Status.BOOKED


def test_a_booking_is_undone_whatever_medicine_says_since(course):
    place_days(course, 3)
    decide(course.patient, "not_suitable", now=NOW + SECOND)

    assert undo(now=NOW + 2 * SECOND)[0].status == Status.CANCELLED


def test_undo_keeps_the_order_of_a_course(course):
    """Session 3 took the place of session 2 while that was cancelled."""
    _, second, third = place_days(course, 3, 17, 30)
    cancel(second)
    cancelled = Change.objects.latest("pk")
    move(third, ten(10), authority=door.Authority.DOCTOR, reason="leaves town")

    with pytest.raises(refusals.OutOfOrder):
        undo(cancelled)
    second.refresh_from_db()
    assert second.status == Status.CANCELLED


def test_undo_puts_back_what_a_doctor_placed_early(course):
    _, second = place_days(course, 3, 11, authority=door.Authority.DOCTOR, reason="leaves town")
    cancel(second)

    assert undo()[0].starts == ten(11)


def test_the_same_undo_twice_is_one_also_when_the_second_read_the_change_before(place):
    cancel(book(place))
    change, key = Change.objects.latest("pk"), uuid4()

    first = undo(change, key=key)
    second = undo(Change.objects.get(pk=change.pk), key=key)
    change.undone_by = None  # as a twin read it a moment before the first was done
    third = undo(change, key=key)

    assert first == second == third
    assert Change.objects.filter(action="undo").count() == 1


def test_an_undo_of_something_undone_by_somebody_else_is_refused(place):
    cancel(book(place))
    change = Change.objects.latest("pk")
    undo(change)

    with pytest.raises(refusals.Changed):
        undo(change)
