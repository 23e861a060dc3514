"""Saying yes to words: which ones stood on the page, and how they were signed. And taking it back."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.account_forms import LONGEST_NAME, parse_name
from clinic.models import Location
from consultations.models.consents import Signed
from consultations.rules.signatures import LONGEST, is_drawing
from consultations.services.agreements import Signing

SHA256 = 64
BIGGEST_ID = 2**63 - 1
AT_THE_CLINIC = (
    (Signed.DRAWN.value, gettext_lazy("I draw my signature here")),
    (Signed.TYPED.value, gettext_lazy("I type my name")),
    (Signed.THUMB.value, gettext_lazy("I make a thumb mark on the printed sheet, and a witness sees it")),
)


def _name_box(label: str, hint: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=LONGEST_NAME, widget=widget
    )


class SigningForm(forms.Form):
    """`words`, `language`, `about`: what the page showed. Empty ones are words that nobody was shown."""

    words = forms.CharField(max_length=SHA256, required=False, widget=forms.HiddenInput)
    language = forms.CharField(max_length=2, required=False, widget=forms.HiddenInput)
    about = forms.CharField(max_length=SHA256, required=False, widget=forms.HiddenInput)
    typed_name = _name_box(gettext_lazy("Your name, typed"))
    drawn = forms.CharField(
        label=gettext_lazy("Your signature"), max_length=LONGEST, required=False, widget=forms.HiddenInput
    )

    def clean_typed_name(self) -> str:
        typed = self.cleaned_data["typed_name"]
        return parse_name(typed) if typed else ""

    def clean_drawn(self) -> str:
        path = self.cleaned_data["drawn"]
        if path and not is_drawing(path):
            raise forms.ValidationError(_("Please sign once more, a little larger; or type your name."))
        return path

    @property
    def shown(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("words", "language")}


class OwnSigningForm(SigningForm):
    """By one's own log-in, which is enough; a drawn or typed name is kept when there is one."""

    def signing(self, *, address: str | None) -> Signing:
        drawn, typed = self.cleaned_data["drawn"], self.cleaned_data["typed_name"]
        signed = Signed.DRAWN if drawn else Signed.TYPED if typed else Signed.TICKED
        return Signing(signed=signed, signature=drawn or typed, address=address)


class ClinicSigningForm(SigningForm):
    """On the clinic's tablet, in front of a nurse or doctor, whose log-in is not the patient's."""

    how = forms.ChoiceField(
        label=gettext_lazy("How do you sign?"),
        choices=AT_THE_CLINIC,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose how you sign.")},
    )
    witness = _name_box(
        gettext_lazy("The witness's name"),
        gettext_lazy(
            "Somebody who saw it, best a relative or friend: not the nurse or doctor who is with you."
        ),
    )
    is_read_over = forms.BooleanField(
        label=gettext_lazy("The words were read out to me, in a language I understand"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, taken_by: str, **kw: Any):
        super().__init__(*args, **kw)
        self.taken_by = taken_by

    def clean_witness(self) -> str:
        typed = self.cleaned_data["witness"]
        return parse_name(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        how = cleaned.get("how")
        if how == Signed.DRAWN and not cleaned.get("drawn"):
            self._needs("drawn", _("Sign in the box, or choose another way."))
        if how == Signed.TYPED and not cleaned.get("typed_name"):
            self._needs("typed_name", _("Type your name."))
        if how == Signed.THUMB:
            self._check_witness(cleaned.get("witness", ""))
        return cleaned

    def _check_witness(self, witness: str) -> None:
        if not witness:
            self._needs("witness", _("Enter who saw the thumb mark being made."))
        elif witness.casefold() == self.taken_by.casefold():
            self._needs("witness", _("The witness has to be somebody else than the nurse or doctor."))

    def _needs(self, field: str, words: str) -> None:
        if field not in self.errors:
            self.add_error(field, words)

    def signing(self, *, place: Location) -> Signing:
        given = self.cleaned_data
        kept = {Signed.DRAWN: given["drawn"], Signed.TYPED: given["typed_name"]}
        is_thumb = given["how"] == Signed.THUMB
        return Signing(
            signed=given["how"],
            signature=kept.get(given["how"], ""),
            witness=given["witness"] if is_thumb else "",
            is_read_over=given["is_read_over"],
            place=place,
        )


class TakeBackForm(forms.Form):
    consent = forms.IntegerField(min_value=1, max_value=BIGGEST_ID)
