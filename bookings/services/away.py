"""Days on which a patient cannot come, as they or the desk said: no plan puts a session there.

What is booked on them already stays until somebody moves it: the page says so at once.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from bookings.models import Away, Booking, Status
from bookings.refusals import TooManyAway
from clinic import audit
from clinic.models import Patient, User
from clinic.services.locks import lock_patient

MOST_SPANS = 20
LONGEST = timedelta(days=183)


def away_days(patient: Patient, first: date, last: date) -> set[date]:
    """Return the days from `first` to `last`, both included, on which the patient is away. One query."""
    found = _standing(patient).filter(first_on__lte=last, last_on__gte=first)
    return {
        day
        for begins, ends in found.values_list("first_on", "last_on")
        for day in _days(max(begins, first), min(ends, last))
    }


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def coming_away(patient: Patient, *, today: date) -> list[Away]:
    """Return the spans that are not over, soonest first."""
    return list(_standing(patient).filter(last_on__gte=today).order_by("first_on", "pk"))


def _standing(patient: Patient) -> QuerySet[Away]:
    return Away.objects.filter(patient=patient, removed_at=None)


def add_away(*, patient: Patient, first_on: date, last_on: date, by: User, now: datetime) -> Away:
    """Note days away, both included; the same days again are the same span. Raises TooManyAway."""
    with transaction.atomic(durable=True):
        lock_patient(patient.pk)
        if same := _standing(patient).filter(first_on=first_on, last_on=last_on).first():
            return same
        if _standing(patient).filter(last_on__gte=first_on).count() >= MOST_SPANS:
            raise TooManyAway
        away = Away.objects.create(patient=patient, first_on=first_on, last_on=last_on, by=by, at=now)
        subject = f"away:{away.pk}"
        audit.record(by=by, action="away_added", subject=subject, patient=patient, now=now)
        return away


def remove_away(*, away: Away, by: User, now: datetime) -> None:
    """They can come after all; removing it twice is removing it once."""
    with transaction.atomic(durable=True):
        patient = lock_patient(away.patient_id)
        if Away.objects.filter(pk=away.pk, removed_at=None).update(removed_at=now):
            subject = f"away:{away.pk}"
            audit.record(by=by, action="away_removed", subject=subject, patient=patient, now=now)


def booked_while_away(patient: Patient, *, now: datetime) -> list[Booking]:
    """Return the visits still to come that lie on days away, soonest first."""
    coming = Booking.objects.filter(
        patient=patient, status=Status.BOOKED, replaces=None, starts__gt=now
    ).select_related("location", "visit_type", "session", "course")
    found = list(coming.order_by("starts"))
    if not found:
        return []
    days = away_days(patient, found[0].day, found[-1].day)
    return [booking for booking in found if booking.day in days]
