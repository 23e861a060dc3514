"""What a question and a page are. The questions themselves are data in history/."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from consultations.rules.conditions import Condition

BOOL3, CHOICE, MULTI, INT, DEC = "bool3", "choice", "multi", "int", "dec"
DATE, TEXT, LINES, SCALE = "date", "text", "lines", "scale"
TYPES = (BOOL3, CHOICE, MULTI, INT, DEC, DATE, TEXT, LINES, SCALE)
DAYS_AGO, YEARS_AGO = "days ago", "years ago"  # the units of a date's range
FIRST, COURSE, SESSION = "first", "course", "session"
STAGES = (FIRST, COURSE, SESSION)  # before the consultation, when a course is prescribed, before a session
ALONE = "none"  # said alone or not at all; *not sure* may stand beside what is known
NOTHING = ("none", "no", "never", "not_at_all")  # answers with which there is nothing to report

Choices = tuple[tuple[str, str], ...]


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop

NOT_SURE = ("not_sure", _("I'm not sure"))
PRIVATE = ("private", _("I'd rather tell the doctor"))
NONE = ("none", _("None of these"))
YES_NO_UNSURE: Choices = (("yes", _("Yes")), ("no", _("No")), NOT_SURE)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. Its key never changes meaning; a new meaning takes a new key.

    `minimum` and `maximum` are limits of the plausible, not of the normal. `safety`: an open or *not sure*
    answer can hold back treatment, so *not sure* is always offered. `derived`: worked out from other answers,
    not asked. `private`: for the doctor alone, kept from helpers and summaries. `only_for`: in words, whom
    the question is for, where `shown_if` says so. `short`: its name on a dense page. `fresh_days`: the answer
    counts for so many days from the day it was given, then it is asked anew.
    """

    key: str
    type: str
    text: str
    page: str = ""
    choices: Choices = ()
    unit: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None
    max_length: int = 500
    max_lines: int = 0
    decimals: int = 0
    shown_if: Condition | None = None
    only_for: str = ""
    fresh_days: int = 0
    required: bool = True
    safety: bool = False
    derived: bool = False
    private: bool = False
    why: str = ""
    hint: str = ""
    short: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code, _text in self.choices)

    @property
    def may_be_unsure(self) -> bool:
        return self.safety or "not_sure" in self.codes

    @property
    def is_list(self) -> bool:
        return self.type in (MULTI, LINES)

    @property
    def nothing(self) -> str | list[str] | None:
        """The answer with which there is nothing to report; None where a question has none."""
        found = next((code for code in NOTHING if code in self.codes), None)
        return [found] if found and self.is_list else found

    def text_of(self, code: str) -> str:
        return dict(self.choices)[code]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One thing to answer. The title is a question; `why` says why we ask; `stage`: when it is asked."""

    key: str
    title: str
    why: str
    stage: str = FIRST


def on(page: Page, questions: Iterable[Question]) -> tuple[Question, ...]:
    return tuple(replace(question, page=page.key) for question in questions)


def yes_no(key: str, text: str, **more: object) -> Question:
    return Question(key=key, type=BOOL3, text=text, choices=YES_NO_UNSURE, **more)


def one_of(key: str, text: str, *choices: tuple[str, str], **more: object) -> Question:
    return Question(key=key, type=CHOICE, text=text, choices=choices, **more)


def several_of(key: str, text: str, *choices: tuple[str, str], **more: object) -> Question:
    return Question(key=key, type=MULTI, text=text, choices=choices, **more)


def number(
    key: str, text: str, least: float, most: float, unit: str = "", decimals: int = 0, **more: object
) -> Question:
    type_ = DEC if decimals else INT
    return Question(
        key=key, type=type_, text=text, minimum=least, maximum=most, unit=unit, decimals=decimals, **more
    )


def out_of_ten(key: str, text: str, **more: object) -> Question:
    """A scale from 0, not at all, to 10, as bad as can be."""
    return Question(key=key, type=SCALE, text=text, minimum=0, maximum=10, **more)


def day(key: str, text: str, most_days_ago: int, least_days_ago: int = 0, **more: object) -> Question:
    """A date; a negative `least_days_ago` lets it lie so many days ahead."""
    return Question(
        key=key, type=DATE, text=text, unit=DAYS_AGO, minimum=least_days_ago, maximum=most_days_ago, **more
    )


def words(key: str, text: str, most: int = 500, **more: object) -> Question:
    return Question(key=key, type=TEXT, text=text, max_length=most, **more)
