"""What calendars are given, read back with the package that calendars' makers use."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bookings.models import Status
from bookings.services.papers.calendar_file import Entry, calendar, calendar_file, fold, line
from tests import builders
from tests.builders import NOW

AWKWARD = r"Room 2; chair 3, back\side"


def one(**fields) -> Entry:
    usual = {"reference": "ABCD2345", "sequence": 3, "starts": NOW, "ends": NOW + timedelta(minutes=30)}
    return Entry(**usual | {"summary": "A. R.", "place": "Lakeview", "is_off": False} | fields)


def written(entry: Entry, **fields) -> bytes:
    return calendar([entry], **{"method": "PUBLISH", "maker": "Lakeview", "now": NOW} | fields)


def event_of(body: bytes):
    [event] = Calendar.from_ical(body).walk("VEVENT")
    return event


def a_file(booking, **fields) -> bytes:
    return calendar_file(booking, **{"clinic_name": "Lakeview", "now": NOW} | fields)


@pytest.mark.django_db
def test_moved_visit_keeps_its_uid_and_counts_up():
    booking = builders.a_booking()
    before = event_of(a_file(booking))
    booking.starts, booking.version = booking.starts + timedelta(days=1), booking.version + 1
    after = event_of(a_file(booking))

    assert before["UID"] == after["UID"] == f"{booking.reference}@visits.clinic"
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "method", "status"),
    [
        ({"status": Status.BOOKED}, "PUBLISH", "CONFIRMED"),
        ({"status": Status.CANCELLED}, "CANCEL", "CANCELLED"),
        ({"status": Status.DONE}, "PUBLISH", "CONFIRMED"),
        ({"status": Status.DONE, "in_error_at": NOW}, "CANCEL", "CANCELLED"),
    ],
)
def test_cancelled_visit_takes_itself_out_of_the_calendar(fields, method, status):
    booking = builders.a_booking()
    for name, value in fields.items():
        setattr(booking, name, value)
    body = a_file(booking)

    assert Calendar.from_ical(body)["METHOD"] == method
    assert event_of(body)["STATUS"] == status


@pytest.mark.django_db
def test_summary_names_the_place_and_no_treatment():
    visit_type = builders.consultation_type(name="Hair-fall consultation")
    booking = builders.a_booking(visit_type=visit_type)
    booking.location.area = "Indiranagar"
    body = a_file(booking)

    assert event_of(body)["SUMMARY"] == "Appointment, Indiranagar"
    assert b"Hair-fall" not in body
    assert event_of(body)["CLASS"] == "PRIVATE"


@pytest.mark.django_db
def test_times_are_in_utc_on_both_days_on_which_the_clocks_change():
    london = builders.a_location(time_zone="Europe/London")
    for starts in (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)):
        booking = builders.a_booking(location=london, starts=starts)
        body = a_file(booking)

        assert f"DTSTART:{starts:%Y%m%dT%H%M%SZ}\r\n".encode() in body
        assert event_of(body)["DTSTART"].dt == starts
        assert event_of(body)["DTEND"].dt - event_of(body)["DTSTART"].dt == timedelta(minutes=30)


def test_times_of_any_zone_are_written_in_utc():
    there = NOW.astimezone(ZoneInfo("America/New_York"))
    body = written(one(starts=there, ends=there + timedelta(minutes=30)), now=there)

    for stamp in (b"DTSTAMP:20261102T043000Z", b"DTSTART:20261102T043000Z", b"DTEND:20261102T050000Z"):
        assert stamp + b"\r\n" in body


def test_semicolon_comma_and_backslash_come_back_as_they_went():
    event = event_of(written(one(summary=AWKWARD, place="12th Main, HAL 2nd Stage\nBengaluru")))

    assert event["SUMMARY"] == AWKWARD
    assert event["LOCATION"] == "12th Main, HAL 2nd Stage\nBengaluru"


def test_name_cannot_smuggle_in_a_line_of_its_own():
    body = written(one(summary="A.\r\nATTENDEE:mailto:x@example.org\x00"))

    assert b"\r\nATTENDEE" not in body
    assert event_of(body)["SUMMARY"] == "A.\nATTENDEE:mailto:x@example.org"


def test_lines_end_with_cr_lf_and_none_is_longer_than_75_octets():
    body = written(one(place="ಮೀನಾ ಕುಮಾರಿ " * 20, summary="x" * 300))
    lines = body.split(b"\r\n")

    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) == 75
    assert [text.decode() for text in lines]  # no letter is cut in two


@pytest.mark.parametrize("octets", [74, 75, 76, 149, 150])
def test_fold_on_both_sides_of_its_boundary(octets):
    text = "x" * octets
    lines = fold(text).split("\r\n")

    assert len(lines) == (1 if octets <= 75 else 2 if octets <= 149 else 3)
    assert "".join([lines[0], *(each[1:] for each in lines[1:])]) == text


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200))
def test_any_text_comes_back(text):
    assert event_of(written(one(summary=text))).get("SUMMARY", "") == text


def test_property_of_the_calendar_is_escaped_too():
    body = written(one(), maker="Skin; Hair", more=[line("X-WR-CALNAME", "Dr Rao, Lakeview")])

    assert Calendar.from_ical(body)["PRODID"] == "-//Skin; Hair//EN"
    assert b"\r\nX-WR-CALNAME:Dr Rao\\, Lakeview\r\n" in body


def test_calendar_without_visits_can_be_read():
    assert Calendar.from_ical(calendar([], method="PUBLISH", maker="x", now=NOW)).walk("VEVENT") == []
