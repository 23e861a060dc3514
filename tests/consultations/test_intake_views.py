"""The health form, page by page, as a browser without JavaScript fills it in; and the autosave beside it."""

import re
from datetime import date

import pytest

from clinic.models.releases import ReleaseKind
from consultations.models import Consent, Intake, Screening
from consultations.rules import consent_texts
from consultations.rules.questionnaire import PAGES
from consultations.services.agreements import words_hash
from consultations.services.intakes import start_intake
from consultations.services.withdrawals import withdraw_consent
from tests import builders
from tests.bookings.patient_clinic import at_now, hidden, text_of
from tests.builders import NOW
from tests.consultations import histories
from tests.consultations.form_steps import WELL, address, as_typed, finish, save, send, stored, walk
from tests.consultations.histories import asked_first

__all__ = ["at_now"]
pytestmark = pytest.mark.django_db


def man(**changes):
    return asked_first(histories.man(**changes))


def woman(**changes):
    return asked_first(histories.woman(**changes))


HER = woman()


@pytest.fixture
def patient(client, at_now):
    """Somebody of whom nothing is known but name and phone, logged in."""
    patient = builders.a_patient(born_on=None, sex_at_birth="")
    client.force_login(patient.account)
    return patient


@pytest.fixture
def intake(patient):
    """Agreed and begun."""
    builders.a_consent(patient=patient)
    return start_intake(patient=patient, by=patient.account, now=NOW)


# The agreement


def test_words_are_shown_before_the_first_question(client, patient):
    page = client.get("/intake/")

    content = consent_texts.consent_content("health_data")
    for words in (content["title"], *content["paragraphs"], content["sentence"]):
        assert words in text_of(page)
    assert (Consent.objects.count(), Intake.objects.count()) == (0, 0)


def test_agreeing_is_to_the_words_shown_and_leads_to_the_first_page(client, patient):
    page = client.get("/intake/")
    begun = client.post("/intake/", {"words": hidden(page, "words")})

    consent = Consent.objects.get()
    assert (consent.patient, consent.release.kind) == (patient, ReleaseKind.CONSENT)
    assert consent.release.content == consent_texts.consent_content("health_data")
    assert begun["Location"] == f"/intake/{Intake.objects.get().pk}/1/"


def test_other_words_than_those_in_force_are_shown_again(client, patient):
    again = client.post("/intake/", {"words": words_hash("procedure")})

    assert again.status_code == 409
    assert "These words have changed" in text_of(again)
    assert Consent.objects.count() == 0


def test_form_does_not_begin_without_the_agreement(client, patient):
    assert client.post("/intake/", {})["Location"] == "/intake/"
    assert Intake.objects.count() == 0


def test_no_answer_is_kept_after_the_agreement_was_taken_back(client, intake):
    withdraw_consent(patient=intake.patient, purpose="health_data", by=intake.patient.account, now=NOW)
    sent = send(client, intake, "about_you", {"born_on": "1990-05-03", "sex_at_birth": "male"})

    assert sent["Location"] == "/intake/"
    assert stored(intake) == {}


# Page by page


def pages_of(addresses) -> list[str]:
    return [PAGES[int(at.split("/")[3]) - 1].key for at in addresses]


def test_man_with_nothing_to_report_answers_twelve_pages_and_checks(client, intake):
    gone = walk(client, intake, man())

    assert pages_of(gone) == [
        "about_you", "family", "well_now", "conditions", "medicines", "allergies", "treated", "hair", "where",
        "timeline", "feelings", "hopes",
    ]  # fmt: skip
    assert {key: value for key, value in stored(intake).items() if value is not None} == man()


def test_woman_with_nothing_to_report_stays_within_twelve_pages(client, intake):
    gone = walk(client, intake, HER)

    # what hangs on whether she is pregnant is asked on the same page
    assert pages_of(gone).count("family") == 2
    assert len(set(pages_of(gone))) == 12


def test_addresses_name_no_page_and_no_answer(client, intake):
    gone = walk(client, intake, HER | {"recent_illness": "yes", "recent_illness_date": "2026-10-30"})

    for at in gone:
        assert re.fullmatch(r"/intake/\d+/\d+/(#q\d)?", at)


