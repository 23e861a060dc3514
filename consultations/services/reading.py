"""What a doctor reads on one screen: what the rules found, what to ask, every answer, and what is new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clinic import formats
from clinic.models import Patient
from consultations.models import Decision, Screening
from consultations.rules.candidacy import OUTCOMES, Clause, Rule, rules_from, words_of
from consultations.rules.conditions import stage
from consultations.rules.planned import read_plan
from consultations.rules.questionnaire import QUESTIONS, page_of, questions_on, with_derived
from consultations.rules.questions import MULTI
from consultations.rules.quoting import named_values, narrowed
from consultations.services.decisions import newest_answer_id
from consultations.services.said import HAIR, HEALTH, Fact, Said, said, short, term_of, words_of_answer

ABOUT_OPEN_ANSWERS = 1  # the stage of a condition on what could not be decided
NEEDS_DOCTOR = ("ABS", "DEFER", "REVIEW")
SAID_IN_THE_QUEUE = (*NEEDS_DOCTOR, "CAUTION")  # a caution is something found, too
MARKED = 2  # one shade: the patient marks where, nobody has graded how much
ZONES = {
    "hairline": ("front",),
    "temple_left": ("left_temple",),
    "temple_right": ("right_temple",),
    "parting": ("middle",),
    "crown": ("crown",),
    "side_left": ("left",),
    "side_right": ("right",),
    "back": ("back",),
    "all_over": (
        "front", "middle", "crown", "left", "right", "left_temple", "right_temple", "back",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Quote:
    """What was asked, in short, and the words of the answer."""

    term: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Flag:
    """One rule that fired, as a line: how strict, the answers quoted, the rule, where it comes from."""

    outcome: str
    quotes: tuple[Quote, ...]
    rule: str
    title: str
    words: tuple[str, ...]
    until: str
    source: str
    scope: str


@dataclass(frozen=True)
class ToAsk:
    question: str
    rules: str


def flags_of(screening: Screening, *, counting: bool) -> list[Flag]:
    """Return the rules that fired, strictest first: those that count for the plan, or only the others."""
    rules = rules_from(screening.rules.content)
    scopes = read_plan(screening.planned).scopes
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for item in screening.fired:
        if (item["scope"] in scopes) == counting:
            grouped.setdefault((item["id"], "" if counting else item["scope"]), []).append(item)
    found = [_flag(items, rules, scope) for (_rule, scope), items in grouped.items()]
    return sorted(found, key=lambda flag: OUTCOMES.index(flag.outcome))


def headlines(screening: Screening, rules: Sequence[Rule]) -> list[tuple[str, str]]:
    """Return (outcome, title of the rule) of what was found, strictest first, without open answers."""
    scopes = read_plan(screening.planned).scopes
    found = [
        (OUTCOMES.index(item["outcome"]), item["id"])
        for item in screening.fired
        if item["scope"] in scopes
        and item["outcome"] in SAID_IN_THE_QUEUE
        and stage(_clause(rules, item).when) != ABOUT_OPEN_ANSWERS
    ]
    titles = {rule.id: _(rule.title) for rule in rules}
    strictest: dict[str, str] = {}
    for place, rule in sorted(found):
        strictest.setdefault(titles[rule], OUTCOMES[place])
    return [(outcome, title) for title, outcome in strictest.items()]


def age_of(screening: Screening, today: date) -> int | None:
    return with_derived(screening.answers, today).get("age")


def to_ask(screening: Screening) -> list[ToAsk]:
    """Return the questions without whose answer no rule can say whether it blocks."""
    return [
        ToAsk(_(_question(item["key"])), ", ".join(item["rules"]))
        for item in screening.unclear
        if item["key"] in QUESTIONS
    ]


def answers_before(screening: Screening) -> Mapping[str, Any] | None:
    """Return what had been answered when the doctor last decided, else when an earlier form was screened."""
    earlier = Screening.objects.filter(patient=screening.patient, last_answer__lt=screening.last_answer_id)
    decided = earlier.filter(decisions__isnull=False).order_by("-decisions__pk").first()
    found = decided or earlier.order_by("-pk").first()
    return found.answers if found else None


def marked_zones(screening: Screening) -> dict[str, int]:
    """Return the zones of the scalp map that the patient marked."""
    areas = screening.answers.get("hair_areas") or []
    return {zone: MARKED for area in areas for zone in ZONES.get(area, ())}


def rules_name(screening: Screening) -> str:
    release = screening.rules
    name = _("rule set version %(version)s") % {"version": release.version}
    return name if release.signed_by_id else _("%(rules)s, a draft nobody has signed") % {"rules": name}


def _flag(items: Sequence[Mapping[str, Any]], rules: Sequence[Rule], scope: str) -> Flag:
    """One line for all clauses of a rule that fired, the strictest first."""
    items = sorted(items, key=lambda item: OUTCOMES.index(item["outcome"]))
    words = [words_of(rules, item["id"], item["clause"]) for item in items]
    untils = [_until(item) for item in items]
    return Flag(
        outcome=items[0]["outcome"],
        quotes=_quotes(items, rules),
        rule=items[0]["id"],
        title=_(words[0].title),
        words=tuple(dict.fromkeys(_(one.clinician) for one in words)),
        until=next((until for until in untils if until), ""),
        source=_source(words[0].sources, words[0].certainty),
        scope=scope,
    )


def _quotes(items: Sequence[Mapping[str, Any]], rules: Sequence[Rule]) -> tuple[Quote, ...]:
    """Each answer once, narrowed to the choices that a clause which fired names."""
    named: dict[str, frozenset[Any]] = {}
    values: dict[str, Any] = {}
    for item in items:
        for key, value in item["answers"].items():
            if key in QUESTIONS:
                named[key] = named.get(key, frozenset()) | named_values(_clause(rules, item).when, key)
                values[key] = value
    return tuple(
        Quote(term_of(key), tuple(map(short, words_of_answer(key, narrowed(value, named[key])))))
        for key, value in values.items()
    )


def _question(key: str) -> str:
    """A list of boxes says only “tick what applies”: there the page asks the question."""
    question = QUESTIONS[key]
    opens_page = question.type == MULTI and questions_on(question.page)[0] is question
    return page_of(question.page).title if opens_page else question.text


def _clause(rules: Iterable[Rule], item: Mapping[str, Any]) -> Clause:
    rule = next(one for one in rules if one.id == item["id"])
    return next(one for one in rule.clauses if one.id == item["clause"])


def _source(sources: Iterable[str], certainty: str) -> str:
    named = "; ".join(_(source) for source in sources)
    return _("%(sources)s · certainty %(letter)s") % {"sources": named, "letter": certainty}


def _until(item: Mapping[str, Any]) -> str:
    if item["until_on"]:
        return formats.day_with_year(date.fromisoformat(item["until_on"]))
    return _(item["until"]) if item["until"] else ""


@dataclass(frozen=True)
class Review:
    """All that stands on the doctor's page about one patient's newest answers."""

    screening: Screening
    flags: list[Flag]
    elsewhere: list[Flag]
    to_ask: list[ToAsk]
    hair: Said
    health: Said
    has_earlier: bool
    decision: Decision | None
    is_unread: bool

    @property
    def is_decided(self) -> bool:
        return self.decision is not None and self.decision.last_answer_id == self.screening.last_answer_id

    @property
    def changed(self) -> list[Fact]:
        return [fact for fact in (*self.hair.facts, *self.health.facts) if fact.new]

    @property
    def needs_doctor(self) -> int:
        return sum(flag.outcome in NEEDS_DOCTOR for flag in self.flags)

    @property
    def severity(self) -> str:
        """The colour of the band: what blocks or waits, what to look at, nothing."""
        counted = {flag.outcome for flag in self.flags}
        if counted & {"ABS", "DEFER"}:
            return "alarm"
        return "sun" if counted & {"REVIEW", "CAUTION"} else "plain"


def newest_screening(patient: Patient) -> Screening | None:
    """Return the last screening of the newest answers that were screened."""
    return (
        Screening.objects.filter(patient=patient)
        .select_related("rules", "patient", "last_answer")
        .order_by("-last_answer", "-pk")
        .first()
    )


def read_review(patient: Patient) -> Review | None:
    """Return the page's content, or None when nothing has been screened yet."""
    screening = newest_screening(patient)
    if screening is None:
        return None
    before = answers_before(screening)
    return Review(
        screening=screening,
        flags=flags_of(screening, counting=True),
        elsewhere=flags_of(screening, counting=False),
        to_ask=to_ask(screening),
        hair=said(screening, HAIR, before=before),
        health=said(screening, HEALTH, before=before),
        has_earlier=before is not None,
        decision=patient.decisions.select_related("signed_by__resource").order_by("-pk").first(),
        is_unread=newest_answer_id(patient) != screening.last_answer_id,
    )
