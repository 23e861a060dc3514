"""Many who place whole courses at once, all after the same times, as the page does it.

Refused, they take what is offered instead and try again; nobody ever has half a course. CLINIC_SOAK=1 for all
forty. The controls show that the checks would see the damage: without lock and constraint courses share a
time, with the constraint alone they deadlock, and without one transaction they end up half.
"""

import os
import threading
from collections import Counter
from itertools import pairwise
from uuid import uuid4

import psycopg2
import pytest
from django.db import connection

from bookings import door, refusals
from bookings.models import Booking, Change, Claim
from bookings.services.planning import propose
from bookings.services.verifying import verify
from tests import builders
from tests.bookings.plan_clinic import local
from tests.builders import NOW
from tests.races.together import at_once, deadlocks, each_at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
SOAK = bool(os.environ.get("CLINIC_SOAK"))
CLIENTS = 40 if SOAK else 12
SESSIONS = 6
TRIES = 4 * CLIENTS
WEEKLY = {"never_before": 7, "earliest": 7, "target": 7, "latest": 10}


@pytest.fixture(autouse=True)
def right_and_without_deadlock(transactional_db, request):
    before = deadlocks()
    yield
    if "control" not in request.node.name:
        assert verify(now=NOW).wrong == {}
        assert deadlocks() - before == 0


@pytest.fixture
def place():
    """Six sessions go into a chair's day, and the dermatologist has one at a time."""
    location = builders.a_location()
    builders.a_room(location=location)
    for _ in range(2):
        builders.a_chair(location=location)
    session = builders.session_type()
    return location, session, builders.a_practitioner(location=location, qualified=[session])


def a_course(place, **fields):
    location, session, doctor = place
    where = {"location": location, "visit_type": session, "practitioner": doctor}
    return builders.a_course(sessions=SESSIONS, gap=WEEKLY, **where, **fields)


def place_like_the_page(course, proposal, begun) -> str:
    """Book what is shown; when a time of it is gone, what is offered instead, which keeps the others."""
    begun.wait(timeout=120)
    for _ in range(TRIES):
        if not proposal.wanted:
            return "no plan"
        try:
            door.place_course(course=course, times=proposal.times, key=uuid4(), by=None, now=NOW)
        except (refusals.TimeTaken, refusals.Busy):
            seen = {item.session.pk: (item.starts, item.practitioner) for item in proposal.wanted}
            proposal = propose(course, now=NOW, seen=seen)
        else:
            return "placed"
    return "gave up"


def everybody_at_once(courses) -> Counter:
    """All of them have seen a plan before the first of them taps."""
    shown = [propose(course, now=NOW) for course in courses]
    begun = threading.Barrier(len(courses))
    together = zip(courses, shown, strict=True)
    return Counter(
        each_at_once(
            [lambda one=one, plan=plan: place_like_the_page(one, plan, begun) for one, plan in together]
        )
    )


def assert_six_or_none(courses, *, placed: int) -> None:
    sizes = Counter(Booking.objects.counting().filter(course=one).count() for one in courses)
    assert sizes == Counter({SESSIONS: placed, 0: len(courses) - placed})
    assert Change.objects.count() == placed
    for course in courses:
        days = list(
            Booking.objects.filter(course=course).order_by("session__number").values_list("day", flat=True)
        )
        assert all(7 <= (later - day).days <= 10 for day, later in pairwise(days))


def test_all_who_place_courses_after_the_same_times_have_six_or_none(place):
    courses = [a_course(place) for _ in range(CLIENTS)]

    found = everybody_at_once(courses)

    assert found == Counter({"placed": CLIENTS})
    assert_six_or_none(courses, placed=CLIENTS)


def test_with_too_few_times_some_have_all_six_and_the_others_none(place):
    """Open for nine weeks, two sessions on each of two days: not for everybody, whoever is quicker."""
    location, session, _doctor = place
    hours = tuple(
        (weekday, local("2026-11-02T10:00").time(), local("2026-11-02T11:30").time()) for weekday in (1, 3)
    )
    few = builders.a_practitioner(location=location, qualified=[session], hours=hours)
    few.resource.working_hours.update(until_on=local("2027-01-04T00:00").date())
    place = location, session, few
    session.qualified.exclude(practitioner=few).delete()
    courses = [a_course(place) for _ in range(CLIENTS)]

    found = everybody_at_once(courses)

    assert set(found) <= {"placed", "no plan"}
    assert 0 < found["placed"] < CLIENTS
    assert_six_or_none(courses, placed=found["placed"])


