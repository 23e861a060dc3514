"""Where somebody is in the questionnaire: the pages they see, in sections, and the way through them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from clinic.services.days import local_day
from consultations.models import Intake, Screening
from consultations.rules.questionnaire import (
    PAGES,
    Page,
    Question,
    questions_on,
    shown,
    with_derived,
)
from consultations.services.intakes import current_answers, pages_for

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (gettext_noop("About you"), ("about_you", "family")),
    (gettext_noop("About your health"), ("well_now", "conditions", "medicines", "allergies")),
    (gettext_noop("About your hair"), ("hair", "patches", "timeline")),
    (gettext_noop("About how you feel"), ("feelings", "hopes")),
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


def number_of(page: Page) -> int:
    """Addresses carry a number: the name of a page can say what somebody answered."""
    return PAGES.index(page) + 1


def anchor(question: Question) -> str:
    """Where a question stands on its page; by number too, for it shows in the address."""
    return f"q{[one.key for one in questions_on(question.page)].index(question.key) + 1}"


def facts_now(intake: Intake, *, now: datetime) -> dict[str, Any]:
    today = local_day(now)
    return with_derived(current_answers(intake, today=today), today)


def place_of(number: int, facts: Mapping[str, Any]) -> Place | None:
    """Return the page with this number as it stands for these answers; None when it does not apply."""
    if not 1 <= number <= len(PAGES):
        return None
    page, pages = PAGES[number - 1], pages_for(facts)
    questions = asked_on(page, facts)
    if page not in pages or not questions:
        return None
    section, keys = next((name, keys) for name, keys in SECTIONS if page.key in keys)
    beside = [one for one in pages if one.key in keys]
    return Place(page, number, section, beside.index(page) + 1, len(beside), questions)


def asked_on(page: Page, facts: Mapping[str, Any]) -> list[Question]:
    """The questions that apply for sure; what hangs on one not answered yet comes after that answer."""
    return [question for question in questions_on(page.key) if shown(question, facts) is True]


def may_be_asked(page: Page, facts: Mapping[str, Any]) -> list[Question]:
    """Those and the ones that hang on an answer still to come."""
    return [question for question in questions_on(page.key) if shown(question, facts) is not False]


def is_answered(page: Page, facts: Mapping[str, Any]) -> bool:
    return all(question.key in facts for question in asked_on(page, facts) if question.required)


def following(number: int, facts: Mapping[str, Any]) -> int | None:
    """The number of the next page that applies."""
    after = range(number + 1, len(PAGES) + 1)
    return next((one for one in after if place_of(one, facts)), None)


def before(number: int, facts: Mapping[str, Any]) -> int | None:
    return next((one for one in range(number - 1, 0, -1) if place_of(one, facts)), None)


def sections_of(facts: Mapping[str, Any]) -> list[tuple[str, list[tuple[int, Question]]]]:
    """Every question that applies, with the number of its page, by section."""
    found = []
    for name, keys in SECTIONS:
        pages = [page for page in pages_for(facts) if page.key in keys]
        rows = [
            (number_of(page), question)
            for page in pages
            for question in asked_on(page, facts)
            if question.key != UNIT_OF_DURATION  # stands with the number
        ]
        if rows:
            found.append((name, rows))
    return found


def needs_help_card(facts: Mapping[str, Any]) -> bool:
    """Somebody said something after which a person rings today and nobody should have to wait for that."""
    return facts.get("self_harm") in ("yes", "talk", "not_sure", "private")


def crisis_fired(screening: Screening) -> bool:
    return any(item["id"] == CRISIS for item in screening.fired)


def newest_screening_of(intake: Intake) -> Screening | None:
    return Screening.objects.filter(patient=intake.patient).order_by("-pk").first()
