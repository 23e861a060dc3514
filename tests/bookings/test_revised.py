"""What a plan signed anew does to the times that stand: as few as can be are given back."""

from datetime import timedelta

import pytest
from django.db import transaction

from bookings import door, refusals
from bookings.models import Booking, Change, FreedTime, Status
from bookings.services.verifying import verify
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import a_course, course, place, place_days, ten
from tests.bookings.test_modalities import of_kind
from tests.builders import NOW
from treatments.models.courses import Phase
from treatments.rules.gaps import Gap
from treatments.services.changes import course_changed
from treatments.services.records import Entry, sign_record
from treatments.services.revising import Adding, Revision, gap_of, open_sessions, revise

__all__ = ["course", "place"]
pytestmark = pytest.mark.django_db(transaction=True)
CHECKED = ("below_the_floor", "days_kept_clear", "out_of_order", "injections_within_a_week", "parked")


def sign(course, *, gaps=None, now=NOW, **fields):
    shown = {one.number: gap_of(one) for one in open_sessions(course)}
    seen = course.prescriptions.order_by("-revision").first().revision
    revision = Revision(seen=seen, gaps=shown | (gaps or {}), **fields)
    return revise(
        course=course, revision=revision, practitioner=course.practitioner, key=builders.next_key(), now=now
    )


def standing(course):
    """{session number: (day counted from the clinic's first, days kept clear after it)}"""
    rows = Booking.objects.counting().filter(course=course).select_related("session")
    first = ten(0).date()
    return {
        one.session.number: ((one.day - first).days, (one.clear_until - one.day).days)
        for one in rows.order_by("day")
    }


def nothing_is_wrong(now=NOW):
    wrong = verify(now=now).wrong
    return {name: wrong[name] for name in CHECKED if name in wrong} == {}


# three sessions two weeks apart, never before a week


def test_a_wider_gap_keeps_more_days_clear(course):
    place_days(course, 3, 17, 31)
    assert standing(course) == {1: (3, 7), 2: (17, 7), 3: (31, 7)}

    sign(course, gaps={2: Gap(14, 14, 14, 21), 3: Gap(10, 12, 14, 21)})

    assert standing(course) == {1: (3, 14), 2: (17, 10), 3: (31, 7)}
    assert nothing_is_wrong()
    with pytest.raises(refusals.TooSoon):
        move_to(course, 2, 16)


def move_to(course, number, day):
    booking = Booking.objects.counting().get(course=course, session__number=number)
    return door.move(moves=[(booking, ten(day), None)], key=builders.next_key(), by=None, now=NOW)


def test_a_narrower_gap_frees_days(course):
    sign(course, gaps={2: Gap(14, 14, 14, 21)})
    place_days(course, 3, 17, 31)
    sign(course, gaps={2: Gap(7, 7, 7, 10)})
    assert standing(course) == {1: (3, 7), 2: (17, 7), 3: (31, 7)}
    assert nothing_is_wrong()


def test_only_the_time_that_the_plan_has_no_room_for_is_given_back(course):
    place_days(course, 3, 17, 31)

    sign(course, gaps={2: Gap(15, 20, 28, 35)})

    assert standing(course) == {1: (3, 15), 3: (31, 7)}
    released = Booking.objects.get(course=course, session__number=2)
    change = Change.objects.latest("pk")
    assert (released.status, released.claims.count()) == (Status.CANCELLED, 0)
    assert (change.action, change.reason, change.by) == (
        "to_be_moved",
        "plan_changed",
        course.practitioner.user,
    )
    assert FreedTime.objects.filter(booking=released).count() == 1
    assert nothing_is_wrong()


@pytest.mark.parametrize(("least", "stays"), [(14, True), (15, False)])
def test_a_time_exactly_at_the_new_floor_stays(course, least, stays):
    place_days(course, 3, 17, 31)
    sign(course, gaps={2: Gap(least, 20, 28, 35)})
    assert (2 in standing(course)) is stays


