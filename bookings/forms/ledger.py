"""What the desk types about money. What cannot be read stays in its box, with what to do about it."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bookings.forms.times import Key
from bookings.models import Entry, Method
from bookings.rules import money
from clinic import formats
from treatments.models import Course
from treatments.models.courses import DropReason

LONGEST_WHY = Entry._meta.get_field("why").max_length
LONGEST_REFERENCE = 32  # of 40: one that is entered anew gets a number
REFERENCE = re.compile(rf"[A-Z0-9][A-Z0-9./_-]{{2,{LONGEST_REFERENCE - 1}}}")
METHODS = {Method.CASH: _("Cash"), Method.CARD: _("Card"), Method.UPI: _("UPI")}


class Amount(forms.CharField):
    """Rupees as people write them: 1,500 or 1500.00."""

    def __init__(self, *, may_be_nought: bool = False, **fields):
        box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short-input"})
        words = {"required": _("Enter an amount")}
        super().__init__(**{"max_length": 24, "widget": box, "error_messages": words} | fields)
        self.may_be_nought = may_be_nought

    def clean(self, value: str) -> Decimal | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return money.read_amount(typed, may_be_nought=self.may_be_nought)
        except money.NotAnAmount as refused:
            raise ValidationError(_now(refused.words), code="amount") from refused


def as_typed(amount: Decimal) -> str:
    """An amount as it stands in a box: 1,500."""
    return formats.rupees(amount).removeprefix("₹")


class ForCourse(Key):
    """`course`: what it is for; the patient's own courses and no other."""

    amount = Amount(label=_("Amount, ₹"))
    course = forms.ModelChoiceField(
        label=_("What for"),
        required=False,
        queryset=Course.objects.none(),
        empty_label=_("The account as a whole"),
    )

    def __init__(self, *args, courses=None, **fields):
        super().__init__(*args, **fields)
        if courses is None:
            del self.fields["course"]
            return
        self.fields["course"].queryset = courses
        self.fields["course"].label_from_instance = _course_words


def _course_words(course: Course) -> str:
    said = {"name": course.visit_type.name, "day": formats.day_with_year(course.created_at.date())}
    return _now("%(name)s, from %(day)s") % said


class ByMethod(forms.Form):
    """The method is chosen by the button that is pressed."""

    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=40,
        help_text=_("For card and UPI: the number on the slip or in the app."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    method = forms.ChoiceField(
        choices=METHODS,
        error_messages={
            "required": _("Press Cash, Card or UPI"),
            "invalid_choice": _("Press Cash, Card or UPI"),
        },
        widget=forms.HiddenInput,
    )

    def clean_reference(self) -> str:
        """As banks write it: without blanks, in capitals."""
        reference = "".join(self.cleaned_data["reference"].split()).upper()
        if reference and not REFERENCE.fullmatch(reference):
            raise ValidationError(_("Enter the reference with letters and figures only, 3 to 32 of them"))
        return reference

    def clean(self) -> dict:
        cleaned = super().clean()
        method, reference = cleaned.get("method"), cleaned.get("reference")
        if method == Method.CASH and reference:
            self.add_error("reference", _("Cash has no reference. Press Card or UPI, or empty this box."))
        if method in (Method.CARD, Method.UPI) and reference == "" and "reference" not in self.errors:
            self._refuse_no_reference()
        return cleaned

    def _refuse_no_reference(self) -> None:
        self.add_error("reference", _("Enter the reference, so that it can be found in the bank"))


class WithWhy(forms.Form):
    why = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_WHY,
        error_messages={"required": _("Say why, in a few words")},
        help_text=_("In a few words. No health matters here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_why(self) -> str:
        return " ".join(self.cleaned_data["why"].split())


class PaymentForm(ByMethod, ForCourse):
    field_order = ("key", "amount", "course", "reference", "method")


class RefundForm(WithWhy, ByMethod, ForCourse):
    field_order = ("key", "amount", "course", "why", "reference", "method")

    def _refuse_no_reference(self) -> None:
        """What went out by card may have no number yet."""


class DiscountForm(WithWhy, ForCourse):
    field_order = ("key", "amount", "course", "why")


class TakeBackForm(WithWhy, Key):
    pass


class SettleForm(Key):
    """What becomes of a session, and why: a code, for it is written beside the act."""

    WHYS = {
        "no_word": _("Did not come and did not ring"),
        "too_late": _("Cancelled too late"),
        "unwell": _("Was unwell"),
        "our_mistake": _("Our mistake"),
        "not_wanted": _("Does not want it any more"),
        "other": _("Another reason"),
    }
    ENDS = {
        DropReason.FORFEITED: _("It counts as used, and is charged"),
        DropReason.RETURNED: _("It is given back, and not charged"),
    }
    reason = forms.ChoiceField(
        label=_("What becomes of it"), choices=ENDS, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of it")},
    )  # fmt: skip
    why = forms.ChoiceField(
        label=_("Why"), choices=WHYS, widget=forms.RadioSelect, error_messages={"required": _("Say why")}
    )


class MonthAsked(forms.Form):
    """Which month, where; what cannot be read counts as not asked."""

    at = forms.SlugField(required=False)
    month = forms.DateField(required=False, input_formats=["%Y-%m"])

    def clean_month(self):
        month = self.cleaned_data["month"]
        return month if month is None or 2000 < month.year < 2200 else None


class SeenForm(forms.Form):
    """Lines ticked on the page."""

    entry = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Tick what you saw in the bank")}
    )
    wish = forms.ChoiceField(choices=[("seen", ""), ("not", "")])

    def __init__(self, *args, **fields):
        super().__init__(*args, **fields)
        self.fields["entry"].valid_value = lambda value: (
            value.isascii() and value.isdecimal() and len(value) < 19
        )


class TillForm(Key):
    """What was counted, a box for each person and method: count-7-cash."""

    seen = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=200,
        help_text=_("For example why something is missing. No names of patients."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, lines=(), **fields):
        super().__init__(*args, **fields)
        self.lines = lines
        for line in lines:
            words = _now("%(name)s, %(method)s: counted") % {
                "name": line.name,
                "method": METHODS[line.method],
            }
            self.fields[_box(line)] = Amount(label=words, may_be_nought=True)
            self.fields[_box(line)].widget.attrs["class"] = "form-control short-input"
            self.fields[_box(line)].error_messages["required"] = _("Enter what was counted, 0 if nothing")

    @property
    def rows(self) -> list[tuple]:
        """Each line with its box."""
        return [(line, self[_box(line)]) for line in self.lines]

    @property
    def counts(self) -> dict[tuple[int, str], Decimal]:
        return {line.key: self.cleaned_data[_box(line)] for line in self.lines}


def _box(line) -> str:
    return f"count-{line.person}-{line.method}"
