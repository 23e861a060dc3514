"""A visit that has been, written down at its true time, for bookings/door.py."""

from zoneinfo import ZoneInfo

from bookings import refusals
from bookings.models import Booking, Status
from bookings.services.door import changes
from bookings.services.door.acts import Act, Take
from bookings.services.door.offering import end_offers
from bookings.services.door.taking import lock
from bookings.services.door.writing import new_reference, write_change
from bookings.services.openings.search import read_visit
from clinic.rules import timespans


def enter(act: Act) -> Booking:
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
    booking.status, booking.status_at = Status.DONE, act.now
    booking.entered_late_by, booking.entered_late_at, booking.entered_late_why = act.by, act.now, act.reason
    booking.save(update_fields=_PAST if booking.pk else None)
    write_change(act, before, [booking])
    return booking


_PAST = (
    "practitioner", "starts", "ends", "day", "status", "status_at", "version",
    "entered_late_by", "entered_late_at", "entered_late_why",
)  # fmt: skip


def _booked_before(act: Act, booking: Booking) -> Booking:
    fresh = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
    if fresh.version != act.expected[fresh.pk]:
        raise refusals.Changed
    if fresh.status not in (Status.BOOKED, Status.NO_SHOW) or fresh.patient_id != act.patient.pk:
        raise refusals.NotPossible
    fresh.claims.all().delete()
    end_offers(fresh)
    fresh.version += 1
    return fresh


def _new_past(act: Act, take: Take) -> Booking:
    return Booking(
        reference=new_reference(), patient=act.patient, visit_type=take.visit_type, location=take.location,
        created_at=act.now,
    )  # fmt: skip
