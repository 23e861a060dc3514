from datetime import date

import pytest

from consultations.rules.conditions import UNKNOWN, Facts, judge, keys_of, stage

T, F, U = ["is", "yes", "yes"], ["is", "no", "yes"], ["is", "open", "yes"]
SHOWN_IF = {
    "yes": None,
    "no": None,
    "open": None,
    "unsure": None,
    "hidden": ["is", "no", "yes"],
    "perhaps": ["is", "open", "yes"],
    "maybe": ["is", "open", "yes"],
    "list": None,
    "empty_handed": None,
    "unsure_list": None,
    "day": None,
    "number": None,
    "unsure_number": None,
}
ANSWERS = {
    "yes": "yes",
    "no": "no",
    "unsure": "not_sure",
    "hidden": "yes",
    "perhaps": "yes",
    "list": ["a", "b"],
    "empty_handed": ["none"],
    "unsure_list": ["not_sure"],
    "day": "2026-11-20",
    "number": 5,
    "unsure_number": "not_sure",
}
FACTS = Facts(
    ANSWERS,
    SHOWN_IF,
    date(2026, 11, 22),
    {
        "planned.status": "unknown",
        "planned.mg": 280,
        "planned.allergens": ["b"],
        "planned.no_allergens": [],
        "planned.contents": UNKNOWN,
    },
)


@pytest.mark.parametrize(
    ("operator", "parts", "value"),
    [
        ("all", [], True),
        ("all", [T, T], True),
        ("all", [T, F], False),
        ("all", [T, U], None),
        ("all", [F, U], False),
        ("all", [U, F], False),
        ("all", [U, U], None),
        ("any", [], False),
        ("any", [F, F], False),
        ("any", [T, F], True),
        ("any", [T, U], True),
        ("any", [U, T], True),
        ("any", [F, U], None),
        ("any", [U, U], None),
        ("not", [T], False),
        ("not", [F], True),
        ("not", [U], None),
    ],
)
def test_connectives_follow_three_valued_logic(operator, parts, value):
    assert judge([operator, *parts], FACTS).value is value


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        (["is", "yes", "yes"], True),
        (["is", "no", "yes"], False),
        (["is", "open", "yes"], None),
        (["is", "unsure", "yes"], None),
        (["is", "unsure", "not_sure"], True),
        (["in", "unsure", ["yes", "not_sure"]], True),
        (["is", "hidden", "yes"], False),
        (["none_of", "hidden", ["no"]], False),
        (["not", ["is", "hidden", "yes"]], True),
        (["is", "perhaps", "yes"], True),
        (["is", "perhaps", "no"], False),
        (["is", "maybe", "yes"], None),
        (["none_of", "yes", ["no"]], True),
        (["none_of", "yes", ["yes"]], False),
        (["none_of", "open", ["yes"]], None),
        (["none_of", "unsure", ["yes"]], None),
        (["none_of", "unsure", ["not_sure"]], False),
        (["includes_any", "list", ["b", "c"]], True),
        (["includes_any", "list", ["c"]], False),
        (["includes_all", "list", ["a", "b"]], True),
        (["includes_all", "list", ["a", "c"]], False),
        (["includes_any", "unsure_list", ["a"]], None),
        (["includes_any", "unsure_list", ["not_sure"]], True),
        (["none_of", "list", ["none"]], True),
        (["none_of", "empty_handed", ["none"]], False),
        (["overlap", "list", "planned.allergens"], True),
        (["overlap", "empty_handed", "planned.allergens"], False),
        (["overlap", "unsure_list", "planned.allergens"], None),
        (["overlap", "open", "planned.allergens"], None),
        (["overlap", "open", "planned.no_allergens"], False),
        (["overlap", "open", "planned.nothing"], False),
        (["overlap", "list", "planned.contents"], None),
        (["overlap", "empty_handed", "planned.contents"], False),
        (["is", "planned.status", "unknown"], True),
        (["is", "planned.nothing", "unknown"], False),
        (["is", "planned.contents", "x"], None),
        (["lt", "number", 5], False),
        (["lte", "number", 5], True),
        (["lt", "number", 5.1], True),
        (["gt", "number", 5], False),
        (["gte", "number", 5], True),
        (["eq", "number", 5], True),
        (["gt", "open", 5], None),
        (["gt", "unsure_number", 5], None),
        (["gt", "hidden", 5], False),
        (["gt", "planned.mg", ["min", ["times", 4.5, "number"], 300]], True),
        (["gt", "planned.mg", ["max", ["times", 4.5, "number"], 280]], False),
        (["gt", "planned.mg", ["plus", "number", "open"]], None),
        (["eq", ["days_since", "day"], 2], True),
        (["within_days", "day", 2], True),
        (["within_days", "day", 1], False),
        (["unknown", "open"], True),
        (["unknown", "unsure"], True),
        (["unknown", "yes"], False),
        (["unknown", "hidden"], False),
    ],
)
def test_condition_on_an_answer(condition, value):
    assert judge(condition, FACTS).value is value


def test_within_days_refuses_a_day_to_come():
    facts = Facts({"day": "2026-11-23"}, {"day": None}, date(2026, 11, 22))

    assert judge(["within_days", "day", 14], facts).value is False


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        (["is", "open", "yes"], ("open",)),
        (["is", "unsure", "yes"], ("unsure",)),
        (["is", "maybe", "yes"], ("open",)),
        (["all", ["is", "open", "yes"], ["is", "no", "yes"]], ()),
        (["all", ["is", "open", "yes"], ["is", "unsure", "yes"]], ("open", "unsure")),
        (["any", ["is", "no", "yes"], ["is", "open", "yes"]], ("open",)),
        (["gt", "unsure_number", 5], ("unsure_number",)),
        (["overlap", "list", "planned.contents"], ("planned.contents",)),
    ],
)
def test_unknown_names_only_what_could_decide(condition, missing):
    assert judge(condition, FACTS).unknown == missing


@pytest.mark.parametrize(
    ("condition", "used"),
    [
        (["all", T, ["is", "no", "no"]], {"yes": "yes", "no": "no"}),
        (["any", T, F], {"yes": "yes"}),
        (["includes_any", "list", ["b"]], {"list": ["a", "b"]}),
        (["overlap", "list", "planned.allergens"], {"list": ["b"]}),
        (["gt", ["days_since", "day"], 1], {"day": "2026-11-20"}),
        (["gt", "planned.mg", "number"], {"planned.mg": 280, "number": 5}),
        (["is", "planned.status", "unknown"], {"planned.status": "unknown"}),
    ],
)
def test_a_true_condition_quotes_what_made_it_true(condition, used):
    assert judge(condition, FACTS).used == used


def test_keys_of_finds_every_key_read():
    condition = [
        "all",
        ["is", "a", "x"],
        ["not", ["overlap", "b", "planned.c"]],
        ["gt", ["min", ["times", 2, "d"], 3], ["days_since", "e"]],
        ["undecided", "ABS"],
    ]

    assert keys_of(condition) == {"a", "b", "planned.c", "d", "e"}
    assert keys_of(None) == set()


def test_stage_tells_conditions_about_rules_apart():
    assert stage(["all", T]) == 0
    assert stage(["all", T, ["undecided", "ABS"]]) == 1
    assert stage(["not", ["nothing_from", "ABS"]]) == 2
