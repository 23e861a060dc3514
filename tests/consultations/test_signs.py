"""Signs of trouble: a vector for each, from the red flags of the clinical brief."""

import pytest

from consultations.rules.signs import SIGNS, lane_of

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
