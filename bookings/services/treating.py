"""The sessions of a day for those who treat: who, where in the course, and what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from bookings.models import Booking, Status
from bookings.models.bookings import LIVE
from clinic.models import Location
from treatments.models import CourseSession, PreCheck, Record
from treatments.services.may_treat import Obstacle, Stage, newest_prechecks, standings_of

UNWRITTEN_FOR = timedelta(days=30)
WITH_IT = (
    "location",
    "practitioner__resource",
    "session__product",
    "session__course__patient",
    "session__course__protocol",
)


@dataclass(frozen=True)
class Treating:
    """One session of the day. `record` is what was signed on it; `obstacles` matter only before that."""

    booking: Booking
    of: int
    record: Record | None
    precheck: PreCheck | None
    obstacles: tuple[Obstacle, ...]

    @property
    def session(self) -> CourseSession:
        return self.booking.session


def sessions_on(day: date, *, locations: Sequence[Location], now: datetime) -> list[Treating]:
    """Return the day's sessions in seven queries, however many there are."""
    bookings = list(_sessions(locations).filter(day=day).exclude(status__in=(Status.HELD, Status.CANCELLED)))
    return _judged(bookings, day, now)


def unwritten(today: date, *, locations: Sequence[Location]) -> list[Booking]:
    """Return sessions of earlier days that nobody wrote down: neither given, nor not given, nor a no-show.

    Seen out by the desk is not written down: such a visit is done, and counts, without a given day.
    """
    days = (today - UNWRITTEN_FOR, today - timedelta(days=1))
    seen_out = Q(status=Status.DONE, clear_until__isnull=False, session__given_on=None)
    rows = _sessions(locations).filter(Q(status__in=LIVE) | seen_out, day__range=days)
    return list(rows.exclude(status=Status.HELD))


def _sessions(locations: Sequence[Location]) -> QuerySet[Booking]:
    number = (
        CourseSession.objects.filter(course=OuterRef("course"), dropped_reason="")
        .values("course")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Booking.objects.filter(location__in=locations, session__isnull=False, replaces__isnull=True)
        .filter(in_error_at__isnull=True)
        .select_related(*WITH_IT)
        .annotate(of=Subquery(number))
        .order_by("starts", "pk")
    )


def _judged(bookings: list[Booking], day: date, now: datetime) -> list[Treating]:
    standings = standings_of((booking.session.course.patient for booking in bookings), now=now)
    sessions = [booking.session_id for booking in bookings]
    prechecks = newest_prechecks(sessions, day)
    records = {record.session_id: record for record in Record.objects.filter(session__in=sessions, day=day)}
    rows = []
    for booking in bookings:
        session, precheck = booking.session, prechecks.get(booking.session_id)
        standing = standings[session.course.patient_id]
        found = standing.obstacles(session, day=day, stage=Stage.INJECTING, precheck=precheck)
        rows.append(Treating(booking, booking.of, records.get(session.pk), precheck, found))
    return rows
