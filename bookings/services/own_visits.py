"""What a patient sees of their own diary."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from bookings.models import Booking, Change, Status
from bookings.models.bookings import PRESENT
from bookings.services.courses import Row, rows
from clinic.models import Patient, User
from treatments.models import Course

UNDOABLE = ("book", "place", "move", "cancel")
SHOWN_WITH_IT = ("visit_type", "location", "practitioner__resource", "session", "course")


@dataclass(frozen=True)
class CourseSeen:
    """A course with every session's state."""

    course: Course
    rows: list[Row]

    @property
    def to_book(self) -> list[Row]:
        """Sessions that want a time and have none."""
        return [row for row in self.rows if not row.session.is_soft and row.state in ("to_book", "waiting")]

    @property
    def given(self) -> int:
        return sum(row.state == "given" for row in self.rows)


def upcoming(patient: Patient, *, now: datetime) -> list[Booking]:
    """Return the visits still to come, and the one under way, soonest first."""
    coming = Booking.objects.filter(patient=patient, status=Status.BOOKED, ends__gt=now)
    present = Booking.objects.filter(patient=patient, status__in=PRESENT)
    return list((coming | present).select_related(*SHOWN_WITH_IT).order_by("starts"))


def seen_course(course: Course) -> CourseSeen:
    return CourseSeen(course, rows(course))


def courses_of(patient: Patient) -> list[CourseSeen]:
    courses = Course.objects.filter(patient=patient, ended_on=None).select_related(
        "practitioner__resource", "location", "visit_type", "patient"
    )
    return [seen_course(course) for course in courses.order_by("-pk")]


def undo_offered(patient: Patient, *, by: User, now: datetime) -> Change | None:
    """Return the last thing this account did for the patient, while it can be undone."""
    return _undoable(by, now).filter(lines__booking__patient=patient).order_by("-at", "-pk").first()


def undo_of(booking: Booking, *, by: User, now: datetime) -> Change | None:
    """The same for one visit: None when something else has happened to it since."""
    newest = Change.objects.filter(lines__booking=booking).order_by("-at", "-pk").first()
    return newest if newest and _undoable(by, now).filter(pk=newest.pk).exists() else None


def _undoable(by: User, now: datetime) -> QuerySet[Change]:
    return Change.objects.filter(by=by, action__in=UNDOABLE, undo_until__gt=now, undone_by=None)
