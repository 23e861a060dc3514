"""A week of hours as it is typed: a row of boxes for each weekday."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.manager.fields import ClockTime, DayBox, Line
from bookings.models import Booking
from bookings.rules.week import Part, clashes

USUAL_PARTS, MOST_PARTS = 2, 4
LONGEST_AHEAD = timedelta(days=3 * 366)
LONGEST_WHY = Booking._meta.get_field("kept_why").max_length


@dataclass(frozen=True)
class DayRow:
    """One line of the table: the boxes of a weekday, by pairs."""

    name: str
    pairs: Sequence[tuple[forms.BoundField, forms.BoundField]]
    urgent: tuple[forms.BoundField, forms.BoundField] | None

    @property
    def errors(self) -> list[str]:
        boxes = [box for pair in (*self.pairs, self.urgent or ()) for box in pair]
        return list(dict.fromkeys(words for box in boxes for words in box.errors))


class WeekForm(forms.Form):
    """`with_urgent`: a dermatologist's week, with one time a day that is kept for urgent visits."""

    from_on = DayBox(
        label=gettext_lazy("From"), error_messages={"required": gettext_lazy("Enter the first day")}
    )
    until_on = DayBox(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Leave it empty if it is for good. Afterwards what held before holds again."),
    )

    def __init__(self, *args, today: date, parts: int = USUAL_PARTS, with_urgent: bool = False, **kw):
        super().__init__(*args, **kw)
        self.with_urgent = with_urgent
        self.parts = max(parts, self._typed_parts())
        for name in ("from_on", "until_on"):
            self.fields[name].earliest, self.fields[name].latest = today, today + LONGEST_AHEAD
        for weekday in range(7):
            for name, words in self._boxes(weekday):
                self.fields[name] = ClockTime(label=f"{WEEKDAYS[weekday]}, {words}", required=False)

    def _typed_parts(self) -> int:
        sent = (
            n for n in range(MOST_PARTS, 0, -1) for day in range(7) if f"d{day}_{n - 1}_from" in self.data
        )
        return next(sent, USUAL_PARTS)

    def _boxes(self, weekday: int) -> Iterable[tuple[str, str]]:
        for n in range(self.parts):
            yield f"d{weekday}_{n}_from", _("from")
            yield f"d{weekday}_{n}_to", _("to")
        if self.with_urgent:
            yield f"d{weekday}_urgent_from", _("urgent from")
            yield f"d{weekday}_urgent_to", _("urgent to")

    @property
    def rows(self) -> list[DayRow]:
        return [self._row(weekday) for weekday in range(7)]

    def _row(self, weekday: int) -> DayRow:
        pairs = [(self[f"d{weekday}_{n}_from"], self[f"d{weekday}_{n}_to"]) for n in range(self.parts)]
        urgent = (
            (self[f"d{weekday}_urgent_from"], self[f"d{weekday}_urgent_to"]) if self.with_urgent else None
        )
        return DayRow(str(WEEKDAYS[weekday]), pairs, urgent)

    def clean(self) -> dict:
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day comes before the first"))
        cleaned["week"] = tuple(part for weekday in range(7) for part in self._parts(weekday))
        for weekday in sorted(clashes(cleaned["week"])):
            self.add_error(f"d{weekday}_0_from", _("These times overlap"))
        return cleaned

    def _parts(self, weekday: int) -> list[Part]:
        spans = [self._pair(f"d{weekday}_{n}_from", f"d{weekday}_{n}_to") for n in range(self.parts)]
        found = [Part(weekday, *span) for span in spans if span]
        urgent = self._pair(f"d{weekday}_urgent_from", f"d{weekday}_urgent_to") if self.with_urgent else None
        return self._with_urgent(found, weekday, urgent) if urgent else found

    def _pair(self, begin: str, end: str) -> tuple[time, time] | None:
        starts, ends = self.cleaned_data.get(begin), self.cleaned_data.get(end)
        if begin in self.errors or end in self.errors or (starts is None and ends is None):
            return None
        if starts is None or ends is None:
            self.add_error(begin if starts is None else end, _("Enter both times, or neither"))
            return None
        if starts == ends:
            self.add_error(end, _("It must end at another time than it begins"))
            return None
        return starts, ends

    def _with_urgent(self, parts: list[Part], weekday: int, urgent: tuple[time, time]) -> list[Part]:
        """The urgent time belongs to the part it lies in."""
        inside = [part for part in parts if _holds(part, *urgent)]
        if not inside:
            self.add_error(
                f"d{weekday}_urgent_from", _("The urgent time must lie within the hours of that day")
            )
            return parts
        held = Part(weekday, inside[0].starts, inside[0].ends, *urgent)
        return [held if part == inside[0] else part for part in parts]


def _holds(part: Part, starts: time, ends: time) -> bool:
    is_night = part.ends <= part.starts
    return part.starts <= starts < ends and (is_night or ends <= part.ends)


def initial_of(parts: Iterable[Part]) -> dict[str, time]:
    """What stands in the boxes."""
    found: dict[str, time] = {}
    for part in sorted(parts):
        n = next(n for n in range(MOST_PARTS) if f"d{part.weekday}_{n}_from" not in found)
        found |= {f"d{part.weekday}_{n}_from": part.starts, f"d{part.weekday}_{n}_to": part.ends}
        if part.urgent_from:
            found[f"d{part.weekday}_urgent_from"] = part.urgent_from
            found[f"d{part.weekday}_urgent_to"] = part.urgent_to
    return found


def most_parts(parts: Iterable[Part]) -> int:
    days = [part.weekday for part in parts]
    return max((days.count(day) for day in days), default=USUAL_PARTS)


class KeepForm(forms.Form):
    """For each visit that would stand outside: why it stays all the same, or nothing."""

    def __init__(self, *args, bookings: Iterable[Booking], **kw):
        super().__init__(*args, **kw)
        for booking in bookings:
            self.fields[f"keep_{booking.pk}"] = Line(
                label=_("It stays, because"), required=False, max_length=LONGEST_WHY
            )

    @property
    def keeps(self) -> dict[int, str]:
        named = {int(name.removeprefix("keep_")): why for name, why in self.cleaned_data.items()}
        return {pk: why for pk, why in named.items() if why}
