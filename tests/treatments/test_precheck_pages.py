"""The nurse's page at the chair: a question a row, one tap each, and in plain words what came of it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic import clock
from consultations.services.intakes import save_answers
from consultations.services.rounds import start_session_round
from tests import builders
from tests.consultations.histories import man
from tests.treatments import chair
from tests.treatments.chair import NO
from treatments.models import PreCheck

pytestmark = pytest.mark.django_db

FINE = {"numbing": "none", "is_wanted": "yes", "do": "ask"}


@pytest.fixture
def session():
    return chair.a_session(now=clock.now() - timedelta(days=20))


@pytest.fixture
def nurse(client):
    user = builders.staff(role="nurse")
    client.force_login(user)
    return user


def address(session):
    return reverse("precheck", args=[session.pk])


def post(client, session, **fields):
    return client.post(address(session), NO | FINE | fields)


def text_of(response):
    return response.content.decode()


def test_nothing_new_takes_one_page(client, nurse, session):
    page = text_of(client.get(address(session)))
    assert page.count('<fieldset class="one-tap') == len(NO) + 2
    assert " checked" not in page  # every one is asked
    response = post(client, session)
    found = PreCheck.objects.get()
    assert response["Location"] == reverse("session_list")
    assert (found.session_id, found.is_clear, found.by) == (session.pk, True, nurse)
    assert "nothing new against this session" in text_of(client.get(address(session)))


@pytest.mark.parametrize("left_out", ["since_scalp", "numbing", "is_wanted"])
def test_a_question_left_out_is_asked_again_with_the_others_kept(client, nurse, session, left_out):
    response = post(client, session, **{left_out: "", "since_other": "typed before"})
    page = text_of(response)
    assert (response.status_code, PreCheck.objects.count()) == (422, 0)
    assert "typed before" in page
    assert page.count(" checked") == len(NO) + 1


@pytest.mark.parametrize("word", ["perhaps", "<b>", "no" * 5000])
def test_nonsense_is_no_answer(client, nurse, session, word):
    response = post(client, session, since_scalp=word)
    assert (response.status_code, PreCheck.objects.count()) == (422, 0)


def test_what_was_answered_by_link_stands_beside_it_with_its_age(client, nurse, session):
    patient, now = session.course.patient, clock.now()
    for age, words in ((80, "begun, not sent"), (2, "begun, not sent")):
        at = now - timedelta(hours=age)
        link = start_session_round(patient=patient, by=patient.account, now=at)
        raw = NO | {"since_scalp": "yes"}
        save_answers(intake=link, page="rescreen", raw=raw, by=patient.account, now=at)
        assert words in text_of(client.get(address(session)))
    link.submitted_at = at
    link.save(update_fields=["submitted_at"])
    page = text_of(client.get(address(session)))
    assert "less than 72 hours ago" in page
    assert "<dt>Scalp</dt><dd><strong>Yes</strong></dd>" in page
    assert " checked" not in page


def test_a_yes_leads_to_the_precise_questions_and_to_what_the_rules_say(client, nurse, session):
    assert post(client, session, since_illness="yes")["Location"] == address(session)
    page = text_of(client.get(address(session)))
    assert "Leave the rest to the doctor" in page
    number = client.get(address(session)).context["place"].number
    day = clock.now().date() - timedelta(days=3)
    raw = {
        key: value for key, value in man().items() if key in ("scalp_signs", "cold_sores", "systemic_signs")
    }
    raw |= {"recent_illness": "yes", "recent_vaccine": "no", "do": "more", "page": number}
    raw |= _day("recent_illness_date", day) | _day("recent_illness_on", day)
    for _ in range(3):
        response = client.post(address(session), raw)
    assert response.status_code == 302, text_of(response)
    assert "Everything is asked" in text_of(client.get(address(session)))
    post(client, session, do="conclude")
    page = text_of(client.get(address(session)))
    assert PreCheck.objects.get().is_clear is False
    assert "the doctor looks first" in page
    assert "What the rules say of these answers" in page


def _day(key, day: date):
    return {f"{key}_day": day.day, f"{key}_month": day.month, f"{key}_year": day.year}


def test_the_rest_is_left_to_the_doctor_by_one_button(client, nurse, session):
    post(client, session, since_medicine="not_sure")
    assert "Enough for a doctor?" in text_of(client.get(address(session)))
    response = client.post(address(session), {"do": "doctor"})
    assert response["Location"] == reverse("session_list")
    assert PreCheck.objects.get().is_clear is False
    assert "Left to the doctor" in text_of(client.get(address(session)))


@pytest.mark.parametrize(("key", "is_filled_in"), [("since_illness", False), ("since_medicine", True)])
def test_lists_stand_there_to_be_added_to_and_how_somebody_is_now_does_not(
    client, nurse, session, key, is_filled_in
):
    post(client, session, **{key: "yes"})
    assert (" checked" in text_of(client.get(address(session)))) is is_filled_in


def test_no_to_all_answers_a_page_that_was_opened(client, nurse, session):
    post(client, session, since_illness="yes")
    place = client.get(address(session)).context["place"]
    assert place.nothing
    response = client.post(address(session), {"do": "more", "page": place.number, "nothing": "1"})
    assert response["Location"] == address(session)
    assert "Everything is asked" in text_of(client.get(address(session)))


@pytest.mark.parametrize("do", ["more", "conclude", "doctor"])
@pytest.mark.parametrize("page", ["", "0", "99", "x", "9" * 50])
def test_what_nobody_began_cannot_be_gone_on_with(client, nurse, session, do, page):
    response = client.post(address(session), FINE | {"do": do, "page": page})
    assert (response.status_code, response["Location"]) == (302, address(session))
    assert PreCheck.objects.count() == 0


def test_the_questions_before_the_course_that_are_open_are_listed(client, nurse):
    answers = {key: value for key, value in man().items() if key not in ("weight_kg", "blood_donor")}
    session = chair.a_session(answers=answers, now=clock.now() - timedelta(days=20))
    page = text_of(client.get(address(session)))
    assert "2 questions before the course are open" in page


def test_asked_again_after_something_was_answered(client, nurse, session):
    post(client, session)
    assert "Asked today at" in text_of(client.get(address(session)))
    assert "Ask in private" in text_of(client.get(address(session) + "?again"))
    builders.an_intake(patient=session.course.patient, purpose="update", now=clock.now())
    assert "Ask in private" in text_of(client.get(address(session)))


@pytest.mark.parametrize("role", ["front_desk", "manager"])
def test_the_desk_never_sees_it(client, session, role):
    client.force_login(builders.staff(role=role))
    assert client.get(address(session)).status_code in (403, 404)
    assert post(client, session).status_code in (403, 404)
    assert PreCheck.objects.count() == 0


def test_without_consent_nothing_is_kept_and_it_is_said(client, nurse, session):
    session.course.patient.consents.filter(purpose="health_data").update(withdrawn_at=clock.now())
    response = client.post(address(session), NO | FINE, follow=True)
    assert "before we keep any health answer" in text_of(response)
    assert PreCheck.objects.count() == 0
