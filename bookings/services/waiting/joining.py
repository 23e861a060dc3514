"""Joining the list of those who wait for a time, and leaving it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from bookings import door
from bookings.models import Booking, Offer, Status, WaitEnd, WaitlistEntry
from bookings.services.courses import window_of
from bookings.services.door.taking import in_one_transaction
from bookings.services.waiting import ending
from bookings.services.waiting.candidates import SHOWN_WITH_IT, open_entries, what_they_have
from bookings.services.waiting.refusals import NothingEarlier
from clinic import audit
from clinic.models import Location, Patient, Practitioner, User, VisitType
from clinic.rules import timespans
from clinic.services.locks import lock_patient
from treatments.models import CourseSession

AS_LONG = timedelta(days=60)  # where nothing says until when


@dataclass(frozen=True)
class Wanted:
    """What somebody waits for: a session of a course, or a consultation at a place.

    `booking`: the visit that they have and would give up. `first_on`, `last_on`: the days that make sense.
    """

    patient: Patient
    visit_type: VisitType
    location: Location
    first_on: date
    last_on: date
    session: CourseSession | None = None
    booking: Booking | None = None


@dataclass(frozen=True)
class Wishes:
    """What they said; the defaults are that anything suits."""

    last_on: date | None = None
    weekdays: Sequence[int] = ()
    hours: tuple[time, time] | None = None
    practitioner: Practitioner | None = None
    at_short_notice: bool = True


ANY = Wishes()


def for_booking(booking: Booking, *, now: datetime) -> Wanted:
    """Something earlier than a visit they have. Raises NothingEarlier."""
    today = timespans.local_day(now, ZoneInfo(booking.location.time_zone))
    first, last = today, booking.day - timedelta(days=1)
    if booking.session:
        first = max(first, window_of(booking.session, today=today).first)
    if booking.status != Status.BOOKED or first > last:
        raise NothingEarlier
    return Wanted(
        booking.patient, booking.visit_type, booking.location, first, last, booking.session, booking
    )


def movable(bookings: QuerySet[Booking], *, now: datetime) -> list[Booking]:
    """Those of these visits that somebody could give up for an earlier one, soonest first."""
    related = ("patient", "visit_type", "location", "session__course", "practitioner__resource")
    coming = bookings.filter(status=Status.BOOKED, replaces=None, starts__gt=now)
    return list(coming.select_related(*related).order_by("starts"))


def for_session(session: CourseSession, *, now: datetime) -> Wanted:
    """Any time for a session that has none. Raises NothingEarlier."""
    course = session.course
    window = window_of(session, today=timespans.local_day(now, ZoneInfo(course.location.time_zone)))
    last = max(window.last or window.first + AS_LONG, window.first)
    if session.given_on or session.dropped_reason or course.ended_on:
        raise NothingEarlier
    return Wanted(course.patient, course.visit_type, course.location, window.first, last, session)


def for_consultation(*, patient: Patient, visit_type: VisitType, location: Location, now: datetime) -> Wanted:
    today = timespans.local_day(now, ZoneInfo(location.time_zone))
    return Wanted(patient, visit_type, location, today, today + AS_LONG)


def join(*, wanted: Wanted, wishes: Wishes = ANY, key: UUID, by: User, now: datetime) -> WaitlistEntry:
    """Put them on the list; who is on it for this already gets their new wishes, and keeps their place."""
    return in_one_transaction(lambda: _join(wanted, wishes, key, by, now))


def _join(wanted: Wanted, wishes: Wishes, key: UUID, by: User, now: datetime) -> WaitlistEntry:
    patient = lock_patient(wanted.patient.pk)
    if done := WaitlistEntry.objects.filter(key=key, patient=patient).first():
        return done
    entry = standing_for(wanted) or WaitlistEntry(key=key, by=by, created_at=now)
    is_new = entry.pk is None
    entry.patient, entry.visit_type, entry.location = patient, wanted.visit_type, wanted.location
    entry.session, entry.booking = wanted.session, wanted.booking
    entry.first_on = wanted.first_on
    entry.last_on = max(wanted.first_on, min(wanted.last_on, wishes.last_on or wanted.last_on))
    entry.weekdays, entry.practitioner = sorted(set(wishes.weekdays)), wishes.practitioner
    entry.from_time, entry.to_time = wishes.hours or (None, None)
    entry.at_short_notice = wishes.at_short_notice
    entry.save()
    action = "wait_joined" if is_new else "wait_changed"
    audit.record(by=by, action=action, subject=f"wait:{entry.pk}", patient=patient, now=now)
    return entry


def standing_for(wanted: Wanted) -> WaitlistEntry | None:
    """Return their place on the list for it, if they have one: the constraints allow no second."""
    if wanted.session:
        return open_entries().filter(session=wanted.session).first()
    return open_entries().filter(
        patient=wanted.patient, visit_type=wanted.visit_type, location=wanted.location, session=None
    ).first()  # fmt: skip


def leave(*, entry: WaitlistEntry, by: User, now: datetime) -> None:
    """They wait no more; twice is once. What is kept for them is free again."""
    kept = list(Offer.objects.filter(entry=entry, outcome="", held__isnull=False).select_related("held"))

    def end() -> None:
        lock_patient(entry.patient_id)
        ending.end_entry(entry, WaitEnd.WITHDRAWN, by=by, now=now)

    in_one_transaction(end)
    for offer in kept:
        if offer.held.status == Status.HELD:
            door.decline(offer=offer.held, by=by, now=now)


@dataclass(frozen=True)
class Wait:
    """An entry as a page shows it, with the time they have."""

    entry: WaitlistEntry
    has: Booking | None = None
    offers: list[Offer] = field(default_factory=list)


def waits_of(patient: Patient) -> list[Wait]:
    """Return what this person waits for, with what is offered to them just now. Four queries at most."""
    related = (*SHOWN_WITH_IT, "session__course")
    entries = list(open_entries().filter(patient=patient).select_related(*related).order_by("pk"))
    has = what_they_have(entries)
    offers = Offer.objects.filter(entry__in=entries, outcome="").select_related(
        "freed__location", "freed__practitioner__resource", "freed__visit_type", "held", "entry"
    )
    offered = list(offers.order_by("freed__starts", "pk")) if entries else []
    return [
        Wait(entry, has.get(entry.pk), [one for one in offered if one.entry_id == entry.pk])
        for entry in entries
    ]
