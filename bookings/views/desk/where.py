"""Which location a list of the desk is about: the one asked for, or the one worked at last."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from bookings.forms.todo import PlaceAsked
from bookings.views.desk.frame import PLACE, locations_of, place_of
from clinic import formats
from clinic.models import Location
from clinic.services.days import local_day


@dataclass(frozen=True)
class Where:
    """`location` is None for somebody who works nowhere that is open.

    `done`: a visit just dealt with; `next`: the one that stood below it.
    """

    locations: list[Location]
    location: Location | None
    day: date
    today: date
    done: str = ""
    next: str = ""

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    def frame(self, name: str) -> dict:
        """What every list shows above itself; `name` is the page's URL."""
        return {
            "asked": self,
            "title": formats.day(self.day),
            "location_name": self.location.area,
            "places": [
                {"name": one.area, "href": address(name, at=one.slug), "chosen": one == self.location}
                for one in self.locations
            ],
        }


def read_where(
    request: HttpRequest, *, now: datetime, location: Location | None = None, remembers: bool = True
) -> Where:
    """`location`: where a button was pressed. What cannot be read of an address counts as not asked.

    `remembers`: it is where somebody works from now on; not so where a page asks by itself.
    """
    form = PlaceAsked(request.GET)
    form.is_valid()
    given = form.cleaned_data
    locations = locations_of(request)
    location = location or place_of(request, locations, given.get("at"))
    if remembers and location and request.session.get(PLACE) != location.slug:
        request.session[PLACE] = location.slug
    today = local_day(now, location)
    done, following = given.get("done") or "", given.get("next") or ""
    return Where(locations, location, given.get("day") or today, today, done, following)


def address(name: str, **parts: object) -> str:
    query = urlencode({part: value for part, value in parts.items() if value not in ("", None)})
    return reverse(name) + (f"?{query}" if query else "")
