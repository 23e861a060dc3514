"""Close of day: lines that must reach zero, and a look at the next day."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.models import Booking, Status
from bookings.services.desk import day_end, todo
from bookings.services.desk.day_end import FreeTime
from bookings.views.desk.frame import day_address, desk_page
from bookings.views.desk.till import money_part
from bookings.views.desk.todo import shown
from bookings.views.desk.where import Where, address, read_where
from clinic import clock, formats
from clinic.permissions import staff
from clinic.services.days import zone_of


@never_cache
@require_safe
@staff()
def close(request: HttpRequest) -> HttpResponse:
    """A day that has not begun has nothing to settle: today is shown instead."""
    now = clock.now()
    where = read_where(request, now=now)
    if where.location is None:
        return desk_page(request, "no_location", {"here": "todo"}, now=now)
    day = min(where.day, where.today)
    lines = day_end.lines(location=where.location, day=day, now=now)
    content = {
        "here": "todo",
        **where.frame("desk_day_end"),
        "title": formats.day(day),
        "is_today": day == where.today,
        "lines": [
            {
                "title": line.title,
                "settled": line.settled,
                "rows": [shown(request, row, where) for row in line.rows],
            }
            for line in lines
        ],
        "is_settled": not any(line.rows for line in lines),
        "to_come": _to_come(where, now) if day == where.today else "",
        "earlier": _left_open(where, day),
        "day_href": day_address(location=where.location, day=day),
        "next": _next(where, day, now),
        "money": money_part(request, where, day),
    }
    return desk_page(request, "day_end", content, now=now)


def _to_come(where: Where, now: datetime) -> str:
    """How many are still to come: the day is not over."""
    count = Booking.objects.filter(
        location=where.location, day=where.today, status=Status.BOOKED, starts__gt=now, replaces=None
    ).count()
    words = ngettext("%(n)s visit is still to come.", "%(n)s visits are still to come.", count)
    return words % {"n": count} if count else ""


def _left_open(where: Where, shown_day: date) -> list[dict]:
    """Other days that were never closed."""
    found = todo.left_open(location=where.location, before=where.today)
    return [
        {
            "words": _("%(day)s: %(n)s") % {"day": formats.day(day), "n": count},
            "href": address("desk_day_end", at=where.location.slug, day=day.isoformat()),
        }
        for day, count in found.items()
        if day != shown_day
    ]


def _next(where: Where, day: date, now: datetime) -> dict | None:
    following = day_end.next_day(where.location, after=day)
    if following is None or following < where.today:
        return None
    free = day_end.free_time(location=where.location, day=following, now=now)
    return {
        "title": formats.day(following),
        "href": day_address(location=where.location, day=following),
        "free": [{"name": one.name, "spans": _spans(one, where)} for one in free],
    }


def _spans(free: FreeTime, where: Where) -> list[str]:
    tz = zone_of(where.location)
    return [formats.span_of(span.start, span.end, tz) for span in free.spans]
