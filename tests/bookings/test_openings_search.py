"""Reading hours, closures and claims: a constant number of queries, right at the edges."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bookings import door
from bookings.models import Closure
from bookings.services.openings.search import read_room, read_visit
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
IST = ZoneInfo("Asia/Kolkata")


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=IST)


def a_place(practitioners=1, **fields):
    location = builders.a_location(**fields)
    for _ in range(practitioners):
        builders.a_room(location=location)
        builders.a_chair(location=location)
    visit_types = [builders.consultation_type(), builders.session_type()]
    doctors = [
        builders.a_practitioner(location=location, qualified=visit_types) for _ in range(practitioners)
    ]
    return location, visit_types, doctors


def starts(location, visit_type, *, first=date(2026, 11, 3), last=None, now=NOW, **fields):
    room = read_room(
        visit=read_visit(visit_type),
        location=location,
        first_day=first,
        last_day=last or first,
        now=now,
        **fields,
    )
    tz = ZoneInfo(location.time_zone)
    return [
        start.astimezone(tz) for start in room.starts(not_before=now) if start.astimezone(tz).date() == first
    ]


def times(found):
    return [start.strftime("%H:%M") for start in found]


@pytest.mark.parametrize("practitioners", [1, 4])
def test_search_of_fourteen_days_takes_four_queries(practitioners, django_assert_num_queries):
    location, (consultation, session), _ = a_place(practitioners)

    for visit_type in (consultation, session):
        with django_assert_num_queries(4):
            starts(location, visit_type, last=date(2026, 11, 16))


def test_every_start_of_a_day_fits_into_the_hours():
    location, (consultation, session), _ = a_place()

    assert times(starts(location, consultation))[:2] == ["09:00", "09:15"]
    assert times(starts(location, consultation))[-1] == "17:30"
    assert times(starts(location, session))[-1] == "16:30"  # 80 minutes end 17:50, on quarters


@pytest.mark.parametrize("turnover", [0, 5, 30])
def test_turnover_may_run_past_closing_but_the_visit_may_not(turnover):
    location = builders.a_location()
    builders.a_room(location=location, turnover_minutes=turnover)
    consultation = builders.consultation_type()
    builders.a_practitioner(location=location, qualified=[consultation])

    assert times(starts(location, consultation))[-1] == "17:30"


def test_nobody_is_treated_in_the_minutes_in_which_a_room_is_cleaned_after_closing():
    hours = [(1, time(9), time(13)), (1, time(13, 5), time(18))]
    location = builders.a_location(hours=hours)
    builders.a_room(location=location, turnover_minutes=10)
    consultation = builders.consultation_type()
    builders.a_practitioner(location=location, qualified=[consultation], hours=[(1, time(9), time(18))])

    found = times(starts(location, consultation))

    assert [time for time in found if "12:15" <= time <= "13:30"] == ["12:15", "12:30", "13:15", "13:30"]


def test_a_steps_resource_is_free_before_and_after_its_step():
    location, (consultation, session), [doctor] = a_place()
    course = builders.a_course(location=location, visit_type=session, practitioner=doctor)
    door.book_session(
        session=course.sessions.get(number=1), starts=local("2026-11-03T10:00"), key=uuid4(), by=None, now=NOW
    )

    found = times(starts(location, consultation))

    # the dermatologist and the room are busy from 10:45 to 11:05 only
    assert [time for time in found if "10:00" <= time <= "11:30"] == ["10:00", "10:15", "11:15", "11:30"]
    assert doctor.pk in {claim.resource_id for claim in doctor.resource.claims.all()}


def test_a_practitioners_hours_are_cut_to_the_locations():
    location, (consultation, _), _ = a_place(hours=((1, time(10), time(12)),))

    assert times(starts(location, consultation))[::6] == ["10:00", "11:30"]


def test_hours_hold_from_and_until_their_days():
    location, (consultation, _), [doctor] = a_place()
    doctor.resource.working_hours.update(until_on=date(2026, 11, 3))

    assert len(starts(location, consultation)) == 35
    assert starts(location, consultation, first=date(2026, 11, 4)) == []


def test_a_practitioner_of_another_location_is_not_offered():
    location, (consultation, _), [doctor] = a_place()
    doctor.resource.working_hours.update(location=builders.a_location())

    assert starts(location, consultation) == []


def test_an_unverified_or_unqualified_practitioner_is_not_offered():
    location, (consultation, _), [doctor] = a_place()
    doctor.verified_by = doctor.verified_on = None
    doctor.save()

    assert starts(location, consultation) == []


@pytest.mark.parametrize("closes", ["location", "practitioner", "practitioner_here"])
def test_a_closure_takes_its_span_and_no_more(closes):
    location, (consultation, _), [doctor] = a_place()
    Closure.objects.create(
        location=None if closes == "practitioner" else location,
        resource=None if closes == "location" else doctor.resource,
        starts=local("2026-11-03T10:00"),
        ends=local("2026-11-03T12:00"),
        reason="training",
    )

    found = times(starts(location, consultation))

    assert [time for time in found if "09:15" <= time <= "12:15"] == ["09:15", "09:30", "12:00", "12:15"]


def test_a_practitioners_claim_at_another_location_counts_here():
    location, (consultation, _), [doctor] = a_place()
    elsewhere = builders.a_location()
    builders.a_room(location=elsewhere)
    builders.working_hours(location=elsewhere, resource=doctor.resource)
    door.book(
        patient=builders.a_patient(), visit_type=consultation, location=elsewhere,
        starts=local("2026-11-03T10:00"), key=uuid4(), by=None, now=NOW,
    )  # fmt: skip

    assert "10:00" not in times(starts(location, consultation))


def test_named_practitioner_only():
    location, (consultation, _), [one, other] = a_place(2)
    door.book(
        patient=builders.a_patient(), visit_type=consultation, location=location,
        starts=local("2026-11-03T10:00"), practitioner=one.pk, key=uuid4(), by=None, now=NOW,
    )  # fmt: skip

    assert "10:00" not in times(starts(location, consultation, practitioner=one.pk))
    assert "10:00" in times(starts(location, consultation, practitioner=other.pk))


def test_a_hold_stands_in_the_way_until_it_expires():
    location, (consultation, _), _ = a_place()
    held = door.hold(
        visit_type=consultation, location=location, starts=local("2026-11-03T10:00"), held_for="one", now=NOW
    )

    assert "10:00" not in times(starts(location, consultation, now=held.held_until - timedelta(seconds=1)))
    assert "10:00" in times(starts(location, consultation, now=held.held_until))


@pytest.mark.parametrize(
    ("zone", "day", "count"),
    [
        ("Europe/London", date(2026, 10, 24), 23),
        ("Europe/London", date(2026, 10, 25), 27),  # 01:00 to 02:00 comes twice
        ("Europe/London", date(2027, 3, 28), 19),  # and in spring not at all
        ("America/New_York", date(2026, 11, 1), 27),
        ("America/New_York", date(2027, 3, 14), 19),
        ("Asia/Kathmandu", date(2026, 10, 25), 23),
    ],
)
def test_change_days_have_the_hours_they_have(zone, day, count):
    """Open 00:00 to 06:00 every day: 23 quarter-hour starts of half an hour on an ordinary one."""
    week = tuple((weekday, time(0), time(6)) for weekday in range(7))
    location = builders.a_location(time_zone=zone, hours=week)
    builders.a_room(location=location)
    consultation = builders.consultation_type()
    builders.a_practitioner(location=location, qualified=[consultation], hours=week)

    found = starts(location, consultation, first=day, now=datetime(2026, 10, 1, tzinfo=UTC))

    assert len(found) == len(set(start.astimezone(UTC) for start in found)) == count


def test_hours_past_midnight_belong_to_the_evening_before():
    week = ((1, time(22), time(2)),)
    location = builders.a_location(hours=week)
    builders.a_room(location=location)
    consultation = builders.consultation_type()
    builders.a_practitioner(location=location, qualified=[consultation], hours=week)

    assert times(starts(location, consultation))[-1] == "23:45"
    assert times(starts(location, consultation, first=date(2026, 11, 4)))[-1] == "01:30"


def test_a_location_without_hours_has_no_openings():
    location, (consultation, _), _ = a_place()
    location.working_hours.filter(resource=None).delete()

    assert starts(location, consultation) == []
