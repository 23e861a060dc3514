"""Pauses to ask about: the desk rings; what a doctor asked for waits for the doctors."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import Booking
from clinic.models import Location
from clinic.services.days import local_day, zone_of
from treatments.models import Course, CourseSession, Pause
from treatments.models.courses import PauseCause
from treatments.rules.pausing import ASK_AFTER, asked_after_at

CHOOSES_WITHIN = timedelta(hours=2)  # whoever goes on chooses times by themselves, or is rung
RESUMED_SINCE = timedelta(days=90)


@dataclass(frozen=True)
class PausedLong:
    """`course`: the one that is paused, or the first of all of them."""

    pause: Pause
    course: Course
    days: int


def paused_long(
    *, now: datetime, locations: Collection[int] | None, by_doctor: bool = False
) -> list[PausedLong]:
    """Return the pauses of courses at these locations (None: everywhere) that it is time to ask about, the
    longest first. Two queries.
    """
    pauses = _long_open(now, by_doctor)
    courses = _under_way(locations).filter(patient__in=[pause.patient_id for pause in pauses])
    own = list(courses.select_related("patient__account", "location", "visit_type", "practitioner__resource"))
    found = [(pause, _course_of(pause, own)) for pause in pauses]
    return [
        PausedLong(pause, course, _days(pause, course.location, now))
        for pause, course in found
        if course and _is_time(pause, course.location, now)
    ]


def _long_open(now: datetime, by_doctor: bool) -> list[Pause]:
    rows = Pause.objects.filter(ended_at=None, from_at__lte=now - ASK_AFTER)
    medicine = Q(cause=PauseCause.MEDICINE)
    return list(rows.filter(medicine if by_doctor else ~medicine).order_by("from_at", "pk"))


def _under_way(locations: Collection[int] | None) -> QuerySet[Course]:
    courses = Course.objects.filter(ended_on=None, patient__died_on=None).order_by("pk")
    return courses if locations is None else courses.filter(location__in=locations)


def _course_of(pause: Pause, courses: Collection[Course]) -> Course | None:
    own = (one for one in courses if one.patient_id == pause.patient_id)
    return next((one for one in own if pause.course_id in (None, one.pk)), None)


def _is_time(pause: Pause, location: Location, now: datetime) -> bool:
    return asked_after_at(from_at=pause.from_at, until_on=pause.until_on, tz=zone_of(location)) <= now


def _days(pause: Pause, location: Location, now: datetime) -> int:
    return (local_day(now, location) - local_day(pause.from_at, location)).days


def going_on_without_times(*, location: Location, now: datetime) -> list[Course]:
    """Return the courses that go on after a pause and have not one time ahead. One query."""
    about = Q(course=OuterRef("pk")) | Q(course=None)
    pauses = Pause.objects.filter(about, patient=OuterRef("patient"))
    ended = pauses.filter(ended_at__range=(now - RESUMED_SINCE, now - CHOOSES_WITHIN))
    wanted = CourseSession.objects.filter(
        course=OuterRef("pk"), given_on=None, dropped_reason="", is_soft=False
    )
    ahead = Booking.objects.counting().filter(course=OuterRef("pk"), session__given_on=None)
    courses = _under_way([location.pk]).filter(
        Exists(ended), ~Exists(pauses.filter(ended_at=None)), Exists(wanted), ~Exists(ahead)
    )
    return list(courses.select_related("patient__account", "visit_type"))
