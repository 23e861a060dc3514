"""The rounds of questions after the first form: how long an answer counts, and whose round it is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations import refusals
from consultations.models import Answer, Intake
from consultations.models.intakes import Purpose
from consultations.rules.history.rescreen import RESCREEN
from consultations.rules.questionnaire import questions_on
from consultations.rules.rounds import NIGHT, is_asked, is_valid
from consultations.services import rounds
from consultations.services.intakes import current_answers, save_answers, submit
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import asked_first, man, woman

SECOND = timedelta(seconds=1)
HOURS = timedelta(hours=72)


@pytest.mark.parametrize(
    ("age", "counts"), [(timedelta(0), True), (HOURS, True), (HOURS + SECOND, False), (-SECOND, True)]
)
def test_an_answer_counts_for_72_hours(age, counts):
    assert is_valid(NOW - age, at=NOW) is counts


@pytest.mark.parametrize(
    ("ahead", "asked"), [(HOURS + NIGHT, True), (HOURS + NIGHT + SECOND, False), (-SECOND, True)]
)
def test_the_round_is_open_when_the_reminder_comes(ahead, asked):
    assert is_asked(starts=NOW + ahead, now=NOW) is asked


@given(st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=8)))
def test_what_counts_at_a_session_was_asked_for_it(ahead):
    """No answer from before the round was open passes for one given to it."""
    answered_at = NOW - ahead
    assert is_asked(starts=NOW, now=answered_at) or not is_valid(answered_at, at=NOW)


NO = {
    "since_illness": "no",
    "since_medicine": "no",
    "since_scalp": "no",
    "since_reaction": "no",
    "alcohol_24h": "no",
}
database = pytest.mark.django_db


def a_patient(answers=None):
    answers = answers or man()
    patient = builders.a_patient(
        sex_at_birth=answers["sex_at_birth"], born_on=date.fromisoformat(answers["born_on"])
    )
    builders.a_consent(patient=patient)
    builders.an_intake(patient=patient, answers=answers, now=NOW - timedelta(days=20))
    return patient


def answer_by_link(patient, *, now=NOW, **changes):
    by = patient.account
    intake = rounds.start_session_round(patient=patient, by=by, now=now)
    save_answers(intake=intake, page=RESCREEN.key, raw=NO | changes, by=by, now=now)
    return intake


@database
def test_nothing_to_report_is_one_page():
    patient = a_patient()
    submit(intake=answer_by_link(patient), by=patient.account, now=NOW)
    assert rounds.answered_round(patient, at=NOW + HOURS).purpose == Purpose.PRE_SESSION
    assert rounds.answered_round(patient, at=NOW + HOURS + SECOND) is None


@database
@pytest.mark.parametrize("word", ["yes", "not_sure"])
def test_a_yes_opens_the_precise_questions(word):
    patient = a_patient()
    intake = answer_by_link(patient, since_illness=word)
    with pytest.raises(refusals.IntakeUnfinished) as refused:
        submit(intake=intake, by=patient.account, now=NOW)
    assert refused.value.page == "well_now"


@database
@pytest.mark.parametrize(("age", "is_same"), [(HOURS, True), (HOURS + SECOND, False)])
def test_a_round_is_resumed_while_its_answers_count(age, is_same):
    patient = a_patient()
    begun = answer_by_link(patient, now=NOW - age)
    again = rounds.start_session_round(patient=patient, by=patient.account, now=NOW)
    begun.refresh_from_db()
    assert (again.pk == begun.pk) is is_same
    assert begun.submitted_at == (None if is_same else NOW - age)


@database
def test_what_is_filled_in_is_of_this_session_only():
    """No answer to the last session's round stands there as if it had been given again."""
    patient = a_patient()
    submit(intake=answer_by_link(patient, now=NOW - timedelta(days=5)), by=patient.account, now=NOW)
    intake = rounds.start_session_round(patient=patient, by=patient.account, now=NOW)
    facts = rounds.patient_answers(patient, NOW.date())
    asked = {question.key for question in questions_on(RESCREEN.key)}
    assert asked & set(facts) == set()
    assert Answer.objects.filter(intake=intake).count() == 0


@database
def test_what_was_said_at_the_last_session_is_not_filled_in():
    """Two days apart both count; still nobody has answered for the second."""
    patient = a_patient()
    submit(intake=answer_by_link(patient, now=NOW - timedelta(days=2)), by=patient.account, now=NOW)
    intake = rounds.start_session_round(patient=patient, by=patient.account, now=NOW)
    asked = {question.key for question in questions_on(RESCREEN.key)}
    assert asked & set(current_answers(intake, today=NOW.date())) == set()
    save_answers(intake=intake, page=RESCREEN.key, raw={"since_scalp": "no"}, by=patient.account, now=NOW)
    assert asked & set(current_answers(intake, today=NOW.date())) == {"since_scalp"}


@database
def test_what_was_said_is_read_in_order_with_its_news_marked():
    patient = a_patient()
    intake = answer_by_link(patient, since_scalp="not_sure", since_other="an example")
    said = rounds.said_in(intake)
    assert [(one.term, one.words, one.is_news, one.is_text) for one in said] == [
        ("Ill or vaccinated", ("No",), False, False),
        ("New medicine", ("No",), False, False),
        ("Scalp", ("I'm not sure",), True, False),
        ("Trouble after", ("No",), False, False),
        ("Alcohol, 24 h", ("No",), False, False),
        ("In own words", ("an example",), False, True),
    ]


@database
@pytest.mark.parametrize(("word", "had"), [("yes", True), ("not_sure", True), ("no", False)])
def test_trouble_after_the_last_session_is_noticed(word, had):
    assert rounds.had_trouble(answer_by_link(a_patient(), since_reaction=word)) is had


@database
def test_a_round_by_link_is_told_from_one_at_the_chair():
    patient, nurse = a_patient(), builders.staff(role="nurse")
    by_link = answer_by_link(patient)
    with rounds.transaction.atomic():
        at_chair = rounds.begin_at_chair(patient=patient, raw=NO, by=nurse, is_doctor=False, now=NOW)
    assert rounds.newest_by_link(patient).pk == by_link.pk
    assert rounds.at_chair(patient, today=NOW.date()).pk == at_chair.pk
    assert rounds.at_chair(patient, today=NOW.date() + timedelta(days=1)) is None
    assert Intake.objects.filter(patient=patient, submitted_at=None).get().pk == at_chair.pk


@database
def test_women_of_an_age_to_be_are_asked_whether_they_are_pregnant():
    keys = {
        sex: [one.key for one in rounds.short_questions(a_patient(answers), today=NOW.date())]
        for sex, answers in (("woman", woman()), ("man", man()))
    }
    assert ("since_pregnancy" in keys["woman"], "since_pregnancy" in keys["man"]) == (True, False)


@database
def test_the_questions_before_a_course_are_counted_until_they_are_answered():
    first, whole = a_patient(asked_first(man())), a_patient(man())
    open_first = rounds.open_course_questions(first, today=NOW.date())
    assert "weight_kg" in [question.key for question in open_first]
    assert rounds.open_course_questions(whole, today=NOW.date()) == []


@database
def test_whether_they_were_sent_is_read_for_all_at_once(django_assert_num_queries):
    sent, begun, none = (a_patient() for _ in range(3))
    builders.an_intake(patient=sent, purpose="course")
    builders.an_intake(patient=begun, purpose="course", submitted=False)
    with django_assert_num_queries(1):
        found = rounds.course_forms({sent.pk, begun.pk, none.pk})
    assert found == {sent.pk: "sent", begun.pk: "in_progress"}
