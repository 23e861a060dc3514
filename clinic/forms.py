"""Form fields that more than one floor needs."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template import loader
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import formats

EARLIEST_BIRTH = date(1900, 1, 1)


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year as three boxes in one fieldset; what was typed stays, right or wrong."""

    template_name = "components/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None):
        boxes = {part: forms.TextInput(attrs={"inputmode": "numeric"}) for part in ("day", "month", "year")}
        for part, longest in (("day", 2), ("month", 12), ("year", 4)):
            boxes[part].attrs["maxlength"] = longest
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> str:
        """Through the project's templates: Django's form renderer looks only into apps."""
        return loader.get_template(template_name).render(context)

    def autocomplete_birth(self) -> None:
        for box, part in zip(self.widgets, ("day", "month", "year"), strict=True):
            box.attrs["autocomplete"] = f"bday-{part}"


class DateParts(forms.MultiValueField):
    """A date typed in three boxes. `latest` is set by the form that knows today; both ends are allowed days.

    Errors name the box that is wrong and what to do, never only "invalid date".
    """

    widget = DatePartsWidget
    default_error_messages = {
        "required": gettext_lazy("Enter the day, month and year"),
        "incomplete": gettext_lazy("Enter the day, month and year"),
    }

    def __init__(
        self, *, earliest: date = EARLIEST_BIRTH, latest: date | None = None, birth: bool = True, **kw
    ):
        boxes = tuple(forms.CharField(max_length=longest, required=False) for longest in (2, 12, 4))
        super().__init__(fields=boxes, require_all_fields=False, **kw)
        self.earliest, self.latest = earliest, latest
        if birth:
            self.widget.autocomplete_birth()

    def clean(self, value: Any) -> date | None:
        typed = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        found = self._as_date(*typed)
        self._within(found)
        return found

    def _as_date(self, day: str, month: str, year: str) -> date:
        missing = [
            name for name, typed in ((_("day"), day), (_("month"), month), (_("year"), year)) if not typed
        ]
        if missing:
            raise ValidationError(
                _("The date also needs a %(part)s") % {"part": _(" and a ").join(missing)}, "incomplete"
            )
        numbers = (_number(day), _month_number(month), _number(year))
        if None in numbers:
            raise ValidationError(_("Use numbers, for example 27 3 1984"), code="letters")
        return self._real_date(*numbers)

    def _real_date(self, day: int, month: int, year: int) -> date:
        if year < 1000:
            raise ValidationError(_("Write the year with four figures, for example 1984"), code="short_year")
        if not 1 <= month <= 12:
            raise ValidationError(_("The month must be between 1 and 12"), code="month")
        try:
            return date(year, month, day)
        except ValueError:
            named = {"day": day, "month": MONTHS[month], "year": year}
            raise ValidationError(
                _("%(month)s %(year)s has no day %(day)s: check the day and the month") % named, "impossible"
            ) from None

    def _within(self, found: date) -> None:
        if self.latest and found > self.latest:
            raise ValidationError(
                _("The date must be %(latest)s or earlier") % {"latest": formats.day_with_year(self.latest)},
                "too_late",
            )
        if found < self.earliest:
            raise ValidationError(
                _("The date must be %(earliest)s or later")
                % {"earliest": formats.day_with_year(self.earliest)},
                "too_early",
            )


def _number(typed: str) -> int | None:
    """Figures of any script; int() alone would also take "+1", "1_0" and " 1"."""
    return int(typed) if typed.isdecimal() and len(typed) <= 4 else None


def _month_number(typed: str) -> int | None:
    names = {str(name).casefold(): n for table in (MONTHS, MONTHS_3) for n, name in table.items()}
    return _number(typed) if typed.isdecimal() else names.get(typed.casefold().rstrip("."))
