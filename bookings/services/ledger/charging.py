"""What is given is charged by itself, at the price agreed with the course; what turns out not given is not.

A session is charged once and for ever by one line; whether it stands follows from the lines that take it back
and let it stand again. So the same facts told twice, late, or in another order end in the same account.
"""

from datetime import datetime
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db.models import Q
from django.utils.translation import gettext_noop

from bookings.models import Booking, Entry, EntryKind, Status
from bookings.models.bookings import PRESENT
from bookings.services.ledger import refusals
from bookings.services.ledger.entries import Draft, write
from clinic.models import Price, User
from clinic.models.visit_types import VisitKind
from treatments.models import Course, CourseSession
from treatments.models.courses import DropReason

NOT_GIVEN = gettext_noop("not given after all")
GIVEN_AFTER_ALL = gettext_noop("given after all")
FORFEITED = gettext_noop("missed, and counted as used")
ENDED = (*PRESENT, Status.DONE)


def charge_given(course: Course, *, now: datetime) -> None:
    """Let the charges of a course say what was given or forfeited; expects the patient locked.

    Two queries where there is nothing to write. A course without an agreed price has no charges.
    """
    price = Course.objects.filter(pk=course.pk).values_list("session_price", flat=True).get()
    if not price:
        return
    owing = {
        session.pk: session
        for session in course.sessions.filter(
            Q(given_on__isnull=False) | Q(dropped_reason=DropReason.FORFEITED)
        )
    }
    newest = _newest_charges(course)
    for session in owing.values():
        if session.pk not in newest:
            _charge(course, session, price, now)
    for pk, (entry, stands) in newest.items():
        if stands != (pk in owing):
            _turn(entry, GIVEN_AFTER_ALL if pk in owing else NOT_GIVEN, now)


def _newest_charges(course: Course) -> dict[int, tuple[Entry, bool]]:
    """By session the last line about its charge, and whether the charge stands."""
    rows = Entry.objects.filter(course=course, session__isnull=False, kind=EntryKind.CHARGE)
    found: dict[int, tuple[Entry, bool]] = {}
    for entry in rows.select_related("patient", "location", "session").order_by("pk"):
        _before, stands = found.get(entry.session_id, (None, False))
        found[entry.session_id] = (entry, not stands)
    return found


def _charge(course: Course, session: CourseSession, price: Decimal, now: datetime) -> None:
    booking = Booking.objects.counting().filter(session=session).first() if session.given_on else None
    draft = Draft(
        patient=course.patient, location=booking.location if booking else course.location,
        kind=EntryKind.CHARGE, amount=price, course=course, session=session, booking=booking,
        why="" if session.given_on else FORFEITED,
    )  # fmt: skip
    write(draft, key=_key("session", session.pk), by=None, now=now)


def _turn(entry: Entry, why: str, now: datetime) -> None:
    draft = Draft(
        patient=entry.patient, location=entry.location, kind=entry.kind, amount=entry.amount,
        course=entry.course, session=entry.session, booking=entry.booking, why=why,
    )  # fmt: skip
    write(draft, key=uuid4(), by=None, now=now, reverses=entry)


def _key(what: str, pk: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"charge:{what}:{pk}")


# Consultations: charged at the desk


def price_of(booking: Booking) -> Decimal | None:
    """What a consultation on that day costs; None for a session, and while nothing is set."""
    if booking.visit_type.kind != VisitKind.CONSULTATION:
        return None
    prices = Price.objects.filter(visit_type=booking.visit_type, from_on__lte=booking.day)
    return prices.order_by("-from_on").values_list("amount", flat=True).first()


def yet_to_charge(booking: Booking) -> Decimal:
    """What this visit adds to the account and has not yet: a session is charged once it is written down."""
    if booking.in_error_at or booking.status not in ENDED:
        return Decimal(0)
    if booking.session_id:
        is_open = booking.session.given_on is None and not booking.session.dropped_reason
        return (booking.course.session_price or Decimal(0)) if is_open else Decimal(0)
    if Entry.objects.filter(booking=booking, kind=EntryKind.CHARGE).exists():
        return Decimal(0)
    return price_of(booking) or Decimal(0)


def charge_consultation(booking: Booking, *, by: User, now: datetime) -> Entry | None:
    """Put a consultation on the account, once; None where there is nothing to put. Expects the lock."""
    amount = Decimal(0) if booking.session_id else yet_to_charge(booking)
    if not amount:
        return None
    draft = Draft(
        patient=booking.patient, location=booking.location, kind=EntryKind.CHARGE, amount=amount,
        booking=booking,
    )  # fmt: skip
    return write(draft, key=_key("booking", booking.pk), by=by, now=now)


def refuse_by_hand(entry: Entry) -> None:
    if entry.kind == EntryKind.CHARGE and entry.session_id:
        raise refusals.NotByHand
