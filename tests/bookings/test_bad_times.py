"""Times that cannot be, doctors who are not here, the same thing twenty times: rows 1 to 14 of the list of
attacks that touch times and holds. Each is answered in words, over HTTP, and nothing is written.
"""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, Change, Claim, Closure, Status
from clinic import clock
from clinic.models import Practitioner, Qualified, Resource, VisitType
from tests import builders
from tests.bookings.desk_clinic import book_page, desk, somebody, take
from tests.bookings.patient_clinic import (
    PHONE,
    at_now,
    carried,
    enter_code,
    give_details,
    hidden,
    local,
    more_doctors,
    newest_code,
    place,
    set_clock,
    tap,
    text_of,
)
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db

TUESDAY_10 = "2026-11-03T10:00"
NOT_OFFERED = "That is not a time we offer."
GONE = "That time is no longer free."


def tapped_raw(client, starts, **fields):
    return client.post("/book/", {"starts": starts, **fields})


def written() -> tuple[int, int, int]:
    return Booking.objects.count(), Claim.objects.count(), Change.objects.count()


# 1: in the past, a second ago, beyond the horizon


def a_second_ago():
    return f"{clock.now() - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"


def a_grain_ago():
    return carried("2026-11-02T09:45")


def beyond_the_horizon():
    return carried("2027-02-02T10:00")


@pytest.mark.parametrize("when", [a_second_ago, a_grain_ago, beyond_the_horizon])
def test_row_1_past_or_too_far_ahead(client, place, when):
    refused = tapped_raw(client, when())

    assert refused.status_code == 400
    assert NOT_OFFERED in text_of(refused)
    assert written() == (0, 0, 0)


@pytest.mark.parametrize("when", [a_second_ago, a_grain_ago, lambda: carried("2027-11-04T10:00")])
def test_row_1_past_or_too_far_ahead_at_the_desk(desk, place, when):
    page = book_page(desk, somebody())

    refused = desk.post(page.context["offer"].here, {"key": hidden(page, "key"), "starts": when()})

    assert refused.status_code == 400
    assert NOT_OFFERED in text_of(refused)
    assert written() == (0, 0, 0)


def test_row_1_time_that_comes_too_near_while_somebody_types(client, place, at_now):
    tap(client, "2026-11-02T11:15")
    give_details(client)
    set_clock(at_now, local("2026-11-02T10:30"))  # kept until 10:10; booked an hour before at the latest

    refused = enter_code(client)

    assert refused.status_code == 400
    assert NOT_OFFERED in text_of(refused)
    assert Booking.objects.filter(status=Status.BOOKED).count() == 0


# 2, 3: where somebody, or something, is already


def test_row_2_two_visits_of_one_person_at_once(desk, place):
    more_doctors(place, 1)
    ravi = somebody()
    take(desk, book_page(desk, ravi), TUESDAY_10)
    before = written()

    refused = take(desk, book_page(desk, ravi), TUESDAY_10)

    assert refused.status_code == 409
    assert "There is already another visit at that time." in text_of(refused)
    assert written() == before


def one_taken(place, kind):
    """Everything of one kind is taken on Tuesday at ten, nothing of the other."""
    booking = builders.a_booking(
        location=builders.a_location(), practitioner=builders.a_practitioner(), visit_type=place.consultation,
        starts=local(TUESDAY_10), patient=builders.a_patient(account=None),
    )  # fmt: skip
    step = place.consultation.steps.get()
    for resource in Resource.objects.filter(kind=kind):
        Claim.objects.get_or_create(
            resource=resource, booking=booking, step=step, starts=booking.starts, ends=booking.ends
        )


@pytest.mark.parametrize("kind", ["practitioner", "room"])
def test_row_3_only_the_doctor_or_only_the_room_is_taken(client, place, kind):
    one_taken(place, kind)
    before = written()

    refused = tap(client, TUESDAY_10)

    assert refused.status_code == 409
    assert GONE in text_of(refused)
    assert written() == before


