"""What a patient sees of their own diary."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from bookings.models import Booking, Change, Status
from bookings.models.bookings import PRESENT
from bookings.services.closing import closures
from bookings.services.courses import Row, rows
from bookings.services.desk import calling, lateness
from bookings.services.door.offering import how_it_ended, is_of_another_time
from clinic.models import Patient, User
from treatments.models import Course, Pause
from treatments.services.pausing import open_pauses_of

UNDOABLE = ("book", "place", "move", "replan", "cancel")
SHOWN_WITH_IT = ("visit_type", "location", "practitioner__resource", "session", "course")
OFFERED_WITH_IT = (
    "visit_type", "location", "practitioner__resource", "patient", "replaces__visit_type",
    "replaces__location", "replaces__practitioner__resource", "replaces__patient", "replaces__session",
)  # fmt: skip


@dataclass(frozen=True)
class CourseSeen:
    """A course with every session's state."""

    course: Course
    rows: list[Row]
    pauses: tuple[Pause, ...] = ()

    @property
    def to_book(self) -> list[Row]:
        """Sessions that want a time and have none; while a course is paused none of them does."""
        if self.pauses:
            return []
        return [row for row in self.rows if not row.session.is_soft and row.state in ("to_book", "waiting")]

    @property
    def given(self) -> int:
        return sum(row.state == "given" for row in self.rows)


def upcoming(patient: Patient, *, now: datetime) -> list[Booking]:
    """Return the visits still to come, and the one under way, soonest first, as `seen` now."""
    coming = Booking.objects.filter(patient=patient, status=Status.BOOKED, ends__gt=now)
    present = Booking.objects.filter(patient=patient, status__in=PRESENT)
    bookings = list((coming | present).select_related(*SHOWN_WITH_IT).order_by("starts"))
    return seen(bookings, now=now)


def seen(bookings: list[Booking], *, now: datetime) -> list[Booking]:
    """Let each say whether people can tell us that they come, or are late, and by how many minutes we are."""
    near = calling.may_be_confirmed(bookings, now=now)
    may_be_confirmed = near - closures.closed_among((one for one in bookings if one.pk in near), now=now)
    late = lateness.minutes_late(bookings, now=now)
    for booking in bookings:
        booking.may_say_late = lateness.may_say_late(booking, now=now)
        booking.may_be_confirmed = booking.pk in may_be_confirmed
        booking.begins_late = late.get(booking.pk, 0)
    return bookings


def newest_offers(bookings: QuerySet[Booking] | Sequence[Booking]) -> dict[int, Booking]:
    """Return by booking the time that was offered for it last, waiting, run out or declined, in one query.

    A yes has none: it moved the booking. Nor has one that was moved after a no. `house_ended` on each tells
    what the house took back.
    """
    offers = Booking.objects.filter(replaces__in=bookings).annotate(**how_it_ended())
    rows = offers.select_related(*OFFERED_WITH_IT).order_by("pk")
    newest = {offer.replaces_id: offer for offer in rows}
    return {pk: offer for pk, offer in newest.items() if not _is_settled(offer)}


def _is_settled(offer: Booking) -> bool:
    return is_of_another_time(offer) or (offer.house_ended and offer.is_told)


def questions(patient: Patient, *, now: datetime) -> list[Booking]:
    """Return what was asked about this patient's coming visits, soonest first."""
    coming = Booking.objects.filter(patient=patient, status=Status.BOOKED, starts__gt=now, kept_why="")
    return sorted(newest_offers(coming).values(), key=lambda offer: offer.replaces.starts)


def that_stand(offers: Iterable[Booking], *, now: datetime) -> set[int]:
    """Return the visits that can be as they were booked, of those about which these offers ask."""
    asked_about = [offer.replaces for offer in offers]
    return {booking.pk for booking in asked_about} - closures.closed_among(asked_about, now=now)


def seen_course(course: Course) -> CourseSeen:
    return CourseSeen(course, rows(course))


def courses_of(patient: Patient) -> list[CourseSeen]:
    courses = Course.objects.filter(patient=patient, ended_on=None).select_related(
        "practitioner__resource", "location", "visit_type", "patient"
    )
    pauses = open_pauses_of(patient)
    return [
        CourseSeen(course, rows(course), tuple(one for one in pauses if one.course_id in (None, course.pk)))
        for course in courses.order_by("-pk")
    ]


def undo_offered(changes: QuerySet[Change], *, by: User, now: datetime) -> Change | None:
    """Return the newest of these changes while this account, who made it, can take it back.

    What others did since stands in the way: undoing would be refused.
    """
    newest = changes.order_by("-at", "-pk").first()
    if newest is None or newest.by_id != by.pk or newest.action not in UNDOABLE or newest.undone_by_id:
        return None
    return newest if newest.undo_until and now < newest.undo_until else None


def changes_of(patient: Patient) -> QuerySet[Change]:
    return Change.objects.filter(lines__booking__patient=patient)


def changes_to(booking: Booking) -> QuerySet[Change]:
    return Change.objects.filter(lines__booking=booking)
