"""Reads the one JSON file that a calculator command is given.

Refusals are one line on standard error with exit code 2, and never quote the input, which may hold answers.
"""

import json
import math
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn, TypeVar

from django.core.management.base import CommandError

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 40
FIRST_YEAR, LAST_YEAR = 1850, 2999

Day = TypeVar("Day", bound=date)


def bad_input(message: str) -> CommandError:
    return CommandError(message, returncode=2)


def read_json(path: str) -> object:
    """Return the strict JSON in the file at `path`, or on standard input for "-"."""
    return parse_json(_read_bytes(path))


def parse_json(content: bytes) -> object:
    try:
        text = content.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite_float,
        )
    except UnicodeDecodeError:
        raise bad_input("The input is not valid UTF-8.") from None
    except json.JSONDecodeError as error:
        raise bad_input(f"The input is not JSON: line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise bad_input(f"The input is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError:
        # Python refuses to turn thousands of digits into an int.
        raise bad_input("The input holds a number that is too long.") from None
    _check_depth_and_text(value)
    return value


def _read_bytes(path: str) -> bytes:
    if path == "-" and sys.stdin is None:
        raise bad_input("The input can't be read: standard input is closed.")
    try:
        if path == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise bad_input(f"The input can't be read: {error.strerror or 'reading failed'}.") from None
    except ValueError:
        raise bad_input("The input can't be read: that is no file name.") from None
    if len(content) > MAX_BYTES:
        raise bad_input(f"The input is larger than {MAX_BYTES // 1024 // 1024} MiB.")
    return content


def _object_without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise bad_input("The input names a key twice in one object.")
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise bad_input("The input holds NaN or Infinity, which JSON does not know.")


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise bad_input("The input holds a number that is too large.")
    return value


def _check_depth_and_text(root: object) -> None:
    waiting: list[tuple[object, int]] = [(root, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                raise bad_input(f"The input is nested deeper than {MAX_DEPTH} levels.")
            children = [*value, *value.values()] if isinstance(value, dict) else value
            waiting.extend((child, depth + 1) for child in children)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise bad_input("The input holds a NUL character.")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise bad_input("The input holds half of a surrogate pair.")


# Readers of one value each. `where` is its path, such as openings[3].at: the value itself is never shown.


def fields(value: object, where: str, *, required: Iterable[str], optional: Iterable[str] = ()) -> dict:
    required, optional = tuple(required), tuple(optional)
    if not isinstance(value, dict):
        raise bad_input(f"{where}: an object is needed.")
    for key in required:
        if key not in value:
            raise bad_input(f'{where}: "{key}" is missing.')
    if value.keys() - {*required, *optional}:
        raise bad_input(f"{where}: unknown key; known are {', '.join((*required, *optional))}.")
    return value


def items(value: object, where: str, read: Callable[[object, str], object]) -> list:
    if not isinstance(value, list):
        raise bad_input(f"{where}: a list is needed.")
    return [read(item, f"{where}[{index}]") for index, item in enumerate(value)]


def whole_number(value: object, where: str, *, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_input(f"{where}: a whole number is needed.")
    if not least <= value <= most:
        raise bad_input(f"{where}: a number from {least} to {most} is needed.")
    return value


def calendar_date(value: object, where: str) -> date:
    # date.fromisoformat alone would also take 20270104 and 2027-W01-1.
    if isinstance(value, str) and len(value) == len("2027-01-04") and value[4] == value[7] == "-":
        try:
            return _in_our_time(date.fromisoformat(value), where)
        except ValueError:
            pass
    raise bad_input(f"{where}: a date such as 2027-01-04 is needed.")


def aware_instant(value: object, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise bad_input(f"{where}: a time with its offset such as 2027-01-04T10:30:00+05:30 is needed.")
    return _in_our_time(instant, where)


def _in_our_time(day: Day, where: str) -> Day:
    """Keep away from the ends of the calendar, where adding days or changing zones fails."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise bad_input(f"{where}: a year from {FIRST_YEAR} to {LAST_YEAR} is needed.")
    return day
