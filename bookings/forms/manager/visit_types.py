"""What a manager types about kinds of visit, their steps, who does them and what they cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.manager.fields import DayBox, FiveMinutes, Line
from bookings.services.house.visit_types import ANY, StepPlan, same_doctor
from clinic.models import Practitioner, Step, VisitType
from clinic.models.places import ResourceKind
from clinic.models.visit_types import VisitKind

LONGEST_NAME = VisitType._meta.get_field("name").max_length
LONGEST_STEP = Step._meta.get_field("name").max_length
GRIDS = [5, 10, 15, 20, 30, 60]
LEAST_STEPS, SPARE_STEPS, MOST_STEPS = 4, 2, 8
LONGEST_VISIT = 12 * 60
THINGS = (ResourceKind.ROOM, ResourceKind.CHAIR, ResourceKind.DEVICE)


def _between(least: int, most: int) -> dict:
    text = format_lazy(gettext_lazy("Enter a number from {least} to {most}"), least=least, most=most)
    return {name: text for name in ("invalid", "min_value", "max_value")}


class VisitTypeForm(forms.Form):
    name = Line(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Enter a name, for example Follow-up")},
        help_text=gettext_lazy("Patients read it when they book."),
    )
    start_every_minutes = forms.TypedChoiceField(
        label=gettext_lazy("A visit can begin"),
        coerce=int,
        choices=[(n, format_lazy(gettext_lazy("every {n} minutes"), n=n)) for n in GRIDS],
        initial=15,
        error_messages={"invalid_choice": gettext_lazy("Choose one from the list")},
    )
    notice_minutes = FiveMinutes(
        label=gettext_lazy("Notice, in minutes"),
        most=14 * 24 * 60,
        initial=60,
        help_text=gettext_lazy("How long before a time patients can still book it. The desk always can."),
    )
    horizon_days = forms.IntegerField(
        label=gettext_lazy("Bookable for so many days ahead"),
        min_value=1,
        max_value=366,
        initial=90,
        error_messages=_between(1, 366),
        widget=forms.NumberInput(attrs={"class": "short-input"}),
    )


class NewVisitTypeForm(VisitTypeForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (VisitKind.CONSULTATION.value, gettext_lazy("Consultation")),
            (VisitKind.SESSION.value, gettext_lazy("Session of a course that a doctor prescribed")),
        ],
    )
    field_order = ("name", "kind")


class EditVisitTypeForm(VisitTypeForm):
    is_online = forms.BooleanField(label=gettext_lazy("Patients can book it themselves"), required=False)

    def __init__(self, *args, visit_type: VisitType, **kw):
        super().__init__(*args, **kw)
        if visit_type.kind != VisitKind.CONSULTATION:
            del self.fields["is_online"]  # a course places its sessions itself


# Steps


@dataclass(frozen=True)
class StepRow:
    """One line of the table."""

    number: int
    name: forms.BoundField
    minutes: forms.BoundField
    practitioner: forms.BoundField
    things: Sequence[forms.BoundField]

    @property
    def errors(self) -> list[str]:
        boxes = (self.name, self.minutes, self.practitioner, *self.things)
        return list(dict.fromkeys(words for box in boxes for words in box.errors))


class StepsForm(forms.Form):
    """Rows of steps. A row without name and minutes is none; `with_name` is for a new version."""

    def __init__(self, *args, count: int, with_name: bool, **kw):
        super().__init__(*args, **kw)
        if with_name:
            self.fields["name"] = Line(
                label=_("Name of the new version"),
                max_length=LONGEST_NAME,
                error_messages={"required": _("Enter a name")},
                help_text=_("Another name keeps it apart from the old one in lists."),
            )
        self.count = min(MOST_STEPS, max(LEAST_STEPS, count + SPARE_STEPS))
        for n in range(self.count):
            self._add_row(n)

    def _add_row(self, n: int) -> None:
        words = {"n": n + 1}
        self.fields[f"s{n}_name"] = Line(
            label=_("Step %(n)s, name") % words, required=False, max_length=LONGEST_STEP
        )
        self.fields[f"s{n}_minutes"] = FiveMinutes(
            label=_("Step %(n)s, minutes") % words, least=5, most=240, required=False
        )
        self.fields[f"s{n}_practitioner"] = forms.BooleanField(
            label=_("Step %(n)s needs the dermatologist") % words, required=False
        )
        again = [(str(k), _("as in step %(n)s") % {"n": k + 1}) for k in range(n)]
        for kind in THINGS:
            self.fields[f"s{n}_{kind.value}"] = forms.ChoiceField(
                label=_("Step %(n)s, %(thing)s") % (words | {"thing": kind.label}),
                choices=[("", _("none")), (ANY, _("any")), *again],
                required=False,
                error_messages={"invalid_choice": _("Choose one from the list")},
            )

    @property
    def rows(self) -> list[StepRow]:
        return [
            StepRow(
                n + 1, self[f"s{n}_name"], self[f"s{n}_minutes"], self[f"s{n}_practitioner"],
                [self[f"s{n}_{kind.value}"] for kind in THINGS],
            )
            for n in range(self.count)
        ]  # fmt: skip

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        used = [n for n in range(self.count) if self._is_filled(n)]
        if not self.errors:
            cleaned["steps"] = same_doctor([self._plan(n, used) for n in used])
        if not self.errors:
            self._look_at_all(cleaned["steps"])
        return cleaned

    def _is_filled(self, n: int) -> bool:
        name, minutes = self.cleaned_data[f"s{n}_name"], self.cleaned_data[f"s{n}_minutes"]
        if bool(name) != bool(minutes):
            box, words = ("minutes", _("Enter minutes")) if name else ("name", _("Enter a name"))
            self.add_error(f"s{n}_{box}", words)
        return bool(name)

    def _plan(self, n: int, used: list[int]) -> StepPlan:
        needs: dict[str, str | int] = {}
        if self.cleaned_data[f"s{n}_practitioner"]:
            needs[ResourceKind.PRACTITIONER.value] = ANY
        for kind in THINGS:
            wanted = self.cleaned_data[f"s{n}_{kind.value}"]
            if wanted:
                needs[kind.value] = ANY if wanted == ANY else self._place(n, kind, int(wanted), used)
        return StepPlan(self.cleaned_data[f"s{n}_name"], self.cleaned_data[f"s{n}_minutes"], needs)

    def _place(self, n: int, kind: ResourceKind, earlier: int, used: list[int]) -> int:
        """Where the earlier step stands among those filled in; it must have what is asked for again."""
        if earlier not in used or not self.cleaned_data.get(f"s{earlier}_{kind.value}"):
            words = _("Step %(n)s has no %(thing)s") % {"n": earlier + 1, "thing": kind.label}
            self.add_error(f"s{n}_{kind.value}", words)
            return 0
        return used.index(earlier)

    def _look_at_all(self, steps: Sequence[StepPlan]) -> None:
        if not steps:
            self.add_error("s0_name", _("A visit has at least one step"))
        elif not any(ResourceKind.PRACTITIONER.value in plan.needs for plan in steps):
            self.add_error("s0_practitioner", _("At least one step needs the dermatologist"))
        elif sum(plan.minutes for plan in steps) > LONGEST_VISIT:
            self.add_error("s0_minutes", _("A visit lasts at most twelve hours"))


def initial_of(steps: Iterable[StepPlan]) -> dict:
    found = {}
    for n, plan in enumerate(steps):
        found |= {f"s{n}_name": plan.name, f"s{n}_minutes": plan.minutes}
        found |= {f"s{n}_{kind}": str(wanted) for kind, wanted in plan.needs.items()}
        found[f"s{n}_practitioner"] = ResourceKind.PRACTITIONER.value in plan.needs
    return found


# Who does it, and what it costs


class QualifiedForm(forms.Form):
    """A box and a daily cap for each dermatologist."""

    def __init__(self, *args, people: Sequence[Practitioner], **kw):
        super().__init__(*args, **kw)
        self.people = people
        for one in people:
            name = one.resource.name
            self.fields[f"p{one.pk}"] = forms.BooleanField(label=name, required=False)
            self.fields[f"p{one.pk}_cap"] = forms.IntegerField(
                label=_("%(name)s, at most a day") % {"name": name}, required=False, min_value=1,
                max_value=100, error_messages=_between(1, 100),
                widget=forms.NumberInput(attrs={"class": "short-input"}),
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[Practitioner, forms.BoundField, forms.BoundField]]:
        return [(one, self[f"p{one.pk}"], self[f"p{one.pk}_cap"]) for one in self.people]

    @property
    def caps(self) -> dict[int, int | None]:
        chosen = (one.pk for one in self.people if self.cleaned_data[f"p{one.pk}"])
        return {pk: self.cleaned_data[f"p{pk}_cap"] for pk in chosen}


class PriceForm(forms.Form):
    amount = forms.DecimalField(
        label=gettext_lazy("Price"),
        min_value=0,
        max_digits=9,
        decimal_places=2,
        error_messages={
            name: gettext_lazy("Enter an amount, for example 800 or 4500.50")
            for name in (
                "required",
                "invalid",
                "min_value",
                "max_digits",
                "max_decimal_places",
                "max_whole_digits",
            )
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short-input"}),
    )
    from_on = DayBox(
        label=gettext_lazy("From"), error_messages={"required": gettext_lazy("Enter the first day")}
    )

    def __init__(self, *args, today: date, **kw):
        super().__init__(*args, **kw)
        box = self.fields["from_on"]
        box.earliest, box.latest = today, today + timedelta(days=3 * 366)

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if not amount.is_finite():
            raise forms.ValidationError(self.fields["amount"].error_messages["invalid"])
        return amount
