"""What closes and from when to when, and what is to become of each visit it touches."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.desk import Day
from bookings.forms.times import InstantField, Key
from bookings.models import Booking, Closure, ClosureKind
from bookings.services.closing.reflow import Choice, Closing
from clinic.models import Location, Resource
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from clinic.rules.timespans import Span

LONGEST = timedelta(days=366)
LONGEST_REASON = Closure._meta.get_field("reason").max_length
LONGEST_WHY = Booking._meta.get_field("kept_why").max_length
PLACE = "place"  # in `what`: the whole location
CLOCK_FORMATS = ["%H:%M", "%H:%M:%S", "%H.%M", "%I:%M %p", "%I.%M %p", "%I:%M%p"]
REASONS = ("Leave", "Ill", "Training", "Strike", "Rain", "Repair", "Holiday")


class ClosureAsked(forms.Form):
    """Where, and what a link asks to close; every part may be missing."""

    at = forms.SlugField(required=False)
    who = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    day = Day()


def _date(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %m %Y"],
        error_messages={
            "required": gettext_lazy("Enter a day"),
            "invalid": gettext_lazy("Enter a day, for example 24/11/2026"),
        },
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short-input"}),
    )


def _clock(label: str, hint: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        help_text=hint,
        input_formats=CLOCK_FORMATS,
        error_messages={"invalid": gettext_lazy("Enter the time, for example 14:30")},
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short-input"}),
    )


class ClosureForm(forms.Form):
    """Days and clock times are those of the location. `kinds` are what this person may enter."""

    what = forms.ChoiceField(label=gettext_lazy("What is closed, or who is away"))
    first = _date(gettext_lazy("First day"))
    from_time = _clock(gettext_lazy("From"), gettext_lazy("Empty: the whole day."))
    last = _date(
        gettext_lazy("Last day"), required=False, hint=gettext_lazy("This day included. Empty: one day.")
    )
    to_time = _clock(gettext_lazy("Until"), gettext_lazy("Empty: the whole day."))
    kind = forms.ChoiceField(label=gettext_lazy("Which is"), choices=ClosureKind)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_REASON,
        error_messages={"required": gettext_lazy("Say why, in a few words")},
        help_text=gettext_lazy("Colleagues see this. No health matters here: “away” is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "reasons"}),
    )

    def __init__(
        self, *args, location: Location, resources: Sequence[Resource], everywhere: bool, now: datetime,
        kinds: Sequence[str], **fields,
    ):  # fmt: skip
        """`everywhere`: who is away is away from all locations, not from this one alone."""
        super().__init__(*args, **fields)
        self.location, self.everywhere, self.now = location, everywhere, now
        self.resources = {str(one.pk): one for one in resources}
        self.fields["what"].choices = _what(location, resources)
        self.fields["kind"].choices = [choice for choice in ClosureKind.choices if choice[0] in kinds]

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("kind") == ClosureKind.HOLIDAY and cleaned.get("what") not in (PLACE, None):
            self.add_error("kind", _("A public holiday closes the whole place"))
        if not self.errors:
            cleaned["span"] = self._span(**{name: cleaned[name] for name in _SPAN})
        return cleaned

    def _span(self, *, first: date, from_time: time | None, last: date | None, to_time: time | None):
        tz, last = ZoneInfo(self.location.time_zone), last or first
        if not 2000 < first.year <= last.year < 2200:
            return self.add_error("last", _("The last day is before the first"))
        starts = timespans.local_instant(first, from_time or time(0), tz)
        end_day = last if to_time else last + timedelta(days=1)
        ends = timespans.local_instant(end_day, to_time or time(0), tz)
        if ends <= starts:
            where = "last" if last < first else "to_time"
            return self.add_error(where, _("It ends before it begins"))
        if ends <= self.now:
            return self.add_error(
                "last" if self.cleaned_data.get("last") else "first", _("That is over already")
            )
        if ends - starts > LONGEST:
            return self.add_error("last", _("At most a year at once"))
        return Span(starts, ends)

    @property
    def resource(self) -> Resource | None:
        return self.resources.get(self.cleaned_data["what"])

    @property
    def closing(self) -> Closing:
        """Rooms are where they are; somebody who is away is away everywhere, for who may say so."""
        resource = self.resource
        roams = resource is not None and resource.kind == ResourceKind.PRACTITIONER and self.everywhere
        return Closing(None if roams else self.location, resource, self.cleaned_data["span"])

    def carried(self) -> dict:
        """Its values as hidden fields take them."""
        cleaned = self.cleaned_data
        carried = {name: cleaned[name] for name in ("what", "first", "last", "kind")}
        clocks = {
            name: f"{cleaned[name]:%H:%M}" if cleaned[name] else "" for name in ("from_time", "to_time")
        }
        return {name: "" if value is None else str(value) for name, value in (carried | clocks).items()}


_SPAN = ("first", "from_time", "last", "to_time")
_GROUPS = (
    (ResourceKind.PRACTITIONER, gettext_lazy("Dermatologists")),
    (ResourceKind.ROOM, gettext_lazy("Rooms")),
    (ResourceKind.CHAIR, gettext_lazy("Chairs")),
    (ResourceKind.DEVICE, gettext_lazy("Devices")),
)


def _what(location: Location, resources: Sequence[Resource]) -> list:
    found: list = [(PLACE, _("All of %(place)s") % {"place": location.area})]
    for kind, words in _GROUPS:
        choices = [(str(one.pk), one.name) for one in resources if one.kind == kind]
        found += [(words, choices)] if choices else []
    return found


def today_from_now(*, what: str, kind: str, reason: str, now: datetime, location: Location) -> dict:
    """What the form takes for a closure from now to the end of the day."""
    local = timespans.align_down(now).astimezone(ZoneInfo(location.time_zone))
    return {
        "what": what,
        "first": f"{local:%Y-%m-%d}",
        "from_time": f"{local:%H:%M}",
        "kind": kind,
        "reason": reason,
    }


def whole_day(*, day: date, reason: str) -> dict:
    """What the form takes for a public holiday."""
    return {"what": PLACE, "first": day.isoformat(), "kind": ClosureKind.HOLIDAY, "reason": reason}


# What becomes of each visit


@dataclass(frozen=True)
class Goes:
    """Where a visit goes. `version`, `along`: of one that moves only because that other visit does."""

    starts: datetime
    who: int
    version: int | None = None
    along: str = ""


class ReflowForm(Key):
    """`seen`: every booking the page showed, with its version: ABC2345:3 DEF2345:1. `goes`: where each could
    go, and who would move along with it: ABC2345=2026-11-24T05:00Z/17 GHJ2345=2026-12-08T05:00Z/17=2=ABC2345.

    One field for all: of two hundred visits a form would have too many.
    """

    seen = forms.CharField(required=False, max_length=60_000, widget=forms.HiddenInput)
    goes = forms.CharField(required=False, max_length=90_000, widget=forms.HiddenInput)

    def clean_seen(self) -> dict[str, int]:
        typed = self.cleaned_data["seen"].split()
        if not all(_SEEN.fullmatch(one) for one in typed):
            raise ValidationError(_("This page was not sent whole. Please try again."), code="seen")
        pairs = (one.split(":") for one in typed)
        return {reference: int(version) for reference, version in pairs}

    def clean_goes(self) -> dict[str, Goes]:
        found = [_GOES.fullmatch(one) for one in self.cleaned_data["goes"].split()]
        if not all(found):
            raise ValidationError(_("This page was not sent whole. Please try again."), code="goes")
        instant = InstantField()
        return {
            reference: Goes(instant.clean(starts), int(who), int(version) if version else None, along or "")
            for reference, starts, who, version, along in (one.groups() for one in found)
        }


_SEEN = re.compile(r"[0-9A-Z]{4,8}:[0-9]{1,9}", re.ASCII)
_GOES = re.compile(
    r"([0-9A-Z]{4,8})=([0-9TZ:-]{1,30})/([0-9]{1,9})(?:=([0-9]{1,9})=([0-9A-Z]{4,8}))?", re.ASCII
)


def carried_plan(rows: Iterable[tuple[str, Goes]]) -> str:
    """What `goes` carries."""
    return " ".join(_carried(reference, one) for reference, one in rows)


def _carried(reference: str, one: Goes) -> str:
    where = f"{reference}={one.starts.astimezone(UTC):%Y-%m-%dT%H:%MZ}/{one.who}"
    return f"{where}={one.version}={one.along}" if one.along else where


class RowForm(forms.Form):
    """What is to become of one visit; its prefix is the booking's reference."""

    do = forms.ChoiceField(choices=[(one.value, one.value) for one in Choice])
    why = forms.CharField(required=False, max_length=LONGEST_WHY)

    def __init__(self, *args, goes: Goes | None, **fields):
        super().__init__(*args, **fields)
        self.goes = goes

    def clean(self) -> dict:
        cleaned = super().clean()
        do = cleaned.get("do")
        if do == Choice.KEEP and not cleaned.get("why") and "why" not in self.errors:
            self.add_error("why", _("Say why it stays"))
        if do in (Choice.MOVE, Choice.ASK) and self.goes is None:
            self.add_error("do", _("There is no time for this visit: choose something else"))
        return cleaned


@dataclass(frozen=True)
class Typed:
    """What was typed on a page of visits, right or wrong."""

    seen: dict[str, int]
    rows: dict[str, RowForm]
    goes: dict[str, Goes]

    @property
    def is_whole(self) -> bool:
        return all(row.is_valid() for row in self.rows.values())


def read_typed(form: ReflowForm) -> Typed:
    """Expects `form` valid. A visit that the page had no row for is left for later."""
    seen = form.cleaned_data["seen"]
    shown = [reference for reference in seen if f"{reference}-do" in form.data]
    goes = form.cleaned_data["goes"]
    rows = {one: RowForm(form.data, prefix=one, goes=goes.get(one)) for one in shown}
    return Typed(seen, rows, goes)
