"""The day at one location: who comes when, who waits, and one visit open beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.forms.desk import DayAsked
from bookings.models import Booking, Status
from bookings.models.bookings import GONE
from bookings.permissions import seen_bookings
from bookings.services import desk_acts
from bookings.services.desk_day import Column, Visit, last_touch, read_columns, read_visits
from bookings.views.desk import lines
from bookings.views.desk.frame import (
    GROUPING,
    PLACE,
    day_address,
    desk_page,
    locations_of,
    place_of,
)
from bookings.views.desk.lines import Line
from clinic import clock, formats
from clinic.models import Location
from clinic.permissions import CLINICIANS, duties, staff
from clinic.rules import phones
from clinic.services.days import local_day, zone_of
from treatments.services.may_treat import newest_precheck


@dataclass(frozen=True)
class Asked:
    """What the address asks for, as far as it makes sense."""

    locations: list[Location]
    location: Location | None
    day: date
    today: date
    by: str
    visit: str = ""

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    def address(self, *, location: Location | None = None, day: date | None = None, by: str = "") -> str:
        return day_address(location=location or self.location, day=day or self.day, by=by or self.by)


@dataclass
class Group:
    """The visits of one dermatologist, or in one room."""

    title: str
    note: str = ""
    away: list[str] = field(default_factory=list)
    rows: list[Line] = field(default_factory=list)
    now_before: str = ""  # the visit the line of the clock stands above
    now_last: bool = False


@never_cache
@require_safe
@staff()
def day(request: HttpRequest) -> HttpResponse:
    return day_page(request, read_asked(request, now=clock.now()), now=clock.now())


def read_asked(request: HttpRequest, *, now: datetime, booking: Booking | None = None) -> Asked:
    """`booking` says which day it is where a button of its line was pressed."""
    form = DayAsked(request.GET)
    form.is_valid()  # what cannot be read of an address that was cut counts as not asked for
    given = form.cleaned_data
    locations = locations_of(request)
    location = booking.location if booking else place_of(request, locations, given.get("at"))
    today = local_day(now, location)
    by = given.get("by") or request.POST.get("by") or request.session.get(GROUPING)
    by = "room" if by == "room" else "doctor"
    _remember(request, location, by)
    return Asked(
        locations=locations,
        location=location,
        day=booking.day if booking else given.get("day") or today,
        today=today,
        by=by,
        visit=booking.reference if booking else given.get("visit") or "",
    )


def _remember(request: HttpRequest, location: Location | None, by: str) -> None:
    chosen = {PLACE: location.slug if location else None, GROUPING: by}
    for name, value in chosen.items():
        if value and request.session.get(name) != value:
            request.session[name] = value


def day_page(
    request: HttpRequest, asked: Asked, *, now: datetime, refused: dict | None = None, status: int = 200
) -> HttpResponse:
    if asked.location is None:
        return desk_page(request, "no_location", {"here": "day"}, now=now)
    bookings = seen_bookings(request).filter(location=asked.location, day=asked.day)
    visits = read_visits(bookings, now=now)
    columns = read_columns(location=asked.location, day=asked.day, by_room=asked.by == "room")
    rows = [lines.line_of(visit, now=now, chosen=asked.visit) for visit in visits]
    content = {
        "asked": asked,
        "here": "day",
        "refused": refused,
        "groups": _groups(rows, columns, asked, now),
        "gone": [row for row in rows if row.status in GONE],
        "nobody": not rows,
        "by_room": asked.by == "room",
        "card": _card(request, rows, now),
        **_frame(asked),
        **_rail(visits, asked, now),
    }
    return desk_page(request, "day", content, now=now, status=status)


def _frame(asked: Asked) -> dict:
    """The bar above the day: its name, its neighbours, other locations, the other grouping."""
    one = timedelta(days=1)
    return {
        "title": formats.day(asked.day),
        "year": asked.day.year if asked.day.year != asked.today.year else "",
        "location_name": asked.location.area,
        "before": {"href": asked.address(day=asked.day - one), "words": formats.day(asked.day - one)},
        "after": {"href": asked.address(day=asked.day + one), "words": formats.day(asked.day + one)},
        "today_href": "" if asked.is_today else asked.address(day=asked.today),
        "places": [
            {"name": one.area, "href": asked.address(location=one), "chosen": one == asked.location}
            for one in asked.locations
        ],
        "groupings": [
            {"name": _("by doctor"), "href": asked.address(by="doctor"), "chosen": asked.by == "doctor"},
            {"name": _("by room"), "href": asked.address(by="room"), "chosen": asked.by == "room"},
        ],
        "keys": [
            ("/", _("find")), ("n", _("new booking")), ("j / k", _("along the list")), ("a", _("check in")),
            ("m", _("move")), ("x", _("cancel")), ("← / →", _("day before, after")), ("t", _("today")),
        ],
    }  # fmt: skip


# The groups


def _groups(rows: list[Line], columns: list[Column], asked: Asked, now: datetime) -> list[Group]:
    tz = zone_of(asked.location)
    groups = {column.resource.pk: _group(column, tz) for column in columns}
    for row in rows:
        if row.status in GONE:
            continue
        pk, name = _column_of(row, asked.by)
        groups.setdefault(pk, Group(name)).rows.append(row)
    found = [group for group in groups.values() if group.rows or group.note or asked.by == "doctor"]
    if asked.is_today:
        for group in found:
            _place_now(group, now)
    return found


def _group(column: Column, tz) -> Group:
    hours = ", ".join(formats.span_of(starts, ends, tz) for starts, ends in column.hours)
    away = [
        _("%(why)s, %(span)s") % {"why": closure.reason, "span": _span(closure, tz)}
        for closure in column.closures
    ]
    return Group(column.resource.name, hours, away)


def _span(closure, tz) -> str:
    if closure.ends - closure.starts >= timedelta(hours=23):
        return _("all day")
    return formats.span_of(closure.starts, closure.ends, tz)


def _column_of(row: Line, by: str) -> tuple[int, str]:
    booking = row.visit.booking
    if by == "doctor":
        return booking.practitioner_id, row.doctor
    if row.visit.rooms:
        pk = row.visit.rooms[0]
        named = {claim.resource_id: claim.resource.name for claim in booking.claims.all()}
        return pk, named[pk]
    return 0, _("Without a room")


def _place_now(group: Group, now: datetime) -> None:
    """The line of the clock stands above the first visit that has not begun, or below the last."""
    ahead = next((row for row in group.rows if row.starts > now), None)
    group.now_before = ahead.reference if ahead else ""
    group.now_last = bool(group.rows) and ahead is None


# At a glance


def _rail(visits: list[Visit], asked: Asked, now: datetime) -> dict:
    """Who is here and how long, only on the day itself."""
    if not asked.is_today:
        return {"waiting": [], "inside": [], "tally": _tally(visits)}
    waiting = sorted(filter(lines.is_waiting, visits), key=lambda visit: visit.booking.arrived_at or now)
    return {
        "clock_now": formats.time_of(now, zone_of(asked.location)),
        "waiting": [_glance(visit, asked) | {"tag": lines.waited(visit, now)} for visit in waiting],
        "inside": [_glance(visit, asked) for visit in filter(lines.is_inside, visits)],
        "tally": _tally(visits),
    }


def _glance(visit: Visit, asked: Asked) -> dict:
    booking = visit.booking
    href = day_address(location=asked.location, day=asked.day, by=asked.by, visit=booking)
    return {"name": booking.patient.name, "href": href, "status": booking.status}


def _tally(visits: Iterable[Visit]) -> str:
    coming = sum(visit.booking.status == Status.BOOKED for visit in visits)
    return ngettext("%(n)s to come", "%(n)s to come", coming) % {"n": coming}


# The open card


def _card(request: HttpRequest, rows: list[Line], now: datetime) -> dict | None:
    """Everything about the chosen visit, and what can be done with it."""
    row = next((row for row in rows if row.is_chosen), None)
    if row is None or row.status == Status.HELD:
        return None
    booking = row.visit.booking
    tz = zone_of(booking.location)
    check = _precheck(request, row)
    following = _next_visit(request, booking)
    return {
        "row": row,
        "facts": [
            {"term": part["time"], "value": ", ".join(filter(None, (part["name"], part["where"])))}
            for part in row.parts
        ],
        "phone": booking.patient.phone,
        "phone_words": phones.shown(booking.patient.phone),
        "next": formats.when(following.starts, zone_of(following.location)) if following else "",
        "touched": lines.touched(last_touch(booking), tz, now),
        "why_late": booking.entered_late_why,
        "can_move": desk_acts.can_move(booking),
        "may_be_no_show": desk_acts.may_be_no_show(booking, now=now),
        "may_be_entered": desk_acts.may_be_entered(booking, now=now),
        "again": booking.status in GONE,
        "acts": [
            act for act in row.acts if act.to != Status.PREPARING or check.get("precheck") in ("clear", None)
        ],
        **check,
    }


def _next_visit(request: HttpRequest, booking: Booking) -> Booking | None:
    coming = seen_bookings(request).filter(
        patient=booking.patient, status=Status.BOOKED, starts__gt=booking.starts
    )
    return coming.select_related("location").order_by("starts").first()


def _precheck(request: HttpRequest, row: Line) -> dict:
    """Before numbing a nurse or doctor asks in private; the desk sees only whether that is done."""
    if not any(act.to == Status.PREPARING for act in row.acts) or not row.visit.booking.session:
        return {}
    found = newest_precheck(row.visit.booking.session, row.visit.booking.day)
    return {
        "precheck": "missing" if found is None else "clear" if found.is_clear else "doctor",
        "may_check": duties(request).has(*CLINICIANS),
    }
