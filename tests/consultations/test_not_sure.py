"""Not sure is never a way round a rule: for any history and any safety question, whatever is planned."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.rules import usual_answers, witnesses
from consultations.rules.candidacy import BLOCKING, OUTCOMES, Clause, Rule, screen
from consultations.rules.candidacy_rules import RULES
from consultations.rules.planned import read_plan
from consultations.rules.questionnaire import QUESTIONS, facts_of
from tests.consultations.histories import ON, man, product, woman

CLAUSES = [(rule, clause) for rule in RULES for clause in rule.clauses]
EVERY_LIMIT = ("all", *(clause.when for _rule, clause in CLAUSES if clause.stage == 0))
SAFETY = [one for one in QUESTIONS.values() if one.safety]
PLANS = (
    *witnesses.PLANS,
    product("dutasteride", "minoxidil") | {"anaesthetic": "EMLA", "mg": 250, "adrenaline": True},
    {"product": {"status": "licensed_injectable"}},
)
UNSURE = {"not_sure", "private"}


@cache
def definite_answers(key):
    """Every single answer that a rule could tell from another; of a list, each choice alone."""
    question = QUESTIONS[key]
    if question.is_list:
        return tuple([code] for code in question.codes if code not in UNSURE)
    found = witnesses.values_of(question, EVERY_LIMIT, ON)
    return tuple(value for value in found if not (isinstance(value, str) and value in UNSURE))


@cache
def gave(place):
    rule, clause = CLAUSES[place]
    found = witnesses.witness_of(rule, clause, rules=RULES, on=ON)
    return {key: found.answers[key] for key in found.gave}


@st.composite
def histories(draw):
    """Somebody whom some clauses fire on, complete or with gaps, and a plan."""
    planned = draw(st.sampled_from(PLANS))
    answers = {}
    for place in draw(st.lists(st.integers(0, len(CLAUSES) - 1), max_size=3)):
        answers |= gave(place)
    if "sex_at_birth" not in answers:
        answers["sex_at_birth"] = draw(st.sampled_from(("female", "male", "intersex")))
    whole = usual_answers.fill(answers, planned=planned, on=ON)
    for key in draw(st.lists(st.sampled_from(sorted(whole)), max_size=2)):
        whole.pop(key, None)
    return whole, planned


def unsure_about(question):
    return ["not_sure"] if question.is_list else "not_sure"


def blocking(result, planned):
    scopes = read_plan(planned).scopes
    return frozenset(
        (one.id, one.clause) for one in result.fired if one.scope in scopes and one.outcome in BLOCKING
    )


def judged(answers, planned, rules=RULES):
    return screen(answers, on=ON, rules=rules, planned=planned)


def problem_of(question, answers, planned, rules=RULES):
    """Return what is wrong with answering *not sure* here; None when all is well."""
    definite = [
        judged({**answers, question.key: value}, planned, rules) for value in definite_answers(question.key)
    ]
    unsure = judged({**answers, question.key: unsure_about(question)}, planned, rules)
    place = OUTCOMES.index(unsure.outcome)
    if place > max(OUTCOMES.index(one.outcome) for one in definite):
        return "milder than every definite answer"
    if len({blocking(one, planned) for one in definite}) > 1 and place > OUTCOMES.index("REVIEW"):
        return "below REVIEW where a clause hangs on it"
    return None


@settings(max_examples=60, deadline=None)
@given(history=histories(), data=st.data())
def test_not_sure_is_never_milder_and_is_reviewed_where_a_clause_hangs_on_it(history, data):
    answers, planned = history
    facts = facts_of(answers, ON, read_plan(planned).facts)
    asked = [one for one in SAFETY if facts.judge_shown(one.key).value is not False]
    question = data.draw(st.sampled_from(asked), label="question")

    assert problem_of(question, answers, planned) is None


@pytest.mark.parametrize("question", SAFETY, ids=lambda question: question.key)
@pytest.mark.parametrize("planned", [None, PLANS[-2]], ids=["nothing", "much"])
@pytest.mark.parametrize("answers", [woman(), man()], ids=["woman", "man"])
def test_not_sure_beside_nothing_to_report(question, planned, answers):
    assert problem_of(question, answers, planned) is None


# The check can fail


def a_rule(*clauses):
    words = dict.fromkeys(("title", "clinician", "patient", "desk", "rationale"), "words")
    return Rule(id="R", clauses=clauses, sources=("somebody",), certainty="D", **words)


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        (
            [Clause(id="a", scope="ALL", outcome="ABS", when=("is", "breastfeeding", "yes"))],
            "below REVIEW where a clause hangs on it",
        ),
        (
            [
                Clause(id="a", scope="ALL", outcome="CAUTION", when=("in", "breastfeeding", ("yes", "no"))),
            ],
            "milder than every definite answer",
        ),
        ([Clause(id="a", scope="ALL", outcome="CAUTION", when=("is", "breastfeeding", "yes"))], None),
    ],
)
def test_rules_that_let_not_sure_pass_are_found(clauses, expected):
    rules = [a_rule(*clauses)]

    assert problem_of(QUESTIONS["breastfeeding"], woman(), None, rules) == expected
