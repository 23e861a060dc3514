"""The releases that answers and results refer to: what this floor's code says now."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from clinic.models import Release
from clinic.models.releases import ReleaseKind
from clinic.services.releases import Written, current_release
from consultations.rules import candidacy_rules, questionnaire
from consultations.rules.candidacy import rules_content

_written: dict[str, tuple[object, Written]] = {}


def rules_release(*, now: datetime) -> Release:
    rules = candidacy_rules.RULES
    written = _write_once(ReleaseKind.RULES, rules, lambda: rules_content(rules))
    return current_release(kind=ReleaseKind.RULES, code=candidacy_rules.CODE, content=written, now=now)


def questionnaire_release(*, now: datetime) -> Release:
    kind = ReleaseKind.QUESTIONNAIRE
    written = _write_once(kind, questionnaire.QUESTIONS, questionnaire.questionnaire_content)
    return current_release(kind=kind, code=questionnaire.CODE, content=written, now=now)


def _write_once(kind: str, source: object, content: Callable[[], dict[str, Any]]) -> Written:
    """Writing all rules down takes longer than screening by them, and code does not change while it runs."""
    known = _written.get(kind)
    if known is None or known[0] is not source:
        known = _written[kind] = (source, Written(content()))
    return known[1]
