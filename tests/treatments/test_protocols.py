import json
import re
from datetime import date, timedelta
from itertools import accumulate

import pytest

from consultations.rules.planned import read_plan
from treatments.rules import products, protocols
from treatments.rules.gaps import Gap
from treatments.rules.protocols import P1, P5, P12, P14, PROTOCOLS

FIRST = date(2027, 1, 4)
PRESCRIBABLE = {code: one for code, one in PROTOCOLS.items() if one.prescribable}

# weeks from session 1, certainty, product
TABLE = {
    "P1": ((0, 1, 2, 3, 5, 7, 11), "B", "dutasteride-0-05"),
    "P3": ((0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16), "B", "dutasteride-vitamins"),
    "P4": ((0, 13, 26, 39), "C", "dutasteride-0-01"),
    "P5": (tuple(range(10)), "B", "minoxidil-0-5"),
    "P6": ((0, 4, 8), "C", "minoxidil-0-5"),
    "P7": (tuple(range(8)), "B", "cocktail-56-needled"),
    "P8": (tuple(range(8)), "C", "lc-hair-essence"),
    "P9": ((0, 1, 2, 3, 4, 8, 12, 16), "D", "multivitamin-cocktail"),
    "P10": ((0, 2, 4, 6, 8, 10, 14, 18, 22, 26), "D", "multivitamin-cocktail"),
    "P11": ((0, 3, 6, 9, 12, 15, 18, 21), "D", "growth-factor-vial"),
    "P12": ((0, 4, 8), "B", "triamcinolone"),
    "P13": ((0, 3, 6, 9, 12), "C", "triamcinolone-needled"),
    "P14": ((0, 4, 8, 34), "B", "own-plasma"),
}


def offsets(protocol) -> list[int]:
    return list(accumulate((0, *protocol.targets)))


def days(protocol) -> list[str]:
    return [(FIRST + timedelta(days=offset)).strftime("%m-%d") for offset in offsets(protocol)]


def test_all_fourteen_are_there_in_order():
    assert list(PROTOCOLS) == [f"P{number}" for number in range(1, 15)]
    assert list(PRESCRIBABLE) == list(TABLE)


@pytest.mark.parametrize("code", TABLE)
def test_protocols_keep_the_published_weeks(code):
    weeks, certainty, product = TABLE[code]
    protocol = PROTOCOLS[code]
    assert offsets(protocol) == [week * 7 for week in weeks]
    assert (protocol.certainty, protocol.product_code, protocol.sessions) == (certainty, product, len(weeks))


def test_an_unpublished_schedule_is_not_invented():
    protocol = PROTOCOLS["P2"]
    assert (protocol.prescribable, protocol.sessions, protocol.gaps) == (False, 9, ())
    assert protocols.content(protocol)["gaps"] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("P1", "01-04 01-11 01-18 01-25 02-08 02-22 03-22"),
        (
            "P3",
            "01-04 01-11 01-18 01-25 02-01 02-08 02-15 02-22 03-01 03-15 03-29 04-26",
        ),
        ("P5", "01-04 01-11 01-18 01-25 02-01 02-08 02-15 02-22 03-01 03-08"),
        ("P9", "01-04 01-11 01-18 01-25 02-01 03-01 03-29 04-26"),
        ("P12", "01-04 02-01 03-01"),
    ],
)
def test_protocols_give_the_example_days_of_the_clinical_brief(code, expected):
    assert days(PROTOCOLS[code]) == expected.split()


def test_gaps_carry_the_floors_of_the_product():
    assert P1.gaps[0] == Gap(7, 7, 7, 10)
    assert P1.gaps[3:] == (Gap(7, 12, 14, 18), Gap(7, 12, 14, 18), Gap(7, 24, 28, 35))
    assert set(P5.gaps) == {Gap(7, 7, 7, 10)}
    assert P12.gaps == (Gap(21, 28, 28, 35), Gap(21, 28, 28, 35))
    assert set(PROTOCOLS["P4"].gaps) == {Gap(84, 84, 91, 105)}
    assert set(PROTOCOLS["P13"].gaps) == {Gap(21, 21, 21, 26)}


def test_the_half_year_of_plasma_has_no_default():
    assert P14.gaps == (Gap(28, 28, 28, 35), Gap(28, 28, 28, 35), None)
    assert [code for code, one in PRESCRIBABLE.items() if None in one.gaps] == ["P14"]
    said = protocols.content(P14)["gaps"][-1]
    assert said == {"never_before": None, "earliest": None, "target": 182, "latest": None}


def test_content_is_json_with_all_that_a_release_signs():
    data = protocols.content(P12)
    assert json.loads(json.dumps(data)) == data
    assert data["gaps"] == [{"never_before": 21, "earliest": 28, "target": 28, "latest": 35}] * 2
    assert data["sources"] == list(P12.sources)
    assert data["certainty"] == "B"


@pytest.mark.parametrize(
    ("code", "scopes"),
    [
        ("P1", {"ALL", "PRODUCT", "5ARI"}),
        ("P3", {"ALL", "PRODUCT", "5ARI"}),
        ("P6", {"ALL", "PRODUCT", "MINOX"}),
        ("P11", {"ALL", "PRODUCT", "GF"}),
        ("P13", {"ALL", "PRODUCT", "STER"}),
        ("P14", {"ALL", "PRODUCT", "PRP"}),
    ],
)
def test_what_is_in_a_product_says_which_rules_count(code, scopes):
    assert read_plan({"product": products.as_plan(PROTOCOLS[code].product_code)}).scopes == scopes


def test_only_needling_and_plasma_are_another_kind_of_treatment():
    kinds = {code: one.modality for code, one in products.PRODUCTS.items() if one.modality != "injection"}
    assert kinds == {
        "triamcinolone-needled": "needling",
        "cocktail-56-needled": "needling",
        "own-plasma": "prp",
    }


PROMISES = re.compile(
    r"\b(safe|safely|eligible|guarantee\w*|regrow\w*|cure[sd]?|permanent\w*|painless|best|proven"
    r"|no side effects)\b"
)


@pytest.mark.parametrize(
    "text",
    [protocols.DRAFT_NOTICE, protocols.POSITION, protocols.NONE_FOR_SHEDDING],
    ids=["draft", "position", "P15"],
)
def test_notices_promise_nothing(text):
    assert PROMISES.findall(text.lower()) == []


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=list(PROTOCOLS))
def test_texts_promise_nothing_and_name_their_sources(protocol):
    data = protocols.content(protocol)
    assert PROMISES.findall(json.dumps(data).lower()) == []
    assert all(data[name] for name in ("title", "indication", "technique", "assess", "evidence", "sources"))
