from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.http import QueryDict

from clinic.models import AuditRow
from consultations import refusals, signals
from consultations.models import Answer, Intake, Screening
from consultations.models.intakes import Purpose
from consultations.rules.questionnaire import PAGES, QUESTIONS, pages_of, questions_on
from consultations.rules.questions import FIRST
from consultations.services.intakes import (
    autosave,
    current_answers,
    next_page,
    open_intake,
    pages_for,
    save_answers,
    start_intake,
    submit,
)
from consultations.services.publishing import questionnaire_release
from tests import builders
from tests.builders import NOW
from tests.consultations import histories
from tests.consultations.histories import asked_first

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)
WELL = {
    "recent_illness": "no",
    "recent_vaccine": "no",
    "scalp_signs": ["none"],
    "cold_sores": "never",
    "systemic_signs": ["none"],
}


def woman(**changes):
    """What she answers before the consultation."""
    return asked_first(histories.woman(**changes))


def a_patient(**fields):
    patient = builders.a_patient(**fields)
    builders.a_consent(patient=patient)
    return patient


def begin(patient=None, **rest):
    patient = patient or a_patient()
    return start_intake(patient=patient, by=patient.account, now=NOW, **rest)


def save(intake, page, raw, *, now=NOW):
    return save_answers(intake=intake, page=page, raw=raw, by=intake.patient.account, now=now)


def fill(intake, answers):
    """Send every page once, as somebody would who taps through."""
    for page in pages_of(FIRST):
        keys = [question.key for question in questions_on(page.key)]
        assert save(intake, page.key, {key: answers[key] for key in keys if key in answers}) == {}, page.key


def answers_of(intake):
    return current_answers(intake, today=TODAY)


def rows(intake, key):
    return list(intake.answers.filter(key=key).order_by("pk").values_list("value", flat=True))


# Begin and resume


def test_an_intake_begins_on_todays_questionnaire():
    intake = begin()

    assert (intake.purpose, intake.started_at, intake.submitted_at) == (Purpose.FULL, NOW, None)
    assert intake.questionnaire == questionnaire_release(now=NOW)
    assert AuditRow.objects.get(action="intake_started").subject == f"intake:{intake.pk}"


def test_an_open_intake_is_resumed():
    patient = a_patient()

    assert begin(patient).pk == begin(patient).pk == open_intake(patient).pk


def test_purposes_are_intakes_of_their_own():
    patient = a_patient()

    assert begin(patient).pk != begin(patient, purpose=Purpose.UPDATE).pk


def test_nothing_is_asked_without_consent():
    patient = builders.a_patient()

    with pytest.raises(refusals.ConsentNeeded):
        begin(patient)

    assert Intake.objects.count() == 0


def test_nothing_is_kept_once_consent_is_withdrawn():
    intake = begin()
    intake.patient.consents.update(withdrawn_at=NOW)

    with pytest.raises(refusals.ConsentNeeded):
        save(intake, "medicines", {"medicines": ["none"]})

    assert Answer.objects.count() == 0


# Save


def test_answers_are_kept_in_canonical_form():
    intake = begin()

    errors = save(intake, "medicines", {"medicines": ["iron", "aspirin"], "medicines_named": "  Livogen "})

    assert errors == {}
    assert answers_of(intake)["medicines"] == ["aspirin", "iron"]
    assert rows(intake, "medicines_named") == [["Livogen"]]
    assert Answer.objects.filter(by=intake.patient.account, at=NOW).count() == 2


def test_a_posted_form_is_read_as_it_is():
    intake = begin()

    errors = save(intake, "medicines", QueryDict("medicines=iron&medicines=aspirin&medicines_named="))

    assert (errors, answers_of(intake)["medicines"]) == ({}, ["aspirin", "iron"])


def test_the_newest_answer_counts_and_the_older_stays():
    intake = begin()
    save(intake, "conditions", {"conditions": ["none"]})

    save(intake, "conditions", {"conditions": ["thyroid"]}, now=NOW + timedelta(minutes=1))

    assert rows(intake, "conditions") == [["none"], ["thyroid"]]
    assert answers_of(intake)["conditions"] == ["thyroid"]


def test_the_same_answer_again_adds_nothing():
    intake = begin()
    for _ in range(3):
        save(intake, "conditions", {"conditions": ["none"]})

    assert rows(intake, "conditions") == [["none"]]


def test_an_answer_can_be_taken_back():
    intake = begin()
    save(intake, "medicines", {"medicines": ["none"], "medicines_named": "Livogen"})

    save(intake, "medicines", {"medicines": ["none"], "medicines_named": ""})

    assert rows(intake, "medicines_named") == [["Livogen"], None]
    assert "medicines_named" not in answers_of(intake)


