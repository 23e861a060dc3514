"""The order: how many sessions, four numbers before each but the first, where, with whom."""

from collections.abc import Iterator
from dataclasses import fields as parts_of
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Location, Practitioner, VisitType
from clinic.models.visit_types import VisitKind
from treatments.rules.gaps import Gap
from treatments.rules.protocols import Protocol
from treatments.services.prescribing import Order

PARTS = tuple(part.name for part in parts_of(Gap))
LONGEST_GAP = 400
NOTE = 1000


class OrderForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    decision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    sessions = forms.IntegerField(label=gettext_lazy("Sessions"), min_value=1)
    location = forms.ModelChoiceField(
        label=gettext_lazy("Where"), queryset=Location.objects.none(), empty_label=None
    )
    visit_type = forms.ModelChoiceField(
        label=gettext_lazy("Kind of visit"), queryset=VisitType.objects.none(), empty_label=None
    )
    treats = forms.ModelChoiceField(
        label=gettext_lazy("Who injects"),
        queryset=Practitioner.objects.none(),
        required=False,
        empty_label=gettext_lazy("any dermatologist who gives it"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for whoever treats"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=NOTE,
        required=False,
    )

    def __init__(self, *args: Any, protocol: Protocol, locations, **kw: Any):
        super().__init__(*args, **kw)
        self.protocol = protocol
        self.fields["sessions"].max_value = protocol.sessions
        self.fields["sessions"].validators.append(
            forms.fields.validators.MaxValueValidator(protocol.sessions)
        )
        self.fields["sessions"].widget.attrs |= {"max": protocol.sessions, "inputmode": "numeric"}
        self.fields["location"].queryset = locations.order_by("name")
        self.fields["location"].label_from_instance = lambda one: f"{one.name}, {one.area}"
        visit_types = VisitType.objects.current().filter(kind=VisitKind.SESSION).order_by("name")
        self.fields["visit_type"].queryset = visit_types
        self.fields["visit_type"].initial = visit_types.filter(code=protocol.visit_code).first()
        self.fields["visit_type"].label_from_instance = lambda one: one.name
        self.fields["treats"].queryset = qualified_practitioners()
        self.fields["treats"].label_from_instance = lambda one: one.resource.name
        for number, gap in enumerate(protocol.gaps, start=2):
            for part in PARTS:
                self.fields[name_of(number, part)] = _days(number, part, getattr(gap, part))
        for field in self.fields.values():
            if not field.widget.is_hidden:
                kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
                field.widget.attrs["class"] = kind

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for number in range(2, (cleaned.get("sessions") or 0) + 1):
            self._check(number, cleaned)
        return cleaned

    def _check(self, number: int, cleaned: dict[str, Any]) -> None:
        numbers = [cleaned.get(name_of(number, part)) for part in PARTS]
        floor = int(max(self.protocol.floors, default=1))
        first = name_of(number, PARTS[0])
        if None in numbers:
            return
        if numbers != sorted(numbers):
            self.add_error(first, _("The four numbers must not fall."))
        elif numbers[0] < floor:
            words = _("At least %(floor)s days for this product, whoever decides.")
            self.add_error(first, words % {"floor": floor})

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row for each session but the first: its four boxes, their errors, and the day it lands on."""
        day = 0
        for number in range(2, self.protocol.sessions + 1):
            boxes = [self[name_of(number, part)] for part in PARTS]
            target = str(boxes[2].value())
            day = day + int(target) if target.isdecimal() and day is not None else None
            errors = [error for box in boxes for error in box.errors]
            yield {"number": number, "boxes": boxes, "day": day, "errors": errors}

    def order(self) -> Order:
        typed = self.cleaned_data
        gaps = tuple(
            Gap(*(typed[name_of(number, part)] for part in PARTS))
            for number in range(2, typed["sessions"] + 1)
        )
        chosen = {name: typed[name] for name in ("visit_type", "location", "treats", "note")}
        return Order(protocol_code=self.protocol.code, gaps=gaps, **chosen)


def qualified_practitioners():
    kind = {"qualified__visit_type__kind": VisitKind.SESSION}
    return (
        Practitioner.objects.filter(resource__is_active=True, **kind)
        .select_related("resource")
        .distinct()
        .order_by("resource__name")
    )


def name_of(number: int, part: str) -> str:
    return f"gap_{number}_{part}"


def _days(number: int, part: str, initial: int) -> forms.IntegerField:
    words = {
        "never_before": _("Session %(number)s: never before, days"),
        "earliest": _("Session %(number)s: earliest, days"),
        "target": _("Session %(number)s: best, days"),
        "latest": _("Session %(number)s: latest, days"),
    }
    return forms.IntegerField(
        label=words[part] % {"number": number},
        initial=initial,
        min_value=1,
        max_value=LONGEST_GAP,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
