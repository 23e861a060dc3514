"""The four numbers of a gap as boxes of a form: one row for each session, or for several at once."""

from collections.abc import Iterable, Mapping
from dataclasses import fields as parts_of
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from treatments.rules.gaps import Gap

PARTS = tuple(part.name for part in parts_of(Gap))
LONGEST_GAP = 400


def name_of(row: int | str, part: str) -> str:
    return f"gap_{row}_{part}"


def add_boxes(form: forms.Form, row: int | str, gap: Gap | None, *, whose: str) -> None:
    """Add the boxes of one row, filled with `gap`; empty where a doctor has to type it. `whose`: its name."""
    for part in PARTS:
        box = _days(whose, part, getattr(gap, part, None))
        form.fields[name_of(row, part)] = box


def check_boxes(form: forms.Form, row: int | str, *, floor: int) -> None:
    """Say what is missing or wrong in a row that counts."""
    names = [name_of(row, part) for part in PARTS]
    for name in names:
        if name not in form.errors and form.cleaned_data.get(name) is None:
            form.add_error(name, _("This field is required."))
    numbers = [form.cleaned_data.get(name) for name in names]
    if None in numbers:
        return
    if numbers != sorted(numbers):
        form.add_error(names[0], _("The four numbers must not fall."))
    elif numbers[0] < floor:
        words = _("At least %(floor)s days for this product, whoever decides.")
        form.add_error(names[0], words % {"floor": floor})


def forget_errors(form: forms.Form, row: int | str) -> None:
    """What stands in a row that does not count is nobody's mistake."""
    for part in PARTS:
        form.errors.pop(name_of(row, part), None)


def boxes_of(form: forms.Form, row: int | str) -> list[forms.BoundField]:
    return [form[name_of(row, part)] for part in PARTS]


def errors_of(boxes: Iterable[forms.BoundField]) -> list[str]:
    """What is wrong in a row, each thing once."""
    return list(dict.fromkeys(error for box in boxes for error in box.errors))


def read_gap(cleaned: Mapping[str, Any], row: int | str) -> Gap:
    return Gap(*(cleaned[name_of(row, part)] for part in PARTS))


def _days(whose: str, part: str, initial: int | None) -> forms.IntegerField:
    words = {
        "never_before": _("%(whose)s: never before, days"),
        "earliest": _("%(whose)s: earliest, days"),
        "target": _("%(whose)s: best, days"),
        "latest": _("%(whose)s: latest, days"),
    }
    return forms.IntegerField(
        label=words[part] % {"whose": whose},
        initial=initial,
        required=False,
        min_value=1,
        max_value=LONGEST_GAP,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def style(form: forms.Form) -> None:
    """Give every box the look of ours."""
    for field in form.fields.values():
        if isinstance(field.widget, forms.Select):
            field.widget.attrs["class"] = "form-select"
        elif not field.widget.is_hidden and not isinstance(field.widget, forms.CheckboxInput):
            field.widget.attrs["class"] = "form-control"
