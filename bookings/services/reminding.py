"""What a reminder may say in the moment it is sent; clinic/delivery.py asks.

A closure, or other hours, change no booking, and so replace no message; nor does a question that was asked,
answered or left alone. A time at which nobody would be there is not reminded of: the desk moves it, or keeps
it on somebody's word, and then the reminder still goes, as long as it is of use. While another time waits for
an answer, the old one stands, and the reminder says so.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from bookings.models import Booking, Status
from bookings.rules.reminder_ladder import FORM_KINDS
from bookings.services.closing import closures
from bookings.services.wording import about_booking, about_session
from clinic.delivery import Recheck
from clinic.models import Message
from clinic.rules.message_texts import FORM_WAITS, STILL_STANDS
from consultations.models import Intake
from consultations.models.intakes import Purpose

DAY_BEFORE = "reminder_24"
KINDS = ("reminder_72", DAY_BEFORE, "next_booked", *FORM_KINDS)
LOOK_AGAIN_AFTER = timedelta(minutes=30)


def recheck(messages: Sequence[Message], *, now: datetime) -> dict[UUID, Recheck]:
    """Return, of these that are about to be sent, those that cannot go as they are written."""
    reminders = [message for message in messages if message.kind in KINDS]
    visits = _visits({message.subject for message in reminders}, now) if reminders else {}
    closed = closures.closed_among(visits.values(), now=now)
    checks = {
        message.pk: _check(visits[message.subject], message.kind, closed, now)
        for message in reminders
        if message.subject in visits
    }
    return {pk: check for pk, check in checks.items() if check}


def _check(booking: Booking, kind: str, closed: Collection[int], now: datetime) -> Recheck | None:
    if booking.pk in closed:
        return Recheck(look_again_at=now + LOOK_AGAIN_AFTER, reason="closed_then")
    if booking.is_asked and kind not in FORM_KINDS:
        return Recheck(kind=STILL_STANDS.code)
    return Recheck(kind=FORM_WAITS.code) if _waits_for_form(booking, kind) else None


def _waits_for_form(booking: Booking, kind: str) -> bool:
    """The day before a consultation its reminder says that the form has not come yet."""
    return kind == DAY_BEFORE and booking.session_id is None and not booking.is_form_sent


def _visits(subjects: Collection[str], now: datetime) -> Mapping[str, Booking]:
    """By the subject of a message; each says whether another time waits for an answer. One query."""
    offers = Booking.objects.filter(replaces=OuterRef("pk"), status=Status.HELD).unexpired(now)
    forms = Intake.objects.filter(patient=OuterRef("patient"), purpose=Purpose.FULL)
    sent = forms.filter(submitted_at__isnull=False)
    booked = Booking.objects.filter(status=Status.BOOKED, replaces=None)
    named = Q(pk__in=_numbers(subjects, about_booking)) | Q(session__in=_numbers(subjects, about_session))
    told = {"is_asked": Exists(offers), "is_form_sent": Exists(sent)}
    found = {}
    for booking in booked.filter(named).select_related("location").annotate(**told):
        found[about_booking(booking.pk)] = found[about_session(booking.session_id)] = booking
    return found


def _numbers(subjects: Collection[str], about) -> list[int]:
    kind = about("")
    return [int(subject.removeprefix(kind)) for subject in subjects if subject.startswith(kind)]
