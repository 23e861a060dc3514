"""Reads the single values that scales are made of. A refusal names the field and what it needs, never the
value: it is somebody's finding on its way to a log.
"""

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal

Number = int | float | Decimal


class BadMeasure(ValueError):
    """What is wrong with the input of a scale: the field, and what it needs."""


def number(value: object, field: str, *, least: Number, most: Number) -> Decimal:
    """An int, a float or a Decimal within [least, most], exactly as it was written. Text is refused."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadMeasure(f"{field}: a number from {least} to {most} is needed")
    exact = Decimal(str(value))
    if not exact.is_finite() or not Decimal(str(least)) <= exact <= Decimal(str(most)):
        raise BadMeasure(f"{field}: a number from {least} to {most} is needed")
    return exact


def whole(value: object, field: str, *, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadMeasure(f"{field}: a whole number from {least} to {most} is needed")
    return value


def flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise BadMeasure(f"{field}: true or false is needed")
    return value


def one_of(value: object, field: str, known: Collection[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise BadMeasure(f"{field}: one of {', '.join(known)} is needed")
    return value


def several_of(value: object, field: str, known: Collection[str]) -> tuple[str, ...]:
    """A list of known words, each once, in the order in which they are known."""
    if not isinstance(value, list | tuple):
        raise BadMeasure(f"{field}: a list is needed")
    given = {one_of(one, field, known) for one in value}
    return tuple(one for one in known if one in given)


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero, as people round; the default of Decimal rounds 0.5 to 0."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
