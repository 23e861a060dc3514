"""From what somebody typed or ticked to one canonical JSON value, or a kind word on what to change.

No message ever repeats what was typed: it may be a health answer on its way to a log.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from consultations.rules.questions import (
    ALONE,
    BOOL3,
    CHOICE,
    DATE,
    DEC,
    INT,
    LINES,
    MULTI,
    SCALE,
    TEXT,
    YEARS_AGO,
    Question,
    gettext_noop,
)

_ = gettext_noop

MAX_DIGITS = 12
# Overrides that make text read otherwise than it is stored, and invisible fillers. The joiners U+200C and
# U+200D stay: Indian scripts need them.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
SURROGATE = re.compile("[\ud800-\udfff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


class InvalidAnswer(ValueError):
    """What is wrong with an answer, in words for the person who gave it; `params` fill the placeholders."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


NEEDED = _("Please answer this question.")
PICK_ONE = _("Please choose one of the answers shown.")
ONLY_ONE = _("Please choose one answer only.")
NONE_ALONE = _("“None of these” can only be chosen on its own.")
BAD_TEXT = _("This text holds characters we cannot keep. Please type it again.")
TOO_LONG = _("Please keep this to %(most)s characters or fewer.")
WHOLE_NUMBER = _("Please give a whole number, such as 3.")
ANY_NUMBER = _("Please give a number, such as 2.5.")
TOO_FINE = _("Please give at most %(decimals)s digits after the point.")
BETWEEN = _("Please give a number from %(least)s to %(most)s.")
BAD_DATE = _("Please give a day that exists, such as 22/11/2026.")
IN_FUTURE = _("That day has not come yet. Please check it.")
TOO_LONG_AGO = _("That is longer ago than we expected. Please check the year.")
TOO_FAR_AHEAD = _("That is further ahead than we expected. Please check it.")
TOO_MANY_LINES = _("Please give at most %(most)s lines.")
LONG_LINE = _("Please keep each line to %(most)s characters or fewer.")


def validate_answer(question: Question, raw: object, *, today: date) -> Any:
    """Return the canonical value of `raw`, or None when an optional question was left empty.

    Canonical: a code, a list of codes in the question's order, an int or float, an ISO date, text.
    """
    if is_empty(raw):
        if question.required:
            raise InvalidAnswer(NEEDED)
        return None
    if question.type == MULTI:
        return _many(question, raw)
    if question.type == LINES:
        return _lines(question, raw)
    one = _only(raw)
    if question.type in {BOOL3, CHOICE}:
        return _one(question, one)
    if question.may_be_unsure and one == "not_sure":
        return "not_sure"
    return READERS[question.type](question, one, today)


def is_empty(raw: object) -> bool:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return True
    if isinstance(raw, Mapping):
        return all(is_empty(part) for part in raw.values())
    return isinstance(raw, list | tuple) and all(is_empty(part) for part in raw)


def _only(raw: object) -> object:
    if not isinstance(raw, list | tuple):
        return raw
    given = [one for one in raw if not is_empty(one)]
    if len(given) != 1:
        raise InvalidAnswer(ONLY_ONE)
    return given[0]


# Choices


def _one(question: Question, raw: object) -> str:
    if isinstance(raw, bool) and {"yes", "no"} <= set(question.codes):
        return "yes" if raw else "no"
    if not isinstance(raw, str) or raw.strip() not in question.codes:
        raise InvalidAnswer(PICK_ONE)
    return raw.strip()


def _many(question: Question, raw: object) -> list[str]:
    given = raw if isinstance(raw, list | tuple) else [raw]
    codes = {_one(question, one) for one in given if not is_empty(one)}
    if ALONE in codes and len(codes) > 1:
        raise InvalidAnswer(NONE_ALONE)
    return [code for code in question.codes if code in codes]


# Text


def clean_text(raw: str) -> str:
    """Return `raw` composed and without invisible overrides; refuse what no database or page can hold."""
    if SURROGATE.search(raw) or CONTROL.search(raw):
        raise InvalidAnswer(BAD_TEXT)
    text = INVISIBLE.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


def _text(question: Question, raw: object, today: date) -> str:
    if not isinstance(raw, str):
        raise InvalidAnswer(BAD_TEXT)
    if len(raw) > 4 * question.max_length:
        raise InvalidAnswer(TOO_LONG, most=question.max_length)
    text = clean_text(raw)
    if not text:
        raise InvalidAnswer(NEEDED)
    if len(text) > question.max_length:
        raise InvalidAnswer(TOO_LONG, most=question.max_length)
    return text