def test_page_says_where_in_the_form_it_is(client, intake):
    assert "About you · 1 of 2" in text_of(client.get(address(intake, "about_you")))
    send(client, intake, "about_you", {"born_on": "1990-05-03", "sex_at_birth": "male"})
    assert "About you · 2 of 2" in text_of(client.get(address(intake, "family")))
    assert "About your health · 2 of 4" in text_of(client.get(address(intake, "conditions")))


def test_none_of_these_and_not_sure_stand_last(client, intake):
    send(client, intake, "about_you", {"born_on": "1990-05-03", "sex_at_birth": "male"})
    choices = client.get(address(intake, "medicines")).context["form"].fields["medicines"].choices

    assert [code for code, _ in choices][-2:] == ["none", "not_sure"]


def test_wrong_answer_is_shown_as_typed_and_right_ones_are_kept(client, intake):
    sent = {"born_on_day": "31", "born_on_month": "2", "born_on_year": "1990", "sex_at_birth": "male"}
    answer = client.post(address(intake, "about_you"), sent)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "born_on": ["February 1990 has no day 31: check the day and the month"]
    }
    assert b'value="31"' in answer.content
    assert stored(intake) == {"sex_at_birth": "male"}


@pytest.mark.parametrize(
    ("born_on", "words"),
    [
        ("1890-01-01", "The date must be 1 Jan 1900 or later"),
        ("1910-01-01", "That is longer ago than we expected. Please check the year."),
        ("2026-11-03", "That day has not come yet. Please check it."),
        ("90-05-03", "Write the year with four figures, for example 1984"),
    ],
)
def test_impossible_birth_date_is_explained(client, intake, born_on, words):
    answer = send(client, intake, "about_you", {"born_on": born_on, "sex_at_birth": "male"})

    assert answer.context["form"].errors["born_on"] == [words]
    assert "born_on" not in stored(intake)


@pytest.mark.parametrize("born_on", ["2026-11-02", "1916-11-02", "not_sure"])
def test_possible_birth_date_is_kept(client, intake, born_on):
    send(client, intake, "about_you", {"born_on": born_on, "sex_at_birth": "male"})

    assert stored(intake)["born_on"] == born_on


def test_date_and_not_sure_together_are_asked_again(client, intake):
    sent = as_typed({"born_on": "1990-05-03", "sex_at_birth": "male"}) | {"born_on_unsure": "on"}
    answer = client.post(address(intake, "about_you"), sent)

    assert answer.context["form"].errors["born_on"] == ["Please choose one answer only."]


