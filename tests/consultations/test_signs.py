"""Signs of trouble: a vector for each, from the red flags of the clinical brief."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.rules.signs import ANSWERS, MOST_URGENT_FIRST, QUESTIONS, SIGNS, is_crisis, lane_of

LANES = {
    "breathing": "emergency",
    "swelling": "emergency",
    "collapse": "emergency",
    "chest_pain": "emergency",
    "sight": "same-day",
    "dark_skin": "same-day",
    "fever": "same-day",
    "pain": "same-day",
    "numb_mouth": "same-day",
    "lump": "7-day",
    "patch": "7-day",
    "crisis": "same-day",
    "other": "same-day",
}


def test_every_sign_has_a_vector():
    assert sorted(LANES) == sorted(sign.code for sign in SIGNS)


@pytest.mark.parametrize(("code", "lane"), LANES.items(), ids=LANES)
def test_a_sign_asks_for_a_call(code, lane):
    assert lane_of([code]) == lane


@pytest.mark.parametrize(
    ("codes", "lane"),
    [
        (["lump", "patch"], "7-day"),
        (["lump", "pain"], "same-day"),
        (["pain", "breathing", "lump"], "emergency"),
        (["a sign we no longer ask for"], "same-day"),
        (["a sign we no longer ask for", "lump"], "same-day"),
    ],
)
def test_the_most_urgent_sign_decides(codes, lane):
    assert lane_of(codes) == lane


# The five questions

ASKS = {
    "breathing": "emergency",
    "fever": "same-day",
    "spreading": "same-day",
    "skin_or_sight": "same-day",
    "faster": "same-day",
}
ALL_NO = dict.fromkeys(ASKS, "no")


def test_every_question_has_a_vector():
    assert list(ASKS) == [question.code for question in QUESTIONS]


@pytest.mark.parametrize("answer", ["yes", "not_sure"])
@pytest.mark.parametrize(("code", "lane"), ASKS.items(), ids=ASKS)
def test_yes_and_not_sure_ask_for_a_call_whatever_was_ticked(code, lane, answer):
    assert lane_of(["lump"], ALL_NO | {code: answer}) == lane


@pytest.mark.parametrize("code", ASKS)
def test_what_was_left_out_waits_no_week(code):
    assert lane_of(["lump"], ALL_NO | {code: "not_said"}) == "same-day"


@pytest.mark.parametrize(
    ("signs", "answers", "lane"),
    [
        (["lump"], ALL_NO, "7-day"),
        (["pain"], ALL_NO, "same-day"),
        (["breathing"], ALL_NO, "emergency"),
        (["other"], {}, "same-day"),
        (["lump"], {"a_question_of_long_ago": "yes"}, "same-day"),
        (["lump"], {"fever": "an answer of long ago"}, "same-day"),
    ],
)
def test_the_most_urgent_of_signs_and_answers_decides(signs, answers, lane):
    assert lane_of(signs, answers) == lane


DEFINITE = [code for code, _ in ANSWERS if code != "not_sure"]
a_set_of_signs = st.sets(st.sampled_from([sign.code for sign in SIGNS]), min_size=1)
answered = st.fixed_dictionaries({code: st.sampled_from([*DEFINITE, "not_said"]) for code in ASKS})


@given(signs=a_set_of_signs, answers=answered, unsure=st.sampled_from(sorted(ASKS)))
def test_not_sure_never_lowers_how_soon_we_ring(signs, answers, unsure):
    def urgency(said):
        return MOST_URGENT_FIRST.index(lane_of(signs, answers | {unsure: said}))

    assert urgency("not_sure") <= min(urgency(said) for said in [*DEFINITE, "not_said"])


@pytest.mark.parametrize(("signs", "found"), [(["crisis", "lump"], True), (["lump"], False)])
def test_a_crisis_is_told_apart(signs, found):
    assert is_crisis(signs) is found
