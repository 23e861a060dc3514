"""For every clause somebody whom it fires on, with answers the questionnaire can give; and a neighbour."""

from functools import cache

import pytest

from consultations.rules import usual_answers, witnesses
from consultations.rules.candidacy import Clause, Rule, Until
from consultations.rules.candidacy_rules import RULES
from consultations.rules.questionnaire import QUESTIONS
from consultations.rules.witnesses import Witness
from tests.consultations.histories import ON, man, product, woman

CLAUSES = [
    pytest.param(rule, clause, id=f"{rule.id}/{clause.id}") for rule in RULES for clause in rule.clauses
]


def a_rule(when, *, outcome="REVIEW", scope="ALL", until=None):
    clause = Clause(id="only", scope=scope, outcome=outcome, when=when, until=until)
    words = dict.fromkeys(("title", "clinician", "patient", "desk", "rationale"), "words")
    return Rule(id="MADE-UP", clauses=(clause,), sources=("somebody",), certainty="D", **words)


def found_for(rule):
    return witnesses.witness_of(rule, rule.clauses[0], rules=[rule], on=ON)


@cache
def witness(rule_id, clause_id):
    rule = next(one for one in RULES if one.id == rule_id)
    clause = next(one for one in rule.clauses if one.id == clause_id)
    return witnesses.witness_of(rule, clause, rules=RULES, on=ON)


@pytest.mark.parametrize(("rule", "clause"), CLAUSES)
def test_clause_has_a_witness_that_the_questionnaire_can_give(rule, clause):
    found = witness(rule.id, clause.id)

    assert found is not None
    assert witnesses.problems(found, ON) == []
    assert witnesses.fires(found, rule.id, clause.id, rules=RULES, on=ON)


@pytest.mark.parametrize(("rule", "clause"), CLAUSES)
def test_clause_is_quiet_beside_its_witness(rule, clause):
    found = witness(rule.id, clause.id)

    changed = witnesses.beside(found, rule, clause, rules=RULES, on=ON)

    assert changed is not None
    assert witnesses.problems(changed, ON) == []
    assert not witnesses.fires(changed, rule.id, clause.id, rules=RULES, on=ON)


def test_a_neighbour_differs_in_one_answer_or_two_beside_what_hangs_on_them():
    rule = next(one for one in RULES if one.id == "R-12")

    changed = witnesses.beside(witness("R-12", "older"), rule, rule.clauses[0], rules=RULES, on=ON)

    before, after = witness("R-12", "older").answers, changed.answers
    assert {key for key in before.keys() & after.keys() if before[key] != after[key]} == {"born_on"}


# The check can fail


@pytest.mark.parametrize(
    "when",
    [
        ("all", ("is", "pregnant", "yes"), ("is", "sex_at_birth", "male")),
        ("all", ("includes_any", "conditions", ("none",)), ("is", "asthma_control", "poor")),
        ("gt", "needle_fear", 10),
        ("lt", "weight_kg", 25),
        ("includes_all", "medicines", ("none", "aspirin")),
        ("all", ("is", "breastfeeding", "yes"), ("is", "breastfeeding", "no")),
        ("is", "pregnant", "a code nobody offers"),
        ("is", "planned.technique", "never planned"),
    ],
    ids=str,
)
def test_what_nobody_can_answer_has_no_witness(when):
    assert found_for(a_rule(when)) is None


def test_a_scope_that_no_plan_holds_has_no_witness():
    assert found_for(a_rule(("is", "planned.status", "licensed_injectable"), scope="ALL")) is not None
    assert found_for(a_rule(("is", "planned.status", "no such status"), scope="PRODUCT")) is None


def in_order(value):
    """Two processes that share the tests have to name them alike; a set has no order of its own."""
    return str(sorted(value)) if isinstance(value, set) else str(value)


@pytest.mark.parametrize(
    ("when", "gave"),
    [
        (("is", "pregnant", "yes"), {"pregnant", "sex_at_birth", "born_on"}),
        (("includes_all", "medicines", ("aspirin", "warfarin")), {"medicines"}),
        (("lt", "hb_g_dl", 8), {"tests_had", "hb", "hb_unit", "hb_date"}),
        (("gte", ("days_since", "last_seizure"), 200), {"conditions", "last_seizure"}),
        (("unknown", "cold_sores"), set()),
    ],
    ids=in_order,
)
def test_a_witness_names_what_its_clause_needed(when, gave):
    found = found_for(a_rule(when))

    assert set(found.gave) == gave
    assert witnesses.problems(found, ON) == []


def test_a_clause_that_ends_is_met_before_its_end():
    until = Until(text="two weeks later", after="recent_illness_date", days=14)

    found = found_for(a_rule(("is", "recent_illness", "yes"), outcome="DEFER", until=until))

    assert found.answers["recent_illness_date"] > "2026-11-08"


# What a witness may not hold


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"pregnant": "yes"}, "pregnant: not shown"),
        ({"needle_fear": 11}, "needle_fear: not accepted"),
        ({"conditions": ["none", "asthma"]}, "conditions: not accepted"),
        ({"weight_kg": None}, "weight_kg: left out"),
        ({"recent_illness": "yes"}, "recent_illness_date: left out"),
        ({"conditions": ["high_bp"], "bp_sys": 90, "bp_dia": 95}, "bp_dia: contradicts"),
        ({"tests_had": ["hb"], "hb": 12.0, "hb_date": "2026-11-01"}, "hb_unit: left out"),
        ({"born_on": "2030-01-01"}, "born_on: not accepted"),
    ],
)
def test_problems_are_named(changes, problem):
    usual = usual_answers.fill(man(), planned=product("biotin"), on=ON)
    answers = {key: value for key, value in (usual | changes).items() if value is not None}

    assert problem in witnesses.problems(Witness(answers, product("biotin")), ON)


@pytest.mark.parametrize("answers", [man(), woman(), {}], ids=["man", "woman", "nobody"])
@pytest.mark.parametrize("planned", [None, product("biotin")], ids=["nothing", "a-product"])
def test_whoever_has_answered_all_the_rest_as_usual_has_no_problems(answers, planned):
    whole = usual_answers.fill(answers, planned=planned, on=ON)

    assert witnesses.problems(Witness(whole, planned), ON) == []


def test_values_of_a_question_hold_both_sides_of_every_limit():
    question = QUESTIONS["needle_fear"]

    assert witnesses.values_of(question, ("gte", "needle_fear", 7), ON) == [0, 5, 6, 7, 8, 10]
