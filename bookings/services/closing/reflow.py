"""What each visit could be given whose place closes: reads what is free, rules/reflow.py chooses.

A constant number of queries, however many visits there are. carrying_out.py does what is decided.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bookings.models import Booking, Closure, Status
from bookings.models.bookings import LIVE, PRESENT
from bookings.rules import reflow as rules
from bookings.rules.reflow import AHEAD, BEFORE, Displaced, Found
from bookings.services.closing.limits import read_limits_of
from bookings.services.desk.times import Limits
from bookings.services.desk.urgent import sitting_in_urgent_time
from bookings.services.openings.search import Room, read_room, read_visit
from clinic.models import Location, Resource
from clinic.rules import timespans
from clinic.rules.timespans import Span
from clinic.services.days import local_day, zone_of

MOST = 250  # rows of one page


class Choice(StrEnum):
    MOVE = "move"
    ASK = "ask"
    KEEP = "keep"
    CANCEL = "cancel"
    LATER = "later"


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
class Proposal:
    """`until`: they may answer until then, None where nobody can be asked. `is_late`: past its latest day."""

    booking: Booking
    found: Found | None
    until: datetime | None
    choices: tuple[Choice, ...]
    is_late: bool = False

    @property
    def usual(self) -> Choice:
        return self.choices[0]


# Looking


def read_proposals(
    closing: Closing, bookings: Sequence[Booking], *, place: Location, now: datetime
) -> list[Proposal]:
    """Return a proposal for each booking, in the order in which they choose.

    Expects claims, session and visit type loaded.
    """
    movable = [booking for booking in bookings if booking.status in (Status.BOOKED, Status.ARRIVED)]
    limits = read_limits_of(movable)
    found: Mapping[int, Found | None] = {}
    if movable:
        diary = _Diary(closing, movable, limits, now)
        found = rules.plan(diary.displaced(), diary, today=local_day(now, place))
    by_pk = {booking.pk: booking for booking in bookings}
    order = [*found, *(pk for pk in by_pk if pk not in found)]
    rows = [_proposal(closing, by_pk[pk], found.get(pk), limits.get(pk), now) for pk in order]
    return sorted(rows, key=lambda row: row.booking.status not in PRESENT)


def _proposal(
    closing: Closing, booking: Booking, found: Found | None, limits: Limits | None, now: datetime
) -> Proposal:
    until = found and rules.answer_by(now=now, was=booking.starts, to=found.starts)
    day = found and timespans.local_day(found.starts, zone_of(booking.location))
    return Proposal(
        booking=booking,
        found=found,
        until=until,
        choices=tuple(_choices(closing, booking, found, until)),
        is_late=bool(limits and day and limits.is_late(day)),
    )


def _choices(
    closing: Closing, booking: Booking, found: Found | None, until: datetime | None
) -> Iterable[Choice]:
    """What may be done, the usual thing first. Who is being treated is not sent away."""
    is_here = booking.status in PRESENT
    at_once = [Choice.MOVE] if found else []
    ask = [Choice.ASK] if until and not found.in_place else []
    if booking.status == Status.ARRIVED:
        return [*at_once, Choice.LATER, Choice.KEEP]
    if is_here:
        stays = closing.resource is None or booking.status != Status.PREPARING
        return [Choice.KEEP, Choice.LATER] if stays else [Choice.LATER, Choice.KEEP]
    first = at_once if found and found.in_place else ask
    rest = [Choice.LATER, *at_once, Choice.KEEP, Choice.CANCEL]
    return dict.fromkeys([*first, *rest])


class _Diary:
    """What is free once the place has closed; counts what earlier rows were given, in every room it touches.

    `base`: free but for the visits that look for a time. What those have is taken until they give it up.
    """

    def __init__(
        self, closing: Closing, bookings: Sequence[Booking], limits: Mapping[int, Limits], now: datetime
    ) -> None:
        self.bookings = {booking.pk: booking for booking in bookings}
        self.limits, self.now = limits, now
        self.busy = _busy(bookings)
        self.new_days: dict[int, date] = {}  # of the sessions placed so far
        self.urgent = sitting_in_urgent_time(bookings)
        self.rooms = _rooms(bookings, self.urgent, now)
        for room in self.rooms.values():
            self._close(room, closing)
        self.base = {id(room): dict(room.availability.free) for room in self.rooms.values()}
        for booking in bookings:
            self._occupy(_claimed(booking))

    def displaced(self) -> list[Displaced]:
        return [self._displaced(booking) for booking in self.bookings.values()]

    def _displaced(self, booking: Booking) -> Displaced:
        is_here = booking.status in PRESENT
        notice = timedelta(0) if is_here else timedelta(minutes=booking.visit_type.notice_minutes)
        return Displaced(
            booking.pk, booking.starts, booking.practitioner_id, is_here, self.now + notice,
            zone_of(booking.location),
        )  # fmt: skip

    # What rules/reflow.py asks

    def give_up(self, visit: Displaced) -> None:
        for room in self.rooms.values():
            free, base = room.availability.free, self.base[id(room)]
            for resource, span in _claimed(self.bookings[visit.id]):
                if resource in free:
                    free[resource] |= base[resource] & room.grid.bits([span])

    def keep(self, visit: Displaced) -> None:
        self._occupy(_claimed(self.bookings[visit.id]))

    def starts(self, visit: Displaced, first: date, last: date) -> list[datetime]:
        room, limits = self._room(visit), self.limits.get(visit.id)
        since = timespans.local_instant(first, time(0), room.tz)
        until = timespans.local_instant(last + timedelta(days=1), time(0), room.tz) - timespans.GRAIN
        found = room.starts(not_before=max(since, self.now), not_after=until, repacked=False)
        return [start for start in found if self._may(visit, start, room, limits)]

    def take(self, visit: Displaced, starts: datetime, *, with_own: bool = False) -> int | None:
        room = self._room(visit, starts)
        if starts < self.now or not _on_grid(starts, room):
            return None
        chosen = room.choose(starts, visit.practitioner)
        if chosen is None and not with_own:
            chosen = room.choose(starts)
        if chosen is None:
            return None
        self.new_days[self.bookings[visit.id].session_id] = timespans.local_day(starts, room.tz)
        self._occupy((resource, span) for resource, _, span in room.claim_spans(starts, chosen))
        self.busy.setdefault(self.bookings[visit.id].patient_id, []).append(
            (visit.id, Span(starts, starts + room.visit.length))
        )
        return chosen[room.visit.practitioner_need]

    # How

    def _room(self, visit: Displaced, starts: datetime | None = None) -> Room:
        """Who sits in a time kept for urgent visits may have a colleague's at that time, as at the door."""
        booking = self.bookings[visit.id]
        stays_urgent = visit.id in self.urgent and starts == visit.starts
        return self.rooms[booking.visit_type_id, booking.location_id, stays_urgent]

    def _may(self, visit: Displaced, start: datetime, room: Room, limits: Limits | None) -> bool:
        day = timespans.local_day(start, room.tz)
        if limits and not (limits.allow(day) and self._once_moved(limits).allow(day)):
            return False
        span = Span(start, start + room.visit.length)
        others = self.busy.get(self.bookings[visit.id].patient_id, [])
        return not any(pk != visit.id and span.overlaps(other) for pk, other in others)

    def _once_moved(self, limits: Limits) -> Limits:
        """With the neighbours in the course on the days that they were given before this one."""
        sides = {"before": limits.before, "after": limits.after}
        new = {
            side: replace(one, day=self.new_days.get(one.session.pk, one.day))
            for side, one in sides.items() if one
        }  # fmt: skip
        return replace(limits, **new)

    def _close(self, room: Room, closing: Closing) -> None:
        closed = ~room.grid.bits([closing.span])
        for resource in room.availability.free:
            if closing.closes(resource, room.location):
                room.availability.free[resource] &= closed

    def _occupy(self, claims: Iterable[tuple[int, Span]]) -> None:
        for resource, span in list(claims):
            for room in self.rooms.values():
                if resource in room.availability.free:
                    room.availability.free[resource] &= ~room.grid.bits([span])


