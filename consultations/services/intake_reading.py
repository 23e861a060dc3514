"""From one sent page to answers worth keeping, and kind words on the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from consultations.models import Intake
from consultations.rules.answers import is_empty
from consultations.rules.questionnaire import (
    InvalidAnswer,
    Question,
    check_answers,
    is_date,
    shown,
    validate_answer,
    with_derived,
)

Answers = dict[str, Any]
BIRTH, GROWN_UP_AT = "born_on", 18


@dataclass
class Reading:
    """What one form said: values to keep, and what is wrong with the others."""

    values: Answers = field(default_factory=dict)
    problems: dict[str, InvalidAnswer] = field(default_factory=dict)


def given_for(question: Question, raw: Mapping[str, Any]) -> Any:
    return raw.getlist(question.key) if isinstance(raw, MultiValueDict) else raw.get(question.key)


def read(questions: Iterable[Question], raw: Mapping[str, Any], standing: Answers, today: date) -> Reading:
    """Read in the order asked: whether a question is shown may hang on the answer just before it."""
    answers, reading = dict(standing), Reading()
    for question in questions:
        asked = shown(question, with_derived(answers, today))
        given = given_for(question, raw)
        if asked is False or (asked is None and is_empty(given)):
            continue
        try:
            value = validate_answer(question, given, today=today)
        except InvalidAnswer as problem:
            reading.problems[question.key] = problem
            continue
        reading.values[question.key] = answers[question.key] = value
    return reading


def set_aside_contradictions(reading: Reading, standing: Answers, today: date) -> None:
    together = {key: value for key, value in (standing | reading.values).items() if value is not None}
    for key, problem in check_answers(together, today).items():
        if key in reading.values:
            reading.problems[key] = problem
            del reading.values[key]


def leave_a_child_alone(reading: Reading, standing: Answers, today: date) -> None:
    """Of a child nothing is kept but the birth date, which says why we stop."""
    if is_child(with_derived(standing | reading.values, today)):
        reading.values = {key: value for key, value in reading.values.items() if key == BIRTH}


def is_child(facts: Mapping[str, Any]) -> bool:
    """Known to be one by a birth date: a guessed year stops nobody."""
    return is_date(facts.get(BIRTH)) and facts["age"] < GROWN_UP_AT


def is_left_to_doctor(question: Question | None, intake: Intake) -> bool:
    """Through a helper, nobody but the patient and the doctor reads or answers it."""
    return bool(intake.help and question and question.private)


def in_words(problem: InvalidAnswer) -> str:
    return _(problem.message) % problem.params if problem.params else _(problem.message)
