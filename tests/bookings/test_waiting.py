"""A freed time goes to those who wait: who is asked, in which order, once; and what becomes of the rest."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Closure, FreedTime, Offer, Status, WaitlistEntry
from bookings.services.waiting import answering, joining
from bookings.services.waiting.filling import fill
from bookings.services.waiting.refusals import NothingEarlier, OfferOver, SomebodyWasQuicker
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import a_course, book, cancel, local, place, place_days, ten
from tests.builders import NOW

__all__ = ["place"]
pytestmark = pytest.mark.django_db
SOON, LATER = ten(3), ten(12)  # 24 hours ahead; on a Thursday in the week after
QUARTER = timedelta(minutes=15)


def gave_up(place, starts=LATER):
    """A visit given up three minutes ago: its time is due."""
    booking = book(place, starts)
    cancel(booking)
    FreedTime.objects.all().delete()
    return builders.a_freed_time(booking=booking)


def waits_with(place, starts, **fields):
    """Somebody with a visit then, who would rather come earlier."""
    return builders.a_wait(booking=book(place, starts), **fields)


def waits_without(place, **fields):
    location, consultation, _, _ = place
    return builders.a_wait(visit_type=consultation, location=location, **fields)


def outcomes():
    return dict(Offer.objects.values_list("entry", "outcome"))


def asked():
    return list(Offer.objects.order_by("pk").values_list("entry", flat=True))


def take(offer, *, now=NOW):
    return answering.take(offer=offer, by=offer.entry.patient.account, now=now)


def said_to(entry, **fields):
    return list(Message.objects.filter(patient=entry.patient, **fields).values_list("kind", "state"))


# Times of today and tomorrow: three at once


def test_a_time_of_today_is_told_to_the_three_who_gain_most(place):
    freed = gave_up(place, SOON)
    entries = [waits_with(place, ten(9) + timedelta(hours=n)) for n in range(2)]
    entries += [waits_without(place), waits_with(place, ten(20))]

    fill(now=NOW)

    assert asked() == [entries[2].pk, entries[3].pk, entries[0].pk]
    assert set(Offer.objects.values_list("freed", "is_held", "until")) == {
        (freed.pk, False, SOON - timedelta(minutes=30))
    }
    assert said_to(entries[2]) == [("free_soon", "scheduled")]
    message = Message.objects.get(kind="free_soon", patient=entries[2].patient)
    assert (message.message_class, message.due_at) == ("change", NOW)


def test_filling_again_asks_nobody_twice_and_the_next_three_after_a_quarter_of_an_hour(place):
    gave_up(place, SOON)
    entries = [waits_without(place) for _ in range(5)]

    for minutes in (0, 1, 14):
        fill(now=NOW + timedelta(minutes=minutes))
    first = asked()
    fill(now=NOW + QUARTER)
    fill(now=NOW + 3 * QUARTER)

    assert first == [entry.pk for entry in entries[:3]]
    assert asked() == [entry.pk for entry in entries]
    assert FreedTime.objects.get().closed_at is None  # those who were told may still say yes


def test_the_first_yes_has_it_and_the_others_stay_on_the_list(place):
    gave_up(place, SOON)
    entries = [waits_without(place) for _ in range(3)]
    fill(now=NOW)
    second = Offer.objects.get(entry=entries[1])

    booking = take(second)

    assert (booking.starts, booking.patient) == (SOON, entries[1].patient)
    assert outcomes() == {entries[0].pk: "lost", entries[1].pk: "taken", entries[2].pk: "lost"}
    assert list(WaitlistEntry.objects.filter(ended_at=None)) == [entries[0], entries[2]]
    assert said_to(entries[0], kind="free_soon") == [("free_soon", "withdrawn")]
    assert FreedTime.objects.get().closed_at == NOW
    with pytest.raises(SomebodyWasQuicker):
        take(Offer.objects.get(entry=entries[0]))


def test_the_same_yes_again_is_the_same_booking(place):
    gave_up(place, SOON)
    entry = waits_with(place, ten(20))
    fill(now=NOW)
    offer = Offer.objects.get()

    assert take(offer) == take(offer) == entry.booking
    assert Booking.objects.get(pk=entry.booking_id).starts == SOON


def test_a_yes_that_comes_too_late_is_told_so(place):
    gave_up(place, SOON)
    waits_without(place)
    fill(now=NOW)

    with pytest.raises(OfferOver):
        take(Offer.objects.get(), now=SOON - timedelta(minutes=30))


def test_a_time_that_somebody_else_booked_is_lost_and_said_so(place):
    gave_up(place, SOON)
    entry = waits_without(place)
    fill(now=NOW)
    book(place, SOON)

    with pytest.raises(SomebodyWasQuicker):
        take(Offer.objects.get())
    fill(now=NOW + QUARTER)

    assert outcomes() == {entry.pk: "lost"}
    assert FreedTime.objects.get().closed_at is not None


# Later times: one after the other


def test_a_later_time_is_kept_for_one_who_has_a_visit(place):
    freed = gave_up(place)
    nearer, farther = waits_with(place, ten(16)), waits_with(place, ten(20))

    fill(now=NOW)

    offer = Offer.objects.get()
    assert (offer.entry, offer.is_held, offer.until) == (farther, True, NOW + timedelta(days=1))
    assert (offer.held.starts, offer.held.replaces) == (freed.starts, farther.booking)
    assert said_to(farther, kind="earlier_kept") == [("earlier_kept", "scheduled")]
    assert said_to(nearer, kind="earlier_kept") == []


def test_yes_to_what_is_kept_moves_the_visit_and_frees_the_later_time(place):
    gave_up(place)
    entry = waits_with(place, ten(20))
    fill(now=NOW)

    booking = take(Offer.objects.get())

    assert (booking.pk, booking.starts) == (entry.booking_id, LATER)
    assert outcomes() == {entry.pk: "taken"}
    assert list(FreedTime.objects.filter(closed_at=None).values_list("starts", flat=True)) == [ten(20)]


def test_nobody_else_is_asked_while_one_may_answer_then_the_next(place):
    gave_up(place)
    first, second = waits_with(place, ten(20)), waits_with(place, ten(16))

    fill(now=NOW)
    fill(now=NOW + timedelta(hours=23))
    before = asked()
    fill(now=NOW + timedelta(hours=24))

    assert before == [first.pk]
    assert outcomes() == {first.pk: "expired", second.pk: ""}


def test_no_asks_the_next_at_once_and_they_stay_on_the_list(place):
    gave_up(place)
    first, second = waits_with(place, ten(20)), waits_with(place, ten(16))
    fill(now=NOW)
    offer = Offer.objects.get()

    answering.decline(offer=offer, by=first.patient.account, now=NOW)
    answering.decline(offer=offer, by=first.patient.account, now=NOW)
    fill(now=NOW)

    assert outcomes() == {first.pk: "declined", second.pk: ""}
    assert WaitlistEntry.objects.filter(ended_at=None).count() == 2


def test_who_has_no_time_is_asked_alone_by_message(place):
    gave_up(place)
    one, other = waits_without(place), waits_without(place)

    fill(now=NOW)

    assert asked() == [one.pk]
    assert said_to(one) == [("free_later", "scheduled")]
    assert take(Offer.objects.get()).starts == LATER
    assert said_to(other) == []


def test_with_nobody_left_it_is_free_for_everybody(place):
    gave_up(place)
    waits_without(place, weekdays=[0])

    fill(now=NOW)

    assert asked() == []
    assert FreedTime.objects.get().closed_at == NOW


def test_before_the_grace_for_an_undo_is_over_nobody_is_asked(place):
    gave_up(place)
    waits_without(place)
    FreedTime.objects.update(due_at=NOW + timedelta(seconds=1))

    fill(now=NOW)

    assert asked() == []
    assert FreedTime.objects.get().closed_at is None


@pytest.mark.parametrize(
    ("starts", "now", "is_asked"),
    [
        (LATER, "2026-11-02T20:59", True),
        (LATER, "2026-11-02T21:00", False),
        (SOON, "2026-11-02T21:59", True),
        (SOON, "2026-11-02T22:00", False),
    ],
)
def test_nobody_is_asked_at_night_and_the_time_waits_for_the_morning(place, starts, now, is_asked):
    gave_up(place, starts)
    waits_without(place)

    fill(now=local(now))

    assert bool(asked()) is is_asked
    assert FreedTime.objects.get().closed_at is None


# What happens beside it


def test_a_worker_that_died_before_the_time_was_kept_is_made_up_for(place, monkeypatch):
    gave_up(place)
    waits_with(place, ten(20))
    with monkeypatch.context() as patched:
        patched.setattr("bookings.services.waiting.offering.keep", lambda offer, now: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fill(now=NOW)
    assert Offer.objects.get().held is None

    fill(now=NOW + timedelta(minutes=1))
    early = Offer.objects.get().held
    fill(now=NOW + timedelta(minutes=2))

    assert early is None
    assert Offer.objects.get().held.starts == LATER


def test_a_worker_that_died_after_the_door_is_made_up_for(place, monkeypatch):
    gave_up(place, SOON)
    one, other = waits_with(place, ten(20)), waits_without(place)
    fill(now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr("bookings.services.waiting.answering.settle_offer", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take(Offer.objects.get(entry=one))

    fill(now=NOW + timedelta(minutes=1))

    assert outcomes() == {one.pk: "taken", other.pk: "lost"}
    assert WaitlistEntry.objects.get(pk=one.pk).ended_why == "booked"


def test_yes_on_the_phone_counts_as_well(place):
    gave_up(place)
    entry = waits_with(place, ten(20))
    fill(now=NOW)
    held = Booking.objects.get(status=Status.HELD)

    door.accept(offer=held, key=uuid4(), by=None, now=NOW)
    fill(now=NOW)

    assert outcomes() == {entry.pk: "taken"}
    assert WaitlistEntry.objects.get().ended_why == "booked"


def test_a_visit_moved_by_the_desk_takes_the_offer_back(place):
    gave_up(place)
    entry = waits_with(place, ten(20))
    fill(now=NOW)
    entry.booking.refresh_from_db()
    door.move(moves=[(entry.booking, ten(18), None)], key=uuid4(), by=None, now=NOW)

    fill(now=NOW)

    assert outcomes()[entry.pk] == "withdrawn"
    assert WaitlistEntry.objects.get().ended_at is None


def test_who_left_the_list_is_not_asked_and_what_was_kept_is_free(place):
    gave_up(place)
    entry = waits_with(place, ten(20))
    fill(now=NOW)

    joining.leave(entry=entry, by=entry.patient.account, now=NOW)
    joining.leave(entry=entry, by=entry.patient.account, now=NOW)

    assert outcomes() == {entry.pk: "withdrawn"}
    assert not Booking.objects.filter(status=Status.HELD).exists()
    assert WaitlistEntry.objects.get().ended_why == "withdrawn"


@pytest.mark.parametrize(
    ("happens", "why"),
    [("cancelled", "withdrawn"), ("booked", "booked"), ("over", "passed")],
)
def test_waiting_ends_by_itself(place, happens, why):
    entry = waits_with(place, ten(20)) if happens == "cancelled" else waits_without(place)
    if happens == "cancelled":
        cancel(entry.booking)
    if happens == "booked":
        book(place, ten(9), patient=entry.patient)

    fill(now=NOW)
    if happens == "over":
        fill(now=NOW + timedelta(days=61))

    assert WaitlistEntry.objects.get().ended_why == why


# Sessions of a course


def fortnightly(place):
    course = a_course(place, decision=None)
    return course, place_days(course, 4, 20, 34)


def freed_session(place, starts):
    """The time of a session that somebody else gave up."""
    course = a_course(place)
    [booking] = door.place_course(
        course=course, times=[(course.sessions.get(number=1), starts, None)], key=uuid4(), by=None, now=NOW
    )
    cancel(booking)
    FreedTime.objects.all().delete()
    return builders.a_freed_time(booking=booking)


@pytest.mark.parametrize(("day", "is_asked"), [(13, False), (14, True), (17, True), (19, True)])
def test_a_session_comes_forward_only_as_far_as_the_one_before_it_lets(place, day, is_asked):
    _, bookings = fortnightly(place)
    builders.a_wait(booking=bookings[1])
    freed_session(place, ten(day))

    fill(now=NOW)

    assert bool(asked()) is is_asked


def test_a_session_that_is_in_question_is_not_offered_anything(place):
    course, bookings = fortnightly(place)
    builders.a_wait(booking=bookings[1])
    builders.a_pause(patient=course.patient, now=NOW)
    freed_session(place, ten(17))

    fill(now=NOW)

    assert asked() == []


def test_a_session_without_a_time_gets_the_freed_one(place):
    course = a_course(place)
    place_days(course, 4)
    second = course.sessions.get(number=2)
    entry = builders.a_wait(session=second)
    freed_session(place, ten(17))

    fill(now=NOW)

    booking = take(Offer.objects.get())
    assert (booking.session, booking.starts) == (second, ten(17))
    assert WaitlistEntry.objects.get(pk=entry.pk).ended_why == "booked"


def test_a_session_pulled_forward_pulls_the_next_one_along_in_one_change(place):
    course = a_course(place)
    _, second, third = place_days(course, 4, 20, 38)
    builders.a_wait(booking=second)
    freed_session(place, ten(16))  # three weeks and a day before the third: a day too long

    fill(now=NOW)
    offer = Offer.objects.get()
    assert offer.held.together is not None
    assert take(offer).starts == ten(16)

    third.refresh_from_db()
    assert third.starts == ten(30)  # as near to its day and its distance as 37 would be, and sooner
    assert second.change_lines.latest("pk").change == third.change_lines.latest("pk").change


def test_where_the_next_one_finds_no_time_nothing_is_offered(place):
    course = a_course(place)
    _, second, _ = place_days(course, 4, 20, 38)
    builders.a_wait(booking=second)
    freed_session(place, ten(16))
    location = place[0]
    closed = {"starts": ten(26) - timedelta(hours=10), "ends": ten(37) + timedelta(hours=13)}
    Closure.objects.create(location=location, reason="Repair", at=NOW, **closed)

    fill(now=NOW)

    assert asked() == []


# Joining


def test_joining_twice_is_one_place_on_the_list_with_the_newer_wishes(place):
    booking = book(place, ten(20))
    wanted = joining.for_booking(booking, now=NOW)
    by = booking.patient.account

    one = joining.join(wanted=wanted, key=uuid4(), by=by, now=NOW)
    later = NOW + timedelta(hours=1)
    wishes = joining.Wishes(weekdays=[3, 1], at_short_notice=False)
    two = joining.join(wanted=wanted, wishes=wishes, key=uuid4(), by=by, now=later)

    assert one.pk == two.pk
    entry = WaitlistEntry.objects.get()
    assert (entry.created_at, entry.weekdays, entry.at_short_notice) == (NOW, [1, 3], False)
    assert (entry.first_on, entry.last_on) == (ten(2).date(), ten(19).date())


def test_nothing_is_earlier_than_today(place):
    booking = book(place, ten(2) + timedelta(hours=5))

    with pytest.raises(NothingEarlier):
        joining.for_booking(booking, now=NOW)


def test_a_session_waits_for_the_days_that_its_gaps_allow(place):
    _, bookings = fortnightly(place)

    wanted = joining.for_booking(bookings[1], now=NOW)

    assert (wanted.first_on, wanted.last_on) == (ten(14).date(), ten(19).date())
