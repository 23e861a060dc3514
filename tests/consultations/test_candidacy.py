"""The engine, on rules made up for the test: how clauses, scopes, dates, lanes and unknowns work together."""

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest

from consultations.rules.candidacy import (
    LANES,
    OUTCOMES,
    SCOPES,
    Clause,
    Rule,
    Until,
    rules_content,
    rules_from,
    screen,
    words_of,
)
from consultations.rules.planned import BadPlan, had_before, read_plan
from tests.consultations.histories import ON, man, product, woman


def rule(rule_id, *clauses):
    return Rule(
        id=rule_id,
        title="Title",
        clauses=clauses,
        clinician="to the clinician",
        patient="to the patient",
        desk="to the desk",
        rationale="because",
        sources=("somebody, somewhere",),
        certainty="D",
    )


def clause(clause_id="only", *, scope="ALL", outcome="REVIEW", when=("all",), **rest):
    return Clause(id=clause_id, scope=scope, outcome=outcome, when=when, **rest)


OPEN = rule("OPEN", clause("open", outcome="REVIEW", when=("undecided", "ABS", "DEFER")))


def fired(result):
    return [(one.id, one.clause) for one in result.fired]


@pytest.mark.parametrize(("stricter", "milder"), list(pairwise(OUTCOMES)))
def test_the_strictest_outcome_wins_and_every_fired_rule_is_kept(stricter, milder):
    rules = [rule("MILD", clause(outcome=milder)), rule("STRICT", clause(outcome=stricter))]

    result = screen(woman(), on=ON, rules=rules)

    assert result.outcome == stricter
    assert fired(result) == [("MILD", "only"), ("STRICT", "only")]


def test_nothing_fired_is_the_mildest_outcome():
    result = screen(woman(), on=ON, rules=[rule("R", clause(when=("is", "pregnant", "yes")))])

    assert (result.outcome, result.lane, result.fired, result.unclear) == ("NONE", "none", (), ())
    assert result.verdicts == {scope: "NONE" for scope in SCOPES if scope != "PRODUCT"}


def test_a_scope_that_is_not_planned_is_told_and_does_not_count():
    rules = [rule("R", clause(scope="5ARI", outcome="ABS"))]

    unplanned = screen(woman(), on=ON, rules=rules)
    planned = screen(woman(), on=ON, rules=rules, planned=product("dutasteride"))

    assert (unplanned.outcome, unplanned.verdicts["5ARI"], fired(unplanned)) == (
        "NONE",
        "ABS",
        [("R", "only")],
    )
    assert (planned.outcome, planned.verdicts["5ARI"]) == ("ABS", "ABS")


@pytest.mark.parametrize("lane", LANES)
def test_the_most_urgent_lane_wins_and_is_no_verdict(lane):
    rules = [rule("R", clause("lane", outcome="NONE", lane=lane), clause("calm", outcome="NONE"))]

    result = screen(woman(), on=ON, rules=rules)

    assert (result.outcome, result.lane) == ("NONE", lane)


def test_a_lane_counts_whatever_the_scope():
    result = screen(woman(), on=ON, rules=[rule("R", clause(scope="MINOX", lane="same-day"))])

    assert (result.outcome, result.lane) == ("NONE", "same-day")


# Dates


DATED = rule(
    "DATED",
    clause(
        outcome="DEFER",
        when=("is", "recent_illness", "yes"),
        until=Until(text="two weeks later", after="recent_illness_date", days=14),
    ),
)


@pytest.mark.parametrize(("days_later", "outcome"), [(0, "DEFER"), (13, "DEFER"), (14, "NONE"), (15, "NONE")])
def test_a_dated_clause_lapses_on_its_day(days_later, outcome):
    ill_on = date(2026, 11, 1)
    answers = woman(recent_illness="yes", recent_illness_date=ill_on.isoformat())

    assert screen(answers, on=ill_on + timedelta(days=days_later), rules=[DATED]).outcome == outcome


def test_a_dated_clause_carries_its_date():
    (one,) = screen(woman(recent_illness="yes", recent_illness_date="2026-11-20"), on=ON, rules=[DATED]).fired

    assert (one.until, one.until_on) == ("2026-12-04", "2026-12-04")


@pytest.mark.parametrize("day", [None, "not_sure"])
def test_without_its_date_a_clause_holds_and_says_so_in_words(day):
    (one,) = screen(woman(recent_illness="yes", recent_illness_date=day), on=ON, rules=[DATED]).fired

    assert (one.outcome, one.until, one.until_on) == ("DEFER", "two weeks later", None)


def test_what_is_about_one_day_alone_ends_the_day_after():
    today = clause(outcome="DEFER", when=("is", "alcohol_24h", "yes"), until=Until(text="a day", days=1))
    (one,) = screen(woman(alcohol_24h="yes"), on=ON, rules=[rule("R", today)]).fired

    assert (one.outcome, one.until_on) == ("DEFER", (ON + timedelta(days=1)).isoformat())


