"""What the desk corrects of somebody: the name, how they are reached, and what they read and speak."""

import unicodedata
from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bookings.forms.desk import NewPatientForm
from bookings.services.people.contact import FIELDS, Wish
from clinic.account_forms import parse_phone
from clinic.models import Patient
from clinic.models.outbox import Channel
from clinic.models.people import Language
from clinic.rules import names

FEWEST, MOST = 4, 8  # figures of a PIN
REMINDERS = [(Channel.SMS.value, _("by text message")), (Channel.EMAIL.value, _("by e-mail"))]


def _longest(name: str) -> int:
    return Patient._meta.get_field(name).max_length


class Line(forms.CharField):
    """One line in any script, without anything invisible."""

    def __init__(self, name: str, **more):
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(required=False, max_length=_longest(name), widget=widget, **more)

    def to_python(self, value: object) -> str:
        return names.clean(super().to_python(value))


def _phone_box(**more) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"})
    return forms.CharField(required=False, max_length=40, widget=widget, **more)


class ContactForm(NewPatientForm):
    """`also`: who of the family goes along to the new number."""

    phone = _phone_box(label=_("Mobile number"))
    also = forms.TypedMultipleChoiceField(
        label=_("Who else has the new number?"),
        required=False,
        coerce=int,
        help_text=_("They have the old one, too, or are booked for with it. Ask for each of them."),
        widget=forms.CheckboxSelectMultiple,
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=_longest("email"),
        error_messages={"invalid": _("Check the e-mail address: it looks like name@example.com")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    reminders = forms.MultipleChoiceField(
        label=_("Reminders they have said yes to"),
        required=False,
        choices=REMINDERS,
        widget=forms.CheckboxSelectMultiple,
    )
    language_spoken = forms.ChoiceField(label=_("Speaks"), choices=Language)
    language_read = forms.ChoiceField(label=_("Reads"), choices=Language)
    area = Line("area", label=_("Area"))
    guardian_name = Line("guardian_name", label=_("Guardian"))
    emergency_contact_name = Line("emergency_contact_name", label=_("In an emergency: who"))
    emergency_contact_phone = _phone_box(label=_("In an emergency: number"))

    def __init__(self, *args, family: Iterable[tuple[int, str]], **fields) -> None:
        super().__init__(*args, **fields)
        self.fields["also"].choices = list(family)
        if not self.fields["also"].choices:
            del self.fields["also"]

    def clean_phone(self) -> str:
        return _parsed(self.cleaned_data["phone"])

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_emergency_contact_phone(self) -> str:
        return _parsed(self.cleaned_data["emergency_contact_phone"])

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors and not cleaned["phone"] and not cleaned["email"]:
            self.add_error(
                "phone", _("Enter a mobile number or an e-mail: there has to be a way to reach them")
            )
        return cleaned

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        fields = {name: given[name] for name in FIELDS}
        return Wish(fields, reminders=given["reminders"], also=frozenset(given.get("also", ())))


def _parsed(typed: str) -> str:
    return parse_phone(typed) if typed else ""


class PinForm(forms.Form):
    """Typed by the patient, on the desk's machine."""

    pin = forms.CharField(
        label=_("Their PIN"),
        max_length=20,
        error_messages={"required": _("Let them type four to eight figures")},
        help_text=_("Four to eight figures. Let them type it themselves: nobody can read it afterwards."),
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "class": "short-input"}
        ),
    )

    def clean_pin(self) -> str:
        typed = self.cleaned_data["pin"]
        western = "".join(str(unicodedata.decimal(sign, "x")) for sign in typed)
        if not western.isdecimal() or not FEWEST <= len(western) <= MOST:
            raise ValidationError(_("Let them type four to eight figures"), code="pin")
        return western