def test_row_3_only_the_device_is_taken(desk, place):
    device = builders.a_resource(kind="device", location=place.location)
    laser = builders.consultation_type(
        name="Look through the laser", is_online=False, steps=[("looking", 30, ["practitioner", "device"])]
    )
    Qualified.objects.create(practitioner=place.doctor, visit_type=laser)
    one_taken(place, "device")
    before = written()

    page = book_page(desk, somebody(), f"?type={laser.code}")
    refused = take(desk, page, TUESDAY_10)

    assert device.claims.count() == 1
    assert refused.status_code == 409
    assert GONE in text_of(refused)
    assert written() == before


# 5: off the grid, outside hours, on a holiday, in a closure of this moment


@pytest.mark.parametrize(
    ("starts", "status", "words"),
    [
        ("2026-11-03T10:01", 400, NOT_OFFERED),
        ("2026-11-03T10:05", 400, NOT_OFFERED),
        ("2026-11-03T08:45", 409, GONE),  # before they open
        ("2026-11-03T17:45", 409, GONE),  # would end after they close
        ("2026-11-03T03:00", 409, GONE),
        ("2026-11-08T10:00", 409, GONE),  # Sunday
    ],
)
def test_row_5_off_the_grid_and_outside_hours(client, place, starts, status, words):
    refused = tap(client, starts)

    assert refused.status_code == status
    assert words in text_of(refused)
    assert written() == (0, 0, 0)


def a_closure(place, **fields):
    return Closure.objects.create(
        **{"starts": local("2026-11-03T00:00"), "ends": local("2026-11-04T00:00"), "reason": "Holiday"}
        | {"by": builders.staff(role="manager")}
        | fields
    )


def test_row_5_on_a_holiday(client, place):
    a_closure(place, location=place.location, kind="holiday")

    refused = tap(client, TUESDAY_10)

    assert refused.status_code == 409
    assert [day["date"] for day in refused.context["days"] if not day["href"]] == [3, 8, 15]
    assert written() == (0, 0, 0)


def test_row_5_in_a_closure_made_while_the_page_was_open(client, place):
    assert carried(TUESDAY_10) in client.get("/book/?day=2026-11-03").content.decode()
    a_closure(place, resource=place.doctor.resource, kind="leave")

    refused = tap(client, TUESDAY_10)

    assert refused.status_code == 409
    assert GONE in text_of(refused)
    assert written() == (0, 0, 0)


def test_row_5_in_a_closure_made_between_tap_and_code_keeps_the_hold(client, place):
    """What is held is theirs: saving the closure shows it to whoever saves it."""
    tap(client, TUESDAY_10)
    give_details(client)
    a_closure(place, location=place.location)

    done = enter_code(client)

    assert done.status_code == 302
    assert Booking.objects.get().status == Status.BOOKED


# 6: doctors who are not here


def nobody(place):
    return 999_999_999


def deactivated(place):
    gone = builders.a_practitioner(location=place.location, qualified=[place.consultation])
    Resource.objects.filter(pk=gone.pk).update(is_active=False)
    return gone.pk


def unverified(place):
    new = builders.a_practitioner(location=place.location, qualified=[place.consultation])
    Practitioner.objects.filter(pk=new.pk).update(verified_on=None, verified_by=None)
    return new.pk


def of_another_place(place):
    return builders.a_practitioner(qualified=[place.consultation]).pk


def not_qualified(place):
    return builders.a_practitioner(location=place.location, qualified=[place.session]).pk


def a_room(place):
    return builders.a_room(location=place.location).pk


