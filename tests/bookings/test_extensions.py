"""A doctor put the last day of one session off: till then neither late nor review stands in anybody's way."""

from datetime import date, timedelta

import pytest

from bookings import refusals
from bookings.services.closing.limits import read_limits_of
from bookings.services.desk.times import read_limits
from bookings.services.door.gap_rules import Authority, latest_day, placed_sessions
from tests import builders
from tests.bookings.door_clinic import course, move, place, place_days, ten
from tests.builders import NOW
from treatments.models import Extension

__all__ = ["course", "place"]
pytestmark = pytest.mark.django_db(transaction=True)


def extend(course, number, until):
    return Extension.objects.create(
        session=course.sessions.get(number=number), until_on=until, why="away", at=NOW,
        signed_by=course.practitioner, key=builders.next_key(),
    )  # fmt: skip


# two weeks apart: on time to 21 days, late to 28; with session 1 on day 3 that is day 24, and day 31


@pytest.mark.parametrize("authority", [Authority.PATIENT, Authority.DESK])
@pytest.mark.parametrize(("day", "allowed"), [(40, True), (41, False)])
def test_within_the_extension_patient_and_desk_may_book(course, authority, day, allowed):
    extend(course, 2, ten(40).date())
    place_days(course, 3)

    if allowed:
        assert len(place_days(course, day, numbers=[2], authority=authority)) == 1
    else:
        with pytest.raises(refusals.NeedsReview):
            place_days(course, day, numbers=[2], authority=authority)


def test_without_one_the_same_day_asks_for_the_doctor(course):
    place_days(course, 3)
    with pytest.raises(refusals.NeedsReview):
        place_days(course, 40, numbers=[2], authority=Authority.DESK)


def test_past_the_extension_but_not_twice_the_target_it_is_late(course):
    extend(course, 2, ten(26).date())
    place_days(course, 3)

    with pytest.raises(refusals.TooLate) as refused:
        place_days(course, 27, numbers=[2])
    assert refused.value.latest == ten(26).date()
    assert len(place_days(course, 27, numbers=[2], authority=Authority.DESK)) == 1


def test_the_newest_extension_counts_and_none_shortens_the_gap(course):
    extend(course, 2, ten(50).date())
    extend(course, 2, ten(10).date())
    session = course.sessions.get(number=2)

    assert latest_day(session, ten(3).date()) == ten(3).date() + timedelta(days=21)
    extend(course, 2, date(2027, 3, 1))
    assert latest_day(course.sessions.get(number=2), ten(3).date()) == date(2027, 3, 1)


def test_an_extension_is_no_word_on_the_floor(course):
    extend(course, 2, ten(40).date())
    place_days(course, 3)
    with pytest.raises(refusals.TooSoon):
        place_days(course, 12, numbers=[2])


def test_the_one_after_is_not_extended_with_it(course):
    extend(course, 2, ten(40).date())
    place_days(course, 3, 40)
    with pytest.raises(refusals.TooLate):
        place_days(course, 40 + 22, numbers=[3])


def test_the_desk_is_offered_the_days_of_the_extension(course):
    extend(course, 2, ten(40).date())
    _, second = place_days(course, 3, 17)
    for limits in (read_limits(second.session), read_limits_of([second])[second.pk]):
        assert (limits.allow(ten(40).date()), limits.allow(ten(41).date())) == (True, False)
        assert limits.is_late(ten(40).date()) is False
    assert move(second, ten(40)).starts == ten(40)


def test_placed_sessions_know_their_extensions(course, django_assert_num_queries):
    extend(course, 2, ten(40).date())
    place_days(course, 3, 17)
    placed = placed_sessions(course)
    with django_assert_num_queries(0):
        assert latest_day(placed[1].session, ten(3).date()) == ten(40).date()
