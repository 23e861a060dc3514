"""Courses whose booked sessions no longer fit: the desk plans the rest of them again."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services.broken_plans import broken
from bookings.services.desk import todo_rows
from bookings.services.desk.todo_rows import Row, Urgency
from clinic.models import Location

WEIGHT = 50


class Here(Protocol):
    location: Location
    today: date

    def read(self, bookings: QuerySet[Booking]) -> list[Booking]: ...

    def urgency(self, booking: Booking) -> Urgency: ...


def courses_to_plan_again(here: Here) -> Iterable[Row]:
    """A session was missed, or given on another day than planned."""
    found = broken(location=here.location, today=here.today)
    if not found:
        return
    for booking in here.read(Booking.objects.filter(pk__in=[one.pk for one in found.values()])):
        reasons = (("sun", "calendar", _("the next sessions no longer fit as they stand")),)
        yield Row(
            f"course:{booking.course_id}", here.urgency(booking), booking.starts, reasons,
            (todo_rows.plan_again(booking),), booking, weight=WEIGHT,
        )  # fmt: skip
