"""Two records of one person become one, and the diary stays right: what gives way, what stays with a note."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Change, Claim, Status
from bookings.services.people.merge_plan import HereNow, read_plan
from bookings.services.people.merging import WhyMissing
from bookings.services.verifying import verify
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import a_course, book, place, place_days, ten
from tests.bookings.merging_clinic import kept, manager, other, together
from tests.builders import NOW
from treatments.models import Product

__all__ = ["kept", "manager", "other", "place"]
pytestmark = pytest.mark.django_db
SECOND = {"never_before": 14, "earliest": 14, "target": 14, "latest": 21}


@pytest.fixture
def courses(place, kept, other):
    """One course in each record."""
    return [a_course(place, decision=builders.a_decision(patient=one)) for one in (kept, other)]


def to_be_moved(plan):
    return [(one.patient_id, one.day.day) for one in plan.to_be_moved]


@pytest.mark.parametrize(
    ("mine", "theirs", "gives_way"),
    [
        (5, 10, "other"),  # five days apart: the later one
        (10, 5, "kept"),
        (5, 11, "other"),
        (5, 12, None),  # a week
        (12, 5, None),
    ],
)
def test_sessions_closer_than_a_week_give_way(place, kept, other, courses, mine, theirs, gives_way):
    bookings = {"kept": place_days(courses[0], mine)[0], "other": place_days(courses[1], theirs)[0]}
    expected = [(bookings[gives_way].patient_id, bookings[gives_way].day.day)] if gives_way else []
    assert to_be_moved(read_plan(kept=kept, other=other)) == expected

    together(kept, other)

    found = {name: Booking.objects.get(pk=one.pk).status for name, one in bookings.items()}
    assert found == dict.fromkeys(bookings, "booked") | ({gives_way: "cancelled"} if gives_way else {})
    assert verify(now=NOW).wrong == {}


def test_of_two_on_one_day_the_kept_records_stays(place, kept, other, courses):
    place_days(courses[0], 5)
    booking = builders.a_booking(
        session=courses[1].sessions.get(number=1), starts=ten(5) + timedelta(hours=3)
    )

    assert [one.pk for one in read_plan(kept=kept, other=other).to_be_moved] == [booking.pk]


@pytest.mark.parametrize(("theirs", "gives_way"), [(16, True), (17, False)])
def test_two_kinds_of_treatment_keep_a_fortnight(place, kept, other, courses, theirs, gives_way):
    Product.objects.filter(pk=courses[1].sessions.get(number=1).product_id).update(modality="prp")
    place_days(courses[0], 3)
    place_days(courses[1], theirs)

    assert bool(read_plan(kept=kept, other=other).to_be_moved) == gives_way


def test_courses_of_one_product_keep_the_longer_gap(place, kept, other):
    product = builders.a_product()
    mine, theirs = (
        a_course(place, decision=builders.a_decision(patient=one), product=product, gap=SECOND)
        for one in (kept, other)
    )
    place_days(mine, 3)
    [booking] = place_days(theirs, 16)

    assert [one.pk for one in read_plan(kept=kept, other=other).to_be_moved] == [booking.pk]
    together(kept, other)
    assert verify(now=NOW).wrong == {}


def test_visits_at_one_time_cannot_both_stand(place, kept, other):
    stays = book(place, ten(3), patient=kept)
    elsewhere = builders.a_booking(patient=other, starts=ten(3) + timedelta(minutes=15))
    after = builders.a_booking(patient=other, starts=ten(3) + timedelta(minutes=45))

    together(kept, other)

    rows = Booking.objects.order_by("pk").values_list("pk", "status", "patient")
    assert list(rows) == [
        (stays.pk, "booked", kept.pk),
        (elsewhere.pk, "cancelled", kept.pk),
        (after.pk, "booked", kept.pk),
    ]
    assert not Claim.objects.filter(booking=elsewhere).exists()


def test_who_gives_way_is_told_at_the_kept_number_and_the_desk_sees_why(place, kept, other, manager):
    book(place, ten(3), patient=kept)
    elsewhere = builders.a_booking(patient=other, starts=ten(3) + timedelta(minutes=15))

    together(kept, other, by=manager)

    change = Change.objects.get(action="to_be_moved")
    assert (change.by, change.reason, change.undo_until) == (manager, "merged", None)
    [told] = Message.objects.filter(subject=f"change:{change.pk}", state="scheduled")
    assert (told.patient, told.address, told.kind) == (kept, kept.phone, "cancelled")
    assert [line.booking for line in change.lines.all()] == [elsewhere]


def given(course, day):
    session = course.sessions.get(number=1)
    builders.a_record(session=session, started_at=ten(day), signed_by=course.practitioner)
    return builders.a_booking(session=session, starts=ten(day), status=Status.DONE, clear_days=7)


def test_what_was_given_stays_and_what_is_booked_gives_way(place, kept, other, courses):
    place_days(courses[0], 4)
    done = given(courses[1], -1)

    together(kept, other)

    assert Booking.objects.get(session__course=courses[0]).status == "cancelled"
    done.refresh_from_db()
    assert (done.status, done.patient, done.day) == ("done", kept, date(2026, 10, 30))
    assert verify(now=NOW).wrong == {}


def test_two_days_given_too_close_stay_with_a_note_by_name(place, kept, other, courses, manager):
    given(courses[0], -4)
    later = given(courses[1], -2)
    assert [one.pk for one in read_plan(kept=kept, other=other).too_close] == [later.pk]
    with pytest.raises(WhyMissing):
        together(kept, other)
    with pytest.raises(WhyMissing):
        together(kept, other, why="  ")

    together(kept, other, by=manager, why="nobody knew of the other record")

    later.refresh_from_db()
    assert (later.too_close_by, later.too_close_why) == (manager, "nobody knew of the other record")
    found = verify(now=NOW)
    assert (found.wrong, found.listed["given_too_close"]) == ({}, [f"booking:{later.pk}"])


def test_days_given_too_close_that_have_a_note_need_no_second_one(place, kept, other, courses, manager):
    given(courses[0], -4)
    later = given(courses[1], -2)
    Booking.objects.filter(pk=later.pk).update(too_close_by=manager, too_close_why="seen before")

    together(kept, other)

    assert verify(now=NOW).wrong == {}


def test_nobody_is_sent_away_who_is_here(place, kept, other, courses):
    [here] = place_days(courses[1], 3)
    Booking.objects.filter(pk=here.pk).update(status=Status.ARRIVED)
    given(courses[0], -1)

    with pytest.raises(HereNow):
        together(kept, other)

    here.refresh_from_db()
    assert (here.status, other.merged_into) == ("arrived", None)


def test_who_is_here_stays_and_what_is_booked_gives_way(place, kept, other, courses):
    place_days(courses[0], 5)
    [here] = place_days(courses[1], 6)
    Booking.objects.filter(pk=here.pk).update(status=Status.ARRIVED)

    together(kept, other)

    assert Booking.objects.get(session__course=courses[0]).status == "cancelled"
    here.refresh_from_db()
    assert (here.status, here.patient) == ("arrived", kept)


def test_an_offer_goes_with_the_visit_that_gives_way_and_stays_with_one_that_does_not(
    place, kept, other, courses
):
    [gone], [stays] = place_days(courses[1], 6), place_days(courses[0], 4)
    asked = {"practitioner": None, "until": NOW + timedelta(hours=5), "by": None, "now": NOW}
    offers = [
        door.propose(booking=one, starts=one.starts + timedelta(hours=2), key=uuid4(), **asked)
        for one in (gone, stays)
    ]

    together(kept, other)

    assert list(Booking.objects.filter(status=Status.HELD)) == offers[1:]
    assert verify(now=NOW).wrong == {}


def test_reminders_go_to_the_kept_number(place, kept, other):
    booking = book(place, ten(5), patient=other)
    builders.a_message(patient=other, kind="booked", due_at=NOW)

    together(kept, other)

    waiting_now = Message.objects.filter(state="scheduled").values_list("patient", "address").distinct()
    assert list(waiting_now) == [(kept.pk, kept.phone)]
    assert Message.objects.filter(subject=f"booking:{booking.pk}", state="scheduled").exists()
