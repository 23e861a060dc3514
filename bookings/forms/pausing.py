"""Pausing a course, and days away: what patients and the desk type."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.services.away import LONGEST
from clinic.forms import DateParts
from treatments.models import Course
from treatments.models.courses import PauseCause

AHEAD = timedelta(days=366)
ALL_COURSES = "all"
DAY = timedelta(days=1)

_OWN_WORDS = {
    PauseCause.ILLNESS: gettext_lazy("I am ill"),
    PauseCause.TRAVEL: gettext_lazy("I am away"),
    PauseCause.FAMILY: gettext_lazy("Something in the family"),
    PauseCause.OTHER: gettext_lazy("Another reason"),
}
_STAFF_WORDS = {
    PauseCause.ILLNESS: gettext_lazy("Ill"),
    PauseCause.TRAVEL: gettext_lazy("Away"),
    PauseCause.FAMILY: gettext_lazy("Family"),
    PauseCause.OTHER: gettext_lazy("Another reason, or none given"),
}
_DOCTORS_WORDS = {
    PauseCause.MEDICINE: gettext_lazy("I ask for it: only a dermatologist ends it"),
    **_STAFF_WORDS,
}


class Until(forms.Form):
    """Until when, as far as anybody knows."""

    until_on = DateParts(
        label=gettext_lazy("Until when, if you know"),
        help_text=gettext_lazy("You can leave this empty."),
        birth=False,
        required=False,
    )

    def __init__(self, *args: Any, today: date, **fields: Any):
        super().__init__(*args, **fields)
        self.fields["until_on"].earliest = today + DAY
        self.fields["until_on"].latest = today + AHEAD


class AskAgain(Until):
    """Somebody was asked, and it stays paused."""

    def __init__(self, *args: Any, **fields: Any):
        super().__init__(*args, **fields)
        until = self.fields["until_on"]
        until.label, until.help_text, until.required = _("Still paused: ask again on"), "", True


class PauseForm(Until):
    """By the patient. The order of the fields is that of the page."""

    field_order = ("which", "cause", "until_on")
    words: dict[str, Any] = _OWN_WORDS
    cause = forms.ChoiceField(
        label=gettext_lazy("Why"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what comes nearest.")},
    )

    def __init__(self, *args: Any, **fields: Any):
        super().__init__(*args, **fields)
        self.fields["cause"].choices = [(cause.value, words) for cause, words in self.words.items()]


class StaffPauseForm(PauseForm):
    """By the desk: of one course, or of all that the patient has."""

    words = _STAFF_WORDS
    which = forms.ChoiceField(
        label=gettext_lazy("What is paused"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is paused.")},
    )

    def __init__(self, *args: Any, courses: Iterable[Course], **fields: Any):
        super().__init__(*args, **fields)
        self.courses = {str(course.pk): course for course in courses}
        self.fields["until_on"].label = _("Until when, if known")
        self.fields["until_on"].help_text = ""
        if len(self.courses) < 2:
            del self.fields["which"]
            return
        named = [
            (pk, f"{course.visit_type.name}, {course.location.area}") for pk, course in self.courses.items()
        ]
        self.fields["which"].choices = [(ALL_COURSES, _("Everything")), *named]

    @property
    def course(self) -> Course | None:
        """The one course it is about; None for all of them."""
        only = next(iter(self.courses.values())) if len(self.courses) == 1 else None
        return only or self.courses.get(self.cleaned_data["which"])


class DoctorsPauseForm(StaffPauseForm):
    words = _DOCTORS_WORDS


class AwayForm(forms.Form):
    """A span of days, both included; one day away is the same day twice, or the second left empty."""

    first_on = DateParts(label=gettext_lazy("First day away"), birth=False)
    last_on = DateParts(
        label=gettext_lazy("Last day away"),
        help_text=gettext_lazy("Leave it empty if it is one day."),
        birth=False,
        required=False,
    )

    def __init__(self, *args: Any, today: date, **fields: Any):
        super().__init__(*args, **fields)
        self.today = today
        for field in self.fields.values():
            field.earliest, field.latest = today - LONGEST, today + AHEAD

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first_on"), self.cleaned_data.get("last_on")
        if first and "last_on" not in self.errors:
            last = self.cleaned_data["last_on"] = last or first
            if problem := self._problem(first, last):
                self.add_error("last_on", ValidationError(problem, code="span"))
        return self.cleaned_data

    def _problem(self, first: date, last: date) -> str:
        if last < first:
            return _("The last day must be the first day or later.")
        if last < self.today:
            return _("These days are over already.")
        if last - first >= LONGEST:
            return _("That is more than half a year. Please pause the course instead.")
        return ""
