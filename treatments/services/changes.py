"""How a medical fact about a course reaches the diary above, in the same transaction."""

from datetime import datetime

from clinic.models import User
from consultations.services.changes import NobodyListens
from treatments import signals
from treatments.models import Course


def course_changed(course: Course, *, by: User | None, now: datetime) -> None:
    """Tell the floor above. Call it last, in the transaction: what a receiver raises undoes everything."""
    if not signals.course_changed.has_listeners(Course):
        raise NobodyListens("course_changed has no receiver")
    signals.course_changed.send(sender=Course, course=course, by=by, now=now)
