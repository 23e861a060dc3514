"""Which five answers are said back before a form is sent, and how."""

import pytest

from consultations.rules.questionnaire import QUESTIONS
from consultations.rules.read_back import MOST, TOPICS, read_back
from tests.consultations.histories import man, woman


def said(facts, **how) -> list[str]:
    return [statement.text for statement in read_back(facts, **how)]


def test_woman_with_nothing_to_report_confirms_five_times_no():
    assert said(woman()) == [
        "You take no blood thinner.",
        "You are not pregnant.",
        "No numbing medicine ever gave you a bad reaction.",
        "There is no pus, crust, sore or painful swelling on your scalp now.",
        "You never had an illness of the heart, or a stroke.",
    ]


def test_man_is_not_told_that_he_is_not_pregnant():
    assert said(man()) == [
        "You take no blood thinner.",
        "No numbing medicine ever gave you a bad reaction.",
        "There is no pus, crust, sore or painful swelling on your scalp now.",
        "You never had an illness of the heart, or a stroke.",
        "Nothing ever made it hard for you to breathe, or made you collapse.",
    ]


def test_what_was_reported_comes_before_a_lesser_no():
    told = said(man(recent_illness="yes", recent_illness_date="2026-11-20"))

    assert told[-1] == "You had a fever, an infection or an antibiotic in the last two weeks."
    assert told[0] == "You take no blood thinner."
    assert len(told) == MOST


def test_what_was_ticked_is_named():
    statement = read_back(man(medicines=["aspirin", "warfarin", "iron"]))[0]

    assert (statement.text, statement.codes) == (
        "You take a blood thinner: %(named)s.",
        ("aspirin", "warfarin"),
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("yes", "You are pregnant."),
        ("possibly", "You may be pregnant."),
        ("not_sure", "You are not sure whether you are pregnant."),
        ("private", "You tell only the doctor whether you are pregnant."),
    ],
)
def test_pregnancy_is_said_as_it_was_answered(answer, words):
    assert said(woman(pregnant=answer))[1] == words


@pytest.mark.parametrize("answer", ["yes", "possibly", "no", "private"])
def test_pregnancy_is_not_spelled_out_where_somebody_else_looks_on(answer):
    told = said(woman(pregnant=answer), is_alone=False)

    assert told[1] == "You have answered whether you are pregnant."


def test_not_sure_is_said_as_such_and_never_as_a_no():
    told = said(man(medicines=["not_sure"], allergies=["not_sure"], conditions=["not_sure"]))

    assert not {topic.nothing for topic in TOPICS if topic.key in ("medicines", "allergies")} & set(told)
    assert "You are not sure about all illnesses; one of the heart may be among them." in told


def test_illnesses_kept_for_the_doctor_are_said_once():
    told = said(man(conditions=["private"], recent_illness="yes", recent_illness_date="2026-11-20"))

    assert told.count("You tell only the doctor which illnesses you have.") == 1


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: f"{topic.key}-{len(topic.codes)}")
def test_topics_ask_for_what_the_questionnaire_offers(topic):
    question = QUESTIONS[topic.key]

    assert set(topic.codes) | {code for code, _words in topic.said} <= set(question.codes)
    assert not question.private
    assert bool(topic.private) == ("private" in question.codes)
    assert topic.unsure and "not_sure" in question.codes


def test_unanswered_topics_are_left_out():
    assert said({}) == []
