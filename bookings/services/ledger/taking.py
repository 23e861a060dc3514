"""What the desk does with money: takes it, gives it back, gives a discount, takes a mistaken line back."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from bookings.models import Booking, Entry, EntryKind
from bookings.rules import money
from bookings.services.ledger import refusals
from bookings.services.ledger.charging import charge_consultation, refuse_by_hand
from bookings.services.ledger.entries import Draft, in_one_transaction, lines_of, sent_before, write
from clinic.models import Patient, User
from clinic.refusals import KeyReused
from treatments.models import CourseSession


def take_payment(*, draft: Draft, key: UUID, by: User, now: datetime) -> Entry:
    """Money came in; what is more than owed is paid ahead. With a booking, its consultation is charged, too.

    Raises ReferenceUsed, KeyReused.
    """

    def work() -> Entry:
        if found := sent_before(draft, key):
            return found
        if draft.booking:
            charge_consultation(draft.booking, by=by, now=now)
        return write(draft, key=key, by=by, now=now)

    return in_one_transaction(draft.patient, work)


def put_on_account(*, booking: Booking, by: User, now: datetime) -> Entry:
    """A consultation that is not paid now. Raises NothingToCharge."""

    def work() -> Entry:
        charged = charge_consultation(booking, by=by, now=now)
        if charged is None:
            raise refusals.NothingToCharge
        return charged

    return in_one_transaction(booking.patient, work)


def give_back(*, draft: Draft, key: UUID, by: User, now: datetime) -> Entry:
    """Money went out, with a reason; never more than came in. Raises MoreThanPaid, WhyNeeded, KeyReused."""
    return _checked(draft, _refuse_more_than_paid, key=key, by=by, now=now)


def give_discount(*, draft: Draft, key: UUID, by: User, now: datetime) -> Entry:
    """With who and why; with a booking, its consultation is charged, too.

    Raises MoreThanCharged, WhyNeeded, KeyReused.
    """
    return _checked(draft, _refuse_more_than_charged, key=key, by=by, now=now)


def _checked(draft: Draft, refuse: Callable[[Draft], None], *, key: UUID, by: User, now: datetime) -> Entry:
    if not draft.why:
        raise refusals.WhyNeeded

    def work() -> Entry:
        if found := sent_before(draft, key):
            return found
        if draft.booking:
            charge_consultation(draft.booking, by=by, now=now)
        refuse(draft)
        return write(draft, key=key, by=by, now=now)

    return in_one_transaction(draft.patient, work)


def _refuse_more_than_paid(draft: Draft) -> None:
    most = money.totals(lines_of(draft.patient)).may_give_back
    if draft.amount > most:
        raise refusals.MoreThanPaid(most)


def _refuse_more_than_charged(draft: Draft) -> None:
    stands = money.totals(lines_of(draft.patient))
    most = stands.charge + still_to_come(draft.patient) - stands.discount
    if draft.amount > most:
        raise refusals.MoreThanCharged(max(most, money.NOTHING))


def still_to_come(patient: Patient) -> Decimal:
    """What the sessions not given yet of the patient's courses cost as agreed: what can be paid ahead for."""
    ahead = CourseSession.objects.filter(
        course__patient=patient, course__ended_on=None, course__session_price__gt=0, given_on=None,
        dropped_reason="",
    )  # fmt: skip
    return sum(ahead.values_list("course__session_price", flat=True), Decimal(0))


def take_back(*, entry: Entry, why: str, key: UUID, by: User, now: datetime) -> Entry:
    """Take a mistaken line back by another one. Nothing goes out of the till: that is `give_back`.

    A charge that was taken back by mistake stands again when that is taken back; money is entered anew.
    Raises TakenBackAlready, NotByHand, PaidBackOfIt, WhyNeeded, KeyReused.
    """
    refuse_by_hand(entry)
    if not why:
        raise refusals.WhyNeeded

    def work() -> Entry:
        found = Entry.objects.filter(key=key).first()
        if found and (found.reverses_id, found.why) != (entry.pk, why):
            raise KeyReused
        return found or _take_back(entry, why, key, by, now)

    return in_one_transaction(entry.patient, work)


def _take_back(entry: Entry, why: str, key: UUID, by: User, now: datetime) -> Entry:
    is_money_back = entry.reverses_id and entry.kind != EntryKind.CHARGE
    if is_money_back or Entry.objects.filter(reverses=entry).exists():
        raise refusals.TakenBackAlready
    if entry.kind == EntryKind.PAYMENT:
        stands = money.totals(lines_of(entry.patient))
        if stands.may_give_back < entry.amount:
            raise refusals.PaidBackOfIt
    draft = Draft(
        patient=entry.patient, location=entry.location, kind=entry.kind, amount=entry.amount,
        course=entry.course, session=entry.session, booking=entry.booking, method=entry.method,
        reference=entry.reference, why=why,
    )  # fmt: skip
    return write(draft, key=key, by=by, now=now, reverses=entry)
