"""What a manager types about staff, and what a new member types: a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.manager.fields import DayBox, Line
from clinic.account_forms import LONGEST_EMAIL, parse_name
from clinic.models import Location, Practitioner, User
from clinic.models.people import Language, Role

EVERYWHERE = "all"
LONGEST_COUNCIL = Practitioner._meta.get_field("council").max_length
LONGEST_NUMBER = Practitioner._meta.get_field("registration_number").max_length
LONGEST_AHEAD = timedelta(days=2 * 366)


@dataclass(frozen=True)
class RoleRow:
    """One line of the table of duties: a role and a box for everywhere and each location."""

    name: str
    boxes: Sequence[tuple[str, str, bool]]  # value, words, ticked


class MemberForm(forms.Form):
    """Name, e-mail, and which role holds where: `duties` as role.all or role.17."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, error_messages={"required": gettext_lazy("Enter a name")}
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=LONGEST_EMAIL,
        help_text=gettext_lazy("For logging in. Not one that they use as a patient."),
        error_messages={
            "required": gettext_lazy("Enter an e-mail address"),
            "invalid": gettext_lazy("Check the e-mail address: it looks like name@example.com"),
        },
    )
    duties = forms.MultipleChoiceField(
        label=gettext_lazy("What they do, and where"),
        error_messages={
            "required": gettext_lazy("Tick at least one role"),
            "invalid_choice": gettext_lazy("Choose from the boxes"),
        },
    )

    def __init__(self, *args, locations: Sequence[Location], **kw):
        super().__init__(*args, **kw)
        self.locations = locations
        self.fields["duties"].choices = [
            (f"{role}.{place}", place) for role in Role.values for place, _words in self._places()
        ]

    def _places(self) -> list[tuple[str, str]]:
        named = [(str(location.pk), location.area) for location in self.locations]
        return [(EVERYWHERE, _("everywhere")), *named]

    @property
    def places(self) -> list[str]:
        return [words for _value, words in self._places()]

    @property
    def rows(self) -> list[RoleRow]:
        ticked = set(self["duties"].value() or ())
        return [
            RoleRow(
                role.label.capitalize(),
                [(f"{role}.{place}", words, f"{role}.{place}" in ticked) for place, words in self._places()],
            )
            for role in Role
        ]

    def clean_name(self) -> str:
        return parse_name(self.cleaned_data["name"])

    def clean_duties(self) -> frozenset[tuple[str, int | None]]:
        pairs = (code.split(".", 1) for code in self.cleaned_data["duties"])
        return frozenset((role, None if place == EVERYWHERE else int(place)) for role, place in pairs)


class PractitionerForm(forms.Form):
    name = Line(
        label=gettext_lazy("Name that patients see"),
        max_length=80,
        error_messages={"required": gettext_lazy("Enter a name, for example Dr Rao")},
    )
    council = Line(
        label=gettext_lazy("Medical council"),
        max_length=LONGEST_COUNCIL,
        error_messages={"required": gettext_lazy("Enter the council, for example Karnataka Medical Council")},
    )
    registration_number = Line(
        label=gettext_lazy("Registration number"),
        max_length=LONGEST_NUMBER,
        error_messages={"required": gettext_lazy("Enter the number in the council's register")},
    )
    is_verified = forms.BooleanField(
        label=gettext_lazy("I have looked the number up in the council's register"),
        required=False,
        help_text=gettext_lazy("Your name and today's date are kept. Nobody can book before."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Speaks"),
        choices=Language,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose from the boxes")},
    )
    gender = forms.ChoiceField(
        label=gettext_lazy("Some patients ask for a woman or a man"),
        choices=[
            ("", gettext_lazy("not said")),
            ("female", gettext_lazy("woman")),
            ("male", gettext_lazy("man")),
        ],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one from the list")},
    )

    def __init__(self, *args, verified: bool, **kw):
        super().__init__(*args, **kw)
        if verified:
            self.fields["is_verified"].help_text = _("Only for another number: this one was looked up.")


class LastDayForm(forms.Form):
    last_on = DayBox(
        label=gettext_lazy("Last day at work"),
        error_messages={"required": gettext_lazy("Enter the last day")},
    )

    def __init__(self, *args, today: date, **kw):
        super().__init__(*args, **kw)
        box = self.fields["last_on"]
        box.earliest, box.latest = today - LONGEST_AHEAD, today + LONGEST_AHEAD


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=128,
        strip=False,
        help_text=gettext_lazy("At least twelve characters. Three or four words are easy to keep in mind."),
        error_messages={"required": gettext_lazy("Enter a password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same once more"),
        max_length=128,
        strip=False,
        error_messages={"required": gettext_lazy("Enter the password once more")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, member: User, **kw):
        super().__init__(*args, **kw)
        self.member = member

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.member)
        return password

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            raise ValidationError(_("The two passwords differ"), code="differ")
        return cleaned
