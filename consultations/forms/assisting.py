"""Who helps with the form, and in what language they talk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.account_forms import LONGEST_NAME, parse_name
from clinic.models.people import Language
from consultations.models.intakes import Help
from consultations.services.assisting import Helper

PAPER = "paper"
HOW = (
    (Help.STAFF.value, _("I ask, the patient answers, I write it down")),
    (Help.RELATIVE.value, _("A relative or friend answers with them, I write it down")),
    (PAPER, _("They filled in the form on paper, I type it in")),
)
LANGUAGES = {
    Language.ENGLISH: _("English"),
    Language.KANNADA: _("Kannada"),
    Language.HINDI: _("Hindi"),
    Language.TAMIL: _("Tamil"),
    Language.TELUGU: _("Telugu"),
    Language.MALAYALAM: _("Malayalam"),
    Language.URDU: _("Urdu"),
}


class HelperForm(forms.Form):
    """By the patient's own log-in: somebody beside them helps."""

    helper_name = forms.CharField(
        label=_("Name of whoever helps"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter the name of whoever helps.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("In what language do you talk about it?"),
        choices=list(LANGUAGES.items()),
        error_messages={"required": _("Choose the language you talk in.")},
        widget=forms.RadioSelect,
    )

    def clean_helper_name(self) -> str:
        return parse_name(self.cleaned_data["helper_name"])

    def helper(self) -> Helper:
        given = self.cleaned_data
        return Helper(help=Help.RELATIVE, name=given["helper_name"], language=given["language"])


class AssistForm(HelperForm):
    """By a clinician's log-in."""

    how = forms.ChoiceField(
        label=_("How is it filled in?"),
        choices=HOW,
        error_messages={"required": _("Choose how the form is filled in.")},
        widget=forms.RadioSelect,
    )
    field_order = ("how", "helper_name", "language")

    def __init__(self, *args: Any, **kw: Any):
        super().__init__(*args, **kw)
        self.fields["helper_name"].help_text = _("Your own, or that of the relative or friend who answers.")

    def helper(self) -> Helper:
        given = self.cleaned_data
        is_paper = given["how"] == PAPER
        return Helper(
            help=Help.STAFF if is_paper else Help(given["how"]),
            name=given["helper_name"],
            language=given["language"],
            is_paper=is_paper,
        )
