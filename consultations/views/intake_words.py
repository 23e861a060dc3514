"""Answers in the words they were chosen in, for the person who gave them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import formats
from consultations.forms.choice_groups import label_alone
from consultations.models import Intake
from consultations.patterns import PICTURES
from consultations.rules.questionnaire import PAGES, QUESTIONS, page_of
from consultations.rules.questions import DATE, Question
from consultations.rules.quoting import in_words
from consultations.rules.read_back import read_back as statements_of
from consultations.services.intake_pages import Round, anchor, number_of
from consultations.services.windows import differences


def asked(question: Question) -> str:
    """A list that fills a page is asked by the page's title; beside it stands only what to tick."""
    page = next((page for page in PAGES if page.key == question.key), None)
    return _(page.title) if page else label_alone(question)


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
    if isinstance(value, str) and value in PICTURES.get(question.key, {}):
        return [_(PICTURES[question.key][value].words)]
    if question.key == "duration_value" and facts.get("duration_unit"):
        return [f"{value} {_(QUESTIONS['duration_unit'].text_of(facts['duration_unit'])).lower()}"]
    return [_(words) for words in in_words(question, value)]


def row(asked_in: Round, number: int, question: Question, ages: Mapping[str, int]) -> dict[str, Any]:
    """A line of the overview: what was asked, what was said, how long ago, and the way to change it."""
    days = ages.get(question.key, 0)
    months = days // 30
    return {
        "question": asked(question),
        "answers": said(question, asked_in.facts),
        "change": change_address(asked_in.intake, number, question),
        "days": days,
        "note": ngettext("%(n)s month ago", "%(n)s months ago", months) % {"n": months} if months else "",
    }


def change_address(intake: Intake, number: int, question: Question) -> str:
    return f"{reverse('intake_page', args=[intake.pk, number])}?then=check#{anchor(question)}"


def read_back(asked_in: Round, *, is_alone: bool) -> list[dict[str, str]]:
    """The answers that matter most, as sentences, each with the way to change it."""
    found = []
    for statement in statements_of(asked_in.facts, is_alone=is_alone):
        question = QUESTIONS[statement.key]
        named = ", ".join(_(question.text_of(code)) for code in statement.codes)
        found.append(
            {
                "words": _(statement.text) % {"named": named} if named else _(statement.text),
                "question": asked(question),
                "change": change_address(asked_in.intake, number_of(page_of(question.page)), question),
                "is_reported": statement.is_reported,
            }
        )
    return found


def differing(intake: Intake, keys: Collection[str] | None = None) -> list[dict[str, Any]]:
    """What two windows said of one question; what is for the doctor alone is not read out."""
    found = []
    for one in differences(intake, keys):
        question = QUESTIONS[one.key]
        found.append(
            {
                "question": asked(question),
                "is_private": question.private,
                "change": change_address(intake, number_of(page_of(question.page)), question),
                "here": {"id": one.here.id, "words": ", ".join(said(question, {one.key: one.here.value}))},
                "elsewhere": {
                    "id": one.elsewhere.id,
                    "words": ", ".join(said(question, {one.key: one.elsewhere.value})),
                },
            }
        )
    return found
