"""What a question and a page are. The questions themselves are data in questionnaire.py."""

from dataclasses import dataclass

from consultations.rules.conditions import Condition

BOOL3, CHOICE, MULTI, INT, DEC = "bool3", "choice", "multi", "int", "dec"
DATE, TEXT, SCALE = "date", "text", "scale"
TYPES = (BOOL3, CHOICE, MULTI, INT, DEC, DATE, TEXT, SCALE)
DAYS_AGO, YEARS_AGO = "days ago", "years ago"  # the units of a date's range
EXCLUSIVE = frozenset({"none", "not_sure", "private"})  # said alone or not at all

Choices = tuple[tuple[str, str], ...]


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop

YES_NO_UNSURE: Choices = (("yes", _("Yes")), ("no", _("No")), ("not_sure", _("I'm not sure")))


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. Its key never changes meaning; a new meaning takes a new key.

    `minimum` and `maximum` are limits of the plausible, not of the normal. `safety`: an open or *not sure*
    answer can hold back treatment, so *not sure* is always offered. `derived`: worked out from other answers,
    not asked. `private`: for the doctor alone, kept from helpers and summaries.
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
    decimals: int = 0
    shown_if: Condition | None = None
    required: bool = True
    safety: bool = False
    derived: bool = False
    private: bool = False
    why: str = ""
    hint: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code, _text in self.choices)

    @property
    def may_be_unsure(self) -> bool:
        return self.safety or "not_sure" in self.codes

    @property
    def is_list(self) -> bool:
        return self.type == MULTI

    def text_of(self, code: str) -> str:
        return dict(self.choices)[code]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One thing to answer. The title is a question; `why` says why we ask."""

    key: str
    title: str
    why: str
