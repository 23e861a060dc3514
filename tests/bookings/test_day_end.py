"""Close of day: what has to reach zero, how it gets there, and what the next day looks like."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Closure, Status
from bookings.services.desk import day_end
from consultations.models import Consent
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, desk, session_visit, status_of, visit
from tests.bookings.patient_clinic import at_now, buttons, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
EVENING = local("2026-11-02T18:30")


def lines(place, now=EVENING, day=MONDAY):
    """{title: [(who, acts)]}"""
    found = day_end.lines(location=place.location, day=day, now=now)
    return {
        line.title: [(row.booking.patient.name, [act.words for act in row.acts]) for row in line.rows]
        for line in found
    }


NO_STATUS, INSIDE, AGREEMENT = "Nobody has said whether they came", "Still inside", "Agreement missing"
NOTHING = {NO_STATUS: [], INSIDE: [], AGREEMENT: []}


def shifted(booking, status):
    Booking.objects.filter(pk=booking.pk).update(status=status, arrived_at=booking.starts)


# The lines


def test_who_was_booked_and_never_came_or_did_stands_there(place):
    visit(place)
    visit(place, local("2026-11-02T17:00"), name="Later")

    assert lines(place, AT_11)[NO_STATUS] == [("Asha Rao", ["Check in", "Did not come…"])]


def test_on_a_day_gone_by_a_consultation_is_entered(place):
    visit(place)

    assert lines(place, EVENING + timedelta(days=1))[NO_STATUS] == [
        ("Asha Rao", ["They were here…", "Did not come…"])
    ]


def test_on_a_day_gone_by_a_session_waits_for_its_record(place):
    session_visit(place)

    assert [acts for _, acts in lines(place, EVENING + timedelta(days=1))[NO_STATUS]] == [["Did not come…"]]


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        (Status.ARRIVED, ["To the room"]),
        (Status.PREPARING, ["To the room"]),
        (Status.IN_ROOM, ["Done, goes home"]),
        (Status.WATCHING, ["Done, goes home"]),
    ],
)
def test_who_is_still_inside_goes_on_from_there(place, status, acts):
    shifted(visit(place), status)

    assert lines(place)[INSIDE] == [("Asha Rao", acts)]


@pytest.mark.parametrize("status", [Status.DONE, Status.NO_SHOW])
def test_who_has_an_end_is_settled(place, status):
    shifted(visit(place), status)

    assert lines(place) == NOTHING


def test_cancelled_and_held_times_are_nobodys(place):
    door.cancel(bookings=[visit(place)], key=uuid4(), by=None, now=NOW)
    builders.a_booking(
        location=place.location, practitioner=place.doctor, starts=AT_11 + HOUR, status=Status.HELD,
        held_until=NOW + HOUR,
    )  # fmt: skip

    assert lines(place) == NOTHING


def test_session_under_way_without_an_agreement(place):
    booking = session_visit(place)
    shifted(booking, Status.DONE)
    assert lines(place)[AGREEMENT] == []

    Consent.objects.filter(patient=booking.patient, purpose="procedure").update(withdrawn_at=NOW)
    assert lines(place)[AGREEMENT] == [(booking.patient.name, [])]


def test_session_still_to_come_has_time_to_agree(place):
    booking = session_visit(place)
    Consent.objects.filter(patient=booking.patient, purpose="procedure").update(withdrawn_at=NOW)

    assert lines(place)[AGREEMENT] == []


def test_lines_take_one_query_for_one_as_for_three(place, django_assert_num_queries):
    visit(place)
    with django_assert_num_queries(1):
        lines(place)
    shifted(visit(place, AT_11 + HOUR, name="Ravi Naik"), Status.IN_ROOM)
    visit(place, AT_11 + 2 * HOUR, name="Third")
    with django_assert_num_queries(1):
        assert [len(rows) for rows in lines(place).values()] == [2, 1, 0]


# What the next day looks like


def free(place, day, now=EVENING):
    found = day_end.free_time(location=place.location, day=day, now=now)
    tz = local("2026-11-02T00:00").tzinfo
    return {
        one.name: [f"{s.start.astimezone(tz):%H:%M}-{s.end.astimezone(tz):%H:%M}" for s in one.spans]
        for one in found
    }


def test_gaps_of_half_an_hour_or_more(place):
    visit(place, TOMORROW_11)
    visit(place, TOMORROW_11 + 45 * MINUTE, name="Ravi Naik")
    visit(place, TOMORROW_11 + HOUR + 45 * MINUTE, name="Third")

    assert free(place, TUESDAY) == {"Dr Rao": ["09:00-11:00", "12:15-12:45", "13:15-18:00"]}


def test_leave_and_closures_are_no_gaps(place):
    Closure.objects.create(
        resource=place.doctor.resource, starts=local("2026-11-03T09:00"), ends=local("2026-11-03T13:00"),
        reason="Leave",
    )  # fmt: skip
    Closure.objects.create(
        location=place.location,
        starts=local("2026-11-03T16:00"),
        ends=local("2026-11-03T18:00"),
        reason="Strike",
    )

    assert free(place, TUESDAY) == {"Dr Rao": ["13:00-16:00"]}


def test_full_day_has_no_gaps(place):
    builders.a_booking(
        location=place.location, practitioner=place.doctor, starts=local("2026-11-03T09:00"),
        visit_type=builders.a_visit_type(kind="consultation", steps=[("talking", 180, ["practitioner"])] * 3),
    )  # fmt: skip

    assert free(place, TUESDAY) == {}


def test_time_kept_for_somebody_is_taken_until_it_runs_out(place):
    builders.a_booking(
        location=place.location, practitioner=place.doctor, starts=local("2026-11-03T09:00"),
        visit_type=place.consultation, status=Status.HELD, held_until=EVENING + MINUTE,
    )  # fmt: skip

    assert free(place, TUESDAY) == {"Dr Rao": ["09:30-18:00"]}
    assert free(place, TUESDAY, EVENING + MINUTE) == {"Dr Rao": ["09:00-18:00"]}


@pytest.mark.parametrize(
    ("after", "following"),
    [(MONDAY, TUESDAY), (date(2026, 11, 7), date(2026, 11, 9))],  # nobody works on Sunday
)
def test_next_day_is_one_on_which_somebody_works(place, after, following):
    assert day_end.next_day(place.location, after=after) == following


def test_no_next_day_where_nobody_works(place):
    assert day_end.next_day(builders.a_location(), after=MONDAY) is None


def test_next_day_and_gaps_take_six_queries(place, django_assert_num_queries):
    for count in (1, 2):
        visit(place, TOMORROW_11 + count * HOUR, name=f"Asha {count}")
        builders.a_practitioner(location=place.location, qualified=[place.consultation])
        with django_assert_num_queries(6):
            day_end.free_time(
                location=place.location, day=day_end.next_day(place.location, after=MONDAY), now=EVENING
            )


# The page


def test_page_settles_a_visit_where_it_stands(desk, place, at_now):
    booking = visit(place)
    shifted(booking, Status.IN_ROOM)
    set_clock(at_now, EVENING)

    page = desk.get("/desk/day-end/")
    assert "Still inside 1" in text_of(page)
    desk.post(
        f"/desk/visits/{booking.reference}/step/", {"to": buttons(page, "to")[0], "version": booking.version}
    )

    assert status_of(booking) == Status.DONE
    assert "All is settled" in text_of(desk.get("/desk/day-end/"))


def test_page_before_the_day_is_over_says_how_many_come(desk, place):
    visit(place)

    assert "Nothing is open so far. 1 visit is still to come." in text_of(desk.get("/desk/day-end/"))


def test_page_shows_tomorrows_gaps_and_days_left_open(desk, place):
    builders.a_booking(location=place.location, starts=NOW - timedelta(days=3), practitioner=place.doctor)

    said = text_of(desk.get("/desk/day-end/"))

    assert "Left open: Fri 30 Oct: 1" in said
    assert "Free on Tue 3 Nov That day Dr Rao 9:00 am – 6:00 pm" in said


def test_page_of_a_day_gone_by_looks_at_no_other_next_day(desk, place):
    builders.a_booking(location=place.location, starts=NOW - timedelta(days=3), practitioner=place.doctor)

    page = desk.get("/desk/day-end/?day=2026-10-30")

    assert page.context["title"] == "Fri 30 Oct"
    assert "Nobody has said whether they came 1" in text_of(page)
    assert page.context["next"] is None


@pytest.mark.parametrize("day", ["2026-11-09", "x", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_page_of_a_day_to_come_or_none_is_todays(desk, place, day):
    page = desk.get(f"/desk/day-end/?day={day}")

    assert page.context["title"] == "Mon 2 Nov"


def test_page_of_another_location_shows_nothing_of_this_one(desk, place, at_now):
    visit(place)
    set_clock(at_now, EVENING)
    other = builders.a_location()

    assert "Asha Rao" not in text_of(desk.get(f"/desk/day-end/?at={other.slug}"))
    assert "Asha Rao" in text_of(desk.get(f"/desk/day-end/?at={place.location.slug}"))


def test_page_takes_as_many_queries_for_one_as_for_three(desk, place, at_now, django_assert_num_queries):
    visit(place)
    set_clock(at_now, EVENING)
    desk.get("/desk/day-end/")
    with django_assert_num_queries(PAGE_QUERIES):
        desk.get("/desk/day-end/")

    visit_at = Booking.objects.get().starts
    for n in (1, 2):
        builders.a_booking(location=place.location, starts=visit_at + n * HOUR, practitioner=place.doctor)
    with django_assert_num_queries(PAGE_QUERIES):
        desk.get("/desk/day-end/")


PAGE_QUERIES = 17
