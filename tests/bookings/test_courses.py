"""A course in the diary: rows, windows, one proposal, all placed."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bookings import door
from bookings.models import Closure
from bookings.services import courses, planning
from bookings.services.courses import State
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
IST = ZoneInfo("Asia/Kolkata")


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=IST)


@pytest.fixture
def course():
    location = builders.a_location()
    builders.a_room(location=location)
    builders.a_chair(location=location)
    session = builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[session])
    return builders.a_course(location=location, visit_type=session, practitioner=doctor, sessions=3)


def days(proposal):
    return [item.starts.astimezone(IST).date() for item in proposal.wanted]


def place(course, *, now=NOW):
    proposal = planning.propose(course, now=now)
    return door.place_course(course=course, times=proposal.times, key=uuid4(), by=None, now=now)


def test_propose_places_every_session_on_its_target(course):
    proposal = planning.propose(course, now=NOW)

    assert days(proposal) == [date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 30)]


def test_propose_goes_round_a_closure_with_the_least_drift(course):
    Closure.objects.create(
        location=course.location,
        starts=local("2026-11-16T00:00"),
        ends=local("2026-11-17T00:00"),
        reason="strike",
    )

    proposal = planning.propose(course, now=NOW)

    # one day of drift, here or there: of equals the earliest days win
    assert days(proposal) == [date(2026, 11, 2), date(2026, 11, 17), date(2026, 12, 1)]


def test_propose_says_which_session_cannot_be_placed(course):
    Closure.objects.create(
        location=course.location,
        starts=local("2026-11-09T00:00"),
        ends=local("2027-12-31T00:00"),
        reason="moving",
    )

    proposal = planning.propose(course, now=NOW)

    assert (proposal.wanted, proposal.failed.number, proposal.reason) == (
        (), 2, "No time is open on the days on which this session may be.",
    )  # fmt: skip


def test_proposal_can_be_placed_as_it_is(course):
    bookings = place(course)

    assert [row.state for row in courses.rows(course)] == [State.BOOKED] * 3
    assert [booking.session.number for booking in bookings] == [1, 2, 3]


def test_propose_fills_the_hole_between_booked_sessions(course):
    _, second, _ = place(course)
    door.cancel(bookings=[second], key=uuid4(), by=None, now=NOW)

    proposal = planning.propose(course, now=NOW)

    assert [
        (item.session.number, day) for item, day in zip(proposal.wanted, days(proposal), strict=True)
    ] == [(2, date(2026, 11, 16))]


def test_propose_counts_from_the_day_the_last_was_given(course):
    session = course.sessions.get(number=1)
    builders.a_record(session=session, started_at=local("2026-11-04T10:00"))

    proposal = planning.propose(course, now=local("2026-11-04T11:00"))

    assert days(proposal) == [date(2026, 11, 18), date(2026, 12, 2)]


def test_rows_say_when_an_unplaced_session_may_be(course):
    builders.a_record(session=course.sessions.get(number=1), started_at=local("2026-11-04T10:00"))

    first, second, third = courses.rows(course)

    assert (first.state, second.state, third.state) == (State.GIVEN, State.TO_BOOK, State.WAITING)
    assert (second.first, second.target, second.last) == (
        date(2026, 11, 14), date(2026, 11, 18), date(2026, 11, 25),
    )  # fmt: skip


def test_window_of_a_moving_session_stands_between_its_neighbours(course):
    place(course)

    window = courses.window_of(course.sessions.get(number=2), today=date(2026, 11, 2))

    assert (window.first, window.last) == (date(2026, 11, 12), date(2026, 11, 20))


def test_propose_keeps_a_week_from_another_course(course):
    other = builders.a_course(
        location=course.location, visit_type=course.visit_type, practitioner=course.practitioner,
        decision=course.patient.decisions.get(),
    )  # fmt: skip
    place(course)

    found = days(planning.propose(other, now=NOW))

    taken = [date(2026, 11, 2), date(2026, 11, 16), date(2026, 11, 30)]
    assert min(abs(day - other_day) for day in found for other_day in taken) == timedelta(days=7)
