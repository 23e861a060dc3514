"""What has become of the sessions of many courses, in three queries however many there are. Never stored."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from bookings.models import Booking, Status
from bookings.rules.account import SessionAccount, SessionFacts, account_of
from treatments.models import Course, CourseSession


def session_accounts(courses: Iterable[Course]) -> dict[int, SessionAccount]:
    """Return each course's account by its id."""
    courses = {course.pk: course for course in courses}
    times, missed = _times(courses), _missed(courses)
    facts: dict[int, list[SessionFacts]] = defaultdict(list)
    for pk, course, given_on, dropped in CourseSession.objects.filter(course__in=courses).values_list(
        "pk", "course", "given_on", "dropped_reason"
    ):
        facts[course].append(SessionFacts(given_on is not None, dropped, pk in times, pk in missed))
    return {pk: account_of(facts[pk], is_ended=course.ended_on is not None) for pk, course in courses.items()}


def _times(courses: Iterable[int]) -> set[int]:
    """Sessions with a time that is somebody's; one that is only held is still to book."""
    rows = Booking.objects.counting().filter(course__in=courses).exclude(status=Status.HELD)
    return set(rows.values_list("session", flat=True))


def _missed(courses: Iterable[int]) -> set[int]:
    """Sessions to whose newest time they did not come."""
    rows = Booking.objects.filter(Q(in_error_at=None), course__in=courses, replaces=None)
    newest = rows.exclude(status=Status.HELD).order_by("session", "-pk").distinct("session")
    return {
        session for session, status in newest.values_list("session", "status") if status == Status.NO_SHOW
    }


def missed_sessions(course_ids: Iterable[int]) -> set[int]:
    """Return the sessions that were missed and wait for somebody to say what becomes of them."""
    course_ids = list(course_ids)
    return _missed(course_ids) - _times(course_ids)
