"""The day at one location as a board: who comes when to whom, who waits, and one visit open beside it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bookings.forms.board import Dropped
from bookings.forms.desk import DayAsked
from bookings.models import Booking, Status
from bookings.models.bookings import GONE
from bookings.permissions import seen_bookings
from bookings.services.desk.board import board_tag, cell_minutes, with_stamp
from bookings.services.desk.day import Visit, read_columns, read_visits, recent_touches
from bookings.views.desk.cards import Shown, drawings
from bookings.views.desk.frame import (
    GROUPING,
    PLACE,
    day_address,
    desk_page,
    locations_of,
    place_of,
)
from bookings.views.desk.grid import board_of
from bookings.views.desk.lines import line_of
from bookings.views.desk.rail import rail_of
from bookings.views.desk.side import side_of
from clinic import clock, formats
from clinic.models import Location
from clinic.permissions import my_locations, staff
from clinic.services.days import local_day

JUST_NOW = timedelta(minutes=1)
STEPS_ON_CARDS = (Status.ARRIVED, Status.IN_ROOM, Status.WATCHING, Status.DONE)


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

    @property
    def poll(self) -> str:
        """Where the page asks whether anything is new; the visit that is open is added there."""
        parts = {"at": self.location.slug, "day": self.day.isoformat(), "by": self.by}
        return f"{reverse('desk_board')}?{urlencode(parts)}"

    @property
    def shown(self) -> tuple[str, ...]:
        """What the board depends on. Which visit is open beside it is the page's own business."""
        return self.day.isoformat(), self.by


@never_cache
@require_safe
@gzip_page
@staff()
def day(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    return day_page(request, read_asked(request, now=now), now=now)


def read_asked(request: HttpRequest, *, now: datetime, booking: Booking | None = None) -> Asked:
    """`booking` says which day it is where a button of its card was pressed."""
    form = DayAsked(request.GET)
    form.is_valid()  # what cannot be read of an address that was cut counts as not asked for
    given = form.cleaned_data
    booking = booking or _opened(request, given)
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


def _opened(request: HttpRequest, given: dict) -> Booking | None:
    """The links of the cards carry a visit and nothing else: it knows its place and day."""
    if given.get("day") or not given.get("visit"):
        return None
    found = seen_bookings(request).filter(reference=given["visit"], location__opened_on__isnull=False)
    return found.select_related("location").first()


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
    here = with_stamp(my_locations(request).filter(pk=asked.location.pk), day=asked.day, now=now)
    content = {
        "here": "day",
        "refused": refused,
        "drawings": drawings(),
        "steps": STEPS_ON_CARDS,
        "dropped": Dropped.base_fields.keys() - {"by"},
        **_frame(asked),
        **day_content(request, asked, here.get(), now=now),
    }
    return desk_page(request, "day", content, now=now, status=status)


def day_content(request: HttpRequest, asked: Asked, stamped: Location, *, now: datetime) -> dict:
    """What is on the board and beside it. The stamp was read first: what comes later is found next time."""
    visits = _visits(request, asked, now)
    rows = [line_of(visit, now=now, chosen=asked.visit) for visit in visits if visit.booking.status in GONE]
    shown = Shown(
        location=asked.location,
        day=asked.day,
        by_room=asked.by == "room",
        now=now,
        is_today=asked.is_today,
        cells=cell_minutes(),
        chosen=asked.visit,
        touches=recent_touches(
            {visit.booking.pk for visit in visits}, since=now - JUST_NOW, but=request.user
        ),
    )
    columns = read_columns(location=asked.location, day=asked.day, by_room=shown.by_room)
    return {
        "asked": asked,
        "now": now,
        "tag": board_tag(stamped, shown=asked.shown, by=request.user, now=now),
        "board": board_of(visits, columns, shown),
        "gone": rows,
        "keys": _keys(),
        "card": side_of(request, _chosen(visits, asked), now=now),
        **rail_of(request, visits, asked, now=now),
    }


def _visits(request: HttpRequest, asked: Asked, now: datetime) -> list[Visit]:
    bookings = seen_bookings(request).filter(location=asked.location, day=asked.day)
    return read_visits(bookings, now=now, with_offers=True)


def _chosen(visits: list[Visit], asked: Asked) -> Visit | None:
    return next((visit for visit in visits if visit.booking.reference == asked.visit), None)


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
    }


def _keys() -> list[tuple[str, str]]:
    return [
        ("/", _("find")), ("n", _("new booking")), ("j / k", _("along the visits")),
        ("↑ / ↓", _("along the times of a column")), ("Enter", _("open")), ("a", _("check in")),
        ("c", _("confirm")), ("m", _("move")), ("x", _("cancel")), ("← / →", _("day before, after")),
        ("t", _("today")), ("w", _("who waits, to do")), ("?", _("these keys")),
    ]  # fmt: skip
