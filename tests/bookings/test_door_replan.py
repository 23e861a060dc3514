"""Several sessions of a course changed in one go, asked about as one, and the times that this frees."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Booking, Change, FreedTime, Status
from bookings.services.door.gap_rules import Authority
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import a_course, cancel, course, move, place, place_days, ten, undo
from tests.builders import NOW

__all__ = ["course", "place"]
pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = NOW + timedelta(hours=20)


def standing(course):
    rows = Booking.objects.counting().filter(course=course, status=Status.BOOKED)
    return {one.session.number: one.starts for one in rows.select_related("session")}


def replan(course, *, key=None, by=None, now=NOW, authority=Authority.DESK, **parts):
    return door.replan(course=course, key=key or uuid4(), by=by, now=now, authority=authority, **parts)


@pytest.fixture
def three(course):
    return place_days(course, 3, 17, 35)


def test_a_course_changes_whole(course, three):
    first, second, third = three
    cancel(third)
    third_session = course.sessions.get(number=3)

    replan(
        course, moves=[(first, ten(10), None), (second, ten(23), None)],
        places=[(third_session, ten(37), None)],
    )  # fmt: skip

    assert standing(course) == {1: ten(10), 2: ten(23), 3: ten(37)}
    change = Change.objects.latest("pk")
    assert (change.action, change.lines.count()) == ("replan", 3)


def test_one_that_cannot_be_leaves_everything_as_it_was(course, three):
    first, second, _ = three
    with pytest.raises(refusals.TooSoon):
        replan(course, moves=[(first, ten(10), None), (second, ten(16), None)])

    assert standing(course) == {1: ten(3), 2: ten(17), 3: ten(35)}


def test_a_change_of_a_course_is_undone_in_one_go(course, three):
    first, second, third = three
    replan(course, moves=[(first, ten(10), None), (second, ten(23), None)], frees=[third])
    assert standing(course) == {1: ten(10), 2: ten(23)}

    undo()

    assert standing(course) == {1: ten(3), 2: ten(17), 3: ten(35)}


def test_a_change_of_a_course_is_one_message(course, three):
    Message.objects.all().delete()
    builders.reminder_consent(patient=course.patient)
    first, second, _ = three
    replan(course, moves=[(first, ten(10), None), (second, ten(23), None)])

    notices = Message.objects.filter(subject=f"change:{Change.objects.latest('pk').pk}")
    assert notices.values("kind", "version").distinct().count() == 1


def test_a_booking_changed_meanwhile_stops_all_of_it(course, three):
    first, second, _ = three
    stale = Booking.objects.get(pk=second.pk)
    move(second, ten(18))
    with pytest.raises(refusals.Changed):
        replan(course, moves=[(first, ten(4), None), (stale, ten(19), None)])

    assert standing(course)[1] == ten(3)


def test_the_same_key_is_done_once(course, three):
    key, moves = uuid4(), [(three[0], ten(10), None), (three[1], ten(23), None)]
    replan(course, key=key, moves=moves)

    again = replan(course, key=key, moves=moves)

    assert [one.starts for one in again] == [ten(10), ten(23)]
    assert Change.objects.filter(action="replan").count() == 1


# Asked as one


def ask(moves, *, key=None):
    return door.propose_together(
        moves=moves, until=UNTIL, by=builders.staff(role="front_desk"), now=NOW, key=key or uuid4()
    )


@pytest.fixture
def asked(three):
    return ask([(three[0], ten(10), None), (three[1], ten(23), None)])


def test_nothing_moves_before_the_answer(course, asked):
    assert standing(course) == {1: ten(3), 2: ten(17), 3: ten(35)}
    assert len({offer.together for offer in asked}) == 1


def test_one_yes_moves_all_of_them(course, asked):
    for chosen in (1, 0):  # whichever of them is answered, and answered again
        door.accept(offer=asked[chosen], key=uuid4() if chosen else _last_key(), by=None, now=NOW)

    assert standing(course) == {1: ten(10), 2: ten(23), 3: ten(35)}
    assert not Booking.objects.filter(status=Status.HELD).exists()


def _last_key():
    return Change.objects.latest("pk").key


def test_one_no_ends_all_of_them(course, asked):
    door.decline(offer=asked[1], by=None, now=NOW)

    assert set(Booking.objects.filter(together__isnull=False).values_list("status", flat=True)) == {
        Status.CANCELLED
    }
    with pytest.raises(refusals.HoldExpired):
        door.accept(offer=Booking.objects.get(pk=asked[0].pk), key=uuid4(), by=None, now=NOW)
    assert standing(course) == {1: ten(3), 2: ten(17), 3: ten(35)}


def test_what_one_of_them_does_ends_what_was_asked_with_it(three, asked):
    move(three[0], ten(4))

    assert not Booking.objects.filter(status=Status.HELD).exists()
    with pytest.raises(refusals.HoldExpired):
        door.accept(offer=asked[1], key=uuid4(), by=None, now=NOW)


def test_several_times_are_asked_about_once(course, three):
    builders.reminder_consent(patient=course.patient)
    ask([(three[0], ten(10), None), (three[1], ten(23), None)])

    asked = Message.objects.filter(kind="another_time", state="scheduled")
    assert asked.values("subject").distinct().count() == 1


def test_the_same_plan_asked_again_is_the_same_question(three):
    key, moves = uuid4(), [(three[0], ten(10), None), (three[1], ten(23), None)]
    first = ask(moves, key=key)

    assert ask(moves, key=key) == first


def test_what_was_asked_as_one_expires_as_one(course, asked):
    with pytest.raises(refusals.HoldExpired):
        door.accept(offer=asked[0], key=uuid4(), by=None, now=UNTIL)
    assert standing(course)[1] == ten(3)


# Times that become free


def freed():
    return list(FreedTime.objects.order_by("starts").values_list("starts", flat=True))


def test_what_is_cancelled_or_moved_is_free_for_others(course, three):
    move(three[2], ten(34))
    cancel(three[1])

    assert freed() == [ten(17), ten(35)]


def test_nobody_hears_of_it_before_an_undo_is_too_late(three):
    cancel(three[1])
    change = Change.objects.latest("pk")

    assert FreedTime.objects.get().due_at == change.undo_until


def test_what_has_begun_or_stays_frees_nothing(three):
    begun = Booking.objects.get(pk=three[0].pk)
    door.cancel(
        bookings=[begun], key=uuid4(), by=None, now=ten(3) + timedelta(minutes=5), authority=Authority.DESK
    )
    move(three[1], ten(17))

    assert freed() == []


def test_two_courses_are_two_people(place, three):
    other = a_course(place)
    with pytest.raises(refusals.TimeTaken):
        place_days(other, 17)
