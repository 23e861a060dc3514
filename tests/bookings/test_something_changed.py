"""Something changed: from the button on the page for trouble to the door, which keeps the time and asks."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import refusals
from bookings.models import Booking, Status
from clinic import clock
from consultations.models import Intake
from consultations.rules.questionnaire import QUESTIONS
from consultations.services.intakes import save_answers, submit
from tests import builders
from tests.bookings.door_clinic import move, place
from tests.consultations.histories import woman
from tests.consultations.test_calls import told

__all__ = ["place"]
pytestmark = pytest.mark.django_db
PAGE = reverse("something_wrong")


@pytest.fixture
def booking(place):
    """A course that was decided on, with its first session in a week."""
    location, _, visit_type, doctor = place
    now = clock.now()
    patient = builders.a_patient()
    builders.a_consent(patient=patient)
    screening = told(patient, woman(), now=now - timedelta(days=2))
    decision = builders.a_decision(screening=screening, signed_by=doctor, now=now - timedelta(days=1))
    course = builders.a_course(
        decision=decision, location=location, practitioner=doctor, visit_type=visit_type, now=now
    )
    starts = (now + timedelta(days=7)).replace(hour=5, minute=0, second=0, microsecond=0)
    return builders.a_booking(session=course.sessions.get(number=1), starts=starts, now=now)


def test_a_pregnancy_told_by_the_button_puts_the_session_in_question(client, booking):
    patient = booking.patient
    client.force_login(patient.account)

    page = client.get(PAGE).content.decode()
    assert f'action="{reverse("intake_update")}"' in page
    answer = client.post(reverse("intake_update"))
    assert answer["Location"].startswith("/intake/")

    intake = Intake.objects.get(patient=patient, purpose="update")
    told_now, now = {"pregnant": "yes"}, clock.now()
    page = QUESTIONS["pregnant"].page
    save_answers(intake=intake, page=page, raw=told_now, by=patient.account, now=now)
    assert submit(intake=intake, by=patient.account, now=now).outcome in ("ABS", "DEFER")

    with pytest.raises(refusals.NeedsReview):
        move(booking, booking.starts + timedelta(hours=1), now=now)
    kept = Booking.objects.get(pk=booking.pk)
    assert (kept.status, kept.starts) == (Status.BOOKED, booking.starts)  # only a person releases a time


def test_before_that_the_door_moves_it(booking):
    assert move(booking, booking.starts + timedelta(hours=1), now=clock.now()).pk


def test_who_is_not_logged_in_is_led_to_the_log_in(client):
    page = client.get(PAGE).content.decode()

    assert f'href="{reverse("account_login")}?next={reverse("my_visits")}"' in page
