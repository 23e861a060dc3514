"""What is free once a place has closed, over all the days that are looked at, and who has what of it.

`base`: free but for the visits that look for a time. Once they are seated, what those have is taken until
they give it up: who is asked keeps it until they answer.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from bookings.models import Away, Booking, Closure
from bookings.models.bookings import LIVE
from bookings.rules.openings import cells_of, run_of
from bookings.rules.reflow import AHEAD, BEFORE, Displaced, Found
from bookings.services.desk.urgent import sitting_in_urgent_time
from bookings.services.openings.search import Room, read_room, read_visit
from clinic.models import Location, Resource
from clinic.rules import timespans
from clinic.rules.timespans import Span
from clinic.services.days import local_day

DAY = timedelta(days=1)
MOST_DAYS = timedelta(days=400)  # a course lasts a year at most
Claims = tuple[tuple[int, Span], ...]


@dataclass(frozen=True)
class Closing:
    """What closes, and when: a location, a resource, or a resource at one location alone."""

    location: Location | None
    resource: Resource | None
    span: Span

    @classmethod
    def of(cls, closure: Closure) -> "Closing":
        return cls(closure.location, closure.resource, Span(closure.starts, closure.ends))

    @property
    def parts(self) -> dict:
        """As services/closing/closures.py takes it."""
        span = self.span
        return {
            "location": self.location, "resource": self.resource, "starts": span.start, "ends": span.end,
        }  # fmt: skip

    def closes(self, resource: int, location: Location) -> bool:
        here = self.location is None or self.location == location
        return here and (self.resource is None or self.resource.pk == resource)


@dataclass(frozen=True)
class Taken:
    """What one booking was given. `gave_up`: what it has is free meanwhile."""

    booking: int
    found: Found
    claims: Claims
    span: Span
    gave_up: bool


RoomKey = tuple[int, int, bool]


class Diary:
    """Expects the claims of those who look for a time (`touched`) loaded; `others` of their courses may move.

    A constant number of queries, however many there are.
    """

    def __init__(
        self, closing: Closing, touched: Sequence[Booking], others: Iterable[Booking], now: datetime
    ) -> None:
        self.touched, self.now = touched, now
        self.bookings = {booking.pk: booking for booking in (*others, *touched)}
        everybody = list(self.bookings.values())
        self.busy, self.away = _busy(everybody), _away(everybody)
        self.urgent = sitting_in_urgent_time(touched)
        self.rooms = _rooms(touched, everybody, self.urgent, now)
        for room in self.rooms.values():
            _close(room, closing)
        self.base = {key: dict(room.availability.free) for key, room in self.rooms.items()}
        self.taken: dict[int, tuple[Claims, Span]] = {}
        self.given_up: set[int] = set()
        self.is_seated = False
        self._allowed: dict[RoomKey, int] = {}
        self._cells: dict[tuple, int] = {}
        self._days: dict[tuple[RoomKey, date], tuple[int, int]] = {}
        self.version = 0  # grows with whatever is taken or given back

    def seat(self) -> None:
        """From here on what those who look for a time have is taken."""
        self.is_seated = True
        for booking in self.touched:
            self._occupy(_claimed(booking))

    # What a visit has

    def give_up(self, visit: int) -> None:
        self.given_up.add(visit)
        if self.is_seated:
            self._free(_claimed(self.bookings[visit]))

    def keep(self, visit: int) -> None:
        self.given_up.discard(visit)
        if self.is_seated:
            self._occupy(_claimed(self.bookings[visit]))

    def take(self, visit: int, starts: datetime, who: int | None = None, *, with_own: bool = False):
        """Take all it needs at this start, with `who` if they can; return with whom, None if it cannot be.

        `with_own`: with nobody else.
        """
        room = self.room(visit, starts)
        if starts < self.now or not _on_grid(starts, room):
            return None
        chosen = room.choose(starts, who)
        if chosen is None and not with_own:
            chosen = room.choose(starts)
        if chosen is None:
            return None
        claims = tuple((resource, span) for resource, _, span in room.claim_spans(starts, chosen))
        self._take(visit, claims, Span(starts, starts + room.visit.length))
        return chosen[room.visit.practitioner_need]

    def take_again(self, taken: Taken) -> None:
        if taken.gave_up:
            self.give_up(taken.booking)
        self._take(taken.booking, taken.claims, taken.span)

    def leave(self, visit: int) -> None:
        """Free what it took; what it had is its own again."""
        claims, _ = self.taken.pop(visit)
        self._free(claims)
        if visit in self.given_up:
            self.keep(visit)

    def noted(self, visit: int, found: Found) -> Taken:
        return Taken(visit, found, *self.taken[visit], gave_up=visit in self.given_up)

    def _take(self, visit: int, claims: Claims, span: Span) -> None:
        self._occupy(claims)
        self.taken[visit] = claims, span

    # Where it could go

    def room(self, visit: int, starts: datetime | None = None) -> Room:
        return self.rooms[self.key(visit, starts)]

    def key(self, visit: int, starts: datetime | None = None) -> RoomKey:
        """Who sits in a time kept for urgent visits may have a colleague's at that time, as at the door."""
        booking = self.bookings[visit]
        stays_urgent = visit in self.urgent and starts == booking.starts
        return booking.visit_type_id, booking.location_id, stays_urgent

    def cells(self, key: RoomKey, practitioner: int | None = None) -> int:
        """The cells in which that kind of visit could start, as it stands now."""
        wanted = (*key, practitioner)
        if wanted not in self._cells:
            self._cells[wanted] = self.rooms[key].start_cells(self.allowed(key), practitioner)
        return self._cells[wanted]

    def allowed(self, key: RoomKey) -> int:
        if key not in self._allowed:
            room = self.rooms[key]
            every = room.grid.starts_every(room.visit.type.start_every_minutes, tz=room.tz)
            self._allowed[key] = every & ~run_of(0, max(0, room.grid.cell(timespans.align_up(self.now))))
        return self._allowed[key]

    def starts(self, visit: Displaced, first: date, last: date) -> list[datetime]:
        room = self.room(visit.id)
        since = room.grid.cell(timespans.local_instant(first, time(0), room.tz))
        until = room.grid.cell(timespans.local_instant(last + DAY, time(0), room.tz))
        within = self.cells(self.key(visit.id)) & run_of(max(0, since), max(0, until))
        return room.grid.instants(cells_of(within))

    def is_free_to_come(self, visit: int, start: datetime, room: Room) -> bool:
        """Whether the patient is neither away that day nor anywhere else at that time."""
        patient = self.bookings[visit].patient_id
        if (away := self.away.get(patient)) and timespans.local_day(start, room.tz) in away:
            return False
        span = Span(start, start + room.visit.length)
        there = ((one, own) for one, own in self.busy.get(patient, {}).items() if one != visit)
        return not any(
            span.overlaps(own) or (one in self.taken and span.overlaps(self.taken[one][1]))
            for one, own in there
        )

    def on_day(self, key: RoomKey, day: date, cells: int) -> tuple[int, int]:
        """As on_day, of a day that is asked for again and again."""
        if (key, day) not in self._days:
            room = self.rooms[key]
            self._days[key, day] = on_day(day, room, run_of(0, room.grid.cells))
        first, within = self._days[key, day]
        return first, cells >> first & within

    # How

    def _free(self, claims: Claims) -> None:
        for key, room in self.rooms.items():
            free, base = room.availability.free, self.base[key]
            for resource, span in claims:
                if resource in free:
                    free[resource] |= base[resource] & room.grid.bits([span])
        self._has_changed()

    def _occupy(self, claims: Claims) -> None:
        for room in self.rooms.values():
            free = room.availability.free
            for resource, span in claims:
                if resource in free:
                    free[resource] &= ~room.grid.bits([span])
        self._has_changed()

    def _has_changed(self) -> None:
        self.version += 1
        self._cells.clear()