def test_an_unknown_that_has_lapsed_is_not_asked():
    lapsed = clause(
        outcome="DEFER",
        when=("all", ("is", "recent_illness", "yes"), ("is", "breastfeeding", "yes")),
        until=Until(text="later", after="recent_illness_date", days=14),
    )
    answers = woman(recent_illness="yes", recent_illness_date="2026-11-08", breastfeeding="not_sure")

    result = screen(answers, on=ON, rules=[rule("R", lapsed), OPEN])

    assert (result.outcome, result.unclear) == ("NONE", ())


# What is not known


@pytest.mark.parametrize(
    ("outcome", "expected"), [("ABS", "REVIEW"), ("DEFER", "REVIEW"), ("REVIEW", "NONE"), ("CAUTION", "NONE")]
)
def test_only_an_unknown_that_could_block_or_defer_is_reviewed(outcome, expected):
    rules = [rule("R", clause(outcome=outcome, when=("is", "breastfeeding", "yes"))), OPEN]

    assert screen(woman(breastfeeding="not_sure"), on=ON, rules=rules).outcome == expected


@pytest.mark.parametrize("answer", [None, "not_sure"])
def test_an_unknown_is_listed_with_the_rules_that_need_it(answer):
    rules = [
        rule("A", clause(outcome="ABS", when=("is", "breastfeeding", "yes"))),
        rule("B", clause(outcome="DEFER", when=("is", "breastfeeding", "yes"))),
        OPEN,
    ]

    result = screen(woman(breastfeeding=answer), on=ON, rules=rules)

    assert [(one.key, one.rules) for one in result.unclear] == [("breastfeeding", ("A", "B"))]
    assert [(one.id, one.answers) for one in result.fired] == [("OPEN", {"breastfeeding": answer})]


def test_an_unknown_of_a_scope_that_is_not_planned_stays_quiet():
    rules = [rule("R", clause(scope="5ARI", outcome="ABS", when=("is", "breastfeeding", "yes"))), OPEN]
    answers = woman(breastfeeding="not_sure")

    unplanned = screen(answers, on=ON, rules=rules)
    planned = screen(answers, on=ON, rules=rules, planned=product("dutasteride"))

    assert (unplanned.outcome, unplanned.unclear) == ("NONE", ())
    assert (planned.outcome, [one.key for one in planned.unclear]) == ("REVIEW", ["breastfeeding"])


def test_an_unknown_that_cannot_matter_stays_quiet():
    both = ("all", ("is", "breastfeeding", "yes"), ("is", "pregnant", "yes"))
    rules = [rule("R", clause(outcome="ABS", when=both)), OPEN]

    result = screen(woman(breastfeeding="not_sure", pregnant="no"), on=ON, rules=rules)

    assert (result.outcome, result.unclear) == ("NONE", ())


def test_a_question_that_is_not_shown_is_not_asked_about():
    rules = [rule("R", clause(outcome="ABS", when=("is", "pregnant", "yes"))), OPEN]

    assert screen(man(), on=ON, rules=rules).outcome == "NONE"
    assert screen(man(pregnant="yes"), on=ON, rules=rules).outcome == "NONE"


def test_where_nobody_knows_whether_it_is_shown_the_answer_before_is_asked():
    rules = [rule("R", clause(outcome="ABS", when=("is", "pregnant", "yes"))), OPEN]

    result = screen(woman(sex_at_birth=None, pregnant=None), on=ON, rules=rules)

    assert (result.outcome, [one.key for one in result.unclear]) == ("REVIEW", ["sex_at_birth"])


@pytest.mark.parametrize(("pregnant", "outcome"), [("no", "NONE"), ("yes", "ABS")])
def test_an_answer_counts_though_nobody_knows_whether_it_was_asked(pregnant, outcome):
    rules = [rule("R", clause(outcome="ABS", when=("is", "pregnant", "yes"))), OPEN]

    assert screen(woman(sex_at_birth=None, pregnant=pregnant), on=ON, rules=rules).outcome == outcome


def test_a_named_not_sure_is_an_answer():
    rules = [rule("R", clause(outcome="DEFER", when=("in", "pregnant", ("possibly", "not_sure")))), OPEN]

    result = screen(woman(pregnant="not_sure"), on=ON, rules=rules)

    assert (fired(result), result.unclear) == ([("R", "only")], ())


# Rules about rules


@pytest.mark.parametrize(
    ("outcome", "supported"), [("ABS", False), ("REVIEW", False), ("CAUTION", True), ("NONE", True)]
)
def test_support_is_given_only_where_nothing_stricter_fired(outcome, supported):
    rules = [
        rule("SUPPORT", clause(outcome="SUPPORT", when=("nothing_from", "REVIEW"))),
        rule("OTHER", clause(outcome=outcome)),
    ]

    assert (("SUPPORT", "only") in fired(screen(woman(), on=ON, rules=rules))) is supported


