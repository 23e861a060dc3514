"""The visit that is open beside the board: everything about it, and everything that can be done with it."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking, Status
from bookings.models.bookings import GONE
from bookings.permissions import seen_bookings
from bookings.services.desk import acts as desk_acts
from bookings.services.desk import lateness
from bookings.services.desk.day import Visit, last_touch
from bookings.views.desk import lines
from bookings.views.desk.lines import Line
from bookings.views.desk.rail import address_if_there
from clinic import formats
from clinic.permissions import CLINICIANS, duties
from clinic.rules import phones
from clinic.services.days import local_day, zone_of
from consultations.services.form_state import SENT
from treatments.services.may_treat import newest_precheck

LATE = (10, 20, 30)  # minutes, as the database allows
LEAVING = (Status.WATCHING, Status.DONE)
MAY_FILL_IN = (Status.BOOKED, Status.ARRIVED)


def side_of(request: HttpRequest, visit: Visit | None, *, now: datetime) -> dict | None:
    """What parts/side.html takes; a time that is only held is nobody's visit yet."""
    if visit is None or visit.booking.status == Status.HELD:
        return None
    booking, tz = visit.booking, zone_of(visit.booking.location)
    row = lines.line_of(visit, now=now, chosen=visit.booking.reference)
    check = _precheck(request, row)
    following = _next_visit(request, booking)
    return {
        "row": row,
        "year": booking.day.year if booking.day.year != now.year else "",
        "day": formats.day(booking.day),
        "facts": [
            {"term": part["time"], "value": ", ".join(filter(None, (part["name"], part["where"])))}
            for part in row.parts
        ],
        "arranged": _arranged(visit, now),
        "phone": booking.patient.phone,
        "phone_words": phones.shown(booking.patient.phone),
        "next": formats.when(following.starts, zone_of(following.location)) if following else "",
        "touched": lines.touched(last_touch(booking), tz, now),
        "acts": [
            act for act in row.acts if act.to != Status.PREPARING or check.get("precheck") in ("clear", None)
        ],
        "ways": _ways(visit, now),
        **_may(booking, now),
        **check,
    }


def _may(booking: Booking, now: datetime) -> dict:
    is_today = booking.day == local_day(now, booking.location)
    ahead = booking.status == Status.BOOKED and booking.starts > now
    return {
        "can_move": desk_acts.can_move(booking),
        "may_confirm": ahead and booking.confirmed_at is None,
        "late": LATE if booking.status == Status.BOOKED and is_today else (),
        "may_be_no_show": desk_acts.may_be_no_show(booking, now=now),
        "missed_for": _missed_for(booking, now),
        "may_be_entered": desk_acts.may_be_entered(booking, now=now),
        "again": booking.status in GONE,
    }


def _missed_for(booking: Booking, now: datetime) -> int:
    """For how many minutes somebody is not here, once it may be said that they do not come; else 0.

    As in To do: not before they had time, and never while their doctor runs late.
    """
    if not lateness.may_suggest_no_show(booking, now=now):
        return 0  # without reading how late anybody runs
    delay = lateness.delays(location=booking.location, day=booking.day, now=now).get(booking.practitioner_id)
    if delay and not lateness.may_suggest_no_show(booking, delay=delay, now=now):
        return 0
    return (now - booking.starts) // timedelta(minutes=1)


def _ways(visit: Visit, now: datetime) -> list[dict]:
    """Pages of the desk that take this visit on. One that does not exist is left out."""
    booking = visit.booking
    is_today = booking.day == local_day(now, booking.location)
    wanted = (
        ("desk_checkout", _("Check out…"), booking.status in LEAVING),
        ("desk_here_instead", _("Came to another place…"), booking.status == Status.BOOKED and is_today),
    )
    found = [(address_if_there(name, booking.reference), words) for name, words, is_so in wanted if is_so]
    if is_today and booking.session_id is None and visit.notes.form != SENT and booking.status in MAY_FILL_IN:
        found.insert(0, (reverse("hand_tablet", args=[booking.patient_id]), _("Hand the tablet…")))
    return [{"href": href, "words": words} for href, words in found if href]


def _arranged(visit: Visit, now: datetime) -> list[dict]:
    """What was agreed for this visit alone, and by whom."""
    booking = visit.booking
    kept = f"{booking.kept_why} · {booking.kept_by.name}" if booking.kept_by else ""
    rows = (
        (_("Other time"), _asked_about(visit, now)),
        (_("Kept"), kept),
        (_("Fitted in"), booking.fit_in_reason),
        (_("Entered later"), booking.entered_late_why),
    )
    return [{"term": term, "value": value} for term, value in rows if value]


def _asked_about(visit: Visit, now: datetime) -> str:
    """They were asked whether they would come then; until they answer it is kept for them."""
    if not getattr(visit.booking, "asked_to_move", False):
        return ""
    offers = visit.booking.offers.filter(status=Status.HELD).unexpired(now).select_related("location")
    offer = offers.order_by("starts").first()
    if offer is None:
        return ""
    tz = zone_of(offer.location)
    said = {"when": formats.when(offer.starts, tz), "until": formats.when(offer.held_until, tz)}
    return _("%(when)s, asked; kept until %(until)s") % said


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
    is_missing = found is None or found.is_outdated
    return {
        "precheck": "missing" if is_missing else "clear" if found.is_clear else "doctor",
        "may_check": duties(request).has(*CLINICIANS),
    }
