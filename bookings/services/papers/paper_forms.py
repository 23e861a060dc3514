"""The health history on paper, from the same data as on the screen: the same questions, words and numbers.

Before the consultation one paper, before a course another. Question 2.3 is the third on the second page of
the screen. What hangs on an earlier answer cannot hide itself on paper, so it says in words whom it is for.
Questions for the doctor alone come on a sheet of their own, and keep the numbers they have among the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from consultations.forms.choice_groups import label_under, name_over
from consultations.rules.questionnaire import NOT_SURE, PAGES, questions_on
from consultations.rules.questions import (
    BOOL3,
    CHOICE,
    DATE,
    DEC,
    INT,
    LINES,
    MULTI,
    SCALE,
    TEXT,
    Question,
)


@dataclass(frozen=True)
class Asked:
    """One question on paper. `kind`: boxes, lines, figures or date; `about`: the treatment or test it is
    asked of, together with others.
    """

    number: str
    key: str
    about: str
    text: str
    hint: str
    only_for: str
    kind: str
    boxes: list[str]
    unit: str

    @property
    def is_long(self) -> bool:
        return len(self.boxes) > 8 and sum(map(len, self.boxes)) > 60  # figures from 0 to 10 fit a line

    @property
    def has_many(self) -> bool:
        """Boxes beside each other take the whole width."""
        return len(self.boxes) > 4

    @property
    def may_break(self) -> bool:
        """Half a page of boxes may go on overleaf; anything shorter stays together."""
        return len(self.boxes) > 14


@dataclass(frozen=True)
class Section:
    number: int
    title: str
    questions: list[Asked]

    @property
    def groups(self) -> list[tuple[str, list[Asked]]]:
        """What is asked of one treatment or test stands together under its name."""
        return [(name, list(asked)) for name, asked in groupby(self.questions, key=lambda one: one.about)]

    @property
    def is_narrow(self) -> bool:
        """Most people pass most of it over, so it takes half the width."""
        return all(asked.only_for for asked in self.questions)


def sections(*, stage: str, private: bool) -> list[Section]:
    """Return the pages of a stage with their questions, those for the doctor alone apart from the others."""
    found = []
    for number, page in enumerate(PAGES, start=1):
        if page.stage != stage:
            continue
        asked = [one for one in _numbered(number, questions_on(page.key)) if one[1].private == private]
        if asked:
            found.append(Section(number, _(page.title), [_asked(*one) for one in asked]))
    return found


def _numbered(page: int, questions: Iterable[Question]) -> list[tuple[str, Question]]:
    return [(f"{page}.{place}", question) for place, question in enumerate(questions, start=1)]


_KINDS = {
    CHOICE: "boxes", BOOL3: "boxes", MULTI: "boxes", SCALE: "boxes", TEXT: "lines", LINES: "lines",
    INT: "figures", DEC: "figures", DATE: "date",
}  # fmt: skip


def _asked(number: str, question: Question) -> Asked:
    return Asked(
        number=number,
        key=question.key,
        about=name_over(question),
        text=label_under(question) + ("" if question.required else " " + _("(you may leave this out)")),
        hint=_hint(question),
        only_for=_(question.only_for) if question.only_for else "",
        kind=_KINDS[question.type],
        boxes=[_(text) for _code, text in _choices(question)],
        unit=_(question.unit) if question.unit and question.type in (INT, DEC) else "",
    )


def _hint(question: Question) -> str:
    if question.type == MULTI and question.key != question.page:  # a list that is a page says so itself
        return _("Tick all that apply.")
    return _(question.hint) if question.hint else ""


def _choices(question: Question) -> list[tuple[str, str]]:
    """As on the screen: who need not be sure may say so, also beside a date."""
    choices = list(question.choices)
    if question.type == SCALE:
        choices = [
            (str(n), str(n)) for n in range(int(question.minimum or 0), int(question.maximum or 0) + 1)
        ]
    if question.may_be_unsure and "not_sure" not in question.codes:
        choices.append(NOT_SURE)
    return choices
