"""Reports against numbers that were worked out by hand."""

import csv
import io
import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Change, ChangeLine, Claim, Closure, Status
from bookings.services.papers.reports import (
    Attended,
    Came,
    Use,
    Weeks,
    monday_of,
    read_attendance,
    read_use,
)
from bookings.views.desk import charts
from clinic.models import Resource
from tests import builders
from tests.bookings.patient_clinic import at_now, local, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db

MONDAY = date(2026, 10, 19)  # two weeks before the clock of these tests
ONE_WEEK = Weeks(MONDAY, 1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPEN = 9 * 60 * 6  # a practitioner of the builders: 9 to 18, Monday to Saturday


@pytest.fixture
def manager(client, place):
    client.force_login(builders.staff(role="manager", location=place.location))
    return client


def at(text: str) -> datetime:
    """A time of that week: "Tue 10:30"."""
    weekday, clock = text.split()
    day = MONDAY + timedelta(days=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].index(weekday))
    return local(f"{day.isoformat()}T{clock}")


def a_visit(place, starts, *, status=Status.DONE, **fields):
    usual = {"location": place.location, "practitioner": place.doctor, "visit_type": place.consultation}
    booking = builders.a_booking(starts=starts, status=status, **usual | fields)
    if status in (Status.CANCELLED, Status.NO_SHOW):
        booking.claims.all().delete()  # as the door does
    return booking


def cancelled(place, starts, *, before, by=None, reason="", action="cancel", undone=False, **fields):
    booking = a_visit(place, starts, status=Status.CANCELLED, **fields)
    change = Change.objects.create(
        key=uuid4(), by=by or booking.patient.account, action=action, payload_hash="0" * 64, reason=reason,
        at=starts - before,
    )  # fmt: skip
    ChangeLine.objects.create(change=change, booking=booking, before={}, after={})
    if undone:
        again = Change.objects.create(key=uuid4(), by=by, action="undo", payload_hash="0" * 64, at=change.at)
        Change.objects.filter(pk=change.pk).update(undone_by=again)
    return booking


def in_room(booking, room, minutes=35):
    step = booking.visit_type.steps.order_by("pk")[0]
    ends = booking.starts + timedelta(minutes=minutes)
    Claim.objects.create(booking=booking, resource=room, step=step, starts=booking.starts, ends=ends)


def used(place, weeks=ONE_WEEK):
    return read_use(location=place.location, weeks=weeks)


def attended(place, weeks=ONE_WEEK, now=NOW) -> Attended:
    return read_attendance(location=place.location, weeks=weeks, now=now)


# Use: booked of open


def test_use_is_booked_minutes_of_open_minutes(place):
    a_visit(place, at("Mon 10:00"))
    a_visit(place, at("Tue 10:00"), status=Status.BOOKED)
    a_visit(place, at("Wed 10:00"), visit_type=place.session)  # 20 of its 80 minutes are the doctor's

    assert used(place).practitioners == [("Dr Rao", Use(open=OPEN, booked=80))]
    assert used(place).together.share == 80 / OPEN


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW])
def test_time_given_back_is_not_booked(place, status):
    a_visit(place, at("Mon 10:00"), status=status)

    assert used(place).together.booked == 0


def test_holds_and_visits_entered_in_error_are_not_booked(place):
    a_visit(place, at("Mon 10:00"), status=Status.HELD, held_until=NOW)
    by = place.doctor.user
    a_visit(place, at("Tue 10:00"), in_error_by=by, in_error_at=NOW, in_error_why="another person")

    assert used(place).together.booked == 0


def test_rooms_count_with_their_cleaning_and_their_locations_hours(place):
    rooms = list(Resource.objects.filter(location=place.location, kind="room").order_by("name"))
    in_room(a_visit(place, at("Mon 10:00")), rooms[0])

    assert used(place).rooms == [
        (rooms[0].name, Use(open=OPEN, booked=35)),
        (rooms[1].name, Use(open=OPEN, booked=0)),
    ]


def test_visit_written_down_afterwards_counts_for_its_doctor_alone(place):
    """The door makes no claims in the past."""
    late = {"entered_late_by": place.doctor.user, "entered_late_at": NOW, "entered_late_why": "power cut"}
    a_visit(place, at("Mon 10:00"), **late).claims.all().delete()
    a_visit(place, at("Tue 10:00"), visit_type=place.session).claims.all().delete()

    assert used(place).together.booked == 30 + 20
    assert all(use.booked == 0 for _name, use in used(place).rooms)


