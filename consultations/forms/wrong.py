"""What is wrong, to be rung about it: boxes to tick and no words to find."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Patient
from consultations.rules.signs import SIGNS
from consultations.services.calls import number_of


class ReportForm(forms.Form):
    """`people` of this account who can be rung; who it is about is asked only where there are several."""

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
        error_messages={"required": gettext_lazy("Tick what fits, or the last box.")},
    )

    def __init__(self, *args: Any, people: Sequence[Patient], chosen: Patient | None, **kw: Any):
        super().__init__(*args, **kw)
        self.people = {str(person.pk): person for person in people}
        self.fields["signs"].choices = [(sign.code, capfirst(_(sign.text))) for sign in SIGNS]
        self.fields["who"].choices = [(pk, _told_apart(person)) for pk, person in self.people.items()]
        self.initial = {"key": uuid4(), "who": chosen.pk if chosen else None}
        if len(self.people) == 1:
            del self.fields["who"]

    @property
    def patient(self) -> Patient:
        return self.people[self.cleaned_data.get("who") or next(iter(self.people))]

    def clean_key(self) -> UUID:
        """A broken key is no reason to turn anybody away."""
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid4()


def _told_apart(person: Patient) -> str:
    """One name, and the end of the number we ring."""
    said = {"name": person.name, "end": number_of(person)[-4:]}
    return _("%(name)s, on the number ending in %(end)s") % said
