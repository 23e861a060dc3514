"""What only the desk does at the door: walk-ins, fit-ins, another location, asking before moving, keeping."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Booking, Change, Status
from bookings.services.door.gap_rules import Authority
from bookings.services.verifying import verify
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import book, cancel, course, hold, move, place, place_days, ten, undo
from tests.builders import NOW

__all__ = ["course", "place"]
pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk():
    return builders.staff(role="front_desk")


@pytest.fixture(autouse=True)
def clean():
    yield
    assert verify(now=NOW + timedelta(hours=26)).wrong == {}  # later than anything below


def walk_in(place, now):
    starts = now + (5 * MINUTE - timedelta(minutes=now.minute % 5)) % (5 * MINUTE)
    return book(place, starts, now=now, authority=Authority.DESK, walk_in=True)


def fit_in(place, starts, desk, *, now=NOW, reason="in pain", **fields):
    location, consultation, _, doctor = place
    return door.fit_in(
        **{"patient": builders.a_patient(), "visit_type": consultation, "location": location,
           "starts": starts, "practitioner": doctor.pk, "reason": reason, "key": uuid4(), "by": desk,
           "now": now} | fields
    )  # fmt: skip


# Walk-ins


def test_a_walk_in_begins_on_the_next_five_minutes_and_is_here(place):
    now = ten(3) + 7 * MINUTE
    booking = walk_in(place, now)
    assert (booking.starts, booking.status, booking.arrived_at) == (ten(3) + 10 * MINUTE, "arrived", now)
    assert not Message.objects.exists()  # nobody is told that they are here


def test_a_walk_in_may_not_begin_in_the_past_or_between_the_fives(place):
    now = ten(3) + 7 * MINUTE
    for starts in (ten(3), now):
        with pytest.raises(refusals.NotATime):
            book(place, starts, now=now, authority=Authority.DESK, walk_in=True)


# Fit-ins


def test_a_fit_in_stands_beside_what_the_doctor_has(place, desk):
    builders.a_room(location=place[0])
    book(place, ten(3))
    booking = fit_in(place, ten(3) + 5 * MINUTE, desk)
    kinds = {claim.resource.kind for claim in booking.claims.select_related("resource")}
    assert kinds == {"room"}
    assert (booking.fit_in_reason, booking.practitioner) == ("in pain", place[3])


def test_a_fit_in_needs_its_room_and_the_doctor_there(place, desk):
    book(place, ten(3))
    with pytest.raises(refusals.TimeTaken):  # the one room
        fit_in(place, ten(3) + 5 * MINUTE, desk)
    with pytest.raises(refusals.TimeTaken):  # at night
        fit_in(place, ten(3) - timedelta(hours=6), desk)
    with pytest.raises(refusals.NotWhole):
        fit_in(place, ten(4), desk, reason="")


def test_fit_ins_are_so_many_in_half_a_day_and_no_more(place, desk):
    place[0].fit_ins_per_half_day = 2
    place[0].save()
    for minutes in (0, 40):
        fit_in(place, ten(3) + minutes * MINUTE, desk)
    with pytest.raises(refusals.NoFitInLeft):
        fit_in(place, ten(3) + 80 * MINUTE, desk)
    afternoon = fit_in(place, ten(3) + timedelta(hours=4), desk)
    cancel(afternoon)
    cancel(Booking.objects.filter(fit_in_reason="in pain").first())
    assert fit_in(place, ten(3) + 80 * MINUTE, desk).status == Status.BOOKED


def test_a_fit_in_that_moves_gets_a_time_of_its_own_and_undo_puts_it_beside_again(place, desk):
    builders.a_room(location=place[0])
    book(place, ten(3))
    booking = fit_in(place, ten(3) + 5 * MINUTE, desk)
    moved = move(booking, ten(4))
    assert (moved.fit_in_reason, moved.claims.count()) == ("", 2)
    undo()
    booking.refresh_from_db()
    assert (booking.fit_in_reason, booking.claims.count(), booking.starts) == (
        "in pain",
        1,
        ten(3) + 5 * MINUTE,
    )


# At another location


def test_who_came_to_the_wrong_location_is_seen_there(place, desk):
    booking = book(place, ten(3))
    elsewhere = builders.a_location()
    builders.a_room(location=elsewhere)
    builders.working_hours(location=elsewhere, resource=place[3].resource)
    [moved] = door.move(
        moves=[(booking, ten(3) + 30 * MINUTE, None)], key=uuid4(), by=desk, now=NOW, location=elsewhere,
        authority=Authority.DESK,
    )  # fmt: skip
    assert moved.location == elsewhere
    undo()
    booking.refresh_from_db()
    assert (booking.location, booking.starts) == (place[0], ten(3))


def test_who_waits_here_waits_on_with_another_doctor_and_for_another_day_is_booked(place, desk):
    now = ten(3) - 15 * MINUTE
    booking = door.set_status(booking=book(place, ten(3)), to=Status.ARRIVED, by=desk, now=now)
    with pytest.raises(refusals.NotPossible):  # from the sofa, by phone
        move(booking, ten(3) + 45 * MINUTE, now=now)
    moved = move(booking, ten(3) + 45 * MINUTE, now=now, authority=Authority.DESK)
    assert (moved.status, moved.arrived_at) == (Status.ARRIVED, now)
    moved = move(booking, ten(4), now=now, authority=Authority.DESK)
    assert (moved.status, moved.arrived_at) == (Status.BOOKED, None)


# Asking first


def propose(booking, starts, desk, *, until=None, now=NOW):
    until = until or now + timedelta(hours=24)
    return door.propose(booking=booking, starts=starts, practitioner=None, until=until, by=desk, now=now)


def question(booking):
    found = Message.objects.filter(subject=f"booking:{booking.pk}", kind="another_time")
    return [message.state for message in found.order_by("version")]


def test_an_offer_keeps_both_times_until_it_is_answered(place, desk):
    booking = book(place, ten(3))
    offer = propose(booking, ten(4), desk)
    assert (offer.status, offer.replaces, offer.patient) == ("held", booking, booking.patient)
    for taken in (ten(3), ten(4)):
        with pytest.raises(refusals.TimeTaken):
            book(place, taken)
    assert question(booking) == ["scheduled"]
    assert propose(booking, ten(4), desk) == offer


def test_a_question_is_about_the_booking_as_it_was_seen(place, desk):
    booking = book(place, ten(3))
    move(Booking.objects.get(pk=booking.pk), ten(5))
    with pytest.raises(refusals.Changed):
        propose(booking, ten(4), desk)
    booking.refresh_from_db()
    cancel(booking)
    booking.refresh_from_db()
    with pytest.raises(refusals.NotPossible):
        propose(booking, ten(4), desk)


def test_accepting_moves_the_booking_and_ends_the_offer(place, desk):
    booking = book(place, ten(3))
    offer, key = propose(booking, ten(4), desk), uuid4()
    moved = door.accept(offer=offer, key=key, by=booking.patient.account, now=NOW)
    assert (moved.pk, moved.starts, moved.status) == (booking.pk, ten(4), "booked")
    assert not Booking.objects.filter(replaces=booking).exists()
    assert book(place, ten(3)).starts == ten(3)
    assert question(booking) == ["withdrawn"]
    assert door.accept(offer=offer, key=key, by=booking.patient.account, now=NOW).pk == booking.pk


def test_an_offer_that_ran_out_is_not_accepted(place, desk):
    offer = propose(book(place, ten(3)), ten(4), desk)
    with pytest.raises(refusals.HoldExpired):
        door.accept(offer=offer, key=uuid4(), by=None, now=NOW + timedelta(hours=24))
    assert book(place, ten(4), now=NOW + timedelta(hours=25)).starts == ten(4)


def test_a_booking_that_moved_meanwhile_leaves_no_offer(place, desk):
    booking = book(place, ten(3))
    offer = propose(booking, ten(4), desk)
    move(booking, ten(5))
    assert not Booking.objects.filter(pk=offer.pk).exists()
    offer.replaces.refresh_from_db()
    with pytest.raises(refusals.HoldExpired):
        door.accept(offer=offer, key=uuid4(), by=None, now=NOW)


def test_saying_no_frees_the_offered_time_and_keeps_the_answer(place, desk):
    booking = book(place, ten(3))
    offer = propose(booking, ten(4), desk)
    for _ in range(2):
        said = door.decline(offer=offer, by=None, now=NOW)
        assert (said.status, said.replaces) == ("cancelled", booking)
    assert book(place, ten(4)).starts == ten(4)
    with pytest.raises(refusals.HoldExpired):
        door.accept(offer=said, key=uuid4(), by=None, now=NOW)
    booking.refresh_from_db()
    assert booking.starts == ten(3)
    assert question(booking) == ["withdrawn"]


def test_a_session_is_offered_only_a_day_its_course_allows(place, desk, course):
    _, second = place_days(course, 3, 17)
    with pytest.raises(refusals.TooSoon):
        propose(second, ten(5), desk)
    offer = propose(second, ten(19), desk)
    assert (offer.session, offer.clear_until is not None) == (second.session, True)
    moved = door.accept(offer=offer, key=uuid4(), by=None, now=NOW)
    assert (moved.starts, moved.session) == (ten(19), second.session)


def test_the_newest_offer_is_the_only_one(place, desk):
    booking = book(place, ten(3))
    propose(booking, ten(4), desk)
    newest = propose(booking, ten(5), desk)
    assert list(Booking.objects.filter(replaces=booking)) == [newest]
    assert question(booking) == ["withdrawn", "scheduled"]


# Keeping


def test_keeping_takes_a_reason_and_ends_when_the_booking_moves(place, desk):
    booking = book(place, ten(3))
    with pytest.raises(refusals.NotWhole):
        door.keep(booking=booking, why="", by=desk, now=NOW)
    kept = door.keep(booking=booking, why="doctor agreed", by=desk, now=NOW)
    assert (kept.kept_why, kept.kept_by) == ("doctor agreed", desk)
    assert move(kept, ten(4)).kept_why == ""


def test_a_confirmation_was_said_of_the_old_time(place):
    booking = book(place, ten(3))
    Booking.objects.filter(pk=booking.pk).update(confirmed_at=NOW, late_minutes=10)
    moved = move(booking, ten(4))
    assert (moved.confirmed_at, moved.late_minutes) == (None, None)


# Holds


def test_a_hold_is_extended_once(place):
    held = hold(place)
    later = NOW + 9 * MINUTE
    extended = door.extend(held=held, now=later)
    assert extended.held_until == held.held_until + 10 * MINUTE  # also when asked right away
    assert set(extended.claims.values_list("held_until", flat=True)) == {extended.held_until}
    with pytest.raises(refusals.NotPossible):
        door.extend(held=extended, now=later)


def test_a_hold_that_ran_out_is_not_extended(place):
    with pytest.raises(refusals.HoldExpired):
        door.extend(held=hold(place), now=NOW + 10 * MINUTE)


def test_one_log_in_holds_three_times_in_whatever_browsers(place):
    account = builders.an_account()
    location, consultation, _, _ = place

    def hold_in(browser, starts, now=NOW):
        return door.hold(
            visit_type=consultation, location=location, starts=starts, held_for=browser, now=now,
            held_by=account,
        )  # fmt: skip

    for n in range(3):
        hold_in(f"browser {n}", ten(3 + n))
    with pytest.raises(refusals.TooManyHolds):
        hold_in("another", ten(6))
    assert hold_in("browser 0", ten(6)).starts == ten(6)  # instead of its own
    assert hold_in("another", ten(9), now=NOW + 10 * MINUTE)  # once they ran out


def test_every_act_but_holding_and_asking_leaves_one_change(place, desk):
    booking = book(place, ten(3))
    propose(booking, ten(4), desk)
    hold(place, ten(5))
    assert Change.objects.count() == 1
