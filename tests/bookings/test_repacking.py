"""Chairs of a later day packed anew: promised to nobody, seated so that one more fits."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Booking, Claim, Closure
from bookings.services.openings.search import read_room, read_visit
from bookings.services.verifying import verify
from tests import builders
from tests.bookings.door_clinic import ten
from tests.builders import NOW
from tests.races.together import at_once, deadlocks, each_at_once

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
DAY = date(2026, 11, 3)


@pytest.fixture
def place():
    """Three dermatologists and rooms, two chairs: `resting` takes a chair for an hour and nobody's time."""
    location = builders.a_location()
    for _ in range(3):
        builders.a_room(location=location)
    chairs = [builders.a_chair(location=location) for _ in range(2)]
    steps = [("talking", 5, ["practitioner"]), ("resting", 55, ["chair"])]
    visit_type = builders.a_visit_type(
        kind="consultation", steps=steps, is_online=True, start_every_minutes=5
    )
    for _ in range(3):
        builders.a_practitioner(location=location, qualified=[visit_type])
    return location, visit_type, chairs


def starts_at(minutes):
    return ten(3) + minutes * MINUTE


def book(place, minutes, *, now=NOW, key=None):
    location, visit_type, _ = place
    return door.book(
        patient=builders.a_patient(), visit_type=visit_type, location=location, starts=starts_at(minutes),
        key=key or uuid4(), by=None, now=now,
    )  # fmt: skip


def room(place, now=NOW):
    location, visit_type, _ = place
    visit = read_visit(visit_type)
    return read_room(visit=visit, location=location, first_day=DAY, last_day=DAY, now=now)


def seat(booking, chair):
    """Where a first-come desk would have put somebody."""
    Claim.objects.filter(booking=booking, resource__kind="chair").update(resource=chair)


@pytest.fixture
def scattered(place):
    """Chair 1: 10:05-11:00 and 12:05-13:00; chair 2: 11:05-12:00."""
    first, second, third = (book(place, minutes) for minutes in (0, 120, 60))
    seat(third, place[2][1])
    seat(first, place[2][0])
    seat(second, place[2][0])
    return first, second, third


WANTED = 30  # 10:35-11:30 in the chair: chair 1 is taken till 11:00, chair 2 from 11:05


def chairs_of(*bookings):
    claims = Claim.objects.filter(booking__in=bookings, resource__kind="chair").order_by("starts")
    return list(claims.values_list("resource", flat=True))


def test_a_start_that_fits_by_count_is_offered_and_taken(place, scattered):
    assert room(place).choose(starts_at(WANTED)) is None
    assert starts_at(WANTED) in room(place).starts(not_before=NOW)
    assert starts_at(WANTED) not in room(place).starts(not_before=NOW, repacked=False)
    before = {booking.pk: booking.version for booking in scattered}

    booked = book(place, WANTED)
    everybody = Booking.objects.filter(pk__in=before)
    assert {booking.pk: booking.version for booking in everybody} == before  # nobody is told of a chair
    assert len(chairs_of(booked, *scattered)) == 4
    assert verify(now=NOW).wrong == {}


def test_chairs_of_today_stay_whose_they_are(place, scattered):
    today = starts_at(-60)
    assert starts_at(WANTED) not in room(place, now=today).starts(not_before=today)
    seated = chairs_of(*scattered)
    with pytest.raises(refusals.TimeTaken):
        book(place, WANTED, now=today)
    assert chairs_of(*scattered) == seated


def test_too_many_at_once_are_too_many_however_they_sit(place, scattered):
    book(place, WANTED)
    assert starts_at(WANTED + 5) not in room(place).starts(not_before=NOW)
    with pytest.raises(refusals.TimeTaken):
        book(place, WANTED + 5)


def test_who_is_kept_inside_a_closure_is_not_moved(place, scattered):
    in_way = [scattered[0].pk, scattered[2].pk]
    Booking.objects.filter(pk__in=in_way).update(
        kept_by=builders.staff(role="front_desk"), kept_why="asked for that chair"
    )
    with pytest.raises(refusals.TimeTaken):
        book(place, WANTED)


def test_nobody_is_put_into_a_chair_that_is_closed_then(place, scattered):
    for chair, minutes in ((place[2][0], 90), (place[2][1], 10)):  # each where the other one would have to go
        Closure.objects.create(
            resource=chair, starts=starts_at(minutes), ends=starts_at(minutes + 5), reason="lamp broken"
        )
    with pytest.raises(refusals.TimeTaken):
        book(place, WANTED)
    assert verify(now=NOW).wrong == {}


def test_a_chair_that_takes_longer_to_clean_is_not_like_the_others(place, scattered):
    place[2][0].turnover_minutes = 10
    place[2][0].save()
    assert starts_at(WANTED) not in room(place).starts(not_before=NOW)


def test_holds_change_chairs_too_and_are_confirmed_there(place, scattered):
    location, visit_type, _ = place
    held = door.hold(
        visit_type=visit_type, location=location, starts=starts_at(WANTED), held_for="one", now=NOW
    )
    confirmed = door.confirm(held=held, patient=builders.a_patient(), key=uuid4(), by=None, now=NOW)
    assert confirmed.claims.count() == 2
    assert verify(now=NOW).wrong == {}


def test_two_who_both_need_the_chairs_packed_anew_get_one_place(place, scattered):
    outcomes = at_once(lambda _: type(book(place, WANTED)).__name__, 6)
    assert outcomes == {"Booking": 1, "TimeTaken": 5}
    assert verify(now=NOW).wrong == {}


def test_cancelling_and_moving_while_chairs_are_packed_leaves_no_claim_behind(place, scattered):
    before = deadlocks()

    def cancel(booking):
        return door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)

    def move(booking):
        return door.move(moves=[(booking, starts_at(240), None)], key=uuid4(), by=None, now=NOW)

    first, second, third = scattered
    each_at_once(
        [lambda: book(place, WANTED), lambda: cancel(third), lambda: move(second), lambda: move(first),
         lambda: book(place, WANTED + 60)]
    )  # fmt: skip
    assert deadlocks() == before
    assert verify(now=NOW).wrong == {}
