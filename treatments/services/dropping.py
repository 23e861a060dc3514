"""A session that was missed, or that nobody wants any more: counted as used, or given back; and put back.

Both expect the patient locked, and end in course_changed: what it costs follows there.
"""

from datetime import datetime

from clinic import audit
from clinic.models import User
from treatments import refusals
from treatments.models import CourseSession
from treatments.models.courses import DropReason
from treatments.services.changes import course_changed

BY_THE_DESK = (DropReason.FORFEITED, DropReason.RETURNED)


def drop(*, session: CourseSession, reason: DropReason, why: str, by: User, now: datetime) -> None:
    """`why` is a code. Raises AlreadyGiven, WillNotBeGiven."""
    fresh = _fresh(session)
    if fresh.given_on:
        raise refusals.AlreadyGiven
    if fresh.dropped_reason:
        raise refusals.WillNotBeGiven
    _write(fresh, reason, by, now, why=why)


def put_back(*, session: CourseSession, by: User, now: datetime) -> None:
    """Into the plan again. Raises WillNotBeGiven where the doctor took it out, or the course is over."""
    fresh = _fresh(session)
    if fresh.dropped_reason not in BY_THE_DESK or fresh.course.ended_on:
        raise refusals.WillNotBeGiven
    _write(fresh, "", by, now)


def _fresh(session: CourseSession) -> CourseSession:
    return CourseSession.objects.select_related("course__patient", "course__location").get(pk=session.pk)


def _write(session: CourseSession, reason: str, by: User, now: datetime, **detail: str) -> None:
    CourseSession.objects.filter(pk=session.pk).update(dropped_reason=reason)
    action = f"session_{reason}" if reason else "session_put_back"
    course = session.course
    audit.record(
        by=by, action=action, subject=f"session:{session.pk}", patient=course.patient, now=now, **detail
    )
    course_changed(course, by=by, now=now)
