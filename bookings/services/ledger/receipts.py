"""What a receipt says: whom, when, for what, how; never what was treated."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from bookings.models import Entry, EntryKind
from bookings.rules import money
from bookings.services.ledger.entries import shown_reference
from bookings.services.ledger.reading import as_line
from clinic import formats
from clinic.models import Patient
from treatments.models import CourseSession
from treatments.models.courses import DropReason


@dataclass(frozen=True)
class Receipt:
    """`items`: what the visit cost, where one was paid for; `balance`: what was owed once this was paid."""

    entry: Entry
    what: str
    items: list[tuple[str, Decimal]]
    reference: str
    balance: Decimal
    taken_back: Entry | None


def receipt_of(entry: Entry) -> Receipt:
    """Return the receipt as it was when it was written, and whether it was taken back since."""
    before = Entry.objects.filter(patient=entry.patient, pk__lte=entry.pk).order_by("pk")
    lines = [as_line(one) for one in before]
    return Receipt(
        entry=entry,
        what=_what(entry),
        items=_items(entry, before),
        reference=shown_reference(entry.reference),
        balance=money.totals(lines).balance,
        taken_back=Entry.objects.filter(reverses=entry).first(),
    )


def _what(entry: Entry) -> str:
    """Session 3 of 8; Visit on 23 Nov 2026; Paid ahead for a course of 8 sessions; On account."""
    if entry.session_id:
        said = {"number": entry.session.number, "count": _count(entry.session.course_id)}
        return _("Session %(number)s of %(count)s") % said
    if entry.booking_id:
        return _("Visit on %(day)s") % {"day": formats.day_with_year(entry.booking.day)}
    if entry.course_id:
        return _("A course of %(count)s sessions") % {"count": _count(entry.course_id)}
    return _("On account")


def _count(course_id: int) -> int:
    sessions = CourseSession.objects.filter(course=course_id)
    return sessions.exclude(dropped_reason=DropReason.REVISED).count()


def _items(entry: Entry, before) -> list[tuple[str, Decimal]]:
    """What was charged and left off for that very visit."""
    if entry.kind != EntryKind.PAYMENT or not entry.booking_id:
        return []
    same = before.filter(booking=entry.booking_id, reverses=None, reversed_by=None)
    words = {EntryKind.CHARGE: _what(entry), EntryKind.DISCOUNT: _("Discount")}
    sign = {EntryKind.CHARGE: 1, EntryKind.DISCOUNT: -1}
    return [(str(words[one.kind]), sign[one.kind] * one.amount) for one in same if one.kind in words]


def receipts_of(patient: Patient) -> list[Entry]:
    """Return the patient's receipts, newest first, in one query; `is_void` where one was taken back."""
    rows = Entry.objects.filter(patient=patient).exclude(receipt="").select_related("location", "reversed_by")
    found = list(rows.order_by("-pk"))
    for entry in found:
        entry.is_void = hasattr(entry, "reversed_by")
    return found
