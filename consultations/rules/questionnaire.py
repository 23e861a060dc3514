"""The questionnaire as a whole: what is shown, what follows from answers, what does not fit together.

The questions themselves are data in history/.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from consultations.rules.answers import InvalidAnswer, date_problem, validate_answer, whole_years
from consultations.rules.conditions import UNSURE, Facts
from consultations.rules.history import ALL, PAGES
from consultations.rules.history.test_results import LABORATORY
from consultations.rules.history.well_now import INFECTION_SIGNS
from consultations.rules.questions import (
    DATE,
    FIRST,
    LINES,
    NOT_SURE,
    STAGES,
    TEXT,
    Page,
    Question,
    gettext_noop,
)

__all__ = [
    "CODE", "INFECTION_SIGNS", "NOT_SURE", "PAGES", "QUESTIONS", "InvalidAnswer", "Page", "Question",
    "check_answers", "facts_of", "page_is_shown", "page_of", "pages_of", "question_content",
    "questionnaire_content", "questions_on", "shown", "validate_answer", "with_derived",
]  # fmt: skip

_ = gettext_noop
CODE = "scalp-history"

QUESTIONS: dict[str, Question] = {question.key: question for question in ALL}
SHOWN_IF = {question.key: question.shown_if for question in ALL}
PAGE_OF = {page.key: page for page in PAGES}
ON_PAGE = {page.key: [question for question in ALL if question.page == page.key] for page in PAGES}
LATER = frozenset(key for key, one in QUESTIONS.items() if one.page and PAGE_OF[one.page].stage != FIRST)
BEFORE_SESSION = frozenset(
    key for key, one in QUESTIONS.items() if one.page and PAGE_OF[one.page].stage == STAGES[-1]
)
DAYS_IN = {"days": 1, "weeks": 7, "months": 30.4375, "years": 365.25}
DURATION_BEFORE_BIRTH = _("That is longer than the age given. Please check one of them.")
DATE_BEFORE_BIRTH = _("That is before the date of birth given. Please check one of them.")
UNIT_NEEDED = _("A test result needs its unit. It stands beside the figure on the report.")
TEST_DATE_NEEDED = _("A test result needs the day of the test.")
FIGURE_AND_UNIT = _("This figure does not fit its unit. Please check both on the report.")
PRESSURE = _("The lower figure of the blood pressure is the smaller one. Please check both.")
AGE_AND_BIRTH_DIFFER = _("The age does not fit the date of birth.")


def page_of(key: str) -> Page:
    return PAGE_OF[key]


def pages_of(stage: str) -> list[Page]:
    return [page for page in PAGES if page.stage == stage]


def questions_on(page: str) -> list[Question]:
    return ON_PAGE[page]


def with_derived(answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the answers with age, duration and test results worked out; a given age stands where no birth
    date is.
    """
    derived = dict(answers)
    if is_date(born_on := answers.get("born_on")):
        derived["age"] = whole_years(date.fromisoformat(born_on), today)
    value, unit = answers.get("duration_value"), answers.get("duration_unit")
    if isinstance(value, int) and unit in DAYS_IN:
        derived["duration_days"] = int(value * DAYS_IN[unit])
    for test in LABORATORY:
        if is_number(found := answers.get(test.code)):
            converted = test.canonical(found, answers.get(f"{test.code}_unit", ""))
            if converted is not None:
                derived[test.derived] = converted
    return derived


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_date(value: object) -> bool:
    return isinstance(value, str) and value not in UNSURE


def facts_of(
    answers: Mapping[str, Any], on: date | None = None, planned: Mapping[str, Any] | None = None
) -> Facts:
    """What conditions may look at. Questions for a course count as asked once something is planned."""
    derived = with_derived(answers, on) if on else dict(answers)
    return Facts(derived, SHOWN_IF, on, planned or {}, not_yet=BEFORE_SESSION if planned else LATER)


def shown(question: Question, answers: Mapping[str, Any]) -> bool | None:
    """Is the question asked? None where that hangs on an answer not given. Wants the derived answers too."""
    return Facts(answers, SHOWN_IF).judge_shown(question.key).value


def page_is_shown(page: Page, answers: Mapping[str, Any]) -> bool:
    """A page is passed over when each of its questions is known not to apply."""
    return any(shown(question, answers) is not False for question in questions_on(page.key))