STRANGERS = [deactivated, unverified, of_another_place, not_qualified, a_room]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_row_6_doctor_who_is_not_here_is_answered_as_one_who_does_not_exist(client, place, stranger):
    pk = stranger(place)

    of_them, of_nobody = (tap(client, TUESDAY_10, who=who) for who in (pk, nobody(place)))
    seen = [text_of(client.get(f"/book/?who={who}")) for who in (pk, nobody(place))]

    assert (of_them.status_code, of_nobody.status_code) == (409, 409)
    assert text_of(of_them) == text_of(of_nobody)
    assert seen[0] == seen[1]
    assert written() == (0, 0, 0)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_row_6_doctor_who_is_not_here_at_the_desk(desk, place, stranger):
    pk, ravi = stranger(place), somebody()

    answers = [take(desk, book_page(desk, ravi), TUESDAY_10, who=who) for who in (pk, nobody(place))]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert text_of(answers[0]) == text_of(answers[1])
    assert written() == (0, 0, 0)


def test_row_6_location_that_is_a_draft_or_no_location(client, place):
    draft = builders.a_location(is_open=False)

    of_draft, of_nothing = (tap(client, TUESDAY_10, at=slug) for slug in (draft.slug, "nowhere"))

    # counts as not asked for: the open location
    assert (of_draft.status_code, of_nothing.status_code) == (302, 302)
    assert {booking.location for booking in Booking.objects.all()} == {place.location}


# 10: twice, and twenty times


def test_row_10_tap_twenty_times_is_one_hold(client, place):
    answers = [tap(client, TUESDAY_10) for _ in range(20)]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/book/details/")}
    assert Booking.objects.count() == 1


def test_row_10_code_twenty_times_is_one_booking_and_one_confirmation(client, place):
    tap(client, TUESDAY_10)
    give_details(client)
    code = newest_code()

    answers = [enter_code(client, code) for _ in range(20)]

    booking = Booking.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/booked/{booking.reference}/"}
    assert Change.objects.count() == 1
    assert {text_of(client.get(answer["Location"])) for answer in answers[:3]} == {
        text_of(client.get(f"/booked/{booking.reference}/"))
    }


def test_row_10_back_to_each_page_and_sent_again_shows_the_same_booking(client, place):
    tap(client, TUESDAY_10)
    details = client.get("/book/details/")
    typed = {"name": "Asha Nair", "phone": "98450 12345", "key": hidden(details, "key")}
    client.post("/book/details/", typed)
    enter_code(client)
    booking = Booking.objects.get()

    again = [
        client.get("/book/code/"),
        client.post("/book/code/", {"code": newest_code()}),
        client.get("/book/details/"),
        client.post("/book/details/", typed),
    ]

    assert {answer["Location"] for answer in again} == {f"/booked/{booking.reference}/"}
    assert Booking.objects.count() == 1


def test_row_10_desk_form_twenty_times_is_one_visit(desk, place):
    page = book_page(desk, somebody())

    answers = [take(desk, page, TUESDAY_10) for _ in range(20)]

    assert {answer["Location"] for answer in answers} == {answers[0]["Location"]}
    assert written() == (1, 2, 1)


def test_row_10_same_key_for_another_time_is_said(desk, place):
    page = book_page(desk, somebody())
    take(desk, page, TUESDAY_10)

    answer = take(desk, page, "2026-11-03T11:00")

    assert answer.status_code == 400
    assert written() == (1, 2, 1)


# 12: too late, twice, or of a visit that has been


def a_visit(place, starts, **fields):
    patient = builders.a_patient(phone=PHONE)
    return builders.a_booking(
        patient=patient, location=place.location, practitioner=place.doctor, visit_type=place.consultation,
        starts=local(starts), **fields,
    )  # fmt: skip


def desk_move(desk, booking, starts):
    form = {"key": str(builders.next_key()), "version": booking.version, "starts": carried(starts)}
    return desk.post(reverse("desk_move", args=[booking.reference]), form)


@pytest.mark.parametrize("status", [Status.DONE, Status.CANCELLED, Status.NO_SHOW, Status.IN_ROOM])
def test_row_12_visit_that_has_been_is_not_moved(desk, place, status):
    booking = a_visit(place, "2026-11-02T09:00", status=status)

    refused = desk_move(desk, booking, TUESDAY_10)

    booking.refresh_from_db()
    assert refused.status_code == 409
    assert "That is not possible for this visit any more." in text_of(refused)
    assert booking.starts == local("2026-11-02T09:00")


