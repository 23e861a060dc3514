"""Finding one's way among the places."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings.bench.places import TODAY
from clinic.models import Location, Patient, Practitioner, VisitType
from clinic.rules import timespans


def place(slug: str) -> Location:
    return Location.objects.get(slug=slug)


def kind(code: str) -> VisitType:
    return VisitType.objects.get(code=code)


def practitioners(location: Location) -> list[int]:
    here = Practitioner.objects.filter(resource__working_hours__location=location)
    return list(here.distinct().order_by("pk").values_list("pk", flat=True))


def patients(number: int) -> list[Patient]:
    """The last ones, who have nothing ahead of them: those at the beginning have the visits to come."""
    return list(Patient.objects.select_related("account").order_by("-pk")[:number])


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A local time so many days after the Monday on which bench lives."""
    return timespans.local_instant(TODAY + timedelta(days=day), time(hour, minute), ZoneInfo("Asia/Kolkata"))
