"""Made-up answers put to the rules, explained exactly as a patient's would be. Nothing is kept."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import formats
from clinic.models import Release
from clinic.models.releases import ReleaseKind
from consultations.models import Screening
from consultations.rules import candidacy_rules
from consultations.rules.candidacy import OUTCOMES, Clause, Fired, Rule, rules_content, screen, words_of
from consultations.rules.planned import read_plan
from consultations.rules.questionnaire import (
    QUESTIONS,
    InvalidAnswer,
    check_answers,
    is_date,
    validate_answer,
)
from consultations.rules.questions import DATE, Question
from consultations.rules.quoting import in_words, named_values, narrowed
from consultations.rules.usual_answers import fill
from consultations.services.reading import Review, flags_of, to_ask
from consultations.services.rule_words import question_words, scope_words

KEY = re.compile(r"[a-z0-9_]{1,40}")
BORN_YEARS_AGO = 30
WITH_A_COURSE = {"anaesthetic": "none"}  # so that the questions before a course are answered, too


class AnswersRefused(ValueError):
    """What is wrong with typed answers, as (key, words); keys that are no question's are not repeated."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("answers refused")
        self.problems = problems


@dataclass(frozen=True)
class Base:
    """Where to start from: somebody with nothing to report, changed in what matters. Days count back."""

    code: str
    name: Any
    sex: str
    changes: Mapping[str, Any]
    days_ago: Mapping[str, int]


TEMPLES = {"main_concern": ["temples"], "hair_areas": ["temple_left", "temple_right"]}
PARTING = {"main_concern": ["wider_parting"], "hair_areas": ["parting"]}
BASES = (
    Base("woman", gettext_lazy("A woman of 30 with nothing to report"), "female", {**PARTING}, {}),
    Base("man", gettext_lazy("A man of 30 with nothing to report"), "male", {**TEMPLES}, {}),
    Base("blood_thinner", gettext_lazy("Takes warfarin"), "male", {"medicines": ["warfarin"]}, {}),
    Base("pregnant", gettext_lazy("Is pregnant"), "female", {"pregnant": "yes"}, {}),
    Base("pus", gettext_lazy("Has pimples with pus on the scalp"), "male", {"scalp_signs": ["pustules"]}, {}),
    Base(
        "ill", gettext_lazy("Had a fever until five days ago"), "female",
        {"recent_illness": "yes"}, {"recent_illness_date": 5},
    ),
    Base("unsure", gettext_lazy("Isn't sure about any illness"), "male", {"conditions": ["not_sure"]}, {}),
)  # fmt: skip


def base_answers(base: Base, on: date) -> dict[str, Any]:
    """Return the answers of a base, complete: whatever a change makes us ask is answered with nothing."""
    born = on.replace(year=on.year - BORN_YEARS_AGO, day=min(on.day, 28))
    days = {key: (on - timedelta(days=ago)).isoformat() for key, ago in base.days_ago.items()}
    own = {"sex_at_birth": base.sex, "born_on": born.isoformat(), **base.changes, **days}
    return completed({key: value for key, value in own.items() if key in QUESTIONS}, on)


