"""The words before the injections: read, agreed to and taken back by the patient alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import Patient
from consultations.models import Consent
from consultations.rules import consent_texts
from consultations.services.agreements import agree, words_hash
from tests import builders

pytestmark = pytest.mark.django_db
PAGE = reverse("procedure_agreement")
VISITS = reverse("my_visits")


@pytest.fixture
def patient(client):
    """Somebody whose doctor has decided."""
    now = clock.now() - timedelta(days=1)
    patient = builders.a_patient()
    screening = builders.a_screening(intake=builders.an_intake(patient=patient, now=now), now=now)
    builders.a_decision(screening=screening, now=now)
    client.force_login(patient.account)
    return patient


def standing(patient):
    return Consent.objects.filter(patient=patient, purpose="procedure", withdrawn_at=None)


def say_yes(client, words=None):
    return client.post(PAGE, {"wish": "agree", "words": words or words_hash("procedure")}, follow=True)


def shown(client):
    return client.get(PAGE).content.decode()


def test_every_word_is_shown_before_the_button(client, patient):
    page = shown(client)
    words = consent_texts.consent_content("procedure")

    places = [page.index(part) for part in (*words["paragraphs"], words["sentence"], "I agree</button>")]
    assert places == sorted(places)


def test_agreeing_keeps_who_agreed_to_which_words(client, patient):
    page = say_yes(client).content.decode()

    consent = standing(patient).get()
    assert (consent.given_by, consent.language) == (patient.account, "en")
    assert consent.release.content == consent_texts.consent_content("procedure")
    assert "You agreed on" in page
    assert "To the words below, version 1." in page
    assert "I agree</button>" not in page


def test_words_that_changed_meanwhile_are_shown_again(client, patient):
    answer = say_yes(client, words_hash("health_data"))

    assert (answer.status_code, standing(patient).count()) == (409, 0)
    assert "These words have changed since you opened the page." in answer.content.decode()


def test_taking_back_is_one_button_on_the_same_page(client, patient):
    say_yes(client)

    page = client.post(PAGE, {"wish": "withdraw"}, follow=True).content.decode()

    assert standing(patient).count() == 0
    assert "Taken back." in page
    assert "I agree</button>" in page


def test_taking_back_twice_is_once(client, patient):
    say_yes(client)
    client.post(PAGE, {"wish": "withdraw"})

    assert client.post(PAGE, {"wish": "withdraw"}).status_code == 302


def test_nobody_agrees_before_a_doctor_explained(client):
    patient = builders.a_patient()
    client.force_login(patient.account)

    answer = say_yes(client)

    assert (answer.status_code, standing(patient).count()) == (409, 0)
    assert "I agree</button>" not in shown(client)


def test_new_words_are_shown_with_the_old_ones_and_can_be_agreed_to(client, patient, monkeypatch):
    say_yes(client)
    new = {**consent_texts.CONSENT_TEXTS["procedure"], "sentence": "I have read the new words."}
    monkeypatch.setitem(consent_texts.CONSENT_TEXTS, "procedure", new)

    page = shown(client)
    assert "To earlier words, version 1" in page
    assert page.index("I have read the new words.") < page.index("The earlier words you agreed to")
    assert "I want the injections." in page

    say_yes(client)
    assert standing(patient).get().release.version == 2


def test_in_front_of_whom_is_said_when_staff_noted_it(client, patient):
    nurse = builders.staff(role="nurse", name="Nurse Example")
    now, shown_words = clock.now(), words_hash("procedure")
    agree(patient=patient, purpose="procedure", shown=shown_words, language="en", by=nurse, now=now)

    assert ", in front of Nurse Example." in shown(client)


def test_behind_a_shared_phone_the_pin_comes_first(client, patient):
    Patient.objects.update(phone_shared=True, pin="example")

    answer = client.get(PAGE)

    assert answer["Location"].startswith(reverse("account_pin", args=[patient.pk]))


def test_the_course_page_asks_until_it_is_agreed(client, patient):
    builders.a_course(decision=patient.decisions.get())
    standing(patient).delete()

    assert "Please read and agree" in client.get(VISITS).content.decode()
    say_yes(client)
    assert "What you agreed to" in client.get(VISITS).content.decode()
    client.post(PAGE, {"wish": "withdraw"})
    assert "You took your agreement back" in client.get(VISITS).content.decode()


def test_the_course_page_of_a_shared_phone_names_no_treatment(client, patient):
    builders.a_course(decision=patient.decisions.get())
    standing(patient).delete()
    Patient.objects.update(phone_shared=True, pin="example")

    page = client.get(VISITS).content.decode()
    assert "Please read and agree" in page
    assert "inject" not in page.replace(PAGE, "")
