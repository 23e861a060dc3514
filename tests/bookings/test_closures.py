"""Closing: whom it touches, what saving refuses, and nobody stranded without being listed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Booking, CallOutcome, Closure, ClosureKind, Status
from bookings.services.closing import closures
from bookings.services.desk import calling, todo
from bookings.services.door.gap_rules import Authority
from bookings.services.house import hours
from tests import builders
from tests.bookings.door_clinic import book, course, hold, place, place_days, ten
from tests.builders import NOW

__all__ = ["course", "place"]
pytestmark = pytest.mark.django_db(transaction=True)


def desk():
    return builders.staff(role="front_desk")


def span(day, hours=3):
    return {"starts": ten(day), "ends": ten(day) + timedelta(hours=hours)}


def touched(place, resource=None, **fields):
    return closures.touched(location=place[0], resource=resource, now=NOW, **fields)


def save(place, *, seen, resource=None, keeps=None, **fields):
    return closures.save(
        location=place[0], resource=resource, kind=ClosureKind.CLOSED, reason="rain", seen=seen,
        keeps=keeps or {}, by=desk(), now=NOW, **fields,
    )  # fmt: skip


def versions(*bookings):
    return {booking.pk: booking.version for booking in bookings}


def test_a_closure_touches_what_overlaps_it_and_not_what_ends_as_it_begins(place):
    before, inside, after = (book(place, ten(3) + timedelta(minutes=m)) for m in (0, 45, 90))
    assert touched(place, starts=before.ends, ends=after.starts) == [inside]
    assert touched(place, starts=inside.starts, ends=after.ends) == [inside, after]


def test_a_closure_of_a_doctor_touches_only_the_part_that_is_theirs(place, course):
    [session] = place_days(course, 3)
    doctor = place[3].resource
    watching = session.starts + timedelta(minutes=65)  # numbing 45, injecting 20: the doctor has gone
    assert touched(place, doctor, starts=watching, ends=session.ends) == []
    assert touched(place, doctor, starts=session.starts, ends=watching) == [session]


def test_a_closure_saves_with_what_was_shown_and_refuses_anything_else(place):
    booking = book(place, ten(3))
    with pytest.raises(refusals.Changed):
        save(place, seen={}, **span(3))
    with pytest.raises(refusals.Changed):
        save(place, seen={booking.pk: booking.version + 1}, **span(3))
    assert not Closure.objects.exists()

    save(place, seen=versions(booking), **span(3))
    assert Closure.objects.count() == 1
    with pytest.raises(refusals.TimeTaken):
        book(place, ten(3) + timedelta(minutes=45))


def test_a_time_somebody_was_about_to_confirm_goes(place):
    held = hold(place, ten(3))
    save(place, seen={}, **span(3))
    assert not Booking.objects.filter(pk=held.pk).exists()
    with pytest.raises(refusals.TimeTaken):
        door.confirm(held=held, patient=builders.a_patient(), key=uuid4(), by=None, now=NOW)


def test_what_a_closure_leaves_is_stranded_until_somebody_decides(place):
    moved, kept, left = (book(place, ten(3) + timedelta(minutes=45 * n)) for n in range(3))
    save(place, seen=versions(moved, kept, left), keeps={kept.pk: "wants to come all the same"}, **span(3))
    assert closures.stranded(location=place[0], now=NOW) == [moved, left]

    kept.refresh_from_db()
    assert kept.kept_why and kept.kept_by
    door.move(moves=[(moved, ten(4), None)], key=uuid4(), by=None, now=NOW)
    assert closures.stranded(location=place[0], now=NOW) == [left]
    door.keep(booking=left, why="doctor agreed", by=desk(), now=NOW)
    assert closures.stranded(location=place[0], now=NOW) == []


def test_who_stands_outside_changed_hours_or_with_somebody_gone_is_stranded(place):
    booking = book(place, ten(3))
    assert closures.stranded(location=place[0], now=NOW) == []
    doctor = place[3].resource
    doctor.working_hours.update(until_on=ten(2).date())
    assert closures.stranded(location=place[0], now=NOW) == [booking]
    doctor.working_hours.update(until_on=None)
    assert closures.stranded(location=place[0], now=NOW) == []
    doctor.is_active = False
    doctor.save()
    assert closures.stranded(location=place[0], now=NOW) == [booking]


def test_cleaning_may_reach_into_a_closure(place):
    booking = book(place, ten(3))
    save(place, seen={}, starts=booking.ends, ends=booking.ends + timedelta(hours=1))
    assert closures.stranded(location=place[0], now=NOW) == []


@pytest.mark.parametrize("visits", [1, 3])
def test_looking_for_the_stranded_takes_a_constant_number_of_queries(
    place, visits, django_assert_num_queries
):
    for n in range(visits):
        book(place, ten(3) + timedelta(minutes=45 * n))
    doctor = place[3].resource
    doctor.working_hours.update(until_on=ten(2).date())
    with django_assert_num_queries(6):
        assert len(closures.stranded(location=place[0], now=NOW)) == visits


def test_a_closed_time_is_nobodys_until_it_opens_again(place):
    closure = save(place, seen={}, **span(3))
    with pytest.raises(refusals.TimeTaken):
        book(place, ten(3))
    closures.remove(closure=closure, by=desk(), now=NOW)
    assert book(place, ten(3)).status == Status.BOOKED


# Who is asked about a time that closes


@pytest.fixture
def asked(place):
    """A visit on the 3rd, and the time on the 5th that its patient is asked about."""
    booking = book(place, ten(3))
    offer = door.propose(
        booking=booking, starts=ten(5), practitioner=None, until=NOW + timedelta(hours=20), by=desk(), now=NOW
    )
    return booking, offer


def lines(place):
    return [
        str(words)
        for row in todo.todo(location=place[0], now=NOW)
        for _, _, words in row.reasons
        if row.booking and "asked" in str(words)
    ]


def test_an_offer_in_a_closure_ends_and_whoever_was_asked_has_a_line(place, asked):
    _, offer = asked
    closing = {"location": place[0], "resource": None, **span(5)}

    assert closures.offers_ended(**closing, now=NOW) == [offer]
    save(place, seen={}, **span(5))

    offer.refresh_from_db()
    assert (offer.status, offer.claims.count()) == (Status.CANCELLED, 0)
    assert lines(place) == ["was asked about Thu 5 Nov, 10:00 am, which we had to take back: ring them"]
    assert closures.offers_ended(**closing, now=NOW) == []
    with pytest.raises(refusals.HoldExpired):
        door.accept(offer=offer, key=uuid4(), by=None, now=NOW)


def test_an_offer_outside_a_closure_stays(place, asked):
    save(place, seen={}, **span(6))

    assert Booking.objects.get(pk=asked[1].pk).status == Status.HELD
    assert [line[:33] for line in lines(place)] == ["asked about Thu 5 Nov, 10:00 am, "]


@pytest.mark.parametrize("settled", ["moved", "kept", "comes", "asked again"])
def test_the_line_of_an_ended_offer_goes_when_it_is_settled(place, asked, settled):
    booking, _ = asked
    save(place, seen={}, **span(5))
    later, by = NOW + timedelta(minutes=5), desk()
    if settled == "moved":
        move = [(booking, ten(6), None)]
        door.move(moves=move, key=uuid4(), by=by, now=later, authority=Authority.DESK)
    elif settled == "kept":
        door.keep(booking=booking, why="wants to come", by=by, now=later)
    elif settled == "comes":
        calling.note_call(booking=booking, outcome=CallOutcome.CONFIRMED, by=by, now=later)
    else:
        until = NOW + timedelta(hours=20)
        door.propose(booking=booking, starts=ten(6), practitioner=None, until=until, by=by, now=later)

    assert not any("take back" in line for line in lines(place))


def test_the_line_of_an_ended_offer_stays_while_nobody_answers(place, asked):
    save(place, seen={}, **span(5))
    calling.note_call(booking=asked[0], outcome=CallOutcome.NO_ANSWER, by=desk(), now=NOW)

    assert len(lines(place)) == 1


def test_hours_that_change_leave_nobody_silently_without_an_offer(place, asked):
    change = hours.HoursChange(place[0], place[3].resource, [], NOW.date(), None)
    found = hours.touched_by_hours(change=change, now=NOW)
    hours.save_hours(
        change=change, seen=hours.mark_of_rows(hours.rows_of(location=place[0], resource=place[3].resource)),
        touched=versions(*found), keeps={}, by=desk(), now=NOW,
    )  # fmt: skip

    assert len(lines(place)) == 1
