"""What a manager types about a location."""

import re
from datetime import time
from functools import cache
from zoneinfo import available_timezones

import holidays
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.manager.fields import ClockTime, FiveMinutes, Line, Lines, parse_number
from bookings.services.house.locations import LOCATION_FIELDS
from clinic.models import Location
from clinic.rules import phones

LONGEST = {
    field.name: field.max_length for field in Location._meta.get_fields() if hasattr(field, "max_length")
}
MOST_HOURS = 6


@cache
def zones() -> list[tuple[str, str]]:
    """All places that keep a clock, India's first."""
    real = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in ["Asia/Kolkata", "UTC", *real]]


@cache
def states(country: str) -> frozenset[str]:
    """The states whose own holidays we know; empty for a country we know nothing of."""
    return frozenset(holidays.list_supported_countries(include_aliases=False).get(country, ()))


class LocationForm(forms.Form):
    name = Line(
        label=gettext_lazy("Name"),
        max_length=LONGEST["name"],
        error_messages={"required": gettext_lazy("Enter a name")},
        help_text=gettext_lazy("As patients know it. Its web address is made from it once and then stays."),
    )
    area = Line(
        label=gettext_lazy("Area"),
        max_length=LONGEST["area"],
        error_messages={"required": gettext_lazy("Enter the area, for example Indiranagar")},
        help_text=gettext_lazy("Stands in every message instead of the name."),
    )
    address = Lines(label=gettext_lazy("Address"), required=False, max_length=400)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    map_url = forms.URLField(
        label=gettext_lazy("Link to a map"),
        required=False,
        max_length=LONGEST["map_url"],
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Enter a web address that begins with https://")},
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zones,
        error_messages={"invalid_choice": gettext_lazy("Choose a time zone from the list")},
    )
    registration_number = Line(
        label=gettext_lazy("Registration number"),
        required=False,
        max_length=LONGEST["registration_number"],
        help_text=gettext_lazy("Under which the clinic is registered. It cannot open without one."),
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=2,
        help_text=gettext_lazy("Two letters, for its public holidays: IN."),
        widget=forms.TextInput(attrs={"class": "short-input"}),
    )
    subdivision = forms.CharField(
        label=gettext_lazy("State"),
        required=False,
        max_length=LONGEST["subdivision"],
        help_text=gettext_lazy("Its short form, for the holidays of the state: KA."),
        widget=forms.TextInput(attrs={"class": "short-input"}),
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        help_text=gettext_lazy("Three letters: INR."),
        widget=forms.TextInput(attrs={"class": "short-input"}),
    )
    fit_ins_per_half_day = forms.IntegerField(
        label=gettext_lazy("Visits that may be fitted in"),
        min_value=0,
        max_value=20,
        help_text=gettext_lazy("Beside each dermatologist's own list, before noon and after."),
        error_messages={
            name: gettext_lazy("Enter a number from 0 to 20")
            for name in ("invalid", "min_value", "max_value")
        },
        widget=forms.NumberInput(attrs={"class": "short-input"}),
    )
    day_list_email = forms.EmailField(
        label=gettext_lazy("Day list goes to"),
        required=False,
        max_length=LONGEST["day_list_email"],
        help_text=gettext_lazy("The desk's own device, for when the line or the power goes."),
        error_messages={"invalid": gettext_lazy("Check the e-mail address: it looks like name@example.com")},
    )
    day_list_at = forms.CharField(
        label=gettext_lazy("At these hours"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("With commas between, for example 7:30, 13:00."),
    )
    field_order = (
        "name", "area", "address", "phone", "map_url", "registration_number", "country", "subdivision",
        "time_zone", "currency", "day_list_email", "day_list_at", "fit_ins_per_half_day",
    )  # fmt: skip

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        return parse_number(typed) if typed else ""

    def clean_country(self) -> str:
        return _letters(self.cleaned_data["country"], 2, _("Enter two letters, for example IN"))

    def clean_currency(self) -> str:
        return _letters(self.cleaned_data["currency"], 3, _("Enter three letters, for example INR"))

    def clean_subdivision(self) -> str:
        state = self.cleaned_data["subdivision"].strip().upper()
        known = states(self.cleaned_data.get("country", ""))
        if state and known and state not in known:
            raise ValidationError(
                _("We know no such state. Leave it empty for the holidays of the whole country."), "state"
            )
        return state

    def clean_day_list_at(self) -> list[time]:
        hours = [_hour(part) for part in self.cleaned_data["day_list_at"].split(",") if part.strip()]
        if len(hours) > MOST_HOURS:
            raise ValidationError(_("Six hours a day are enough"), "many")
        return sorted(set(hours))

    def clean(self) -> dict:
        cleaned = super().clean()
        hours, address = cleaned.get("day_list_at"), cleaned.get("day_list_email")
        if hours and not address and "day_list_email" not in self.errors:
            self.add_error("day_list_email", _("Say where the list goes, or leave the hours empty"))
        if address and hours == [] and "day_list_at" not in self.errors:
            self.add_error("day_list_at", _("Say at which hours, or leave the address empty"))
        return cleaned


def _letters(typed: str, number: int, words: str) -> str:
    letters = typed.strip().upper()
    if not re.fullmatch(rf"[A-Z]{{{number}}}", letters):
        raise ValidationError(words, code="letters")
    return letters


def _hour(typed: str) -> time:
    return ClockTime(required=True).clean(typed.strip())


def initial_of(location: Location | None) -> dict:
    """What stands in the boxes; for a new location the usual."""
    location = location or Location()
    values = {name: getattr(location, name) for name in LOCATION_FIELDS}
    hours = ", ".join(f"{at.hour}:{at.minute:02}" for at in location.day_list_at)
    return values | {"phone": phones.shown(location.phone), "day_list_at": hours}


class TravelForm(forms.Form):
    """Minutes to each other location, the same both ways."""

    def __init__(self, *args, others: list[Location], **kw):
        super().__init__(*args, **kw)
        self.others = others
        for other in others:
            self.fields[f"to_{other.pk}"] = FiveMinutes(
                label=other.name, least=5, most=240, required=False,
                error_messages={"min_value": _("Enter minutes from 5 to 240, or leave it empty")},
            )  # fmt: skip

    @property
    def minutes(self) -> dict[int, int | None]:
        return {other.pk: self.cleaned_data[f"to_{other.pk}"] for other in self.others}
