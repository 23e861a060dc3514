"""Rules in words: every clause as a doctor reads it, made from the very data that the engine judges."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clinic.templatetags.look import STATUSES
from consultations.rules.candidacy import OUTCOMES, Clause, Rule, Until, words_of
from consultations.rules.conditions import UNSURE, Condition, keys_of
from consultations.rules.questionnaire import QUESTIONS, page_of, questions_on
from consultations.rules.questions import DATE, MULTI, NOTHING, Question
from consultations.rules.quoting import named_values

PLANNED = {
    "planned.code": gettext_noop("the code of the planned product"),
    "planned.status": gettext_noop("the licence of the planned product"),
    "planned.ingredients": gettext_noop("what is in the planned product"),
    "planned.classes": gettext_noop("the kinds of medicine in the planned product"),
    "planned.allergens": gettext_noop("what people react to in the planned product"),
    "planned.additives": gettext_noop(
        "what people react to beside a numbing medicine in the planned product"
    ),
    "planned.had_before": gettext_noop("something in the planned product was injected before"),
    "planned.has_unlisted": gettext_noop("an ingredient of the planned product is on no list"),
    "planned.anaesthetic.ingredients": gettext_noop("what is in the planned numbing medicine"),
    "planned.anaesthetic.classes": gettext_noop("the kinds of medicine in the planned numbing"),
    "planned.anaesthetic.allergens": gettext_noop("what people react to in the planned numbing medicine"),
    "planned.anaesthetic.additives": gettext_noop("what else people react to in the planned numbing"),
    "planned.anaesthetic.has_unlisted": gettext_noop("an ingredient of the planned numbing is on no list"),
    "planned.mg": gettext_noop("the planned amount of numbing medicine in mg"),
    "planned.adrenaline": gettext_noop("the planned numbing holds adrenaline"),
    "planned.technique": gettext_noop("the planned technique"),
}
PLANNED_VALUES = {
    True: gettext_noop("yes"),
    False: gettext_noop("no"),
    "licensed_injectable": gettext_noop("licensed for injection"),
    "licensed_other_route": gettext_noop("licensed, but not for injection here"),
    "cosmetic": gettext_noop("a cosmetic"),
    "unlicensed": gettext_noop("not licensed"),
    "unknown": gettext_noop("unknown"),
}
SCOPES = {
    "ALL": gettext_noop("every injection treatment"),
    "PRODUCT": gettext_noop("the planned product"),
    "5ARI": gettext_noop("dutasteride or finasteride"),
    "MINOX": gettext_noop("minoxidil"),
    "LA": gettext_noop("local anaesthetic"),
    "PRILOCAINE": gettext_noop("prilocaine"),
    "STER": gettext_noop("steroid injections"),
    "PRP": gettext_noop("platelet-rich plasma"),
    "GF": gettext_noop("growth factors"),
}
LANES = {
    "emergency": gettext_noop("a person makes contact at once"),
    "same-day": gettext_noop("a person makes contact the same day"),
    "7-day": gettext_noop("a person makes contact within 7 days"),
}
CERTAINTIES = {
    "A": gettext_noop("A: official text or guideline"),
    "B": gettext_noop("B: trials or reviews"),
    "C": gettext_noop("C: small studies"),
    "D": gettext_noop("D: convention or clinic policy"),
}
ASKED = Counter(question.text for question in QUESTIONS.values() if not question.derived)
REPEATED = {text for text, times in ASKED.items() if times > 1}
NEGATED = {"all": gettext_noop("Not all of these:"), "any": gettext_noop("None of these:")}
SAYING_NOTHING = {*NOTHING, *UNSURE}
BRANDS = re.compile(r" \([^()]*\)$")


@dataclass(frozen=True)
class Line:
    """One sentence of a condition, and what belongs under it."""

    text: str
    parts: tuple["Line", ...] = ()

    @property
    def plain(self) -> str:
        """All of it in one text, for tests and for the ear."""
        return " ".join([self.text, *(part.plain for part in self.parts)])


@dataclass(frozen=True)
class ClauseWords:
    id: str
    outcome: str
    scope: str
    when: Line
    until: str
    lane: str
    overridable: bool
    clinician: str
    patient: str
    desk: str


def clauses_in_words(rule: Rule) -> tuple[ClauseWords, ...]:
    return tuple(_clause(rule, clause) for clause in rule.clauses)


def _clause(rule: Rule, clause: Clause) -> ClauseWords:
    words = words_of([rule], rule.id, clause.id)
    return ClauseWords(
        id=clause.id,
        outcome=clause.outcome,
        scope=scope_words(clause.scope),
        when=condition_words(clause.when),
        until=until_words(clause.until),
        lane=_(LANES[clause.lane]) if clause.lane in LANES else "",
        overridable=clause.overridable,
        clinician=_(words.clinician) if words.clinician else "",
        patient=_(words.patient) if words.patient else "",
        desk=_(words.desk) if words.desk else "",
    )


def outcomes_of(rule: Rule) -> list[str]:
    """Each outcome of its clauses once, strictest first."""
    return sorted({clause.outcome for clause in rule.clauses}, key=OUTCOMES.index)


def scopes_of(rule: Rule) -> list[str]:
    return [scope_words(scope) for scope in dict.fromkeys(clause.scope for clause in rule.clauses)]


def scope_words(scope: str) -> str:
    return _(SCOPES[scope]) if scope in SCOPES else scope


def certainty_words(letter: str) -> str:
    return _(CERTAINTIES[letter]) if letter in CERTAINTIES else letter


def outcome_words(outcome: str) -> str:
    return str(STATUSES[outcome][2]) if outcome in STATUSES else outcome


def until_words(until: Until | None) -> str:
    if until is None:
        return ""
    if not until.after:
        return _(until.text)
    named = {"text": _(until.text), "days": until.days, "question": name_of(until.after)}
    return _("%(text)s (%(days)s days after %(question)s)") % named


# What a question is called


def name_of(key: str) -> str:
    """The question in quotation marks, or what is planned in words; a key that is gone stays a key."""
    if key in PLANNED:
        return _(PLANNED[key])
    return _("“%(question)s”") % {"question": question_words(key)} if key in QUESTIONS else key


def question_words(key: str) -> str:
    """What is asked, in full; where several questions have the same words, after what each is about."""
    question = QUESTIONS[key]
    about = _about(question) if question.text in REPEATED else ""
    named = {"about": about, "question": _asked(question)}
    return _("%(about)s: %(question)s") % named if about else named["question"]


def _about(question: Question) -> str:
    """The answers it hangs on, such as one treatment of many, else the questions."""
    named = []
    others = [QUESTIONS[key] for key in sorted(keys_of(question.shown_if) & QUESTIONS.keys())]
    for other in others:
        values = named_values(question.shown_if, other.key) - SAYING_NOTHING
        named += [BRANDS.sub("", _(words)) for code, words in other.choices if code in values]
    return ", ".join(named or [_(other.short or other.text) for other in others])


def _asked(question: Question) -> str:
    """A list of boxes says only “tick what applies”: there its page or its short name says what is asked."""
    if question.type != MULTI or question.text.endswith("?"):
        return _(question.text)
    others = [one for one in questions_on(question.page) if one.shown_if is None and one.required]
    return _(page_of(question.page).title if others == [question] else question.short or question.text)


def choice_words(key: str, value: Any) -> str:
    if key in PLANNED:
        return _(PLANNED_VALUES[value]) if value in PLANNED_VALUES else str(value).replace("_", " ")
    question = QUESTIONS.get(key)
    known = question is not None and value in question.codes
    return _("“%(answer)s”") % {"answer": _(question.text_of(value)) if known else value}


def either(words: Iterable[str], last: str) -> str:
    *most, end = list(words) or [_("nothing")]
    return _("%(most)s %(or)s %(end)s") % {"most": ", ".join(most), "or": last, "end": end} if most else end


def _choices(key: str, values: object) -> list[str]:
    several = values if isinstance(values, list | tuple) else [values]
    return [choice_words(key, value) for value in several]


# Conditions


def condition_words(condition: Condition) -> Line:
    """Return the condition in sentences. One that has no words yet is shown as it is written."""
    operator, *arguments = condition
    if operator not in WORDS:
        return Line(_("(no words yet) %(condition)s") % {"condition": list(condition)})
    return WORDS[operator](arguments)


def _group(heading: str) -> Callable[[Sequence[Any]], Line]:
    def words(parts: Sequence[Any]) -> Line:
        lines = tuple(condition_words(part) for part in parts)
        if not lines:
            return Line(_("always"))
        return lines[0] if len(lines) == 1 else Line(_(heading), lines)

    return words


def _not(arguments: Sequence[Any]) -> Line:
    line, operator = condition_words(arguments[0]), arguments[0][0]
    if operator in NEGATED and len(line.parts) > 1:
        return Line(_(NEGATED[operator]), line.parts)
    return Line(_("This is not so:"), (line,))


def _is_list(key: str) -> bool:
    question = QUESTIONS.get(key)
    return (
        question.is_list
        if question
        else key.endswith((".ingredients", ".classes", ".allergens", ".additives"))
    )


def _in(arguments: Sequence[Any]) -> Line:
    key, values = arguments
    named = {"what": name_of(key), "answers": either(_choices(key, values), _("or"))}
    if key in PLANNED and values in ([True], (True,), True):
        return Line(named["what"])
    if _is_list(key):
        return Line(_("%(what)s names %(answers)s") % named)
    return Line(_("%(what)s is %(answers)s") % named)


def _includes_all(arguments: Sequence[Any]) -> Line:
    key, values = arguments
    named = {"what": name_of(key), "answers": either(_choices(key, values), _("and"))}
    return Line(_("%(what)s names %(answers)s") % named)


def _none_of(arguments: Sequence[Any]) -> Line:
    key, values = arguments
    if not values:
        return Line(_("%(what)s is known") % {"what": name_of(key)})
    named = {"what": name_of(key), "answers": either(_choices(key, values), _("or"))}
    if key in PLANNED:
        return Line(_("%(what)s: not %(answers)s") % named)
    return Line(_("%(what)s is answered, and not with %(answers)s") % named)


def _overlap(arguments: Sequence[Any]) -> Line:
    left, right = (name_of(key) for key in arguments)
    return Line(_("%(left)s names something of: %(right)s") % {"left": left, "right": right})


def _within_days(arguments: Sequence[Any]) -> Line:
    key, days = arguments
    return Line(_("%(what)s is today or up to %(days)s days ago") % {"what": name_of(key), "days": days})


def _unknown(arguments: Sequence[Any]) -> Line:
    return Line(_("%(what)s is not answered, or with “not sure”") % {"what": name_of(arguments[0])})


def _undecided(arguments: Sequence[Any]) -> Line:
    outcomes = either((_quoted(outcome) for outcome in arguments), _("or"))
    text = _("an answer is open without which a clause that says %(outcomes)s cannot be decided")
    return Line(text % {"outcomes": outcomes})


def _nothing_from(arguments: Sequence[Any]) -> Line:
    text = _("nothing was found that says %(outcome)s or something stricter")
    return Line(text % {"outcome": _quoted(arguments[0])})


def _quoted(outcome: str) -> str:
    return _("“%(outcome)s”") % {"outcome": outcome_words(outcome)}


def _compare(text: str, ago: str, ahead: str = "") -> Callable[[Sequence[Any]], Line]:
    """`ago` says it of a day so many days back, `ahead` of one to come."""

    def words(arguments: Sequence[Any]) -> Line:
        first, days = arguments
        if _is_day(first) and isinstance(days, int) and (days >= 0 or ahead):
            named = {"what": name_of(first[1]), "days": abs(days)}
            return Line(_(ago if days >= 0 else ahead) % named)
        left, right = (number_words(one) for one in arguments)
        return Line(_(text) % {"left": left, "right": right})

    return words


def _is_day(number: Any) -> bool:
    return isinstance(number, list | tuple) and number[0] == "days_since"


def number_words(number: Any) -> str:
    if isinstance(number, str):
        return _with_unit(number)
    if isinstance(number, int | float):
        return f"{number:,}"
    operator, *arguments = number
    if operator == "days_since":
        return _("the number of days since %(what)s") % {"what": name_of(arguments[0])}
    named = {"numbers": either((number_words(one) for one in arguments), _("and"))}
    return _(ARITHMETIC[operator]) % named if operator in ARITHMETIC else str(list(number))


def _with_unit(key: str) -> str:
    question = QUESTIONS.get(key)
    unit = question.unit if question and question.type != DATE else ""
    if not unit or unit in question.text:
        return name_of(key)
    return _("%(what)s (%(unit)s)") % {"what": name_of(key), "unit": _(unit)}


ARITHMETIC = {
    "plus": gettext_noop("the sum of %(numbers)s"),
    "times": gettext_noop("the product of %(numbers)s"),
    "min": gettext_noop("the smallest of %(numbers)s"),
    "max": gettext_noop("the largest of %(numbers)s"),
}
WORDS: Mapping[str, Callable[[Sequence[Any]], Line]] = {
    "all": _group(gettext_noop("All of these:")),
    "any": _group(gettext_noop("At least one of these:")),
    "not": _not,
    "is": _in,
    "in": _in,
    "includes_any": _in,
    "includes_all": _includes_all,
    "none_of": _none_of,
    "overlap": _overlap,
    "within_days": _within_days,
    "unknown": _unknown,
    "undecided": _undecided,
    "nothing_from": _nothing_from,
    "lt": _compare(
        gettext_noop("%(left)s is less than %(right)s"), gettext_noop("%(what)s: less than %(days)s days ago")
    ),
    "lte": _compare(
        gettext_noop("%(left)s is %(right)s or less"), gettext_noop("%(what)s: %(days)s days ago or later")
    ),
    "gt": _compare(
        gettext_noop("%(left)s is more than %(right)s"), gettext_noop("%(what)s: more than %(days)s days ago")
    ),
    "gte": _compare(
        gettext_noop("%(left)s is %(right)s or more"),
        gettext_noop("%(what)s: %(days)s days ago or earlier"),
        gettext_noop("%(what)s: at most %(days)s days ahead"),
    ),
    "eq": _compare(
        gettext_noop("%(left)s is exactly %(right)s"), gettext_noop("%(what)s: exactly %(days)s days ago")
    ),
}
