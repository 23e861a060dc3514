"""When the days of a session without a time come near, the patient is told to choose one.

A message goes three weeks before the day aimed at. It is written as soon as that day is known, when the
session before was given. Every change keeps it true: it is taken back when the course ends or pauses, or has
that session no more.
"""

from datetime import datetime

from django.db.models import Q

from bookings.models import Booking
from bookings.services import messages
from bookings.services.messages import DAYS_KINDS
from bookings.services.wording import about_session
from clinic import outbox
from treatments.models import Course, CourseSession, Pause
from treatments.services.ending import next_session


def tell_of_window(course: Course, *, now: datetime) -> None:
    """Write what is told of the next session where no time of it is wanted yet, and take back whatever asks
    to choose a day for any other.

    Expects the patient locked. Nothing changes where it says so already.
    """
    following = None if course.ended_on or _is_paused(course) else next_session(course)
    _take_back(course, but=following)
    if following is None or not following.is_soft or _has_time(following):
        return
    last = course.sessions.filter(given_on__isnull=False).order_by("-number").first()
    if last and following.target is not None:
        messages.next_session(session=following, last=last.given_on, now=now)


def _take_back(course: Course, *, but: CourseSession | None) -> None:
    others = course.sessions.exclude(pk=but.pk) if but else course.sessions
    subjects = [about_session(pk) for pk in others.values_list("pk", flat=True)]
    outbox.withdraw(subjects=subjects, kinds=DAYS_KINDS)


def _is_paused(course: Course) -> bool:
    pauses = Pause.objects.filter(patient=course.patient_id, ended_at=None)
    return pauses.filter(Q(course=course) | Q(course=None)).exists()


def _has_time(session: CourseSession) -> bool:
    return Booking.objects.counting().filter(session=session).exists()