def test_codes_nobody_offered_are_refused_in_our_words(client, intake):
    sent = WELL | {"recent_illness": "perhaps", "scalp_signs": ["none", "crusts"]}
    answer = send(client, intake, "well_now", sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["recent_illness", "scalp_signs"]
    assert "recent_illness" not in stored(intake)


def test_answer_that_opens_a_question_stays_on_the_page(client, intake):
    answer = send(client, intake, "well_now", WELL | {"recent_illness": "yes"})

    assert answer["Location"] == f"{address(intake, 'well_now')}#q2"
    assert "The last day you felt ill" in text_of(client.get(address(intake, "well_now")))


def test_text_of_any_script_is_kept_and_shown_as_text(client, intake):
    send(client, intake, "medicines", {"medicines": ["other"], "medicines_named": "<b>ಔಷಧ</b> & 5 mg"})
    page = client.get(address(intake, "medicines"))

    assert stored(intake)["medicines_named"] == ["<b>ಔಷಧ</b> & 5 mg"]
    assert "&lt;b&gt;ಔಷಧ&lt;/b&gt; &amp; 5 mg" in page.content.decode()


def test_bytes_nobody_can_store_are_a_calm_400(client, intake):
    form = "application/x-www-form-urlencoded"
    for body in ("medicines_named=%00", "medicines_named=%ED%A0%80"):
        assert client.post(address(intake, "medicines"), body, content_type=form).status_code == 400
    assert stored(intake) == {}


@pytest.mark.parametrize("number", ["0", "5", "14", "99999999999999999999"])
def test_page_that_does_not_apply_leads_to_one_that_does(client, intake, number):
    send(client, intake, "about_you", {"born_on": "1990-05-03", "sex_at_birth": "male"})
    send(client, intake, "hair", {"main_concern": ["crown"]})

    assert client.get(f"/intake/{intake.pk}/{number}/")["Location"] == address(intake, "family")


# Later, and back


def test_finish_later_keeps_what_is_right_and_asks_for_nothing(client, intake):
    sent = {
        "sex_at_birth": "male",
        "born_on_day": "31",
        "born_on_month": "2",
        "born_on_year": "1990",
        "later": "1",
    }
    left = client.post(address(intake, "about_you"), sent)

    assert left["Location"] == "/my/"
    assert stored(intake) == {"sex_at_birth": "male"}
    my_page = text_of(client.get("/my/"))
    assert "Saved. You can go on" in my_page
    assert "Go on with the form" in my_page


def test_one_link_leads_back_to_where_one_was(client, intake):
    send(client, intake, "about_you", {"born_on": "1990-05-03", "sex_at_birth": "male"})

    assert client.get("/intake/")["Location"] == address(intake, "family")


def test_back_leads_through_the_pages_that_apply(client, intake):
    walk(client, intake, man())

    assert client.get(address(intake, "timeline")).context["back"] == address(intake, "where")
    assert client.get(address(intake, "about_you")).context["back"] == "/my/"


def test_answer_sent_after_the_log_in_ran_out_is_not_lost_in_silence(client, intake):
    client.logout()
    page = address(intake, "about_you")
    sent = client.post(page, {"sex_at_birth": "male"}, headers={"referer": f"http://testserver{page}"})

    assert sent["Location"] == f"/account/login/?next={page.replace('/', '%2F')}"
    assert "What you sent last was not saved." in text_of(client.get(sent["Location"]))
    assert stored(intake) == {}


# Autosave


def test_autosave_keeps_single_answers_and_says_when(client, intake):
    saved = save(client, intake, "about_you", {"sex_at_birth": "male"}, shown=["born_on", "sex_at_birth"])

    assert text_of(saved) == "Saved 10:00 am"
    assert stored(intake) == {"sex_at_birth": "male"}


def test_autosave_puts_questions_that_open_in_their_place(client, intake):
    shown = [*WELL]
    opened = save(client, intake, "well_now", {"recent_illness": "yes"}, shown=shown)
    shown.append("recent_illness_date")
    closed = save(client, intake, "well_now", {"recent_illness": "no"}, shown=shown)

    assert [spot for spot, group in opened.context["changed"] if group] == ["q2"]
    assert "The last day you felt ill" in text_of(opened)
    assert [(spot, group) for spot, group in closed.context["changed"]] == [("q2", None)]


def test_autosave_keeps_nothing_that_is_wrong(client, intake):
    sent = {"born_on_day": "31", "born_on_month": "2", "born_on_year": "1990"}
    said = client.post(f"{address(intake, 'about_you')}save/", sent, headers={"HX-Request": "true"})

    assert (said.status_code, "Saved" in text_of(said), stored(intake)) == (200, False, {})


def test_autosave_after_the_log_in_ran_out_leads_the_browser_there(client, intake):
    client.logout()
    answer = save(client, intake, "about_you", {"sex_at_birth": "male"})

    assert answer["HX-Redirect"].startswith("/account/login/")


# Check and send


def test_overview_shows_each_answer_with_a_way_to_change_it(client, intake):
    walk(client, intake, HER)
    said = text_of(client.get(f"/intake/{intake.pk}/check/"))

    assert "Date of birth 4 May 1997 Change" in said
    assert "How long ago? 3 years Change" in said
    assert "Has a doctor ever told you that you have one of these? None of these Change" in said


def test_overview_does_not_repeat_what_is_for_the_doctor_alone(client, intake):
    walk(client, intake, HER | {"blood_borne": ["hbv"]})
    said = text_of(client.get(f"/intake/{intake.pk}/check/"))

    assert "Has a blood test ever found one of these? answered; only the doctor reads it" in said
    assert "Hepatitis" not in said


def test_changed_answer_leads_back_to_the_overview(client, intake):
    walk(client, intake, man())
    page = client.get(f"{address(intake, 'timeline')}?then=check")
    answer = send(
        client, intake, "timeline",
        {"onset_type": "sudden", "duration_value": 3, "duration_unit": "weeks", "loss_trend": "stable"},
        then=hidden(page, "then"),
    )  # fmt: skip

    assert page.context["back"] == f"/intake/{intake.pk}/check/"
    assert answer["Location"] == f"/intake/{intake.pk}/check/"


def test_sending_screens_and_says_what_happens(client, intake):
    walk(client, intake, man())
    sent = [finish(client, intake) for _ in range(2)]
    said = text_of(client.get(f"/intake/{intake.pk}/sent/"))

    assert {answer["Location"] for answer in sent} == {f"/intake/{intake.pk}/sent/"}
    assert Screening.objects.count() == 1
    assert "A dermatologist reads them before you meet" in said
    assert "rings you" not in said
    assert not re.search(r"\bR-\d\d", said)


def test_sending_too_early_leads_to_what_is_missing(client, intake):
    send(client, intake, "about_you", {"born_on": "1990-05-03", "sex_at_birth": "male"})
    early = client.post(f"/intake/{intake.pk}/check/")

    assert early["Location"] == f"{address(intake, 'family')}?then=check"
    assert "A few answers are still missing." in text_of(client.get(early["Location"]))
    assert Screening.objects.count() == 0


def test_form_that_was_sent_shows_no_questions_any_more(client, intake):
    walk(client, intake, man())
    finish(client, intake)
    done = f"/intake/{intake.pk}/sent/"

    assert client.get("/intake/")["Location"] == done
    assert client.get(address(intake, "hair"))["Location"] == done
    assert client.get(f"/intake/{intake.pk}/check/")["Location"] == done
    assert save(client, intake, "hair", {"main_concern": ["crown"]}).status_code == 409


@pytest.mark.parametrize("answer", ["yes", "talk", "not_sure", "private"])
def test_thoughts_of_self_harm_bring_help_at_once(client, intake, answer):
    walk(client, intake, man(low_mood="nearly_every_day", self_harm=answer))
    next_page = text_of(client.get(address(intake, "hopes")))
    finish(client, intake)
    done = text_of(client.get(f"/intake/{intake.pk}/sent/"))

    for said in (next_page, done):
        assert "Tele-MANAS, 14416 , free, at any hour" in said
        assert "In danger, call 112 ." in said
    assert "A doctor from the clinic rings you by Mon 2 Nov" in done


def test_low_mood_alone_brings_no_card(client, intake):
    walk(client, intake, man(low_mood="nearly_every_day", self_harm="no"))
    finish(client, intake)

    assert "14416" not in text_of(client.get(f"/intake/{intake.pk}/sent/"))


# Something changed


def test_something_changed_shows_what_stands_and_sends_it_again(client, intake):
    walk(client, intake, man())
    finish(client, intake)
    begun = client.post("/intake/update/")
    update = Intake.objects.get(purpose="update")
    said = text_of(client.get(begun["Location"]))
    known = {"conditions": ["thyroid"], "blood_borne": ["none"]}
    send(client, update, "conditions", known, then="check")
    send(client, update, "condition_details", {"thyroid_treated": "yes"}, then="check")
    send(client, update, "feelings", {"hair_impact": "4"}, then="check")
    sent = finish(client, update)

    assert begun["Location"] == f"/intake/{update.pk}/check/"
    assert "What has changed?" in said
    assert "3 Feb 1996" in said
    assert sent["Location"] == f"/intake/{update.pk}/sent/"
    assert Screening.objects.order_by("-pk")[0].answers["conditions"] == ["thyroid"]


def test_birth_date_of_the_record_is_not_asked_twice(client, at_now):
    patient = builders.a_patient(born_on=date(1990, 5, 17), sex_at_birth="male")
    builders.a_consent(patient=patient)
    client.force_login(patient.account)
    started = start_intake(patient=patient, by=patient.account, now=NOW)

    assert client.get("/intake/")["Location"] == address(started, "family")