def test_row_12_patient_moves_no_visit_that_has_begun(client, place):
    booking = a_visit(place, "2026-11-02T09:45")
    client.force_login(booking.patient.account)

    form = {"key": str(builders.next_key()), "version": booking.version, "starts": carried(TUESDAY_10)}
    refused = client.post(reverse("move_visit", args=[booking.reference]), form)

    booking.refresh_from_db()
    assert refused.status_code == 409
    assert booking.starts == local("2026-11-02T09:45")


# 13: kept and never booked; fifty times


def test_row_13_hold_that_is_never_booked_ends_by_itself(client, place, at_now):
    tap(client, TUESDAY_10)
    set_clock(at_now, NOW + timedelta(minutes=10, seconds=1))

    assert tap(Client(), TUESDAY_10).status_code == 302
    assert Booking.objects.count() == 1


def test_row_13_fifty_times_in_one_browser_keep_one(client, place):
    starts = [local("2026-11-03T09:00") + timedelta(minutes=15 * n) for n in range(35)]
    starts += [local("2026-11-04T09:00") + timedelta(minutes=15 * n) for n in range(15)]

    answers = [client.post("/book/", {"starts": f"{start:%Y-%m-%dT%H:%M:%S%z}"}) for start in starts]

    assert {answer.status_code for answer in answers} == {302}
    assert Booking.objects.get().starts == starts[-1]


def test_row_13_fifty_times_from_one_address_end_in_429(place, settings):
    settings.HOLDS_PER_ADDRESS_PER_HOUR = 20
    starts = [local("2026-11-03T09:00") + timedelta(minutes=30 * n) for n in range(15)]

    answers = [Client().post("/book/", {"starts": starts[n % 15].isoformat()}) for n in range(50)]

    counted = [answer.status_code for answer in answers]
    assert (counted.count(302), counted.count(409), counted.count(429)) == (15, 5, 30)
    assert Booking.objects.count() == 15


def test_row_13_fifty_times_of_one_log_in_keep_three(place):
    patient = builders.a_patient(phone=PHONE)
    starts = [local("2026-11-03T09:00") + timedelta(minutes=30 * n) for n in range(17)]

    counted = []
    for n in range(50):
        browser = Client()
        browser.force_login(patient.account)
        counted.append(browser.post("/book/", {"starts": starts[n % 17].isoformat()}).status_code)

    assert counted.count(302) == 3
    assert counted.count(429) + counted.count(409) == 47
    assert Booking.objects.count() == 3


# 14: where clocks change, offsets and zones


@pytest.fixture
def night(at_now):
    """Make a location of a zone that is open all night, with somebody who works then."""

    def make(zone, today):
        tz = ZoneInfo(zone)
        all_day = [(weekday, time(0, 5), time(0)) for weekday in range(7)]  # into the next day
        location = builders.a_location(time_zone=zone, hours=all_day)
        builders.a_room(location=location)
        kind = VisitType.objects.first() or builders.consultation_type()
        doctor = builders.a_practitioner(location=location, qualified=[kind], hours=all_day, name="Dr Rao")
        set_clock(at_now, datetime.fromisoformat(today).replace(tzinfo=tz))
        return SimpleNamespace(location=location, consultation=kind, doctor=doctor, tz=tz)

    return make


SPRING = [("Europe/London", "2027-03-28", "01:30"), ("America/New_York", "2027-03-14", "02:30")]
AUTUMN = [
    ("Europe/London", "2026-10-25", ("01:30 BST", "01:30 GMT"), ("00:30", "01:30")),
    ("America/New_York", "2026-11-01", ("01:30 EDT", "01:30 EST"), ("05:30", "06:30")),
]


