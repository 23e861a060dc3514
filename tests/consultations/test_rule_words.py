"""Conditions as sentences. Every operator has words, and no rule or question falls through to code."""

import pytest

from consultations.rules import candidacy_rules, conditions
from consultations.rules.candidacy import Until
from consultations.rules.questionnaire import QUESTIONS
from consultations.services import rule_words
from consultations.services.rule_words import Line, clauses_in_words, condition_words, name_of
from tests.consultations.small_rules import a_clause, a_rule, stricter

PREGNANT = "“Are you pregnant?”"
AGE = "“Age in years”"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (("is", "pregnant", "yes"), f"{PREGNANT} is “Yes”"),
        (("in", "pregnant", ("yes", "no")), f"{PREGNANT} is “Yes” or “No”"),
        (("none_of", "pregnant", ("yes",)), f"{PREGNANT} is answered, and not with “Yes”"),
        (("unknown", "pregnant"), f"{PREGNANT} is not answered, or with “not sure”"),
        (("not", ("is", "pregnant", "yes")), f"This is not so: {PREGNANT} is “Yes”"),
        (("all",), "always"),
        (("any", ("is", "pregnant", "yes")), f"{PREGNANT} is “Yes”"),
        (("lt", "age", 18), f"{AGE} is less than 18"),
        (("lte", "age", 18), f"{AGE} is 18 or less"),
        (("gt", "age", 18), f"{AGE} is more than 18"),
        (("gte", "age", 18), f"{AGE} is 18 or more"),
        (("eq", "age", 18), f"{AGE} is exactly 18"),
        (("lt", "age", ("plus", 1, 2)), f"{AGE} is less than the sum of 1 and 2"),
        (("lt", "age", ("times", 2, 3, 4)), f"{AGE} is less than the product of 2, 3 and 4"),
        (("gt", "age", ("min", 1, 2)), f"{AGE} is more than the smallest of 1 and 2"),
        (("gt", "age", ("max", 1, 2)), f"{AGE} is more than the largest of 1 and 2"),
        (("gt", "planned.mg", 1500), "the planned amount of numbing medicine in mg is more than 1,500"),
        (("is", "planned.adrenaline", True), "the planned numbing holds adrenaline"),
        (("is", "planned.status", "unlicensed"), "the licence of the planned product is not licensed"),
        (("none_of", "planned.status", ()), "the licence of the planned product is known"),
        (
            ("includes_any", "planned.classes", ("growth_factor",)),
            "the kinds of medicine in the planned product names growth factor",
        ),
        (
            ("undecided", "ABS", "DEFER"),
            "an answer is open without which a clause that says “not suitable” or “defer” cannot be decided",
        ),
        (("nothing_from", "REVIEW"), "nothing was found that says “review” or something stricter"),
        (
            ("none_of", "planned.classes", ("minoxidil",)),
            "the kinds of medicine in the planned product: not minoxidil",
        ),
        (("is", "gone_question", "yes"), "gone_question is “yes”"),
    ],
)
def test_a_condition_in_words(condition, words):
    assert condition_words(condition).plain == words


def test_what_belongs_together_stands_under_its_heading():
    both = ("is", "pregnant", "yes"), ("lt", "age", 18)
    parts = (Line(f"{PREGNANT} is “Yes”"), Line(f"{AGE} is less than 18"))

    assert condition_words(("all", *both)) == Line("All of these:", parts)
    assert condition_words(("any", *both)) == Line("At least one of these:", parts)


def test_what_does_not_hold_together_stands_under_one_heading():
    both = ("is", "pregnant", "yes"), ("lt", "age", 18)

    assert condition_words(("not", ("all", *both))).text == "Not all of these:"
    assert condition_words(("not", ("any", *both))).text == "None of these:"
    assert condition_words(("not", ("any", both[0]))).plain == f"This is not so: {PREGNANT} is “Yes”"


