"""What is asked at the chair beside the short round of questions."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from treatments.rules.numbing import NUMBING
from treatments.services.prechecks import Plan

REQUIRED = {"required": gettext_lazy("Choose one.")}


class PlanForm(forms.Form):
    numbing = forms.ChoiceField(
        label=gettext_lazy("Numbing today"), widget=forms.RadioSelect, error_messages=REQUIRED
    )
    is_wanted = forms.TypedChoiceField(
        label=gettext_lazy("Does the patient want it today?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["numbing"].choices = [(code, _(text)) for code, (text, _plan) in NUMBING.items()]

    def plan(self) -> Plan:
        return Plan(**self.cleaned_data)
