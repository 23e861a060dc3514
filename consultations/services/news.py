"""Whether answers given after a decision are anything new to the doctor who signed it.

Before every session somebody says that nothing has changed: those answers are newer than the decision, and
still nothing that anybody has to look at again.
"""

from collections.abc import Mapping
from typing import Any

from clinic.models.alarms import Lane
from consultations.models import Decision, Screening
from consultations.rules.candidacy import LANES, OUTCOMES
from consultations.rules.planned import read_plan
from consultations.rules.questionnaire import BEFORE_SESSION

NEEDS_DOCTOR = ("ABS", "DEFER", "REVIEW")


def is_found_news(screening: Screening, decision: Decision | None) -> bool:
    """Did the rules find, or leave open, anything that was not on the table? True where nobody decided."""
    if decision is None:
        return True
    before = decision.screening
    is_stricter = OUTCOMES.index(screening.outcome) < OUTCOMES.index(before.outcome)
    if is_stricter and screening.outcome in NEEDS_DOCTOR:
        return True
    if LANES.index(screening.lane) < LANES.index(before.lane):
        return True
    known = {_identity(item) for item in before.fired}
    scopes = read_plan(screening.planned).scopes
    return any(
        item["scope"] in scopes and _counts(item) and _identity(item) not in known for item in screening.fired
    ) or not _open(screening) <= _open(before)


def is_said_news(screening: Screening, decision: Decision | None) -> bool:
    """Was anything answered since that was not there, but that nothing is new before a session?"""
    if decision is None:
        return True
    before = decision.screening.answers
    return any(
        before.get(key) != value and not (key in BEFORE_SESSION and value == "no")
        for key, value in screening.answers.items()
    )


def _counts(item: Mapping[str, Any]) -> bool:
    return item["outcome"] in NEEDS_DOCTOR or item.get("lane", Lane.NONE) != Lane.NONE


def _identity(item: Mapping[str, Any]) -> tuple[Any, ...]:
    return item["id"], item["clause"], item["scope"], item["outcome"], item.get("until_on")


def _open(screening: Screening) -> set[str]:
    return {item["key"] for item in screening.unclear}