def test_closures_of_place_and_person_are_not_open(place):
    def closed(starts, ends, **what):
        Closure.objects.create(starts=at(starts), ends=at(ends), reason="x", by=None, **what)

    closed("Mon 00:00", "Tue 00:00", location=place.location)
    closed("Tue 13:00", "Tue 20:00", resource=place.doctor.resource)
    closed("Tue 12:00", "Tue 14:00", resource=place.doctor.resource)  # overlapping ones count once
    closed("Wed 09:00", "Wed 10:00", resource=place.doctor.resource, location=builders.a_location())

    assert used(place).together.open == OPEN - 9 * 60 - 6 * 60
    assert used(place).rooms[0][1].open == OPEN - 9 * 60


def test_hours_outside_the_locations_own_are_not_open(place):
    early = builders.a_practitioner(location=place.location, name="Dr Early", hours=[(0, time(7), time(10))])

    assert dict(used(place).practitioners)["Dr Early"].open == 60
    assert early.resource.name == "Dr Early"


def test_hours_count_from_and_until_their_days(place):
    place.doctor.resource.working_hours.all().delete()
    builders.working_hours(
        location=place.location, resource=place.doctor.resource, hours=[(0, time(9), time(11))],
        from_on=MONDAY + 7 * DAY, until_on=MONDAY + 14 * DAY,
    )  # fmt: skip
    weeks = Weeks(MONDAY, 4)

    assert [use.open for use in used(place, weeks).weeks.values()] == [0, 120, 120, 0]


@pytest.mark.parametrize(
    ("zone", "sunday", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Kathmandu", date(2026, 3, 29), 24),
    ],
)
def test_open_minutes_of_the_days_on_which_the_clocks_change(zone, sunday, hours):
    all_day = [(6, time(0), time(12)), (6, time(12), time(0))]
    location = builders.a_location(time_zone=zone, hours=all_day)
    builders.a_practitioner(location=location, hours=all_day)
    week = Weeks(monday_of(sunday), 1)

    assert read_use(location=location, weeks=week).together.open == hours * 60


def test_claim_over_a_change_of_the_clocks_is_as_long_as_it_is():
    location = builders.a_location(time_zone="Europe/London")
    long = builders.a_visit_type(kind="consultation", steps=[("talking", 120, ["practitioner"])])
    starts = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 01:30, an hour before 02:00 comes again as 01:00
    builders.a_booking(location=location, visit_type=long, starts=starts, status=Status.DONE)
    week = Weeks(date(2026, 10, 19), 1)

    assert read_use(location=location, weeks=week).together.booked == 120


def test_hours_over_midnight_belong_to_the_day_they_begin_on():
    night = [(5, time(20), time(2))]
    location = builders.a_location(hours=night)
    builders.a_practitioner(location=location, hours=night)
    room = builders.a_room(location=location)
    found = read_use(location=location, weeks=ONE_WEEK)

    assert found.together.open == 6 * 60
    assert found.rooms == [(room.name, Use(open=6 * 60))]


def test_weeks_add_up_to_the_whole_and_start_on_monday(place):
    a_visit(place, at("Mon 10:00") - timedelta(hours=16))  # the Sunday evening before
    a_visit(place, at("Mon 10:00"))
    a_visit(place, at("Sun 23:00"))
    a_visit(place, at("Mon 10:00") + 7 * DAY)
    found = used(place, Weeks(MONDAY, 2))

    assert {week.isoformat(): use.booked for week, use in found.weeks.items()} == {
        "2026-10-19": 60,
        "2026-10-26": 30,
    }
    assert found.together.booked == sum(use.booked for _name, use in found.practitioners) == 90


def test_who_left_counts_where_they_saw_somebody_and_not_elsewhere(place):
    left = builders.a_practitioner(location=place.location, name="Dr Left")
    a_visit(place, at("Mon 10:00"), practitioner=left)
    Resource.objects.filter(pk=left.pk).update(is_active=False)
    names = [
        [name for name, _use in used(place, Weeks(MONDAY + n * 7 * DAY, 1)).practitioners] for n in (0, 1)
    ]

    assert names == [["Dr Left", "Dr Rao"], ["Dr Rao"]]


def test_two_dermatologists_of_one_name_are_two_rows(place):
    builders.a_practitioner(location=place.location, name="Dr Rao")

    assert [name for name, _use in used(place).practitioners] == ["Dr Rao", "Dr Rao"]


def test_other_locations_do_not_count(place):
    other = builders.a_location()
    a_visit(place, at("Mon 10:00"), location=other)
    cancelled(place, at("Tue 10:00"), before=HOUR, location=other)

    assert used(place).together.booked == 0
    assert attended(place).together == Came()


def test_nothing_open_has_no_share():
    assert Use(open=0, booked=30).share is None


# Who came