def test_support_is_not_given_where_something_is_open():
    rules = [
        rule("SUPPORT", clause(outcome="SUPPORT", when=("nothing_from", "REVIEW"))),
        rule("R", clause(outcome="ABS", when=("is", "breastfeeding", "yes"))),
        OPEN,
    ]

    assert fired(screen(woman(breastfeeding=None), on=ON, rules=rules)) == [("OPEN", "open")]


def test_fired_rules_stand_in_the_order_of_the_data():
    rules = [OPEN, rule("Z", clause()), rule("A", clause(outcome="ABS", when=("is", "pregnant", "yes")))]

    assert fired(screen(woman(pregnant=None), on=ON, rules=rules)) == [("OPEN", "open"), ("Z", "only")]


# What comes out


def test_a_result_is_plain_json_and_the_same_every_time():
    answers = woman(recent_illness="yes", recent_illness_date="2026-11-20", breastfeeding=None)
    rules = [DATED, rule("R", clause(outcome="ABS", when=("is", "breastfeeding", "yes"))), OPEN]

    first = screen(answers, on=ON, rules=rules).as_dict()
    again = screen(dict(reversed(answers.items())), on=ON, rules=rules).as_dict()

    assert json.dumps(first) == json.dumps(again)
    assert first == {
        "outcome": "DEFER",
        "lane": "none",
        "verdicts": {scope: "DEFER" if scope == "ALL" else "NONE" for scope in SCOPES if scope != "PRODUCT"},
        "fired": [
            {
                "id": "DATED",
                "clause": "only",
                "scope": "ALL",
                "outcome": "DEFER",
                "lane": "none",
                "until": "2026-12-04",
                "until_on": "2026-12-04",
                "overridable": True,
                "answers": {"recent_illness": "yes"},
            },
            {
                "id": "OPEN",
                "clause": "open",
                "scope": "ALL",
                "outcome": "REVIEW",
                "lane": "none",
                "until": None,
                "until_on": None,
                "overridable": True,
                "answers": {"breastfeeding": None},
            },
        ],
        "unclear": [{"key": "breastfeeding", "rules": ["R"]}],
    }


def test_rules_read_back_from_a_release_are_the_same_rules():
    rules = (DATED, OPEN, rule("R", clause(scope="LA", outcome="ABS", overridable=False, lane="7-day")))
    kept = json.loads(json.dumps(rules_content(rules)))
    answers = woman(recent_illness="yes", recent_illness_date="2026-11-20")

    assert rules_content(rules_from(kept)) == kept
    assert screen(answers, on=ON, rules=rules_from(kept)) == screen(answers, on=ON, rules=rules)


def test_a_clause_speaks_with_its_own_words_where_it_has_some():
    rules = [rule("R", clause("plain"), clause("own", patient="its own"))]

    plain, own = words_of(rules, "R", "plain"), words_of(rules, "R", "own")

    assert (plain.patient, own.patient, own.clinician, own.desk) == (
        "to the patient",
        "its own",
        "to the clinician",
        "to the desk",
    )


# The plan


@pytest.mark.parametrize(
    ("planned", "scopes"),
    [
        (None, {"ALL"}),
        ({}, {"ALL"}),
        ({"product": None}, {"ALL"}),
        (product("biotin"), {"ALL", "PRODUCT"}),
        (product("Dutasteride 0.05 %"), {"ALL", "PRODUCT", "5ARI"}),
        (product("minoxidil", "FINASTERIDE"), {"ALL", "PRODUCT", "MINOX", "5ARI"}),
        (product("triamcinolone acetonide"), {"ALL", "PRODUCT", "STER"}),
        (product("platelet-rich plasma"), {"ALL", "PRODUCT", "PRP"}),
        (product("growth factors"), {"ALL", "PRODUCT", "GF"}),
        (product("biotin with lignocaine"), {"ALL", "PRODUCT", "LA"}),
        ({"anaesthetic": "none"}, {"ALL"}),
        ({"anaesthetic": "lidocaine 2 %"}, {"ALL", "LA"}),
        ({"anaesthetic": "EMLA"}, {"ALL", "LA", "PRILOCAINE"}),
        ({"product": {"status": "licensed_injectable"}}, set(SCOPES)),
        (
            {"product": {"ingredients": [{"name": "new thing", "classes": ["5ari"]}]}},
            {"ALL", "PRODUCT", "5ARI"},
        ),
    ],
)
def test_a_plan_says_which_scopes_count(planned, scopes):
    assert read_plan(planned).scopes == scopes


