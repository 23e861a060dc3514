"""What a course that is ended, extended or looked at is signed with."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from treatments.models import CourseSession, DropReason, EndReason, Extension, ReviewOutcome
from treatments.services.ending import DESKS, REMAINING, Ending
from treatments.services.extending import Longer
from treatments.services.reviewing_courses import Look

LONGEST_WHY = Extension._meta.get_field("why").max_length
LONGEST_NOTE = 4000
MEDICAL = (EndReason.NO_RESPONSE, EndReason.REACTION, EndReason.COLD, EndReason.PATIENT, EndReason.OTHER)


def radios() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "form-check-input"})


def choices(members) -> list[tuple[str, Any]]:
    return [(member.value, member.label) for member in members]


COUNTS_AS = {
    DropReason.RETURNED: gettext_lazy("given back, and not charged"),
    DropReason.EXPIRED: gettext_lazy("lapsed when the course ended"),
}


def remaining_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("The sessions left count as"),
        choices=[(member.value, COUNTS_AS[member]) for member in REMAINING],
        initial=DropReason.RETURNED.value,
        widget=radios(),
        required=False,
    )


class ClosingForm(forms.Form):
    """`is_doctor`: every reason. `has_left`: there are sessions that will not be given."""

    why = forms.ChoiceField(
        label=gettext_lazy("Why it ends"),
        widget=radios(),
        error_messages={"required": gettext_lazy("Choose why the course ends.")},
    )
    remaining = remaining_field()

    def __init__(self, *args: Any, is_doctor: bool, has_left: bool, **kw: Any):
        super().__init__(*args, **kw)
        self.has_left = has_left
        reasons = MEDICAL if has_left else (EndReason.COMPLETED, *MEDICAL)
        allowed = [reason for reason in reasons if is_doctor or reason in DESKS]
        self.fields["why"].choices = choices(allowed)
        if len(allowed) == 1:
            self.fields["why"].initial = allowed[0].value
            self.fields["why"].widget = forms.HiddenInput()
        if not has_left:
            del self.fields["remaining"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.has_left and "remaining" not in self.errors and not cleaned.get("remaining"):
            self.add_error("remaining", _("Choose what the sessions left count as."))
        return cleaned

    def ending(self) -> Ending:
        typed = self.cleaned_data
        return Ending(EndReason(typed["why"]), DropReason(typed.get("remaining") or DropReason.RETURNED))


class ExtendingForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    session = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    until_on = forms.DateField(
        label=gettext_lazy("The session may be had until"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Choose the last day."),
            "invalid": gettext_lazy("Enter a day, such as 2026-12-24."),
        },
    )
    why = forms.CharField(
        label=gettext_lazy("Why, in a few words"),
        max_length=LONGEST_WHY,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": gettext_lazy("Write down why.")},
    )

    def clean_until_on(self) -> date:
        day = self.cleaned_data["until_on"]
        if not 2000 < day.year < 2200:
            raise forms.ValidationError(_("There is no such day here."), code="year")
        return day

    def longer(self, session: CourseSession) -> Longer:
        return Longer(session, self.cleaned_data["until_on"], self.cleaned_data["why"])


class LookForm(forms.Form):
    """`due`: the points that are shown, one look for all of them."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    points = forms.CharField(widget=forms.HiddenInput, max_length=60)
    note = forms.CharField(
        label=gettext_lazy("What you found"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        max_length=LONGEST_NOTE,
        required=False,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What happens now"),
        choices=choices(ReviewOutcome),
        widget=radios(),
        error_messages={"required": gettext_lazy("Choose what happens now.")},
    )
    why = forms.ChoiceField(
        label=gettext_lazy("Why it ends"), choices=choices(MEDICAL), widget=radios(), required=False
    )
    remaining = remaining_field()

    def __init__(self, *args: Any, has_left: bool, **kw: Any):
        super().__init__(*args, **kw)
        self.has_left = has_left
        if not has_left:
            self.fields["why"].choices = choices((EndReason.COMPLETED, *MEDICAL))
            del self.fields["remaining"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("outcome") == ReviewOutcome.STOP:
            if not cleaned.get("why"):
                self.add_error("why", _("Choose why the course ends."))
            if self.has_left and not cleaned.get("remaining"):
                self.add_error("remaining", _("Choose what the sessions left count as."))
        return cleaned

    def look(self) -> Look:
        typed = self.cleaned_data
        outcome = ReviewOutcome(typed["outcome"])
        return Look(typed["points"].split(","), outcome, typed["note"], self._ending(outcome))

    def _ending(self, outcome: ReviewOutcome) -> Ending | None:
        if outcome != ReviewOutcome.STOP:
            return None
        typed = self.cleaned_data
        return Ending(EndReason(typed["why"]), DropReason(typed.get("remaining") or DropReason.RETURNED))
