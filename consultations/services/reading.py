"""What a doctor reads on one screen: what the rules found, what to ask, every answer, and what is new."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clinic import formats
from clinic.models import Patient
from consultations.models import Decision, Screening
from consultations.rules.candidacy import OUTCOMES, Clause, Rule, rules_from, words_of
from consultations.rules.conditions import stage
from consultations.rules.planned import read_plan
from consultations.rules.questionnaire import QUESTIONS, facts_of, page_of, questions_on, with_derived
from consultations.rules.questions import DATE, MULTI
from consultations.rules.quoting import in_words, named_values, narrowed
from consultations.services.decisions import newest_answer_id

HAIR = (
    "main_concern", "hair_areas", "patch_count", "patches_rapid", "brows_thinning", "onset_type",
    "duration_value", "loss_trend", "expected_result", "expected_time",
)  # fmt: skip
HEALTH = (
    "pregnant", "breastfeeding", "trying_to_conceive", "contraception", "lmp", "male_fertility",
    "recent_illness", "recent_illness_date", "scalp_signs", "scalp_fever", "conditions", "conditions_other",
    "medicines", "medicines_other", "allergies", "allergies_other", "severe_reaction",
    "low_interest", "low_mood", "self_harm",
)  # fmt: skip
ABOUT = ("born_on", "sex_at_birth")
# Short names for a dense page; a question without one is named by its own words.
TERMS = {
    "born_on": gettext_noop("Born"),
    "sex_at_birth": gettext_noop("Sex at birth"),
    "age": gettext_noop("Age"),
    "main_concern": gettext_noop("Concern"),
    "hair_areas": gettext_noop("Where"),
    "patch_count": gettext_noop("Patches"),
    "patches_rapid": gettext_noop("Patches quick"),
    "brows_thinning": gettext_noop("Brows, lashes"),
    "onset_type": gettext_noop("Began"),
    "duration_value": gettext_noop("Since"),
    "loss_trend": gettext_noop("Now"),
    "expected_result": gettext_noop("Hopes for"),
    "expected_time": gettext_noop("Within"),
    "pregnant": gettext_noop("Pregnant"),
    "breastfeeding": gettext_noop("Breastfeeding"),
    "trying_to_conceive": gettext_noop("Baby planned"),
    "contraception": gettext_noop("Contraception"),
    "lmp": gettext_noop("Last period"),
    "male_fertility": gettext_noop("Fertility"),
    "recent_illness": gettext_noop("Ill in 14 days"),
    "recent_illness_date": gettext_noop("Ill until"),
    "scalp_signs": gettext_noop("Scalp"),
    "scalp_fever": gettext_noop("Fever, nodes"),
    "conditions": gettext_noop("Conditions"),
    "conditions_other": gettext_noop("Other illness"),
    "medicines": gettext_noop("Medicines"),
    "medicines_other": gettext_noop("In own words"),
    "allergies": gettext_noop("Allergies"),
    "allergies_other": gettext_noop("In own words"),
    "severe_reaction": gettext_noop("Severe reaction"),
    "low_interest": gettext_noop("Little joy"),
    "low_mood": gettext_noop("Low mood"),
    "self_harm": gettext_noop("Self-harm"),
}


ABOUT_OPEN_ANSWERS = 1  # the stage of a condition on what could not be decided
NEEDS_DOCTOR = ("ABS", "DEFER", "REVIEW")
SAID_IN_THE_QUEUE = (*NEEDS_DOCTOR, "CAUTION")  # a caution is something found, too
BRANDS = re.compile(r" \([^()]*\)$")
MARKED = 2  # one shade: the patient marks where, nobody has graded how much
ZONES = {
    "hairline": ("front",),
    "temples": ("left_temple", "right_temple"),
    "parting": ("middle",),
    "crown": ("crown",),
    "sides": ("left", "right"),
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
class Fact:
    term: str
    value: str
    new: bool = False


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


def facts_in(screening: Screening, keys: Iterable[str], *, before: Mapping[str, Any] | None) -> list[Fact]:
    """Return these answers as the rules saw them; `before` are earlier answers, to mark what is new."""
    facts = facts_of(screening.answers, screening.on)
    found = []
    for key in keys:
        is_shown, is_given = facts.judge_shown(key).value, key in screening.answers
        if is_shown is not False and (is_given or (is_shown and QUESTIONS[key].required)):
            found.append(_fact(key, screening.answers, before))
    return found


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
        Quote(_term(key), tuple(_short(words) for words in _words(key, narrowed(value, named[key]))))
        for key, value in values.items()
    )


def _question(key: str) -> str:
    """A list of boxes says only “tick what applies”: there the page asks the question."""
    question = QUESTIONS[key]
    alone = [one for one in questions_on(question.page) if one.shown_if is None and one.required] == [
        question
    ]
    return page_of(question.page).title if question.type == MULTI and alone else question.text


def _short(words: str) -> str:
    """Without the brands in brackets that helped the patient to answer."""
    return BRANDS.sub("", words)


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


def _fact(key: str, answers: Mapping[str, Any], before: Mapping[str, Any] | None) -> Fact:
    value = answers.get(key)
    is_new = before is not None and value != before.get(key)
    words = "; ".join(_short(one) for one in _words(key, value))
    return Fact(_term(key), words + _unit(key, answers), is_new)


def _unit(key: str, answers: Mapping[str, Any]) -> str:
    if key != "duration_value" or "duration_unit" not in answers:
        return ""
    return " " + _(QUESTIONS["duration_unit"].text_of(answers["duration_unit"])).lower()


def _words(key: str, value: Any) -> tuple[str, ...]:
    if value is None:
        return (_("not answered"),)
    question = QUESTIONS[key]
    if question.type == DATE and value not in question.codes and value != "not_sure":
        return (formats.day_with_year(date.fromisoformat(value)),)
    if value == "not_sure" and "not_sure" not in question.codes:
        return (_("not sure"),)
    return tuple(_(words) for words in in_words(question, value))


def _term(key: str) -> str:
    return _(TERMS.get(key) or QUESTIONS[key].text)


@dataclass(frozen=True)
class Review:
    """All that stands on the doctor's page about one patient's newest answers."""

    screening: Screening
    flags: list[Flag]
    elsewhere: list[Flag]
    to_ask: list[ToAsk]
    hair: list[Fact]
    health: list[Fact]
    has_earlier: bool
    decision: Decision | None
    is_unread: bool

    @property
    def is_decided(self) -> bool:
        return self.decision is not None and self.decision.last_answer_id == self.screening.last_answer_id

    @property
    def changed(self) -> list[Fact]:
        return [fact for fact in (*self.hair, *self.health) if fact.new]

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
        hair=facts_in(screening, HAIR, before=before),
        health=facts_in(screening, (*ABOUT, *HEALTH), before=before),
        has_earlier=before is not None,
        decision=patient.decisions.select_related("signed_by__resource").order_by("-pk").first(),
        is_unread=newest_answer_id(patient) != screening.last_answer_id,
    )
