"""Lines of the account as they are written: once for each form, in one transaction, with the patient locked.

1. Lock the patient, so that what is decided below is decided on the account as it stands.
2. A form that was sent before is answered with what it did then.
3. Decide, and number the receipt with its location locked, last: numbers have no gap and no double.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from bookings.models import Booking, Entry, EntryKind
from bookings.models.ledger import MONEY_MOVES
from bookings.rules import money
from bookings.services.ledger import refusals
from clinic import audit
from clinic.models import Location, Patient, User
from clinic.refusals import KeyReused
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from treatments.models import Course, CourseSession

T = TypeVar("T")
AGAIN = "#"  # 4123…#2: a reference whose payment was taken back, entered anew


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A line to be written. `location`: where the money is, or what was given."""

    patient: Patient
    location: Location
    kind: EntryKind
    amount: Decimal
    course: Course | None = None
    session: CourseSession | None = None
    booking: Booking | None = None
    method: str = ""
    reference: str = ""
    why: str = ""

    def is_of(self, entry: Entry) -> bool:
        """Whether `entry` is what this form asked for."""
        ids = (self.patient.pk, self.location.pk, self.course and self.course.pk)
        asked = (*ids, self.kind, self.amount, self.method, self.reference, self.why)
        stands = (entry.patient_id, entry.location_id, entry.course_id)
        rest = (entry.kind, entry.amount, entry.method, shown_reference(entry.reference), entry.why)
        return asked == (*stands, *rest)


def shown_reference(stored: str) -> str:
    return stored.partition(AGAIN)[0]


def lines_of(patient: Patient) -> list[money.Line]:
    """Every line of a patient's account, for reckoning."""
    rows = Entry.objects.filter(patient=patient).values_list("pk", "kind", "amount", "reverses_id")
    return [money.Line(*row) for row in rows]


def in_one_transaction(patient: Patient, work: Callable[[], T]) -> T:
    """Run `work` with the patient locked; of two that are written at once the second hears why not."""
    try:
        with transaction.atomic(durable=True):
            lock_patient(patient.pk)
            return work()
    except IntegrityError as error:
        name = error.__cause__.diag.constraint_name or ""
        if name == "bookings_entry_key_key":
            raise KeyReused from error
        if name == "entry_reference_once":
            raise refusals.ReferenceUsed(_in_use(error)) from error
        raise


def _in_use(error: IntegrityError) -> str:
    """The receipt that was quicker; PostgreSQL names method and reference: (method, reference)=(upi, 41)."""
    _columns, _equals, values = (error.__cause__.diag.message_detail or "").partition(")=(")
    method, _comma, reference = values.partition(")")[0].partition(", ")
    return (
        Entry.objects.filter(method=method, reference=reference).values_list("receipt", flat=True).first()
        or ""
    )


def sent_before(draft: Draft, key: UUID) -> Entry | None:
    """The line this form wrote already. Raises KeyReused for a form that now says something else."""
    found = Entry.objects.filter(key=key).first()
    if found and not draft.is_of(found):
        raise KeyReused
    return found


def write(draft: Draft, *, key: UUID, by: User | None, now: datetime, reverses: Entry | None = None) -> Entry:
    """Write one line; expects the patient locked. The day is today, for a charge that of what was given."""
    day = local_day(now, draft.location)
    is_money = draft.kind in MONEY_MOVES and reverses is None
    entry = Entry.objects.create(
        key=key, patient=draft.patient, course=draft.course, session=draft.session, booking=draft.booking,
        location=draft.location, day=day, kind=draft.kind, amount=draft.amount, method=draft.method,
        reference=_free_reference(draft) if reverses is None else draft.reference, why=draft.why,
        reverses=reverses, receipt=_number_receipt(draft.location, day) if is_money else "", by=by, at=now,
    )  # fmt: skip
    act = f"{entry.kind}_taken_back" if reverses else f"{entry.kind}_entered"
    audit.record(by=by, action=act, subject=f"entry:{entry.pk}", patient=draft.patient, now=now)
    return entry


def _free_reference(draft: Draft) -> str:
    """As typed; numbered on where every payment with it was taken back. Raises ReferenceUsed."""
    if not draft.reference or draft.kind != EntryKind.PAYMENT:
        return draft.reference
    uses = Entry.objects.filter(method=draft.method, kind=EntryKind.PAYMENT, reverses=None).filter(
        reference__in=[draft.reference, *(f"{draft.reference}{AGAIN}{n}" for n in range(2, 10))]
    )
    found = list(uses.values_list("receipt", "reversed_by"))  # one look: between two somebody may be quicker
    for receipt, reversed_by in found:
        if reversed_by is None:
            raise refusals.ReferenceUsed(receipt)
    return f"{draft.reference}{AGAIN}{len(found) + 1}" if found else draft.reference


def _lock_numbers(location: Location) -> None:
    Location.objects.select_for_update(no_key=True).get(pk=location.pk)


def _number_receipt(location: Location, day: date) -> str:
    _lock_numbers(location)
    prefix = money.receipt_prefix(location.pk, day)
    first, _last = money.financial_year(day)
    numbered = Entry.objects.filter(location=location, day__gte=first, receipt__startswith=prefix)
    newest = numbered.order_by("-pk").values_list("receipt", flat=True).first()
    return money.next_receipt(prefix, newest or "")
