"""Boxes of the managers' forms: they say what to do, and keep what was typed."""

import re
import unicodedata
from datetime import date, time

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import formats
from clinic.rules import names
from clinic.rules.phones import DECORATION

GRAIN = 5
CLOCK = ["%H:%M", "%H:%M:%S", "%H.%M", "%I:%M %p", "%I.%M %p", "%I:%M%p", "%I %p"]
DAYS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y"]
NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")


class Line(forms.CharField):
    """One line in any script, without anything invisible."""

    def to_python(self, value: object) -> str:
        return names.clean(super().to_python(value))


class Lines(forms.CharField):
    """Several lines, each cleaned like one."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: object) -> str:
        typed = super().to_python(value)
        return "\n".join(filter(None, (names.clean(line) for line in typed.splitlines())))


class FiveMinutes(forms.IntegerField):
    """A number of minutes in steps of five."""

    def __init__(self, *, least: int = 0, most: int, **kw):
        words = gettext_lazy("Enter minutes from {least} to {most}, in steps of five")
        text = format_lazy(words, least=least, most=most)
        kw["error_messages"] = {
            name: text for name in ("invalid", "min_value", "max_value")
        } | kw.pop("error_messages", {})  # fmt: skip
        super().__init__(min_value=least, max_value=most, **kw)
        self.wrong = text
        self.widget.attrs |= {"step": GRAIN, "class": "short-input"}

    def clean(self, value: object) -> int | None:
        number = super().clean(value)
        if number is not None and number % GRAIN:
            raise ValidationError(self.wrong, code="grid")
        return number


class ClockTime(forms.TimeField):
    """A time of day on the grid that every booking stands on."""

    def __init__(self, **kw):
        invalid = gettext_lazy("Enter a time such as 9:30, in steps of five minutes")
        widget = forms.TimeInput(attrs={"type": "time", "step": GRAIN * 60}, format="%H:%M")
        super().__init__(input_formats=CLOCK, widget=widget, **kw)
        self.error_messages["invalid"] = invalid

    def clean(self, value: object) -> time | None:
        at = super().clean(value)
        if at and (at.minute % GRAIN or at.second or at.microsecond):
            raise ValidationError(self.error_messages["invalid"], code="grid")
        return at


class DayBox(forms.DateField):
    """A day between two others; `earliest` and `latest` are set by the form that knows today."""

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kw):
        widget = forms.DateInput(attrs={"type": "date", "class": "medium-input"}, format="%Y-%m-%d")
        super().__init__(input_formats=DAYS, widget=widget, **kw)
        self.earliest, self.latest = earliest, latest
        self.error_messages["invalid"] = gettext_lazy("Enter a day, for example 24.11.2026")

    def clean(self, value: object) -> date | None:
        day = super().clean(value)
        if day and self.earliest and day < self.earliest:
            raise ValidationError(
                _("The day must be %(day)s or later") % {"day": formats.day_with_year(self.earliest)},
                "too_early",
            )
        if day and self.latest and day > self.latest:
            raise ValidationError(
                _("The day must be %(day)s or earlier") % {"day": formats.day_with_year(self.latest)},
                "too_late",
            )
        return day


def parse_number(typed: str) -> str:
    """A telephone number of a place, landlines too, as E.164; one without a country is Indian."""
    western = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in typed)
    digits = DECORATION.sub("", western)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif re.fullmatch(r"0?[1-9][0-9]{9}", digits):
        digits = f"+91{digits[-10:]}"
    if not NUMBER.fullmatch(digits):
        raise ValidationError(_("Enter the number with its area code, for example 080 4000 1234"), "phone")
    return digits
