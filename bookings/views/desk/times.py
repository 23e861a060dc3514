"""Days and times for one visit, as the desk picks them for a new booking or another time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import refusals
from bookings.forms.desk import UrgentTime
from bookings.models import WorkingHours
from bookings.refusals import Refusal
from bookings.services.desk.times import (
    DAYS,
    Limits,
    Times,
    Wanted,
    first_of,
    names_at,
    read_kept,
    read_times,
)
from bookings.views import replan_words
from bookings.views.desk import clicked
from bookings.views.desk.offers import ANYBODY, Offer
from bookings.views.patient import choosing, whom_chips
from clinic import formats
from clinic.rules import timespans
from clinic.services.days import zone_of

NOON = time(12)


def offer_content(offer: Offer, refused: Refusal | None, *, urgent: UrgentTime | None = None) -> dict:
    """`urgent`: the form for a time kept until noon, as it was sent and refused."""
    wanted = offer.wanted
    times = read_times(wanted, first_day=offer.since, now=offer.now)
    chosen = offer.day if times.days.get(offer.day) else times.first_open
    hours = _Hours.of(wanted)
    kept = _kept(offer, times, chosen, hours)
    return {
        "offer": offer,
        "once": uuid4(),
        "who": wanted.practitioner or "",
        **_people(offer),
        "days": choosing.day_strip(
            times.days,
            chosen=chosen,
            address=lambda day: offer.link(day=day) + "#times",
            words_without=_words_without(wanted, times.limits, hours),
            words_with=_words_with(times),
        ),
        "chosen_day": formats.day(chosen) if chosen else "",
        "sets": _sets(offer, times, chosen) if chosen else [],
        "kept": _kept_content(offer, kept, urgent) if kept else None,
        "limits": _limits(times.limits),
        "late": bool(chosen) and times.limits.is_late(chosen),
        "others": _others(offer, times, chosen),
        "clicked": None if refused else clicked.content(offer, times, kept),
        **_weeks(offer, times),
        **_refusal(offer, refused),
    }


# With whom


def _people(offer: Offer) -> dict:
    """Names as chips where there is a choice; a woman, a man or a language folded away beside them."""

    def link(who=None, gender=None, speaks=None) -> str:
        return offer.link(who=who or ANYBODY, gender=gender, speaks=speaks, day=offer.day)

    found = whom_chips.chips(offer.whom, offer.doctors, link)
    if found is None:
        return {"people": [], "wishes": []}
    names, *wishes = found["groups"] if len(offer.doctors) > 1 else [{"chips": []}, *found["groups"]]
    anybody = {"name": _("Any doctor"), **found["anybody"]}
    return {"people": [anybody, *names["chips"]], "wishes": wishes, "wish_said": found["said"]}


# The times of the day


def _sets(offer: Offer, times: Times, day: date) -> list[dict]:
    """Grids for one day. A visit that moves stays with its own dermatologist first, then with others."""
    if offer.wanted.among is not None:
        return [_named_set(offer, times, times.days[day])]
    if not offer.own:
        names = names_at(times.days[day], times, offer.wanted, offer.doctors)
        return [_set(offer, times.days[day], note=lambda start: _among(names[start], offer))]
    theirs, others = [], []
    for start, free in times.room.who_at(times.days[day]).items():
        own = offer.own in free and start != offer.wanted.booking.starts
        (theirs if own else others).append(start)
    with_others = _named_set(offer, times, others, title=_("With somebody else"))
    return [one for one in (_own_set(offer, theirs), with_others) if one["groups"]]


def _own_set(offer: Offer, starts: Sequence[datetime]) -> dict:
    name = next((one.name for one in offer.doctors if one.pk == offer.own), "")
    return _set(offer, starts, title=_("With %(doctor)s") % {"doctor": name}, who=offer.own)


def _named_set(offer: Offer, times: Times, starts: Sequence[datetime], *, title: str = "") -> dict:
    """Each start with who would take it, by name, and that is whom the button books."""
    names = {one.pk: one.name for one in offer.doctors if offer.wanted.would_do(one.pk)}
    names.pop(offer.own, None)
    taking = {start: first_of(names, times, start) for start in starts}
    return _set(
        offer,
        [start for start in starts if taking[start]],
        title=title,
        note=lambda start: names[taking[start]],
        who_of=taking.get,
    )


def _set(offer: Offer, starts: Sequence[datetime], *, title="", who=None, note=None, who_of=None) -> dict:
    notes = {start: note(start) for start in starts} if note else {}
    shown = clicked.instants(offer)
    return {
        "title": title,
        "who": who or offer.wanted.practitioner or "",
        "groups": choosing.time_groups(
            starts, zone_of(offer.wanted.location), notes=notes, best=shown, who_of=who_of
        ),
    }


def _among(names: Sequence[str], offer: Offer) -> str:
    """Under a time: who could take it."""
    if offer.wanted.practitioner:
        return ""
    if len(names) < 3:
        return ", ".join(names)
    return ngettext("%(n)s doctor", "%(n)s doctors", len(names)) % {"n": len(names)}


# Kept until noon


@dataclass(frozen=True)
class _Hours:
    """On which weekdays the location opens, who works then, and who keeps a time for urgent visits."""

    rows: frozenset[tuple[int | None, int]]
    urgent: frozenset[int]

    @classmethod
    def of(cls, wanted: Wanted) -> "_Hours":
        hours = WorkingHours.objects.filter(location=wanted.location)
        rows = list(hours.values_list("resource", "weekday", "urgent_from"))
        kept = frozenset(weekday for _resource, weekday, urgent in rows if urgent)
        return cls(frozenset((resource, weekday) for resource, weekday, _urgent in rows), kept)


def _kept(offer: Offer, times: Times, day: date | None, hours: _Hours) -> Times | None:
    """The kept times of the chosen day; a session of a course is never urgent."""
    wanted = offer.wanted
    day = offer.start.date() if offer.start else day or offer.day
    if day is None or wanted.session or wanted.booking or day.weekday() not in hours.urgent:
        return None
    if offer.now >= timespans.local_instant(day, NOON, zone_of(wanted.location)):
        return None
    kept = read_kept(wanted, times, day=day, now=offer.now)
    return kept if kept.days[day] else None


def _kept_content(offer: Offer, kept: Times, form: UrgentTime | None) -> dict:
    [(day, starts)] = kept.days.items()
    names = names_at(starts, kept, offer.wanted, offer.doctors)
    notes = {start: ", ".join(free) for start, free in names.items()}
    return {
        "day": formats.day(day),
        "form": form or UrgentTime(),
        "groups": choosing.time_groups(starts, zone_of(offer.wanted.location), notes=notes),
    }


# Days


def _words_without(wanted: Wanted, limits: Limits, hours: _Hours) -> Callable[[date], str]:
    """Why a day has no times."""

    def words(day: date) -> str:
        if not limits.allow(day):
            return _("too soon") if limits.first and day < limits.first else _("too late")
        if (None, day.weekday()) not in hours.rows:
            return _("closed")
        if wanted.practitioner and (wanted.practitioner, day.weekday()) not in hours.rows:
            return _("not here")
        return _("full")

    return words


def _words_with(times: Times) -> Callable[[date], str]:
    return lambda day: replan_words.how_many_more(times.moves[day]) if day in times.moves else ""


def _others(offer: Offer, times: Times, day: date | None) -> str:
    if day not in times.moves:
        return ""
    return replan_words.others(times.moves[day], offer.wanted.session, zone_of(offer.wanted.location))


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
    if limits.followed:
        return _("Session %(number)s follows; after %(last)s it moves too.") % said
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
    earliest, nearest = getattr(refused, "earliest", None), getattr(refused, "nearest", [])
    if offer.wanted.among is not None:
        nearest = []  # the door does not know of the wish; the times below do
    return {
        "refused": refused.text,
        "more": list(dict.fromkeys(one.text for one in getattr(refused, "obstacles", ()))),
        "nearest": choosing.nearest_groups(nearest, zone_of(offer.wanted.location)),
        "earliest": {"href": offer.link(since=earliest, day=earliest), "words": formats.day(earliest)}
        if earliest
        else None,
        "is_busy": isinstance(refused, refusals.PatientBusy),
        "has_errors": True,
    }
