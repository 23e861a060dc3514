"""The only way to take, move or give up a time: everything that books goes through a verb of this module.

Every verb raises a bookings.refusals.Refusal when it did nothing. `key` is one UUID a rendered form: the same
key again gives what it gave before. How a time is taken: services/taking.py.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError

from bookings import refusals
from bookings.models import Booking, Change, Status
from bookings.services import changes, messages
from bookings.services.acts import Act, Take
from bookings.services.deciding import refuse_too_many
from bookings.services.gap_rules import Authority
from bookings.services.openings import read_visit
from bookings.services.taking import (
    explain,
    in_one_transaction,
    lock,
    new_reference,
    perform,
    write_change,
)
from clinic import audit
from clinic.models import Location, Patient, Practitioner, User, VisitType
from clinic.models.visit_types import VisitKind
from clinic.rules import timespans
from treatments.models import Course, CourseSession
from treatments.services.may_treat import Stage, may_treat

TABS = 5  # taps of one browser that may get in each other's way


def hold(
    *, visit_type: VisitType, location: Location, starts: datetime, held_for: str, now: datetime,
    practitioner: int | None = None,
) -> Booking:  # fmt: skip
    """Keep a time for ten minutes for one browser (`held_for`), which holds one time at once.

    The same time again is the same hold. Raises NotATime, NotPossible, TimeTaken, Busy.
    """
    mine = Booking.objects.filter(status=Status.HELD, held_for=held_for)
    same = mine.unexpired(now).filter(visit_type=visit_type, location=location, starts=starts)
    if practitioner:
        same = same.filter(practitioner=practitioner)
    take = Take(visit_type, location, starts, practitioner)
    for _ in range(TABS):
        own = frozenset(mine.values_list("pk", flat=True))
        if found := same.first():
            return found
        act = Act("hold", UUID(int=0), None, now, takes=[take], held_for=held_for, own_holds=own)
        try:
            return perform(act)[0]
        except refusals.Refusal:
            # another tap of this browser may have been quicker: what it holds does not stand in the way
            if own == frozenset(mine.values_list("pk", flat=True)):
                raise
    raise refusals.Busy


def release(*, held: Booking) -> None:
    """Give up a hold; nothing happened, so nothing is written down."""

    def give_up() -> None:
        lock(patients=set(), resources=_resources_of(held))
        Booking.objects.filter(pk=held.pk, status=Status.HELD).delete()

    in_one_transaction(give_up)


def confirm(*, held: Booking, patient: Patient, key: UUID, by: User | None, now: datetime) -> Booking:
    """Turn a hold into a booking. A hold that ran out is booked afresh while its time is free."""
    take = Take(held.visit_type, held.location, held.starts, held.practitioner_id)
    act = Act("book", key, by, now, patient=patient, takes=[take])
    replayed = changes.replay(key=key, payload=act.payload())
    if replayed:
        return replayed[0]
    try:
        confirmed = in_one_transaction(lambda: _confirm(act, held))
    except IntegrityError as error:
        if explain(error) == "change_key":
            return changes.replay(key=key, payload=act.payload())[0]
        confirmed = None
    return confirmed or perform(act)[0]


def _confirm(act: Act, held: Booking) -> Booking | None:
    lock(patients={act.patient.pk}, resources=_resources_of(held))
    fresh = Booking.objects.select_for_update(no_key=True).filter(pk=held.pk).first()
    if fresh is None or fresh.status != Status.HELD or fresh.held_until <= act.now:
        return None
    refuse_too_many(act)
    fresh.patient, fresh.status, fresh.held_until, fresh.held_for = act.patient, Status.BOOKED, None, ""
    fresh.save(update_fields=["patient", "status", "held_until", "held_for"])
    fresh.claims.update(held_until=None)
    write_change(act, {fresh.pk: None}, [fresh])
    return fresh


def _resources_of(booking: Booking) -> set[int]:
    return set(booking.claims.values_list("resource_id", flat=True))


def book(
    *, patient: Patient, visit_type: VisitType, location: Location, starts: datetime, key: UUID,
    by: User | None, now: datetime, practitioner: int | None = None,
    authority: Authority = Authority.PATIENT,
) -> Booking:  # fmt: skip
    """Book one visit that is no session of a course."""
    take = Take(visit_type, location, starts, practitioner)
    return perform(Act("book", key, by, now, authority, patient=patient, takes=[take]))[0]


def book_session(
    *, session: CourseSession, starts: datetime, key: UUID, by: User | None, now: datetime,
    practitioner: int | None = None, authority: Authority = Authority.PATIENT, reason: str = "",
) -> Booking:  # fmt: skip
    """Book one session of a course at a time that keeps all gaps."""
    course = session.course
    take = Take(course.visit_type, course.location, starts, practitioner, session=session)
    act = Act("book", key, by, now, authority, patient=course.patient, takes=[take], reason=reason)
    return perform(act)[0]


def place_course(
    *, course: Course, times: Sequence[tuple[CourseSession, datetime, int | None]], key: UUID,
    by: User | None, now: datetime, authority: Authority = Authority.PATIENT, reason: str = "",
) -> list[Booking]:  # fmt: skip
    """Book several sessions of a course, (session, start, practitioner or None) each: all of them or none."""
    takes = [
        Take(course.visit_type, course.location, starts, practitioner, session=session)
        for session, starts, practitioner in times
    ]
    return perform(Act("place", key, by, now, authority, patient=course.patient, takes=takes, reason=reason))


def move(
    *, moves: Sequence[tuple[Booking, datetime, int | None]], key: UUID, by: User | None, now: datetime,
    authority: Authority = Authority.PATIENT, reason: str = "",
) -> list[Booking]:  # fmt: skip
    """Move bookings of one patient, (booking, start, practitioner or None) each, in one change.

    Each booking is given as the caller last saw it: if its version has changed since, Changed is raised.
    """
    takes = [
        Take(booking.visit_type, booking.location, starts, practitioner, booking, booking.session)
        for booking, starts, practitioner in moves
    ]
    expected = {booking.pk: booking.version for booking, _, _ in moves}
    patient = moves[0][0].patient
    return perform(
        Act("move", key, by, now, authority, patient, takes=takes, reason=reason, expected=expected)
    )


def cancel(
    *, bookings: Sequence[Booking], key: UUID, by: User | None, now: datetime,
    authority: Authority = Authority.PATIENT, reason: str = "",
) -> list[Booking]:  # fmt: skip
    """Give up bookings of one patient."""
    expected = {booking.pk: booking.version for booking in bookings}
    return perform(
        Act("cancel", key, by, now, authority, bookings[0].patient, frees=bookings, reason=reason,
            expected=expected)
    )  # fmt: skip


def undo(*, change: Change, key: UUID, by: User | None, now: datetime) -> list[Booking]:
    """Put everything back as it was before `change`; refused when anybody changed it since or too late."""
    lines = list(change.lines.select_related("booking__visit_type", "booking__location", "booking__patient"))
    # after the lines: a twin that was quicker has left either no trace in them or its own change
    undone = Change.objects.filter(undoes=change).first()
    if undone:
        if undone.key == key:
            return changes.bookings_of(undone)
        raise refusals.Changed
    if change.undo_until is None or now >= change.undo_until:
        raise refusals.UndoTooLate
    if any(changes.snapshot(line.booking) != line.after for line in lines):
        raise refusals.Changed
    frees = [line.booking for line in lines if not changes.was_live(line.before)]
    takes = [_take_back(line) for line in lines if changes.was_live(line.before)]
    expected = {line.booking_id: line.booking.version for line in lines}
    act = Act("undo", key, by, now, Authority.UNDO, lines[0].booking.patient, takes, frees, expected=expected)
    return perform(act, undoes=change)


def _take_back(line) -> Take:
    booking, before = line.booking, line.before
    return Take(
        booking.visit_type,
        booking.location,
        datetime.fromisoformat(before["starts"]),
        before["practitioner"],
        booking,
        booking.session,
    )


def enter_past(
    *, patient: Patient, visit_type: VisitType, location: Location, practitioner: Practitioner,
    starts: datetime, reason: str, key: UUID, by: User, now: datetime, booking: Booking | None = None,
) -> Booking:  # fmt: skip
    """Write down a visit that has been, at its true time; `booking` is the one that it was, if there is one.

    It makes no claims: the past cannot be double-booked any more, and must not be refused. Sessions are
    entered by their record. Raises NotATime for what has not begun, NotPossible, Changed.
    """
    take = Take(visit_type, location, timespans.align_down(starts), practitioner.pk, booking)
    expected = {booking.pk: booking.version} if booking else {}
    act = Act(
        "enter_past", key, by, now, Authority.DESK, patient, takes=[take], reason=reason, expected=expected
    )
    if visit_type.kind != VisitKind.CONSULTATION:
        raise refusals.NotPossible
    if starts >= now:
        raise refusals.NotATime
    try:
        return in_one_transaction(lambda: _enter_past(act))
    except IntegrityError as error:
        if explain(error) == "change_key":
            return changes.replay(key=key, payload=act.payload())[0]
        raise


def _enter_past(act: Act) -> Booking:
    [take] = act.takes
    lock(patients={act.patient.pk}, resources=set())
    done = changes.replay(key=act.key, payload=act.payload())
    if done:
        return done[0]
    booking = _booked_before(act, take.booking) if take.booking else _new_past(act, take)
    before = {booking.pk: changes.snapshot(booking)} if booking.pk else {}
    booking.practitioner_id, booking.starts = take.practitioner, take.starts
    booking.ends = take.starts + read_visit(take.visit_type).length
    booking.day = timespans.local_day(take.starts, ZoneInfo(take.location.time_zone))
    booking.status = Status.DONE
    booking.entered_late_by, booking.entered_late_at, booking.entered_late_why = act.by, act.now, act.reason
    booking.save(update_fields=_PAST if booking.pk else None)
    write_change(act, before, [booking])
    return booking


_PAST = (
    "practitioner", "starts", "ends", "day", "status", "version",
    "entered_late_by", "entered_late_at", "entered_late_why",
)  # fmt: skip


def _booked_before(act: Act, booking: Booking) -> Booking:
    fresh = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
    if fresh.version != act.expected[fresh.pk]:
        raise refusals.Changed
    if fresh.status not in (Status.BOOKED, Status.NO_SHOW) or fresh.patient_id != act.patient.pk:
        raise refusals.NotPossible
    fresh.claims.all().delete()
    fresh.version += 1
    return fresh


def _new_past(act: Act, take: Take) -> Booking:
    return Booking(
        reference=new_reference(), patient=act.patient, visit_type=take.visit_type, location=take.location,
        created_at=act.now,
    )  # fmt: skip


_NEXT = {
    Status.BOOKED: {Status.ARRIVED, Status.NO_SHOW},
    Status.ARRIVED: {Status.BOOKED, Status.PREPARING, Status.IN_ROOM, Status.DONE},
    Status.PREPARING: {Status.ARRIVED, Status.IN_ROOM, Status.DONE},
    Status.IN_ROOM: {Status.PREPARING, Status.WATCHING, Status.DONE},
    Status.WATCHING: {Status.IN_ROOM, Status.DONE},
    Status.NO_SHOW: set(),
}


def set_status(*, booking: Booking, to: Status, by: User, now: datetime) -> Booking:
    """Follow the patient through the day. No-show gives the resources back, done from now on."""
    return in_one_transaction(lambda: _set_status(booking, to, by, now))


def _set_status(booking: Booking, to: Status, by: User, now: datetime) -> Booking:
    lock(patients={booking.patient_id} - {None}, resources=set())
    fresh = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
    if fresh.status == to:
        return fresh
    if fresh.version != booking.version:
        raise refusals.Changed
    if to not in _NEXT.get(fresh.status, set()):
        raise refusals.NotPossible
    if to == Status.NO_SHOW:
        if now < fresh.starts:
            raise refusals.NotPossible
        fresh.clear_until = None
        fresh.claims.all().delete()
    if to == Status.PREPARING and fresh.session:
        _let_numbing_begin(fresh, now)
    if to == Status.DONE:
        give_back_from(fresh, now)
    if to in (Status.ARRIVED, Status.BOOKED):
        fresh.arrived_at = (fresh.arrived_at or now) if to == Status.ARRIVED else None
    fresh.status, fresh.version = to, fresh.version + 1
    fresh.save(update_fields=["status", "version", "clear_until", "arrived_at"])
    messages.status_changed(booking=fresh, now=now)
    audit.record(by=by, action=f"booking_{to}", subject=f"booking:{fresh.pk}", patient=fresh.patient, now=now)
    return fresh


def _let_numbing_begin(booking: Booking, now: datetime) -> None:
    found = may_treat(
        patient=booking.patient, session=booking.session, day=booking.day, stage=Stage.NUMBING, now=now
    )
    if found:
        raise refusals.NeedsReview(found)


def give_back_from(booking: Booking, now: datetime) -> None:
    """Cut the claims of a visit that has ended to its true end."""
    end = timespans.align_up(now)
    booking.claims.filter(starts__gte=end).delete()
    booking.claims.filter(ends__gt=end).update(ends=end)
