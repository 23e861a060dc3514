"""The day list goes to the desk's own device: at its hours, once, and again when nobody knows if it went."""

import smtplib
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from bookings import tasks
from bookings.models import DayListSending
from bookings.services.papers import day_list_sending as sending
from clinic import clock
from clinic.celery import app
from clinic.models import Location
from tests import builders
from tests.bookings.patient_clinic import at_now, local, place
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db

DEVICE = "desk-phone@clinic.example"
AT_7 = local("2026-11-02T07:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def listed(place):
    """A location whose list goes out at 7:00 and at 13:30."""
    return listens(place.location)


def listens(location, *, at=(time(7), time(13, 30)), to=DEVICE):
    location.day_list_email, location.day_list_at = to, list(at)
    location.save(update_fields=["day_list_email", "day_list_at"])
    return location


def page_of(message) -> str:
    [(name, body, kind)] = message.attachments
    assert kind == "text/html"
    assert name.startswith("list-")
    return body


class Refuses(EmailBackend):
    """A mail server out of reach."""

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


REFUSES = f"{__name__}.Refuses"


def lease_ends():
    """On the database's clock, which no test can move."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bookings_daylistsending SET lease_until = clock_timestamp() - interval '1 second'"
            " WHERE lease_until IS NOT NULL"
        )


# When


def test_list_goes_once_an_hour_that_is_set(listed):
    sent = [sending.send_due(now=AT_7 + n * 3 * MINUTE) for n in range(-2, 20)]

    assert sum(sent) == 1
    assert sent[2] == 1  # at seven, not before
    assert sending.send_due(now=local("2026-11-02T13:31")) == 1
    assert sending.send_due(now=local("2026-11-03T07:02")) == 1
    assert [message.to for message in mail.outbox] == [[DEVICE]] * 3


@pytest.mark.parametrize(
    ("late", "expected"), [(timedelta(0), 1), (2 * HOUR - MINUTE, 1), (2 * HOUR, 0), (3 * HOUR, 0)]
)
def test_list_of_more_than_two_hours_ago_is_let_go(listed, late, expected):
    assert sending.send_due(now=AT_7 + late) == expected


def test_list_that_could_not_be_sent_for_two_hours_is_let_go(listed):
    sending.note_due(now=AT_7)

    assert sending.send_due(now=AT_7 + 2 * HOUR) == 0
    assert sending.send_due(now=AT_7 + 2 * HOUR - MINUTE) == 1


def test_late_evening_list_still_goes_after_midnight(place):
    listens(place.location, at=[time(23, 30)])

    assert sending.send_due(now=local("2026-11-03T00:10")) == 1
    assert DayListSending.objects.get().due_at == local("2026-11-02T23:30")


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Europe/London", "2026-03-29", time(1, 30), "2026-03-29T01:30"),  # skipped: the hour after
        ("Europe/London", "2026-10-25", time(1, 30), "2026-10-25T00:30"),  # twice: the first
        ("America/New_York", "2026-03-08", time(7), "2026-03-08T11:00"),
        ("America/New_York", "2026-11-01", time(7), "2026-11-01T12:00"),
        ("Asia/Kathmandu", "2026-11-02", time(7), "2026-11-02T01:15"),
    ],
)
def test_hours_are_those_of_the_place_also_when_its_clocks_change(zone, day, at, instant):
    location = listens(builders.a_location(time_zone=zone), at=[at])
    due = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    sent = [sending.send_due(now=due + n * 10 * MINUTE) for n in range(-3, 15)]

    assert DayListSending.objects.get(location=location).due_at == due
    assert (sum(sent), sent[3]) == (1, 1)
    assert due.astimezone(ZoneInfo(zone)).date().isoformat() == day


def test_seconds_in_an_hour_do_not_make_it_another():
    location = listens(builders.a_location(), at=[time(7, 0, 30)])

    assert sending.hours_come(location, AT_7) == {AT_7}


@pytest.mark.parametrize("off", [{"to": ""}, {"at": []}])
def test_nothing_goes_without_an_address_or_an_hour(place, off):
    listens(place.location, **off)

    assert sending.send_due(now=AT_7) == 0
    assert DayListSending.objects.count() == 0


def test_nothing_goes_from_a_draft_location():
    listens(builders.a_location(is_open=False))

    assert sending.send_due(now=AT_7) == 0


def test_address_taken_away_meanwhile_stops_what_was_due(listed):
    sending.note_due(now=AT_7)
    Location.objects.update(day_list_email="")

    assert sending.send_due(now=AT_7 + MINUTE) == 0
    assert mail.outbox == []


# Once, and again


def test_crash_between_lease_and_mark_is_tried_again(listed, monkeypatch):
    """Handed over, then killed: nobody knows, so it goes again with the same Message-ID."""
    sending.note_due(now=AT_7)
    [claimed] = sending.claim(now=AT_7)
    sending.compose(claimed, now=AT_7).send()
    before_the_lease_ends = sending.send_due(now=AT_7 + MINUTE)
    lease_ends()
    after = sending.send_due(now=AT_7 + 6 * MINUTE)

    assert (before_the_lease_ends, after) == (0, 1)
    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert len(mail.outbox) == 2
    assert len(ids) == 1
    assert sending.send_due(now=AT_7 + 9 * MINUTE) == 0


def test_two_beats_at_once_claim_it_once(listed):
    sending.note_due(now=AT_7)

    assert [len(sending.claim(now=AT_7)) for _ in range(2)] == [1, 0]


def test_lease_is_counted_on_the_databases_clock(listed):
    sending.note_due(now=AT_7)
    sending.claim(now=AT_7)
    with connection.cursor() as cursor:
        cursor.execute("SELECT lease_until - clock_timestamp() FROM bookings_daylistsending")
        [[left]] = cursor.fetchall()

    assert sending.LEASE - MINUTE < left <= sending.LEASE


def test_mail_server_out_of_reach_is_tried_a_few_times_and_no_more(listed, settings, caplog):
    settings.EMAIL_BACKEND = REFUSES
    for n in range(8):
        assert sending.send_due(now=AT_7 + n * 6 * MINUTE) == 0
        lease_ends()

    assert DayListSending.objects.get().attempts == sending.MOST_TRIES
    assert "not sent" in caplog.text
    assert DEVICE not in caplog.text


def test_server_that_comes_back_gets_it_by_the_next_try(listed, settings):
    settings.EMAIL_BACKEND = REFUSES
    sending.send_due(now=AT_7)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    at_once = sending.send_due(now=AT_7 + MINUTE)
    lease_ends()

    assert (at_once, sending.send_due(now=AT_7 + 6 * MINUTE)) == (0, 1)
    row = DayListSending.objects.get()
    assert (row.sent_at, row.lease_until, row.attempts) == (AT_7 + 6 * MINUTE, None, 2)


def test_one_device_out_of_reach_does_not_keep_another_from_its_list(listed, monkeypatch):
    other = listens(builders.a_location(), to="other@clinic.example")
    composed = sending.compose

    def breaks_for_the_first(row, *, now):
        if row.location_id == listed.pk:
            raise RuntimeError
        return composed(row, now=now)

    monkeypatch.setattr(sending, "compose", breaks_for_the_first)

    assert sending.send_due(now=AT_7) == 1
    assert DayListSending.objects.get(sent_at__isnull=False).location == other


@pytest.mark.django_db(transaction=True)
def test_mail_is_sent_outside_any_transaction(listed, monkeypatch):
    seen = []
    composed = sending.compose

    def look(row, *, now):
        seen.append(connection.in_atomic_block)
        return composed(row, now=now)

    monkeypatch.setattr(sending, "compose", look)
    sending.send_due(now=AT_7)

    assert seen == [False]


# What


def test_list_holds_names_times_and_phones_of_two_days_and_nothing_medical(listed, place):
    fields = {"location": place.location, "practitioner": place.doctor}
    visit_type = builders.consultation_type(name="Hair-fall consultation")
    today = builders.a_booking(
        patient=builders.a_patient(name="Asha <Rao>", phone="+919845012345"), visit_type=visit_type,
        starts=local("2026-11-02T11:00"), **fields,
    )  # fmt: skip
    tomorrow = builders.a_booking(
        patient=builders.a_patient(name="ಮೀನಾ"), visit_type=visit_type, starts=local("2026-11-03T12:00"),
        **fields,
    )  # fmt: skip
    for n, gone in enumerate(("cancelled", "no_show"), start=2):
        someone = builders.a_patient(name=f"Not {gone}")
        builders.a_booking(
            patient=someone, visit_type=visit_type, status=gone, starts=NOW + n * HOUR, **fields
        )
    sending.send_due(now=AT_7)
    [message] = mail.outbox
    page = page_of(message)

    assert "Asha &lt;Rao&gt;" in page
    assert "+91 98450 12345" in page
    assert page.index("11:00 am") < page.index("Tue 3 Nov") < page.index("12:00 pm") < page.index("ಮೀನಾ")
    for word in ("Hair", "onsultation", "Not ", today.reference, tomorrow.reference, "1990", "36"):
        assert word not in page


def test_subject_and_text_say_nothing_of_people_or_treatment(listed, place):
    builders.a_booking(
        patient=builders.a_patient(name="Asha Rao"), location=place.location, starts=local("2026-11-02T11:00")
    )
    sending.send_due(now=AT_7)
    [message] = mail.outbox

    assert message.subject == "List for Indiranagar, Mon 2 Nov"
    for word in ("Asha", "Skin", "Hair", "scalp", "patient"):
        assert word not in message.subject + message.body


def test_page_opens_without_the_internet(listed):
    sending.send_due(now=AT_7)
    page = page_of(mail.outbox[0])

    for fetched in ("http", "src=", "@import", "<link", "<script", "url("):
        assert fetched not in page
    assert "Nobody is booked." in page


# Who rings


def test_beat_rings_the_task_that_exists():
    entry = app.conf.beat_schedule["send day lists"]

    assert entry["task"] == tasks.send_day_lists.name
    assert entry["options"] == {"expires": entry["schedule"]}
    assert entry["schedule"] <= 300
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks


def test_task_sends_what_is_due_by_the_clock(listed, at_now):
    clock.start_at(at_now / clock.NAME, AT_7 + MINUTE)
    tasks.send_day_lists()

    assert len(mail.outbox) == 1
