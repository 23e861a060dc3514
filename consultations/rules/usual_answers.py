"""What somebody with nothing to report answers, and everything that is asked answered like that."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from consultations.rules.conditions import keys_of
from consultations.rules.history.test_results import LABORATORY
from consultations.rules.questionnaire import QUESTIONS, facts_of, page_of
from consultations.rules.questions import (
    BOOL3,
    CHOICE,
    COURSE,
    DATE,
    FIRST,
    LINES,
    MULTI,
    STAGES,
    TEXT,
    Question,
)

Answers = dict[str, Any]
OPEN = "not_sure"

# Answers that decide whether another question is shown, by themselves or worked out.
DECIDES = frozenset(key for one in QUESTIONS.values() for key in keys_of(one.shown_if)) | {
    "born_on", "duration_value", "duration_unit",
}  # fmt: skip

# What somebody with nothing to report answers where no answer says so by itself; dates in days ago.
USUAL: Mapping[str, Any] = {
    "sex_at_birth": "male",
    "main_concern": ["breakage"],
    "hair_areas": ["all_over"],
    "onset_type": "gradual",
    "loss_trend": "stable",
    "duration_unit": "years",
    "duration_value": 3,
    "contraception": "iud",
    "expected_result": "thicker",
    "expected_time": "6_12_months",
    "understands_sessions": "yes",
    "understands_maintenance": "yes",
    "understands_variable": "yes",
    "understands_may_not_work": "yes",
    "can_attend": "yes",
    "own_wish": "yes",
    "heart_stable": "yes",
    "seizures_controlled": "yes",
    "thyroid_treated": "yes",
    "anaemia_treated": "yes",
    "asthma_control": "good",
    "injection_history": "fine",
    "chemical_types": ["none"],
    "weight_kg": 70.0,
    "prednisolone_mg": 5.0,
    "patch_count": 1,
}
USUAL_AGE = 30
USUAL_DAYS_AGO = {"born_on": USUAL_AGE * 366, "lmp": 10, "trigger_when": 300}
LONG_AGO = 1000
USUAL_RESULTS = {
    "hb": 14.0, "ferritin": 100.0, "tsh": 2.0, "vitamin_d": 40.0, "b12": 500.0, "zinc": 100.0,
    "hba1c": 6.0, "fasting_glucose": 90.0, "platelets": 250.0, "inr": 2.5,
}  # fmt: skip
TESTS = {test.code: test for test in LABORATORY}


def fill(answers: Mapping[str, Any], *, planned: Mapping[str, Any] | None, on: date) -> Answers:
    """Return the answers with everything else that is asked answered as somebody with nothing to report."""
    found = dict(answers)
    facts = facts_of(found, on)
    for question in asked_at(stages_of(answers, planned)):
        if question.key in found or not (question.required or question.key in DECIDES):
            continue
        if facts.judge_shown(question.key).value:
            found[question.key] = usual_answer(question, on)
            if question.key in DECIDES:
                facts = facts_of(found, on)
    return found


def stages_of(answers: Mapping[str, Any], planned: Mapping[str, Any] | None) -> tuple[str, ...]:
    """As far as somebody has come: a course is asked about once it is planned."""
    last = max((STAGES.index(stage_of(QUESTIONS[key])) for key in answers), default=0)
    return STAGES[: max(last, STAGES.index(COURSE) if planned else 0) + 1]


def stage_of(question: Question) -> str:
    return page_of(question.page).stage if question.page else FIRST


def asked_at(stages: Sequence[str]) -> Iterable[Question]:
    return (one for one in QUESTIONS.values() if not one.derived and stage_of(one) in stages)


def usual_answer(question: Question, on: date) -> Any:
    key = question.key
    if key in USUAL:
        return USUAL[key]
    if question.nothing is not None:
        return question.nothing
    if key in USUAL_RESULTS:
        return USUAL_RESULTS[key]
    if question.type == DATE:
        ago = USUAL_DAYS_AGO.get(
            key, min(int(LONG_AGO if question.maximum is None else question.maximum), LONG_AGO)
        )
        return (on - timedelta(days=ago if key not in TEST_DATES else 3)).isoformat()
    return _first_value(question)


TEST_DATES = frozenset(f"{code}_date" for code in TESTS)


def _first_value(question: Question) -> Any:
    if question.type in {TEXT, LINES}:
        return ["In own words"] if question.is_list else "In own words"
    if question.type in {BOOL3, CHOICE, MULTI}:
        code = next(code for code in question.codes if code != OPEN)
        return [code] if question.is_list else code
    least = question.minimum or 0
    return float(least) if question.decimals else int(least)


def still_asked(answers: Answers, planned: Mapping[str, Any] | None, on: date) -> Answers:
    """Without the answers to questions that are no longer shown; what is newly shown is answered."""
    while True:
        facts = facts_of(answers, on)
        kept = {key: value for key, value in answers.items() if facts.judge_shown(key).value}
        if kept == answers:
            return fill(kept, planned=planned, on=on)
        answers = kept
