"""Quotes an answer in the words it was given in, narrowed to what a rule looked at."""

from collections.abc import Mapping
from typing import Any

from consultations.rules.conditions import Condition
from consultations.rules.questions import Question

_CONNECTING = {"all", "any", "not"}
_NAMING = {"is", "in", "none_of", "includes_any", "includes_all"}


def named_values(condition: Condition, key: str) -> frozenset[Any]:
    """Return the choices of `key` that a condition names anywhere."""
    operator, *arguments = condition
    if operator in _NAMING:
        found, values = arguments
        several = values if isinstance(values, list | tuple) else (values,)
        return frozenset(several) if found == key else frozenset()
    if operator not in _CONNECTING:
        return frozenset()
    return frozenset[Any]().union(*(named_values(part, key) for part in arguments))


def narrowed(value: Any, named: frozenset[Any]) -> Any:
    """Return what a rule looked at in a list of choices; all of it when it named none of them."""
    if not isinstance(value, list):
        return value
    return [one for one in value if one in named] or value


def in_words(question: Question, value: Any) -> tuple[str, ...]:
    """Return the words of each choice, untranslated; numbers, days and typed text as they are."""
    several = value if isinstance(value, list) else [value]
    choices: Mapping[Any, str] = dict(question.choices)
    return tuple(choices.get(one, str(one)) if isinstance(one, str) else str(one) for one in several)
