"""A visit as a calendar file. Calendars are read over shoulders: it says when and where, never why."""

from datetime import datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from bookings.models import Booking, Status


def calendar_file(booking: Booking, *, clinic_name: str, now: datetime) -> bytes:
    """The same visit keeps its UID, so that a newer file moves the entry instead of adding one."""
    location = booking.location
    event = Event()
    event.add("uid", f"{booking.reference}@visits.clinic")
    event.add("sequence", booking.version)
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts)
    event.add("dtend", booking.ends)
    event.add("summary", _("Appointment, %(place)s") % {"place": location.area})
    event.add("location", ", ".join(filter(None, (location.name, location.address))))
    event.add("description", _("Reference %(reference)s") % {"reference": booking.reference})
    event.add("status", "CANCELLED" if booking.status == Status.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", f"-//{clinic_name}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()
