"""The decide panel. It parses and explains; services decide."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models.decisions import ALLOWS_TREATMENT, Verdict
from consultations.services.sentences import Told

OWN_WORDS = 500


class DecisionForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    screening = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    last_answer = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    verdict = forms.ChoiceField(
        label=gettext_lazy("Decide"),
        choices=Verdict.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose a decision.")},
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions, in words the patient can read"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        max_length=OWN_WORDS,
        required=False,
    )
    defer_until = forms.DateField(
        label=gettext_lazy("Wait until"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2026-12-24.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why you depart from the rule"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        max_length=2000,
        required=False,
    )
    own_words = forms.CharField(
        label=gettext_lazy("A sentence of your own for the patient"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        max_length=OWN_WORDS,
        required=False,
    )

    def __init__(self, *args: Any, today, fixed: bool = False, may_depart: bool = False, **kw: Any):
        """`fixed`: a rule without a way round stands; `may_depart`: one blocks or waits at all."""
        super().__init__(*args, **kw)
        self.today, self.fixed, self.may_depart = today, fixed, may_depart
        self.fields["defer_until"].widget.attrs["min"] = (today + timedelta(days=1)).isoformat()
        if fixed:
            allowed = [choice for choice in Verdict.choices if choice[0] not in ALLOWS_TREATMENT]
            self.fields["verdict"].choices = allowed
        if not may_depart:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        verdict, day = cleaned.get("verdict"), cleaned.get("defer_until")
        if verdict == Verdict.DEFER and "defer_until" not in self.errors and (not day or day <= self.today):
            self.add_error("defer_until", _("Enter a date after today."))
        if verdict == Verdict.WITH_CONDITIONS and not cleaned.get("conditions"):
            self.add_error("conditions", _("Write down the conditions."))
        if verdict in ALLOWS_TREATMENT and self.may_depart and not cleaned.get("reason"):
            self.add_error("reason", _("Write down why you depart from the rule."))
        return cleaned

    def told(self) -> Told:
        """Return what the patient will read, without what belongs to another choice."""
        typed = self.cleaned_data
        return Told(
            verdict=typed["verdict"],
            defer_until=typed["defer_until"] if typed["verdict"] == Verdict.DEFER else None,
            conditions=typed["conditions"] if typed["verdict"] == Verdict.WITH_CONDITIONS else "",
            own_words=typed["own_words"],
        )
