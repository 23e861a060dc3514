"""Changing weekly hours: versions, and the visits that stand outside them."""

from datetime import date, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bookings import door, refusals
from bookings.models import Booking, WorkingHours
from bookings.rules.week import Part
from bookings.services.closing.closures import stranded
from bookings.services.door.gap_rules import Authority
from bookings.services.house.hours import (
    HoursChange,
    OthersTouched,
    mark_of_rows,
    rows_of,
    save_hours,
    touched_by_hours,
)
from bookings.services.house.locations import ChangedMeanwhile
from clinic.models import AuditRow
from tests import builders
from tests.bookings.door_clinic import a_course, book, hold, local, place, place_days
from tests.builders import NOW

__all__ = ["place"]
pytestmark = pytest.mark.django_db

WEEKDAYS = range(6)
FROM = date(2026, 11, 3)


def week(starts=time(9), ends=time(18), **urgent):
    return tuple(Part(weekday, starts, ends, **urgent) for weekday in WEEKDAYS)


def of_place(place, parts, from_on=FROM, until_on=None):
    return HoursChange(place[0], None, tuple(parts), from_on, until_on)


def of_doctor(place, parts, from_on=FROM, until_on=None):
    return HoursChange(place[0], place[3].resource, tuple(parts), from_on, until_on)


def touched(change):
    return touched_by_hours(change=change, now=NOW)


def save(change, *, keeps=None, seen=None, found=None):
    rows = rows_of(location=change.location, resource=change.resource)
    found = touched(change) if found is None else found
    save_hours(
        change=change, seen=seen or mark_of_rows(rows), touched={one.pk: one.version for one in found},
        keeps=keeps or {}, by=builders.staff(role="manager"), now=NOW,
    )  # fmt: skip


def versions(place, resource=None):
    rows = rows_of(location=place[0], resource=resource)
    found = {(row.from_on, row.until_on, row.part.starts, row.part.ends) for row in rows}
    return sorted(found, key=lambda version: version[0])


# Who is touched


@pytest.mark.parametrize(
    ("starts", "ends", "is_touched"),
    [
        (time(9), time(18), False),
        (time(10), time(10, 30), False),
        (time(10, 5), time(18), True),
        (time(9), time(10, 25), True),
        (time(20), time(10), True),
        (time(20), time(18), True),  # Monday's night is still of the old hours
    ],
)
def test_visit_is_touched_when_it_does_not_fit_into_the_new_hours(place, starts, ends, is_touched):
    visit = book(place, local("2026-11-03T10:00"))

    assert touched(of_place(place, week(starts, ends))) == ([visit] if is_touched else [])
    assert touched(of_doctor(place, week(starts, ends))) == ([visit] if is_touched else [])


def test_two_parts_that_touch_hold_a_visit_across_both(place):
    visit = book(place, local("2026-11-03T10:00"))
    halves = [
        part
        for day in WEEKDAYS
        for part in (Part(day, time(9), time(10, 15)), Part(day, time(10, 15), time(18)))
    ]

    assert touched(of_place(place, halves)) == []
    assert touched(of_place(place, [one for one in halves if one.starts == time(9)])) == [visit]


def test_doctors_hours_bind_only_the_doctors_part_of_a_session(place):
    course = a_course(place)
    [session] = place_days(course, 3)  # 10:00 numbing, 10:45 the doctor, 11:05 resting until 11:20

    assert touched(of_doctor(place, week(time(10, 45), time(11, 5)))) == []
    assert touched(of_doctor(place, week(time(10, 50), time(18)))) == [session]
    assert touched(of_place(place, week(time(10, 45), time(11, 5)))) == [session]


def test_only_visits_of_these_days_and_this_doctor_are_touched(place):
    before, inside, after = (book(place, local(f"2026-11-{day:02}T10:00")) for day in (3, 5, 10))
    other = builders.a_practitioner(location=place[0], qualified=[place[1]])
    book(place, local("2026-11-05T12:00"), practitioner=other.pk)

    change = of_doctor(place, [], from_on=date(2026, 11, 4), until_on=date(2026, 11, 9))

    assert touched(change) == [inside]
    assert before.day < change.from_on < after.day


def test_past_and_cancelled_visits_are_not_touched_and_kept_ones_are_asked_about_again(place):
    gone, kept, now_here = (book(place, local(f"2026-11-03T{hour}:00")) for hour in (10, 11, 12))
    door.cancel(bookings=[gone], key=uuid4(), by=None, now=NOW)
    door.keep(booking=kept, why="her only day", by=builders.staff(role="manager"), now=NOW)

    # kept was said of other hours
    assert touched(of_place(place, [])) == [kept, now_here]
    assert touched_by_hours(change=of_place(place, []), now=now_here.ends) == []


def test_a_time_being_kept_for_a_browser_is_given_up_and_not_shown(place):
    outside, inside = (
        hold(place, local("2026-11-03T10:00")),
        hold(place, local("2026-11-03T15:00"), browser="two"),
    )

    assert touched(of_place(place, week(time(14), time(18)))) == []
    save(of_place(place, week(time(14), time(18))))

    assert list(Booking.objects.values_list("pk", flat=True)) == [inside.pk]
    with pytest.raises(refusals.TimeTaken):
        door.confirm(held=outside, patient=builders.a_patient(), key=uuid4(), by=None, now=NOW)


