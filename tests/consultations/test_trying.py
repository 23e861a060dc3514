"""Made-up answers: the bases are real answers, and a result is explained from answer to source."""

from datetime import date

import pytest

from consultations.models import Screening
from consultations.rules import candidacy_rules
from consultations.rules.questionnaire import QUESTIONS, check_answers, facts_of, page_of, validate_answer
from consultations.rules.questions import SESSION
from consultations.rules.usual_answers import usual_answer
from consultations.services.trying import (
    BASES,
    AnswersRefused,
    base_answers,
    checked,
    completed,
    read_answers,
    try_answers,
)
from tests.consultations.histories import product
from tests.consultations.small_rules import a_clause, a_rule, stricter

ON = date(2026, 11, 22)
BLOCKS = ("ABS", "DEFER", "REVIEW")


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.code)
def test_a_base_is_made_of_answers_that_could_be_given(base):
    answers = base_answers(base, ON)

    for key, value in answers.items():
        assert validate_answer(QUESTIONS[key], value, today=ON) == value, key
    assert check_answers(answers, ON) == {}
    assert {**base.changes}.items() <= answers.items()


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.code)
def test_a_base_leaves_nothing_open_that_is_asked(base):
    answers = base_answers(base, ON)
    facts = facts_of(answers, ON)

    open_ = [
        question.key
        for question in QUESTIONS.values()
        if question.required and not question.derived and page_of(question.page).stage != SESSION
        and question.key not in answers and facts.judge_shown(question.key).value is True
    ]  # fmt: skip
    assert open_ == []


@pytest.mark.parametrize("base", BASES[:2], ids=lambda base: base.code)
@pytest.mark.parametrize("planned", [{}, product("biotin")], ids=["nothing", "biotin"])
def test_who_has_nothing_to_report_is_not_stopped(base, planned):
    tried = try_answers(base_answers(base, ON), on=ON, rules=candidacy_rules.RULES, planned=planned)

    assert [one.rule for one in tried.explained if one.counts and one.outcome in BLOCKS] == []


def test_the_day_may_be_the_29th_of_february():
    assert base_answers(BASES[0], date(2028, 2, 29))["born_on"] == "1998-02-28"


@pytest.mark.parametrize("key", [key for key, one in QUESTIONS.items() if not one.derived])
def test_every_question_has_a_quiet_answer(key):
    quiet = usual_answer(QUESTIONS[key], ON)

    assert validate_answer(QUESTIONS[key], quiet, today=ON) == quiet


def test_what_a_change_makes_us_ask_is_answered_too():
    before = base_answers(BASES[1], ON)

    after = completed(before | {"recent_illness": "yes"}, ON)

    assert ("recent_illness_date" in before, "recent_illness_date" in after) == (False, True)


def test_typed_answers_are_read_like_a_forms():
    assert read_answers({"recent_illness": True, "pregnant": None}, ON) == {
        "recent_illness": "yes",
        "pregnant": None,
    }
    assert checked({"recent_illness": "yes", "pregnant": None}, ON) == {"recent_illness": "yes"}


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ([], [""]), ("secret", [""]), ({"recent_illness": "secret"}, ["recent_illness"]),
        ({"no_such": "secret"}, ["no_such"]), ({"Has HIV": "secret"}, [""]),
        ({"recent_illness": "secret", "born_on": "secret"}, ["recent_illness", "born_on"]),
    ],
)  # fmt: skip
def test_typed_answers_are_refused_by_their_keys(typed, keys):
    with pytest.raises(AnswersRefused) as caught:
        read_answers(typed, ON)

    assert [key for key, _words in caught.value.problems] == keys
    assert "secret" not in str(caught.value.problems) and "HIV" not in str(caught.value.problems)


def test_answers_that_do_not_fit_together_are_refused():
    with pytest.raises(AnswersRefused) as caught:
        checked({"born_on": "1990-01-01", "age": 12}, ON)

    assert [key for key, _words in caught.value.problems] == ["age"]


def test_a_result_is_explained_from_answer_to_source():
    answers = {"recent_illness": "yes", "recent_illness_date": "2026-11-20"}

    tried = try_answers(answers, on=ON, rules=(stricter(),), planned={})

    (one,) = tried.explained
    assert (one.rule, one.clause, one.title, one.outcome, one.counts) == (
        "X-01", "ill", "An illness", "DEFER", True,
    )  # fmt: skip
    assert one.answers == ((QUESTIONS["recent_illness"].text, "Yes"),)
    assert (one.clinician, one.patient, one.desk, one.sources, one.certainty, one.until) == (
        "Was ill of late.", "The doctor asks about your illness.", "Doctor to review.",
        ("An example source",), "C", "4 Dec 2026",
    )  # fmt: skip
    (flag,) = tried.review.flags
    assert (flag.outcome, flag.rule, flag.words, flag.quotes[0].words) == (
        "DEFER", "X-01", ("Was ill of late.",), ("Yes",),
    )  # fmt: skip
    assert tried.review.needs_doctor == 1


def test_what_counts_only_for_another_plan_is_said_to():
    rule = a_rule(a_clause(scope="5ARI", outcome="ABS"))

    without = try_answers({"recent_illness": "yes"}, on=ON, rules=(rule,), planned={})
    planned = try_answers({"recent_illness": "yes"}, on=ON, rules=(rule,), planned=product("dutasteride"))

    assert [one.counts for one in (*without.explained, *planned.explained)] == [False, True]
    assert (len(without.review.flags), len(without.review.elsewhere), len(planned.review.flags)) == (0, 1, 1)
    assert ("dutasteride or finasteride", "ABS") in planned.verdicts


@pytest.mark.parametrize(
    ("value", "words"), [("2026-11-20", "20 Nov 2026"), ("not_sure", "not sure"), (None, "not answered")]
)
def test_a_day_is_quoted_as_a_day(value, words):
    when = ("any", ("unknown", "recent_illness_date"), ("gt", ("days_since", "recent_illness_date"), 0))
    answers = {"recent_illness": "yes", "recent_illness_date": value}

    tried = try_answers(answers, on=ON, rules=(a_rule(a_clause(when=when)),), planned={})

    assert tried.explained[0].answers[0][1] == words


def test_what_counts_and_is_strictest_comes_first():
    scopes = (("a", "5ARI", "ABS"), ("b", "ALL", "CAUTION"), ("c", "ALL", "DEFER"))
    rule = a_rule(*(a_clause(id=one, scope=scope, outcome=outcome) for one, scope, outcome in scopes))

    tried = try_answers({"recent_illness": "yes"}, on=ON, rules=(rule,), planned={})

    assert [one.clause for one in tried.explained] == ["c", "b", "a"]


def test_what_is_open_is_asked():
    rule = a_rule(a_clause(outcome="DEFER"))

    tried = try_answers({}, on=ON, rules=(rule,), planned={})

    assert [one.question for one in tried.review.to_ask] == [QUESTIONS["recent_illness"].text]


@pytest.mark.django_db
def test_nothing_is_kept():
    try_answers(base_answers(BASES[0], ON), on=ON, rules=candidacy_rules.RULES, planned={})

    assert Screening.objects.count() == 0
