"""What the medical record says comes first: the diary follows, in the same transaction.

What was given is always stored, on the day it was given, also entered late, given early or without a booking.
Bookings it collides with give way: they are released, to be moved.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from bookings.models import Booking, Change, Claim, Status
from bookings.models.bookings import LIVE
from bookings.services import messages, nudging
from bookings.services.door import changes
from bookings.services.door.gap_rules import AFTER_LAST_SESSION, clear_until
from bookings.services.door.offering import end_offers
from bookings.services.door.writing import new_reference
from bookings.services.openings.search import read_visit
from bookings.services.wording import about_session
from clinic import outbox
from clinic.models import User
from clinic.rules import timespans
from treatments.models import Course, CourseSession, Record
from treatments.models.records import Given
from treatments.rules.pausing import UNDO_WITHIN
from treatments.services.pausing import open_pauses

PAUSE, TO_BE_MOVED = "pause", "to_be_moved"  # what a Change of released times is called


def settle(course: Course, *, by: User | None, now: datetime) -> None:
    """Make the bookings of a course say what its records say; expects the patient locked by the sender."""
    pauses = open_pauses(course)
    for session in course.sessions.filter(given_on__isnull=False).order_by("number"):
        record = session.records.exclude(outcome=Given.NOT_GIVEN).latest("pk")
        if _settle_given(session, record, by, now) and not pauses:
            _tell_next(course, session, now)
    _settle_not_given(course, now)
    nudging.follow(course, pauses, now=now)
    if pauses:
        _give_back(course, by, now)


def _settle_given(session: CourseSession, record: Record, by: User | None, now: datetime) -> bool:
    """Make the session's booking say what happened; False when it says so already.

    That a visit is done says nothing yet: the desk sees people out before the doctor has written it down.
    """
    booking = Booking.objects.counting().filter(session=session).first()
    signed_before = record.signed_at != now  # else it is the one that this transaction signs
    if signed_before and booking and booking.status == Status.DONE and booking.day == record.day:
        return False
    booking = booking or _unplanned(session, record, now)
    if booking.pk is None or booking.day != record.day or record.started_at < booking.starts:
        _put_where_it_happened(booking, session, record)
    booking.clear_until = clear_until(session, booking.day)
    _make_way(booking, by, now)
    if booking.pk:
        end_offers(booking)
    booking.status, booking.held_until, booking.version = Status.DONE, None, booking.version + 1
    if record.entered_late_why:
        booking.entered_late_by, booking.entered_late_at = record.signed_by.user, now
        booking.entered_late_why = record.entered_late_why[:80]
    _note_if_too_close(booking, record)
    booking.save()
    messages.withdraw_reminders(bookings=[booking], now=now)
    return True


def _unplanned(session: CourseSession, record: Record, now: datetime) -> Booking:
    course = session.course
    return Booking(
        reference=new_reference(), patient=course.patient, visit_type=course.visit_type, course=course,
        session=session, location=course.location, practitioner=record.signed_by, created_at=now,
    )  # fmt: skip


def _put_where_it_happened(booking: Booking, session: CourseSession, record: Record) -> None:
    # the past cannot be double-booked any more, and must not be refused: no claims
    if booking.pk:
        Claim.objects.filter(booking=booking).delete()
    booking.practitioner = record.signed_by
    booking.starts = timespans.align_down(record.started_at)
    booking.ends = booking.starts + read_visit(session.course.visit_type).length
    booking.day = record.day


def _make_way(booking: Booking, by: User | None, now: datetime) -> None:
    """Release the times that a given session rules out: its course's gap, the week after any injection."""
    week = timedelta(days=AFTER_LAST_SESSION)
    others = (
        Booking.objects.counting().filter(patient=booking.patient, status__in=LIVE).exclude(pk=booking.pk)
    )
    in_way = [
        other
        for other in others
        if abs(other.day - booking.day) < week
        or (other.course_id == booking.course_id and not _keeps_order(other, booking))
    ]
    if in_way:
        release(in_way, by=by, now=now, reason="given_day")


