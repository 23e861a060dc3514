"""Pauses: no times are wanted until a person says that it goes on. Nothing is lost by one.

Anybody may pause: the patient, the desk, a doctor. What medicine asked for is made and ended by a
dermatologist alone. While anything is open for a course, may_treat keeps it from getting times, and the diary
above gives back those it has.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic import audit
from clinic.models import Patient, User
from clinic.models.people import Role
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations.models import Intake
from consultations.models.intakes import Purpose
from treatments import refusals
from treatments.models import Course, Pause
from treatments.models.courses import PauseCause
from treatments.rules.pausing import may_be_undone, wants_update
from treatments.services.changes import course_changed


def pause(
    *, patient: Patient, cause: str, by: User, now: datetime, course: Course | None = None,
    until_on: date | None = None,
) -> Pause:  # fmt: skip
    """Pause one course, or (course None) all of the patient's; twice is once.

    Raises OnlyTheDoctor, CourseOver, RecordMerged.
    """
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        return write_pause(patient=locked, cause=cause, by=by, now=now, course=course, until_on=until_on)


def write_pause(
    *, patient: Patient, cause: str, by: User, now: datetime, course: Course | None = None,
    until_on: date | None = None,
) -> Pause:  # fmt: skip
    """Pause inside a transaction that has locked the patient."""
    cause = PauseCause(cause)
    if cause == PauseCause.MEDICINE and not is_dermatologist(by):
        raise refusals.OnlyTheDoctor
    _refuse_over(patient, course)
    if standing := _that_says_it_already(patient, course, cause):
        return standing
    _make_room(patient, course, by, now)
    made = Pause.objects.create(
        patient=patient, course=course, cause=cause, by=by, from_at=now, until_on=until_on
    )
    _note("course_paused", made, by, now)
    return made


def resume(*, pause: Pause, by: User, now: datetime) -> None:
    """It goes on; twice is once. Raises OnlyTheDoctor."""
    with transaction.atomic(durable=True):
        lock_patient(pause.patient_id)
        write_resume(pause=pause, by=by, now=now)


def write_resume(*, pause: Pause, by: User, now: datetime) -> None:
    """Resume inside a transaction that has locked the patient."""
    _refuse_the_doctors(pause, by)
    if _end(pause, by, now):
        _note("course_resumed", pause, by, now)


def take_back(*, pause: Pause, by: User, now: datetime) -> None:
    """Resume as if it had never been paused: what it took the place of stands again. Raises OnlyTheDoctor."""
    with transaction.atomic(durable=True):
        lock_patient(pause.patient_id)
        _refuse_the_doctors(pause, by)
        if _end(pause, by, now):
            made_room = {"ended_at": pause.from_at, "ended_by": pause.by_id}
            replaced = Pause.objects.filter(patient=pause.patient_id, course=pause.course_id, **made_room)
            replaced.exclude(pk=pause.pk).update(ended_at=None, ended_by=None)
            _note("course_resumed", pause, by, now)


def prolong(*, pause: Pause, until_on: date | None, by: User, now: datetime) -> None:
    """Note until when it will be: nobody asks before. Raises OnlyTheDoctor, NotPaused."""
    with transaction.atomic(durable=True):
        lock_patient(pause.patient_id)
        _refuse_the_doctors(pause, by)
        if not Pause.objects.filter(pk=pause.pk, ended_at=None).update(until_on=until_on):
            raise refusals.NotPaused
        _note("pause_prolonged", pause, by, now)


# What is paused


def open_pauses(course: Course) -> list[Pause]:
    """Return what keeps this course from getting times; those of all of the patient's courses come first."""
    found = Pause.objects.filter(patient=course.patient_id, ended_at=None)
    return list(found.filter(Q(course=course) | Q(course=None)).order_by("-course", "pk"))


def open_pauses_of(patient: Patient) -> list[Pause]:
    return list(Pause.objects.filter(patient=patient, ended_at=None).order_by("pk"))


def without_paused(courses: QuerySet[Course]) -> QuerySet[Course]:
    about = Q(course=OuterRef("pk")) | Q(course=None)
    return courses.exclude(Exists(Pause.objects.filter(about, patient=OuterRef("patient"), ended_at=None)))


