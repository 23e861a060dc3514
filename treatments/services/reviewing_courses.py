"""Stop and review: which courses a doctor has to look at, and what was decided then (clinical rule I-13)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from clinic import audit
from clinic.models import Practitioner
from clinic.refusals import KeyReused
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from treatments import refusals
from treatments.models import Course, CourseReview, Phase, ReviewOutcome
from treatments.rules.reviewing import Due, due_points
from treatments.services.ending import Ending, write_end

_COURSE = Q(sessions__phase=Phase.COURSE)


@dataclass(frozen=True)
class ToLookAt:
    """A course with the points that are due, the one reached first first."""

    course: Course
    due: tuple[Due, ...]
    given: int
    planned: int

    @property
    def since(self) -> date:
        return self.due[0].since


@dataclass(frozen=True)
class Look:
    """What stands on the form. `points`: those that were shown; `ending` for a course that is stopped."""

    points: Sequence[str]
    outcome: ReviewOutcome
    note: str = ""
    ending: Ending | None = None


def courses_to_look_at(*, now: datetime, locations: Collection[int] | None = None) -> list[ToLookAt]:
    """Return whom to look at, waiting longest first, in two queries; `locations` None: everywhere."""
    courses = Course.objects.filter(ended_on=None, patient__died_on=None, patient__merged_into=None)
    if locations is not None:
        courses = courses.filter(location__in=locations)
    found = _with_sessions(courses).filter(given_days__isnull=False).order_by("pk")
    related = ("patient", "location", "practitioner__resource")
    rows = list(found.select_related(*related).prefetch_related("reviews"))
    looked = (_to_look_at(course, now) for course in rows)
    return sorted((one for one in looked if one.due), key=lambda one: (one.since, one.course.pk))


def look_of(course: Course, *, now: datetime) -> ToLookAt:
    """The same of one course, also where nothing is due."""
    return _to_look_at(_with_sessions(Course.objects.filter(pk=course.pk)).get(), now)


def sign_review(
    *, course: Course, look: Look, practitioner: Practitioner, key: UUID, now: datetime
) -> list[CourseReview]:
    """Sign one look at all points it was shown for; the same key signs once. A stop ends the course with it.

    Raises NotDue, KeyReused, and what ending raises.
    """
    with transaction.atomic(durable=True):
        lock_patient(course.patient_id)
        keys = {point: uuid5(key, point) for point in look.points}
        if signed := list(CourseReview.objects.filter(key__in=keys.values())):
            return _same(signed, course, look)
        due = {one.point.value for one in look_of(course, now=now).due}
        if not look.points or not due.issuperset(look.points):
            raise refusals.NotDue
        reviews = [_write(course, point, look, practitioner, (one, now)) for point, one in keys.items()]
        if look.outcome == ReviewOutcome.STOP:
            write_end(course=course, ending=look.ending, by=practitioner.user, is_doctor=True, now=now)
        return reviews


def _with_sessions(courses: QuerySet[Course]) -> QuerySet[Course]:
    """With the days given and the number planned, of the course proper: what keeps it up does not count."""
    given = _COURSE & Q(sessions__given_on__isnull=False)
    return courses.annotate(
        given_days=ArrayAgg(F("sessions__given_on"), filter=given, order_by="sessions__given_on"),
        planned=Count("sessions", filter=_COURSE & Q(sessions__dropped_reason="")),
    )


def _to_look_at(course: Course, now: datetime) -> ToLookAt:
    given = course.given_days or []
    due = due_points(
        given=given,
        planned=course.planned,
        today=local_day(now, course.location),
        looked_at={review.point for review in course.reviews.all()},
        has_ended=course.ended_on is not None,
    )
    return ToLookAt(course, due, len(given), course.planned)


def _same(signed: list[CourseReview], course: Course, look: Look) -> list[CourseReview]:
    if any((one.course_id, one.outcome) != (course.pk, look.outcome) for one in signed):
        raise KeyReused
    return signed


def _write(
    course: Course, point: str, look: Look, practitioner: Practitioner, stamp: tuple[UUID, datetime]
) -> CourseReview:
    key, now = stamp
    review = CourseReview.objects.create(
        course=course, point=point, outcome=look.outcome, note=look.note.strip(), signed_by=practitioner,
        at=now, key=key,
    )  # fmt: skip
    audit.record(
        by=practitioner.user, action="course_reviewed", subject=f"course:{course.pk}",
        patient=course.patient, now=now, point=point, outcome=str(look.outcome),
    )  # fmt: skip
    return review
