"""What the neighbours in their courses leave of the calendar, for many sessions at once: two queries.

desk_times.read_limits says the same of one; a test holds both to it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from bookings.models import Booking
from bookings.services.desk.times import Limits
from bookings.services.door.gap_rules import Placed, floor_to, own_treatments, treatments_on
from treatments.models import CourseSession
from treatments.services.extensions import with_extensions


def read_limits_of(bookings: Iterable[Booking]) -> dict[int, Limits]:
    """Return the limits of each of these bookings that is for a session, by the booking's id."""
    bookings = [booking for booking in bookings if booking.session_id]
    if not bookings:
        return {}
    patients = {booking.course_id: booking.patient_id for booking in bookings}
    wanted = _wanted(patients)
    booked = _booked(set(patients.values()))
    placed = {course: _placed(wanted[course], booked[patient]) for course, patient in patients.items()}
    closed = {
        course: _closed(course, wanted[course], booked[patient]) for course, patient in patients.items()
    }
    return {
        booking.pk: _limits(_read(booking, wanted), placed[booking.course_id], closed[booking.course_id])
        for booking in bookings
    }


def _wanted(courses: Iterable[int]) -> dict[int, list[CourseSession]]:
    sessions = CourseSession.objects.filter(course__in=courses, dropped_reason="").select_related("product")
    found: dict[int, list[CourseSession]] = defaultdict(list)
    for one in with_extensions(sessions).order_by("number"):
        found[one.course_id].append(one)
    return found


def _read(booking: Booking, wanted: Mapping[int, Iterable[CourseSession]]) -> CourseSession:
    """The session with its extension, unless it was dropped."""
    return next((one for one in wanted[booking.course_id] if one.pk == booking.session_id), booking.session)


def _booked(patients: Collection[int]) -> dict[int, list[tuple]]:
    """(session, course, day, what is given) of every booking that counts, by patient."""
    rows = Booking.objects.counting().filter(patient__in=patients)
    found = defaultdict(list)
    for (patient, session), *row in treatments_on(rows, "patient", "session"):
        found[patient].append((session, *row))
    return found


def _placed(wanted: Iterable[CourseSession], booked: Iterable[tuple]) -> list[Placed]:
    days = {session: day for session, _, day, _ in booked}
    known = ((session, session.given_on or days.get(session.pk)) for session in wanted)
    return [Placed(session, day, session.given_on is not None) for session, day in known if day]


def _closed(course: int, wanted: Collection[CourseSession], booked: Iterable[tuple]) -> frozenset[date]:
    """The days too near to a treatment of another course (gap_rules.floors_elsewhere)."""
    own, days = own_treatments(wanted), set()
    for _, other, day, given in booked:
        if other != course:
            floor = floor_to(own, given)
            days |= {day + timedelta(days=n) for n in range(1 - floor, floor)}
    return frozenset(days)


def _limits(session: CourseSession, placed: Collection[Placed], closed: frozenset[date]) -> Limits:
    before = [item for item in placed if item.session.number < session.number]
    after = [item for item in placed if item.session.number > session.number]
    return Limits(
        before=before[-1] if before else None, after=after[0] if after else None, session=session,
        closed=closed,
    )  # fmt: skip