def test_a_plan_gives_facts():
    plan = {
        "product": {"code": "mix", "ingredients": ["biotin", "benzyl alcohol"], "status": "licensed"},
        "anaesthetic": "lidocaine",
        "mg": 40,
        "adrenaline": True,
        "technique": "nappage",
    }

    assert read_plan(plan).facts == {
        "planned.code": "mix",
        "planned.status": "licensed_injectable",
        "planned.ingredients": ["benzyl_alcohol", "biotin"],
        "planned.classes": [],
        "planned.allergens": ["b_vitamins", "benzyl_alcohol"],
        "planned.additives": ["b_vitamins", "benzyl_alcohol"],
        "planned.has_unlisted": False,
        "planned.anaesthetic.ingredients": ["adrenaline", "lidocaine"],
        "planned.anaesthetic.classes": ["amide_anaesthetic", "local_anaesthetic"],
        "planned.anaesthetic.allergens": ["lidocaine", "sulfites"],
        "planned.anaesthetic.additives": ["sulfites"],
        "planned.anaesthetic.has_unlisted": False,
        "planned.mg": 40,
        "planned.adrenaline": True,
        "planned.technique": "nappage",
    }


@pytest.mark.parametrize(
    ("planned", "told", "expected"),
    [
        (product("dutasteride", "water"), "Dutasteride and something", True),
        (product("dutasteride", "water"), "biotin", False),
        (product("dutasteride", "water"), "only water", False),
        (product("dutasteride"), None, None),
        (product("dutasteride"), "not_sure", None),
        (product("dutasteride"), "something blue", None),
        ({"product": {"status": "unknown"}}, "dutasteride", None),
        ({"anaesthetic": "lidocaine"}, "lidocaine", None),
        (None, "dutasteride", None),
    ],
)
def test_what_was_injected_before_is_compared_with_the_plan(planned, told, expected):
    assert had_before(read_plan(planned), told) is expected


def test_a_question_of_a_later_stage_counts_once_something_is_planned():
    rules = [rule("R", clause(outcome="ABS", when=("is", "own_wish", "no"))), OPEN]
    answers = man(own_wish=None)

    unplanned = screen(answers, on=ON, rules=rules)
    planned = screen(answers, on=ON, rules=rules, planned=product("biotin"))

    assert (unplanned.outcome, unplanned.unclear) == ("NONE", ())
    assert (planned.outcome, [one.key for one in planned.unclear]) == ("REVIEW", ["own_wish"])


def test_an_ingredient_nobody_knows_is_told():
    facts = read_plan(product("biotin", "moon dust")).facts

    assert (facts["planned.has_unlisted"], facts["planned.ingredients"]) == (True, ["biotin", "moon dust"])


def test_a_product_without_a_status_has_an_unknown_one():
    assert read_plan({"product": {"ingredients": ["biotin"]}}).facts["planned.status"] == "unknown"


@pytest.mark.parametrize(
    ("planned", "key"),
    [
        ([], "planned"),
        ({"surprise": 1}, "planned"),
        ({"product": "dutasteride"}, "planned.product"),
        ({"product": {"colour": "red"}}, "planned.product"),
        ({"product": {"status": "fine"}}, "planned.product.status"),
        ({"product": {"status": ["cosmetic"]}}, "planned.product.status"),
        ({"product": {"code": 5}}, "planned.product.code"),
        ({"product": {"ingredients": []}}, "planned.product.ingredients"),
        ({"product": {"ingredients": "biotin"}}, "planned.product.ingredients"),
        ({"product": {"ingredients": [" "]}}, "planned.product.ingredients[0]"),
        ({"product": {"ingredients": ["biotin", 5]}}, "planned.product.ingredients[1]"),
        ({"product": {"ingredients": [{"classes": []}]}}, "planned.product.ingredients[0].name"),
        (
            {"product": {"ingredients": [{"name": "x", "classes": [{}]}]}},
            "planned.product.ingredients[0].classes",
        ),
        (
            {"product": {"ingredients": [{"name": "x", "allergens": "y"}]}},
            "planned.product.ingredients[0].allergens",
        ),
        ({"anaesthetic": "moon dust"}, "planned.anaesthetic"),
        ({"anaesthetic": 5}, "planned.anaesthetic"),
        ({"mg": -1}, "planned.mg"),
        ({"mg": True}, "planned.mg"),
        ({"mg": "40"}, "planned.mg"),
        ({"mg": float("nan")}, "planned.mg"),
        ({"adrenaline": "yes"}, "planned.adrenaline"),
        ({"technique": ""}, "planned.technique"),
        ({"technique": 5}, "planned.technique"),
    ],
)
def test_a_plan_that_cannot_be_read_names_the_key(planned, key):
    with pytest.raises(BadPlan) as caught:
        read_plan(planned)

    assert str(caught.value).split(":")[0] == key
