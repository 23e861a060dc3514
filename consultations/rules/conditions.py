"""The condition language that questions (shown if) and rules (when) share.

A condition is a plain list that JSON can hold. It is judged three-valued: True, False, or None for *unknown*.

    ["all", c, …]  ["any", c, …]  ["not", c]
    ["is", key, value]             ["in", key, [value, …]]      the answer is this, or one of these
    ["none_of", key, [value, …]]   answered, and with none of these
    ["includes_any", key, [value, …]]  ["includes_all", key, [value, …]]   for answers that are lists
    ["overlap", key, key]          two lists share something; only what they share is quoted
    ["lt" | "lte" | "gt" | "gte" | "eq", number, number]
        number: 4.5 | key | ["days_since", key] | ["plus" | "times" | "min" | "max", number, …]
    ["within_days", key, n]        a date of today or up to n days ago
    ["unknown", key]               asked, and not answered or not sure
    ["undecided", outcome, …]      a clause of the planned scopes with this outcome could not be decided
    ["nothing_from", outcome]      nothing this strict or stricter has fired in the planned scopes

A question that is not shown, or not asked before a later stage, makes every condition on its answer false.
Shown and unanswered, *not sure*, or
not even known whether it is shown, is unknown; but a value that a condition names (["is", "pregnant",
"not_sure"]) is an answer like any other. What cannot matter is not reported as unknown: one false decides an
"all", one true an "any".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

Condition = Sequence[Any]
Number = Any  # as in the table above
ALWAYS: Condition = ("all",)
UNSURE = frozenset({"not_sure", "private"})  # "private": I'll tell the doctor


class Unknown:
    """A fact about the planned thing that nobody gave, such as the ingredients of an unlisted vial."""


UNKNOWN = Unknown()


NO_ANSWERS: Mapping[str, Any] = MappingProxyType({})


class Judgement(NamedTuple):
    """What a condition came to, the answers that made it so, and what is missing to decide it."""

    value: bool | None
    used: Mapping[str, Any] = NO_ANSWERS
    unknown: tuple[str, ...] = ()


class Found(NamedTuple):
    """One answer. `missing` names what to ask when it is unknown."""

    state: str  # known | unknown | absent (not shown, not planned)
    value: Any = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """All that conditions may look at. Answers are canonical and hold the derived ones (questionnaire.py)."""

    answers: Mapping[str, Any]
    shown_if: Mapping[str, Condition | None]
    on: date | None = None
    planned: Mapping[str, Any] = field(default_factory=dict)
    undecided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fired: frozenset[str] = frozenset()
    shown: dict[str, Judgement] = field(default_factory=dict)  # judged once: questions hang on each other
    not_yet: frozenset[str] = frozenset()  # asked at a later stage; until answered, as if they were not there
    found: dict[str, Found] = field(default_factory=dict)  # looked up once: many rules read the same answer

    def find(self, key: str) -> Found:
        if key not in self.found:
            self.found[key] = self._find(key)
        return self.found[key]

    def _find(self, key: str) -> Found:
        if key.startswith("planned."):
            return self._find_planned(key)
        value = self.answers.get(key)
        if value is None and key in self.not_yet:
            return Found("absent")
        shown = self.judge_shown(key)
        if shown.value is False:
            return Found("absent")
        if value is not None:  # who answered was asked, whatever became of the question it hangs on
            return Found("known", value)
        return Found("unknown", None, (key,) if shown.value else shown.unknown)

    def judge_shown(self, key: str) -> Judgement:
        if key not in self.shown:
            condition = self.shown_if[key]
            self.shown[key] = Judgement(True) if condition is None else judge(condition, self)
        return self.shown[key]

    def _find_planned(self, key: str) -> Found:
        if key not in self.planned:
            return Found("absent")
        value = self.planned[key]
        return Found("unknown", None, (key,)) if value is UNKNOWN else Found("known", value)


def judge(condition: Condition, facts: Facts) -> Judgement:
    operator, *arguments = condition
    return OPERATORS[operator](arguments, facts)


def keys_of(condition: Condition | None) -> set[str]:
    """Every key a condition reads, for checks on the data."""
    if condition is None or isinstance(condition, str | int | float):
        return set()
    operator, *arguments = condition
    if operator in KEY_FIRST:
        return {arguments[0]} | ({arguments[1]} if operator == "overlap" else set())
    keys = {part for part in arguments if operator in NUMERIC and isinstance(part, str)}
    return keys.union(*(keys_of(part) for part in arguments if operator not in ABOUT_RULES))


def stage(condition: Condition) -> int:
    """0: judged on answers alone; 1: needs to know what is undecided; 2: needs to know what fired."""
    operator, *arguments = condition
    if operator in ABOUT_RULES:
        return ABOUT_RULES[operator]
    if operator in {"all", "any", "not"}:
        return max((stage(part) for part in arguments), default=0)
    return 0


# Connectives


def _all(parts: list[Condition], facts: Facts) -> Judgement:
    judged = []
    for part in parts:
        one = judge(part, facts)
        if one.value is False:
            return one
        judged.append(one)
    if unknown := [one for one in judged if one.value is None]:
        return Judgement(None, _used(judged), _missing(unknown))
    return Judgement(True, _used(judged))


def _any(parts: list[Condition], facts: Facts) -> Judgement:
    judged = [judge(part, facts) for part in parts]
    if true := [one for one in judged if one.value]:
        return Judgement(True, _used(true))
    if unknown := [one for one in judged if one.value is None]:
        return Judgement(None, _used(judged), _missing(unknown))
    return Judgement(False, _used(judged))


def _not(parts: list[Condition], facts: Facts) -> Judgement:
    (part,) = parts
    judged = judge(part, facts)
    value = None if judged.value is None else not judged.value
    return Judgement(value, judged.used, judged.unknown)


def _used(judged: Iterable[Judgement]) -> dict[str, Any]:
    return {key: value for one in judged for key, value in one.used.items()}


def _missing(judged: Iterable[Judgement | Found]) -> tuple[str, ...]:
    names = (one.unknown if isinstance(one, Judgement) else one.missing for one in judged)
    return tuple(dict.fromkeys(name for some in names for name in some))


# Answers


def _test(key: str, facts: Facts, test: Callable[[Any], bool | None]) -> Judgement:
    """Judge one answer; the test itself says None when the answer is *not sure*."""
    found = facts.find(key)
    if found.state == "absent":
        return Judgement(False)
    if found.state == "unknown":
        return Judgement(None, {}, found.missing)
    value = test(found.value)
    return Judgement(value, {key: found.value}, (key,) if value is None else ())


def _holds(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def is_unsure(value: Any) -> bool:
    return not UNSURE.isdisjoint(_holds(value))


def _is(arguments: list[Any], facts: Facts) -> Judgement:
    key, value = arguments
    return _in([key, [value]], facts)


def _in(arguments: list[Any], facts: Facts) -> Judgement:
    key, wanted = arguments
    return _test(key, facts, lambda value: _matches(any, value, wanted))


def _includes_all(arguments: list[Any], facts: Facts) -> Judgement:
    key, wanted = arguments
    return _test(key, facts, lambda value: _matches(all, value, wanted))


def _matches(how: Callable[[Iterable[bool]], bool], value: Any, wanted: Sequence[Any]) -> bool | None:
    held = _holds(value)
    if how([one in held for one in wanted]):
        return True
    return None if is_unsure(value) else False


def _none_of(arguments: list[Any], facts: Facts) -> Judgement:
    key, unwanted = arguments

    def test(value: Any) -> bool | None:
        found = _matches(any, value, unwanted)
        return None if found is None else not found

    return _test(key, facts, test)


def _overlap(arguments: list[Any], facts: Facts) -> Judgement:
    left, right = arguments
    found = facts.find(right)
    if found.state == "absent" or (found.state == "known" and not found.value):
        return Judgement(False)
    judged = _test(left, facts, lambda value: _shares(value, found))
    if judged.value is None:
        return Judgement(None, {}, judged.unknown if found.state == "known" else found.missing)
    if not judged.value:
        return judged
    shared = [one for one in _holds(judged.used[left]) if one in found.value]
    return Judgement(True, {left: shared})


def _shares(value: Any, other: Found) -> bool | None:
    mine = [one for one in _holds(value) if one != "none"]
    if not mine:
        return False
    if other.state != "known":
        return None
    if any(one in other.value for one in mine):
        return True
    return None if is_unsure(value) else False


def _within_days(arguments: list[Any], facts: Facts) -> Judgement:
    key, days = arguments
    since = ["days_since", key]
    return _all([["gte", since, 0], ["lte", since, days]], facts)


def _unknown(arguments: list[Any], facts: Facts) -> Judgement:
    (key,) = arguments
    found = facts.find(key)
    unknown = found.state == "unknown" or (found.state == "known" and is_unsure(found.value))
    return Judgement(unknown, {key: facts.answers.get(key)} if unknown else {})


# Numbers


def _compare(test: Callable[[Decimal, Decimal], bool]) -> Callable[[list[Any], Facts], Judgement]:
    def judge_comparison(arguments: list[Any], facts: Facts) -> Judgement:
        left, right = (_number(one, facts) for one in arguments)
        states = {left.state, right.state}
        if "absent" in states:
            return Judgement(False)
        if "unknown" in states:
            return Judgement(None, {}, _missing((left, right)))
        value = test(left.value, right.value)
        return Judgement(value, {key: facts.find(key).value for key in sorted(_read(arguments))})

    return judge_comparison


def _read(numbers: Iterable[Number]) -> set[str]:
    """The keys that a numeric expression reads."""
    keys: set[str] = set()
    for number in numbers:
        if isinstance(number, str):
            keys.add(number)
        elif isinstance(number, list | tuple):
            keys |= _read(number[1:])
    return keys


def _number(number: Number, facts: Facts) -> Found:
    if isinstance(number, int | float):
        return Found("known", Decimal(str(number)))
    if isinstance(number, str):
        return _as_number(number, facts.find(number), lambda value: Decimal(str(value)))
    operator, *arguments = number
    if operator == "days_since":
        (key,) = arguments
        return _as_number(key, facts.find(key), lambda value: Decimal(_days_since(value, facts)))
    parts = [_number(one, facts) for one in arguments]
    worst = min((one.state for one in parts), key=STATES.index)
    if worst != "known":
        return Found(worst, None, _missing(parts))
    return Found("known", ARITHMETIC[operator]([one.value for one in parts]))


def _as_number(key: str, found: Found, convert: Callable[[Any], Decimal]) -> Found:
    if found.state != "known":
        return found
    if is_unsure(found.value):
        return Found("unknown", None, (key,))
    return Found("known", convert(found.value))


def _days_since(value: str, facts: Facts) -> int:
    if facts.on is None:
        raise ValueError("a condition on days needs the day it is judged on")
    return (facts.on - date.fromisoformat(value)).days


def _product(numbers: list[Decimal]) -> Decimal:
    total = Decimal(1)
    for number in numbers:
        total *= number
    return total


# The other rules


def _undecided(outcomes: list[str], facts: Facts) -> Judgement:
    keys = dict.fromkeys(key for outcome in outcomes for key in facts.undecided.get(outcome, ()))
    return Judgement(bool(keys), {key: facts.answers.get(key) for key in keys})


def _nothing_from(arguments: list[Any], facts: Facts) -> Judgement:
    (outcome,) = arguments
    stricter = STRICTEST_FIRST[: STRICTEST_FIRST.index(outcome) + 1]
    return Judgement(not facts.fired.intersection(stricter))


STRICTEST_FIRST = ("ABS", "DEFER", "REVIEW", "CAUTION", "SUPPORT", "NONE")
STATES = ("absent", "unknown", "known")
ARITHMETIC: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "plus": lambda numbers: sum(numbers, Decimal(0)),
    "times": _product,
    "min": min,
    "max": max,
}
NUMERIC = {"lt", "lte", "gt", "gte", "eq", "days_since", *ARITHMETIC}
KEY_FIRST = {
    "is", "in", "none_of", "includes_any", "includes_all", "overlap", "within_days", "unknown",
}  # fmt: skip
ABOUT_RULES = {"undecided": 1, "nothing_from": 2}
OPERATORS: dict[str, Callable[[list[Any], Facts], Judgement]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "is": _is,
    "in": _in,
    "none_of": _none_of,
    "includes_any": _in,
    "includes_all": _includes_all,
    "overlap": _overlap,
    "within_days": _within_days,
    "unknown": _unknown,
    "lt": _compare(lambda left, right: left < right),
    "lte": _compare(lambda left, right: left <= right),
    "gt": _compare(lambda left, right: left > right),
    "gte": _compare(lambda left, right: left >= right),
    "eq": _compare(lambda left, right: left == right),
    "undecided": _undecided,
    "nothing_from": _nothing_from,
}