def test_right_answers_are_kept_beside_wrong_ones():
    intake = begin()

    errors = save(
        intake, "timeline", {"onset_type": "sudden", "duration_value": "many", "loss_trend": "stable"}
    )

    assert errors == {
        "duration_value": "Please give a whole number, such as 3.",
        "duration_unit": "Please answer this question.",
    }
    assert answers_of(intake)["onset_type"] == "sudden"
    assert rows(intake, "duration_value") == []


def test_what_shows_up_on_the_same_page_is_needed_too():
    intake = begin()

    errors = save(intake, "well_now", WELL | {"recent_illness": "yes"})

    assert list(errors) == ["recent_illness_date"]


def test_what_is_not_shown_is_neither_needed_nor_kept():
    intake = begin()

    errors = save(
        intake,
        "well_now",
        WELL | {"recent_illness_date": "2026-11-01"},
    )

    assert (errors, rows(intake, "recent_illness_date")) == ({}, [])


def test_contradictions_are_told_and_not_kept():
    intake = begin(a_patient(born_on=date(2001, 11, 2)))

    errors = save(
        intake,
        "timeline",
        {"onset_type": "gradual", "duration_value": 30, "duration_unit": "years", "loss_trend": "stable"},
    )

    assert errors == {"duration_value": "That is longer than the age given. Please check one of them."}
    assert rows(intake, "duration_value") == []


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("a\0b", "This text holds characters we cannot keep. Please type it again."),
        ("a\ud800b", "This text holds characters we cannot keep. Please type it again."),
        ("x" * 10_000, "Please keep each line to 120 characters or fewer."),
    ],
)
def test_text_that_cannot_be_kept_is_refused_kindly(raw, message):
    intake = begin()

    errors = save(intake, "medicines", {"medicines": ["none"], "medicines_named": raw})

    assert errors == {"medicines_named": message}
    assert answers_of(intake)["medicines"] == ["none"]


def test_autosave_keeps_one_answer_and_asks_for_no_other():
    intake = begin()

    errors = autosave(intake=intake, raw={"onset_type": "sudden"}, by=intake.patient.account, now=NOW)

    assert (errors, rows(intake, "onset_type"), Answer.objects.count()) == ({}, ["sudden"], 1)


def test_autosave_takes_no_derived_or_unknown_answer():
    intake = begin()

    errors = autosave(intake=intake, raw={"age": 12, "colour": "red"}, by=intake.patient.account, now=NOW)

    assert (errors, Answer.objects.count()) == ({}, 0)


def test_a_sent_form_takes_no_more_answers():
    intake = begin()
    fill(intake, woman())
    submit(intake=intake, by=intake.patient.account, now=NOW)

    with pytest.raises(refusals.IntakeSent):
        save(intake, "conditions", {"conditions": ["heart"]})


def test_the_floors_above_hear_of_new_answers_once():
    heard = []

    def listen(sender, *, patient, by, now, **_):
        heard.append((patient.pk, by, now))

    signals.patient_changed.connect(listen)
    try:
        intake = begin()
        save(intake, "conditions", {"conditions": ["none"]})
        save(intake, "conditions", {"conditions": ["none"]})
    finally:
        signals.patient_changed.disconnect(listen)

    assert heard == [(intake.patient_id, intake.patient.account, NOW)]


# The record


def test_what_the_record_knows_is_not_asked_again():
    intake = begin(a_patient(born_on=date(1990, 5, 17), sex_at_birth="male"))

    assert answers_of(intake) == {"born_on": "1990-05-17", "sex_at_birth": "male"}
    assert next_page(intake, now=NOW).key == "family"


def test_answers_complete_a_record_that_did_not_know():
    patient = a_patient(born_on=None, approximate_birth_year=1990, sex_at_birth="")
    intake = begin(patient)

    assert (answers_of(intake), next_page(intake, now=NOW).key) == ({"age": 35}, "about_you")
    save(intake, "about_you", {"born_on": "17/5/1990", "sex_at_birth": "private"})

    patient.refresh_from_db()
    assert (patient.born_on, patient.approximate_birth_year, patient.sex_at_birth) == (
        date(1990, 5, 17),
        None,
        "private",
    )


def test_not_sure_leaves_the_record_alone():
    patient = a_patient(born_on=None, approximate_birth_year=1990, sex_at_birth="")
    intake = begin(patient)
    save(intake, "about_you", {"born_on": "not_sure", "sex_at_birth": "not_sure"})

    patient.refresh_from_db()
    assert (patient.born_on, patient.approximate_birth_year, patient.sex_at_birth) == (None, 1990, "")
    assert answers_of(intake) == {"age": 35, "born_on": "not_sure", "sex_at_birth": "not_sure"}


