"""The sessions of a course as components/timeline.html draws them."""

from datetime import date, datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services.courses import Row, State
from bookings.services.own_visits import CourseSeen
from clinic import formats
from clinic.services.days import local_day, zone_of

FAR_AWAY = timedelta(days=180)


def timeline(seen: CourseSeen, following: Booking | None, now: datetime) -> list[dict]:
    """`following` is the visit the page shows on its own card."""
    today = local_day(now, seen.course.location)
    found = []
    for is_waiting, several in groupby(seen.rows, key=lambda row: row.state == State.WAITING):
        shown = list(several)
        found += [_waiting(shown)] if is_waiting else [_row(row, following, today) for row in shown]
    return found


def _waiting(several: list[Row]) -> dict:
    """Sessions whose days hang on one that has none yet: a line together."""
    first, last = several[0].session.number, several[-1].session.number
    number = str(first) if first == last else f"{first}–{last}"
    return {"state": "choose", "number": number, "when": _("after that"), "word": _("no day yet")}


def _row(row: Row, following: Booking | None, today: date) -> dict:
    number = {"number": row.session.number}
    if row.state == State.GIVEN:
        return number | {"state": "done", "when": _day(row.session.given_on, today)}
    if row.state == State.BOOKED:
        return number | _booked(row.booking, following)
    return number | {"state": "choose"} | _open(row)


def _booked(booking: Booking, following: Booking | None) -> dict:
    when = formats.when(booking.starts, zone_of(booking.location))
    if booking == following:
        return {"state": "next", "when": when}
    if booking.status != "booked":
        return {"state": "booked", "when": when, "word": booking.get_status_display()}
    address = reverse("move_visit", args=[booking.reference])
    return {"state": "booked", "when": when, "word": _("move"), "href": address}


def _open(row: Row) -> dict:
    when = _("around %(day)s") % {"day": formats.day(row.target)} if row.target else _("no day yet")
    if row.session.is_soft:
        return {"when": when, "word": _("not needed yet")}
    return {"when": when, "href": reverse("session_time", args=[row.session.pk])}


def _day(day: date, today: date) -> str:
    return formats.day_with_year(day) if abs(today - day) > FAR_AWAY else formats.day(day)
