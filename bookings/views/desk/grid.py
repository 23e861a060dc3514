"""The day as a board: which card stands where in which column, with every word ready for the template.

The grid is made here, by the server, of CSS classes alone, and a small script sits on top (js/board.js). A
calendar library (EventCalendar) was looked at and left: it draws in the browser, so nothing prints and
nothing is there without JavaScript; its events have no steps, so numbing, injecting and watching would be
three events instead of one card; and the words that screen readers hear would be its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Closure
from bookings.models.bookings import GONE
from bookings.rules import board as rules
from bookings.rules.board import Lane, Scale
from bookings.services.desk.day import Column, Visit
from bookings.views.desk.cards import Card, Shown, card_of
from clinic import formats
from clinic.models import Resource
from clinic.rules import timespans
from clinic.rules.timespans import GRAIN, Span

NOON = time(12)
LABEL_EVERY = 6  # rows


@dataclass(frozen=True)
class Band:
    """Time in a column in which nothing can be booked, or not by everybody."""

    place: str
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Cell:
    """An empty time: a link to finding somebody for it."""

    at: datetime
    place: str
    href: str
    words: str


@dataclass
class Stack:
    """One column of the board."""

    key: int
    name: str
    note: str = ""
    late: str = ""
    bands: list[Band] = field(default_factory=list)
    items: list[Cell | Card] = field(default_factory=list)
    lanes: int = 1
    has_cards: bool = False


def board_of(visits: Iterable[Visit], columns: Iterable[Column], shown: Shown) -> dict:
    """What components/board.html takes."""
    columns = _with_all(columns, visits, shown)
    scale = rules.scale_over(_spans_of(columns), day=shown.day, tz=shown.tz)
    stacks = [_stack(column, found, scale, shown) for column, found in columns]
    return {
        "starts": scale.starts,
        "rows": scale.rows,
        "last_row": scale.rows - 2,  # labels are two rows high
        "by_room": shown.by_room,
        "every": shown.cells,
        "tz": shown.tz,
        "hours": list(_labels(scale, shown.tz)),
        "now": _now(scale, shown),
        "columns": stacks,
        "nobody": not any(stack.has_cards for stack in stacks),
    }


def _with_all(
    columns: Iterable[Column], visits: Iterable[Visit], shown: Shown
) -> list[tuple[Column, list[Visit]]]:
    """Each column with its visits; one more for whoever has visits and is not here that day."""
    found: dict[int, tuple[Column, list[Visit]]] = {column.resource.pk: (column, []) for column in columns}
    for visit in visits:
        if visit.booking.status not in GONE:
            key, name = _column_of(visit, shown.by_room)
            column = Column(Resource(pk=key, name=name), (), ())
            found.setdefault(key, (column, []))[1].append(visit)
    return list(found.values())


def _column_of(visit: Visit, by_room: bool) -> tuple[int, str]:
    booking = visit.booking
    if not by_room:
        return booking.practitioner_id, booking.practitioner.resource.name
    if visit.rooms:
        named = {claim.resource_id: claim.resource.name for claim in booking.claims.all()}
        return visit.rooms[0], named[visit.rooms[0]]
    return 0, _("Without a room")


def _spans_of(columns: Iterable[tuple[Column, list[Visit]]]) -> list[Span]:
    hours = [span for column, _visits in columns for span in column.spans]
    taken = [visit.span for _column, visits in columns for visit in visits]
    return hours + taken


def _labels(scale: Scale, tz: tzinfo) -> Iterator[dict]:
    for row in range(0, scale.rows, LABEL_EVERY):
        local = (scale.starts + row * GRAIN).astimezone(tz)
        yield {"row": row, "words": f"{local.hour % 12 or 12}:{local.minute:02}", "full": not local.minute}


def _now(scale: Scale, shown: Shown) -> dict | None:
    if not shown.is_today or not scale.span.start <= shown.now < scale.span.end:
        return None
    return {"row": scale.row(shown.now), "words": formats.time_of(shown.now, shown.tz)}


# One column


def _stack(column: Column, visits: list[Visit], scale: Scale, shown: Shown) -> Stack:
    key, lanes = column.resource.pk, rules.side_by_side([visit.span for visit in visits])
    cards = [
        card_of(visit, _place(visit.span, scale) + _lane(lane), key, shown)
        for visit, lane in zip(visits, lanes, strict=True)
    ]
    cells = _cells(column, visits, scale, shown)
    return Stack(
        key,
        column.resource.name,
        ", ".join(formats.span_of(starts, ends, shown.tz) for starts, ends in column.hours),
        _("runs %(n)s min late") % {"n": column.late} if column.late else "",
        [*_bands(column, scale, shown), *_cleaned(visits, key if shown.by_room else None, scale)],
        sorted([*cards, *cells], key=lambda item: item.at),
        max((lane.of for lane in lanes), default=1),
        bool(cards),
    )


def _bands(column: Column, scale: Scale, shown: Shown) -> list[Band]:
    bands = list(_placed(timespans.subtract([scale.span], column.spans), scale, "off"))
    bands += _placed(_kept(column, shown), scale, "kept", _("kept for urgent visits until noon"))
    for closure in column.closures:
        away = Span(closure.starts, closure.ends)
        bands += _placed([away], scale, "away", _why_away(closure, shown))
    return bands


def _kept(column: Column, shown: Shown) -> Iterable[Span]:
    return column.urgent if shown.now < timespans.local_instant(shown.day, NOON, shown.tz) else ()


def _placed(spans: Iterable[Span], scale: Scale, kind: str, words: str = "") -> Iterator[Band]:
    for span in spans:
        if place := _place(span, scale):
            yield Band(place, kind, words)


def _place(span: Span, scale: Scale) -> str:
    found = scale.place(span)
    return f"r-{found[0]} s-{found[1]}" if found else ""


def _why_away(closure: Closure, shown: Shown) -> str:
    last = (closure.ends - timedelta(microseconds=1)).astimezone(shown.tz).date()
    if last > shown.day:
        return _("%(why)s, till %(day)s") % {"why": closure.reason, "day": formats.day(last)}
    if closure.ends - closure.starts >= timedelta(hours=23):
        return closure.reason
    span = formats.span_of(closure.starts, closure.ends, shown.tz)
    return _("%(why)s, %(span)s") % {"why": closure.reason, "span": span}


def _cleaned(visits: Iterable[Visit], room: int | None, scale: Scale) -> Iterator[Band]:
    """What is still taken when somebody has left: the room of this column, or any of theirs."""
    for visit in visits:
        uses = [
            until for part in visit.parts for resource, until in part.uses.items() if room in (None, resource)
        ]
        until = max(uses, default=visit.booking.ends)
        if until > visit.booking.ends:
            yield from _placed([Span(visit.booking.ends, until)], scale, "clean")


def _cells(column: Column, visits: Iterable[Visit], scale: Scale, shown: Shown) -> list[Cell]:
    """Rooms have none: the door chooses a room when the time is taken."""
    if shown.by_room:
        return []
    away = [Span(closure.starts, closure.ends) for closure in column.closures]
    found = rules.free_cells(
        open_spans=timespans.subtract(column.spans, away),
        taken=[visit.span for visit in visits],
        minutes=shown.cells,
        tz=shown.tz,
        now=shown.now,
    )
    asked = {"at": shown.location.slug, "day": shown.day.isoformat()}
    path = reverse("patient_list")
    return [
        Cell(
            cell.start,
            _place(cell, scale),
            f"{path}?{urlencode(asked | _clicked(cell, column, shown.tz), safe=':')}",
            formats.time_of(cell.start, shown.tz),
        )
        for cell in found
    ]


def _clicked(cell: Span, column: Column, tz: tzinfo) -> dict:
    """What the clock at the location shows: the page that asks who it is for reads it as such."""
    return {"start": cell.start.astimezone(tz).strftime("%Y-%m-%dT%H:%M"), "who": column.resource.pk}


def _lane(lane: Lane) -> str:
    if lane.of == 1:
        return ""
    at, take = f" at-{lane.at}" if lane.at else "", f" take-{lane.take}" if lane.take > 1 else ""
    return f" of-{lane.of}{at}{take}"
