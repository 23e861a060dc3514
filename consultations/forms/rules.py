"""Trying the rules, comparing them, signing them: what is typed, parsed and explained."""

from typing import Any

from django import forms
from django.core.management import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.management.json_file import parse_json
from consultations.rules.ingredients import INGREDIENTS
from consultations.rules.planned import STATUSES, BadPlan, read_plan
from consultations.services.rule_words import PLANNED_VALUES
from consultations.services.trying import (
    BASES,
    AnswersRefused,
    base_answers,
    checked,
    completed,
    read_answers,
)

PASTED = "pasted"
NO_NUMBING = "none"
MOST_PASTED = 40_000
NUMBING = ("lidocaine", "emla", "lidocaine with adrenaline")


class TryForm(forms.Form):
    """From a base, a few changes and a plan to answers that can be screened."""

    base = forms.ChoiceField(
        label=gettext_lazy("Start from"),
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose where to start from.")},
    )
    changes = forms.CharField(
        label=gettext_lazy("Answers, as JSON"),
        help_text=gettext_lazy("They replace answers of the base; null takes one away."),
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control", "spellcheck": "false"}),
        max_length=MOST_PASTED,
        required=False,
    )
    ingredients = forms.CharField(
        label=gettext_lazy("Planned product: what is in it"),
        help_text=gettext_lazy("For example dutasteride, water. Empty: no product is planned."),
        widget=forms.TextInput(attrs={"class": "form-control", "list": "ingredients"}),
        max_length=500,
        required=False,
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Its licence"), widget=forms.Select(attrs={"class": "form-select"}), required=False
    )
    numbing = forms.ChoiceField(
        label=gettext_lazy("Planned numbing"),
        widget=forms.Select(attrs={"class": "form-select"}),
        required=False,
    )
    on = forms.DateField(
        label=gettext_lazy("On the day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2026-12-24.")},
    )
    rules = forms.ChoiceField(
        label=gettext_lazy("By which rules"), widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, *args: Any, today, versions: list[tuple[str, str]], **kw: Any):
        super().__init__(*args, **kw)
        self.today = today
        bases = [(base.code, base.name) for base in BASES]
        self.fields["base"].choices = [*bases, (PASTED, _("Only the answers below"))]
        self.fields["status"].choices = [(code, _(PLANNED_VALUES[code])) for code in STATUSES]
        self.fields["numbing"].choices = [(NO_NUMBING, _("none")), *((one, one) for one in NUMBING)]
        self.fields["rules"].choices = versions
        self.names = sorted({name for one in INGREDIENTS for name in one.names[:1]})

    def clean_on(self):
        on = self.cleaned_data["on"]
        if abs(on.year - self.today.year) > 5:
            raise forms.ValidationError(_("Enter a day within five years of today."))
        return on

    def clean_changes(self) -> dict[str, Any]:
        typed = self.cleaned_data["changes"].strip()
        if not typed:
            return {}
        try:
            return parse_json(typed.encode(errors="surrogatepass"))
        except CommandError as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self._read_answers(cleaned)
            self._read_plan(cleaned)
        return cleaned

    def _read_answers(self, cleaned: dict[str, Any]) -> None:
        on = cleaned["on"]
        base = next((one for one in BASES if one.code == cleaned["base"]), None)
        try:
            changes = read_answers(cleaned["changes"], on)
            answers = base_answers(base, on) if base else {}
            if base and changes:
                answers = completed(answers | changes, on)
            cleaned["answers"] = checked(answers | changes, on)
        except AnswersRefused as refused:
            for key, words in refused.problems:
                self.add_error("changes", f"{key}: {words}" if key else words)

    def _read_plan(self, cleaned: dict[str, Any]) -> None:
        names = [name.strip() for name in cleaned["ingredients"].split(",") if name.strip()]
        plan: dict[str, Any] = {}
        if names:
            plan["product"] = {"ingredients": names, "status": cleaned["status"] or STATUSES[0]}
        if cleaned["numbing"] not in ("", NO_NUMBING):
            plan["anaesthetic"] = cleaned["numbing"].split(" ")[0]
            plan["adrenaline"] = "adrenaline" in cleaned["numbing"]
        try:
            read_plan(plan)
        except BadPlan:
            self.add_error("ingredients", _("Names of up to 120 characters are needed, with commas between."))
        cleaned["planned"] = plan


class SignForm(forms.Form):
    """Carries which rules were read, so that others are never signed by accident."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    has_read = forms.BooleanField(
        label=gettext_lazy("I have read these rules and take responsibility for them as a dermatologist."),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Tick the box when you have read the rules.")},
    )
