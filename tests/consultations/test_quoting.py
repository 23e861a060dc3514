import pytest

from consultations.rules import quoting
from consultations.rules.candidacy_rules import RULES
from consultations.rules.questionnaire import QUESTIONS


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        (("is", "pregnant", "yes"), {"yes"}),
        (("includes_any", "pregnant", ("yes", "possibly")), {"yes", "possibly"}),
        (("in", "another", ("yes",)), set()),
        (("any", ("is", "pregnant", "yes"), ("not", ("is", "pregnant", "no"))), {"yes", "no"}),
        (("gt", ("days_since", "pregnant"), 35), set()),
        (("undecided", "ABS"), set()),
        (("all",), set()),
    ],
)
def test_a_condition_names_choices(condition, named):
    assert quoting.named_values(condition, "pregnant") == named


@pytest.mark.parametrize(
    ("value", "named", "left"),
    [
        (["warfarin", "iron"], {"warfarin"}, ["warfarin"]),
        (["warfarin", "iron"], set(), ["warfarin", "iron"]),
        ("yes", {"no"}, "yes"),
        (3, set(), 3),
    ],
)
def test_a_list_is_narrowed_to_what_a_rule_named(value, named, left):
    assert quoting.narrowed(value, frozenset(named)) == left


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("pregnant", "yes", ("Yes",)),
        ("breastfeeding", "not_sure", ("I'm not sure",)),
        ("conditions", ["thyroid", "pcos"], ("A thyroid problem", "PCOS or PCOD")),
        ("patch_count", 3, ("3",)),
        ("conditions_other", "typed words", ("typed words",)),
    ],
)
def test_an_answer_is_quoted_in_its_own_words(key, value, words):
    assert quoting.in_words(QUESTIONS[key], value) == words


def test_every_rule_can_be_walked():
    named = {
        value
        for rule in RULES
        for clause in rule.clauses
        for value in quoting.named_values(clause.when, "medicines")
    }
    assert {"warfarin", "aspirin"} <= named
