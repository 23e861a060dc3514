"""What somebody answered, in the short words of a dense page. What says nothing new is drawn together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clinic import formats
from consultations.models import Screening
from consultations.rules.conditions import Facts
from consultations.rules.history.test_results import LABORATORY
from consultations.rules.history.treatments_had import NAMES as TREATMENTS
from consultations.rules.questionnaire import PAGES, QUESTIONS, facts_of, questions_on
from consultations.rules.questions import DATE, Question
from consultations.rules.quoting import in_words

HAIR_PAGES = ("hair", "where", "patches", "timeline", "shedding", "hopes")
BRANDS = re.compile(r" \([^()]*\)$")
TESTS = {test.code: test for test in LABORATORY}
TESTS_NAMED = {f"{code}_{part}": QUESTIONS[code].text for code in TESTS for part in ("unit", "date")}
TOLD_BESIDE = frozenset(
    {"duration_unit"}
    | {f"{code}_{part}" for code in TESTS for part in ("unit", "date")}
    | {key for key in QUESTIONS if key.startswith("tx_")}
)


def _asked_on(pages: Iterable[str]) -> tuple[str, ...]:
    keys = (question.key for page in pages for question in questions_on(page))
    return tuple(key for key in keys if key not in TOLD_BESIDE)


HAIR = _asked_on(HAIR_PAGES)
HEALTH = _asked_on(page.key for page in PAGES if page.key not in HAIR_PAGES)


@dataclass(frozen=True)
class Fact:
    term: str
    value: str
    new: bool = False


@dataclass(frozen=True)
class Said:
    """`facts` to read; `nothing`: the terms of questions answered with nothing to report, as before."""

    facts: list[Fact]
    nothing: list[str]


def said(screening: Screening, keys: Sequence[str], *, before: Mapping[str, Any] | None) -> Said:
    """Return these answers as the rules saw them; `before` are earlier answers, to mark what is new."""
    facts = facts_of(screening.answers, screening.on, screening.planned)
    told = Said([], [])
    for key in keys:
        if not _stands(key, facts, screening.answers):
            continue
        question, value = QUESTIONS[key], screening.answers.get(key)
        is_new = before is not None and value != before.get(key)
        if value is not None and value == question.nothing and not is_new:
            told.nothing.append(term_of(key))
        else:
            told.facts.append(Fact(term_of(key), _value(question, screening.answers), is_new))
        if key == "treatments_had":
            told.facts.extend(_treatments(screening.answers, before))
    return told


def _stands(key: str, facts: Facts, answers: Mapping[str, Any]) -> bool:
    """It applies, and was answered or should have been."""
    if facts.judge_shown(key).value is False:
        return False
    return key in answers or (key not in facts.not_yet and QUESTIONS[key].required and _is_shown(key, facts))


def _is_shown(key: str, facts: Facts) -> bool:
    return facts.judge_shown(key).value is True


def _treatments(answers: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[Fact]:
    """One line for each treatment somebody had: now or not, how long, when last, how it went."""
    for code in answers.get("treatments_had") or ():
        keys = [key for key in QUESTIONS if key.startswith(f"tx_{code}_") and key in answers]
        if code in TREATMENTS and keys:
            is_new = before is not None and any(answers[key] != before.get(key) for key in keys)
            words = "; ".join(_value(QUESTIONS[key], answers) for key in keys)
            yield Fact(short(_(TREATMENTS[code])), words, is_new)


def term_of(key: str) -> str:
    """What was asked, in short; of a treatment or test with its name, for all of them are asked alike."""
    question = QUESTIONS[key]
    term = _(question.short or question.text)
    about = short(_(question.only_for)) if key.startswith("tx_") else _(TESTS_NAMED.get(key, ""))
    return f"{about}: {term}" if about else term


def short(words: str) -> str:
    """Without the brands in brackets that helped the patient to answer."""
    return BRANDS.sub("", words)


def _value(question: Question, answers: Mapping[str, Any]) -> str:
    words = "; ".join(short(one) for one in words_of_answer(question.key, answers.get(question.key)))
    return words + _beside(question, answers)


def _beside(question: Question, answers: Mapping[str, Any]) -> str:
    """What belongs to a figure: its unit, and of a test the day."""
    key = question.key
    if key == "duration_value" and "duration_unit" in answers:
        return " " + _(QUESTIONS["duration_unit"].text_of(answers["duration_unit"])).lower()
    if key in TESTS and f"{key}_unit" in answers:
        unit = _(QUESTIONS[f"{key}_unit"].text_of(answers[f"{key}_unit"]))
        day = answers.get(f"{key}_date")
        return f" {unit}" + (f", {formats.day_with_year(date.fromisoformat(day))}" if day else "")
    is_figure = isinstance(answers.get(key), int | float) and question.unit
    return f" {_(question.unit)}" if is_figure else ""


def words_of_answer(key: str, value: Any) -> tuple[str, ...]:
    if value is None:
        return (_("not answered"),)
    question = QUESTIONS[key]
    if value == "not_sure" and "not_sure" not in question.codes:
        return (_("not sure"),)
    if question.type == DATE:
        return (formats.day_with_year(date.fromisoformat(value)),)
    return tuple(_(words) for words in in_words(question, value))
