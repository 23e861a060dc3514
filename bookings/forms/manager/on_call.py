"""Who is on call when: a person, first or second, from a day and hour on, for a night, a day or a week."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import formats
from clinic.account_forms import parse_phone
from clinic.models import User
from clinic.rules.on_call import FIRST, SECOND
from clinic.rules.timespans import local_day, local_instant

DAYS_AHEAD = 56
BEGINS = 8
RANKS = [
    (FIRST, gettext_lazy("First: is told at once")),
    (SECOND, gettext_lazy("Second: if the first is silent")),
]
LASTS = [
    (12, gettext_lazy("12 hours: a day, or a night")),
    (24, gettext_lazy("a day and a night")),
    (48, gettext_lazy("two days: a weekend")),
    (168, gettext_lazy("a whole week")),
]


class OnCallForm(forms.Form):
    who = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        queryset=None,
        empty_label=gettext_lazy("choose"),
        error_messages={"required": gettext_lazy("Choose who is on call.")},
    )
    rank = forms.TypedChoiceField(label=gettext_lazy("As"), choices=RANKS, coerce=int, initial=FIRST)
    day = forms.TypedChoiceField(label=gettext_lazy("From"), coerce=date.fromisoformat)
    hour = forms.TypedChoiceField(label=gettext_lazy("At"), coerce=int, initial=BEGINS)
    lasts = forms.TypedChoiceField(label=gettext_lazy("For"), choices=LASTS, coerce=int, initial=168)

    def __init__(self, *args, people: Iterable[User], now: datetime, tz: tzinfo, **kw):
        super().__init__(*args, **kw)
        self.tz, today = tz, local_day(now, tz)
        self.fields["who"].queryset = people
        self.fields["who"].label_from_instance = lambda user: user.name or user.email
        days = (today + timedelta(days=n) for n in range(DAYS_AHEAD))
        self.fields["day"].choices = [(day.isoformat(), formats.day(day)) for day in days]
        self.fields["hour"].choices = [(hour, _clock(today, hour, tz)) for hour in range(24)]

    @property
    def starts(self) -> datetime:
        return local_instant(self.cleaned_data["day"], time(self.cleaned_data["hour"]), self.tz)

    @property
    def ends(self) -> datetime:
        """By the clock on the wall: a week ends at the hour at which it began."""
        days, hours = divmod(self.cleaned_data["hour"] + self.cleaned_data["lasts"], 24)
        return local_instant(self.cleaned_data["day"] + timedelta(days=days), time(hours), self.tz)


def _clock(day: date, hour: int, tz: tzinfo) -> str:
    words = formats.time_of(local_instant(day, time(hour), tz), tz)
    return _("%(time)s, midnight") % {"time": words} if hour == 0 else words


class NumberForm(forms.Form):
    person = forms.ModelChoiceField(
        label=gettext_lazy("Whose"),
        queryset=None,
        empty_label=gettext_lazy("choose"),
        error_messages={"required": gettext_lazy("Choose whose number it is.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        help_text=gettext_lazy("Leave it empty to take it away."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args, people: QuerySet[User], **kw):
        super().__init__(*args, **kw)
        self.fields["person"].queryset = people
        self.fields["person"].label_from_instance = lambda user: user.name or user.email

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        return parse_phone(typed) if typed else ""
