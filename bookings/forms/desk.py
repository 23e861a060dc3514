"""What the desk types, and what its links and buttons carry."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bookings.forms.times import GENDERS, ChooseTime, Key, SeenBooking
from bookings.models import Booking, Status
from clinic.account_forms import parse_name, parse_phone
from clinic.forms import DateParts
from clinic.models import Location, Patient, Practitioner, VisitType
from clinic.models.people import Language
from clinic.rules import timespans
from clinic.services.days import zone_of

LONGEST_NAME = Patient._meta.get_field("name").max_length
LONGEST_REASON = Booking._meta.get_field("entered_late_why").max_length
BIGGEST_ID = 2**31 - 1


class Day(forms.DateField):
    """A day in an address; one with which nobody can reckon counts as none."""

    def __init__(self, **fields):
        super().__init__(required=False, input_formats=["%Y-%m-%d"], **fields)

    def clean(self, value: str) -> date | None:
        day = super().clean(value)
        if day and not 2000 < day.year < 2200:
            raise ValidationError(_("There is no such day here."), code="year")
        return day


class WallClock(forms.CharField):
    """What the clock at the location shows where somebody clicked: 2026-11-24T10:30, of no zone yet."""

    def __init__(self, **fields):
        super().__init__(required=False, max_length=16, **fields)

    def clean(self, value: str) -> datetime | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            shown = datetime.strptime(typed, "%Y-%m-%dT%H:%M")
        except ValueError:
            shown = None
        if shown is None or not 2000 < shown.year < 2200:
            raise ValidationError(_("There is no such time here."), code="time")
        return shown


class DayAsked(forms.Form):
    """Which day, where, grouped by what, and which visit is open; every part may be missing."""

    at = forms.SlugField(required=False)
    day = Day()
    by = forms.ChoiceField(required=False, choices=[("doctor", ""), ("room", "")])
    visit = forms.SlugField(required=False, max_length=8)


class BookAsked(forms.Form):
    """Which visit looks for a time, where, with whom, and which days are shown. `start`: clicked before."""

    type = forms.SlugField(required=False)
    session = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)
    at = forms.SlugField(required=False)
    who = forms.IntegerField(required=False, min_value=0, max_value=BIGGEST_ID)
    gender = forms.ChoiceField(required=False, choices=GENDERS)
    speaks = forms.ChoiceField(required=False, choices=Language)
    start = WallClock()
    since = Day()
    day = Day()


class Step(forms.Form):
    """The next step of a visit, as the page showed it. `by`: how the day was grouped."""

    version = forms.IntegerField(min_value=1, max_value=BIGGEST_ID)
    to = forms.ChoiceField(choices=Status)
    by = forms.ChoiceField(required=False, choices=[("doctor", ""), ("room", "")])


class Search(forms.Form):
    q = forms.CharField(required=False, max_length=LONGEST_NAME)
    at = forms.SlugField(required=False)
    day = Day()


class NewPatientForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter a name")},
        help_text=_("In any script, as they would like to be called."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        error_messages={"required": _("Enter a mobile number")},
        help_text=_("Of whoever we should ring, if they have none of their own."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
    )

    def clean_name(self) -> str:
        return parse_name(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        return parse_phone(self.cleaned_data["phone"])

    def focus_on_empty(self) -> None:
        """Typing goes on where what was looked for does not stand yet."""
        empty = "name" if self.initial.get("phone") else "phone"
        self.fields[empty].widget.attrs["autofocus"] = True


URGENT_REASONS = {
    "doctor_asked": _("The doctor asked for it"),
    "sent_here": _("Sent by another doctor"),
    "worried": _("Worried after a visit"),
    "cannot_wait": _("Cannot wait for the next free time"),
}


class UrgentTime(ChooseTime):
    """A time kept until noon, given away for a reason: a code, for it is written beside the act."""

    reason = forms.ChoiceField(
        label=_("Why it is urgent"),
        choices=URGENT_REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it is urgent"), "invalid_choice": _("Say why it is urgent")},
    )


FIT_IN_REASONS = {
    "doctor_asked": _("The doctor asked for it"),
    "from_far": _("Came from far"),
    "no_other": _("Cannot come at another time"),
    "our_mistake": _("Our mistake"),
}
LONGEST_FIT_IN_REASON = Booking._meta.get_field("fit_in_reason").max_length


class FitIn(ChooseTime):
    """A usual reason, or one in somebody's own words."""

    reason = forms.ChoiceField(
        label=_("Why"), required=False, choices=FIT_IN_REASONS, widget=forms.RadioSelect
    )
    other = forms.CharField(
        label=_("Another reason"),
        required=False,
        max_length=LONGEST_FIT_IN_REASON,
        help_text=_("In a few words. No health matters here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("reason") and not cleaned.get("other") and not self.errors.keys() & {"other"}:
            self.add_error("reason", _("Say why, in a few words"))
        return cleaned

    @property
    def why(self) -> str:
        return self.cleaned_data["other"] or str(FIT_IN_REASONS[self.cleaned_data["reason"]])


CANCEL_REASONS = {
    "patient_asked": _("The patient asked for it"),
    "clinic": _("The clinic has to"),
    "mistake": _("Booked by mistake"),
}


class CancelForm(SeenBooking):
    """A usual reason by its button, or one in somebody's own words."""

    reason = forms.ChoiceField(required=False, choices=CANCEL_REASONS)
    other = forms.CharField(label=_("Another reason"), required=False, max_length=LONGEST_REASON)

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("reason") and not cleaned.get("other") and not self.errors:
            self.add_error("other", _("Say why, in a few words"))
        return cleaned

    @property
    def why(self) -> str:
        return self.cleaned_data["reason"] or self.cleaned_data["other"]


class PastForm(Key):
    """A visit that has been. The clock is the one at the location."""

    visit_type = forms.ModelChoiceField(label=_("What it was"), queryset=VisitType.objects.none())
    practitioner = forms.ModelChoiceField(label=_("With"), queryset=Practitioner.objects.none())
    day = DateParts(label=_("On which day"), birth=False)
    time = forms.TimeField(
        label=_("When it began"),
        input_formats=["%H:%M", "%H:%M:%S", "%H.%M", "%I:%M %p", "%I.%M %p", "%I:%M%p"],
        error_messages={
            "required": _("Enter the time"),
            "invalid": _("Enter the time, for example 10:35"),
        },
        widget=forms.TimeInput(attrs={"type": "time", "class": "short-input"}),
    )
    reason = forms.CharField(
        label=_("Why it is entered only now"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Say why, in a few words")},
        help_text=_("For example: power cut. No health matters here."),
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID, widget=forms.HiddenInput)

    def __init__(self, *args, location: Location, now: datetime, choices: dict, **fields):
        super().__init__(*args, **fields)
        self.location, self.now = location, now
        self.fields["day"].latest = timespans.local_day(now, zone_of(location))
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset
            self.fields[name].empty_label = None
        self.fields["practitioner"].label_from_instance = lambda one: one.resource.name
        self.fields["visit_type"].label_from_instance = lambda one: one.name

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("day") and cleaned.get("time"):
            begun = timespans.local_instant(cleaned["day"], cleaned["time"], zone_of(self.location))
            if begun >= self.now:
                self.add_error("time", _("That time has not come yet: book it instead"))
            cleaned["starts"] = begun
        return cleaned
