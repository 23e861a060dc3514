"""Who sees to a call and what came of it: one tap, about the alarms that stood beside it."""

from django import forms
from django.db.models import QuerySet

from clinic.models import Alarm, Patient
from clinic.models.alarms import CallOutcome

MOST = 200
BIGGEST_ID = 2**63 - 1
BACK = {"": "review_queue", "calls": "calls"}  # the page it stood on


class AlarmsForm(forms.Form):
    alarms = forms.CharField(max_length=20 * MOST)
    back = forms.ChoiceField(choices=[(name, name) for name in BACK], required=False)

    def clean_alarms(self) -> list[int]:
        typed = self.cleaned_data["alarms"].split()
        if not all(part.isascii() and part.isdecimal() and int(part) <= BIGGEST_ID for part in typed):
            raise forms.ValidationError("not ids")
        return [int(part) for part in typed]

    def seen_of(self, patient: Patient) -> QuerySet[Alarm]:
        """Those of this patient alone."""
        return Alarm.objects.filter(patient=patient, pk__in=self.cleaned_data["alarms"])


class CalledForm(AlarmsForm):
    outcome = forms.ChoiceField(choices=CallOutcome.choices)