def _keeps_order(other: Booking, given: Booking) -> bool:
    if other.session.number > given.session.number:
        return other.day >= given.clear_until
    return other.clear_until <= given.day


def _give_back(course: Course, by: User | None, now: datetime) -> None:
    """While a course is paused nothing of it is ahead, and nobody is asked to choose a day. Whoever is here
    already stays; a visit whose time has come is the desk's to close.
    """
    counting = Booking.objects.counting().filter(course=course, starts__gt=now)
    for offered in counting.filter(status=Status.HELD):
        offered.delete()
    ahead = list(counting.filter(status=Status.BOOKED).order_by("starts"))
    if ahead:
        release(ahead, by=by, now=now, reason="paused", action=PAUSE, grace=UNDO_WITHIN)
    to_come = course.sessions.filter(given_on=None)
    outbox.withdraw(subjects=[about_session(pk) for pk in to_come.values_list("pk", flat=True)])


def release(
    bookings: list[Booking], *, by: User | None, now: datetime, reason: str, action: str = TO_BE_MOVED,
    grace: timedelta | None = None,
) -> None:  # fmt: skip
    """Give up the times of these, all of one patient, to be moved. `reason` is a code.

    `grace`: so long nobody else hears that the times are free.
    """
    before = {booking.pk: changes.snapshot(booking) for booking in bookings}
    Claim.objects.filter(booking__in=bookings).delete()
    for booking in bookings:
        end_offers(booking)
        booking.status, booking.clear_until, booking.held_until = Status.CANCELLED, None, None
        booking.version += 1
        booking.save(update_fields=["status", "clear_until", "held_until", "version"])
    change = changes.write(
        key=uuid4(), by=by, action=action, payload={"released": sorted(before)}, reason=reason,
        at=now, undo_until=grace and now + grace, before=before, bookings=bookings,
    )  # fmt: skip
    if grace:  # no plain undo: it would give times to what is still paused (services/pausing.py)
        Change.objects.filter(pk=change.pk).update(undo_until=None)
    messages.booking_changed(bookings=bookings, change=change, now=now)


def _note_if_too_close(booking: Booking, record: Record) -> None:
    """Two given days too close stay on record, with who and why, outside the constraint."""
    given = (
        Booking.objects.counting().filter(patient=booking.patient, status=Status.DONE).exclude(pk=booking.pk)
    )
    week = timedelta(days=AFTER_LAST_SESSION)
    close = any(
        abs(other.day - booking.day) < week
        or (other.course_id == booking.course_id and not _keeps_order(other, booking))
        for other in given
    )
    if close:
        booking.too_close_by = record.signed_by.user
        booking.too_close_why = (record.entered_late_why or record.note or "given on that day")[:80]


def _settle_not_given(course: Course, now: datetime) -> None:
    """The patient came and was not treated: the visit is over and does not count."""
    not_given = Record.objects.filter(session__course=course, outcome=Given.NOT_GIVEN)
    for record in not_given.filter(session__given_on=None):
        booking = (
            Booking.objects.counting()
            .filter(session=record.session_id, day=record.day, created_at__lte=record.signed_at)
            .first()
        )
        if booking:
            end_offers(booking)
            booking.status, booking.clear_until, booking.held_until = Status.DONE, None, None
            booking.version += 1
            booking.save(update_fields=["status", "clear_until", "held_until", "version"])
            booking.claims.filter(starts__gte=now).delete()
            messages.withdraw_reminders(bookings=[booking], now=now)


def _tell_next(course: Course, given: CourseSession, now: datetime) -> None:
    following = course.sessions.filter(
        number__gt=given.number, given_on__isnull=True, dropped_reason=""
    ).order_by("number")
    session = following.first()
    if session:
        messages.next_session(session=session, last=given.given_on, now=now)
