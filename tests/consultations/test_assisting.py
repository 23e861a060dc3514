"""A form that somebody fills in for the patient: who helped, what they never see, and the reading over."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from clinic.models import AuditRow, ViewRow
from consultations import refusals
from consultations.models import Answer, Consent, Intake
from consultations.models.intakes import Help, Purpose
from consultations.rules.questionnaire import PAGES, QUESTIONS, questions_on
from consultations.services import assisting, intakes
from consultations.services.assisting import Helper
from consultations.services.publishing import rules_release
from consultations.services.windows import differences
from consultations.templatetags.assisting import helped_with
from tests import builders
from tests.bookings.patient_clinic import at_now, hidden, text_of
from tests.builders import NOW
from tests.consultations import histories
from tests.consultations.form_steps import NUMBER, as_typed, stored
from tests.consultations.histories import asked_first

__all__ = ["at_now"]
pytestmark = pytest.mark.django_db
PRIVATE = {key for key, question in QUESTIONS.items() if question.private}
ASKED_OF_ALL = {*(page.title for page in PAGES), *(one.text for one in QUESTIONS.values() if not one.private)}
ALONE = {  # answered before anybody helped; none of it may be seen through a helper
    "blood_borne": ["hiv"],
    "low_interest": "nearly_every_day",
    "low_mood": "nearly_every_day",
    "mental_health": ["eating"],
    "self_harm": "yes",
}
NURSE_HELPS = Helper(help=Help.STAFF, name="Priya Das", language="kn")
HER = {key: value for key, value in asked_first(histories.woman()).items() if key not in PRIVATE}


@pytest.fixture
def patient(at_now):
    return builders.a_patient(born_on=None, sex_at_birth="", name="Lakshmi Hegde")


@pytest.fixture
def agreed(patient):
    builders.a_consent(patient=patient)
    return patient


@pytest.fixture
def nurse(client, at_now):
    user = builders.staff(role="nurse", name="Priya Das")
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def helped(agreed, nurse):
    return assisting.begin_with_help(patient=agreed, helper=NURSE_HELPS, by=nurse.user, now=NOW)


def start_page(patient):
    return reverse("assist", args=[patient.pk])


def typed(**changes):
    return {"how": "staff", "helper_name": "Priya Das", "language": "kn"} | changes


def alone(patient, answers):
    """The patient begins without anybody, and answers these."""
    intake = intakes.start_intake(patient=patient, by=patient.account, now=NOW)
    for key, value in answers.items():
        Answer.objects.create(intake=intake, key=key, value=value, by=patient.account, at=NOW)
    return intake


def walk(client, intake, history) -> list:
    """Every page in turn, as the form leads: what each showed."""
    at, seen = f"/intake/{intake.pk}/1/", []
    while "/check/" not in at:
        page = client.get(at)
        seen.append(page)
        asked = {key: history[key] for key in page.context["form"].groups if key in history}
        answer = client.post(at.partition("#")[0], as_typed(asked))
        assert answer.status_code == 302, answer.context["form"].errors
        at = answer["Location"]
        assert len(seen) < 30
    return [*seen, client.get(at)]


# Beginning


def test_agreement_comes_first_and_is_signed_in_front_of_whoever_helps(nurse, patient):
    page = nurse.get(start_page(patient))
    assert (page.status_code, Intake.objects.count()) == (200, 0)
    assert "In front of Priya Das" in text_of(page)

    signed = {"how": "typed", "typed_name": "Lakshmi Hegde", "language": hidden(page, "language")}
    agreed = nurse.post(start_page(patient), signed | {"words": hidden(page, "words")})

    consent = Consent.objects.get()
    assert agreed["Location"] == start_page(patient)
    assert (consent.purpose, consent.given_by, consent.signature) == (
        "health_data", nurse.user, "Lakshmi Hegde",
    )  # fmt: skip


def test_nothing_begins_while_nobody_agreed(nurse, patient):
    assert nurse.post(start_page(patient), typed()).status_code == 422
    with pytest.raises(refusals.ConsentNeeded):
        assisting.begin_with_help(patient=patient, helper=NURSE_HELPS, by=nurse.user, now=NOW)
    assert Intake.objects.count() == 0


@pytest.mark.parametrize(
    ("how", "helps", "action"),
    [
        ("staff", Help.STAFF, "intake_helped"),
        ("relative", Help.RELATIVE, "intake_helped"),
        ("paper", Help.STAFF, "intake_from_paper"),
    ],
)
def test_who_helps_and_in_what_language_is_kept(nurse, agreed, how, helps, action):
    begun = nurse.post(start_page(agreed), typed(how=how))

    intake = Intake.objects.get()
    assert begun["Location"] == f"/intake/{intake.pk}/1/"
    assert (intake.help, intake.helper_name, intake.language) == (helps, "Priya Das", "kn")
    assert assisting.is_from_paper(intake) == (how == "paper")
    row = AuditRow.objects.get(action=action)
    assert (row.by, row.detail) == (nurse.user, {"help": str(helps), "language": "kn"})


@pytest.mark.parametrize("wrong", [{"how": ""}, {"helper_name": " "}, {"language": "xx"}, {"how": "x"}])
def test_what_is_missing_is_said_and_what_was_typed_stays(nurse, agreed, wrong):
    page = nurse.post(start_page(agreed), typed(**wrong))

    assert page.status_code == 422
    assert list(page.context["form"].errors) == list(wrong)
    assert Intake.objects.count() == 0


@pytest.mark.parametrize("role", ["front_desk", "manager"])
def test_desk_and_managers_type_no_answers(client, helped, role):
    client.force_login(builders.staff(role=role))

    for address in (start_page(helped.patient), f"/intake/{helped.pk}/1/", f"/intake/{helped.pk}/check/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"sex_at_birth": "male"}).status_code == 404
    assert stored(helped) == {}


def test_form_that_the_patient_fills_in_alone_is_no_clinicians_to_open(nurse, agreed):
    intake = alone(agreed, {})

    assert nurse.get(f"/intake/{intake.pk}/1/").status_code == 404


def test_reading_it_is_noted(nurse, helped):
    nurse.get(f"/intake/{helped.pk}/1/")

    assert ViewRow.objects.filter(by=nurse.user, patient=helped.patient, what="intake").count() == 1


def test_form_that_was_sent_is_followed_by_what_changed(nurse, agreed):
    builders.an_intake(patient=agreed, now=NOW)
    begun = nurse.post(start_page(agreed), typed())

    intake = Intake.objects.get(submitted_at=None)
    assert (intake.purpose, begun["Location"]) == (Purpose.UPDATE, f"/intake/{intake.pk}/check/")


# What a helper never sees


@pytest.mark.parametrize("who", ["nurse", "relative"])
def test_private_answers_given_alone_stand_on_no_page_of_a_helper(client, agreed, nurse, who):
    intake = alone(agreed, ALONE)
    other = intakes.start_intake(patient=agreed, by=agreed.account, now=NOW)
    by = nurse.user
    if who == "relative":
        by = agreed.account
        client.force_login(by)
    helper = Helper(help=Help(who if who == "relative" else "staff"), name="Ravi", language="en")
    assert assisting.begin_with_help(patient=agreed, helper=helper, by=by, now=NOW) == other == intake
    pages = walk(client, intake, HER)

    for page in pages:
        text = text_of(page)
        assert "HIV" not in text
        assert "14416" not in text  # the card that answers self_harm would tell it
        for key in PRIVATE:
            assert f'name="{key}' not in page.content.decode(), key
            if QUESTIONS[key].text not in ASKED_OF_ALL:
                assert QUESTIONS[key].text not in text, key
    assert {key: stored(intake).get(key) for key in ALONE} == ALONE


def test_two_windows_that_differ_on_it_are_settled_without_a_helper(nurse, agreed):
    intake = alone(agreed, ALONE)
    Answer.objects.create(
        intake=intake, key="low_mood", value="several_days", by=agreed.account, at=NOW, seen=0
    )
    assert [one.key for one in differences(intake)] == ["low_mood"]
    helped = assisting.begin_with_help(patient=agreed, helper=NURSE_HELPS, by=nurse.user, now=NOW)
    page = nurse.get(f"/intake/{helped.pk}/check/")
    assert page.context["differing"] == []
    row = Answer.objects.filter(key="low_mood").earliest("pk")
    nurse.post(f"/intake/{helped.pk}/choose/", {"choose": str(row.pk)})

    assert stored(helped)["low_mood"] == "several_days"


def test_page_that_asks_in_private_says_so_whatever_was_answered(nurse, helped):
    address = f"/intake/{helped.pk}/{NUMBER['feelings']}/"
    before = nurse.get(address).content
    for key, value in ALONE.items():
        Answer.objects.create(intake=helped, key=key, value=value, by=helped.patient.account, at=NOW)
    after = nurse.get(address).content

    assert "for the doctor alone, who asks them in private" in before.decode()
    assert without_tokens(before) == without_tokens(after)


def without_tokens(body: bytes) -> bytes:
    return re.sub(rb'value="([A-Za-z0-9]{64}|[0-9,]*)"', b"", body)


@pytest.mark.parametrize("part", ["", "save/"])
def test_private_answer_slipped_into_a_helpers_page_is_not_taken(nurse, helped, part):
    page = f"/intake/{helped.pk}/{NUMBER['feelings']}/{part}"
    nurse.post(page, {"hair_impact": "4", "low_mood": "nearly_every_day", "shown": "low_mood"})

    assert stored(helped).keys() <= {"hair_impact"}


def test_optional_private_answer_survives_a_helpers_saving(nurse, agreed):
    optional = next(one for one in QUESTIONS.values() if one.private and not one.required)
    intake = alone(agreed, histories.woman() | {optional.key: "x", "sex_at_birth": "female"})
    Intake.objects.filter(pk=intake.pk).update(help="staff", helper_name="Priya", purpose=Purpose.COURSE)
    intake.refresh_from_db()
    intakes.save_answers(intake=intake, page=optional.page, raw={}, by=nurse.user, now=NOW)

    assert stored(intake)[optional.key] == "x"


# Both go on with it


def test_answers_carry_whose_log_in_wrote_them_and_either_goes_on(nurse, helped):
    nurse.post(f"/intake/{helped.pk}/1/", as_typed({"born_on": "1990-05-03", "sex_at_birth": "male"}))
    nurse.force_login(helped.patient.account)
    page = nurse.get("/intake/")
    assert page["Location"] == f"/intake/{helped.pk}/2/"
    nurse.post(page["Location"], {"trying_to_conceive": "no"})

    assert dict(Answer.objects.values_list("key", "by__name")) == {
        "born_on": "Priya Das",
        "sex_at_birth": "Priya Das",
        "trying_to_conceive": helped.patient.account.name,
    }


def test_later_leads_back_to_where_the_helper_began(nurse, helped):
    left = nurse.post(f"/intake/{helped.pk}/1/", {"later": "1", "sex_at_birth": "male"})

    assert left["Location"] == start_page(helped.patient)
    page = nurse.get(left["Location"])
    assert page.context["resume"] == f"/intake/{helped.pk}/1/"
    assert "With the help of Priya Das" in text_of(page)


# Read over, then sent


def test_it_is_sent_only_after_it_was_read_over(nurse, helped):
    walk(nurse, helped, HER)
    check = f"/intake/{helped.pk}/check/"
    refused = nurse.post(check, {"right": "on"})
    helped.refresh_from_db()
    assert (refused.status_code, helped.submitted_at) == (422, None)
    assert "read every answer over to the patient first" in text_of(refused)

    sent = nurse.post(check, {"right": "on", "read_over": "1"})
    helped.refresh_from_db()
    assert sent["Location"] == start_page(helped.patient)
    assert (helped.submitted_at is not None, helped.is_read_over) == (True, True)
    assert stored(helped)["blood_borne"] == ["private"]  # left to the doctor, not taken for a no


def test_patient_who_needs_nobody_ticks_nothing(client, agreed):
    client.force_login(agreed.account)
    intake = alone(agreed, asked_first(histories.man()))
    for page in PAGES:
        for question in questions_on(page.key):
            if not question.required and not question.derived:
                Answer.objects.get_or_create(
                    intake=intake, key=question.key, defaults={"value": None, "by": None, "at": NOW}
                )
    sent = client.post(f"/intake/{intake.pk}/check/", {"right": "on"})

    intake.refresh_from_db()
    assert (sent["Location"], intake.is_read_over) == (f"/intake/{intake.pk}/sent/", False)


# By the patient's own log-in


def test_relative_helps_on_the_patients_own_phone(client, agreed):
    client.force_login(agreed.account)
    assert "/intake/help/" in client.get("/intake/").content.decode()
    begun = client.post("/intake/help/", {"helper_name": "Ravi Hegde", "language": "hi"})

    intake = Intake.objects.get()
    assert begun["Location"] == f"/intake/{intake.pk}/1/"
    assert (intake.help, intake.helper_name, intake.language) == ("relative", "Ravi Hegde", "hi")
    check = client.get(f"/intake/{intake.pk}/check/")
    assert "Every answer was read over to me" in text_of(check)


def test_relative_is_named_and_the_agreement_stands_first(client, patient):
    client.force_login(patient.account)
    assert client.get("/intake/help/")["Location"] == "/intake/"
    builders.a_consent(patient=patient)
    page = client.post("/intake/help/", {"helper_name": "", "language": "hi"})

    assert page.status_code == 422
    assert page.context["form"].errors == {"helper_name": ["Enter the name of whoever helps."]}


# What the doctor reads of it


@pytest.mark.parametrize(
    ("is_paper", "is_read_over", "words"),
    [
        (False, True, "Filled in with the help of Priya Das, in Kannada, read over"),
        (True, True, "Typed in from paper by Priya Das, in Kannada, read over"),
        (False, False, "Filled in with the help of Priya Das, in Kannada"),
    ],
)
def test_doctor_reads_who_helped_in_what_language(client, agreed, nurse, is_paper, is_read_over, words):
    helper = replace(NURSE_HELPS, is_paper=is_paper)
    helped = assisting.begin_with_help(patient=agreed, helper=helper, by=nurse.user, now=NOW)
    Intake.objects.filter(pk=helped.pk).update(submitted_at=NOW, is_read_over=is_read_over)
    Answer.objects.create(intake=helped, key="recent_illness", value="no", by=nurse.user, at=NOW)
    builders.a_screening(intake=helped, rules=rules_release(now=NOW))
    client.force_login(builders.a_practitioner().user)

    assert words in text_of(client.get(f"/staff/review/{agreed.pk}/"))


def test_doctor_reads_nothing_of_help_where_the_patient_answered_alone(client, agreed):
    screening = builders.a_screening(intake=builders.an_intake(patient=agreed))

    assert helped_with(screening) == ""
