"""Gaps and order at the door: what is refused, and what is not judged anew."""

from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bookings import door, refusals
from bookings.models import Booking
from bookings.services import courses, planning
from bookings.services.door.gap_rules import Authority
from tests import builders
from tests.bookings.door_clinic import a_course, cancel, course, move, place, place_days, ten
from tests.builders import NOW
from treatments.models import Course, CourseSession

__all__ = ["course", "place"]
pytestmark = pytest.mark.django_db(transaction=True)
DOCTOR = {"authority": Authority.DOCTOR, "reason": "leaves town"}


def days_of(course):
    rows = Booking.objects.counting().filter(course=course).order_by("session__number")
    return [(booking.session.number, booking.starts) for booking in rows]


# Order


def test_a_session_waits_until_the_one_before_has_a_time(course):
    with pytest.raises(refusals.OutOfOrder):
        place_days(course, 17, numbers=[2])
    with pytest.raises(refusals.OutOfOrder):
        place_days(course, 3, 30, numbers=[1, 3])
    assert Booking.objects.count() == 0


def test_a_session_nobody_wants_a_time_for_yet_is_not_waited_for(course):
    course.sessions.filter(number=2).update(is_soft=True)

    assert len(place_days(course, 3, 17, numbers=[1, 3])) == 2


def test_a_session_whose_neighbour_lost_its_time_may_still_move(course):
    _, second, third = place_days(course, 3, 17, 30)
    cancel(second)

    assert move(third, ten(24)).starts == ten(24)


@pytest.mark.parametrize(
    ("fact", "refusal"),
    [
        ({"dropped_reason": "returned"}, refusals.NotPossible),
        ({"given_on": NOW.date()}, refusals.AlreadyBooked),
    ],
)
def test_a_session_that_will_not_be_given_or_was_is_not_placed(course, fact, refusal):
    seen_before = list(course.sessions.order_by("number"))
    CourseSession.objects.filter(pk=seen_before[0].pk).update(**fact)

    with pytest.raises(refusal):
        door.book_session(session=seen_before[0], starts=ten(3), key=uuid4(), by=None, now=NOW)


def test_a_course_that_ended_since_the_page_was_read_is_not_placed(course):
    seen_before = course.sessions.select_related("course__patient").get(number=1)
    Course.objects.filter(pk=course.pk).update(ended_on=NOW.date(), ended_why="other")

    with pytest.raises(refusals.NeedsReview) as refused:
        door.book_session(session=seen_before, starts=ten(3), key=uuid4(), by=None, now=NOW)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["course_ended"]


# What stands is not judged anew


def test_another_hour_of_the_day_a_doctor_allowed_is_no_new_gap(course):
    _, second = place_days(course, 3, 11, **DOCTOR)

    moved = move(second, ten(11) + timedelta(hours=2))

    assert moved.starts == ten(11) + timedelta(hours=2)
    with pytest.raises(refusals.TooSoon):
        move(second, ten(12))


def test_a_late_session_may_come_nearer_and_not_go_further(course):
    _, second = place_days(course, 3, 27, authority=Authority.DESK)

    with pytest.raises(refusals.TooLate):
        move(second, ten(28))
    assert move(second, ten(26)).starts == ten(26)
    with pytest.raises(refusals.TooLate):
        move(second, ten(27))


def test_the_days_offered_for_a_late_session_reach_to_where_it_stands(course):
    _, second = place_days(course, 3, 27, authority=Authority.DESK)

    window = courses.window_of(second.session, today=NOW.date())

    assert (window.first, window.last) == (ten(13).date(), ten(27).date())


def test_too_close_to_the_next_session_names_no_first_day(course):
    """The first day after which the next one may follow would lead further astray."""
    _, second, _ = place_days(course, 3, 14, 27)

    with pytest.raises(refusals.TooSoon) as refused:
        move(second, ten(20))
    assert refused.value.earliest is None


# Other courses of the same patient


@pytest.mark.parametrize(("same_product", "days", "refused"), [
    (True, 20, True), (True, 21, False), (False, 6, True), (False, 7, False),
])  # fmt: skip
def test_two_courses_of_one_product_keep_its_least_gap(place, same_product, days, refused):
    steroid = builders.a_product()
    gap = {"never_before": 21, "earliest": 28, "target": 28, "latest": 35}
    first = a_course(place, product=steroid, gap=gap)
    decision = first.patient.decisions.get()
    second = a_course(place, decision=decision, product=steroid if same_product else None)
    place_days(first, 3)

    if refused:
        with pytest.raises(refusals.TooSoon):
            place_days(second, 3 + days, authority=Authority.DOCTOR, reason="wish")
        assert ten(3 + days).date() in planning.days_of_other_injections(second)
    else:
        assert len(place_days(second, 3 + days)) == 1
        assert ten(3 + days).date() not in planning.days_of_other_injections(second)


# Where the clock changes


@pytest.mark.parametrize(("hour", "minute", "allowed"), [(10, 0, True), (10, 30, False)])
def test_starts_are_counted_on_the_clock_on_the_wall_as_openings_are(hour, minute, allowed):
    """Lord Howe puts its clock back by half an hour that night: 10:00 is ten and a half hours later."""
    sundays = [(6, time(9), time(18))]
    location = builders.a_location(time_zone="Australia/Lord_Howe", hours=sundays)
    builders.a_room(location=location)
    visit_type = builders.consultation_type(start_every_minutes=60, horizon_days=200)
    builders.a_practitioner(location=location, qualified=[visit_type], hours=sundays)
    starts = datetime(2027, 4, 4, hour, minute, tzinfo=ZoneInfo("Australia/Lord_Howe"))

    def book():
        return door.book(
            patient=builders.a_patient(), visit_type=visit_type, location=location, starts=starts,
            key=uuid4(), by=None, now=NOW,
        )  # fmt: skip

    if allowed:
        assert book().starts == starts
    else:
        with pytest.raises(refusals.NotATime):
            book()
