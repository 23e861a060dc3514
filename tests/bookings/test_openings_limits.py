"""What bounds openings besides hours and claims: caps, the road, times kept for urgent visits, wishes."""

from datetime import date, datetime, time
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bookings import door, refusals
from bookings.services.door.gap_rules import Authority
from bookings.services.openings.search import read_room, read_visit
from clinic.models import Qualified, Travel
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
IST = ZoneInfo("Asia/Kolkata")
TUESDAY = date(2026, 11, 3)


def at(hours, minutes=0, day=TUESDAY):
    return datetime.combine(day, time(hours, minutes), IST)


@pytest.fixture
def consultation():
    return builders.consultation_type()


@pytest.fixture
def location():
    location = builders.a_location()
    for _ in range(2):
        builders.a_room(location=location)
    return location


def a_doctor(location, consultation, **fields):
    return builders.a_practitioner(location=location, qualified=[consultation], **fields)


def starts(location, consultation, *, first=TUESDAY, last=None, now=NOW, urgent=False, **wishes):
    room = read_room(
        visit=read_visit(consultation), location=location, first_day=first, last_day=last or first, now=now,
        urgent=urgent,
    )  # fmt: skip
    return [start.astimezone(IST) for start in room.starts(not_before=now, **wishes)]


def book(location, consultation, start, doctor=None, **fields):
    return door.book(
        patient=builders.a_patient(), visit_type=consultation, location=location, starts=start, key=uuid4(),
        by=None, practitioner=doctor and doctor.pk, **{"now": NOW} | fields,
    )  # fmt: skip


def on(day, found):
    return [start for start in found if start.date() == day]


# So many of a kind a day


def test_a_cap_closes_the_day_and_no_other(location, consultation):
    doctor = a_doctor(location, consultation)
    Qualified.objects.update(daily_cap=2)
    wednesday = date(2026, 11, 4)
    book(location, consultation, at(10))
    assert on(TUESDAY, starts(location, consultation, last=wednesday))
    second = book(location, consultation, at(15))
    found = starts(location, consultation, last=wednesday)
    assert on(TUESDAY, found) == []
    assert on(wednesday, found)
    with pytest.raises(refusals.TimeTaken):
        book(location, consultation, at(12), doctor)
    door.cancel(bookings=[second], key=uuid4(), by=None, now=NOW)
    assert on(TUESDAY, starts(location, consultation))


def test_a_cap_is_of_one_practitioner(location, consultation):
    for _ in range(2):
        a_doctor(location, consultation)
    Qualified.objects.update(daily_cap=1)
    first = book(location, consultation, at(10))
    assert on(TUESDAY, starts(location, consultation, practitioner=first.practitioner_id)) == []
    assert on(TUESDAY, starts(location, consultation))


def test_a_capped_visit_may_move_within_its_day(location, consultation):
    a_doctor(location, consultation)
    Qualified.objects.update(daily_cap=1)
    booking = book(location, consultation, at(10))
    [moved] = door.move(moves=[(booking, at(12), None)], key=uuid4(), by=None, now=NOW)
    assert moved.starts == at(12)


# The way from one location to another


@pytest.fixture
def elsewhere(location):
    elsewhere = builders.a_location()
    builders.a_room(location=elsewhere)
    Travel.objects.create(origin=location, destination=elsewhere, minutes=60)
    Travel.objects.create(origin=elsewhere, destination=location, minutes=60)
    return elsewhere


def test_the_road_takes_its_time_on_both_sides(location, elsewhere, consultation):
    doctor = a_doctor(location, consultation)
    builders.working_hours(location=elsewhere, resource=doctor.resource)
    book(elsewhere, consultation, at(12), doctor)  # till 12:30

    found = starts(location, consultation)
    assert at(10, 30) in found
    assert not [start for start in found if at(10, 30) < start < at(13, 30)]
    assert at(13, 30) in found
    assert at(12, 30) in starts(elsewhere, consultation)  # there already
    with pytest.raises(refusals.TimeTaken):
        book(location, consultation, at(13), doctor)
    assert book(location, consultation, at(13, 30), doctor).practitioner == doctor


def test_no_row_means_no_road(location, elsewhere, consultation):
    doctor = a_doctor(location, consultation)
    builders.working_hours(location=elsewhere, resource=doctor.resource)
    Travel.objects.all().delete()
    book(elsewhere, consultation, at(12), doctor)
    assert at(12, 30) in starts(location, consultation)


def test_the_search_takes_four_queries_with_everything_in_it(
    location, elsewhere, consultation, django_assert_num_queries
):
    doctor = a_doctor(location, consultation)
    builders.working_hours(location=elsewhere, resource=doctor.resource)
    Qualified.objects.update(daily_cap=3)
    with django_assert_num_queries(4):
        starts(location, consultation)


# Kept for urgent visits until noon


@pytest.fixture
def urgent(location, consultation):
    doctor = a_doctor(location, consultation)
    doctor.resource.working_hours.update(urgent_from=time(15), urgent_to=time(15, 30))
    return doctor


def test_an_urgent_time_is_kept_until_noon_of_its_day(location, consultation, urgent):
    assert at(15) not in starts(location, consultation)
    assert at(14, 45) not in starts(location, consultation)  # would reach into it
    assert at(15) in starts(location, consultation, urgent=True)
    assert at(15) not in starts(location, consultation, now=at(11, 59))
    assert at(15) in starts(location, consultation, now=at(12))
    tomorrow = date(2026, 11, 4)
    assert at(15, day=tomorrow) not in starts(location, consultation, last=tomorrow, now=at(12))


def test_an_urgent_time_is_taken_on_purpose_only(location, consultation, urgent):
    with pytest.raises(refusals.TimeTaken):
        book(location, consultation, at(15), authority=Authority.DESK)
    booking = book(location, consultation, at(15), authority=Authority.DESK, urgent=True)
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)
    door.undo(change=booking.change_lines.latest("pk").change, key=uuid4(), by=None, now=NOW)
    booking.refresh_from_db()
    assert booking.status == "booked"


# Whom they would like


def test_a_wish_for_several_is_met_by_any_of_them(location, consultation):
    first, second, third = (a_doctor(location, consultation) for _ in range(3))
    book(location, consultation, at(10), first)
    book(location, consultation, at(10), second)  # the rooms are two
    assert at(10) not in starts(location, consultation, among={third.pk})
    assert at(11) in starts(location, consultation, among={second.pk, third.pk})
    assert starts(location, consultation, among=set()) == []
    held = door.hold(
        visit_type=consultation, location=location, starts=at(11), held_for="one", now=NOW,
        among=frozenset({second.pk, third.pk}),
    )  # fmt: skip
    assert held.practitioner_id in (second.pk, third.pk)
