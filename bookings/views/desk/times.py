"""Days and times for one visit, as the desk picks them for a new booking or another time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import refusals
from bookings.models import WorkingHours
from bookings.refusals import Refusal
from bookings.services.desk_times import DAYS, Limits, Times, Wanted, names_at, read_times
from bookings.views.patient import choosing
from clinic import formats
from clinic.models import Practitioner
from clinic.services.days import local_day, zone_of

ANYBODY = 0  # in an address: "who" was asked for and is anybody


@dataclass(frozen=True)
class Offer:
    """One page of times. `path` and `parts` are its address; `who` may be ANYBODY."""

    wanted: Wanted
    path: str
    parts: dict
    now: datetime
    since: date | None = None
    day: date | None = None

    def link(self, **other) -> str:
        """This page with something else chosen; None leaves a part out."""
        parts = {"since": self.since, **self.parts, **other}
        query = urlencode({name: value for name, value in parts.items() if value is not None})
        return f"{self.path}?{query}" if query else self.path

    @property
    def here(self) -> str:
        """Where its form posts to: the page as it is."""
        return self.link(day=self.day)

    @property
    def today(self) -> date:
        return local_day(self.now, self.wanted.location)


def offer_content(offer: Offer, refused: Refusal | None) -> dict:
    wanted = offer.wanted
    times = read_times(wanted, first_day=offer.since, now=offer.now)
    chosen = offer.day if times.days.get(offer.day) else times.first_open
    said = _said(wanted, times, chosen)
    tz = zone_of(wanted.location)
    return {
        "offer": offer,
        "once": uuid4(),
        "who": wanted.practitioner or "",
        "people": _people(offer),
        "days": choosing.day_strip(
            times.days,
            chosen=chosen,
            address=lambda day: offer.link(day=day) + "#times",
            words_without=_words_without(wanted, times.limits),
        ),
        "chosen_day": formats.day(chosen) if chosen else "",
        "groups": choosing.time_groups(times.days[chosen], tz, notes=said) if chosen else [],
        "limits": _limits(times.limits),
        "late": bool(chosen) and times.limits.is_late(chosen),
        **_weeks(offer, times),
        **_refusal(offer, refused),
    }


def _said(wanted: Wanted, times: Times, chosen: date | None) -> dict[datetime, str]:
    """Under a time: who would take it, or how many could."""
    if chosen is None or wanted.practitioner:
        return {}
    return {
        start: names[0]
        if len(names) == 1
        else ngettext("%(n)s doctor", "%(n)s doctors", len(names)) % {"n": len(names)}
        for start, names in names_at(times, chosen).items()
    }


def _people(offer: Offer) -> list[dict]:
    """Whom one may ask for. Chips only where there is a choice."""
    wanted = offer.wanted
    here = Practitioner.objects.filter(
        qualified__visit_type=wanted.visit_type,
        verified_on__isnull=False,
        resource__is_active=True,
        resource__working_hours__location=wanted.location,
    )
    rows = list(here.distinct().order_by("resource__name").values_list("pk", "resource__name"))
    if len(rows) < 2:
        return []
    chips = [(ANYBODY, _("Any doctor")), *rows]
    return [
        {"name": name, "href": offer.link(who=pk, day=offer.day), "chosen": pk == (wanted.practitioner or 0)}
        for pk, name in chips
    ]


def _words_without(wanted: Wanted, limits: Limits) -> Callable[[date], str]:
    """Why a day has no times."""
    hours = WorkingHours.objects.filter(location=wanted.location)
    rows = set(hours.values_list("resource", "weekday"))

    def words(day: date) -> str:
        if not limits.allow(day):
            return _("too soon") if limits.first and day < limits.first else _("too late")
        if (None, day.weekday()) not in rows:
            return _("closed")
        if wanted.practitioner and (wanted.practitioner, day.weekday()) not in rows:
            return _("not here")
        return _("full")

    return words


def _limits(limits: Limits) -> str:
    """Between which sessions this one lies, in a sentence."""
    if limits.before and limits.first:
        said = {
            "number": limits.before.session.number,
            "day": formats.day(limits.before.day),
            "first": formats.day(limits.first),
        }
        words = _("Session %(number)s was on %(day)s: from %(first)s on.")
        if not limits.before.is_given:
            words = _("Session %(number)s is on %(day)s: from %(first)s on.")
        return " ".join(filter(None, [words % said, _until(limits)]))
    return _until(limits)


def _until(limits: Limits) -> str:
    if limits.after is None:
        return ""
    said = {"number": limits.after.session.number, "last": formats.day(limits.last)}
    return _("Session %(number)s follows, so at the latest %(last)s.") % said


def _weeks(offer: Offer, times: Times) -> dict:
    first = next(iter(times.days))
    fortnight = timedelta(days=DAYS)
    return {
        "later": offer.link(since=first + fortnight),
        "earlier": offer.link(since=max(offer.today, first - fortnight)) if first > offer.today else "",
        "none_free": times.first_open is None,
    }


def _refusal(offer: Offer, refused: Refusal | None) -> dict:
    """Why nothing was booked, and the way on: times near by, or the first day that would do."""
    if refused is None:
        return {}
    earliest = getattr(refused, "earliest", None)
    return {
        "refused": refused.text,
        "more": list(dict.fromkeys(one.text for one in getattr(refused, "obstacles", ()))),
        "nearest": choosing.nearest_groups(getattr(refused, "nearest", []), zone_of(offer.wanted.location)),
        "earliest": {"href": offer.link(since=earliest, day=earliest), "words": formats.day(earliest)}
        if earliest
        else None,
        "is_busy": isinstance(refused, refusals.PatientBusy),
        "has_errors": True,
    }
