"""What happened at a treatment visit, signed when it is written. Corrections are addenda.

What was given always stores, also late and also too close to another session: leaving it out would make every
later gap wrong. Only the record of a session that is being given now is held up by may_treat.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.models import Practitioner, User
from clinic.refusals import KeyReused
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from treatments import refusals
from treatments.models import Addendum, CourseSession, Record
from treatments.models.records import Given
from treatments.rules.gaps import Floor, Treatment, floor_between
from treatments.rules.products import floors_of
from treatments.services.changes import course_changed
from treatments.services.may_treat import Stage, may_treat
from treatments.services.rescreening import refuse_product

LATE_AFTER = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What stands on the form. `started_at`: injecting started; not given: when that was decided."""

    outcome: str
    started_at: datetime
    not_given_reason: str = ""
    note: str = ""
    entered_late_why: str = ""


def sign_record(
    *, session: CourseSession, practitioner: Practitioner, entry: Entry, key: UUID, now: datetime
) -> Record:
    """Sign what happened; the same key signs once.

    Raises InTheFuture, BeforeTheCourse, LateReasonNeeded, ReasonMissing, AlreadyGiven, WillNotBeGiven,
    OutOfOrder, BeforeTheSessionBefore, NoteNeeded, NotAllowed, KeyReused.
    """
    with transaction.atomic(durable=True):
        lock_patient(session.course.patient_id)
        return write_record(session=session, practitioner=practitioner, entry=entry, key=key, now=now)


def write_record(
    *, session: CourseSession, practitioner: Practitioner, entry: Entry, key: UUID, now: datetime
) -> Record:
    """Sign inside a transaction that has locked the patient."""
    if signed := Record.objects.filter(key=key).first():
        return _same(signed, session, entry)
    session = _fresh(session.pk)
    day = local_day(entry.started_at, session.course.location)
    _refuse_impossible_times(session, entry, now)
    if entry.outcome == Given.NOT_GIVEN:
        _refuse_not_given(session, entry)
    else:
        _refuse_given(session, entry, day, now)
        CourseSession.objects.filter(pk=session.pk).update(given_on=day)
    record = _create(session, practitioner, entry, (day, key, now))
    _tell(record, practitioner.user, now)
    return record


def add_addendum(*, record: Record, text: str, by: User, now: datetime) -> Addendum:
    """Add to a signed record. The same words by the same person again are the same addendum."""
    if not text.strip():
        raise refusals.AddendumEmpty
    with transaction.atomic(durable=True):
        patient = lock_patient(record.session.course.patient_id)
        addendum, is_new = Addendum.objects.get_or_create(
            record=record, text=text.strip(), by=by, defaults={"at": now}
        )
        if is_new:
            subject = f"record:{record.pk}"
            audit.record(by=by, action="record_added_to", subject=subject, patient=patient, now=now)
        return addendum


def is_late(started_at: datetime, now: datetime) -> bool:
    return now - started_at > LATE_AFTER


def _fresh(session_id: int) -> CourseSession:
    related = ("course__patient", "course__location", "product")
    return CourseSession.objects.select_related(*related).get(pk=session_id)


def _same(signed: Record, session: CourseSession, entry: Entry) -> Record:
    asked = (session.pk, entry.outcome, entry.started_at)
    if asked != (signed.session_id, signed.outcome, signed.started_at):
        raise KeyReused
    return signed


def _refuse_impossible_times(session: CourseSession, entry: Entry, now: datetime) -> None:
    if entry.started_at > now:
        raise refusals.InTheFuture
    # the form knows minutes only
    if entry.started_at < session.course.created_at.replace(second=0, microsecond=0):
        raise refusals.BeforeTheCourse
    if is_late(entry.started_at, now) and not entry.entered_late_why.strip():
        raise refusals.LateReasonNeeded


def _refuse_not_given(session: CourseSession, entry: Entry) -> None:
    _refuse_closed(session)
    if not entry.not_given_reason:
        raise refusals.ReasonMissing


def _refuse_given(session: CourseSession, entry: Entry, day: date, now: datetime) -> None:
    _refuse_closed(session)
    before = session.course.sessions.filter(number__lt=session.number, dropped_reason="").order_by("number")
    days = list(before.values_list("given_on", flat=True))
    if None in days:
        raise refusals.OutOfOrder
    if days and day < days[-1]:
        raise refusals.BeforeTheSessionBefore(days[-1])
    if is_too_close(session, day) and not entry.note.strip():
        raise refusals.NoteNeeded
    if not is_late(entry.started_at, now):
        _refuse_obstacles(session, day, now)


def _refuse_closed(session: CourseSession) -> None:
    if session.given_on:
        raise refusals.AlreadyGiven
    if session.dropped_reason:
        raise refusals.WillNotBeGiven


def is_too_close(session: CourseSession, day: date) -> bool:
    """Return whether another given day lies closer than the least gap: of the course, or from another one."""
    others = CourseSession.objects.filter(course__patient=session.course.patient, given_on__isnull=False)
    return any(
        abs((day - other.given_on).days) < _floor(session, other)
        for other in others.exclude(pk=session.pk).select_related("product")
    )


def _floor(session: CourseSession, other: CourseSession) -> int:
    if other.course_id == session.course_id:
        return session.never_before or Floor.SCALP_INJECTION
    return floor_between(_treatment(session), _treatment(other))


def _treatment(session: CourseSession) -> Treatment:
    product = session.product
    return Treatment(product.pk, product.modality, floors_of(product.code), session.never_before or 0)


def _refuse_obstacles(session: CourseSession, day: date, now: datetime) -> None:
    patient = session.course.patient
    found = may_treat(patient=patient, session=session, day=day, stage=Stage.INJECTING, now=now)
    if found:
        raise refusals.NotAllowed(found)
    refuse_product(patient=patient, product=session.product, now=now)


def _create(
    session: CourseSession,
    practitioner: Practitioner,
    entry: Entry,
    stamp: tuple[date, UUID, datetime],
) -> Record:
    day, key, now = stamp
    return Record.objects.create(
        session=session,
        outcome=entry.outcome,
        started_at=entry.started_at,
        day=day,
        not_given_reason=entry.not_given_reason if entry.outcome == Given.NOT_GIVEN else "",
        note=entry.note.strip(),
        entered_late_why=entry.entered_late_why.strip() if is_late(entry.started_at, now) else "",
        signed_by=practitioner,
        signed_at=now,
        key=key,
    )


def _tell(record: Record, by: User, now: datetime) -> None:
    course = record.session.course
    audit.record(
        by=by,
        action="record_signed",
        subject=f"record:{record.pk}",
        patient=course.patient,
        now=now,
        outcome=record.outcome,
        late=bool(record.entered_late_why),
    )
    course_changed(course, by=by, now=now)