def on_day(day: date, room: Room, cells: int) -> tuple[int, int]:
    """Return the first cell of the day, and those of the cells that lie on it, counted from there."""
    span = timespans.day_span(day, room.tz)
    if span is None:
        return 0, 0
    first = max(0, room.grid.cell(span.start))
    return first, cells >> first & run_of(0, max(0, room.grid.cell(span.end) - first))


def _claimed(booking: Booking) -> Claims:
    return tuple((claim.resource_id, Span(claim.starts, claim.ends)) for claim in booking.claims.all())


def _on_grid(starts: datetime, room: Room) -> bool:
    local = starts.astimezone(room.tz)
    return (local.hour * 60 + local.minute) % room.visit.type.start_every_minutes == 0


def _close(room: Room, closing: Closing) -> None:
    closed = ~room.grid.bits([closing.span])
    for resource in room.availability.free:
        if closing.closes(resource, room.location):
            room.availability.free[resource] &= closed


def _rooms(
    touched: Sequence[Booking], everybody: Sequence[Booking], urgent: Collection[int], now: datetime
) -> dict[RoomKey, Room]:
    """One for each kind of visit at each location, over all the days that are looked at.

    Another, with the times kept for urgent visits, for the kinds of which one sits in such a time.
    """
    kinds = {
        (one.visit_type_id, one.location_id, kept): (one.visit_type, one.location)
        for one in everybody
        for kept in {False, one.pk in urgent}
    }
    visits = {visit_type.pk: read_visit(visit_type) for visit_type, _ in kinds.values()}
    today = min(local_day(now, location) for _, location in kinds.values())
    first = max(today, min(one.day for one in everybody) - BEFORE)
    last = min(max(one.day for one in everybody) + AHEAD, today + MOST_DAYS)
    pks = [one.pk for one in touched]
    return {
        key: read_room(
            visit=visits[visit_type.pk], location=location, first_day=first, last_day=max(first, last),
            now=now, ignoring=pks, urgent=key[2],
        )
        for key, (visit_type, location) in kinds.items()
    }  # fmt: skip


def _busy(bookings: Collection[Booking]) -> dict[int, dict[int, Span]]:
    """Where the patients are anyway: {patient: {booking: span}} of everything live in the days looked at."""
    patients = {booking.patient_id for booking in bookings}
    rows = Booking.objects.filter(patient__in=patients, status__in=LIVE, replaces=None)
    first, last = min(one.starts for one in bookings) - BEFORE, max(one.ends for one in bookings) + AHEAD
    rows = rows.filter(ends__gt=first, starts__lt=last)
    found: dict[int, dict[int, Span]] = {}
    for pk, patient, starts, ends in rows.values_list("pk", "patient", "starts", "ends"):
        found.setdefault(patient, {})[pk] = Span(starts, ends)
    return found


def _away(bookings: Collection[Booking]) -> dict[int, set[date]]:
    """The days on which each patient said they cannot come, within the days looked at."""
    patients = {booking.patient_id for booking in bookings}
    first, last = min(one.day for one in bookings) - BEFORE, max(one.day for one in bookings) + AHEAD
    rows: QuerySet = Away.objects.filter(patient__in=patients, removed_at=None)
    found: dict[int, set[date]] = {}
    for patient, begins, ends in rows.filter(first_on__lte=last, last_on__gte=first).values_list(
        "patient", "first_on", "last_on"
    ):
        begins, ends = max(begins, first), min(ends, last)
        days = {begins + timedelta(days=n) for n in range((ends - begins).days + 1)}
        found.setdefault(patient, set()).update(days)
    return found
