"""The only way to take, move or give up a time: everything that books goes through a verb of this module.

Every verb raises a bookings.refusals.Refusal when it did nothing. `key` is one UUID a rendered form: the same
key again gives what it gave before. How a time is taken: services/door/taking.py.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from bookings import refusals
from bookings.models import Booking, Change, Status
from bookings.services import messages
from bookings.services.door import changes, past_visits
from bookings.services.door.acts import Act, Take
from bookings.services.door.asking import accept, decline, keep, propose, propose_together
from bookings.services.door.deciding import refuse_too_many
from bookings.services.door.gap_rules import Authority
from bookings.services.door.offering import end_offers
from bookings.services.door.offers import offers_for
from bookings.services.door.taking import explain, in_one_transaction, lock, perform
from bookings.services.door.writing import HOLD, write_change
from clinic import audit
from clinic.models import Location, Patient, Practitioner, User, VisitType
from clinic.models.visit_types import VisitKind
from clinic.rules import timespans
from treatments.models import Course, CourseSession
from treatments.services.may_treat import Stage, may_treat

__all__ = [
    "accept", "book", "book_session", "cancel", "confirm", "decline", "enter_past", "extend", "fit_in",
    "hold", "keep", "move", "place_course", "propose", "propose_together", "release", "replan",
    "set_status", "undo",
]  # fmt: skip

TABS = 5  # taps of one browser that may get in each other's way


def hold(
    *, visit_type: VisitType, location: Location, starts: datetime, held_for: str, now: datetime,
    practitioner: int | None = None, among: frozenset[int] | None = None, held_by: User | None = None,
) -> Booking:  # fmt: skip
    """Keep a time for ten minutes for one browser (`held_for`), which holds one time at once.

    The same time again is the same hold. One log-in (`held_by`) holds three at once, in whatever browsers.
    Raises NotATime, NotPossible, TimeTaken, TooManyHolds, Busy.
    """
    mine = Booking.objects.filter(status=Status.HELD, held_for=held_for)
    same = mine.unexpired(now).filter(visit_type=visit_type, location=location, starts=starts)
    if practitioner:
        same = same.filter(practitioner=practitioner)
    if among is not None:
        same = same.filter(practitioner__in=among)
    take = Take(visit_type, location, starts, practitioner, among=among)
    for _ in range(TABS):
        own = frozenset(mine.values_list("pk", flat=True))
        if found := same.first():
            return found
        act = Act(
            "hold", UUID(int=0), None, now, takes=[take], held_for=held_for, held_by=held_by, own_holds=own
        )
        try:
            return perform(act)[0]
        except refusals.Refusal:
            # another tap of this browser may have been quicker: what it holds does not stand in the way
            if own == frozenset(mine.values_list("pk", flat=True)):
                raise
    raise refusals.Busy


def extend(*, held: Booking, now: datetime) -> Booking:
    """Keep a hold for ten minutes more, once. Raises NotPossible the second time, HoldExpired."""

    def keep_longer() -> Booking:
        lock(patients=set(), resources=_resources_of(held))
        fresh = Booking.objects.select_for_update(no_key=True).filter(pk=held.pk).first()
        if fresh is None or fresh.status != Status.HELD or fresh.held_until <= now:
            raise refusals.HoldExpired
        if fresh.hold_extended or fresh.replaces_id:
            raise refusals.NotPossible
        fresh.held_until, fresh.hold_extended = fresh.held_until + HOLD, True
        fresh.save(update_fields=["held_until", "hold_extended"])
        fresh.claims.update(held_until=fresh.held_until)
        return fresh

    return in_one_transaction(keep_longer)


def release(*, held: Booking) -> None:
    """Give up a hold; nothing happened, so nothing is written down."""

    def give_up() -> None:
        lock(patients=set(), resources=_resources_of(held))
        Booking.objects.filter(pk=held.pk, status=Status.HELD).delete()

    in_one_transaction(give_up)


def confirm(*, held: Booking, patient: Patient, key: UUID, by: User | None, now: datetime) -> Booking:
    """Turn a hold into a booking. A hold that ran out is booked afresh while its time is free.

    A live hold is a promise, also where a new version of its kind of visit has been made meanwhile; what is
    booked afresh is refused then (KindGone).
    """
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
    if fresh is None or fresh.status != Status.HELD or fresh.held_until <= act.now or fresh.replaces_id:
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
    authority: Authority = Authority.PATIENT, urgent: bool = False, walk_in: bool = False,
    reason: str = "",
) -> Booking:  # fmt: skip
    """Book one visit that is no session of a course.

    `urgent`: also a time kept for urgent visits. `walk_in`: the patient stands here, and has arrived with it.
    """
    take = Take(visit_type, location, starts, practitioner)
    how = {"urgent": urgent, "walk_in": walk_in, "reason": reason}
    return perform(Act("book", key, by, now, authority, patient=patient, takes=[take], **how))[0]


def fit_in(
    *, patient: Patient, visit_type: VisitType, location: Location, starts: datetime, practitioner: int,
    reason: str, key: UUID, by: User, now: datetime, session: CourseSession | None = None,
) -> Booking:  # fmt: skip
    """Squeeze a visit in beside what a practitioner has already; rooms and chairs have to be free.

    So many a half-day and no more (Location.fit_ins_per_half_day). Raises NoFitInLeft, TimeTaken.
    """
    if not reason:
        raise refusals.NotWhole
    take = Take(visit_type, location, starts, practitioner, session=session, fit_in=reason[:80])
    act = Act("fit_in", key, by, now, Authority.DESK, patient, takes=[take], reason=reason[:80])
    return perform(act)[0]


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
    authority: Authority = Authority.PATIENT, reason: str = "", location: Location | None = None,
    urgent: bool = False,
) -> list[Booking]:  # fmt: skip
    """Move bookings of one patient, (booking, start, practitioner or None) each, in one change.

    Each booking is given as the caller last saw it: if its version has changed since, Changed is raised.
    `location`: to another one, for somebody who came to it.
    """
    takes = [
        Take(booking.visit_type, location or booking.location, starts, practitioner, booking, booking.session)
        for booking, starts, practitioner in moves
    ]
    bookings = [booking for booking, _, _ in moves]
    return perform(
        Act("move", key, by, now, authority, bookings[0].patient, takes=takes, reason=reason, urgent=urgent,
            own_holds=offers_for([one.booking for one in takes if not one.stays]),
            expected={booking.pk: booking.version for booking in bookings})
    )  # fmt: skip


def replan(
    *, course: Course, key: UUID, by: User | None, now: datetime,
    moves: Sequence[tuple[Booking, datetime, int | None]] = (),
    places: Sequence[tuple[CourseSession, datetime, int | None]] = (), frees: Sequence[Booking] = (),
    authority: Authority = Authority.PATIENT, reason: str = "",
) -> list[Booking]:  # fmt: skip
    """Change a course in one go, all or none: bookings move, sessions get a time, bookings are given up.

    One change, one message, one undo. Bookings are given as the caller last saw them: Changed is raised if a
    version has changed since.
    """
    takes = [
        Take(booking.visit_type, booking.location, starts, practitioner, booking, booking.session)
        for booking, starts, practitioner in moves
    ]
    takes += [
        Take(course.visit_type, course.location, starts, practitioner, session=session)
        for session, starts, practitioner in places
    ]
    touched = [*(booking for booking, _, _ in moves), *frees]
    act = Act(
        "replan", key, by, now, authority, course.patient, takes, frees, reason,
        own_holds=offers_for(touched), expected={booking.pk: booking.version for booking in touched},
    )  # fmt: skip
    return perform(act)


def cancel(
    *, bookings: Sequence[Booking], key: UUID, by: User | None, now: datetime,
    authority: Authority = Authority.PATIENT, reason: str = "",
) -> list[Booking]:  # fmt: skip
    """Give up bookings of one patient."""
    expected = {booking.pk: booking.version for booking in bookings}
    return perform(
        Act("cancel", key, by, now, authority, bookings[0].patient, frees=bookings, reason=reason,
            own_holds=offers_for(bookings), expected=expected)
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
    if not lines:  # a closing: services/closing/undoing.py
        raise refusals.NotPossible
    if change.undo_until is None or now >= change.undo_until:
        raise refusals.UndoTooLate
    if any(changes.has_changed(line) for line in lines):
        raise refusals.Changed
    frees = [line.booking for line in lines if not changes.was_live(line.before)]
    takes = [_take_back(line) for line in lines if changes.was_live(line.before)]
    expected = {line.booking_id: line.booking.version for line in lines}
    act = Act("undo", key, by, now, Authority.UNDO, lines[0].booking.patient, takes, frees, expected=expected,
              undoes_at=change.at, own_holds=offers_for([line.booking for line in lines]))  # fmt: skip
    return perform(act, undoes=change)


def _take_back(line) -> Take:
    booking, before = line.booking, line.before
    location = booking.location
    if before["location"] != location.pk:
        location = Location.objects.get(pk=before["location"])
    starts = datetime.fromisoformat(before["starts"])
    return Take(
        booking.visit_type, location, starts, before["practitioner"], booking, booking.session,
        fit_in=before["fit_in"], said=before["said"],
    )  # fmt: skip


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
        return in_one_transaction(lambda: past_visits.enter(act))
    except IntegrityError as error:
        if explain(error) == "change_key":
            return changes.replay(key=key, payload=act.payload())[0]
        raise


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
    end_offers(fresh)
    fresh.status, fresh.status_at, fresh.version = to, now, fresh.version + 1
    fresh.save(update_fields=["status", "status_at", "version", "clear_until", "arrived_at"])
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
