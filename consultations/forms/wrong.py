"""What is wrong, to be rung about it: boxes to tick, five questions, and own words for whoever has them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Patient
from consultations.models.reports import CallBack
from consultations.rules.signs import ANSWERS, NO, NOT_SAID, OTHER, QUESTIONS, SIGNS
from consultations.services.calls import number_of
from consultations.services.reporting import Told

MOST_LETTERS = 2000
BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])


class ReportForm(forms.Form):
    """`people` who can be rung; who it is about is asked only where there are several."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    who = forms.ChoiceField(
        label=gettext_lazy("Who is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who it is about.")},
    )
    signs = forms.MultipleChoiceField(
        label=gettext_lazy("What is wrong?"),
        help_text=gettext_lazy("Tick all that fits."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    words = forms.CharField(
        label=gettext_lazy("In your own words (you may leave this out)"),
        help_text=gettext_lazy("Where is it, since when, how does it feel? Only doctors read this."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": MOST_LETTERS}),
        max_length=MOST_LETTERS,
        required=False,
        error_messages={"max_length": gettext_lazy("Please write at most %(limit_value)d letters.")},
    )
    photo = forms.FileField(
        label=gettext_lazy("A photo of it (you may leave this out)"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic"}),
        allow_empty_file=True,
        required=False,
    )
    call_back = forms.ChoiceField(
        label=gettext_lazy("When would you like to be rung?"),
        help_text=gettext_lazy("What is urgent does not wait for it."),
        choices=CallBack.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(
        self, *args: Any, people: Sequence[Patient], chosen: Patient | None, photos: bool, **kw: Any
    ):
        super().__init__(*args, **kw)
        self.people = {str(person.pk): person for person in people}
        self.fields["signs"].choices = [(sign.code, capfirst(_(sign.text))) for sign in SIGNS]
        self.fields["who"].choices = [(pk, _told_apart(person)) for pk, person in self.people.items()]
        self.initial = {"key": uuid4(), "who": chosen.pk if chosen else None, "call_back": CallBack.ANY}
        for question in QUESTIONS:
            self.fields[_named(question)] = _asked(_(question.text))
        self.order_fields(["who", "signs", *map(_named, QUESTIONS), "words", "photo", "call_back"])
        if len(self.people) == 1:
            del self.fields["who"]
        if not photos:
            del self.fields["photo"]

    @property
    def patient(self) -> Patient:
        return self.people[self.cleaned_data.get("who") or next(iter(self.people))]

    @property
    def told(self) -> Told:
        """What was left out of the questions is kept as not said: it never lowers how soon we ring."""
        said = self.cleaned_data
        answers = {question.code: said[_named(question)] or NOT_SAID for question in QUESTIONS}
        return Told(said["signs"] or [OTHER], said["words"], answers, said["call_back"])

    def clean_key(self) -> UUID:
        """A broken key is no reason to turn anybody away."""
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid4()

    def clean_words(self) -> str:
        """Marks that turn the direction of writing around would hide what is said from who reads it."""
        return self.cleaned_data["words"].translate(BIDI).strip()

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        answered = any(said.get(_named(question), NO) not in (NO, "") for question in QUESTIONS)
        if not (said.get("signs") or said.get("words") or answered or "words" in self.errors):
            self.add_error("signs", _("Tick what fits, or the last box."))
        return said


def _named(question) -> str:
    return f"is_{question.code}"


def _asked(label: str) -> forms.ChoiceField:
    choices = [(code, _(words)) for code, words in ANSWERS]
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, required=False)


def _told_apart(person: Patient) -> str:
    """One name, and the end of the number we ring."""
    said = {"name": person.name, "end": number_of(person)[-4:]}
    return _("%(name)s, on the number ending in %(end)s") % said