def test_lists_and_days():
    scalp = name_of("scalp_signs")
    ill = name_of("recent_illness_date")

    assert condition_words(("includes_all", "scalp_signs", ("pustules", "crusts"))).text.startswith(
        f"{scalp} names “Pimples with pus” and “"
    )
    assert condition_words(("overlap", "allergies", "planned.allergens")).text == (
        f"{name_of('allergies')} names something of: what people react to in the planned product"
    )
    assert condition_words(("within_days", "recent_illness_date", 14)).text == (
        f"{ill} is today or up to 14 days ago"
    )


@pytest.mark.parametrize(
    ("operator", "days", "words"),
    [
        ("gt", 35, "more than 35 days ago"), ("lt", 14, "less than 14 days ago"),
        ("gte", 14, "14 days ago or earlier"), ("lte", 14, "14 days ago or later"),
        ("eq", 1, "exactly 1 days ago"), ("gte", -7, "at most 7 days ahead"),
    ],
)  # fmt: skip
def test_days(operator, days, words):
    condition = (operator, ("days_since", "recent_illness_date"), days)

    assert condition_words(condition).text == f"{name_of('recent_illness_date')}: {words}"


def test_days_in_a_sum_stay_a_number():
    days = ("days_since", "recent_illness_date")

    assert condition_words(("lt", days, ("plus", 1, 2))).text == (
        f"the number of days since {name_of('recent_illness_date')} is less than the sum of 1 and 2"
    )


def test_an_operator_without_words_is_shown_as_written():
    assert condition_words(("moonphase", "age")).text == "(no words yet) ['moonphase', 'age']"


def test_every_operator_and_number_has_words():
    assert set(conditions.OPERATORS) - set(rule_words.WORDS) == set()
    assert set(conditions.ARITHMETIC) - set(rule_words.ARITHMETIC) == set()


@pytest.mark.parametrize("rule", candidacy_rules.RULES, ids=lambda rule: rule.id)
def test_every_rule_reads_as_words(rule):
    for clause, words in zip(rule.clauses, clauses_in_words(rule), strict=True):
        assert "no words yet" not in words.when.plain
        assert "['" not in words.when.plain and "planned." not in words.when.plain, words.when.plain
        assert words.clinician and words.patient and words.desk
        for key in conditions.keys_of(clause.when) & QUESTIONS.keys():
            assert key in QUESTIONS[key].text or f" {key} " not in f" {words.when.plain} "


def test_a_clause_says_all_that_it_does():
    words = clauses_in_words(stricter())[0]

    assert (words.scope, words.overridable) == ("every injection treatment", False)
    assert words.until == f"two weeks after (14 days after {name_of('recent_illness_date')})"
    assert words.lane == "a person makes contact within 7 days"
    assert (words.clinician, words.patient, words.desk) == (
        "Was ill of late.",
        "The doctor asks about your illness.",
        "Doctor to review.",
    )


def test_a_clauses_own_words_come_before_its_rules():
    rule = a_rule(a_clause(clinician="Another.", until=Until(text="a test")))

    assert [(one.clinician, one.patient, one.until, one.lane) for one in clauses_in_words(rule)] == [
        ("Another.", "The doctor asks about your illness.", "a test", "")
    ]


def test_outcomes_are_named_once_and_strictest_first():
    rule = a_rule(*(a_clause(id=f"c{n}", outcome=one) for n, one in enumerate(("CAUTION", "ABS", "CAUTION"))))

    assert rule_words.outcomes_of(rule) == ["ABS", "CAUTION"]
    assert rule_words.scopes_of(rule) == ["every injection treatment"]


def test_questions_with_the_same_words_are_told_apart():
    asked = [rule_words.question_words(key) for key, one in QUESTIONS.items() if not one.derived]

    assert sorted(set(asked)) == sorted(asked)
    assert rule_words.question_words("tx_prp_last_date").endswith(": When was the last time?")
    assert rule_words.question_words("inr_date").startswith("INR")
