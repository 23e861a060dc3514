"""Lines for free times that people were told of, and nobody has said yes to yet: ringing may be quicker."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Protocol

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.rules import offer_terms
from bookings.services.desk.todo_rows import Act, Row, Urgency
from bookings.services.waiting import listing
from clinic.models import Location


class Here(Protocol):
    location: Location
    now: datetime
    tz: tzinfo

    def time(self, moment: datetime) -> str: ...


def free_times(scope: Here) -> Iterable[Row]:
    """Times of today and tomorrow. Later ones have their time to be answered."""
    for freed in listing.to_ring_about(scope.location, now=scope.now):
        if offer_terms.is_soon(freed.starts, tz=scope.tz, now=scope.now):
            words = ngettext(
                "%(n)s was told of it, no yes yet", "%(n)s were told of it, no yes yet", freed.asked
            )
            query = urlencode({"at": scope.location.slug, "freed": freed.pk})
            said = {"when": scope.time(freed.starts), "doctor": freed.practitioner.resource.name}
            yield Row(
                f"freed:{freed.pk}", Urgency.TODAY, freed.starts,
                (("leaf", "clock", words % {"n": freed.asked}),),
                (Act(_("Who waits…"), f"{reverse('desk_waiting')}?{query}"),),
                title=_("Free: %(when)s, %(doctor)s") % said,
            )  # fmt: skip
