"""What came of ringing somebody: one tap, about the alarms that stood beside it."""

from django import forms

from clinic.models.alarms import CallOutcome

MOST = 200
BIGGEST_ID = 2**63 - 1


class CalledForm(forms.Form):
    alarms = forms.CharField(max_length=20 * MOST)
    outcome = forms.ChoiceField(choices=CallOutcome.choices)

    def clean_alarms(self) -> list[int]:
        typed = self.cleaned_data["alarms"].split()
        if not all(part.isascii() and part.isdecimal() and int(part) <= BIGGEST_ID for part in typed):
            raise forms.ValidationError("not ids")
        return [int(part) for part in typed]