def courses_of(pause: Pause) -> QuerySet[Course]:
    """Return the courses under way that it is about."""
    courses = Course.objects.filter(patient=pause.patient_id, ended_on=None)
    return courses.filter(pk=pause.course_id) if pause.course_id else courses


def is_the_doctors(pause: Pause) -> bool:
    return pause.cause == PauseCause.MEDICINE


def may_end(pause: Pause, by: User) -> bool:
    return not is_the_doctors(pause) or is_dermatologist(by)


def may_undo(pause: Pause, *, by: User, now: datetime) -> bool:
    """Whoever paused, a moment ago."""
    return pause.by_id == by.pk and may_be_undone(from_at=pause.from_at, now=now)


def is_dermatologist(user: User) -> bool:
    return user.roles.filter(role=Role.DERMATOLOGIST).exists()


# Before it goes on


def is_update_wanted(patient: Patient) -> bool:
    """Whether health is to be asked about, because of a pause after which nothing has been sent yet."""
    sent = Intake.objects.filter(patient=OuterRef("patient"), submitted_at__gte=OuterRef("ended_at"))
    ended = Pause.objects.filter(patient=patient, ended_at__isnull=False).exclude(
        Exists(sent.filter(purpose__in=[Purpose.FULL, Purpose.UPDATE]))
    )
    return any(_wants_update(one, course) for one in ended for course in _going_on(one))


def _going_on(ended: Pause) -> Iterable[Course]:
    return courses_of(ended).select_related("location")


def _wants_update(ended: Pause, course: Course) -> bool:
    ended_on = local_day(ended.ended_at, course.location)
    if course.sessions.filter(given_on__gte=ended_on).exists():  # asked at the chair since
        return False
    return wants_update(
        from_at=ended.from_at, ended_at=ended.ended_at, ended_on=ended_on, due_by=due_by(course)
    )


def due_by(course: Course) -> date | None:
    """Return the last day on which the next session is not late, counted from the last one given."""
    given = course.sessions.filter(given_on__isnull=False).order_by("-number").first()
    to_come = course.sessions.filter(given_on=None, dropped_reason="").order_by("number")
    following = to_come.filter(number__gt=given.number, latest__isnull=False).first() if given else None
    return given.given_on + timedelta(days=following.latest) if following else None


# Parts


def _refuse_the_doctors(pause: Pause, by: User) -> None:
    if not may_end(pause, by):
        raise refusals.OnlyTheDoctor


def _refuse_over(patient: Patient, course: Course | None) -> None:
    if course is None:
        return
    if course.patient_id != patient.pk:
        raise ValueError("the course belongs to another patient")
    if not Course.objects.filter(pk=course.pk, ended_on=None).exists():
        raise refusals.CourseOver


def _that_says_it_already(patient: Patient, course: Course | None, cause: PauseCause) -> Pause | None:
    """What is paused is paused; only what the doctor asks for weighs more than what anybody could end."""
    whole = Pause.objects.filter(patient=patient, ended_at=None).filter(Q(course=course) | Q(course=None))
    if cause == PauseCause.MEDICINE:
        whole = whole.filter(cause=PauseCause.MEDICINE)
    return whole.order_by("pk").first()


def _make_room(patient: Patient, course: Course | None, by: User, now: datetime) -> None:
    """One open row of a course, and one of a patient: the doctor's takes the place of anybody's."""
    for one in Pause.objects.filter(patient=patient, course=course, ended_at=None):
        _end(one, by, now)


def _end(pause: Pause, by: User, now: datetime) -> bool:
    return bool(Pause.objects.filter(pk=pause.pk, ended_at=None).update(ended_by=by, ended_at=now))


def _note(action: str, pause: Pause, by: User, now: datetime) -> None:
    subject = f"pause:{pause.pk}"
    audit.record(by=by, action=action, subject=subject, patient=pause.patient, now=now)
    for course in courses_of(pause).select_related("patient", "location", "visit_type"):
        course_changed(course, by=by, now=now)