def test_rates_are_of_those_expected_a_day_ahead(place):
    for hour in (9, 10, 11):
        a_visit(place, at(f"Mon {hour:02}:00"))
    a_visit(place, at("Mon 12:00"), status=Status.NO_SHOW)
    cancelled(place, at("Mon 13:00"), before=2 * HOUR)
    cancelled(place, at("Mon 14:00"), before=3 * DAY)
    found = attended(place).together

    assert found == Came(came=3, not_come=1, late=1)
    assert (found.expected, found.not_come_share, found.late_share) == (5, 0.2, 0.2)


@pytest.mark.parametrize(
    ("before", "late"),
    [(24 * HOUR, 0), (24 * HOUR - timedelta(seconds=1), 1), (timedelta(0), 1), (-HOUR, 1), (30 * HOUR, 0)],
)
def test_late_is_less_than_a_day_before(place, before, late):
    cancelled(place, at("Wed 10:00"), before=before)

    assert attended(place).together.late == late


def test_a_day_is_24_hours_also_when_the_clocks_change():
    location = builders.a_location(time_zone="Europe/London")
    where = type("Where", (), {"location": location, "doctor": builders.a_practitioner(location=location),
                               "consultation": builders.consultation_type()})  # fmt: skip
    starts = datetime(2026, 10, 25, 9, 30, tzinfo=UTC)
    cancelled(where, starts, before=24 * HOUR + timedelta(minutes=30))  # 10:00 the day before by the wall
    week = Weeks(date(2026, 10, 19), 1)

    assert read_attendance(location=location, weeks=week, now=NOW).together.late == 0


@pytest.mark.parametrize(
    ("reason", "late"), [("clinic", 0), ("mistake", 0), ("patient_asked", 1), ("child is ill", 1)]
)
def test_what_the_clinic_cancels_is_nobodys_late_word(place, reason, late):
    cancelled(place, at("Wed 10:00"), before=HOUR, by=builders.staff(role="front_desk"), reason=reason)

    assert attended(place).together.late == late


@pytest.mark.parametrize("fields", [{"action": "undo"}, {"action": "to_be_moved"}, {"undone": True}])
def test_booking_taken_back_otherwise_is_not_cancelled_late(place, fields):
    cancelled(place, at("Wed 10:00"), before=HOUR, **fields)

    assert attended(place).together == Came()


def test_cancelled_undone_and_cancelled_again_counts_once(place):
    booking = cancelled(place, at("Wed 10:00"), before=3 * HOUR, undone=True)
    again = Change.objects.create(key=uuid4(), action="cancel", payload_hash="0" * 64, at=at("Wed 09:00"))
    ChangeLine.objects.create(change=again, booking=booking, before={}, after={})

    assert attended(place).together.late == 1


def test_past_without_an_outcome_and_future_are_in_no_rate(place):
    a_visit(place, at("Mon 10:00"), status=Status.BOOKED)
    a_visit(place, at("Tue 10:00"), status=Status.ARRIVED)
    a_visit(place, NOW + HOUR, status=Status.BOOKED)
    found = attended(place, Weeks(MONDAY, 4)).together

    assert found == Came(came=1, open=1, ahead=1)
    assert found.expected == 1


def test_kinds_and_weeks_count_the_same_visits(place):
    a_visit(place, at("Mon 10:00"))
    a_visit(place, at("Tue 10:00") + 7 * DAY, status=Status.NO_SHOW)
    a_visit(place, at("Wed 10:00"), visit_type=place.session)
    found = attended(place, Weeks(MONDAY, 2))

    assert found.kinds == {
        "First consultation": Came(came=1, not_come=1),
        place.session.name: Came(came=1),
    }
    assert list(found.weeks.values()) == [Came(came=2), Came(not_come=1)]


# The page


def query(**parts) -> str:
    parts = {"since": "2026-10-19", "weeks": 4} | parts
    return "?" + "&".join(f"{name}={value}" for name, value in parts.items())


def filled(place, visits=3):
    for hour in range(visits):
        a_visit(place, at(f"Mon {9 + hour:02}:00"))
    cancelled(place, at("Tue 10:00"), before=HOUR)
    a_visit(place, at("Wed 10:00"), status=Status.NO_SHOW)


@pytest.mark.parametrize("visits", [1, 3])
def test_page_takes_as_many_queries_whatever_it_counts(manager, place, visits):
    filled(place, visits)
    manager.get("/desk/reports/" + query())
    with CaptureQueriesContext(connection) as queries:
        manager.get("/desk/reports/" + query(weeks=26 if visits == 3 else 1))

    assert len(queries) == 12


def test_every_chart_has_a_title_words_and_a_table(manager, place):
    filled(place)
    page = manager.get("/desk/reports/" + query()).content.decode()
    drawings = re.findall(r"<svg class=\"chart\".*?</svg>", page, re.S)

    assert len(drawings) == page.count('<table class="table numbers">') == 5
    for drawing in drawings:
        ids = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', drawing).groups()
        assert [f'id="{one}"' in drawing for one in ids] == [True, True]
        assert not re.search(r"style=|<desc[^>]*></desc>", drawing)


