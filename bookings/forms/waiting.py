"""Waiting for a time: what somebody wishes, and what they say to one that became free."""

from collections.abc import Collection, Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy

from bookings.forms.times import Key
from bookings.models import WaitlistEntry
from bookings.services.waiting.joining import Wishes
from clinic.models import Practitioner

ANY_HOUR = "any"
HOURS: dict[str, tuple[time, time]] = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(16)),
    "evening": (time(16), time(23, 59)),
}
_HOUR_WORDS = [
    (ANY_HOUR, gettext_lazy("Any time of day")),
    ("morning", gettext_lazy("Before 12")),
    ("afternoon", gettext_lazy("From 12 to 4 pm")),
    ("evening", gettext_lazy("After 4 pm")),
]
ANYBODY, THIS_DOCTOR = "any", "this"
YES, NO = "yes", "no"


class WaitForm(Key):
    """`doctor`: whom they could wait for alone, if anybody. `weekdays`: those on which the place opens."""

    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Which days suit you?"),
        help_text=gettext_lazy("None ticked: any day."),
        required=False,
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    hours = forms.ChoiceField(
        label=gettext_lazy("At what time?"), choices=_HOUR_WORDS, initial=ANY_HOUR, widget=forms.RadioSelect
    )
    with_whom = forms.ChoiceField(label=gettext_lazy("With whom?"), initial=ANYBODY, widget=forms.RadioSelect)
    at_short_notice = forms.BooleanField(
        label=gettext_lazy("Tell me of times today and tomorrow as well"), required=False, initial=True
    )

    def __init__(
        self, *args: Any, doctor: Practitioner | None, weekdays: Collection[int] = range(7), **fields: Any
    ) -> None:
        super().__init__(*args, **fields)
        self.doctor = doctor
        self.fields["days"].choices = [(day, word) for day, word in WEEKDAYS.items() if day in weekdays]
        if doctor is None:
            del self.fields["with_whom"]
        else:
            words = gettext_lazy("Only %(doctor)s") % {"doctor": doctor.resource.name}
            choices = [(ANYBODY, gettext_lazy("Any dermatologist")), (THIS_DOCTOR, words)]
            self.fields["with_whom"].choices = choices

    @property
    def wishes(self) -> Wishes:
        said = self.cleaned_data
        is_bound_to = said.get("with_whom") == THIS_DOCTOR
        return Wishes(
            weekdays=said["days"],
            hours=HOURS.get(said["hours"]),
            practitioner=self.doctor if is_bound_to else None,
            at_short_notice=said["at_short_notice"],
        )


def said_before(entry: WaitlistEntry | None) -> dict[str, Any]:
    """What the form begins with for somebody who is on the list."""
    if entry is None:
        return {}
    hours = (entry.from_time, entry.to_time)
    return {
        "days": entry.weekdays,
        "hours": next((name for name, span in HOURS.items() if span == hours), ANY_HOUR),
        "with_whom": THIS_DOCTOR if entry.practitioner_id else ANYBODY,
        "at_short_notice": entry.at_short_notice,
    }


class WaitForThis(WaitForm):
    """The desk's: which of the things that this person could wait for."""

    field_order = ("what", "days", "hours", "with_whom", "at_short_notice")
    what = forms.ChoiceField(
        label=gettext_lazy("For what?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what they wait for")},
    )

    def __init__(self, *args: Any, whats: Sequence[tuple[str, str]], **fields: Any) -> None:
        super().__init__(*args, doctor=None, **fields)
        self.fields["what"].choices = whats
        self.fields["at_short_notice"].label = gettext_lazy("Also times of today and tomorrow")
        if len(whats) == 1:
            self.initial["what"] = whats[0][0]


class TakeOrNot(forms.Form):
    answer = forms.ChoiceField(choices=[(YES, ""), (NO, "")])


class OfferTo(Key):
    entry = forms.IntegerField(min_value=1, max_value=2**31 - 1)
