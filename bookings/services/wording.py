"""In which words a visit is told of: where, on which day, at what time; and what a message is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from bookings.models import Booking, ChangeLine, Status
from bookings.rules.reminder_ladder import Planned, Visit
from clinic import formats, outbox
from clinic.models import Location, Patient
from clinic.rules.message_texts import MessageFields
from clinic.rules.timespans import local_day
from consultations.services.links import link_of


class Places:
    """The locations of some bookings, each read once, and what a booking is at them."""

    def __init__(self, bookings: Sequence[Booking]) -> None:
        self._known = Location.objects.in_bulk({booking.location_id for booking in bookings})

    def __getitem__(self, location: int) -> Location:
        if location not in self._known:
            self._known[location] = Location.objects.get(pk=location)
        return self._known[location]

    def visit(self, booking: Booking) -> Visit | None:
        return self._visit(booking.starts, booking.location_id, booking.status)

    def before(self, line: ChangeLine) -> Visit | None:
        if line.before is None:
            return None
        starts, status = datetime.fromisoformat(line.before["starts"]), line.before["status"]
        was_here = status == Status.ARRIVED  # who waited here knew of that time
        return self._visit(starts, line.before["location"], Status.BOOKED if was_here else status)

    def _visit(self, starts: datetime, location: int, status: str) -> Visit | None:
        if status != Status.BOOKED:
            return None
        return Visit(starts, location, ZoneInfo(self[location].time_zone))


@dataclass(frozen=True, slots=True)
class Said:
    location: Location
    weekday_day: str
    time: str


def at_time(patient: Patient, location: Location, starts: datetime) -> Said:
    tz = ZoneInfo(location.time_zone)
    with translation.override(outbox.language_for(patient)):
        return Said(location, formats.day(local_day(starts, tz)), formats.time_of(starts, tz))


def on_days(patient: Patient, location: Location, first: date, last: date) -> Said:
    with translation.override(outbox.language_for(patient)):
        words = {"first": formats.day(first), "last": formats.day(last)}
        stretch = words["last"] if first >= last else _("from %(first)s to %(last)s") % words
    return Said(location, stretch, "")


def drafted(subject: str, patient: Patient, planned: Planned, said: Said, version: int = 1) -> outbox.Draft:
    location = said.location
    with translation.override(outbox.language_for(patient)):
        place = settings.CLINIC_NEUTRAL_NAME or _("the clinic")  # a location's own name may tell too much
    return outbox.Draft(
        subject=subject,
        kind=planned.kind,
        message_class=planned.message_class,
        patient=patient,
        fields=MessageFields(place, location.area, said.weekday_day, said.time, link_of(patient)),
        time_zone=location.time_zone,
        due_at=planned.due_at,
        not_after=planned.not_after,
        version=version,
    )


def about_booking(booking: int) -> str:
    return f"booking:{booking}"


def about_change(change: int) -> str:
    return f"change:{change}"


def about_session(session: int) -> str:
    return f"session:{session}"
