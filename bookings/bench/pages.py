"""Two pages behind the project's own middleware: nothing at all, and thirty days of openings as JSON."""

from datetime import timedelta
from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse

from bookings.bench import lookup, places
from bookings.services.openings.search import read_room, read_visit
from clinic.models import Location, VisitType

DAYS = 30


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def openings(request: HttpRequest, practitioner: int) -> JsonResponse:
    location, visit_type = _asked()
    last_day = places.TODAY + timedelta(days=DAYS - 1)
    room = read_room(
        visit=read_visit(visit_type), location=location, first_day=places.TODAY, last_day=last_day,
        now=places.NOW, practitioner=practitioner,
    )  # fmt: skip
    starts = room.starts(not_before=places.NOW)
    return JsonResponse({"openings": [start.isoformat(timespec="minutes") for start in starts]})


@cache
def _asked() -> tuple[Location, VisitType]:
    """Looked up once: what is measured is the search. The page of /book/ beside it looks up its own."""
    return lookup.place("four"), lookup.kind(places.TALK)
