"""A practitioner's calendar feed: what stands in it, who can read it, and until when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from bookings.models import FeedToken, Status
from bookings.services.papers import feeds
from clinic.models import AuditRow, Resource, StaffRole, User
from tests import builders
from tests.bookings.patient_clinic import at_now, place, text_of
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def a_feed(doctor) -> str:
    return feeds.make(practitioner=doctor, by=doctor.user, now=NOW)


def address(secret: str) -> str:
    return f"/feed/{secret}.ics"


def events(answer) -> dict:
    return {
        str(one["UID"]).partition("@")[0]: one for one in Calendar.from_ical(answer.content).walk("VEVENT")
    }


def a_visit(place, starts=NOW + DAY, **fields):
    usual = {"location": place.location, "practitioner": place.doctor, "visit_type": place.consultation}
    usual["patient"] = builders.a_patient(name="Asha Rao")
    return builders.a_booking(starts=starts, **usual | fields)


def in_room(booking, room):
    booking.claims.create(
        resource=room, step=booking.visit_type.steps.get(), starts=booking.starts, ends=booking.ends
    )
    return booking


# What stands in it


def test_feed_says_when_where_and_initials_only(client, place):
    room = Resource.objects.filter(kind="room", location=place.location).order_by("pk")[0]
    booking = in_room(a_visit(place), room)
    answer = client.get(address(a_feed(place.doctor)))

    event = events(answer)[booking.reference]
    assert event["SUMMARY"] == f"A. R., {room.name}"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (booking.starts, booking.ends)
    assert event["LOCATION"] == "Lakeview, Indiranagar"
    for word in (b"Asha", b"Rao, A", b"onsultation", booking.patient.phone.encode()):
        assert word not in answer.content


def test_visit_without_a_room_names_the_area(client, place):
    booking = a_visit(place)

    assert events(client.get(address(a_feed(place.doctor))))[booking.reference]["SUMMARY"] == (
        "A. R., Indiranagar"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Asha Rao", "A. R."),
        ("om", "O."),
        ("ಮೀನಾ ಕುಮಾರಿ", "ಮೀ. ಕು."),
        ("A B C D", "A. B. C."),
        ("  ", ""),
    ],
)
def test_initials_in_any_script(name, expected):
    assert feeds.initials(name) == expected


def test_feed_has_the_last_month_and_the_next_half_year(client, place):
    inside = [a_visit(place, NOW - 30 * DAY), a_visit(place, NOW + 180 * DAY - timedelta(minutes=5))]
    a_visit(place, NOW - 30 * DAY - timedelta(minutes=30))
    a_visit(place, NOW + 180 * DAY + timedelta(minutes=25))
    rows = feeds.read_rows(practitioner=place.doctor, now=NOW)

    assert [row[0] for row in rows] == [one.reference for one in inside]


def test_cancelled_visit_stays_as_cancelled_with_its_sequence(client, place):
    booking = a_visit(place, status=Status.CANCELLED, version=4)
    event = events(client.get(address(a_feed(place.doctor))))[booking.reference]

    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 4)


def test_holds_and_other_peoples_visits_are_not_in_it(client, place):
    other = builders.a_practitioner(location=place.location)
    a_visit(place, practitioner=other)
    a_visit(place, status=Status.HELD, held_until=NOW + timedelta(minutes=10))

    assert events(client.get(address(a_feed(place.doctor)))) == {}


# Asked again


def test_unchanged_feed_is_304_and_a_changed_one_is_not(client, place):
    booking = a_visit(place)
    where = address(a_feed(place.doctor))
    first = client.get(where)
    again = client.get(where, headers={"if-none-match": first["ETag"]})
    booking.version += 1
    booking.save(update_fields=["version"])
    changed = client.get(where, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert again.content == b""
    assert again["ETag"] == first["ETag"] != changed["ETag"]


def test_another_name_or_room_changes_the_feed_too(client, place):
    booking = a_visit(place)
    rows = feeds.read_rows(practitioner=place.doctor, now=NOW)
    in_room(booking, builders.a_room(location=place.location))
    with_room = feeds.read_rows(practitioner=place.doctor, now=NOW)

    assert feeds.etag_of(rows, place.doctor) != feeds.etag_of(with_room, place.doctor)


def test_feed_may_be_kept_by_nobody_but_its_reader(client, place):
    answer = client.get(address(a_feed(place.doctor)))

    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize("visits", [1, 3])
def test_feed_takes_two_queries_however_much_stands_in_it(client, place, visits):
    for number in range(visits):
        a_visit(place, NOW + number * DAY)
    where = address(a_feed(place.doctor))
    with CaptureQueriesContext(connection) as queries:
        client.get(where)

    assert len(queries) == 2


# Whose it is


def test_only_the_hash_of_the_secret_is_kept(place):
    secret = a_feed(place.doctor)
    [feed] = FeedToken.objects.all()

    assert len(secret) >= 43  # 256 bits
    assert feed.token_hash == feeds.hashed(secret)
    assert secret not in str(FeedToken.objects.values().get())


def revoked(doctor):
    feeds.revoke(feed=FeedToken.objects.get(), by=doctor.user, now=NOW)


def left(doctor):
    Resource.objects.filter(pk=doctor.pk).update(is_active=False)


def locked_out(doctor):
    User.objects.filter(pk=doctor.user_id).update(is_active=False)


def without_role(doctor):
    StaffRole.objects.filter(user=doctor.user).update(role="nurse")


@pytest.mark.parametrize("happens", [revoked, left, locked_out, without_role])
def test_feed_that_ended_answers_as_one_that_never_was(client, place, happens):
    a_visit(place)
    secret = a_feed(place.doctor)
    open_before = client.get(address(secret)).status_code
    happens(place.doctor)
    ended, unknown = client.get(address(secret)), client.get(address("x" * 43))

    assert open_before == 200
    assert ended.status_code == unknown.status_code == 404
    assert ended.content == unknown.content
    assert sorted(ended.items()) == sorted(unknown.items())


@pytest.mark.parametrize("bent", [str.swapcase, lambda secret: secret[:-1], lambda secret: secret + "A"])
def test_row_35_secret_changed_in_anything_opens_nothing(client, place, bent):
    assert client.get(address(bent(a_feed(place.doctor)))).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_row_28_feed_is_only_read(client, place, method):
    assert getattr(client, method)(address(a_feed(place.doctor))).status_code == 405


def test_logs_name_the_page_and_not_the_secret(client, place, caplog):
    client.get(address("somebodys-guess"))

    assert "somebodys-guess" not in caplog.text


# The page


@pytest.fixture
def doctor(client, place):
    client.force_login(place.doctor.user)
    return client


def test_made_feed_is_shown_once_and_works(doctor, place):
    made = doctor.post("/desk/feeds/")
    shown = made.context["address"]
    later = doctor.get("/desk/feeds/")

    assert made.status_code == 200
    assert shown.startswith("http://127.0.0.1:8000/feed/")
    assert shown in made.content.decode()
    assert "/feed/" not in later.content.decode()
    assert Client().get(shown.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert made["Cache-Control"].startswith("max-age=0, no-cache")


def test_feed_ended_on_the_page_is_gone(doctor, place):
    secret = a_feed(place.doctor)
    feed = FeedToken.objects.get()
    answers = [doctor.post(f"/desk/feeds/{feed.pk}/end/") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Client().get(address(secret)).status_code == 404
    acts = AuditRow.objects.filter(subject=f"feed:{feed.pk}").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["feed_made", "feed_revoked"]


def test_sixth_feed_is_refused_until_one_ends(doctor, place):
    for _ in range(feeds.MOST_FEEDS):
        a_feed(place.doctor)
    refused = doctor.post("/desk/feeds/")
    doctor.post(f"/desk/feeds/{FeedToken.objects.first().pk}/end/")

    assert refused.status_code == 409
    assert "5 feeds are enough" in text_of(refused)
    assert doctor.post("/desk/feeds/").status_code == 200


def test_doctor_cannot_end_a_colleagues_feed_and_a_manager_can(doctor, place):
    colleague = builders.a_practitioner(location=place.location)
    a_feed(colleague)
    feed = FeedToken.objects.get()
    manager = Client()
    manager.force_login(builders.staff(role="manager"))

    assert doctor.post(f"/desk/feeds/{feed.pk}/end/").status_code == 404
    assert colleague.resource.name not in text_of(doctor.get("/desk/feeds/"))
    assert colleague.resource.name in text_of(manager.get("/desk/feeds/"))
    assert manager.post(f"/desk/feeds/{feed.pk}/end/").status_code == 302


def test_manager_who_sees_nobody_gets_no_feed(client, place):
    client.force_login(builders.staff(role="manager"))
    answer = client.post("/desk/feeds/")

    assert answer.status_code == 409
    assert "Only a dermatologist" in text_of(answer)
    assert FeedToken.objects.count() == 0