def test_two_tabs_that_place_one_course_place_it_once(place):
    course = a_course(place)
    plans = [propose(course, now=NOW), propose(course, now=NOW, not_before=local("2026-11-05T00:00").date())]

    def tab(n):
        door.place_course(course=course, times=plans[n % 2].times, key=uuid4(), by=None, now=NOW)
        return "placed"

    found = at_once(tab, 6)

    assert found["placed"] == 1
    assert set(found) <= {"placed", "AlreadyBooked", "TimeTaken", "TooSoon", "OutOfOrder"}
    assert_six_or_none([course], placed=1)


def test_placed_and_undone_at_once_is_six_or_none_for_each(place):
    """Those who undo free times for those who still look for some."""
    courses = [a_course(place) for _ in range(CLIENTS // 2)]

    def place_and_undo(course):
        change = (
            door.place_course(
                course=course, times=propose(course, now=NOW).times, key=uuid4(), by=None, now=NOW
            )[0]
            .change_lines.get()
            .change
        )
        door.undo(change=change, key=uuid4(), by=None, now=NOW)
        return "undone"

    others = [a_course(place) for _ in range(CLIENTS // 2)]
    begun = threading.Barrier(len(others))
    shown = [propose(course, now=NOW) for course in others]
    stay = [
        lambda one=one, plan=plan: place_like_the_page(one, plan, begun)
        for one, plan in zip(others, shown, strict=True)
    ]
    found = Counter(each_at_once([lambda one=one: place_and_undo(one) for one in courses] + stay))

    assert set(found) <= {"placed", "undone", "TimeTaken"}
    assert found["placed"] == len(others)
    assert [Booking.objects.counting().filter(course=one).count() for one in courses] == [0] * len(courses)
    assert [Booking.objects.counting().filter(course=one).count() for one in others] == [SESSIONS] * len(
        others
    )
    assert Claim.objects.values("booking").distinct().count() == SESSIONS * len(others)


# Negative controls, on a scratch table


@pytest.fixture
def scratch():
    """Times of courses in a table of our own; `constrained` adds the rule that the real one has."""

    def make(*, constrained: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE scratch_session (course int, starts int)")
            if constrained:
                cursor.execute("ALTER TABLE scratch_session ADD EXCLUDE USING gist (starts WITH =)")

    yield make
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE scratch_session")


def _rows(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _sizes() -> Counter:
    return Counter(size for _course, size in _rows("SELECT course, count(*) FROM scratch_session GROUP BY 1"))


def _add(course, starts):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO scratch_session VALUES (%s, %s)", [course, starts])


def _code(error) -> str:
    return error.__cause__.pgcode if isinstance(error.__cause__, psycopg2.Error) else repr(error)


def test_control_without_lock_and_constraint_courses_share_their_times(scratch):
    scratch(constrained=False)
    looked = threading.Barrier(CLIENTS)

    def check_then_insert(course):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM scratch_session WHERE starts = ANY(%s)", [list(range(SESSIONS))]
            )
            if cursor.fetchone()[0]:
                return "TimeTaken"
        looked.wait(timeout=60)
        for starts in range(SESSIONS):
            _add(course, starts)
        return "placed"

    assert at_once(check_then_insert, CLIENTS)["placed"] == CLIENTS
    assert _rows("SELECT max(n) FROM (SELECT count(*) n FROM scratch_session GROUP BY starts) x") == [
        (CLIENTS,)
    ]


def test_control_with_the_constraint_but_without_locks_courses_deadlock(scratch):
    scratch(constrained=True)
    begun, before = threading.Barrier(2), deadlocks()

    def place_in_own_order(course):
        order = list(range(SESSIONS))[:: 1 if course else -1]
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                _add(course, order[0])
                begun.wait(timeout=60)
                for starts in order[1:]:
                    _add(course, starts)
                cursor.execute("COMMIT")
        except Exception as error:
            connection.close()
            return _code(error)
        return "placed"

    assert at_once(place_in_own_order, 2)["40P01"] == 1
    assert deadlocks() - before == 1


def test_control_without_one_transaction_courses_are_half_booked(scratch):
    scratch(constrained=True)
    begun = threading.Barrier(2)

    def place_one_by_one(course):
        times = range(SESSIONS) if course else range(SESSIONS + 2, 2, -1)  # they meet in the middle
        try:
            _add(course, times[0])
            begun.wait(timeout=60)
            for starts in times[1:]:
                _add(course, starts)
        except Exception as error:
            return _code(error)
        return "placed"

    found = at_once(place_one_by_one, 2)

    assert found["23P01"] >= 1
    assert set(_sizes()) - {0, SESSIONS}
