"""A patient's own booking, from the time they tapped to the booking that stands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from bookings import door
from bookings.models import Booking, Change, Status
from clinic.models import Location, Patient, Price, User, VisitType
from clinic.models.visit_types import VisitKind
from clinic.services import reminder_consents
from clinic.services.days import local_day


@dataclass(frozen=True)
class Wanted:
    """A time somebody tapped. `hold`: the reference under which the door keeps it for `held_for`.

    `who` is the practitioner that was asked for, if any; the hold has one in either case.
    """

    visit_type: int
    location: int
    starts: datetime
    who: int | None
    hold: str
    held_for: str
    key: UUID


@dataclass(frozen=True)
class Contact:
    """What was typed beside the time. `email`: a further address, where the code went to the phone."""

    name: str = ""
    email: str = ""
    channels: tuple[str, ...] = ()


def offered_consultation(*, now: datetime) -> VisitType | None:
    """Return what new patients book themselves, with today's `price` on it."""
    prices = Price.objects.filter(visit_type=OuterRef("pk"), from_on__lte=local_day(now)).order_by("-from_on")
    offered = VisitType.objects.filter(kind=VisitKind.CONSULTATION, is_online=True)
    return offered.annotate(price=Subquery(prices.values("amount")[:1])).order_by("pk").first()


def finish(*, wanted: Wanted, patient: Patient, contact: Contact, by: User, now: datetime) -> Booking:
    """Book what was held; the same key again gives the same booking. Raises what the door raises.

    The consents come first: reminders are written in the door's own transaction. Held before done: whoever
    saw no hold any more also sees what became of it.
    """
    held = held_time(wanted.hold, held_for=wanted.held_for)
    done = booked_with(wanted.key, patient=patient)
    if done:
        return done
    _note_contact(patient, contact, by=by, now=now)
    if held:
        return door.confirm(held=held, patient=patient, key=wanted.key, by=by, now=now)
    return door.book(
        patient=patient,
        visit_type=VisitType.objects.get(pk=wanted.visit_type),
        location=Location.objects.get(pk=wanted.location),
        starts=wanted.starts,
        practitioner=wanted.who,
        key=wanted.key,
        by=by,
        now=now,
    )


def held_time(reference: str, *, held_for: str) -> Booking | None:
    """What the door keeps for this browser under that reference, run out or not."""
    held = Booking.objects.filter(reference=reference, held_for=held_for, status=Status.HELD)
    return held.select_related("visit_type", "location").first()


def _note_contact(patient: Patient, contact: Contact, *, by: User, now: datetime) -> None:
    """What nobody had told us yet; what is known is changed elsewhere."""
    User.objects.filter(pk=by.pk, name="").update(name=contact.name)
    Patient.objects.filter(pk=patient.pk, email="").update(email=contact.email)
    channels = contact.channels
    reminder_consents.agree_to_reminders(patient=patient, channels=channels, by=by, now=now)


def booked_with(key: UUID, *, patient: Patient) -> Booking | None:
    done = Change.objects.filter(key=key, action="book", lines__booking__patient=patient).first()
    return done.lines.select_related("booking").get().booking if done else None
