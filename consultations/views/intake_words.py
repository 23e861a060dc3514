"""Answers in the words they were chosen in, for the person who gave them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clinic import formats
from consultations.rules.questionnaire import PAGES, QUESTIONS
from consultations.rules.questions import DATE, Question
from consultations.rules.quoting import in_words


def asked(question: Question) -> str:
    """A list that fills a page is asked by the page's title; beside it stands only what to tick."""
    page = next((page for page in PAGES if page.key == question.key), None)
    return _(page.title if page else question.text)


def said(question: Question, facts: Mapping[str, Any]) -> list[str]:
    """Answers for the doctor alone are not repeated on an overview somebody may look at over a shoulder."""
    value = facts.get(question.key)
    if value is None:
        return [_("not answered yet") if question.required else _("left out")]
    if question.private:
        return [_("answered; only the doctor reads it")]
    if value == "not_sure" and "not_sure" not in question.codes:
        return [_("I'm not sure")]
    if question.type == DATE:
        return [formats.day_with_year(date.fromisoformat(value))]
    if question.key == "duration_value" and facts.get("duration_unit"):
        return [f"{value} {_(QUESTIONS['duration_unit'].text_of(facts['duration_unit'])).lower()}"]
    return [_(words) for words in in_words(question, value)]
