"""Canonical answers of people with nothing to report, to be changed one answer at a time."""

from datetime import date
from typing import Any

ON = date(2026, 11, 22)


def woman(**changes: Any) -> dict[str, Any]:
    own = {
        "sex_at_birth": "female",
        "born_on": "1997-05-04",
        "pregnant": "no",
        "breastfeeding": "no",
        "trying_to_conceive": "no",
        "contraception": "iud",
        "lmp": "2026-11-10",
        "main_concern": ["wider_parting"],
        "hair_areas": ["parting"],
    }
    return _changed(_nobody() | own, changes)


def man(**changes: Any) -> dict[str, Any]:
    own = {
        "sex_at_birth": "male",
        "born_on": "1996-02-03",
        "trying_to_conceive": "no",
        "male_fertility": ["none"],
        "main_concern": ["temples"],
        "hair_areas": ["temples"],
    }
    return _changed(_nobody() | own, changes)


def _nobody() -> dict[str, Any]:
    return {
        "recent_illness": "no",
        "scalp_signs": ["none"],
        "conditions": ["none"],
        "medicines": ["none"],
        "allergies": ["none"],
        "onset_type": "gradual",
        "duration_value": 3,
        "duration_unit": "years",
        "loss_trend": "worse_slowly",
        "low_interest": "not_at_all",
        "low_mood": "not_at_all",
        "expected_result": "thicker",
        "expected_time": "6_12_months",
    }


def _changed(answers: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """None takes an answer away."""
    return {key: value for key, value in (answers | changes).items() if value is not None}


def product(*ingredients: str, status: str = "licensed_injectable") -> dict[str, Any]:
    return {"product": {"ingredients": list(ingredients), "status": status}}
