"""What the buttons of the desk's lists carry."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.forms.desk import BIGGEST_ID, Day
from bookings.models import CallOutcome
from bookings.services.desk.lateness import COMES_LATE, RUNS_LATE

TODO, DAY = "todo", "day"


def _minutes(choices: tuple[int, ...], words: str) -> forms.TypedChoiceField:
    """Only what the buttons say; 0 takes it back."""
    return forms.TypedChoiceField(
        coerce=int,
        choices=[(str(one), str(one)) for one in (0, *choices)],
        error_messages={"required": words, "invalid_choice": words},
    )


class PlaceAsked(forms.Form):
    """Which location, and the visit something was just done about; every part may be missing."""

    at = forms.SlugField(required=False)
    day = Day()
    done = forms.SlugField(required=False, max_length=8)
    next = forms.SlugField(required=False, max_length=8)


class Back(forms.Form):
    """From which page a button was pressed, and which line stood below it there."""

    back = forms.ChoiceField(required=False, choices=[(TODO, ""), (DAY, "")])
    next = forms.SlugField(required=False, max_length=8)


class Outcome(Back):
    """How a call ended. `version`: the visit as it was read out."""

    version = forms.IntegerField(min_value=1, max_value=BIGGEST_ID)
    outcome = forms.ChoiceField(
        choices=CallOutcome,
        error_messages={
            "required": _("Choose how the call ended."),
            "invalid_choice": _("Choose how the call ended."),
        },
    )


class Confirm(Back):
    """`wish`: empty to confirm, no to take that back."""

    version = forms.IntegerField(min_value=1, max_value=BIGGEST_ID)
    wish = forms.ChoiceField(required=False, choices=[("no", "")])


class Answer(Back):
    """What was said to another time, by the reference of that offer: one of the two."""

    yes = forms.SlugField(required=False, max_length=8)
    no = forms.SlugField(required=False, max_length=8)

    def clean(self) -> dict:
        cleaned = super().clean()
        if bool(cleaned.get("yes")) == bool(cleaned.get("no")):
            raise forms.ValidationError(_("Choose yes or no."))
        return cleaned


class ComesLate(Back):
    minutes = _minutes(COMES_LATE, _("Choose 10, 20 or 30 minutes."))


class RunsLateAsked(forms.Form):
    """Who runs how late, as far as it has been chosen."""

    who = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)
    minutes = forms.CharField(required=False, max_length=4)


class RunsLate(forms.Form):
    """`seen`: the newest announcement that the page knew of."""

    who = forms.IntegerField(min_value=1, max_value=BIGGEST_ID)
    minutes = _minutes(RUNS_LATE, _("Choose 10, 20, 30, 45 or 60 minutes, or on time again."))
    seen = forms.IntegerField(min_value=0, max_value=2**63 - 1)


def first_error(form: forms.Form) -> str:
    """What to say above a page that has buttons and no boxes, in the form's own words where it has any."""
    for name in ("outcome", "minutes"):
        if name in form.errors:
            return form.errors[name][0]
    return _("This page was not sent whole. Please try again.")