def test_an_answer_that_differs_from_the_record_counts_and_leaves_the_record():
    patient = a_patient(born_on=date(1990, 5, 17))
    intake = begin(patient)
    save(intake, "about_you", {"born_on": "1991-05-17", "sex_at_birth": "female"})

    patient.refresh_from_db()
    assert (patient.born_on, answers_of(intake)["born_on"]) == (date(1990, 5, 17), "1991-05-17")


# Pages


def test_pages_come_in_order_and_end():
    intake = begin(a_patient(born_on=None, sex_at_birth=""))
    answers, visited = woman(), []
    while page := next_page(intake, now=NOW):
        visited.append(page.key)
        keys = [question.key for question in questions_on(page.key)]
        save(intake, page.key, {key: answers[key] for key in keys if key in answers})

    follow_ups = {
        "condition_details", "medicine_details", "treatment_details", "tests", "patches", "shedding",
    }  # fmt: skip
    known = answers_of(intake) | {"age": 29, "duration_days": 1095}
    assert visited == [page.key for page in pages_of(FIRST) if page.key not in follow_ups]
    assert [page.key for page in pages_for(known, "full")] == visited


def test_an_optional_page_sent_empty_is_done():
    intake = begin()
    fill(intake, {key: value for key, value in woman().items() if not key.startswith("low_")})

    assert next_page(intake, now=NOW) is None


def test_an_optional_page_never_seen_is_still_to_come():
    intake = begin()
    answers = woman()
    for page in PAGES:
        if page.key != "feelings":
            keys = [question.key for question in questions_on(page.key)]
            save(intake, page.key, {key: answers[key] for key in keys if key in answers})

    assert next_page(intake, now=NOW).key == "feelings"


def test_a_changed_answer_brings_its_page_back():
    intake = begin()
    fill(intake, woman())

    save(intake, "hair", {"main_concern": ["round_patches"], "hair_areas": ["back"]})

    assert next_page(intake, now=NOW).key == "patches"


# Send


def test_sending_screens_the_answers_and_binds_the_newest():
    intake = begin()
    fill(intake, woman())

    screening = submit(intake=intake, by=intake.patient.account, now=NOW)

    intake.refresh_from_db()
    assert intake.submitted_at == NOW
    assert (screening.outcome, screening.lane, screening.on) == ("SUPPORT", "none", TODAY)
    assert screening.last_answer_id == Answer.objects.order_by("-pk")[0].pk
    assert AuditRow.objects.get(action="intake_submitted").detail == {"purpose": "full"}


def test_sending_twice_sends_once():
    intake = begin()
    fill(intake, woman())

    first = submit(intake=intake, by=None, now=NOW)
    second = submit(intake=intake, by=None, now=NOW + timedelta(minutes=1))

    intake.refresh_from_db()
    assert (first.pk, intake.submitted_at) == (second.pk, NOW)
    assert AuditRow.objects.filter(action="intake_submitted").count() == 1


def test_an_unfinished_form_is_not_sent():
    intake = begin()
    save(intake, "conditions", {"conditions": ["none"]})

    with pytest.raises(refusals.IntakeUnfinished) as caught:
        submit(intake=intake, by=None, now=NOW)

    intake.refresh_from_db()
    assert (caught.value.page, intake.submitted_at, Screening.objects.count()) == ("family", None, 0)


def test_a_form_that_contradicts_itself_is_not_sent():
    intake = begin()
    fill(intake, woman(duration_value=20))
    save(intake, "about_you", {"born_on": "2010-05-17", "sex_at_birth": "female"})

    with pytest.raises(refusals.IntakeUnfinished) as caught:
        submit(intake=intake, by=None, now=NOW)

    assert caught.value.page == "timeline"


def test_a_round_of_changes_stands_on_what_was_answered_before():
    first = begin()
    fill(first, woman())
    submit(intake=first, by=None, now=NOW)
    later = NOW + timedelta(days=3)

    change = begin(first.patient, purpose=Purpose.UPDATE)
    save(change, "medicines", {"medicines": ["doac"]}, now=later)
    assert next_page(change, now=later) is None
    screening = submit(intake=change, by=None, now=later)

    assert (screening.outcome, [one["id"] for one in screening.fired]) == ("REVIEW", ["R-38"])
    assert screening.answers["conditions"] == ["none"]


def test_every_question_can_be_saved_and_read_back():
    assert {question.key for page in PAGES for question in questions_on(page.key)} == {
        key for key, question in QUESTIONS.items() if not question.derived
    }


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_devices_begin_one_intake():
    patient, barrier, found = a_patient(), Barrier(2), []

    def begin_elsewhere():
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            found.append(begin(patient).pk)
        finally:
            connections.close_all()

    threads = [Thread(target=begin_elsewhere) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(found), len(set(found)), Intake.objects.count()) == (2, 1, 1)
