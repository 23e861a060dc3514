"""The words before the injections: on the patient's own page, and on the clinic's tablet."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import Patient
from consultations.models import Consent
from consultations.rules import consent_texts
from consultations.services.agreements import BY_LOG_IN, words_hash
from tests import builders
from treatments.models import Course, CourseSession, Product
from treatments.services.agreeing import Shown, agree_to_course, consent_subject

pytestmark = pytest.mark.django_db
VISITS = reverse("my_visits")
OFF_LABEL = consent_texts.PROCEDURE_OFF_LABEL
DRAWN = "M10 10L20 20L30 10L40 20L50 10L60 20L70 10L80 20"


@pytest.fixture
def course(client):
    """Prescribed, and not agreed to; its patient is logged in."""
    decision = builders.a_decision(now=clock.now() - timedelta(days=1))
    course = builders.a_course(decision=decision, now=clock.now() - timedelta(days=1))
    Consent.objects.filter(purpose="procedure").delete()
    client.force_login(course.patient.account)
    return course


def page_of(course):
    return reverse("procedure_agreement", args=[course.pk])


def standing(course):
    return Consent.objects.filter(patient=course.patient, purpose="procedure", withdrawn_at=None)


def fields_of(answer):
    return dict(answer.context["shown"])


def say_yes(client, course, **fields):
    shown = fields_of(client.get(page_of(course)))
    return client.post(page_of(course), {"wish": "agree"} | shown | fields, follow=True)


def shown(client, course):
    return client.get(page_of(course)).content.decode()


def as_html(words):
    return words.replace("'", "&#x27;")


# The patient's own page


def test_every_word_is_shown_before_the_button(client, course):
    page = shown(client, course)
    words = consent_texts.consent_content(OFF_LABEL)
    lines = [line for paragraph in words["paragraphs"] for line in paragraph.split("\n")]

    places = [
        page.index(as_html(part)) for part in ("minoxidil", *lines, words["sentence"], "I agree</button>")
    ]
    assert places == sorted(places)


def test_one_click_agrees_and_keeps_who_to_which_words_about_what_from_where(client, course):
    page = say_yes(client, course).content.decode()

    consent = standing(course).get()
    subject = consent_subject(course)
    assert (consent.given_by, consent.language, consent.signed) == (course.patient.account, "en", "ticked")
    assert (consent.about, consent.about_key) == (subject.about, subject.key)
    assert (consent.address, consent.place) == ("127.0.0.1", None)
    assert consent.release.content == consent_texts.consent_content(OFF_LABEL)
    assert "Agreed on" in page
    assert "To the words below, version 1." in page
    assert "I agree</button>" not in page


@pytest.mark.parametrize(
    ("fields", "signed", "signature"),
    [
        ({"typed_name": "Asha Rao"}, "typed", "Asha Rao"),
        ({"drawn": DRAWN}, "drawn", DRAWN),
        ({"drawn": DRAWN, "typed_name": "Asha Rao"}, "drawn", DRAWN),
        ({"typed_name": "ರಾಜ್\u200cಕುಮಾರ್"}, "typed", "ರಾಜ್\u200cಕುಮಾರ್"),
        ({"typed_name": "Asha\u202e"}, "typed", "Asha"),
    ],
)
def test_a_name_or_a_drawing_is_kept_when_there_is_one(client, course, fields, signed, signature):
    say_yes(client, course, **fields)

    consent = standing(course).get()
    assert (consent.signed, consent.signature) == (signed, signature)


@pytest.mark.parametrize(
    "fields",
    [
        {"drawn": "M1 1L2 2"},
        {"drawn": DRAWN + '"/><script>'},
        {"drawn": "M1 1" + "L1 1" * 6_000},
        {"typed_name": "1234"},
        {"typed_name": "a" * 500},
        {"drawn": DRAWN, "typed_name": "123"},
    ],
)
def test_what_is_no_signature_is_said_and_what_was_typed_stays(client, course, fields):
    answer = say_yes(client, course, **{"typed_name": "Asha Rao"} | fields)

    assert (answer.status_code, standing(course).count()) == (422, 0)
    page = answer.content.decode()
    assert "error-summary" in page
    if "typed_name" not in fields:
        assert 'value="Asha Rao"' in page


def test_words_that_changed_meanwhile_are_shown_and_what_was_typed_stays(client, course, monkeypatch):
    before = fields_of(client.get(page_of(course)))
    new = consent_texts.CONSENT_TEXTS[OFF_LABEL] | {"sentence": "I have read the new words."}
    monkeypatch.setitem(consent_texts.CONSENT_TEXTS, OFF_LABEL, new)
    answer = client.post(page_of(course), before | {"typed_name": "Asha Rao", "drawn": DRAWN})

    page = answer.content.decode()
    assert (answer.status_code, standing(course).count()) == (409, 0)
    assert "These words have changed since you opened the page." in page
    assert "I have read the new words." in page
    assert 'value="Asha Rao"' in page
    assert f'value="{DRAWN}"' in page
    again = fields_of(answer)
    assert again["words"] == words_hash(OFF_LABEL) != before["words"]
    assert f'name="words" value="{again["words"]}"' in page
    client.post(page_of(course), again)
    assert standing(course).count() == 1


def test_another_vial_meanwhile_is_shown_again(client, course):
    before = fields_of(client.get(page_of(course)))
    Product.objects.update(ingredients=["dutasteride"])

    answer = client.post(page_of(course), before)

    assert (answer.status_code, standing(course).count()) == (409, 0)
    assert "dutasteride" in answer.content.decode()


@pytest.mark.parametrize("missing", ["words", "language", "about"])
def test_a_form_without_what_was_shown_agrees_to_nothing(client, course, missing):
    fields = fields_of(client.get(page_of(course)))
    del fields[missing]

    assert client.post(page_of(course), fields).status_code == 409
    assert standing(course).count() == 0


def test_a_language_that_was_not_on_the_page_is_refused(client, course):
    assert say_yes(client, course, language="hi").status_code == 409
    assert standing(course).count() == 0


def test_agreeing_in_two_windows_is_once(client, course):
    fields = fields_of(client.get(page_of(course)))
    for _ in range(2):
        assert client.post(page_of(course), fields).status_code == 302
    assert Consent.objects.filter(purpose="procedure").count() == 1


def test_taking_back_is_one_button_on_the_same_page(client, course):
    say_yes(client, course)

    page = client.post(page_of(course), {"wish": "withdraw"}, follow=True).content.decode()

    assert standing(course).count() == 0
    assert "Taken back." in page
    assert "I agree</button>" in page
    assert client.post(page_of(course), {"wish": "withdraw"}).status_code == 302


def test_new_words_can_be_agreed_to_and_the_old_ones_read(client, course, monkeypatch):
    say_yes(client, course)
    old = standing(course).get()
    new = {**consent_texts.CONSENT_TEXTS[OFF_LABEL], "sentence": "I have read the new words."}
    monkeypatch.setitem(consent_texts.CONSENT_TEXTS, OFF_LABEL, new)

    page = shown(client, course)
    assert "To earlier words, version 1." in page
    assert "I have read the new words." in page
    assert reverse("agreement", args=[old.pk]) in page

    say_yes(client, course)
    assert standing(course).get().release.version == 2


def test_of_two_courses_each_is_agreed_to_by_itself(client, course):
    product = builders.a_product(ingredients=("dutasteride",))
    other = builders.a_course(decision=course.patient.decisions.get(), product=product)
    Consent.objects.filter(purpose="procedure").delete()
    say_yes(client, course)

    assert "I agree</button>" in shown(client, other)
    assert "dutasteride" in shown(client, other)
    assert "I agree</button>" not in shown(client, course)


def test_a_course_that_ended_asks_nobody(client, course):
    Course.objects.update(ended_on=clock.now().date(), ended_why="other")

    assert "I agree</button>" not in shown(client, course)


def test_in_front_of_whom_is_said_when_staff_took_it(client, course):
    nurse = builders.staff(role="nurse", name="Nurse Example")
    subject = consent_subject(course)
    words = Shown(words=words_hash(subject.document), language="en", about_key=subject.key)
    agree_to_course(course=course, shown=words, by=nurse, now=clock.now(), signing=BY_LOG_IN)

    assert ", in front of Nurse Example." in shown(client, course)


def test_behind_a_shared_phone_the_pin_comes_first(client, course):
    Patient.objects.update(phone_shared=True, pin="example")

    assert client.get(page_of(course))["Location"].startswith(
        reverse("account_pin", args=[course.patient_id])
    )


def test_the_course_page_asks_until_it_is_agreed(client, course):
    assert "Please read and agree" in client.get(VISITS).content.decode()
    say_yes(client, course)
    assert "What you agreed to" in client.get(VISITS).content.decode()
    client.post(page_of(course), {"wish": "withdraw"})
    assert "You took your agreement back" in client.get(VISITS).content.decode()


def test_the_course_page_of_a_shared_phone_names_no_treatment(client, course):
    Patient.objects.update(phone_shared=True, pin="example")

    page = client.get(VISITS).content.decode()
    assert "Please read and agree" in page
    assert "inject" not in page


# On the clinic's tablet


@pytest.fixture
def nurse(client, course):
    user = builders.staff(role="nurse", name="Nurse Example")
    client.force_login(user)
    return user


@pytest.fixture
def session(course):
    return CourseSession.objects.get(course=course, number=1)


def tablet(session):
    return reverse("procedure_consent", args=[session.pk])


def signs(client, session, **fields):
    shown = fields_of(client.get(tablet(session)))
    return client.post(tablet(session), shown | fields)


@pytest.mark.parametrize(
    ("fields", "signed", "signature", "witness"),
    [
        ({"how": "drawn", "drawn": DRAWN}, "drawn", DRAWN, ""),
        ({"how": "typed", "typed_name": "Asha Rao"}, "typed", "Asha Rao", ""),
        ({"how": "thumb", "witness": "Ravi Naik"}, "thumb", "", "Ravi Naik"),
        ({"how": "thumb", "witness": "Ravi", "typed_name": "Asha"}, "thumb", "", "Ravi"),
        ({"how": "typed", "typed_name": "Asha", "witness": "Ravi", "drawn": DRAWN}, "typed", "Asha", ""),
    ],
)
def test_it_is_signed_in_front_of_somebody_at_a_place(
    client, nurse, session, fields, signed, signature, witness
):
    answer = signs(client, session, **fields)

    assert answer["Location"] == tablet(session)
    consent = standing(session.course).get()
    assert (consent.signed, consent.signature, consent.witness) == (signed, signature, witness)
    assert (consent.given_by, consent.place, consent.address) == (nurse, session.course.location, None)
    assert not consent.is_read_over
    page = client.get(tablet(session)).content.decode()
    assert "Please hand the tablet back" in page
    assert "I agree</button>" not in page


def test_that_it_was_read_out_is_kept(client, nurse, session):
    signs(client, session, how="thumb", witness="Ravi Naik", is_read_over="on")

    assert standing(session.course).get().is_read_over


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose how you sign."),
        ({"how": "ticked"}, "Select a valid choice."),
        ({"how": "drawn"}, "Sign in the box"),
        ({"how": "drawn", "drawn": "M1 1L2 2"}, "Please sign once more"),
        ({"how": "typed"}, "Type your name."),
        ({"how": "thumb"}, "Enter who saw the thumb mark being made."),
        ({"how": "thumb", "witness": "nurse example"}, "somebody else than the nurse"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_agreed_to(client, nurse, session, fields, words):
    answer = signs(client, session, **fields)

    assert (answer.status_code, standing(session.course).count()) == (422, 0)
    assert words in answer.content.decode()


def test_other_words_than_those_shown_are_not_agreed_to(client, nurse, session):
    answer = signs(client, session, how="typed", typed_name="Asha Rao", words="0" * 64)

    assert (answer.status_code, standing(session.course).count()) == (409, 0)
    assert 'value="Asha Rao"' in answer.content.decode()


def test_the_page_that_is_handed_over_leads_to_no_list_of_people(client, nurse, session):
    page = client.get(tablet(session)).content.decode()

    assert reverse("patient_list") not in page
    assert reverse("desk_day") not in page


def test_nobody_at_the_desk_takes_it(client, course, session):
    client.force_login(builders.staff(role="front_desk"))

    assert client.get(tablet(session)).status_code == 404
    assert client.post(tablet(session), {"how": "typed", "typed_name": "Asha"}).status_code == 404


# On the page of the course


def course_page(client, course):
    return client.get(reverse("course_record", args=[course.pk])).content.decode()


def test_the_doctors_page_says_whether_it_is_agreed_and_leads_to_the_tablet(client, nurse, course, session):
    assert "not agreed yet" in course_page(client, course)
    assert tablet(session) in course_page(client, course)

    signs(client, session, how="typed", typed_name="Asha Rao")
    page = course_page(client, course)
    assert ", in front of Nurse Example." in page
    assert reverse("agreement", args=[standing(course).get().pk]) in page
    assert tablet(session) not in page

    client.post(
        reverse("patient_agreements", args=[course.patient_id]), {"consent": standing(course).get().pk}
    )
    assert "taken back" in course_page(client, course)


def test_nobody_agrees_to_a_course_that_ended(client, nurse, course, session):
    Course.objects.update(ended_on=clock.now().date(), ended_why="other")

    assert tablet(session) not in course_page(client, course)