def _lines(question: Question, raw: object) -> list[str]:
    """One thing a line, typed in one box or sent one by one."""
    given = raw if isinstance(raw, list | tuple) else [raw]
    if not all(isinstance(one, str) for one in given):
        raise InvalidAnswer(BAD_TEXT)
    if sum(map(len, given)) > 4 * question.max_lines * question.max_length:
        raise InvalidAnswer(TOO_MANY_LINES, most=question.max_lines)
    lines = [line.strip() for one in given for line in clean_text(one).split("\n")]
    lines = list(dict.fromkeys(line for line in lines if line))
    if len(lines) > question.max_lines:
        raise InvalidAnswer(TOO_MANY_LINES, most=question.max_lines)
    if any(len(line) > question.max_length for line in lines):
        raise InvalidAnswer(LONG_LINE, most=question.max_length)
    if not lines:
        raise InvalidAnswer(NEEDED)
    return lines


# Numbers


def _digits(raw: object) -> str:
    """Return what was typed with the digits of any script as 0–9."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise InvalidAnswer(ANY_NUMBER)
    text = str(raw) if isinstance(raw, str) or abs(raw) < 10**MAX_DIGITS else ""
    if len(text) > 4 * MAX_DIGITS:
        raise InvalidAnswer(ANY_NUMBER)
    digits = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return "".join(digits).strip()


def _decimal(raw: object) -> Decimal:
    text = _digits(raw)
    if not NUMBER.fullmatch(text) or len(text) > MAX_DIGITS:
        raise InvalidAnswer(ANY_NUMBER)
    return Decimal(text)


def _whole(question: Question, raw: object, today: date) -> int:
    try:
        number = _decimal(raw)
    except InvalidAnswer:
        raise InvalidAnswer(WHOLE_NUMBER) from None
    if number != int(number):
        raise InvalidAnswer(WHOLE_NUMBER)
    return int(_in_range(question, number))


def _fraction(question: Question, raw: object, today: date) -> float:
    number = _decimal(raw)
    if number != round(number, question.decimals):
        raise InvalidAnswer(TOO_FINE, decimals=question.decimals)
    return float(_in_range(question, number))


def _in_range(question: Question, number: Decimal) -> Decimal:
    least, most = question.minimum, question.maximum
    if (least is not None and number < Decimal(str(least))) or (
        most is not None and number > Decimal(str(most))
    ):
        raise InvalidAnswer(BETWEEN, least=least, most=most)
    return number


# Dates


def _date(question: Question, raw: object, today: date) -> str:
    day = _read_date(raw)
    if problem := date_problem(question, day, today):
        raise problem
    return day.isoformat()


def _read_date(raw: object) -> date:
    if isinstance(raw, date):
        return raw
    if isinstance(raw, Mapping):
        raw = "-".join(_digits(raw.get(part, "")).zfill(2) for part in ("year", "month", "day"))
    if not isinstance(raw, str):
        raise InvalidAnswer(BAD_DATE)
    text = _digits(raw)
    try:
        if parts := YEAR_FIRST.fullmatch(text):
            return date(*map(int, parts.groups()))
        if parts := DAY_FIRST.fullmatch(text):
            return date(*map(int, reversed(parts.groups())))
    except ValueError:
        pass
    raise InvalidAnswer(BAD_DATE)


def date_problem(question: Question, day: date, today: date) -> InvalidAnswer | None:
    """Return why `day` lies outside the question's range of days or years ago."""
    ago = whole_years(day, today) if question.unit == YEARS_AGO else (today - day).days
    if day > today and question.minimum is not None and question.minimum >= 0:
        return InvalidAnswer(IN_FUTURE)
    if question.maximum is not None and ago > question.maximum:
        return InvalidAnswer(TOO_LONG_AGO)
    if question.minimum is not None and ago < question.minimum:
        return InvalidAnswer(TOO_FAR_AHEAD)
    return None


def whole_years(since: date, today: date) -> int:
    """Return completed years; who was born on 29 February turns a year older on 1 March of a common year."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


Reader = Callable[[Question, object, date], Any]
READERS: Mapping[str, Reader] = {TEXT: _text, INT: _whole, SCALE: _whole, DEC: _fraction, DATE: _date}
TEXTS: Sequence[str] = (NEEDED, PICK_ONE, ONLY_ONE, NONE_ALONE, BAD_TEXT, TOO_LONG, WHOLE_NUMBER, ANY_NUMBER)
TEXTS += (TOO_FINE, BETWEEN, BAD_DATE, IN_FUTURE, TOO_LONG_AGO, TOO_FAR_AHEAD, TOO_MANY_LINES, LONG_LINE)
