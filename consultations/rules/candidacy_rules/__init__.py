"""The rules of candidacy, as data. A draft until a dermatologist signs the release made of it.

Ids never change hands. Words for patients are plain, never diagnose, never promise, and never tell anybody to
leave off a prescribed medicine; words for the desk never tell what was answered.
"""

from consultations.rules.candidacy import Rule
from consultations.rules.candidacy_rules import (
    allergies,
    blood,
    families,
    hair_loss,
    healing,
    hopes,
    illnesses,
    scalp,
    treatments_before,
)
from consultations.rules.candidacy_rules.terms import DOCTOR_FIRST, NOTHING_FOR_DESK

__all__ = ["CODE", "DOCTOR_FIRST", "NOTHING_FOR_DESK", "RULES"]

CODE = "candidacy"

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *families.RULES,
            *scalp.RULES,
            *hair_loss.RULES,
            *allergies.RULES,
            *blood.RULES,
            *healing.RULES,
            *illnesses.RULES,
            *treatments_before.RULES,
            *hopes.RULES,
        ),
        key=lambda rule: rule.id,
    )
)
