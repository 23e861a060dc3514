"""Which day it is where the clinic is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from clinic.models import Location


def local_day(moment: datetime, location: Location | None = None) -> date:
    """Return the calendar day of `moment` at a location, or at the clinic as a whole."""
    return moment.astimezone(zone_of(location)).date()


def zone_of(location: Location | None = None) -> ZoneInfo:
    name = location.time_zone if location else getattr(settings, "CLINIC_TIME_ZONE", "Asia/Kolkata")
    return ZoneInfo(name)
