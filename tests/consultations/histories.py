"""Canonical answers of people with nothing to report, to be changed one answer at a time.

`woman()` and `man()` have answered all that is asked before a course; `asked_first()` narrows that to what
is asked before the consultation.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from consultations.rules.questionnaire import QUESTIONS, page_of
from consultations.rules.questions import FIRST

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
        "androgen_signs": ["none"],
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
        "psa_watched": None,
        "main_concern": ["temples"],
        "hair_areas": ["temple_left", "temple_right"],
    }
    return _changed(_nobody() | own, changes)


def asked_first(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if stage_of(key) == FIRST}


def stage_of(key: str) -> str:
    page = QUESTIONS[key].page
    return page_of(page).stage if page else FIRST


def _nobody() -> dict[str, Any]:
    return {
        "recent_illness": "no",
        "recent_vaccine": "no",
        "scalp_signs": ["none"],
        "cold_sores": "never",
        "systemic_signs": ["none"],
        "conditions": ["none"],
        "blood_borne": ["none"],
        "medicines": ["none"],
        "allergies": ["none"],
        "severe_reaction": "no",
        "treatments_had": ["none"],
        "tests_had": ["none"],
        "onset_type": "gradual",
        "duration_value": 3,
        "duration_unit": "years",
        "loss_trend": "worse_slowly",
        "hair_impact": 3,
        "low_interest": "not_at_all",
        "low_mood": "not_at_all",
        "mental_health": ["none"],
        "expected_result": "thicker",
    } | _before_course()


def _before_course() -> dict[str, Any]:
    relatives = ("father", "mother", "brothers", "sisters", "paternal", "maternal", "uncles")
    return {
        "weight_kg": 68.0,
        "emergency_contact": "A friend",
        "blood_donor": "no",
        "needle_fear": 2,
        "faint_history": "never",
        "injection_history": "fine",
        "expected_time": "6_12_months",
        **{f"understands_{what}": "yes" for what in ("sessions", "maintenance", "variable", "may_not_work")},
        "can_attend": "yes",
        "need_interpreter": "no",
        "own_wish": "yes",
        "diet": "everything",
        "tobacco": "never",
        "alcohol_units_week": 0,
        "hair_length": "short",
        "tight_styles": ["none"],
        "chemical_types": ["none"],
        **{f"fam_{who}": "none" for who in relatives},
        "fam_keloid": "no",
        "fam_bleeding": "no",
        "fam_anaesthetic": "no",
    }


def _changed(answers: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """None takes an answer away."""
    return {key: value for key, value in (answers | changes).items() if value is not None}


def product(*ingredients: str, status: str = "licensed_injectable") -> dict[str, Any]:
    return {"product": {"ingredients": list(ingredients), "status": status}}
