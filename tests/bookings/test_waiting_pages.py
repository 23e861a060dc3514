"""The patient's pages of waiting: joining from where nothing suits, the free time, and leaving."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking, Offer, WaitlistEntry
from bookings.services.waiting.filling import fill
from tests import builders
from tests.bookings.desk_clinic import visit
from tests.bookings.patient_clinic import at_now, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
IN_A_WEEK, SOONER = local("2026-11-12T11:00"), local("2026-11-03T09:30")


@pytest.fixture
def booking(place, client):
    booking = visit(place, IN_A_WEEK)
    client.force_login(booking.patient.account)
    return booking


def gave_up(place, starts=SOONER):
    booking = builders.a_booking(
        starts=starts, visit_type=place.consultation, location=place.location, practitioner=place.doctor,
        status="cancelled",
    )  # fmt: skip
    booking.claims.all().delete()
    return builders.a_freed_time(booking=booking)


def join(client, url, **fields):
    sent = {"key": hidden(client.get(url), "key"), "hours": "any", "at_short_notice": "on"}
    return client.post(url, sent | fields)


def test_joins_from_a_visit_they_have(client, place, booking):
    assert "Tell me if something earlier becomes free" in text_of(client.get("/my/"))

    answer = join(
        client, f"/my/visit/{booking.reference}/earlier/", days=["0", "3"], hours="morning", with_whom="this"
    )

    assert answer.status_code == 302
    entry = WaitlistEntry.objects.get()
    assert (entry.booking, entry.weekdays, entry.practitioner) == (booking, [0, 3], place.doctor)
    assert (entry.first_on, entry.last_on) == (NOW.date(), IN_A_WEEK.date() - timedelta(days=1))
    shown = text_of(client.get("/my/"))
    assert "You are on the list." in shown
    assert "Something earlier than Thu 12 Nov, 11:00 am Mon, Thu · before 12 · only Dr Rao" in shown


def test_what_was_said_before_stands_in_the_form_again(client, booking):
    url = f"/my/visit/{booking.reference}/earlier/"
    join(client, url, days=["3"], hours="evening", with_whom="any", at_short_notice="")

    form = client.get(url).context["form"]
    assert form.initial["days"] == [3]
    assert (form.initial["hours"], form.initial["at_short_notice"]) == ("evening", False)
    assert WaitlistEntry.objects.get().at_short_notice is False


@pytest.mark.parametrize("fields", [{"hours": "midnight"}, {"days": ["9"]}, {"with_whom": "him"}])
def test_what_cannot_be_is_said_and_nothing_is_written(client, booking, fields):
    answer = join(client, f"/my/visit/{booking.reference}/earlier/", **{"with_whom": "any", **fields})

    assert answer.status_code == 422
    assert not WaitlistEntry.objects.exists()


def test_joins_for_a_consultation_where_nothing_suits(client, place):
    patient = builders.a_patient()
    client.force_login(patient.account)
    assert "/book/wait/?at=" in client.get("/book/").content.decode()

    join(client, f"/book/wait/?at={place.location.slug}")

    entry = WaitlistEntry.objects.get()
    assert (entry.patient, entry.visit_type, entry.booking) == (patient, place.consultation, None)
    assert "A consultation any day, any time" in text_of(client.get("/my/"))


def test_joins_for_a_session_without_a_time(client, place):
    course = builders.a_course(location=place.location, visit_type=place.session, practitioner=place.doctor)
    client.force_login(course.patient.account)
    first = course.sessions.get(number=1)

    join(client, f"/my/session/{first.pk}/wait/", with_whom="any")

    assert WaitlistEntry.objects.get().session == first
    assert "A time for session 1" in text_of(client.get("/my/"))


def test_a_free_time_is_taken_with_one_tap(client, place, booking):
    gave_up(place)
    builders.a_wait(booking=booking)
    fill(now=NOW)
    page = client.get("/my/")
    assert "A time is free instead of Thu 12 Nov, 11:00 am → Tue 3 Nov, 9:30 am" in text_of(page)
    url = f"/my/free/{Offer.objects.get().pk}/"

    client.post(url, {"answer": "yes"})
    again = client.post(url, {"answer": "yes"})

    assert again.status_code == 302
    assert Booking.objects.get(pk=booking.pk).starts == SOONER
    assert "It is yours: Tue 3 Nov, 9:30 am." in text_of(client.get("/my/"))
    assert "It is yours" in text_of(client.get(url))


def test_whoever_is_too_late_is_told_calmly_and_stays_on_the_list(client, place, booking):
    gave_up(place)
    builders.a_wait(booking=booking)
    fill(now=NOW)
    visit(place, SOONER, name="Quick Naik")
    url = f"/my/free/{Offer.objects.get().pk}/"

    answer = client.post(url, {"answer": "yes"})

    assert answer.status_code == 409
    shown = text_of(answer)
    assert "Somebody was quicker" in shown
    assert "You stay on the list" in shown
    assert "Your visit stands as booked: Thu 12 Nov, 11:00 am." in shown
    assert WaitlistEntry.objects.get().ended_at is None


def test_no_thanks_is_enough_and_said_once_more_on_the_page(client, place, booking):
    gave_up(place)
    builders.a_wait(booking=booking)
    fill(now=NOW)
    url = f"/my/free/{Offer.objects.get().pk}/"

    client.post(url, {"answer": "no"})

    assert Offer.objects.get().outcome == "declined"
    assert "You said no to this time" in text_of(client.get(url))
    assert "A time is free" not in text_of(client.get("/my/"))


def test_an_answer_that_is_none_changes_nothing(client, place, booking):
    gave_up(place)
    builders.a_wait(booking=booking)
    fill(now=NOW)

    answer = client.post(f"/my/free/{Offer.objects.get().pk}/", {"answer": "perhaps"})

    assert answer.status_code == 400
    assert Offer.objects.get().outcome == ""


def test_what_is_kept_for_a_visit_is_a_question_in_its_own_words(client, place):
    booking = visit(place, local("2026-11-20T11:00"))
    client.force_login(booking.patient.account)
    gave_up(place, IN_A_WEEK)
    builders.a_wait(booking=booking)
    fill(now=NOW)

    shown = text_of(client.get("/my/"))

    assert "You asked us to tell you. An earlier time is kept for you:" in shown
    assert "It would help us" not in shown


def test_an_offer_that_ran_out_says_so(client, place, booking, at_now):
    gave_up(place)
    builders.a_wait(booking=booking)
    fill(now=NOW)
    set_clock(at_now, SOONER - timedelta(minutes=30))

    shown = text_of(client.get(f"/my/free/{Offer.objects.get().pk}/"))

    assert "This offer has ended" in shown


def test_stops_waiting(client, place, booking):
    entry = builders.a_wait(booking=booking)

    client.post(f"/my/wait/{entry.pk}/leave/")

    assert WaitlistEntry.objects.get().ended_why == "withdrawn"
    assert "You wait for a time" not in text_of(client.get("/my/"))


def test_nothing_of_others_is_found(client, place, booking):
    entry = builders.a_wait(booking=visit(place, local("2026-11-13T11:00"), name="Other Rao"))
    offer = builders.an_offer(freed=gave_up(place), entry=entry)

    assert client.post(f"/my/wait/{entry.pk}/leave/").status_code == 404
    assert client.get(f"/my/free/{offer.pk}/").status_code == 404
    assert client.get(f"/my/visit/{entry.booking.reference}/earlier/").status_code == 404


def test_the_page_costs_the_same_for_one_and_three_waits(client, place):
    patient = builders.a_patient()
    client.force_login(patient.account)

    def counted():
        with CaptureQueriesContext(connection) as caught:
            client.get("/my/")
        return len(caught)

    builders.a_wait(patient=patient, visit_type=place.consultation, location=place.location, key=uuid4())
    one = counted()
    for _ in range(2):
        builders.a_wait(patient=patient, visit_type=builders.consultation_type(), location=place.location)

    assert counted() == one
