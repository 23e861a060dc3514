"""The sessions of a course as components/timeline.html draws them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.rules.soft_windows import SoftWindow
from bookings.services import soft
from bookings.services.courses import Row, State
from bookings.services.own_visits import CourseSeen
from clinic import formats
from clinic.services.days import local_day, zone_of
from treatments.services.pausing import is_the_doctors

FAR_AWAY = timedelta(days=180)


def timeline(seen: CourseSeen, following: Booking | None, now: datetime) -> list[dict]:
    """`following` is the visit the page shows on its own card."""
    today = local_day(now, seen.course.location)
    windows = soft.soft_windows(seen.rows)
    found = []
    for is_waiting, several in groupby(seen.rows, key=lambda row: _is_waiting(row, windows, seen)):
        shown = list(several)
        if is_waiting:
            found.append(_waiting(shown, seen))
        else:
            found += [_row(row, windows.get(row.session.pk), following, today) for row in shown]
    return found


def _is_waiting(row: Row, windows: Mapping[int, SoftWindow], seen: CourseSeen) -> bool:
    """Without a day, and nobody can say when; of a soft session the week can be told all the same. While the
    course is paused, of none.
    """
    if seen.pauses:
        return row.state in (State.WAITING, State.TO_BOOK)
    return row.state == State.WAITING and not (row.session.is_soft and row.session.pk in windows)


def _waiting(several: list[Row], seen: CourseSeen) -> dict:
    """Sessions whose days hang on one that has none yet: a line together."""
    first, last = several[0].session.number, several[-1].session.number
    number = str(first) if first == last else f"{first}–{last}"
    if seen.pauses:
        return {"state": "paused", "number": number, "when": _until(seen)}
    return {"state": "choose", "number": number, "when": _("after that"), "word": _("no day yet")}


def _until(seen: CourseSeen) -> str:
    if any(is_the_doctors(pause) for pause in seen.pauses):
        return _("the doctor says when")
    return _("when you go on")


def _row(row: Row, window: SoftWindow | None, following: Booking | None, today: date) -> dict:
    number = {"number": row.session.number}
    if row.state == State.GIVEN:
        return number | {"state": "done", "when": _day(row.session.given_on, today)}
    if row.state == State.BOOKED:
        return number | _booked(row.booking, following)
    if row.session.is_soft and window:
        return number | {"state": "choose"} | _soft(row, window, today)
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
    return {"when": when, "href": reverse("session_time", args=[row.session.pk])}


def _soft(row: Row, window: SoftWindow, today: date) -> dict:
    """A week, and no time: to choose once it is near, and then not before."""
    if soft.is_open(window, today):
        return {"when": _week(window, today), "href": reverse("session_time", args=[row.session.pk])}
    if window.opens_on is None:
        said = {"monday": _day_and_month(_monday(window.target), today)}
        return {"when": _("about the week of %(monday)s") % said, "word": _("not needed yet")}
    opens = {"day": formats.day(window.opens_on)}
    return {"when": _week(window, today), "word": _("choose from %(day)s") % opens}


def _week(window: SoftWindow, today: date) -> str:
    if _monday(window.target) <= today:
        return _("this week")
    return _("week of %(monday)s") % {"monday": _day_and_month(_monday(window.target), today)}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day_and_month(day: date, today: date) -> str:
    if day - today > FAR_AWAY:
        return formats.day_with_year(day)
    return _("%(day)s %(month)s") % {"day": day.day, "month": formats.month(day)}


def _day(day: date, today: date) -> str:
    return formats.day_with_year(day) if abs(today - day) > FAR_AWAY else formats.day(day)
