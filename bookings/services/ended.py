"""A course that ended wants no times any more: those ahead are released, and nobody is asked for one."""

from datetime import datetime

from bookings.models import Booking, Status
from bookings.services.door.settling import release
from bookings.services.wording import about_session
from clinic import outbox
from clinic.models import User
from treatments.models import Course


def release_times(course: Course, *, by: User | None, now: datetime) -> None:
    """Expects the patient locked. Who is here already stays: that visit is closed by hand."""
    if course.ended_on is None:
        return
    ahead = Booking.objects.counting().filter(course=course, starts__gt=now)
    ahead.filter(status=Status.HELD).delete()
    booked = list(ahead.filter(status=Status.BOOKED).order_by("starts"))
    if booked:
        release(booked, by=by, now=now, reason="course_ended")
    sessions = course.sessions.values_list("pk", flat=True)
    outbox.withdraw(subjects=[about_session(pk) for pk in sessions])
