"""The order: how many sessions, four numbers before each but the first, where, with whom."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Location, Practitioner, VisitType
from clinic.models.visit_types import VisitKind
from treatments.forms.gap_boxes import (
    add_boxes,
    boxes_of,
    check_boxes,
    errors_of,
    forget_errors,
    read_gap,
    style,
)
from treatments.rules.protocols import Protocol
from treatments.services.prescribing import Order

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
            add_boxes(self, number, gap, whose=_("Session %(number)s") % {"number": number})
        style(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        floor, sessions = int(max(self.protocol.floors)), cleaned.get("sessions") or 0
        for number in range(2, self.protocol.sessions + 1):
            if number <= sessions:
                check_boxes(self, number, floor=floor)
            elif sessions:
                forget_errors(self, number)
        return cleaned

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row for each session but the first: its four boxes, their errors, and the day it lands on.

        `published`: the day where no numbers are filled in, for the doctor to go by.
        """
        day = 0
        published = zip(self.protocol.gaps, self.protocol.targets, strict=True)
        for number, (gap, target) in enumerate(published, start=2):
            boxes = boxes_of(self, number)
            best = str(boxes[2].value())
            day = day + int(best) if best.isdecimal() and day is not None else None
            row = {"number": number, "boxes": boxes, "day": day, "published": None if gap else target}
            yield {**row, "errors": errors_of(boxes)}

    def order(self) -> Order:
        typed = self.cleaned_data
        gaps = tuple(read_gap(typed, number) for number in range(2, typed["sessions"] + 1))
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
