"""A visit as a card of the day board: its steps as parts of one card, its status by colour, icon and word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bookings.models import Status
from bookings.services.desk import acts as desk_acts
from bookings.services.desk.day import Part, Touch, Visit
from bookings.views.desk import lines
from bookings.views.desk.lines import Act, Line
from clinic import formats
from clinic.icons import DRAWINGS
from clinic.models import Location
from clinic.rules.timespans import GRAIN
from clinic.services.days import zone_of

DUE_AHEAD = timedelta(hours=2)  # people come early; later visits are checked in from the open card


@dataclass(frozen=True)
class Shown:
    """What is drawn and for whom: `cells` is how many minutes an empty one lasts."""

    location: Location
    day: date
    by_room: bool
    now: datetime
    is_today: bool
    cells: int
    chosen: str = ""
    touches: Mapping[int, Touch] = field(default_factory=dict)

    @property
    def tz(self) -> tzinfo:
        return zone_of(self.location)


@dataclass(frozen=True)
class Card:
    """One visit, its steps as parts. `version` is only there where it may be dragged."""

    at: datetime
    place: str
    look: str
    reference: str
    href: str
    name: str
    age: str
    when: str
    about: str
    marks: SafeString
    parts: list[tuple[str, str]]
    chosen: bool = False
    version: int | None = None
    every: int = 15
    seen: int = 1
    step: Act | None = None
    touched: str = ""
    touched_at: int = 0


def card_of(visit: Visit, place: str, column: int, shown: Shown) -> Card:
    """`column`: the resource in whose column it stands."""
    line = lines.line_of(visit, now=shown.now, chosen=shown.chosen)
    booking = visit.booking
    touch = shown.touches.get(booking.pk)
    return Card(
        at=booking.starts,
        place=place,
        look=_look(line, visit, is_touched=touch is not None),
        reference=line.reference,
        href=_href(visit),
        name=line.name,
        age=line.age,
        when=line.when,
        about=_about(line, visit, shown),
        marks=_marks(line, visit),
        parts=list(_parts(visit, column if shown.by_room else None)),
        chosen=line.is_chosen,
        version=booking.version if desk_acts.can_move(booking) else None,
        every=booking.visit_type.start_every_minutes,
        seen=booking.version,
        step=line.next if _is_due(visit, shown.now) else None,
        touched=lines.touched_just_now(touch, shown.tz, shown.now) if touch else "",
        touched_at=int(touch.at.timestamp()) if touch else 0,
    )


def _look(line: Line, visit: Visit, *, is_touched: bool) -> str:
    kind = "offer" if visit.is_offer else "confirmed" if _is_confirmed(visit) else line.status
    chosen, touched = " chosen" if line.is_chosen else "", " touched" if is_touched else ""
    return f"{kind}{chosen}{touched}"


def _is_confirmed(visit: Visit) -> bool:
    return visit.booking.status == Status.BOOKED and visit.booking.confirmed_at is not None


def _href(visit: Visit) -> str:
    """An offer opens the visit it would replace; a time that somebody only holds opens nothing."""
    if visit.is_offer:
        return f"?visit={visit.booking.replaces.reference}"
    return f"?visit={visit.booking.reference}" if visit.booking.patient_id else ""


def _about(line: Line, visit: Visit, shown: Shown) -> str:
    if visit.is_offer:
        before = formats.when(visit.booking.replaces.starts, shown.tz)
        return _("instead of %(when)s") % {"when": before}
    what = line.what
    if visit.session_of:
        number, count = visit.session_of
        what = _("session %(number)s of %(count)s") % {"number": number, "count": count}
    return f"{what} · {line.doctor}" if shown.by_room else what


def _is_due(visit: Visit, now: datetime) -> bool:
    return visit.booking.status != Status.BOOKED or visit.booking.starts <= now + DUE_AHEAD


def _parts(visit: Visit, room: int | None) -> Iterator[tuple[str, str]]:
    """Classes and words of each step. In a room's column the steps elsewhere are paler."""
    alone, cleaned = len(visit.parts) == 1, 0
    for part in visit.parts:
        rows = (part.ends - part.starts) // GRAIN
        elsewhere = room is not None and room not in part.uses and not alone
        classes = [f"s-{rows}", "" if alone else part.kind, "elsewhere" if elsewhere else ""]
        if cleaned:
            classes.append(f"t-{min(cleaned, rows)}")
        yield " ".join(filter(None, classes)), _part_words(part, alone)
        cleaned = (part.uses.get(room, part.ends) - part.ends) // GRAIN


def _part_words(part: Part, alone: bool) -> str:
    return " · ".join(([] if alone else [part.name]) + ([", ".join(part.where)] if part.where else []))


# Small drawings: each is drawn once on the page, and named by the cards


def _marks(line: Line, visit: Visit) -> SafeString:
    state = _mark(*line.state)
    if line.status == Status.HELD and not visit.is_offer:
        until = int(visit.booking.held_until.timestamp())
        state = format_html('<span data-until="{}">{}</span>', until, state)
    return mark_safe(state + "".join(_mark(*tag) for tag in line.tags))  # noqa: S308 (made by format_html)


@lru_cache(maxsize=1000)
def _mark(colour: str, icon: str, words: str) -> SafeString:
    mark = '<span class="tag {}"><svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg> {}</span>'
    return format_html(mark, colour, icon, words)


def drawings() -> list[tuple[str, SafeString]]:
    """Name and drawing of each, for the sheet that the cards' marks refer to."""
    return [(name, mark_safe(drawing)) for name, drawing in DRAWINGS.items()]  # noqa: S308 (our own)
