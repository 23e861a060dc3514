"""Forms of the log-in pages: they parse and explain; services/accounts.py decides."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.rules import names, phones

LONGEST_EMAIL = User._meta.get_field("email").max_length
LONGEST_NAME = User._meta.get_field("name").max_length


def parse_phone(typed: str) -> str:
    """A mobile number as E.164, or what to do about it; for every form that asks for one."""
    phone = phones.parse(typed)
    if not phone:
        text = _("Enter a mobile number with ten digits, for example 98450 12345")
        raise ValidationError(text, code="phone")
    return phone


def parse_name(typed: str) -> str:
    """A name in any script, without anything invisible; for every form that asks for one."""
    name = names.clean(typed)
    if not any(sign.isalpha() for sign in name):
        raise ValidationError(_("Enter a name"), code="name")
    if len(name) > LONGEST_NAME:  # a letter typed as one sign may be stored as three
        raise ValidationError(_("Enter a shorter name"), code="name")
    return name


class LogInForm(forms.Form):
    who = forms.CharField(
        label=_("Mobile number or e-mail"),
        max_length=LONGEST_EMAIL,
        error_messages={"required": _("Enter your mobile number or your e-mail address")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_who(self) -> dict[str, str]:
        typed = self.cleaned_data["who"]
        if "@" not in typed:
            return {"phone": parse_phone(typed)}
        try:
            validate_email(typed)
        except ValidationError:
            text = _("Check the e-mail address: it looks like name@example.com")
            raise ValidationError(text, code="email") from None
        return {"email": typed}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        error_messages={"required": _("Enter the six digits from the message")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autocorrect": "off"}
        ),
    )


class StaffLogInForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail"),
        max_length=LONGEST_EMAIL,
        error_messages={"required": _("Enter your e-mail address")},
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        error_messages={"required": _("Enter your password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PersonForm(forms.Form):
    name = forms.CharField(
        label=_("Their name"),
        max_length=120,
        error_messages={"required": _("Enter a name")},
        help_text=_("In any script, as they would like to be called."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        return parse_name(self.cleaned_data["name"])


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN"),
        max_length=12,
        error_messages={"required": _("Enter the PIN")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
