"""My visits: what stands there, and moving, cancelling and undoing what is booked."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Change, Status
from clinic.models import ReminderConsent
from tests import builders
from tests.bookings.patient_clinic import at_now, buttons, carried, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(client, place):
    patient = builders.a_patient(name="Asha Nair")
    client.force_login(patient.account)
    return patient


def a_visit(place, patient, starts="2026-11-03T10:00") -> Booking:
    return door.book(
        patient=patient, visit_type=place.consultation, location=place.location, starts=local(starts),
        key=uuid4(), by=patient.account, now=NOW,
    )  # fmt: skip


def now_at(booking: Booking):
    booking.refresh_from_db()
    return booking.status, booking.starts


# What stands there


def test_my_visits_without_any_offers_a_consultation(client, patient):
    said = text_of(client.get("/my/"))

    assert "No visit is booked" in said
    assert "Start the health form" in said


def test_my_visits_name_the_next_first(client, place, patient):
    a_visit(place, patient, "2026-11-05T10:00")
    a_visit(place, patient, "2026-11-03T10:00")
    said = text_of(client.get("/my/"))

    assert "Next: Tue 3 Nov, 10:00 am" in said
    assert said.index("Tue 3 Nov") < said.index("Thu 5 Nov, 10:00 am")


def test_visit_under_way_stays_on_the_page_and_cannot_be_moved(client, place, patient):
    booking = a_visit(place, patient)
    door.set_status(booking=booking, to=Status.ARRIVED, by=place.doctor.user, now=NOW)
    page = client.get("/my/")

    assert page.context["next"]["booking"] == booking
    assert page.context["next"]["can_change"] is False


def test_my_visits_cost_the_same_queries_for_one_and_for_three(
    client, place, patient, django_assert_num_queries
):
    a_visit(place, patient)
    client.get("/my/")
    with django_assert_num_queries(22):
        client.get("/my/")
    for day in (4, 5):
        a_visit(place, patient, f"2026-11-0{day}T10:00")
    with django_assert_num_queries(22):
        client.get("/my/")


def test_shared_phone_opens_times_and_places_only(client, place):
    patient = builders.a_patient(phone_shared=True)
    decision = builders.a_decision(patient=patient, patient_text="The doctor's sentence")
    course = builders.a_course(
        decision=decision, location=place.location, practitioner=place.doctor, visit_type=place.session
    )
    builders.a_booking(session=course.sessions.get(number=1), starts=local("2026-11-04T10:00"))
    client.force_login(patient.account)
    said = text_of(client.get("/my/"))

    assert "Next: Wed 4 Nov, 10:00 am" in said
    assert "The doctor's sentence" not in said
    assert "Wash your hair" not in said


def test_doctors_sentence_is_shown_to_whom_it_is_for(client, place, patient):
    builders.a_decision(patient=patient, patient_text="An older sentence")
    builders.a_decision(patient=patient, patient_text="The doctor's sentence")
    said = text_of(client.get("/my/"))

    assert "The doctor's sentence" in said
    assert "An older sentence" not in said


def test_reminders_are_switched_as_easily_off_as_on(client, patient):
    for wish in ("on", "on", "off"):
        answer = client.post("/my/reminders/", {"channel": "sms", "wish": wish})
        assert answer["Location"] == "/my/"

    consent = ReminderConsent.objects.get()
    assert (consent.patient, consent.channel) == (patient, "sms")
    assert consent.withdrawn_at is not None


@pytest.mark.parametrize("sent", [{}, {"channel": "fax", "wish": "on"}, {"channel": "sms", "wish": "maybe"}])
def test_reminders_switch_refuses_what_no_button_sends(client, patient, sent):
    assert client.post("/my/reminders/", sent).status_code == 400
    assert ReminderConsent.objects.count() == 0


# Cancelling


def cancel(client, booking, **fields):
    page = client.get(f"/my/visit/{booking.reference}/cancel/")
    sent = {"key": hidden(page, "key"), "version": hidden(page, "version")} | fields
    return client.post(f"/my/visit/{booking.reference}/cancel/", sent)


def test_cancel_asks_first_and_can_be_undone(client, place, patient):
    booking = a_visit(place, patient)
    client.get(f"/my/visit/{booking.reference}/cancel/")
    assert now_at(booking)[0] == Status.BOOKED

    assert cancel(client, booking)["Location"] == "/my/"
    assert now_at(booking)[0] == Status.CANCELLED

    page = client.get("/my/")
    client.post(f"/undo/{page.context['undo']['change']}/", {"key": hidden(page, "key")})
    assert now_at(booking) == (Status.BOOKED, local("2026-11-03T10:00"))
    assert "Undone: the visit is booked again." in text_of(client.get("/my/"))


def test_cancel_twice_with_one_form_cancels_once(client, place, patient):
    booking = a_visit(place, patient)
    page = client.get(f"/my/visit/{booking.reference}/cancel/")
    sent = {"key": hidden(page, "key"), "version": hidden(page, "version")}
    answers = [client.post(f"/my/visit/{booking.reference}/cancel/", sent) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == ["/my/", "/my/"]
    assert Change.objects.filter(action="cancel").count() == 1


def test_cancel_of_a_visit_that_was_moved_meanwhile_is_refused(client, place, patient):
    booking = a_visit(place, patient)
    refused = cancel(client, booking, version=booking.version - 1 or 99)

    assert refused.status_code == 409
    assert "was changed in the meantime" in text_of(refused)
    assert now_at(booking)[0] == Status.BOOKED


@pytest.mark.parametrize("sent", [{}, {"key": "x", "version": "1"}, {"key": str(uuid4()), "version": "one"}])
def test_cancel_refuses_a_form_that_is_not_whole(client, place, patient, sent):
    booking = a_visit(place, patient)

    assert client.post(f"/my/visit/{booking.reference}/cancel/", sent).status_code == 400
    assert now_at(booking)[0] == Status.BOOKED


def test_visit_that_has_begun_can_be_neither_moved_nor_cancelled(client, place, patient, at_now):
    booking = a_visit(place, patient)
    page = client.get(f"/my/visit/{booking.reference}/cancel/")
    set_clock(at_now, booking.starts)
    sent = {"key": hidden(page, "key"), "version": hidden(page, "version")}

    assert client.get(f"/my/visit/{booking.reference}/cancel/")["Location"] == "/my/"
    assert client.get(f"/my/visit/{booking.reference}/move/")["Location"] == "/my/"
    assert client.post(f"/my/visit/{booking.reference}/cancel/", sent).status_code == 409
    assert now_at(booking)[0] == Status.BOOKED


# Moving


def move(client, booking, starts, **fields):
    page = client.get(f"/my/visit/{booking.reference}/move/")
    sent = {name: hidden(page, name) for name in ("key", "version", "who")}
    sent |= {"starts": carried(starts) if "T" in starts else starts} | fields
    return client.post(f"/my/visit/{booking.reference}/move/", sent)


def test_move_takes_two_taps_and_can_be_undone(client, place, patient):
    booking = a_visit(place, patient)
    moved = move(client, booking, "2026-11-04T15:00")

    assert moved["Location"] == "/my/"
    assert now_at(booking) == (Status.BOOKED, local("2026-11-04T15:00"))
    page = client.get("/my/")
    assert "Moved. Undo" in text_of(page)
    client.post(f"/undo/{page.context['undo']['change']}/", {"key": hidden(page, "key")})
    assert now_at(booking) == (Status.BOOKED, local("2026-11-03T10:00"))


def test_move_offers_times_that_only_the_visit_itself_is_in_the_way_of(client, place, patient):
    booking = a_visit(place, patient)
    page = client.get(f"/my/visit/{booking.reference}/move/")

    offered = [time["value"] for group in page.context["groups"] for time in group["times"]]
    assert page.context["chosen_day"] == "Tue 3 Nov"
    assert offered[:5] == [
        carried(f"2026-11-03T{at}") for at in ("09:00", "09:15", "09:30", "09:45", "10:15")
    ]


def test_move_keeps_the_doctor_unless_anybody_is_asked_for(client, place, patient):
    tuesdays = [(1, *builders.WEEK[0][1:])]
    other = builders.a_practitioner(
        location=place.location, qualified=[place.consultation], hours=tuesdays, name="Dr Iyer"
    )
    booking = door.book(
        patient=patient, visit_type=place.consultation, location=place.location, key=uuid4(),
        starts=local("2026-11-03T10:00"), by=patient.account, now=NOW, practitioner=other.pk,
    )  # fmt: skip
    address = f"/my/visit/{booking.reference}/move/"
    with_iyer = [day["date"] for day in client.get(address).context["days"] if day["href"]]
    with_anybody = [day["date"] for day in client.get(address + "?anybody=1").context["days"] if day["href"]]

    assert with_iyer == [3, 10]
    assert with_anybody == [2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14]


@pytest.mark.parametrize(
    ("starts", "status"),
    [
        ("2026-11-01T10:00", 400),
        ("2026-11-03T10:07", 400),
        ("2026-11-08T10:00", 409),
        ("", 400),
        ("soon", 400),
    ],
)
def test_move_to_a_time_nobody_offered_is_refused_on_the_same_page(client, place, patient, starts, status):
    booking = a_visit(place, patient)
    refused = move(client, booking, starts)

    assert refused.status_code == status
    assert "Move to which time?" in text_of(refused)
    assert now_at(booking) == (Status.BOOKED, local("2026-11-03T10:00"))


def test_move_to_a_time_just_taken_shows_the_nearest(client, place, patient):
    booking = a_visit(place, patient)
    a_visit(place, builders.a_patient(), "2026-11-04T15:00")
    refused = move(client, booking, "2026-11-04T15:00")

    assert refused.status_code == 409
    nearest = buttons(refused, "starts")[:3]
    assert nearest == [carried(f"2026-11-04T{at}") for at in ("14:15", "14:30", "15:30")]
    once, version, who = (hidden(refused, name) for name in ("key", "version", "who"))
    sent = {"key": once, "version": version, "who": who, "starts": nearest[1]}
    client.post(f"/my/visit/{booking.reference}/move/", sent)
    assert now_at(booking)[1] == local("2026-11-04T14:30")


def test_move_of_a_visit_that_somebody_else_moved_is_refused(client, place, patient):
    booking = a_visit(place, patient)
    page = client.get(f"/my/visit/{booking.reference}/move/")
    door.move(moves=[(booking, local("2026-11-05T10:00"), None)], key=uuid4(), by=place.doctor.user, now=NOW)
    sent = {name: hidden(page, name) for name in ("key", "version", "who")}
    refused = client.post(
        f"/my/visit/{booking.reference}/move/", sent | {"starts": carried("2026-11-04T15:00")}
    )

    assert refused.status_code == 409
    assert now_at(booking)[1] == local("2026-11-05T10:00")
    assert client.get("/my/").context["undo"] is None  # what others did is not theirs to undo


def test_moving_on_through_the_weeks_ends_somewhere(client, place, patient):
    booking = a_visit(place, patient)
    address = f"/my/visit/{booking.reference}/move/"

    for query in ("since=2026-12-01", "since=9999-01-01", "since=0001-01-01", "day=never", "who=x"):
        assert client.get(f"{address}?{query}").status_code == 200


def test_undo_without_its_key_is_refused(client, place, patient):
    a_visit(place, patient)
    change = Change.objects.get()

    assert client.post(f"/undo/{change.key}/", {}).status_code == 400
    assert Change.objects.count() == 1


def test_undo_of_anothers_visit_is_not_found(client, place, patient):
    a_visit(place, builders.a_patient())

    assert client.post(f"/undo/{Change.objects.get().key}/", {"key": str(uuid4())}).status_code == 404


def test_undo_after_a_later_change_is_refused(client, place, patient):
    booking = a_visit(place, patient)
    first = Change.objects.get()
    move(client, booking, "2026-11-04T15:00")
    refused = client.post(f"/undo/{first.key}/", {"key": str(uuid4())})

    assert refused.status_code == 409
    assert now_at(booking)[1] == local("2026-11-04T15:00")
    assert booking.starts - NOW > timedelta(0)


def test_by_keyboard_the_days_can_be_skipped_when_moving(client, place, patient):
    booking = a_visit(place, patient)
    page = client.get(f"/my/visit/{booking.reference}/move/").content.decode()

    assert page.index('href="#times"') < page.index('id="days"') < page.index('<form id="times"')