def _claimed(booking: Booking) -> list[tuple[int, Span]]:
    return [(claim.resource_id, Span(claim.starts, claim.ends)) for claim in booking.claims.all()]


def _on_grid(starts: datetime, room: Room) -> bool:
    local = starts.astimezone(room.tz)
    return (local.hour * 60 + local.minute) % room.visit.type.start_every_minutes == 0


def _rooms(
    bookings: Sequence[Booking], urgent: Collection[int], now: datetime
) -> dict[tuple[int, int, bool], Room]:
    """One for each kind of visit at each location, over all the days that are looked at.

    Another, with the times kept for urgent visits, for the kinds of which one sits in such a time.
    """
    kinds = {
        (one.visit_type_id, one.location_id, kept): (one.visit_type, one.location)
        for one in bookings
        for kept in {False, one.pk in urgent}
    }
    visits = {visit_type.pk: read_visit(visit_type) for visit_type, _ in kinds.values()}
    today = min(local_day(now, location) for _, location in kinds.values())
    first = max(today, min(one.day for one in bookings) - BEFORE)
    last = max(one.day for one in bookings) + AHEAD
    pks = [one.pk for one in bookings]
    return {
        key: read_room(
            visit=visits[visit_type.pk], location=location, first_day=first, last_day=last, now=now,
            ignoring=pks, urgent=key[2],
        )
        for key, (visit_type, location) in kinds.items()
    }  # fmt: skip


def _busy(bookings: Collection[Booking]) -> dict[int, list[tuple[int, Span]]]:
    """Where the patients are anyway: (booking, span) of everything live in the days looked at."""
    patients = {booking.patient_id for booking in bookings}
    rows = Booking.objects.filter(patient__in=patients, status__in=LIVE, replaces=None)
    first, last = min(one.starts for one in bookings) - BEFORE, max(one.ends for one in bookings) + AHEAD
    rows = rows.filter(ends__gt=first, starts__lt=last)
    found: dict[int, list[tuple[int, Span]]] = {}
    for pk, patient, starts, ends in rows.values_list("pk", "patient", "starts", "ends"):
        found.setdefault(patient, []).append((pk, Span(starts, ends)))
    return found
