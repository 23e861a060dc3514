"""Where somebody is in a round of questions: the pages they see, in sections, and the way through them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from clinic.services.days import local_day
from consultations.models import Intake, Screening
from consultations.rules.questionnaire import PAGES, Page, Question, questions_on, shown, with_derived
from consultations.services import intakes
from consultations.services.intakes import current_answers

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (gettext_noop("Since last time"), ("rescreen",)),
    (gettext_noop("About you"), ("about_you", "family")),
    (
        gettext_noop("About your health"),
        ("well_now", "conditions", "condition_details", "medicines", "medicine_details", "allergies"),
    ),
    (gettext_noop("What you have tried"), ("treated", "treatment_details", "tests")),
    (gettext_noop("About your hair"), ("hair", "where", "patches", "timeline", "shedding")),
    (gettext_noop("About how you feel"), ("feelings", "hopes")),
    (gettext_noop("Before the course"), ("body", "private_matters", "needles", "agreed")),
    (gettext_noop("About your life"), ("life", "hair_care", "family_tree")),
)
CRISIS = "R-56"
UNIT_OF_DURATION = "duration_unit"


@dataclass(frozen=True)
class Place:
    """A page among those that apply: "About your health · 2 of 4"."""

    page: Page
    number: int
    section: str
    nth: int
    of: int
    questions: list[Question]

    @property
    def nothing(self) -> dict[str, Any]:
        """The answers of somebody with nothing to report here; empty where a question has none."""
        needed = [question for question in self.questions if question.required]
        if not needed or any(question.nothing is None for question in needed):
            return {}
        return {question.key: question.nothing for question in needed}


@dataclass(frozen=True)
class Round:
    """One intake with its answers as they stand."""

    intake: Intake
    facts: Mapping[str, Any]

    @property
    def pages(self) -> list[Page]:
        """Those too of which nobody knows yet whether they apply."""
        return intakes.pages_for(self.facts, self.intake.purpose)

    def asked_on(self, page: Page) -> list[Question]:
        return intakes.asked_on(page, self.facts, self.intake)

    def may_be_asked(self, page: Page) -> list[Question]:
        """Those and the ones that hang on an answer still to come."""
        return [
            question
            for question in questions_on(page.key)
            if shown(question, self.facts) is not False and not (question.private and self.intake.help)
        ]

    def is_answered(self, page: Page) -> bool:
        return all(question.key in self.facts for question in self.asked_on(page) if question.required)

    def place(self, number: int) -> Place | None:
        """Return the page with this number as it stands for these answers; None when it does not apply."""
        if not 1 <= number <= len(PAGES) or number not in self._numbers:
            return None
        page, pages = PAGES[number - 1], self.pages
        section, keys = next((name, keys) for name, keys in SECTIONS if page.key in keys)
        beside = [one for one in pages if one.key in keys]
        return Place(page, number, section, beside.index(page) + 1, len(beside), self.asked_on(page))

    def following(self, number: int) -> int | None:
        """The number of the next page that applies."""
        return self._beside(number, 1)

    def before(self, number: int) -> int | None:
        return self._beside(number, -1)

    def _beside(self, number: int, step: int) -> int | None:
        """In the order of the round: before a session its own page comes first, which stands last of all."""
        numbers = self._numbers
        place = numbers.index(number) + step if number in numbers else -1
        return numbers[place] if 0 <= place < len(numbers) else None

    @property
    def _numbers(self) -> list[int]:
        return [number_of(page) for page in self.pages if self.asked_on(page)]

    def sections(self) -> list[tuple[str, list[tuple[int, Question]]]]:
        """Every question that applies, with the number of its page, by section."""
        found, pages = [], self.pages
        for name, keys in SECTIONS:
            rows = [
                (number_of(page), question)
                for page in pages
                if page.key in keys
                for question in self.asked_on(page)
                if question.key != UNIT_OF_DURATION  # stands with the number
            ]
            if rows:
                found.append((name, rows))
        return found


def round_of(intake: Intake, *, now: datetime) -> Round:
    today = local_day(now)
    return Round(intake, with_derived(current_answers(intake, today=today), today))


def number_of(page: Page) -> int:
    """Addresses carry a number: the name of a page can say what somebody answered."""
    return PAGES.index(page) + 1


def anchor(question: Question) -> str:
    """Where a question stands on its page; by number too, for it shows in the address."""
    return f"q{[one.key for one in questions_on(question.page)].index(question.key) + 1}"


def needs_help_card(facts: Mapping[str, Any]) -> bool:
    """Somebody said something after which a person rings today and nobody should have to wait for that."""
    return facts.get("self_harm") in ("yes", "talk", "not_sure", "private")


def crisis_fired(screening: Screening) -> bool:
    return any(item["id"] == CRISIS for item in screening.fired)


def newest_screening_of(intake: Intake) -> Screening | None:
    return Screening.objects.filter(patient=intake.patient).order_by("-pk").first()
