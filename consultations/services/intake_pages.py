"""Where somebody is in a round of questions: the pages they see, in sections, and the way through them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from clinic.models import Patient
from clinic.services.days import local_day
from consultations.models import Intake, Screening
from consultations.rules.history.medicines import THINNERS
from consultations.rules.questionnaire import (
    PAGES,
    QUESTIONS,
    Page,
    Question,
    questions_on,
    shown,
    with_derived,
)
from consultations.services import intakes
from consultations.services.intakes import current_answers
from consultations.services.screenings import record_facts

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
FOLLOW_UPS = (
    "condition_details", "medicine_details", "treatment_details", "tests", "patches", "shedding",
)  # fmt: skip
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
    nothing: Mapping[str, Any]

    @property
    def has_one_tap(self) -> bool:
        """A single question with a no of its own needs no button that says the same."""
        return len(self.nothing) > 1 or any(isinstance(said, list) for said in self.nothing.values())


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
            if shown(question, self.facts) is not False
            and not intakes.is_left_to_doctor(question, self.intake)
        ]

    def is_answered(self, page: Page) -> bool:
        return all(question.key in self.facts for question in self.asked_on(page) if question.required)

    def nothing_on(self, page: Page) -> dict[str, Any]:
        """The answers of somebody with nothing to report here, to what these answers open too; empty where
        a question has none.
        """
        said: dict[str, Any] = {}
        while needed := self._needed(page, said):
            if any(question.nothing is None for question in needed):
                return {}
            said |= {question.key: question.nothing for question in needed}
        return said

    def _needed(self, page: Page, said: Mapping[str, Any]) -> list[Question]:
        here = {question.key for question in questions_on(page.key)}
        facts = {key: value for key, value in self.facts.items() if key not in here} | dict(said)
        asked = intakes.asked_on(page, facts, self.intake)
        return [question for question in asked if question.required and question.key not in said]

    def place(self, number: int) -> Place | None:
        """Return the page with this number as it stands for these answers; None when it does not apply."""
        if not 1 <= number <= len(PAGES) or number not in self._numbers:
            return None
        page, pages = PAGES[number - 1], self.pages
        section, keys = next((name, keys) for name, keys in SECTIONS if page.key in keys)
        beside = [one for one in pages if one.key in keys and self._counts(one)]
        nth, of, nothing = beside.index(page) + 1, len(beside), self.nothing_on(page)
        return Place(page, number, section, nth, of, self.asked_on(page), nothing)

    def _counts(self, page: Page) -> bool:
        """A page of details counts once something was ticked that it asks about."""
        return page.key not in FOLLOW_UPS or bool(self.asked_on(page))

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
    """Through a helper nothing of what is for the doctor alone bears on what a page shows."""
    today = local_day(now)
    facts = with_derived(current_answers(intake, today=today), today)
    alone = {key for key, question in QUESTIONS.items() if intakes.is_left_to_doctor(question, intake)}
    return Round(intake, {key: value for key, value in facts.items() if key not in alone})


def is_known_child(patient: Patient, *, now: datetime) -> bool:
    """By the record, before anything is asked."""
    today = local_day(now)
    return intakes.is_child(with_derived(record_facts(patient, today), today))


def number_of(page: Page) -> int:
    """Addresses carry a number: the name of a page can say what somebody answered."""
    return PAGES.index(page) + 1


def anchor(question: Question) -> str:
    """Where a question stands on its page; by number too, for it shows in the address."""
    return f"q{[one.key for one in questions_on(question.page)].index(question.key) + 1}"


def needs_help_card(facts: Mapping[str, Any]) -> bool:
    """Somebody said something after which a person rings today and nobody should have to wait for that."""
    return facts.get("self_harm") in ("yes", "talk", "not_sure", "private")


def needs_a_call(facts: Mapping[str, Any], *pages: Page | None) -> bool:
    """A sore scalp with fever is looked at today: said where asked, on the next page and at the end."""
    said_here = not pages or any(page and page.key == "well_now" for page in pages)
    return said_here and facts.get("scalp_fever") == "yes"


def needs_thanks(facts: Mapping[str, Any], page: Page) -> bool:
    """Somebody has just said what they may fear to be turned away for."""
    if page.key == "family":
        told = ("yes", "possibly", "not_sure", "private")
        return facts.get("pregnant") in told or facts.get("breastfeeding") == "yes"
    return page.key == "medicines" and not {"aspirin", *THINNERS}.isdisjoint(facts.get("medicines", ()))


def crisis_fired(screening: Screening) -> bool:
    return any(item["id"] == CRISIS for item in screening.fired)


def newest_screening_of(intake: Intake) -> Screening | None:
    return Screening.objects.filter(patient=intake.patient).order_by("-pk").first()
