"""A pause in the diary: what it gives back, and three minutes to take all of it back in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import QuerySet

from bookings import door, refusals
from bookings.models import Booking, Change, Status
from bookings.services.door.gap_rules import Authority
from bookings.services.door.settling import PAUSE
from bookings.services.openings.search import read_room, read_visit
from clinic.models import Location, User
from clinic.rules import timespans
from clinic.services.days import zone_of
from treatments.models import Course, CourseSession, Pause
from treatments.rules.pausing import UNDO_WITHIN
from treatments.services import pausing


@dataclass(frozen=True)
class Gone:
    """A time that somebody else has by now."""

    session: CourseSession
    starts: datetime
    location: Location


@dataclass(frozen=True)
class TakenBack:
    back: tuple[Booking, ...] = ()
    gone: tuple[Gone, ...] = ()


def would_give_back(courses: Sequence[Course], *, now: datetime) -> list[Booking]:
    """Return the visits that pausing these courses would give up, soonest first."""
    ahead = Booking.objects.counting().filter(course__in=courses, status=Status.BOOKED, starts__gt=now)
    return list(ahead.select_related("location", "session", "visit_type").order_by("starts"))


def undo_pause(*, pause: Pause, key: UUID, by: User, now: datetime) -> TakenBack:
    """Resume, and take the same times back where nobody else has them. The same key again shows the same.

    All of a course's times in one change where all are free; else those that are, and the rest are told.
    Raises UndoTooLate, and what the door says when something else speaks against it: then it goes on without.
    """
    if not pausing.may_undo(pause, by=by, now=now):
        raise refusals.UndoTooLate
    pausing.take_back(pause=pause, by=by, now=now)
    found = [_take_back(change, uuid5(key, str(change.pk)), by, now) for change in _releases(pause)]
    return TakenBack(
        tuple(booking for one in found for booking in one.back),
        tuple(gone for one in found for gone in one.gone),
    )


def _releases(pause: Pause) -> QuerySet[Change]:
    """What the diary gave back because of it, one change a course."""
    about = {"lines__booking__course__in": pausing.courses_of(pause)}
    return Change.objects.filter(action=PAUSE, at=pause.from_at, **about).distinct().order_by("pk")


def _take_back(change: Change, key: UUID, by: User, now: datetime) -> TakenBack:
    change.undo_until = change.at + UNDO_WITHIN
    lines = list(change.lines.select_related("booking__session", "booking__location", "booking__course"))
    try:
        return TakenBack(back=tuple(door.undo(change=change, key=key, by=by, now=now)))
    except (refusals.TimeTaken, refusals.PatientBusy):
        pass
    lost = [line.booking for line in lines]
    back = _standing_again(lost) or _place(
        [booking for booking in lost if _is_free(booking, now)], key, by, now
    )
    placed = {booking.session_id for booking in back}
    gone = [Gone(one.session, one.starts, one.location) for one in lost if one.session_id not in placed]
    return TakenBack(tuple(back), tuple(gone))


def _standing_again(lost: Sequence[Booking]) -> list[Booking]:
    """What a first tap has taken back already."""
    starts = {booking.session_id: booking.starts for booking in lost}
    booked = Booking.objects.counting().filter(session__in=starts, status=Status.BOOKED).order_by("pk")
    return [booking for booking in booked if booking.starts == starts[booking.session_id]]


def _is_free(booking: Booking, now: datetime) -> bool:
    day = timespans.local_day(booking.starts, zone_of(booking.location))
    room = read_room(
        visit=read_visit(booking.visit_type), location=booking.location, first_day=day, last_day=day, now=now
    )
    found = room.choose(booking.starts, booking.practitioner_id)
    return bool(found or room.choose_to_repack(booking.starts, booking.practitioner_id))


def _place(free: Sequence[Booking], key: UUID, by: User, now: datetime) -> list[Booking]:
    """What stood before may stand again beside what is lost, in the order it had."""
    times = [(booking.session, booking.starts, booking.practitioner_id) for booking in free]
    if not times:
        return []
    try:
        return door.place_course(
            course=free[0].course, times=times, key=uuid5(key, "place"), by=by, now=now,
            authority=Authority.UNDO,
        )  # fmt: skip
    except (refusals.TimeTaken, refusals.PatientBusy):
        return []
