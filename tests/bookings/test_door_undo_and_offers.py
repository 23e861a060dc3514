"""Offers, keeps and undo among everything else that happens to a visit, and who is quicker."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Booking, CallOutcome, Change, ClosureKind, Status, WorkingHours
from bookings.services.closing import closures
from bookings.services.desk import calling
from bookings.services.door import taking
from bookings.services.door.gap_rules import Authority
from bookings.services.house import resources, visit_types
from bookings.services.verifying import verify
from clinic.models import Message, Resource
from tests import builders
from tests.bookings.door_clinic import book, move, place, ten, undo
from tests.builders import NOW

__all__ = ["place"]
pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def desk():
    return builders.staff(role="front_desk")


def fresh(booking):
    return Booking.objects.get(pk=booking.pk)


def ask(booking, starts, *, now=NOW):
    return door.propose(
        booking=fresh(booking), starts=starts, practitioner=None, until=now + 20 * HOUR, by=desk(), now=now
    )


def is_asked(booking) -> bool:
    return Booking.objects.filter(replaces=booking, status=Status.HELD).exists()


def close(place, *touched, keeps=None, resource=None, starts=None, ends=None):
    return closures.save(
        location=place[0], resource=resource, kind=ClosureKind.CLOSED, reason="rain", by=desk(), now=NOW,
        seen={booking.pk: fresh(booking).version for booking in touched}, keeps=keeps or {},
        starts=starts or ten(3), ends=ends or ten(3) + HOUR,
    )  # fmt: skip


def told():
    kinds = Message.objects.filter(state="scheduled").exclude(kind__regex="^(reminder|form)_")
    return list(kinds.values_list("kind", flat=True))


# A question ends with what it was about


def test_undoing_a_booking_ends_the_question_about_it(place):
    booking = book(place, ten(3))
    ask(booking, ten(4))
    undo(now=NOW + MINUTE)
    assert not is_asked(booking)
    assert verify(now=NOW + MINUTE).wrong == {}


def test_undoing_a_move_ends_the_question_about_it(place):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    move(booking, ten(5))
    change = Change.objects.latest("pk")
    ask(booking, ten(4))
    undo(change, now=NOW + MINUTE)
    assert not is_asked(booking)


def test_a_visit_entered_afterwards_is_asked_about_no_more(place):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    ask(booking, ten(6), now=ten(3) - 3 * HOUR)
    later = ten(3) + 2 * HOUR
    door.enter_past(
        patient=booking.patient, visit_type=booking.visit_type, location=booking.location,
        practitioner=booking.practitioner, starts=ten(3), reason="forgot", key=uuid4(), by=desk(), now=later,
        booking=fresh(booking),
    )  # fmt: skip
    assert not is_asked(booking)
    assert verify(now=later).wrong == {}


def test_who_is_kept_is_asked_no_more(place):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    ask(booking, ten(5))
    door.keep(booking=fresh(booking), why="opens for her", by=desk(), now=NOW)
    assert not is_asked(booking)
    assert not Message.objects.filter(kind="another_time", state="scheduled").exists()


def test_a_question_put_while_the_visit_moves_ends_with_the_move(place, monkeypatch):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    look, asked = door.offers_for, []

    def ask_in_between(bookings):
        found = look(bookings)
        if not asked:
            asked.append(True)
            ask(booking, ten(4))
        return found

    seen = fresh(booking)
    monkeypatch.setattr(door, "offers_for", ask_in_between)
    door.move(moves=[(seen, ten(6), None)], key=uuid4(), by=None, now=NOW, authority=Authority.DESK)
    assert asked
    assert not is_asked(booking)


def test_no_said_a_moment_before_counts(place, monkeypatch):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    offer = ask(booking, ten(4))
    choose = taking._look_and_choose

    def say_no_in_between(act, visits):
        found = choose(act, visits)
        door.decline(offer=offer, by=None, now=NOW)
        return found

    monkeypatch.setattr(taking, "_look_and_choose", say_no_in_between)
    with pytest.raises(refusals.HoldExpired):
        door.accept(offer=offer, key=uuid4(), by=None, now=NOW)
    assert fresh(booking).starts == ten(3)


def test_an_offer_is_confirmed_by_no_hold_page(place):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    offer = ask(booking, ten(5))
    with pytest.raises(refusals.Refusal):
        door.confirm(held=fresh(offer), patient=offer.patient, key=uuid4(), by=None, now=NOW)
    assert Booking.objects.filter(status=Status.BOOKED, replaces__isnull=False).count() == 0


# Kept is said of one closure


def test_kept_in_one_closure_is_not_kept_in_the_next(place):
    booking = book(place, ten(3))
    close(place, booking, keeps={booking.pk: "opens for her"})
    close(place, booking, resource=place[3].resource, starts=ten(3) - 2 * HOUR, ends=ten(3) + 8 * HOUR)
    assert closures.stranded(location=place[0], now=NOW) == [booking]


def test_kept_is_over_when_the_place_is_open_again(place):
    booking = book(place, ten(3))
    closure = close(place, booking, keeps={booking.pk: "opens for her"})
    closures.remove(closure=closure, by=desk(), now=NOW)
    assert (fresh(booking).kept_by, fresh(booking).kept_why) == (None, "")


def test_keeping_is_said_of_the_time_that_was_seen(place):
    booking = book(place, ten(3))
    seen = fresh(booking)
    move(booking, ten(5))
    with pytest.raises(refusals.Changed):
        door.keep(booking=seen, why="opens", by=desk(), now=NOW)


# Undo puts back what people had said


def arrived(place, now):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    Message.objects.update(state="sent", sent_at=NOW)
    return door.set_status(booking=fresh(booking), to=Status.ARRIVED, by=desk(), now=now)


def test_who_was_here_is_here_after_an_undo_and_told_nothing(place):
    now = ten(3) - 10 * MINUTE
    booking = arrived(place, now)
    move(booking, ten(5), now=now, authority=Authority.DESK)
    assert told() == ["moved"]
    undo(now=now + MINUTE)
    assert (fresh(booking).status, fresh(booking).arrived_at) == (Status.ARRIVED, now)
    assert told() == []


def test_who_had_said_that_they_come_has_said_so_after_an_undo(place):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    calling.confirm(booking=fresh(booking), by=desk(), now=NOW)
    move(booking, ten(5))
    assert fresh(booking).confirmed_at is None
    undo(now=NOW + MINUTE)
    assert fresh(booking).confirmed_at == NOW


def test_confirming_since_does_not_stand_in_the_way_of_an_undo(place):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    move(booking, ten(5))
    calling.confirm(booking=fresh(booking), by=desk(), now=NOW)
    undo(now=NOW + MINUTE)
    assert fresh(booking).starts == ten(3)


# Another room at the same time is nothing to anybody


def another_room(place, booking):
    builders.a_room(location=place[0])
    room = Resource.objects.get(pk__in=booking.claims.values("resource"), kind="room")
    seen = resources.mark_of(room, resources.RESOURCE_FIELDS)
    return resources.retire(resource=room, seen=seen, by=desk(), now=NOW + MINUTE)


def test_another_room_leaves_what_was_said_and_asked(place):
    booking = book(place, ten(3), now=NOW - 2 * DAY)
    calling.confirm(booking=fresh(booking), by=desk(), now=NOW)
    calling.note_call(booking=fresh(booking), outcome=CallOutcome.WANTS_CHANGE, by=desk(), now=NOW)
    assert another_room(place, booking) == []
    assert fresh(booking).confirmed_at == NOW
    assert calling.tried([booking.pk])


def test_who_stands_in_an_urgent_time_may_have_another_room(place):
    WorkingHours.objects.filter(resource=place[3].resource).update(urgent_from="10:00", urgent_to="11:00")
    booking = book(place, ten(3), authority=Authority.DESK, urgent=True)
    assert another_room(place, booking) == []


# Steps that change while somebody books


def test_steps_changed_while_somebody_books_are_read_again(place, monkeypatch):
    visit_type = place[1]
    visit_type.is_online = False
    visit_type.save()
    seen, plans = visit_types.mark_of_steps(visit_type), visit_types.steps_of(visit_type)
    choose, changed = taking._look_and_choose, []

    def change_in_between(act, visits):
        found = choose(act, visits)
        if not changed:
            changed.append(True)
            manager = builders.staff(role="manager")
            visit_types.set_steps(visit_type=visit_type, steps=plans, seen=seen, by=manager, now=NOW)
        return found

    monkeypatch.setattr(taking, "_look_and_choose", change_in_between)
    assert book(place, ten(3), authority=Authority.DESK).status == Status.BOOKED
    assert verify(now=NOW).wrong == {}


# Undoing a move out of a closure


def test_who_stood_in_a_closure_stands_there_again_and_is_listed(place):
    booking = book(place, ten(3))
    close(place, booking)
    move(booking, ten(4), now=NOW + MINUTE, authority=Authority.DESK)

    undo(now=NOW + 2 * MINUTE)

    assert fresh(booking).starts == ten(3)
    assert closures.stranded(location=place[0], now=NOW) == [booking]


def test_nobody_is_put_back_into_what_was_closed_since(place):
    booking = book(place, ten(3))
    move(booking, ten(4), now=NOW - MINUTE, authority=Authority.DESK)
    moved = Change.objects.latest("pk")
    close(place)

    with pytest.raises(refusals.TimeTaken):
        undo(moved, now=NOW)
    assert fresh(booking).starts == ten(4)


def test_a_closing_is_not_undone_as_if_it_were_a_visit(place):
    close(place)

    with pytest.raises(refusals.NotPossible):
        undo(now=NOW)