def test_page_shows_the_known_numbers(manager, place):
    filled(place)
    text = text_of(manager.get("/desk/reports/" + query(weeks=1)))

    assert "Dr Rao 54 h 1.5 h 3 %" in text  # 90 of 3,240 minutes
    assert "19 Oct 3 1 (20 %) 1 (20 %) 0" in text
    assert "Fewer than 20 visits" in text


def test_page_counts_visits_without_an_outcome(manager, place):
    a_visit(place, at("Mon 10:00"), status=Status.BOOKED)

    assert "1 visit has passed and nobody noted how it ended" in text_of(
        manager.get("/desk/reports/" + query())
    )


def test_empty_weeks_say_so(manager):
    page = manager.get("/desk/reports/" + query(since="2024-01-01"))

    assert "Nothing to count in these weeks" in text_of(page)
    assert '<svg class="chart"' not in page.content.decode()


def test_usual_weeks_are_eight_up_to_this_one(manager):
    asked = manager.get("/desk/reports/").context["asked"]

    assert (asked.weeks.first.isoformat(), asked.weeks.last.isoformat()) == ("2026-09-14", "2026-11-08")


@pytest.mark.parametrize(
    "nonsense",
    ["weeks=0", "weeks=-1", "weeks=1e9", "weeks=99", "since=2026-02-30", "since=9999-12-31", "at=x"],
)
def test_nonsense_in_the_address_counts_as_not_asked(manager, nonsense):
    assert manager.get(f"/desk/reports/?{nonsense}").context["asked"].weeks.count == 8


def test_manager_of_one_place_sees_no_other(manager, place):
    other = builders.a_location(name="Elsewhere")
    asked = manager.get("/desk/reports/" + query(at=other.slug)).context["asked"]

    assert asked.locations == [place.location]
    assert asked.location == place.location


CODES = ["by-dermatologist", "by-room", "by-week", "attendance", "by-kind"]


@pytest.mark.parametrize("code", CODES)
def test_every_report_can_be_saved_as_numbers(manager, place, code):
    filled(place)
    page = manager.get("/desk/reports/" + query(weeks=1))
    [href] = re.findall(rf'href="(/desk/reports/{code}\.csv[^"]*)"', page.content.decode())
    answer = manager.get(href.replace("&amp;", "&"))
    head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    first = dict(zip(head, lines[0], strict=True))

    assert answer["Content-Disposition"].startswith(f'attachment; filename="{code}-{place.location.slug}-')
    if "open_minutes" in first and code != "by-room":
        assert (first["open_minutes"], first["booked_minutes"], first["use_percent"]) == ("3240", "90", "2.8")
    if "came" in first:
        assert (first["came"], first["did_not_come"], first["cancelled_late"]) == ("3", "1", "1")
        assert first["did_not_come_percent"] == first["cancelled_late_percent"] == "20.0"


def test_report_that_is_none_is_404(manager):
    assert manager.get("/desk/reports/by-nobody.csv").status_code == 404


def test_row_22_dermatologists_name_in_a_report(manager, place):
    Resource.objects.filter(pk=place.doctor.pk).update(name="=1+1")

    assert b'"\'=1+1"' in manager.get("/desk/reports/by-dermatologist.csv").content


# The drawing


def test_bar_of_more_than_the_whole_fills_its_track_and_says_its_number():
    drawn = charts.bars(
        "c", "t", "w", [("A", "130 %", 1.3, 0), ("B", "0 %", 0, 0), ("C", "1 %", 0.001, 0)], whole=1
    )

    assert [bar.width for bar in drawn.bars] == [charts.TRACK, 0, 2]
    assert drawn.bars[0].value == "130 %"


def test_columns_stand_on_the_base_under_a_round_top():
    drawn = charts.columns("c", "t", "w", ["a", "b", "c"], [("one", "", [0.05, 0.1, None])])

    assert [tick.text for tick in drawn.ticks] == ["0 %", "5 %", "10 %"]
    assert [(mark.height, mark.y + mark.height) for mark in drawn.marks] == [
        (charts.PLOT_HEIGHT // 2, drawn.base),
        (charts.PLOT_HEIGHT, drawn.base),
    ]


def test_labels_thin_out_when_there_are_many_weeks():
    labels = [str(n) for n in range(26)]
    drawn = charts.columns("c", "t", "w", labels, [("one", "", [0.5] * 26)])

    assert [label.text for label in drawn.labels] == ["0", "3", "6", "9", "12", "15", "18", "21", "24"]
    assert all(mark.value == "" for mark in drawn.marks)
