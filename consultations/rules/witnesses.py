"""For every clause of the rules, somebody for whom it holds: answers that the questionnaire can really give.

The search asks the engine itself: judge the condition on what is answered so far, answer the first thing it
says is missing in every way that could matter, and judge again, until it holds; then answer everything else
that is asked as somebody with nothing to report. A witness counts when each answer is one the question takes,
each question is shown, nothing required is open, nothing contradicts, and a screening fires the clause.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from typing import Any

from consultations.rules.candidacy import Clause, Rule, facts_for, screen
from consultations.rules.conditions import (
    ABOUT_RULES,
    ALWAYS,
    NUMERIC,
    UNKNOWN,
    Condition,
    Facts,
    judge,
    keys_of,
)
from consultations.rules.history.test_results import LABORATORY
from consultations.rules.planned import read_plan
from consultations.rules.questionnaire import (
    QUESTIONS,
    InvalidAnswer,
    check_answers,
    facts_of,
    validate_answer,
)
from consultations.rules.questions import (
    BOOL3,
    CHOICE,
    DATE,
    FIRST,
    LINES,
    MULTI,
    TEXT,
    Question,
)
from consultations.rules.quoting import named_values
from consultations.rules.usual_answers import (
    LONG_AGO,
    OPEN,
    TESTS,
    USUAL_AGE,
    USUAL_RESULTS,
    Answers,
    asked_at,
    fill,
    stages_of,
    still_asked,
    usual_answer,
)

Plan = Mapping[str, Any] | None
MOST_TOGETHER = 3  # ticks in one list that a clause may need at once


@dataclass(frozen=True)
class Witness:
    """Somebody, on a day, with a plan. `gave` are the answers that the clause needed; the rest is usual."""

    answers: Mapping[str, Any]
    planned: Plan
    gave: tuple[str, ...] = ()


def _injected(*ingredients: str, status: str = "licensed_injectable") -> dict[str, Any]:
    return {"product": {"ingredients": list(ingredients), "status": status}}


NUMBED = {"anaesthetic": "lidocaine"}
PLANS: tuple[Plan, ...] = (
    None,
    _injected("multivitamin"),
    _injected("dutasteride"),
    _injected("minoxidil"),
    _injected("triamcinolone"),
    _injected("platelet rich plasma"),
    _injected("growth factor"),
    _injected("moon dust"),
    _injected("biotin", status="cosmetic"),
    _injected("biotin", status="licensed_other_route"),
    NUMBED,
    {"anaesthetic": "EMLA"},
    {**NUMBED, "mg": 200, "adrenaline": False},
    {**NUMBED, "mg": 400, "adrenaline": True},
)

DERIVED = {test.derived: test for test in LABORATORY}


# Finding a witness


def witness_of(rule: Rule, clause: Clause, *, rules: Sequence[Rule], on: date) -> Witness | None:
    """Return somebody whom the clause fires on, or None when the questionnaire can give no such answers."""
    for planned in _plans_for(clause):
        for answers in _solutions(_in_force(clause), planned, on):
            for whole in _whole(answers, clause.when, planned, on):
                found = Witness(whole, planned, tuple(answers))
                if fires(found, rule.id, clause.id, rules=rules, on=on):
                    return found
    return None


def beside(
    witness: Witness, rule: Rule, clause: Clause, *, rules: Sequence[Rule], on: date
) -> Witness | None:
    """Return a witness with one answer (and what hangs on it) or the plan changed: the clause is quiet."""
    for changed in _neighbours(witness, clause, on):
        if not fires(changed, rule.id, clause.id, rules=rules, on=on):
            return changed
    return None


def fires(witness: Witness, rule: str, clause: str, *, rules: Sequence[Rule], on: date) -> bool:
    result = screen(witness.answers, on=on, rules=rules, planned=witness.planned)
    return (rule, clause) in {(one.id, one.clause) for one in result.fired}


def problems(witness: Witness, on: date) -> list[str]:
    """Return why nobody could have given these answers: the keys, each with what is wrong."""
    facts = facts_of(witness.answers, on, None)
    stages = stages_of(witness.answers, witness.planned)
    found = [
        f"{key}: not accepted" for key, value in witness.answers.items() if not _accepted(key, value, on)
    ]
    found += [f"{key}: not shown" for key in witness.answers if facts.judge_shown(key).value is not True]
    found += [f"{one.key}: left out" for one in asked_at(stages) if _left_out(one, witness.answers, facts)]
    return found + [f"{key}: contradicts" for key in check_answers(witness.answers, on)]


def _accepted(key: str, value: Any, on: date) -> bool:
    try:
        return bool(validate_answer(QUESTIONS[key], value, today=on) == value)
    except InvalidAnswer:
        return False


def _left_out(question: Question, answers: Mapping[str, Any], facts: Facts) -> bool:
    shown = facts.judge_shown(question.key).value
    return question.required and question.key not in answers and shown is not False


def _plans_for(clause: Clause) -> list[Plan]:
    """The plans in which the clause counts, first those that say what its condition asks of the plan."""
    counting = [plan for plan in PLANS if clause.scope in read_plan(plan).scopes]
    wanted = {key for key in keys_of(clause.when) if key.startswith("planned.")}
    return sorted(counting, key=lambda plan: -len(wanted & set(read_plan(plan).facts)))


def _in_force(clause: Clause) -> Condition:
    """What has to be answered: the condition, and a day on which the clause has not ended."""
    if clause.until is None or not clause.until.after:
        return _on_answers(clause.when)
    return ["all", _on_answers(clause.when), ["lt", ["days_since", clause.until.after], clause.until.days]]


def _on_answers(condition: Condition) -> Condition:
    """The part of a condition that answers decide; what hangs on other rules is left to the screening."""
    operator, *parts = condition
    if operator in ABOUT_RULES:
        return ALWAYS
    if operator in {"all", "any", "not"}:
        return [operator, *(_on_answers(part) for part in parts)]
    return condition


def _solutions(condition: Condition, planned: Plan, on: date) -> Iterator[Answers]:
    """Every way to answer just what the condition asks for, so that it holds."""
    plan = read_plan(planned)
    waiting: list[Answers] = [{}]
    while waiting:
        answers = waiting.pop()
        facts = facts_for(answers, on, plan)
        unasked = {"planned.had_before": UNKNOWN} if "PRODUCT" in plan.scopes else {}
        facts = replace(facts, planned={**unasked, **facts.planned}, not_yet=frozenset())
        judged = judge(condition, facts)
        if judged.value:
            yield answers
        elif judged.value is None:
            ways = _ways(judged.unknown[0], condition, planned, on)
            waiting += [answers | way for way in reversed(ways) if not answers.keys() & way.keys()]


# The ways to answer one question


def _ways(key: str, condition: Condition, planned: Plan, on: date) -> list[Answers]:
    """The answers to one question that could make a difference, as bundles of what is asked for it."""
    if key == "planned.had_before":
        return [{"meso_product": name} for name in (planned or {})["product"]["ingredients"]]
    if key.startswith("planned."):
        return []
    if key == "age":
        years = sorted(_numbers(key, condition), key=lambda years: abs(years - USUAL_AGE))
        return [{"born_on": _born(one, on)} for one in years]
    if key == "duration_days":
        return [{"duration_unit": "days", "duration_value": 20}] + [
            {"duration_unit": unit, "duration_value": value}
            for unit, values in (("months", (5, 6, 24)), ("years", (3, 10, 11)))
            for value in values
        ]
    if key in DERIVED:
        return _results(key, condition, on)
    if key in TESTS:
        return [{key: USUAL_RESULTS[key], f"{key}_unit": TESTS[key].units[0][0]}, {key: OPEN}]
    return [{key: value} for value in values_of(QUESTIONS[key], condition, on)]


def _results(key: str, condition: Condition, on: date) -> list[Answers]:
    test, ago = DERIVED[key], (on - timedelta(days=3)).isoformat()
    unit = test.units[0][0]
    return [
        {test.code: float(value), f"{test.code}_unit": unit, f"{test.code}_date": ago}
        for value in _numbers(key, condition)
    ] + [{test.code: OPEN}]


def values_of(question: Question, condition: Condition, on: date) -> list[Any]:
    """The values of a question that a condition can tell apart, *not sure* last."""
    if question.type in {BOOL3, CHOICE}:
        return [code for code in question.codes if code != OPEN] + [OPEN] * (OPEN in question.codes)
    if question.type == MULTI:
        return _ticks(question, condition)
    if question.type in {TEXT, LINES}:
        return ["In own words"] if question.type == TEXT else [["In own words"]]
    unsure = [OPEN] * question.may_be_unsure
    if question.type == DATE:
        return [*_days(question, condition, on), *unsure]
    return [*_numbers(question.key, condition), *unsure]


def _ticks(question: Question, condition: Condition) -> list[list[str]]:
    """Each choice alone; together only those that the condition, or a question it needs, looks at."""
    named = _named(question.key, condition) - {"none"}
    codes = [code for code in question.codes if code in named]
    together = [list(some) for size in range(2, MOST_TOGETHER + 1) for some in combinations(codes, size)]
    alone = sorted(question.codes, key=lambda code: (code == OPEN, code not in named))
    return [[code] for code in alone] + together


def _named(key: str, condition: Condition) -> set[Any]:
    """The choices of a question named in a condition, or in what shows the questions it reads."""
    return {value for one in _conditions_behind(condition) for value in named_values(one, key)}


def _conditions_behind(condition: Condition) -> list[Condition]:
    keys = _needed(frozenset(keys_of(condition)))
    shown_ifs = (QUESTIONS[key].shown_if for key in sorted(keys) if key in QUESTIONS)
    return [condition, *(one for one in shown_ifs if one is not None)]


@cache
def _needed(keys: frozenset[str]) -> frozenset[str]:
    """These questions and all that decide whether they are shown."""
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found and key in QUESTIONS:
            found.add(key)
            waiting += keys_of(QUESTIONS[key].shown_if)
    return frozenset(found)


def _numbers(key: str, condition: Condition) -> list[Any]:
    """The ends of the range, and every limit a condition draws, with a step on either side."""
    question = QUESTIONS[key]
    least, most = question.minimum or 0, question.maximum or LONG_AGO
    step = 10**-question.decimals if question.decimals < 3 else 0.1
    limits = {limit for one in _conditions_behind(condition) for limit in _limits(one, key)}
    near = {limit + way for limit in limits for way in (-step, 0, step)}
    found = sorted({least, (least + most) / 2, most, *near})
    inside = [value for value in found if least <= value <= most]
    return [round(float(value), 3) if question.decimals else int(value) for value in inside]


def _days(question: Question, condition: Condition, on: date) -> list[str]:
    least, most = int(question.minimum or 0), int(question.maximum or LONG_AGO)
    limits = {limit for one in _conditions_behind(condition) for limit in _limits(one, question.key)}
    if question.key == "born_on":
        return [_born(years, on) for years in _numbers("age", condition)]
    near = {int(limit) + way for limit in limits for way in (-1, 0, 1)}
    found = sorted({0, 1, least, most, min(most, LONG_AGO), *near})
    return [(on - timedelta(days=ago)).isoformat() for ago in found if least <= ago <= most]


def _limits(condition: Any, key: str) -> set[float]:
    """The numbers that stand beside a key in a comparison, wherever."""
    if not isinstance(condition, list | tuple) or not condition:
        return set()
    operator, *arguments = condition
    found = {limit for part in arguments for limit in _limits(part, key)}
    if operator == "within_days" and arguments[0] == key:
        return found | {float(arguments[1])}
    if operator in NUMERIC and key in keys_of(condition):
        found |= {float(part) for part in arguments if isinstance(part, int | float)}
    return found


def _born(years: int, on: date) -> str:
    """The birthday is today: a day earlier the age is one less."""
    return date(on.year - years, on.month, min(on.day, 28)).isoformat()


# Everything else that is asked


def _whole(answers: Answers, condition: Condition, planned: Plan, on: date) -> Iterator[Answers]:
    """The answers with the usual ones beside them, as given; then with what the clause reads left open."""
    for opened in _openings(condition, answers):
        found = fill({**answers, **opened}, planned=planned, on=on)
        if not problems(Witness(found, planned), on):
            yield found


def _openings(condition: Condition, answers: Answers) -> Iterator[Answers]:
    yield {}
    read = sorted(key for key in keys_of(condition) if key in QUESTIONS and key not in answers)
    unsure = [key for key in read if QUESTIONS[key].may_be_unsure and not QUESTIONS[key].derived]
    for key in unsure:
        yield {key: [OPEN] if QUESTIONS[key].is_list else OPEN}
    if "undecided" in str(condition):
        yield from (
            {one.key: [OPEN] if one.is_list else OPEN} for one in asked_at((FIRST,)) if one.may_be_unsure
        )


# The other side


def _neighbours(witness: Witness, clause: Clause, on: date) -> Iterator[Witness]:
    """The same person with one answer changed, then with two, then with another plan."""
    keys = [key for key in _sources(keys_of(clause.when)) if key in witness.answers]
    keys = keys or [key for key in witness.gave if key in witness.answers]
    keys = keys or [key for key, value in witness.answers.items() if value in (OPEN, [OPEN])]
    for size in (1, 2):
        for some in combinations(keys, size):
            yield from _changed(witness, some, clause.when, on)
    for planned in PLANS:
        whole = fill(witness.answers, planned=planned, on=on)
        if not problems(changed := Witness(whole, planned), on):
            yield changed


def _sources(keys: Iterable[str]) -> list[str]:
    """What is asked, for keys that may be worked out from it."""
    named = {"age": ["born_on"], "duration_days": ["duration_value", "duration_unit"]}
    named |= {derived: [test.code] for derived, test in DERIVED.items()}
    named |= {"planned.had_before": ["meso_product"]}
    return list(dict.fromkeys(source for key in sorted(keys) for source in named.get(key, [key])))


def _changed(witness: Witness, keys: Sequence[str], condition: Condition, on: date) -> Iterator[Witness]:
    first, *rest = keys
    for value in (usual_answer(QUESTIONS[first], on), *values_of(QUESTIONS[first], condition, on)):
        others = {key: usual_answer(QUESTIONS[key], on) for key in rest}
        answers = still_asked({**witness.answers, first: value, **others}, witness.planned, on)
        changed = Witness(answers, witness.planned)
        if answers != witness.answers and not problems(changed, on):
            yield changed
