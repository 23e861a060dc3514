"""Judges answers and a plan by rules that are data. It knows how rules work and never names one.

Outcomes say how far a scope may go, strictest first; a lane says how soon a person makes contact and is no
verdict. The mildest outcome means that nothing was found, and a dermatologist decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from consultations.rules.conditions import (
    STRICTEST_FIRST,
    Condition,
    Facts,
    Judgement,
    is_unsure,
    judge,
    stage,
)
from consultations.rules.planned import Planned, had_before, read_plan
from consultations.rules.questionnaire import facts_of

OUTCOMES = STRICTEST_FIRST
BLOCKING = ("ABS", "DEFER")
LANES = ("emergency", "same-day", "7-day", "none")
STAGES = (0, 1, 2)  # of conditions.stage
SCOPES = ("ALL", "PRODUCT", "5ARI", "MINOX", "LA", "PRILOCAINE", "STER", "PRP", "GF")


@dataclass(frozen=True, kw_only=True)
class Until:
    """When a clause ends: in words, and where it can be counted, `days` after the date answered there.

    Without `after` they count from the day it is judged on, for answers that are about that day alone.
    """

    text: str
    after: str = ""
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One condition with its outcome for one scope. Words left empty are the rule's."""

    id: str
    scope: str
    outcome: str
    when: Condition
    until: Until | None = None
    overridable: bool = True
    lane: str = "none"
    clinician: str = ""
    patient: str = ""
    desk: str = ""

    @cached_property
    def stage(self) -> int:
        return stage(self.when)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Clauses that stand on one reason. `certainty`: A official, B trials, C small studies, D convention."""

    id: str
    title: str
    clauses: tuple[Clause, ...]
    clinician: str
    patient: str
    desk: str
    rationale: str
    sources: tuple[str, ...]
    certainty: str


@dataclass(frozen=True)
class Fired:
    """A clause that holds. `until` is a date or words; `until_on` the date when there is one."""

    id: str
    clause: str
    scope: str
    outcome: str
    lane: str
    until: str | None
    until_on: str | None
    overridable: bool
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Unclear:
    """What to ask: an answer without which these rules cannot say whether they block or defer."""

    key: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    outcome: str
    lane: str
    verdicts: Mapping[str, str]
    fired: tuple[Fired, ...] = ()
    unclear: tuple[Unclear, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "lane": self.lane,
            "verdicts": dict(self.verdicts),
            "fired": [asdict(one) for one in self.fired],
            "unclear": [{"key": one.key, "rules": list(one.rules)} for one in self.unclear],
        }


@dataclass(frozen=True)
class _Judged:
    """A clause on its way through one screening."""

    rule: str
    clause: Clause
    judgement: Judgement
    ends_on: date | None = None

    def stands(self, on: date) -> bool:
        """A clause that ends on a day no longer speaks on that day."""
        return self.ends_on is None or on < self.ends_on


def screen(
    answers: Mapping[str, Any],
    *,
    on: date,
    rules: Iterable[Rule],
    planned: Mapping[str, Any] | None = None,
) -> Result:
    """Judge canonical answers on one day against a plan (planned.py). Nothing else is looked at."""
    plan = read_plan(planned)
    facts = facts_for(answers, on, plan)
    clauses = [(rule.id, clause) for rule in rules for clause in rule.clauses]
    judged: dict[int, _Judged] = {}
    for step in STAGES:
        judged |= _judge_stage(clauses, step, facts)
        counting = [one for one in judged.values() if one.clause.scope in plan.scopes]
        fired = frozenset(one.clause.outcome for one in _fired(counting, on))
        undecided = _undecided(counting, on) if step == 0 else facts.undecided
        facts = replace(facts, undecided=undecided, fired=fired)
    in_order = [judged[place] for place in sorted(judged)]
    return _result(_fired(in_order, on), _unclear(counting, on), plan.scopes)


def facts_for(answers: Mapping[str, Any], on: date, plan: Planned) -> Facts:
    """What the conditions of rules may look at: the answers, the plan, and the plan against the answers."""
    before = had_before(plan, answers.get("meso_product"))
    against = {} if before is None else {"planned.had_before": before}
    return facts_of(answers, on, {**plan.facts, **against})


def _judge_stage(clauses: list[tuple[str, Clause]], step: int, facts: Facts) -> dict[int, _Judged]:
    """Judge the clauses of one stage; what is false says nothing and is left out."""
    found = {}
    for place, (rule, clause) in enumerate(clauses):
        if clause.stage == step:
            judgement = judge(clause.when, facts)
            if judgement.value is not False:
                found[place] = _Judged(rule, clause, judgement, _ends_on(clause.until, facts))
    return found


def _ends_on(until: Until | None, facts: Facts) -> date | None:
    if until is None or not until.after:
        return facts.on + timedelta(days=until.days) if until and until.days and facts.on else None
    found = facts.find(until.after)
    if found.state != "known" or is_unsure(found.value):
        return None
    return date.fromisoformat(found.value) + timedelta(days=until.days)


def _fired(judged: Iterable[_Judged], on: date) -> list[_Judged]:
    return [one for one in judged if one.judgement.value and one.stands(on)]


def _open(judged: Iterable[_Judged], on: date) -> list[_Judged]:
    """Blocking clauses that nobody can decide yet."""
    return [
        one
        for one in judged
        if one.judgement.value is None and one.clause.outcome in BLOCKING and one.stands(on)
    ]


def _undecided(judged: Iterable[_Judged], on: date) -> dict[str, tuple[str, ...]]:
    keys: dict[str, dict[str, None]] = {}
    for one in _open(judged, on):
        keys.setdefault(one.clause.outcome, {}).update(dict.fromkeys(one.judgement.unknown))
    return {outcome: tuple(found) for outcome, found in keys.items()}


def _unclear(judged: Iterable[_Judged], on: date) -> tuple[Unclear, ...]:
    rules: dict[str, dict[str, None]] = {}
    for one in _open(judged, on):
        for key in one.judgement.unknown:
            rules.setdefault(key, {})[one.rule] = None
    return tuple(Unclear(key, tuple(found)) for key, found in rules.items())


def _result(fired: list[_Judged], unclear: tuple[Unclear, ...], scopes: frozenset[str]) -> Result:
    verdicts = {
        scope: _strictest(one.clause.outcome for one in fired if one.clause.scope == scope)
        for scope in SCOPES
        if scope != "PRODUCT" or scope in scopes
    }
    return Result(
        outcome=_strictest(verdicts[scope] for scope in scopes),
        lane=min((one.clause.lane for one in fired), key=LANES.index, default="none"),
        verdicts=verdicts,
        fired=tuple(_as_fired(one) for one in fired),
        unclear=unclear,
    )


def _strictest(outcomes: Iterable[str]) -> str:
    return min(outcomes, key=OUTCOMES.index, default="NONE")


def _as_fired(one: _Judged) -> Fired:
    until_on = one.ends_on.isoformat() if one.ends_on else None
    words = one.clause.until.text if one.clause.until else None
    return Fired(
        id=one.rule,
        clause=one.clause.id,
        scope=one.clause.scope,
        outcome=one.clause.outcome,
        lane=one.clause.lane,
        until=until_on or words,
        until_on=until_on,
        overridable=one.clause.overridable,
        answers=dict(one.judgement.used),
    )


# Words and releases


@dataclass(frozen=True)
class Words:
    """What a fired clause says to whom. The desk's words never tell what was answered."""

    title: str
    clinician: str
    patient: str
    desk: str
    rationale: str
    sources: tuple[str, ...] = field(default_factory=tuple)
    certainty: str = ""


def words_of(rules: Iterable[Rule], rule_id: str, clause_id: str) -> Words:
    rule = next(one for one in rules if one.id == rule_id)
    clause = next(one for one in rule.clauses if one.id == clause_id)
    return Words(
        title=rule.title,
        clinician=clause.clinician or rule.clinician,
        patient=clause.patient or rule.patient,
        desk=clause.desk or rule.desk,
        rationale=rule.rationale,
        sources=rule.sources,
        certainty=rule.certainty,
    )


def rules_content(rules: Iterable[Rule]) -> dict[str, Any]:
    """What a Release keeps of the rules: plain data that `rules_from` reads back."""
    return {"rules": [_plain(asdict(rule)) for rule in rules]}


def rules_from(content: Mapping[str, Any]) -> tuple[Rule, ...]:
    return tuple(_rule_from(rule) for rule in content["rules"])


def _rule_from(kept: Mapping[str, Any]) -> Rule:
    clauses = tuple(
        Clause(**{**clause, "until": Until(**clause["until"]) if clause["until"] else None})
        for clause in kept["clauses"]
    )
    return Rule(**{**kept, "clauses": clauses, "sources": tuple(kept["sources"])})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
