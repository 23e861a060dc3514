"""A doctor signs a course anew while its patient takes and moves times, and while another signs too."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking
from bookings.services.verifying import verify
from tests.bookings.door_clinic import a_course, place, place_days, ten
from tests.builders import NOW
from tests.races.together import deadlocks, each_at_once
from treatments.models import Prescription
from treatments.rules.gaps import Gap
from treatments.services.revising import Revision, gap_of, open_sessions, revise

__all__ = ["place"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 6
WIDER = Gap(16, 16, 21, 28)


@pytest.fixture(autouse=True)
def right_and_without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert verify(now=NOW).wrong == {}
    assert deadlocks() - before == 0


def sign(course, *, gaps=None, key=None, **fields):
    shown = {one.number: gap_of(one) for one in open_sessions(course)}
    revision = Revision(seen=1, gaps=shown | (gaps or {}), **fields)
    return revise(
        course=course, revision=revision, practitioner=course.practitioner, key=key or uuid4(), now=NOW
    )


def move(booking, starts):
    return door.move(moves=[(booking, starts, None)], key=uuid4(), by=None, now=NOW)


def test_a_wider_gap_and_a_move_below_it_never_both_stand(place):
    """Placed on days 3 and 20; the patient moves the second to day 17 while 16 days become the least."""
    for n in range(ROUNDS):
        course = a_course(place, sessions=2)
        first, second = place_days(course, 3, 20)
        moved, signed = each_at_once(
            [
                lambda second=second: move(second, ten(17)),
                lambda course=course: sign(course, gaps={2: WIDER}),
            ]
        )
        assert isinstance(signed, Prescription)
        day = (
            Booking.objects.counting().filter(course=course, session__number=2).values_list("day", flat=True)
        )
        assert list(day) in ([], [ten(20).date()]), (n, moved)
        first.refresh_from_db()
        assert first.clear_until == first.day + timedelta(days=16)
        door.cancel(bookings=[first], key=uuid4(), by=None, now=NOW)  # room for the next round
        for booking in Booking.objects.counting().filter(course=course):
            door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)


def test_a_session_taken_out_and_given_a_time_at_once_has_none(place):
    for _ in range(ROUNDS):
        course = a_course(place, sessions=2)
        [first] = place_days(course, 3)
        session = course.sessions.get(number=2)
        each_at_once(
            [
                lambda session=session: door.book_session(
                    session=session, starts=ten(17), key=uuid4(), by=None, now=NOW
                ),
                lambda course=course: sign(course, drops=frozenset({2})),
            ]
        )
        assert Booking.objects.counting().filter(session=session).count() == 0
        door.cancel(bookings=[first], key=uuid4(), by=None, now=NOW)


def test_two_who_sign_at_once_are_one_revision_and_one_who_looks_again(place):
    for _ in range(ROUNDS):
        course = a_course(place, sessions=3)
        answers = each_at_once(
            [
                lambda course=course: sign(course, gaps={2: WIDER}),
                lambda course=course: sign(course, drops=frozenset({3})),
            ]
        )
        assert sorted(one if isinstance(one, str) else "signed" for one in answers) == [
            "RevisionStale",
            "signed",
        ]
        assert course.prescriptions.count() == 2


def test_the_same_button_pressed_twice_signs_once(place):
    course, key = a_course(place, sessions=3), uuid4()
    answers = each_at_once([lambda: sign(course, gaps={2: WIDER}, key=key)] * 2)
    assert len({one.pk for one in answers}) == 1
    assert course.prescriptions.count() == 2
