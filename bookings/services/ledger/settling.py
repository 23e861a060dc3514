"""What becomes of a session that was missed or is not wanted any more, as the desk says."""

from datetime import datetime

from django.db import transaction

from bookings.models import Booking
from bookings.services.ledger import refusals
from clinic.models import User
from clinic.services.locks import lock_patient
from treatments.models import CourseSession
from treatments.models.courses import DropReason
from treatments.services import dropping


def settle_session(*, session: CourseSession, reason: DropReason, why: str, by: User, now: datetime) -> None:
    """Count it as used, and charge it, or give it back. The same again is done already. `why` is a code.

    Raises NothingToSettle for one that has a time: that is given up first. Also AlreadyGiven, WillNotBeGiven.
    """
    with transaction.atomic(durable=True):
        lock_patient(session.course.patient_id)
        if CourseSession.objects.filter(pk=session.pk, dropped_reason=reason).exists():
            return
        if Booking.objects.counting().filter(session=session, session__given_on=None).exists():
            raise refusals.NothingToSettle
        dropping.drop(session=session, reason=reason, why=why, by=by, now=now)


def put_session_back(*, session: CourseSession, by: User, now: datetime) -> None:
    """Take that back: it is to be booked again, and not charged. Raises WillNotBeGiven."""
    with transaction.atomic(durable=True):
        lock_patient(session.course.patient_id)
        if CourseSession.objects.filter(pk=session.pk, dropped_reason="").exists():
            return
        dropping.put_back(session=session, by=by, now=now)