def test_night_hours_hold_a_visit_after_midnight(place):
    visit = builders.a_booking(
        starts=local("2026-11-05T00:30"), location=place[0], practitioner=place[3], visit_type=place[1]
    )

    assert touched(of_place(place, [Part(2, time(20), time(2))])) == []
    assert touched(of_place(place, [Part(3, time(20), time(2))])) == [visit]


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/London", "2027-03-28"), ("America/New_York", "2026-11-01")]
)
def test_hours_are_clock_time_also_on_days_on_which_the_clock_changes(zone, day):
    location = builders.a_location(time_zone=zone)
    starts = local(f"{day}T10:00").replace(tzinfo=ZoneInfo(zone))
    visit = builders.a_booking(starts=starts, location=location)
    sunday = [Part(6, time(10), time(10, 30))]
    now = starts - timedelta(days=2)
    change = HoursChange(location, None, tuple(sunday), now.date(), None)
    late = HoursChange(location, None, (Part(6, time(11), time(12)),), now.date(), None)

    assert touched_by_hours(change=change, now=now) == []
    assert touched_by_hours(change=late, now=now) == [visit]


@pytest.mark.parametrize("count", [1, 3])
def test_touched_visits_are_read_in_three_queries(place, count, django_assert_num_queries):
    for n in range(count):
        book(place, local("2026-11-03T10:00") + timedelta(hours=n))

    with django_assert_num_queries(3):
        found = touched(of_doctor(place, []))
        names = [(one.patient.name, one.visit_type.name, one.practitioner.resource.name) for one in found]

    assert len(names) == count


# Saving


def test_saving_ends_the_old_hours_the_day_before(place):
    save(of_place(place, week(time(8), time(16))))

    assert versions(place) == [
        (builders.LONG_AGO, date(2026, 11, 2), time(9), time(18)),
        (FROM, None, time(8), time(16)),
    ]


def test_saving_for_a_while_brings_the_old_hours_back(place):
    save(of_place(place, week(time(8), time(16)), until_on=date(2026, 11, 9)))

    assert versions(place) == [
        (builders.LONG_AGO, date(2026, 11, 2), time(9), time(18)),
        (FROM, date(2026, 11, 9), time(8), time(16)),
        (date(2026, 11, 10), None, time(9), time(18)),
    ]


def test_saving_leaves_other_peoples_and_the_locations_own_hours_alone(place):
    save(of_doctor(place, week(time(8), time(16))))

    assert versions(place) == [(builders.LONG_AGO, None, time(9), time(18))]
    assert (FROM, None, time(8), time(16)) in versions(place, place[3].resource)


def test_openings_follow_the_new_hours(place):
    save(of_place(place, week(time(12), time(18))))

    with pytest.raises(refusals.TimeTaken):
        book(place, local("2026-11-03T10:00"))
    assert book(place, local("2026-11-03T12:00")).pk


def test_saving_keeps_what_somebody_wants_kept_and_leaves_the_rest_to_do(place):
    kept, left = book(place, local("2026-11-03T10:00")), book(place, local("2026-11-03T11:00"))

    save(of_place(place, []), keeps={kept.pk: "she comes from far"})

    kept.refresh_from_db()
    left.refresh_from_db()
    assert (kept.kept_why, left.kept_why) == ("she comes from far", "")
    assert stranded(location=place[0], now=NOW) == [left]


def test_saving_is_audited(place):
    save(of_doctor(place, week()))

    row = AuditRow.objects.get(action="hours_changed")
    assert row.subject == f"practitioner:{place[3].pk}"
    assert row.detail == {"location": place[0].pk, "from_on": "2026-11-03", "until_on": None}


def test_saving_refuses_when_a_visit_came_that_the_page_did_not_show(place):
    book(place, local("2026-11-03T10:00"))

    with pytest.raises(OthersTouched):
        save(of_place(place, []), found=[])
    assert versions(place) == [(builders.LONG_AGO, None, time(9), time(18))]


def test_saving_refuses_when_a_touched_visit_was_moved(place):
    visit = book(place, local("2026-11-03T10:00"))
    change, seen = of_place(place, []), touched(of_place(place, []))
    door.move(
        moves=[(visit, local("2026-11-03T12:00"), None)],
        key=uuid4(),
        by=None,
        now=NOW,
        authority=Authority.DESK,
    )

    with pytest.raises(OthersTouched):
        save(change, found=seen)


def test_saving_refuses_when_a_colleague_saved_first(place):
    seen = mark_of_rows(rows_of(location=place[0], resource=None))
    save(of_place(place, week(time(8), time(16))))

    with pytest.raises(ChangedMeanwhile):
        save(of_place(place, week(time(10), time(16))), seen=seen)


def test_urgent_time_is_stored_with_its_part(place):
    save(of_doctor(place, week(urgent_from=time(10), urgent_to=time(10, 30))))

    row = WorkingHours.objects.filter(resource=place[3].resource, weekday=0, until_on=None).get()
    assert (row.urgent_from, row.urgent_to) == (time(10), time(10, 30))
