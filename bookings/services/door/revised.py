"""The diary follows a plan that changed: what was taken out gives its time back, and every gap is kept.

A time is given up only where the plan has no room for it any more; whoever is here already is not sent away.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from bookings import refusals
from bookings.models import Booking, Status
from bookings.models.bookings import PRESENT
from bookings.services.door.gap_rules import (
    AFTER_LAST_SESSION,
    floor_to,
    own_treatments,
    treatments_on,
    wanted_sessions,
)
from bookings.services.door.settling import release
from clinic.models import User
from treatments.models import Course, CourseSession, DropReason

REASON = "plan_changed"


def follow_plan(course: Course, *, by: User | None, now: datetime) -> None:
    """Make the standing times of a course keep its plan; expects the patient locked. Raises StillHere."""
    standing, wanted = list(_standing(course)), wanted_sessions(course)
    if not standing:
        return
    clear = {booking.pk: _clear_until(booking, wanted) for booking in standing}
    gone = [booking for booking in standing if booking.session.dropped_reason and _can_go(booking, now)]
    kept = [booking for booking in standing if booking not in gone]
    if any(_is_taken_out_under(booking) for booking in kept):
        raise refusals.StillHere
    crowded = list(_too_near(kept, clear))
    if any(not _can_go(booking, now) for booking in crowded):
        raise refusals.StillHere  # the days of one course are kept apart by the database as well
    elsewhere = [one for one in _too_near_elsewhere(course, wanted, kept) if _can_go(one, now)]
    gone = list({booking.pk: booking for booking in [*gone, *crowded, *elsewhere]}.values())
    _give_up(gone, by, now)
    for booking in standing:
        if booking not in gone and booking.clear_until != clear[booking.pk]:
            Booking.objects.filter(pk=booking.pk).update(clear_until=clear[booking.pk])


def _standing(course: Course) -> Iterable[Booking]:
    counting = Booking.objects.counting().filter(course=course)
    return counting.select_related("session").order_by("day", "session__number")


def _is_taken_out_under(booking: Booking) -> bool:
    """The doctor takes out a session that somebody has come for, and what was done is not written down."""
    return booking.session.dropped_reason == DropReason.REVISED and booking.status in (*PRESENT, Status.DONE)


def _can_go(booking: Booking, now: datetime) -> bool:
    """A visit whose time has come is the desk's to close."""
    return booking.status in (Status.HELD, Status.BOOKED) and booking.starts > now


def _clear_until(booking: Booking, wanted: Sequence[CourseSession]) -> date:
    """As gap_rules.clear_until, from sessions read before."""
    following = [one.never_before for one in wanted if one.number > booking.session.number]
    return booking.day + timedelta(days=(following[0] if following else None) or AFTER_LAST_SESSION)


def _too_near(kept: Sequence[Booking], clear: Mapping[int, date]) -> Iterable[Booking]:
    """Yield those that lie in the days which the one before keeps clear. What was given too near stays."""
    before: Booking | None = None
    for booking in kept:
        if booking.too_close_why:
            continue
        if before and booking.day < clear[before.pk]:
            yield booking
        else:
            before = booking


def _too_near_elsewhere(
    course: Course, wanted: Sequence[CourseSession], kept: Sequence[Booking]
) -> Iterable[Booking]:
    """Yield what is booked too near to a treatment of another course, here or there: what was given stays."""
    others = Booking.objects.counting().filter(patient=course.patient_id).exclude(course=course)
    found, own = list(treatments_on(others, "pk")), own_treatments(wanted)
    near = [
        (booking, pk)
        for (pk,), _, day, treatment in found
        for booking in kept
        if abs((booking.day - day).days) < floor_to(own, treatment)
    ]
    yield from (booking for booking, _ in near if booking.status == Status.BOOKED)
    pushed = [pk for booking, pk in near if booking.session.given_on]
    if pushed:
        yield from others.filter(pk__in=pushed, status=Status.BOOKED).select_related("session")


def _give_up(gone: Sequence[Booking], by: User | None, now: datetime) -> None:
    Booking.objects.filter(pk__in=[one.pk for one in gone if one.status == Status.HELD]).delete()
    booked = [booking for booking in gone if booking.status == Status.BOOKED]
    if booked:
        release(booked, by=by, now=now, reason=REASON)
