"""Close of day: what has to be settled before everybody goes home, and what tomorrow looks like.

Each line is a function in LINES; records, payments and alarms come in as one more function and one more name.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bookings.models import Booking, Claim, Status, WorkingHours
from bookings.models.bookings import PRESENT
from bookings.services.desk import todo_rows
from bookings.services.desk.day import Column, read_columns
from bookings.services.desk.todo_rows import Act, Row, Urgency, about
from clinic import formats
from clinic.models import Location
from clinic.rules.timespans import Span, day_span, subtract
from clinic.services.days import local_day, zone_of
from treatments.services.agreeing import agreed_courses

WORTH_FILLING = timedelta(minutes=30)
NEXT_DAY_WITHIN = 7
BEGUN = (*PRESENT, Status.DONE)


class Day:
    """One day at one location, as it stands now; its visits are read once."""

    def __init__(self, location: Location, day: date, now: datetime) -> None:
        self.location, self.day, self.now = location, day, now
        self.tz, self.today = zone_of(location), local_day(now, location)

    @property
    def is_over(self) -> bool:
        return self.day < self.today

    @cached_property
    def visits(self) -> list[Booking]:
        """Everybody who was booked and did not cancel."""
        rows = Booking.objects.filter(location=self.location, day=self.day, replaces=None)
        return read(rows.filter(Q(status=Status.BOOKED) | Q(status__in=BEGUN)), self.location)


def read(bookings: QuerySet[Booking], location: Location) -> list[Booking]:
    found = bookings.select_related("patient__account", "visit_type", "practitioner__resource")
    rows = list(found.order_by("starts", "pk"))
    for booking in rows:
        booking.location = location
    return rows


@dataclass(frozen=True)
class Line:
    """What must reach zero. `settled`: what to say when it has."""

    title: str
    settled: str
    rows: tuple[Row, ...]


def lines(*, location: Location, day: date, now: datetime) -> list[Line]:
    """Return every line, settled or not; one query for visits, and two once a session has begun."""
    asked = Day(location, day, now)
    return [line(asked) for line in LINES]


# The lines


def without_status(day: Day) -> Line:
    """Who was booked, and neither came as far as we know nor was noted as not come."""
    rows = [
        _row(booking, _acts_on_arrival(booking, day), ("sun", "clock", _("came, or did not come?")))
        for booking in day.visits
        if booking.status == Status.BOOKED and booking.starts <= day.now
    ]
    return Line(_("Nobody has said whether they came"), _("Everybody has a status."), tuple(rows))


def _acts_on_arrival(booking: Booking, day: Day) -> tuple[Act, ...]:
    """Checked in on the day itself; later, a consultation is entered. A session needs its record."""
    if not day.is_over:
        came = [todo_rows.check_in(booking)]
    else:
        came = [] if booking.session_id else [todo_rows.was_here(booking)]
    return (*came, todo_rows.did_not_come(booking))


def still_inside(day: Day) -> Line:
    rows = [
        _row(booking, _acts_inside(booking), *_reason_inside(booking, day))
        for booking in day.visits
        if booking.status in PRESENT
    ]
    return Line(_("Still inside"), _("Everybody has gone home."), tuple(rows))


def _acts_inside(booking: Booking) -> tuple[Act, ...]:
    if booking.status in (Status.IN_ROOM, Status.WATCHING):
        return (todo_rows.done(booking),)
    return (todo_rows.to_the_room(booking),)


def _reason_inside(booking: Booking, day: Day) -> Iterable[tuple[str, str, str]]:
    yield "sky", "play", str(booking.get_status_display())
    if booking.arrived_at:
        yield (
            "plain",
            "clock",
            _("here since %(time)s") % {"time": formats.time_of(booking.arrived_at, day.tz)},
        )


def without_agreement(day: Day) -> Line:
    """Sessions under way or done of people whose agreement to that course is not there."""
    begun = [booking for booking in day.visits if booking.status in BEGUN and booking.session_id]
    agreed = agreed_courses(booking.course_id for booking in begun) if begun else set()
    rows = [
        _row(booking, (), ("sun", "form", _("agreement missing")))
        for booking in begun
        if booking.course_id not in agreed
    ]
    return Line(_("Agreement missing"), _("Every agreement is there."), tuple(rows))


def _row(booking: Booking, acts: tuple[Act, ...], *reasons: tuple[str, str, str]) -> Row:
    return Row(about(booking), Urgency.TODAY, booking.starts, reasons, acts, booking)


LINES: tuple[Callable[[Day], Line], ...] = (without_status, still_inside, without_agreement)


# What tomorrow looks like


@dataclass(frozen=True)
class FreeTime:
    """Of one practitioner: what nobody has booked yet."""

    name: str
    spans: tuple[Span, ...]


def next_day(location: Location, *, after: date) -> date | None:
    """Return the next day on which somebody works here, within a week; one query."""
    hours = WorkingHours.objects.filter(
        location=location, resource__is_active=True, from_on__lte=after + timedelta(days=NEXT_DAY_WITHIN)
    )
    rows = list(hours.values_list("weekday", "from_on", "until_on").distinct())
    days = (after + timedelta(days=n) for n in range(1, NEXT_DAY_WITHIN + 1))
    return next((day for day in days if any(_works(row, day) for row in rows)), None)


def _works(row: tuple, day: date) -> bool:
    weekday, from_on, until_on = row
    return weekday == day.weekday() and from_on <= day and (until_on is None or day <= until_on)


def free_time(*, location: Location, day: date, now: datetime) -> list[FreeTime]:
    """Return the stretches of half an hour or more that each practitioner has free; five queries."""
    columns = read_columns(location=location, day=day, by_room=False)
    taken = _taken([column.resource.pk for column in columns], day, location, now)
    found = [FreeTime(column.resource.name, _free(column, taken)) for column in columns]
    return [one for one in found if one.spans]


def _taken(resources: Sequence[int], day: date, location: Location, now: datetime) -> dict[int, list[Span]]:
    whole = day_span(day, zone_of(location))
    found: dict[int, list[Span]] = {resource: [] for resource in resources}
    if whole is None:
        return found
    claims = Claim.objects.filter(
        Q(held_until=None) | Q(held_until__gt=now),
        resource__in=resources,
        starts__gt=whole.start - timedelta(hours=12),  # as long as a claim may be: bounds the index
        starts__lt=whole.end,
        ends__gt=whole.start,
    )
    for resource, starts, ends in claims.values_list("resource", "starts", "ends"):
        found[resource].append(Span(starts, ends))
    return found


def _free(column: Column, taken: dict[int, list[Span]]) -> tuple[Span, ...]:
    hours = [Span(starts, ends) for starts, ends in column.hours]
    away = [Span(closure.starts, closure.ends) for closure in column.closures]
    left = subtract(hours, [*away, *taken[column.resource.pk]])
    return tuple(span for span in left if span.length >= WORTH_FILLING)
