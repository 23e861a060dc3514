"""One page of times at the desk: for which visit, with whom, and under which address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.http import urlencode

from bookings.services.desk.times import Wanted
from bookings.services.openings.doctors import Doctor, Whom
from clinic.services.days import local_day

ANYBODY = 0  # in an address: "who" was asked for and is anybody
SHOWN = "%Y-%m-%dT%H:%M"  # a time in an address, as the clock at the location shows it


@dataclass(frozen=True)
class Offer:
    """One page of times. `path` and `parts` are its address; `who` may be ANYBODY.

    `start`: what the clock showed where somebody clicked. `own`: times with this dermatologist come first.
    """

    wanted: Wanted
    path: str
    parts: dict
    now: datetime
    doctors: Sequence[Doctor]
    whom: Whom
    since: date | None = None
    day: date | None = None
    start: datetime | None = None
    own: int | None = None

    def link(self, **other) -> str:
        """This page with something else chosen; None leaves a part out."""
        start = self.start.strftime(SHOWN) if self.start else None
        parts = {"since": self.since, "start": start, **self.parts, **other}
        query = urlencode({name: value for name, value in parts.items() if value is not None})
        return f"{self.path}?{query}" if query else self.path

    @property
    def here(self) -> str:
        """Where its form posts to: the page as it is."""
        return self.link(day=self.day)

    @property
    def today(self) -> date:
        return local_day(self.now, self.wanted.location)
