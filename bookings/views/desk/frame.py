"""What every page of the desk stands in: the search box, the undo bar, the way back to the day."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Booking, Change, ChangeLine
from bookings.services.desk import acts as desk_acts
from bookings.services.door.changes import CLOSE
from clinic import formats
from clinic.models import Location, Patient
from clinic.permissions import my_locations
from clinic.services.days import zone_of

SEARCH = "desk_search"  # session: names and numbers never stand in an address
PLACE, GROUPING = "desk_at", "desk_by"  # session: what was chosen last


def desk_page(
    request: HttpRequest, template: str, content: dict, *, now: datetime, status: int = 200
) -> HttpResponse:
    done = desk_acts.own_last(by=request.user, now=now)
    content |= {"undo": undo_bar(done) if done else None}
    return render(request, f"bookings/desk/{template}.html", content, status=status)


def undo_bar(done: Sequence[Change]) -> dict:
    """What components/undo_bar.html takes; the key is this page's, so that two presses undo once.

    `done`: what one press did. One undo takes all of it back, with the closing if it closed something.
    """
    closing = next((change for change in done if change.action == CLOSE), None)
    change = closing or done[0]
    lines = [line for one in done for line in one.lines.all()]
    tz = zone_of(lines[0].booking.location) if lines else zone_of()
    is_many = closing or len(done) > 1
    return {
        "action": reverse("desk_undo", args=[change.key]),
        "text": _words_of_many(len(lines), change.closed) if is_many else _said(change, lines, tz),
        "once": uuid4(),
        "until": formats.time_of(change.undo_until, tz),
    }


def _words_of_many(count: int, closed: str | None) -> str:
    words = ngettext("%(n)s visit moved or cancelled.", "%(n)s visits moved or cancelled.", count)
    said = [_("Closed: %(what)s.") % {"what": closed}] if closed else []
    return " ".join([*said, *([words % {"n": count}] if count else [])])


def _said(change: Change, lines: Sequence[ChangeLine], tz: tzinfo) -> str:
    booking = lines[0].booking
    said = {"name": booking.patient.name, "when": formats.when(booking.starts, tz), "n": len(lines)}
    return _words(change.action, len(lines)) % said


def _words(action: str, count: int) -> str:
    if count > 1:
        return {
            "place": _("Booked %(n)s visits of %(name)s, the first %(when)s."),
            "move": _("Moved %(n)s visits of %(name)s, the first to %(when)s."),
            "replan": _("Planned %(n)s visits of %(name)s anew, the first for %(when)s."),
        }.get(action, _("Cancelled %(n)s visits of %(name)s, the first %(when)s."))
    return {
        "move": _("Moved %(name)s to %(when)s."),
        "replan": _("Moved %(name)s to %(when)s."),
        "cancel": _("Cancelled %(name)s, %(when)s."),
    }.get(action, _("Booked %(name)s, %(when)s."))


def locations_of(request: HttpRequest) -> list[Location]:
    return list(my_locations(request).order_by("pk"))


def place_of(request: HttpRequest, locations: list[Location], slug: str | None) -> Location | None:
    """The location asked for, or the one worked at last, or the first."""
    wanted = (slug, request.session.get(PLACE))
    found = (one for name in wanted if name for one in locations if one.slug == name)
    return next(found, locations[0] if locations else None)


def day_address(*, location: Location, day: date, by: str = "", visit: Booking | None = None) -> str:
    """The day with one visit open; `by` empty: grouped as last time."""
    parts = {"at": location.slug, "day": day.isoformat(), "by": by, "visit": visit.reference if visit else ""}
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{reverse('desk_day')}?{query}" + (f"#v-{visit.reference}" if visit else "")


def address_of(booking: Booking, by: str = "") -> str:
    return day_address(location=booking.location, day=booking.day, by=by, visit=booking)


def age_of(patient: Patient, today: date) -> str:
    """34, or ~34 where only the year is known."""
    if patient.born_on:
        had_birthday = (today.month, today.day) >= (patient.born_on.month, patient.born_on.day)
        return str(today.year - patient.born_on.year - (not had_birthday))
    if patient.approximate_birth_year:
        return f"~{today.year - patient.approximate_birth_year}"
    return ""