def check_answers(answers: Mapping[str, Any], today: date) -> dict[str, InvalidAnswer]:
    """Return what does not fit together, by the key whose answer to look at again."""
    problems: dict[str, InvalidAnswer] = {}
    for key, value in answers.items():
        if QUESTIONS[key].type != DATE or not is_date(value):
            continue
        if problem := _date_mismatch(QUESTIONS[key], date.fromisoformat(value), answers, today):
            problems[key] = problem
    return (
        problems | _age_mismatches(answers, today) | _test_mismatches(answers) | _pressure_mismatch(answers)
    )


def _date_mismatch(
    question: Question, day: date, answers: Mapping[str, Any], today: date
) -> InvalidAnswer | None:
    if problem := date_problem(question, day, today):
        return problem
    born_on = answers.get("born_on")
    if is_date(born_on) and day < date.fromisoformat(born_on):
        return InvalidAnswer(DATE_BEFORE_BIRTH)
    return None


def _age_mismatches(answers: Mapping[str, Any], today: date) -> dict[str, InvalidAnswer]:
    derived = with_derived(answers, today)
    age, days = derived.get("age"), derived.get("duration_days")
    problems = {}
    if "age" in answers and answers["age"] != age:
        problems["age"] = InvalidAnswer(AGE_AND_BIRTH_DIFFER)
    if isinstance(days, int) and _began_before_birth(days, answers, age, today):
        problems["duration_value"] = InvalidAnswer(DURATION_BEFORE_BIRTH)
    return problems


def _test_mismatches(answers: Mapping[str, Any]) -> dict[str, InvalidAnswer]:
    """A result says nothing without its unit and date, and no body gives some figures."""
    problems = {}
    for test in LABORATORY:
        value, unit = answers.get(test.code), answers.get(f"{test.code}_unit")
        if not is_number(value):
            continue
        if unit is None:
            problems[f"{test.code}_unit"] = InvalidAnswer(UNIT_NEEDED)
        elif not test.least <= (test.canonical(value, unit) or 0) <= test.most:
            problems[test.code] = InvalidAnswer(FIGURE_AND_UNIT)
        if answers.get(f"{test.code}_date") is None:
            problems[f"{test.code}_date"] = InvalidAnswer(TEST_DATE_NEEDED)
    return problems


def _pressure_mismatch(answers: Mapping[str, Any]) -> dict[str, InvalidAnswer]:
    upper, lower = answers.get("bp_sys"), answers.get("bp_dia")
    if is_number(upper) and is_number(lower) and lower >= upper:
        return {"bp_dia": InvalidAnswer(PRESSURE)}
    return {}


def _began_before_birth(days: int, answers: Mapping[str, Any], age: object, today: date) -> bool:
    """With a birth date to the day; with an age alone only when it cannot be otherwise."""
    if is_date(answers.get("born_on")):
        return today - timedelta(days=days) < date.fromisoformat(answers["born_on"])
    return isinstance(age, int) and days >= int((age + 1) * DAYS_IN["years"])


def questionnaire_content() -> dict[str, Any]:
    """What a Release keeps of the questionnaire: all that decides what was asked, in which words."""
    return {
        "pages": [
            {"key": page.key, "title": page.title, "why": page.why, "stage": page.stage} for page in PAGES
        ],
        "questions": [question_content(question) for question in ALL],
    }


def question_content(question: Question) -> dict[str, Any]:
    has_range = question.minimum is not None or question.maximum is not None
    return {
        "key": question.key,
        "type": question.type,
        "page": question.page,
        "text": question.text,
        "hint": question.hint,
        "why": question.why,
        "choices": list(question.codes),
        "choice_texts": dict(question.choices),
        "range": [question.minimum, question.maximum] if has_range else None,
        "unit": question.unit,
        "stage": PAGE_OF[question.page].stage if question.page else None,
        "max_length": question.max_length if question.type in (TEXT, LINES) else None,
        "max_lines": question.max_lines or None,
        "decimals": question.decimals,
        "shown_if": _plain(question.shown_if),
        "required": question.required,
        "safety": question.safety,
        "not_sure": question.may_be_unsure,
        "derived": question.derived,
        "private": question.private,
    }


def _plain(condition: Any) -> Any:
    return [_plain(part) for part in condition] if isinstance(condition, list | tuple) else condition
