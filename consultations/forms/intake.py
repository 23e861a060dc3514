"""One page of the questionnaire as a form. It shows and reads; the service says what an answer is worth."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.forms import DateParts
from consultations.forms.choice_groups import GROUPS, grouped_choices, label_alone, label_under, name_over
from consultations.patterns import PICTURES
from consultations.rules.answers import is_empty
from consultations.rules.questions import BOOL3, CHOICE, DATE, DEC, INT, LINES, MULTI, SCALE, TEXT, Question
from consultations.rules.windows import Window

UNSURE = "_unsure"  # after the key of a question that offers no such choice of its own
LONG_TEXT = 200
SHORT = 14  # characters of an answer that fits beside another one on a phone
MAP = "hair_areas"
MOST_OWN = 400


class OneOf(forms.ChoiceField):
    """The service knows which choices there are, and says so in its own words."""

    def valid_value(self, value: Any) -> bool:
        return True


class SeveralOf(forms.MultipleChoiceField):
    def valid_value(self, value: Any) -> bool:
        return True


class PageForm(forms.Form):
    """Fields for these questions, with what was answered before filled in."""

    def __init__(
        self, data: QueryDict | None = None, *, questions: Iterable[Question], answers: Mapping[str, Any]
    ):
        super().__init__(data)
        self.questions = list(questions)
        for question in self.questions:
            self._add(question, answers.get(question.key))

    def _add(self, question: Question, answer: Any) -> None:
        field = _field(question)
        field.initial = _shown(question, answer)
        self.fields[question.key] = field
        if _has_unsure_box(question):
            box = forms.BooleanField(label=_("I'm not sure"), required=False)
            box.initial = answer == "not_sure"
            self.fields[question.key + UNSURE] = box

    def read(self) -> dict[str, Any]:
        """What was said, by question, for the service to judge."""
        self.is_valid()  # dates that do not exist stand in `errors`; the rest is the service's
        return {question.key: self._said(question) for question in self.questions}

    def read_given(self) -> dict[str, Any]:
        """The same without what was left empty or cannot be a date: for saving half a page."""
        said = self.read()
        return {key: said[key] for key in said if key not in self.errors and not is_empty(said[key])}

    def _said(self, question: Question) -> Any:
        key = question.key
        if question.type == MULTI:
            return self.data.getlist(key)
        found = self.cleaned_data.get(key) if question.type == DATE else self.data.getlist(key)
        if question.type == DATE:
            found = [found.isoformat()] if found else []
        return [*found, "not_sure"] if self.cleaned_data.get(key + UNSURE) else found

    def has_nothing_but(self, nothing: Mapping[str, Any]) -> bool:
        """May *no to all of these* stand? Not over something that was ticked on the page: it says so then."""
        said = self.read()
        others = [key for key in nothing if not is_empty(said.get(key)) and _other(said[key], nothing[key])]
        for key in others:
            self.add_error(key, _("You chose something here, so “No to all of these” does not fit."))
        return not others

    def say(self, problems: Mapping[str, str]) -> None:
        """Show the service's words beside the fields that have none of their own yet."""
        for key, words in problems.items():
            if key in self.fields and key not in self.errors:
                self.add_error(key, words)

    @property
    def groups(self) -> dict[str, dict[str, Any]]:
        """The fields as a page draws them: each question and, where it has one, its box for not sure."""
        return {question.key: self._drawn(question) for question in self.questions}

    def _drawn(self, question: Question) -> dict[str, Any]:
        field = forms.BoundField(self, self.fields[question.key], question.key)
        field.label = _asked(question, label_under(question))
        nothing = question.nothing
        return {
            "key": question.key,
            "name_over": name_over(question),
            "field": field,
            "unsure": self[question.key + UNSURE] if _has_unsure_box(question) else None,
            "drawn_as": _drawn_as(question),
            "unit": _(question.unit) if question.type in (INT, DEC) and question.unit else "",
            "patterns": PICTURES.get(question.key),
            "is_private": question.private,
            "nothing": nothing[0] if isinstance(nothing, list) else nothing,
        }


def _other(said: Any, nothing: Any) -> bool:
    return said != (nothing if isinstance(nothing, list) else [nothing])


class RightForm(forms.Form):
    """One tick before the form is sent: what was read back is right."""

    right = forms.BooleanField(
        label=gettext_lazy("This is right"),
        error_messages={"required": gettext_lazy("Please tick that this is right, or change what is not.")},
    )


def read_window(data: QueryDict) -> Window | None:
    """What the page that was sent had shown; None where it says nothing of that."""
    seen = _counted(data.get("seen", ""))
    own = (_counted(one) for one in data.getlist("own")[:MOST_OWN])
    return None if seen is None else Window(seen, {one for one in own if one is not None})


def _counted(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _shown(question: Question, answer: Any) -> Any:
    """What was answered before, as the boxes take it: days are kept as text."""
    if answer == "not_sure" and not _is_choice(question):
        return None
    if question.type == LINES:
        return "\n".join(answer or ())
    return date.fromisoformat(answer) if answer and question.type == DATE else answer


def _drawn_as(question: Question) -> str:
    """Which template draws it; the plain one of the forms where nothing special is needed."""
    if question.key in PICTURES:
        return "pictures"
    if question.key == MAP:
        return "map"
    if question.type == SCALE:
        return "scale"
    if question.type in (INT, DEC):
        return "number"
    if question.key in GROUPS:
        return "long"
    is_short = (
        question.type in (BOOL3, CHOICE) and max(len(_(text)) for _code, text in question.choices) <= SHORT
    )
    return "short" if is_short else ""


def _is_choice(question: Question) -> bool:
    return question.type in (BOOL3, CHOICE, MULTI)


def _has_unsure_box(question: Question) -> bool:
    return question.may_be_unsure and not _is_choice(question)


def _asked(question: Question, label: str) -> str:
    return label if question.required else label + " " + _("(you may leave this out)")


def _field(question: Question) -> forms.Field:
    label = _asked(question, label_alone(question))
    hint = " ".join(_(words) for words in (question.hint, question.why) if words)
    said = {"label": label, "help_text": hint, "required": False}
    if question.type in (BOOL3, CHOICE):
        return OneOf(choices=grouped_choices(question), widget=forms.RadioSelect, **said)
    if question.type == MULTI:
        return SeveralOf(choices=grouped_choices(question), widget=forms.CheckboxSelectMultiple, **said)
    if question.type == DATE:
        return DateParts(birth=question.key == "born_on", **said)
    if question.type == SCALE:
        scale = [(n, str(n)) for n in range(int(question.minimum or 0), int(question.maximum or 0) + 1)]
        return OneOf(choices=scale, widget=forms.RadioSelect(attrs={"class": "out-of-ten"}), **said)
    if question.type == LINES:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **said)
    if question.type == TEXT:
        widget = forms.Textarea(attrs={"rows": 3}) if question.max_length > LONG_TEXT else forms.TextInput()
        return forms.CharField(widget=widget, **said)
    number = forms.TextInput(attrs={"inputmode": "decimal", "class": "short-input"})
    return forms.CharField(widget=number, **said)
