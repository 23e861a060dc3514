"""What a patient finds under My visits before a session and before a course, and where it leads."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings.rules.reminder_ladder import LADDER
from clinic.rules.message_texts import KINDS
from consultations.models import Intake
from consultations.models.intakes import Purpose
from consultations.rules.rounds import VALID_FOR
from tests import builders
from tests.bookings.patient_clinic import at_now, place, set_clock, text_of
from tests.builders import NOW
from tests.consultations.histories import asked_first, man
from tests.treatments import chair
from tests.treatments.chair import NO

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
HERE = "/my/before-visit/"
RIGHT = {"right": "on"}


@pytest.fixture
def patient(client):
    patient = builders.a_patient(sex_at_birth="male")
    client.force_login(patient.account)
    return patient


def course_of(patient, place, *, answers=None, starts=NOW + 60 * HOUR):
    session = chair.a_session(
        answers=answers, patient=patient, location=place.location, practitioner=place.doctor,
        visit_type=place.session,
    )  # fmt: skip
    builders.a_booking(session=session, starts=starts)
    return session.course


def answer(client, page, **changes):
    """The page with the short questions, as a phone sends it."""
    return client.post(page, NO | changes)


# Before a session


def test_the_reminder_and_the_round_keep_the_same_hours():
    [rung] = [rung for rung in LADDER if rung.kind == "reminder_72"]
    assert rung.before == VALID_FOR
    for word in ("question", "health", "answer", "session", "treat"):
        assert word not in KINDS["reminder_72"].text.lower()


@pytest.mark.parametrize(
    ("ahead", "is_asked"),
    [(84 * HOUR, True), (84 * HOUR + timedelta(minutes=5), False), (1 * HOUR, True)],
)
def test_the_round_is_offered_when_a_session_is_near(client, place, patient, ahead, is_asked):
    course_of(patient, place, starts=NOW + ahead)
    said = text_of(client.get("/my/"))
    assert ("Before your next visit: what is new?" in said) is is_asked


def test_no_round_is_offered_before_a_consultation(client, place, patient):
    course_of(patient, place, starts=NOW + 200 * HOUR)
    builders.a_booking(patient=patient, starts=NOW + 24 * HOUR, location=place.location)
    assert "what is new?" not in text_of(client.get("/my/"))


def test_nothing_to_report_is_start_one_tap_send(client, place, patient):
    course_of(patient, place)
    page = client.post(HERE)["Location"]
    assert Intake.objects.get(purpose=Purpose.PRE_SESSION).answered_by == patient.account
    check = client.post(page, {"nothing": "1"})["Location"]
    sent = client.post(check, RIGHT)
    intake = Intake.objects.get(purpose=Purpose.PRE_SESSION)
    assert sent["Location"] == reverse("intake_sent", args=[intake.pk])
    assert intake.submitted_at is not None
    said = text_of(client.get("/my/"))
    assert "Your answers before the visit are here since Mon 2 Nov" in said
    assert "Answer them now" not in said


def test_what_was_begun_is_gone_on_with(client, place, patient):
    course_of(patient, place)
    first = client.post(HERE)["Location"]
    assert "You have begun" in text_of(client.get("/my/"))
    assert client.post(HERE)["Location"] == first


def test_answers_that_count_no_more_are_asked_again(client, place, patient, at_now):
    course_of(patient, place, starts=NOW + 84 * HOUR)
    builders.an_intake(patient=patient, purpose="pre_session", answers=NO, now=NOW)
    assert "Your answers before the visit are here" in text_of(client.get("/my/"))
    set_clock(at_now, NOW + 73 * HOUR)
    assert "Before your next visit: what is new?" in text_of(client.get("/my/"))


def test_trouble_after_the_last_session_leads_to_somethings_wrong(client, place, patient):
    course_of(patient, place)
    check = answer(client, client.post(HERE)["Location"], since_reaction="yes")["Location"]
    said = client.post(check, RIGHT, follow=True)
    assert f'href="{reverse("something_wrong")}"' in said.content.decode()
    assert "You had trouble after the last session" in text_of(said)


def test_without_trouble_nothing_is_said_of_it(client, place, patient):
    course_of(patient, place)
    check = answer(client, client.post(HERE)["Location"])["Location"]
    assert "You had trouble" not in text_of(client.post(check, RIGHT, follow=True))


def test_behind_a_shared_phone_the_pin_comes_first(client, place):
    patient = builders.a_patient(sex_at_birth="male", phone_shared=True)
    client.force_login(patient.account)
    course_of(patient, place, answers=asked_first(man()))
    said = text_of(client.get("/my/"))
    assert "Before your next visit: what is new?" in said
    assert "More questions for your course" in said  # how many hangs on answers
    for address in (HERE, "/my/before-course/"):
        for response in (client.get(address, follow=True), client.post(address, follow=True)):
            assert "Start" not in text_of(response)
    assert Intake.objects.filter(submitted_at=None).count() == 0


def test_without_consent_the_agreement_comes_first(client, place, patient):
    course_of(patient, place)
    patient.consents.filter(purpose="health_data").update(withdrawn_at=NOW)
    assert client.post(HERE)["Location"] == reverse("intake")


def test_the_page_before_says_how_many_questions_there_are(client, place, patient):
    course_of(patient, place)
    assert "5 short questions" in text_of(client.get(HERE))


# Before a course


def test_a_course_asks_what_the_first_form_left_out(client, place, patient):
    course_of(patient, place, answers=asked_first(man()))
    said = text_of(client.get("/my/"))
    assert "more questions before your first session" in said
    page = client.post("/my/before-course/")["Location"]
    intake = Intake.objects.get(purpose=Purpose.COURSE)
    assert page.startswith(f"/intake/{intake.pk}/")
    assert "You have begun" in text_of(client.get("/my/"))


def test_nothing_is_asked_once_all_is_answered(client, place, patient):
    course = course_of(patient, place)
    assert "more questions" not in text_of(client.get("/my/")).lower()
    assert client.get("/my/before-course/")["Location"] == "/my/"
    assert "More questions" not in text_of(client.get(reverse("course_plan", args=[course.pk])))


def test_the_page_of_the_course_says_so_too(client, place, patient):
    course = course_of(patient, place, answers=asked_first(man()))
    page = text_of(client.get(reverse("course_plan", args=[course.pk])))
    assert "more questions before your first session" in page


@pytest.mark.parametrize("days", [1, 3])
def test_my_visits_with_rounds_cost_the_same_for_one_and_three(
    client, place, patient, days, django_assert_num_queries
):
    course = course_of(patient, place, answers=asked_first(man()))
    for number in range(2, days + 1):
        session = course.sessions.get(number=number)
        builders.a_booking(session=session, starts=NOW + 60 * HOUR + number * timedelta(days=14))
    client.get("/my/")
    with django_assert_num_queries(32):
        client.get("/my/")
