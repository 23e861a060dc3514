"""Finding somebody and adding somebody new: what is typed, and what the links of the desk carry along."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bookings.forms.desk import BIGGEST_ID, LONGEST_NAME, NewPatientForm, Search, WallClock
from bookings.services.people.merge_plan import CHOSEN, LONGEST_WHY, Choice, Plan
from clinic.models import Patient
from clinic.rules import names

LONGEST_AREA = Patient._meta.get_field("area").max_length
LONGEST_NUMBER = 18
OLDEST = 120


class FindPeople(Search):
    """For which place, day, time and dermatologist somebody is looked for; every part may be missing.

    `book`: who is found is about to be booked. `merge`: the record that who is found may be the same as.
    """

    q = forms.CharField(required=False)
    start = WallClock()
    who = forms.IntegerField(required=False, min_value=0, max_value=BIGGEST_ID)
    book = forms.BooleanField(required=False)
    merge = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)

    def clean_q(self) -> str:
        return self.cleaned_data["q"][:LONGEST_NAME].strip()

    @property
    def context(self) -> dict[str, str]:
        """What goes along to the next page, as it stands in an address; never what was typed."""
        given = self.cleaned_data
        start, day = given.get("start"), given.get("day")
        parts = {
            "at": given.get("at"),
            "day": day.isoformat() if day else None,
            "start": start.strftime("%Y-%m-%dT%H:%M") if start else None,
            "who": given.get("who"),
            "book": "1" if given.get("book") or start else None,
            "merge": given.get("merge"),
        }
        return {name: str(value) for name, value in parts.items() if value not in (None, "")}

    def query(self, *parts: str, **more: object) -> str:
        """The context as the end of an address, narrowed to `parts` where any are named."""
        kept = {name: value for name, value in self.context.items() if not parts or name in parts}
        return f"?{urlencode(kept | more, safe=':')}" if kept or more else ""


class NewPatient(NewPatientForm):
    """`sure`: the page has shown who it might be, and it is nobody of these."""

    area = forms.CharField(
        label=_("Area, if known"),
        required=False,
        max_length=LONGEST_AREA,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    born = forms.CharField(
        label=_("Age or year of birth, if known"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "short-input"}),
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, this_year: int, **fields) -> None:
        super().__init__(*args, **fields)
        self.this_year = this_year

    def clean_area(self) -> str:
        return names.clean(self.cleaned_data["area"])[:LONGEST_AREA]

    def clean_born(self) -> int | None:
        typed = self.cleaned_data["born"]
        if not typed:
            return None
        number = int(typed) if typed.isdecimal() else -1
        year = self.this_year - number if number <= OLDEST else number
        if number < 0 or not self.this_year - OLDEST <= year <= self.this_year:
            raise ValidationError(_("Enter an age such as 34, or a year such as 1992"), code="born")
        return year


class MergeForm(forms.Form):
    """Which of two records has the right name, birth, phone and log-in, and the number of the one that goes.

    Where one has nothing, or both the same, nobody is asked.
    """

    why = forms.CharField(
        label=_("Why they were so close"),
        max_length=LONGEST_WHY,
        error_messages={"required": _("Say why, in a few words")},
        help_text=_("For example: nobody knew of the other record. No health matters here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sure = forms.BooleanField(
        label=_("I have asked, and it is one person all the same"),
        error_messages={"required": _("Ask, and tick this if it is one person")},
    )
    number = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, plan: Plan, **fields) -> None:
        super().__init__(*args, **fields)
        self.plan = plan
        for part in plan.differing:
            choices = [(plan.kept.pk, ""), (plan.other.pk, "")]
            self.fields[part] = forms.TypedChoiceField(choices=choices, coerce=int, initial=plan.kept.pk)
        if not plan.too_close:
            del self.fields["why"]
        if not plan.differs:
            del self.fields["sure"]
        self.fields["number"].label = _("To go on, type %(number)s") % {"number": plan.other.pk}

    def clean_number(self) -> str:
        typed = "".join(self.cleaned_data["number"].split())
        if not typed.isdecimal() or len(typed) > LONGEST_NUMBER or int(typed) != self.plan.other.pk:
            text = _("Type %(number)s, the number of the record that goes") % {"number": self.plan.other.pk}
            raise ValidationError(text, code="number")
        return typed

    @property
    def choice(self) -> Choice:
        given = self.cleaned_data
        parts = {part: given.get(part, self.plan.usual[part]) for part in CHOSEN}
        return Choice(**parts, sure=given.get("sure", False), why=given.get("why", ""))
