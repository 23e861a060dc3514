"""Who comes to a visit and how to reach them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.account_forms import parse_name, parse_phone
from clinic.models import Patient, User
from clinic.models.outbox import Channel

LONGEST_NAME = Patient._meta.get_field("name").max_length


class Reminders(forms.Form):
    """One unticked box a channel: somebody who ticks nothing is told of changes only."""

    remind_sms = forms.BooleanField(required=False, label=_("Remind me by text message"))
    remind_email = forms.BooleanField(required=False, label=_("Remind me by e-mail"))

    @property
    def channels(self) -> list[str]:
        boxes = {Channel.SMS: "remind_sms", Channel.EMAIL: "remind_email"}
        return [str(channel) for channel, box in boxes.items() if self.cleaned_data.get(box)]


class DetailsForm(Reminders):
    """Before a log-in. The phone gets the code; an e-mail address alone will do."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter your name")},
        help_text=_("In any script, as you would like to be called."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=40,
        help_text=_("We send a six-digit code to it, to be sure that it is yours."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    for_name = forms.CharField(
        label=_("Their name"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_("Then the visit is in their name, and the messages come to you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Check the e-mail address: it looks like name@example.com")},
        help_text=_("Without a mobile number the code comes by e-mail."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
    )
    field_order = ("name", "phone", "for_name", "email", "remind_sms", "remind_email")

    def clean_name(self) -> str:
        return parse_name(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        return parse_phone(self.cleaned_data["phone"]) if self.cleaned_data["phone"] else ""

    def clean_for_name(self) -> str:
        return parse_name(self.cleaned_data["for_name"]) if self.cleaned_data["for_name"] else ""

    def clean(self) -> dict:
        cleaned = super().clean()
        phone, email = cleaned.get("phone"), cleaned.get("email")
        if not phone and not email and not self.errors.keys() & {"phone", "email"}:
            self.add_error("phone", _("Enter your mobile number, or an e-mail address below"))
        if cleaned.get("remind_sms") and not phone and "phone" not in self.errors:
            self.add_error("remind_sms", _("For reminders by text message we need a mobile number"))
        if cleaned.get("remind_email") and not email and "email" not in self.errors:
            self.add_error("remind_email", _("For reminders by e-mail we need your e-mail address"))
        return cleaned

    @property
    def has_more(self) -> bool:
        """Something stands in the part that is folded away."""
        return any(self[name].value() for name in ("email", "remind_email")) or bool(
            self.errors.keys() & {"email", "remind_email"}
        )


class PersonTapped(forms.Form):
    """The button of a person this account looks after already."""

    person = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class NewPersonForm(Reminders):
    name = forms.CharField(
        label=_("Name of the person who comes"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter a name")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    field_order = ("name", "remind_sms", "remind_email")

    def __init__(self, *args, account: User, **fields):
        """Reminders go where the account can be reached."""
        super().__init__(*args, **fields)
        for name, address in (("remind_sms", account.phone), ("remind_email", account.email)):
            if not address:
                del self.fields[name]

    def clean_name(self) -> str:
        return parse_name(self.cleaned_data["name"])
