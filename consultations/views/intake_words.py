"""Answers in the words they were chosen in, for the person who gave them."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clinic import formats
from consultations.rules.questions import DATE, Question
from consultations.rules.quoting import in_words


def said(question: Question, value: Any) -> list[str]:
    """Answers for the doctor alone are not repeated on an overview somebody may look at over a shoulder."""
    if value is None:
        return [_("not answered yet") if question.required else _("left out")]
    if question.private:
        return [_("answered; only the doctor reads it")]
    if value == "not_sure" and "not_sure" not in question.codes:
        return [_("I'm not sure")]
    if question.type == DATE:
        return [formats.day_with_year(date.fromisoformat(value))]
    return [_(words) for words in in_words(question, value)]
