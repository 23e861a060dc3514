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


class SeenBooking(Key):
    """`version`: the booking as the page showed it."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class MoveTo(SeenBooking):
    starts = InstantField()
    who = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class ChooseTime(Key):
    starts = InstantField()
    who = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
