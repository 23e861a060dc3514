"""Rules of our own making, so that tests of what is around rules do not hang on what the real ones say."""

from datetime import date

from consultations.rules import candidacy_rules
from consultations.rules.candidacy import Clause, Rule, Until, rules_content, screen
from tests import builders
from tests.builders import NOW

TODAY = date(2026, 11, 2)
ILL = ("is", "recent_illness", "yes")
BLEEDS = ("includes_any", "medicines", ("warfarin",))


def a_clause(when=ILL, **fields):
    return Clause(**{"id": "ill", "scope": "ALL", "outcome": "REVIEW", "when": when} | fields)


def a_rule(*clauses, **fields):
    usual = {
        "id": "X-01",
        "title": "An illness",
        "clinician": "Was ill of late.",
        "patient": "The doctor asks about your illness.",
        "desk": "Doctor to review.",
        "rationale": "An example reason.",
        "sources": ("An example source",),
        "certainty": "C",
    }
    return Rule(clauses=clauses or (a_clause(),), **usual | fields)


def stricter():
    """The same rule, which now defers until a day that can be counted."""
    until = Until(text="two weeks after", after="recent_illness_date", days=14)
    return a_rule(a_clause(outcome="DEFER", until=until, lane="7-day", overridable=False))


def published(rules, version=1, **fields):
    content = rules_content(rules)
    return builders.a_release(
        kind="rules", code=candidacy_rules.CODE, content=content, version=version, **fields
    )


def screened(rules, release, answers, *, patient=None, planned=None, now=NOW, submitted=True):
    """A form that was sent, and what these rules say of it."""
    patient = patient or builders.a_patient()
    intake = builders.an_intake(patient=patient, answers=answers, submitted=submitted, now=now)
    result = screen(answers, on=now.date(), rules=rules, planned=planned).as_dict()
    return builders.a_screening(
        intake=intake, rules=release, answers=answers, planned=planned or {}, now=now, **result
    )