@pytest.mark.parametrize(("zone", "day", "skipped"), SPRING, ids=[row[0] for row in SPRING])
def test_row_14_time_that_the_clocks_skip_is_offered_nowhere(desk, night, zone, day, skipped):
    at = night(zone, f"{day}T00:00").location.slug

    page = desk.get(f"/book/?day={day}&at={at}")
    offered = [time["text"] for group in page.context["groups"] for time in group["times"]]
    clicked = book_page(desk, somebody(), f"?start={day}T{skipped}&at={at}")

    hour = int(skipped[:2])
    assert f"{hour + 1}:30 am" in offered
    assert not [text for text in offered if text.startswith(f"{hour}:") and text.endswith("am")]
    assert clicked.context["clicked"]["why"] == f"The clocks go forward that night: there is no {hour}:30 am."
    assert clicked.context["clicked"]["near"] != []


@pytest.mark.parametrize(("zone", "day", "names", "instants"), AUTUMN, ids=[row[0] for row in AUTUMN])
def test_row_14_both_times_of_an_hour_that_comes_twice_name_their_zone(
    desk, night, zone, day, names, instants
):
    at = night(zone, f"{day}T00:00").location.slug

    page = desk.get(f"/book/?day={day}&at={at}")
    offered = {time["text"]: time["value"] for group in page.context["groups"] for time in group["times"]}
    clicked = book_page(desk, somebody(), f"?start={day}T01:30&at={at}")

    shown = [f"1:30 am {name.split()[1]}" for name in names]
    values = [f"{day}T{instant}Z" for instant in instants]
    assert [offered[text] for text in shown] == values
    assert [one["value"] for one in clicked.context["clicked"]["takes"]] == values
    assert all(
        text in one["words"] for text, one in zip(shown, clicked.context["clicked"]["takes"], strict=True)
    )


@pytest.mark.parametrize(("zone", "day", "names", "instants"), AUTUMN, ids=[row[0] for row in AUTUMN])
def test_row_14_each_of_both_times_is_its_own(night, zone, day, names, instants):
    night(zone, f"{day}T00:00")
    hold_both = [Client().post("/book/", {"starts": f"{day}T{instant}Z"}).status_code for instant in instants]

    assert hold_both == [302, 302]
    assert sorted(f"{one.starts:%H:%M}" for one in Booking.objects.all()) == list(instants)


UNREADABLE = [
    "2026-11-03T10:00+99:99",
    "2026-11-03T10:00-24:00",
    "2026-11-03T10:00[Mars/X]",
    "2026-11-03T10:00 Mars/X",
    "2026-11-03T10:00",
    "9999-12-31T23:59:59+00:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00Z",
    "2026-02-30T10:00Z",
    "2026-11-03T25:00Z",
    "1e9",
    "NaN",
    "２０２６-11-03T10:00Z",
]


@pytest.mark.parametrize("starts", UNREADABLE)
def test_row_14_what_is_no_moment_is_refused(client, place, starts):
    refused = tapped_raw(client, starts)

    assert refused.status_code == 400
    assert NOT_OFFERED in text_of(refused)
    assert written() == (0, 0, 0)


@pytest.mark.parametrize("starts", UNREADABLE)
def test_row_14_what_is_no_moment_is_refused_at_the_desk(desk, place, starts):
    page = book_page(desk, somebody())

    refused = desk.post(page.context["offer"].here, {"key": hidden(page, "key"), "starts": starts})

    assert refused.status_code == 400
    assert written() == (0, 0, 0)


@pytest.mark.parametrize("part", ["tz=Mars/X", "since=9999-12-31", "since=0001-01-01", "day=9999-12-31"])
def test_row_14_what_is_no_day_or_zone_of_an_address_counts_as_not_asked_for(client, desk, place, part):
    assert client.get(f"/book/?{part}").status_code == 200
    assert book_page(desk, somebody(), f"?{part}").status_code == 200


def test_row_14_time_with_another_offset_is_the_same_moment(client, place):
    answer = tapped_raw(client, "2026-11-03T00:30:00-04:00")  # ten in the morning in Bengaluru

    assert answer.status_code == 302
    assert Booking.objects.get().starts == local(TUESDAY_10)
