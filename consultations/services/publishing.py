"""The releases that answers and results refer to: what this floor's code says now."""

from datetime import datetime

from clinic.models import Release
from clinic.models.releases import ReleaseKind
from clinic.services.releases import current_release
from consultations.rules import candidacy_rules, questionnaire
from consultations.rules.candidacy import rules_content


def rules_release(*, now: datetime) -> Release:
    return current_release(
        kind=ReleaseKind.RULES,
        code=candidacy_rules.CODE,
        content=rules_content(candidacy_rules.RULES),
        now=now,
    )


def questionnaire_release(*, now: datetime) -> Release:
    return current_release(
        kind=ReleaseKind.QUESTIONNAIRE,
        code=questionnaire.CODE,
        content=questionnaire.questionnaire_content(),
        now=now,
    )
