"""From a tapped time to a booked visit, as a browser without JavaScript does it."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from icalendar import Calendar

from bookings import door
from bookings.models import Booking, Change, Status
from clinic.models import Patient, ReminderConsent, User
from tests import builders
from tests.bookings.patient_clinic import (
    PHONE,
    at_now,
    buttons,
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

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db

TUESDAY_10 = "2026-11-03T10:00"
NEVER_SAID = (
    "safe",
    "eligible",
    "guarantee",
    "regrow",
    "cure",
    "permanent",
    "painless",
    "no side effects",
    "best",
)


def booked() -> list[Booking]:
    return list(Booking.objects.filter(status=Status.BOOKED))


# Who comes


def test_details_without_a_time_lead_to_the_times(client, place):
    assert client.get("/book/details/")["Location"] == "/book/"


def test_details_are_asked_again_with_what_was_typed(client, place):
    tap(client, TUESDAY_10)
    again = give_details(client, name="Asha <b>", phone="12")

    assert again.status_code == 422
    assert b'value="Asha &lt;b&gt;"' in again.content
    assert b'value="12"' in again.content
    assert list(again.context["form"].errors) == ["phone"]
    assert b"<title>Error:" in again.content


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "  "}, ["name"]),
        ({"phone": ""}, ["phone"]),
        ({"phone": "", "email": "asha"}, ["email"]),
        ({"phone": "", "email": "asha@example.org", "remind_sms": "on"}, ["remind_sms"]),
        ({"remind_email": "on"}, ["remind_email"]),
        ({"for_name": "123"}, ["for_name"]),
        ({"name": "x" * 121}, ["name"]),
    ],
)
def test_details_say_what_is_missing(client, place, fields, wrong):
    tap(client, TUESDAY_10)

    assert list(give_details(client, **fields).context["form"].errors) == wrong


def test_details_of_a_time_given_up_in_another_tab_send_no_code(client, place):
    tap(client, TUESDAY_10)
    stale = hidden(client.get("/book/details/"), "key")
    tap(client, "2026-11-03T11:00")

    answer = give_details(client, key=stale)

    assert answer.status_code == 409
    assert "You chose another time" in text_of(answer)
    assert User.objects.filter(phone=PHONE).exists() is False


# The code books


def walk(client, starts=TUESDAY_10, **fields):
    tap(client, starts)
    give_details(client, **fields)
    return enter_code(client)


def test_right_code_books_in_the_same_tap(client, place):
    done = walk(client, remind_sms="on")

    booking = Booking.objects.get()
    patient = Patient.objects.get()
    assert (done.status_code, done["Location"]) == (302, f"/booked/{booking.reference}/")
    assert (booking.status, booking.starts, booking.patient) == (Status.BOOKED, local(TUESDAY_10), patient)
    assert (patient.name, patient.phone, patient.account.phone) == ("Asha Nair", PHONE, PHONE)
    assert list(ReminderConsent.objects.values_list("patient", "channel")) == [(patient.pk, "sms")]
    assert client.get(done["Location"]).status_code == 200


def test_reminders_are_off_unless_the_box_was_ticked(client, place):
    walk(client)

    assert ReminderConsent.objects.count() == 0


def test_email_alone_will_do(client, place):
    walk(client, phone="", email="Asha@Example.org", remind_email="on")

    assert Booking.objects.get().patient.account.email == "asha@example.org"
    assert list(ReminderConsent.objects.values_list("channel", flat=True)) == ["email"]


def test_booking_for_somebody_else_is_in_their_name(client, place):
    walk(client, for_name="ರವಿ")

    booking = Booking.objects.get()
    assert (booking.patient.name, booking.patient.account.name) == ("ರವಿ", "Asha Nair")


def test_wrong_code_is_said_on_the_same_page_and_books_nothing(client, place):
    tap(client, TUESDAY_10)
    give_details(client)
    wrong = enter_code(client, "000000" if newest_code() != "000000" else "111111")

    assert wrong.status_code == 422
    assert "We keep 10:00 am for you" in text_of(wrong)
    assert booked() == []


def test_code_twice_and_the_back_button_lead_to_the_same_booking(client, place):
    tap(client, TUESDAY_10)
    give_details(client)
    code = newest_code()
    first, again = enter_code(client, code), enter_code(client, code)
    back = client.get("/book/code/"), client.get("/book/details/")

    assert {page["Location"] for page in (first, again, *back)} == {f"/booked/{booked()[0].reference}/"}
    assert Change.objects.count() == 1


def test_second_of_two_taps_leaves_the_first_ones_log_in_alone(client, place):
    tap(client, TUESDAY_10)
    give_details(client)
    twin, code = Client(), newest_code()
    twin.cookies = deepcopy(client.cookies)
    first, second = enter_code(client, code), enter_code(twin, code)

    assert "clinic_session" in first.cookies
    assert "clinic_session" not in second.cookies
    assert client.get(second["Location"])["Location"] == first["Location"]
    assert len(booked()) == 1


def test_page_used_already_says_where_the_visit_is(client, place):
    sent = client.post("/book/code/", {"code": "123456"})
    at = client.get(sent["Location"])

    assert at["Location"] == "/book/"
    assert "the visit stands under My visits" in text_of(client.get("/book/"))


def test_booking_stands_although_the_ten_minutes_are_over(client, place, at_now):
    tap(client, TUESDAY_10)
    give_details(client)
    set_clock(at_now, NOW + timedelta(minutes=10, seconds=1))
    said = text_of(client.get("/book/code/"))
    enter_code(client)

    assert "If 10:00 am is still free, it is yours when you go on." in said
    assert [booking.starts for booking in booked()] == [local(TUESDAY_10)]


def test_time_lost_after_the_ten_minutes_is_said_with_the_nearest(client, place, at_now):
    tap(client, TUESDAY_10)
    give_details(client)
    later = NOW + timedelta(minutes=11)
    set_clock(at_now, later)
    rival = builders.a_patient()
    door.book(
        patient=rival, visit_type=place.consultation, location=place.location, starts=local(TUESDAY_10),
        key=uuid4(), by=rival.account, now=later,
    )  # fmt: skip

    lost = enter_code(client)

    assert lost.status_code == 409
    assert "That time is no longer free." in text_of(lost)
    assert [booking.patient for booking in booked()] == [rival]
    client.post("/book/", {"starts": buttons(lost, "starts")[0]})
    page = client.get("/book/details/")
    client.post("/book/details/", {"key": hidden(page, "key"), "person": buttons(page, "person")[0]})
    assert len(booked()) == 2


# More time


def more_time(client, page="details", **typed):
    key = {"key": hidden(client.get("/book/details/"), "key")} if page == "details" else {}
    return client.post(f"/book/{page}/", {"action": "more_time", **key, **typed})


def test_more_time_is_ten_minutes_once_and_what_was_typed_stays(client, place, at_now):
    tap(client, TUESDAY_10)
    set_clock(at_now, NOW + timedelta(minutes=8))

    page = more_time(client, name="Asha Na", phone="98")

    held = Booking.objects.get()
    assert page.status_code == 200
    assert held.hold_extended is True
    assert "We keep 10:00 am for you until 10:20 am." in text_of(page)
    assert b'value="Asha Na"' in page.content
    assert b'value="98"' in page.content
    assert "I need more time" not in text_of(page)
    assert page.context["form"].is_bound is False


def test_more_time_twice_is_ten_minutes(client, place, at_now):
    tap(client, TUESDAY_10)
    more_time(client)
    until = Booking.objects.get().held_until
    set_clock(at_now, NOW + timedelta(minutes=5))

    again = more_time(client)

    assert again.status_code == 200
    assert Booking.objects.get().held_until == until


def test_more_time_beside_the_code_and_for_somebody_logged_in(client, place):
    tap(client, TUESDAY_10)
    give_details(client)
    beside = more_time(client, page="code", code="12")
    enter_code(client)
    tap(client, "2026-11-03T12:00")
    logged_in = more_time(client, name="Ravi")

    assert b'value="12"' in beside.content
    assert b'value="Ravi"' in logged_in.content
    assert Booking.objects.get(status=Status.HELD).hold_extended is True


def test_more_time_after_the_ten_minutes_says_so(client, place, at_now):
    tap(client, TUESDAY_10)
    set_clock(at_now, NOW + timedelta(minutes=11))

    page = more_time(client)

    assert "We could not keep that time any longer." in text_of(page)
    assert "If 10:00 am is still free, it is yours when you go on." in text_of(page)


def test_enter_in_a_box_presses_the_button_of_the_form(client, place):
    tap(client, TUESDAY_10)
    body = client.get("/book/details/").content.decode()

    assert body.index("Send me the code") < body.index("I need more time")


# Three times a log-in, so many an address


def browsers(patient, count):
    for _ in range(count):
        browser = Client()
        browser.force_login(patient.account)
        yield browser


def test_fourth_time_of_one_log_in_is_refused_kindly(place):
    more_doctors(place)
    patient = builders.a_patient(phone=PHONE)
    starts = [f"2026-11-03T{hour}:00" for hour in (10, 11, 12, 13)]

    answers = [tap(one, at) for one, at in zip(browsers(patient, 4), starts, strict=True)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "We are keeping several times for you already." in text_of(answers[-1])
    assert "When would you like to come?" in text_of(answers[-1])
    assert Booking.objects.filter(status=Status.HELD).count() == 3


def test_times_of_one_address_end_with_words_and_begin_again_with_the_next_hour(place, settings, at_now):
    settings.HOLDS_PER_ADDRESS_PER_HOUR = 2
    answers = [tap(Client(), TUESDAY_10) for _ in range(3)]
    elsewhere = tap(Client(REMOTE_ADDR="203.0.113.9"), "2026-11-03T11:00")
    set_clock(at_now, NOW + timedelta(hours=1))

    assert [answer.status_code for answer in answers] == [302, 409, 429]
    assert "Too many tries just now" in text_of(answers[-1])
    assert elsewhere.status_code == 302
    assert tap(Client(), "2026-11-03T12:00").status_code == 302


# Who has been here before


def test_returning_patient_books_with_three_taps(client, place):
    patient = builders.a_patient(phone=PHONE)
    client.force_login(patient.account)
    tap(client, TUESDAY_10)
    page = client.get("/book/details/")
    done = client.post("/book/details/", {"key": hidden(page, "key"), "person": patient.pk})

    assert done["Location"] == f"/booked/{booked()[0].reference}/"
    assert booked()[0].patient == patient


def test_person_of_another_account_cannot_be_booked_for(client, place):
    client.force_login(builders.a_patient().account)
    stranger = builders.a_patient()
    tap(client, TUESDAY_10)
    key = hidden(client.get("/book/details/"), "key")

    assert client.post("/book/details/", {"key": key, "person": stranger.pk}).status_code == 404
    assert booked() == []


def test_name_that_the_account_does_not_know_is_asked_for_before_booking(client, place):
    account = builders.an_account(phone=PHONE)
    known = builders.a_patient(account=account, name="Meera")
    asked = walk(client, name="Mira")

    assert asked["Location"] == "/book/details/"
    assert booked() == []
    page = client.get("/book/details/")
    client.post("/book/details/", {"key": hidden(page, "key"), "person": known.pk})
    assert booked()[0].patient == known
    assert Patient.objects.count() == 1


def test_new_person_of_a_known_account_is_added(client, place):
    patient = builders.a_patient(phone=PHONE)
    client.force_login(patient.account)
    tap(client, TUESDAY_10)
    page = client.get("/book/details/")
    sent = {"key": hidden(page, "key"), "name": "ಆಶಾ", "remind_sms": "on"}
    client.post("/book/details/", sent)

    assert list(page.context["form"].fields) == ["name", "remind_sms"]  # the account has no e-mail

    assert booked()[0].patient.name == "ಆಶಾ"
    assert ReminderConsent.objects.get().patient == booked()[0].patient


def test_two_visits_at_once_of_one_person_are_refused(client, place):
    more_doctors(place, 1)
    patient = builders.a_patient()
    client.force_login(patient.account)
    for _ in range(2):
        tap(client, TUESDAY_10)
        key = hidden(client.get("/book/details/"), "key")
        answer = client.post("/book/details/", {"key": key, "person": patient.pk})

    assert answer.status_code == 409
    assert "There is already another visit at that time." in text_of(answer)
    assert len(booked()) == 1


def test_what_was_typed_is_forgotten_an_hour_after_the_hold(client, place, at_now):
    tap(client, TUESDAY_10)
    give_details(client, phone="12")
    give_details(client)
    kept_until = Booking.objects.get().held_until
    set_clock(at_now, kept_until + timedelta(minutes=59))
    still = client.get("/book/details/")
    set_clock(at_now, kept_until + timedelta(hours=1))
    gone = client.get("/book/details/")

    assert b'value="Asha Nair"' in still.content
    assert gone["Location"] == "/book/"


# Booked


def test_booked_page_offers_the_form_to_the_person_it_would_open_for(client, place):
    account = builders.an_account(phone=PHONE)
    builders.a_patient(account=account, name="Meera")
    other = builders.a_patient(account=account, name="Ravi")
    address = walk(client, name="Meera")["Location"]
    hers = text_of(client.get(address))
    client.post("/account/people/", {"person": other.pk})

    assert "Start the health form" in hers
    assert "Start the health form" not in text_of(client.get(address))


def test_calendar_file_says_when_and_where_and_nothing_of_why(client, place):
    walk(client)
    booking = booked()[0]
    file = client.get(f"/booked/{booking.reference}/appointment.ics")

    event = Calendar.from_ical(file.content).walk("VEVENT")[0]
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (booking.starts, booking.ends)
    assert event["SUMMARY"] == "Appointment, Indiranagar"
    assert event["DESCRIPTION"] == f"Reference {booking.reference}"
    assert "onsultation" not in file.content.decode()


def test_undo_gives_the_time_back_within_three_minutes(client, place, at_now):
    page = client.get(walk(client)["Location"])
    change = Change.objects.get()
    set_clock(at_now, change.undo_until - timedelta(seconds=5))
    once = hidden(page, "key")
    undone = [client.post(f"/undo/{change.key}/", {"key": once}) for _ in range(2)]

    assert [answer["Location"] for answer in undone] == ["/my/", "/my/"]
    assert booked() == []
    assert Change.objects.filter(action="undo").count() == 1
    assert "This visit is cancelled" in text_of(client.get(walked_address(page)))


def walked_address(page) -> str:
    return page.wsgi_request.path


def test_undo_is_too_late_after_three_minutes(client, place, at_now):
    page = client.get(walk(client)["Location"])
    change = Change.objects.get()
    set_clock(at_now, change.undo_until)
    late = client.post(f"/undo/{change.key}/", {"key": hidden(page, "key")})

    assert late.status_code == 409
    assert "too late" in text_of(late)
    assert len(booked()) == 1
    assert client.get(walked_address(page)).context["undo"] is None


def test_patient_pages_are_light(client, place):
    for address in ("/", "/book/"):
        assert len(client.get(address).content) < 20_000