def completed(answers: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Answer every further question that is asked, up to the course, as somebody with nothing to report."""
    return fill(answers, planned=WITH_A_COURSE, on=on)


# What somebody typed


def read_answers(typed: object, on: date) -> dict[str, Any]:
    """Return pasted answers in canonical form, None for one taken back. Raises AnswersRefused."""
    if not isinstance(typed, Mapping):
        raise AnswersRefused([("", _("Answers are an object of keys and answers in braces."))])
    problems, read = [], {}
    for key, raw in typed.items():
        if key not in QUESTIONS:
            problems.append((key if KEY.fullmatch(key) else "", _("There is no such question.")))
            continue
        try:
            read[key] = None if raw is None else validate_answer(QUESTIONS[key], raw, today=on)
        except InvalidAnswer as problem:
            problems.append((key, _in_words(problem)))
    if problems:
        raise AnswersRefused(problems)
    return read


def checked(answers: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Return the answers without those taken back. Raises AnswersRefused where they do not fit together."""
    kept = {key: value for key, value in answers.items() if value is not None}
    if problems := check_answers(kept, on):
        raise AnswersRefused([(key, _in_words(problem)) for key, problem in problems.items()])
    return kept


def _in_words(problem: InvalidAnswer) -> str:
    return _(problem.message) % problem.params if problem.params else _(problem.message)


# The result


@dataclass(frozen=True)
class Explained:
    """A clause that holds, from the answers to the words: all that led to it and all that it says."""

    rule: str
    clause: str
    title: str
    outcome: str
    scope: str
    counts: bool
    answers: tuple[tuple[str, str], ...]
    until: str
    clinician: str
    patient: str
    desk: str
    sources: tuple[str, ...]
    certainty: str


@dataclass(frozen=True)
class Tried:
    """The result as the doctor's page would show it, and every clause explained."""

    review: Review
    explained: tuple[Explained, ...]
    verdicts: tuple[tuple[str, str], ...]


def try_answers(
    answers: Mapping[str, Any], *, on: date, rules: Iterable[Rule], planned: Mapping[str, Any]
) -> Tried:
    """Screen these answers as if they had been sent. Raises BadPlan."""
    rules = tuple(rules)
    scopes = read_plan(planned).scopes
    result = screen(answers, on=on, rules=rules, planned=planned)
    release = Release(kind=ReleaseKind.RULES, code=candidacy_rules.CODE, content=rules_content(rules))
    screening = Screening(
        answers=dict(answers), planned=dict(planned), on=on, rules=release, **result.as_dict()
    )
    review = Review(
        screening=screening,
        flags=flags_of(screening, counting=True),
        elsewhere=flags_of(screening, counting=False),
        to_ask=to_ask(screening),
        hair=[],
        health=[],
        has_earlier=False,
        decision=None,
        is_unread=False,
    )
    in_order = sorted(result.fired, key=lambda one: (one.scope not in scopes, OUTCOMES.index(one.outcome)))
    explained = tuple(_explained(one, rules, scopes) for one in in_order)
    verdicts = [(scope_words(scope), outcome) for scope, outcome in result.verdicts.items()]
    return Tried(review, explained, tuple(verdicts))


def _explained(fired: Fired, rules: Sequence[Rule], scopes: frozenset[str]) -> Explained:
    words = words_of(rules, fired.id, fired.clause)
    clause = _clause(rules, fired)
    return Explained(
        rule=fired.id,
        clause=fired.clause,
        title=_(words.title),
        outcome=fired.outcome,
        scope=scope_words(fired.scope),
        counts=fired.scope in scopes,
        answers=tuple(_quotes(fired, clause)),
        until=_until(fired),
        clinician=_(words.clinician),
        patient=_(words.patient),
        desk=_(words.desk),
        sources=tuple(_(source) for source in words.sources),
        certainty=words.certainty,
    )


def _until(fired: Fired) -> str:
    if fired.until_on:
        return formats.day_with_year(date.fromisoformat(fired.until_on))
    return _(fired.until) if fired.until else ""


def _clause(rules: Iterable[Rule], fired: Fired) -> Clause:
    rule = next(one for one in rules if one.id == fired.id)
    return next(one for one in rule.clauses if one.id == fired.clause)


def _quotes(fired: Fired, clause: Clause) -> Iterator[tuple[str, str]]:
    for key, value in fired.answers.items():
        if key not in QUESTIONS:
            continue
        seen = narrowed(value, named_values(clause.when, key))
        yield question_words(key), _answer(QUESTIONS[key], seen)


def _answer(question: Question, value: Any) -> str:
    if value is None:
        return _("not answered")
    if value == "not_sure" and value not in question.codes:
        return _("not sure")
    if question.type == DATE and is_date(value):
        return formats.day_with_year(date.fromisoformat(value))
    return "; ".join(_(words) for words in in_words(question, value))
