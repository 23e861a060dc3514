"""Public holidays of a location: which are suggested, and what a manager said of them."""

from datetime import date, time

import pytest

from bookings.models import Closure, OpenHoliday
from bookings.services.closing import holidays
from bookings.services.closing.holidays import COUNTRY, NOWHERE, STATE, Holiday
from clinic.models import AuditRow
from clinic.rules import timespans
from clinic.services.days import zone_of
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)
EVERY_DAY = tuple((weekday, time(9), time(18)) for weekday in range(7))


def a_place(*, hours=EVERY_DAY, **fields):
    return builders.a_location(hours=hours, **{"country": "IN", "subdivision": "KA"} | fields)


def undecided(location, today=TODAY):
    return {one.day: one.name for one in holidays.read_suggestions(location, today=today).undecided}


def close(location, day, *, part=None):
    span = timespans.day_span(day, zone_of(location))
    ends = span.end if part is None else timespans.local_instant(day, part, zone_of(location))
    Closure.objects.create(location=location, starts=span.start, ends=ends, reason="Holiday")


def test_holidays_of_the_state_and_the_country_in_english():
    found = undecided(a_place())

    assert found[date(2026, 12, 25)] == "Christmas"
    assert found[date(2027, 1, 26)] == "Republic Day"
    assert date(2027, 4, 7) in found  # Ugadi: Karnataka's own
    assert date(2027, 4, 7) not in undecided(a_place(subdivision="PB"))


def test_twelve_months_from_today_on():
    found = undecided(a_place(), today=date(2026, 12, 25))

    assert min(found) == date(2026, 12, 25)
    assert max(found) < date(2027, 12, 25)


def test_day_on_which_the_place_is_shut_anyway_is_not_suggested():
    sunday = date(2026, 11, 8)  # Diwali

    assert sunday in undecided(a_place())
    assert sunday not in undecided(a_place(hours=EVERY_DAY[:6]))


def test_hours_that_ended_before_do_not_make_a_working_day():
    location = a_place(hours=())
    builders.working_hours(location=location, hours=EVERY_DAY, until_on=date(2026, 12, 31))

    assert max(undecided(location)) == date(2026, 12, 25)


def test_what_was_decided_is_not_suggested_again():
    location, manager = a_place(), builders.staff(role="manager")
    closed, opened = date(2026, 12, 25), date(2027, 1, 26)
    close(location, closed)
    for _ in range(2):
        holidays.say_open(location=location, day=opened, by=manager, now=NOW)

    found = holidays.read_suggestions(location, today=TODAY)

    assert {closed, opened} & {one.day for one in found.undecided} == set()
    assert found.said_open == (Holiday(opened, "Republic Day"),)
    assert OpenHoliday.objects.get().by == manager
    row = AuditRow.objects.get(action="holiday_open")
    assert (row.by, row.detail) == (manager, {"day": "2027-01-26"})


def test_closed_for_half_the_day_is_not_decided():
    location = a_place()
    close(location, date(2026, 12, 25), part=time(13))

    assert date(2026, 12, 25) in undecided(location)


def test_closed_for_a_week_decides_each_day_in_it():
    location = a_place()
    first, last = (timespans.day_span(date(2026, 12, day), zone_of(location)) for day in (21, 27))
    Closure.objects.create(location=location, starts=first.start, ends=last.end, reason="Works")

    assert date(2026, 12, 25) not in undecided(location)


def test_elsewhere_and_a_resource_alone_decide_nothing_here():
    location = a_place()
    close(a_place(), date(2026, 12, 25))
    Closure.objects.create(
        location=location, resource=builders.a_room(location=location), starts=NOW,
        ends=timespans.local_instant(date(2027, 1, 1), time(0), zone_of(location)), reason="Painted",
    )  # fmt: skip

    assert date(2026, 12, 25) in undecided(location)


@pytest.mark.parametrize(
    ("country", "state", "covers"),
    [
        ("IN", "KA", STATE), ("in", "ka", STATE), ("IN", "", COUNTRY), ("IN", "ZZ", COUNTRY),
        ("SG", "", STATE), ("SG", "ZZ", STATE), ("ZZ", "KA", NOWHERE), ("", "", NOWHERE),
    ],
)  # fmt: skip
def test_how_far_a_list_covers_a_place(country, state, covers):
    found = holidays.read_suggestions(a_place(country=country, subdivision=state), today=TODAY)

    assert found.covers == covers
    assert bool(found.undecided) == (covers != NOWHERE)


def test_whole_day_of_a_change_of_clocks_counts_as_closed():
    location = a_place(country="GB", subdivision="ENG", time_zone="Europe/London")
    shut = date(2027, 3, 28)  # Easter Sunday is no public holiday in England; the day has 23 hours
    close(location, shut)

    assert timespans.day_span(shut, zone_of(location)).length.total_seconds() == 23 * 3600
    assert holidays._closed(location, [shut, date(2027, 3, 29)]) == {shut}


def test_three_queries_however_many_are_decided(django_assert_num_queries):
    location, manager = a_place(), builders.staff(role="manager")
    for days in ([], [date(2026, 12, 25), date(2027, 1, 26), date(2027, 3, 22)]):
        for day in days:
            close(location, day)
            holidays.say_open(location=location, day=day, by=manager, now=NOW)
        with django_assert_num_queries(3):
            holidays.read_suggestions(location, today=TODAY)
