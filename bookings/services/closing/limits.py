"""What the neighbours in their courses leave of the calendar, for many sessions at once: two queries.

desk_times.read_limits says the same of one; a test holds both to it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Min

from bookings.models import Booking
from bookings.services.desk.times import Limits
from bookings.services.door.gap_rules import AFTER_LAST_SESSION, Placed
from treatments.models import CourseSession


def read_limits_of(bookings: Iterable[Booking]) -> dict[int, Limits]:
    """Return the limits of each of these bookings that is for a session, by the booking's id."""
    bookings = [booking for booking in bookings if booking.session_id]
    if not bookings:
        return {}
    patients = {booking.course_id: booking.patient_id for booking in bookings}
    wanted: dict[int, list[CourseSession]] = defaultdict(list)
    for one in CourseSession.objects.filter(course__in=patients, dropped_reason="").order_by("number"):
        wanted[one.course_id].append(one)
    booked = _booked(set(patients.values()))
    placed = {course: _placed(wanted[course], booked[patient]) for course, patient in patients.items()}
    closed = {
        course: _closed(course, wanted[course], booked[patient]) for course, patient in patients.items()
    }
    return {
        booking.pk: _limits(booking.session, placed[booking.course_id], closed[booking.course_id])
        for booking in bookings
    }


def _booked(patients: Collection[int]) -> dict[int, list[tuple]]:
    """(course, session, product, day, its least gap) of every booking that counts, by patient."""
    rows = Booking.objects.counting().filter(patient__in=patients)
    rows = rows.annotate(least=Min("course__sessions__never_before"))
    found = defaultdict(list)
    for patient, *row in rows.values_list("patient", "course", "session", "session__product", "day", "least"):
        found[patient].append(tuple(row))
    return found


def _placed(wanted: Iterable[CourseSession], booked: Iterable[tuple]) -> list[Placed]:
    days = {session: day for _, session, _, day, _ in booked}
    known = ((session, session.given_on or days.get(session.pk)) for session in wanted)
    return [Placed(session, day, session.given_on is not None) for session, day in known if day]


def _closed(course: int, wanted: Collection[CourseSession], booked: Iterable[tuple]) -> frozenset[date]:
    """The days too near to an injection of another course (gap_rules.floors_elsewhere)."""
    least = min((session.never_before for session in wanted if session.never_before), default=0)
    products = {session.product_id for session in wanted}
    days = set()
    for other, _, product, day, its_least in booked:
        if other == course:
            continue
        floor = max(AFTER_LAST_SESSION, least, its_least or 0) if product in products else AFTER_LAST_SESSION
        days |= {day + timedelta(days=n) for n in range(1 - floor, floor)}
    return frozenset(days)


def _limits(session: CourseSession, placed: Collection[Placed], closed: frozenset[date]) -> Limits:
    before = [item for item in placed if item.session.number < session.number]
    after = [item for item in placed if item.session.number > session.number]
    return Limits(
        before=before[-1] if before else None, after=after[0] if after else None, session=session,
        closed=closed,
    )  # fmt: skip