def test_a_session_taken_out_gives_its_time_back_and_the_next_counts_from_the_one_before(course):
    place_days(course, 3, 17, 31)

    sign(course, drops=frozenset({2}))

    assert standing(course) == {1: (3, 7), 3: (31, 7)}
    told = Message.objects.filter(patient=course.patient, subject__startswith="change:").exclude(
        state="withdrawn"
    )
    assert told.count() >= 1
    assert nothing_is_wrong()


def test_the_last_one_taken_out_leaves_the_week_after_the_one_before(course):
    sign(course, gaps={3: Gap(20, 20, 28, 35)})
    place_days(course, 3, 17, 45)
    assert standing(course)[2] == (17, 20)

    sign(course, drops=frozenset({3}))

    assert standing(course) == {1: (3, 7), 2: (17, 7)}
    assert nothing_is_wrong()


def test_more_sessions_change_no_time_but_what_is_kept_clear_after_the_last(course):
    place_days(course, 3, 17, 31)
    sign(course, adds=[Adding(count=2, gap=Gap(84, 84, 91, 105), phase=Phase.MAINTENANCE)])
    assert standing(course) == {1: (3, 7), 2: (17, 7), 3: (31, 84)}
    assert nothing_is_wrong()


def test_an_offer_that_was_held_for_a_session_taken_out_is_gone(course):
    _, second, _ = place_days(course, 3, 17, 31)
    door.propose(
        booking=second, starts=ten(18), practitioner=course.practitioner_id, until=NOW + timedelta(hours=20),
        key=builders.next_key(), by=None, now=NOW,
    )  # fmt: skip
    sign(course, drops=frozenset({2}))
    assert Booking.objects.filter(course=course, status=Status.HELD).count() == 0


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.IN_ROOM, Status.DONE])
def test_a_session_somebody_has_come_for_is_not_taken_out(course, status):
    _, second, _ = place_days(course, 3, 17, 31)
    Booking.objects.filter(pk=second.pk).update(status=status)
    with pytest.raises(refusals.StillHere):
        sign(course, drops=frozenset({2}), now=ten(17))
    assert (course.prescriptions.count(), len(standing(course))) == (1, 3)


def test_nobody_who_is_here_is_sent_away_by_a_wider_gap(course):
    _, second, _ = place_days(course, 3, 17, 31)
    Booking.objects.filter(pk=second.pk).update(status=Status.ARRIVED)
    with pytest.raises(refusals.StillHere):
        sign(course, gaps={2: Gap(15, 20, 28, 35)}, now=ten(17))
    assert standing(course) == {1: (3, 7), 2: (17, 7), 3: (31, 7)}


def test_a_session_dropped_for_another_reason_gives_its_time_back_as_well(course):
    place_days(course, 3, 17, 31)
    course.sessions.filter(number=3).update(dropped_reason="returned")
    with transaction.atomic():
        course_changed(course, by=None, now=NOW)
    assert standing(course) == {1: (3, 7), 2: (17, 7)}


def test_nothing_changes_where_nothing_was_changed(course):
    place_days(course, 3, 17, 31)
    before, changes = standing(course), Change.objects.count()
    with transaction.atomic():
        course_changed(course, by=None, now=NOW)
    assert (standing(course), Change.objects.count()) == (before, changes)


# Other courses of the patient


@pytest.mark.parametrize(("given_on", "stays"), [(10, True), (11, False)])
def test_what_was_given_pushes_another_kind_out_of_its_fortnight(place, given_on, stays):
    injections = a_course(place)
    plasma = a_course(place, decision=injections.patient.decisions.get(), product=of_kind("prp"))
    place_days(injections, 24)
    place_days(plasma, 10)

    give(plasma, given_on)

    assert (standing(plasma)[1][0], 1 in standing(injections)) == (given_on, stays)


def give(course, day):
    """On another day than it was booked, and written down in the evening."""
    session = course.sessions.get(number=1)
    builders.a_precheck(session=session, now=ten(day))
    entry = Entry(outcome="given", started_at=ten(day), entered_late_why="on paper", note="as it came")
    sign_record(
        session=session, practitioner=course.practitioner, entry=entry, key=builders.next_key(),
        now=ten(day) + timedelta(hours=13),
    )  # fmt: skip
