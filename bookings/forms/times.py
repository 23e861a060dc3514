"""Choosing a time: what a link or a button of the booking pages carries."""

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError

from bookings.refusals import NotATime
from clinic.models.people import Language

GENDERS = [("female", ""), ("male", "")]


class InstantField(forms.CharField):
    """An aware ISO time as our buttons carry it. Years that no arithmetic survives are refused here."""

    def __init__(self, **fields):
        super().__init__(max_length=40, widget=forms.HiddenInput, **fields)

    def clean(self, value: str) -> datetime | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            moment = datetime.fromisoformat(typed)
        except ValueError:
            moment = None
        if moment is None or moment.utcoffset() is None or not 2000 < moment.year < 2200:
            raise ValidationError(NotATime.text, code="time")
        return moment.astimezone(UTC)


class StartField(InstantField):
    """The same, with or without the dermatologist that the button names: `2026-11-24T05:00Z/17`."""

    def clean(self, value: str) -> tuple[datetime, int | None] | None:
        typed, _, who = (value or "").partition("/")
        start = super().clean(typed)
        if who and not (who.isascii() and who.isdecimal() and len(who) < 10):
            raise ValidationError(NotATime.text, code="time")
        return (start, int(who) if who else None) if start else None


class WhereAndWho(forms.Form):
    """Where, with whom, and which days are shown: every part may be missing."""

    at = forms.SlugField(required=False)
    who = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    gender = forms.ChoiceField(required=False, choices=GENDERS)
    speaks = forms.ChoiceField(required=False, choices=Language)
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])


class TakeTime(forms.Form):
    starts = InstantField()
    who = forms.IntegerField(required=False, min_value=1, max_value=2**31)


class Key(forms.Form):
    """One rendered form: pressing its button twice is one act."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class Seen(forms.Form):
    """`version`: the booking as the page showed it."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class SeenBooking(Seen, Key):
    pass


class TimeAndDoctor(forms.Form):
    """A time; with whom stands in the button itself, or else in the form round it."""

    starts = StartField()
    who = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("starts"):
            cleaned["starts"], who = cleaned["starts"]
            cleaned["who"] = who or cleaned.get("who")
        return cleaned


class MoveTo(TimeAndDoctor, SeenBooking):
    pass


class ChooseTime(TimeAndDoctor, Key):
    pass
