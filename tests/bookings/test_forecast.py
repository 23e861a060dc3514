"""Sessions without a time, by week, against what is free."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Closure
from bookings.services.door.gap_rules import Authority
from bookings.services.forecast import WEEKS, forecast
from bookings.views.desk.forecast import hours
from tests import builders
from tests.bookings.patient_clinic import at_now, local, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
FORTNIGHT = {"never_before": 7, "earliest": 12, "target": 14, "latest": 18}
GIVEN = local("2026-10-26T10:00")  # the next around 9 Nov, then 23 Nov


def a_course(place, *, given=GIVEN, sessions=3, now=None, **fields):
    course = builders.a_course(
        location=place.location, visit_type=place.session, gap=FORTNIGHT, sessions=sessions,
        now=now or NOW - timedelta(days=30), **{"practitioner": place.doctor} | fields,
    )  # fmt: skip
    if given:
        builders.a_record(session=course.sessions.get(number=1), started_at=given, signed_by=place.doctor)
    return course


def read(place):
    return forecast(location=place.location, now=NOW)


def expected(place):
    """{monday: sessions} of the weeks with any."""
    seen = read(place)
    return {f"{monday:%d %b}": n for monday, n in zip(seen.mondays, seen.sessions, strict=True) if n}


def column(place, name):
    return next(one for one in read(place).columns if one.name == name or one.kind == name)


def test_twelve_weeks_from_this_one(place):
    seen = read(place)
    assert (seen.mondays[0], len(seen.mondays)) == (date(2026, 11, 2), WEEKS)
    assert set(seen.sessions) == {0}


def test_sessions_are_expected_where_their_chain_aims(place):
    a_course(place)
    assert expected(place) == {"09 Nov": 1, "23 Nov": 1}
    soft = a_course(place)
    soft.sessions.filter(number__gt=1).update(is_soft=True)
    assert expected(place) == {"09 Nov": 2, "23 Nov": 2}


def test_a_time_booked_counts_no_more_and_the_chain_goes_on_from_it(place):
    course = a_course(place)
    door.book_session(
        session=course.sessions.get(number=2), starts=local("2026-11-12T10:00"), key=uuid4(), by=None,
        now=NOW, authority=Authority.DESK,
    )  # fmt: skip
    assert expected(place) == {"23 Nov": 1}


def test_a_course_not_begun_is_expected_from_now_and_not_for_ever(place):
    a_course(place, given=None)
    assert expected(place) == {"02 Nov": 1, "16 Nov": 1, "30 Nov": 1}
    a_course(place, given=None, now=NOW - timedelta(days=91))
    assert sum(expected(place).values()) == 3


def test_one_that_is_a_little_behind_is_expected_now(place):
    a_course(place, given=local("2026-10-16T10:00"))
    assert expected(place) == {"02 Nov": 1, "16 Nov": 1}


def test_not_those_gone_cold_paused_ended_elsewhere_or_beyond_the_weeks(place):
    a_course(place, given=local("2026-10-14T10:00"))
    builders.a_pause(course=a_course(place))
    ended = a_course(place)
    type(ended).objects.filter(pk=ended.pk).update(ended_on=NOW.date(), ended_why="other")
    builders.a_course(gap=FORTNIGHT)
    far = {"never_before": 7, "earliest": 90, "target": 120, "latest": 150}
    late = a_course(place, sessions=1)
    assert expected(place) == {}
    late.sessions.create(course=late, number=2, product=late.sessions.get(number=1).product, **far)
    assert expected(place) == {}


def test_what_they_need_and_what_is_free(place):
    a_course(place)
    mine = column(place, "Dr Rao").cells[1]
    assert (mine.sessions, mine.needed) == (1, 20)
    rooms, chairs = column(place, "room"), column(place, "chair")
    assert (rooms.count, rooms.cells[1].needed, chairs.cells[1].needed) == (2, 20, 60)
    assert rooms.cells[1].free == 2 * mine.free > 0


def test_what_is_booked_or_closed_is_not_free(place):
    before = column(place, "Dr Rao").cells[1].free
    course = a_course(place)
    door.book_session(
        session=course.sessions.get(number=2), starts=local("2026-11-12T10:00"), key=uuid4(), by=None,
        now=NOW, authority=Authority.DESK,
    )  # fmt: skip
    assert column(place, "Dr Rao").cells[1].free == before - 20
    starts = local("2026-11-12T12:00")
    Closure.objects.create(
        location=place.location, resource=place.doctor.resource, starts=starts,
        ends=starts + timedelta(hours=1), reason="x", at=NOW,
    )  # fmt: skip
    assert column(place, "Dr Rao").cells[1].free == before - 80


def test_of_this_week_only_what_is_left(place):
    cells = column(place, "Dr Rao").cells
    assert 0 < cells[0].free < cells[1].free


def test_a_week_with_too_little_says_how_much(place):
    Closure.objects.create(
        location=place.location, starts=local("2026-11-09T00:00"), ends=local("2026-11-16T00:00"), reason="x",
        at=NOW,
    )  # fmt: skip
    a_course(place)
    assert (column(place, "Dr Rao").cells[1].free, column(place, "Dr Rao").cells[1].short) == (0, 20)


def test_with_nobody_named_it_is_counted_apart(place):
    course = a_course(place)
    type(course).objects.filter(pk=course.pk).update(practitioner=None)
    assert (sum(read(place).anybody), sum(cell.sessions for cell in column(place, "Dr Rao").cells)) == (2, 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_seven_queries_however_many(place, rows, django_assert_num_queries):
    for _ in range(rows):
        a_course(place)
    with django_assert_num_queries(7):
        read(place)


@pytest.mark.parametrize(
    ("minutes", "down", "up"),
    [
        (0, "0 min", "0 min"),
        (45, "45 min", "45 min"),
        (60, "1 h", "1 h"),
        (80, "1 h", "1½ h"),
        (560, "9 h", "9½ h"),
    ],
)
def test_hours_in_words(minutes, down, up):
    assert (hours(minutes), hours(minutes, up=True)) == (down, up)


@pytest.mark.parametrize(("role", "status"), [("front_desk", 200), ("manager", 200), ("nurse", 404)])
def test_for_the_desk_and_managers(client, place, role, status):
    client.force_login(builders.staff(role=role))
    assert client.get("/desk/forecast/").status_code == status


def test_the_page_says_what_is_expected_and_what_is_short(client, place):
    a_course(place)
    Closure.objects.create(
        location=place.location, starts=local("2026-11-09T00:00"), ends=local("2026-11-16T00:00"), reason="x",
        at=NOW,
    )  # fmt: skip
    client.force_login(builders.staff(role="front_desk"))
    page = text_of(client.get("/desk/forecast/"))
    assert "week of 9 Nov: Dr Rao, 20 min short" in page
    assert "week of 23 Nov 1 session 1 session, 20 min" in page
