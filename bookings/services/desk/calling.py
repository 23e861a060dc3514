"""Whether people come: the desk rings those of the next day who have not said so, and notes how it ended."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from bookings import refusals
from bookings.models import Booking, Call, CallOutcome, ChangeLine, Status
from bookings.services.door.taking import in_one_transaction, lock
from clinic import audit
from clinic.models import AuditRow, User

NOT_AGAIN_FOR = timedelta(hours=1)
SAME_PRESS = timedelta(minutes=1)
TAKEN_BACK_FOR = timedelta(minutes=10)
CONTACT_CHANGED = "contact_changed"  # the audit's code for another number of a patient


# They said so


def confirm(*, booking: Booking, by: User | None, now: datetime) -> Booking:
    """Note that they come, at the time the caller saw. `by` is None for the patient.

    Said before, it stays as it was said first. Raises Changed, NotPossible.
    """
    return in_one_transaction(lambda: _confirm(_locked(booking), booking.version, by, now))


def _locked(booking: Booking) -> Booking:
    """The patient first, as everywhere: what is noted of a visit points at the record, too."""
    lock(patients={booking.patient_id}, resources=set())
    return Booking.objects.select_for_update(no_key=True, of=("self",)).get(pk=booking.pk)


def _confirm(fresh: Booking, seen: int, by: User | None, now: datetime) -> Booking:
    if fresh.confirmed_at is not None:
        return fresh
    if fresh.version != seen:
        raise refusals.Changed
    if fresh.status != Status.BOOKED:
        raise refusals.NotPossible
    return _write(fresh, "visit_confirmed", by, now, at=now)


def unconfirm(*, booking: Booking, by: User, now: datetime) -> Booking:
    """Take back what was noted by mistake; the visit stands in the list again."""

    def take_back() -> Booking:
        fresh = _locked(booking)
        return fresh if fresh.confirmed_at is None else _write(fresh, "visit_unconfirmed", by, now, at=None)

    return in_one_transaction(take_back)


def _write(fresh: Booking, action: str, by: User | None, now: datetime, *, at: datetime | None) -> Booking:
    fresh.confirmed_at, fresh.confirmed_by = at, by if at else None
    fresh.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(by=by, action=action, subject=f"booking:{fresh.pk}", patient=fresh.patient, now=now)
    return fresh


# The desk rang


def note_call(*, booking: Booking, outcome: CallOutcome, by: User, now: datetime) -> Call:
    """Write down how a call ended; `comes` confirms the visit with it. The same button twice is one call."""

    def note() -> Call:
        fresh = _locked(booking)
        newest = Call.objects.filter(booking=fresh).order_by("-pk").first()
        if newest and _is_same_press(newest, outcome, by, now):
            return newest
        if outcome == CallOutcome.CONFIRMED:
            _confirm(fresh, booking.version, by, now)
        if fresh.status != Status.BOOKED:
            raise refusals.NotPossible
        return Call.objects.create(booking=fresh, outcome=outcome, by=by, at=now)

    return in_one_transaction(note)


def _is_same_press(call: Call, outcome: str, by: User, now: datetime) -> bool:
    return (call.outcome, call.by_id) == (outcome, by.pk) and now - call.at < SAME_PRESS


# Whom to ring


@dataclass(frozen=True)
class Tried:
    """What came of ringing about one visit so far: the last call that still says something, and how many."""

    last: Call
    times: int


def tried(bookings: Collection[int]) -> dict[int, Tried]:
    """Return the calls about these visits in one query.

    A call about another time than the visit has now says nothing any more, and so does a wrong number once
    it was changed.
    """
    moved = ChangeLine.objects.filter(booking=OuterRef("booking"), change__at__gt=OuterRef("at")).exclude(
        before__starts=F("after__starts"), before__location=F("after__location")
    )
    other_number = AuditRow.objects.filter(
        patient=OuterRef("booking__patient"), action=CONTACT_CHANGED, at__gt=OuterRef("at")
    )
    rows = Call.objects.filter(booking__in=bookings).annotate(
        moved=Exists(moved), other_number=Exists(other_number)
    )
    counting: dict[int, list[Call]] = defaultdict(list)
    for call in rows.order_by("pk"):
        is_wrong = call.outcome == CallOutcome.WRONG_NUMBER
        if not (call.other_number if is_wrong else call.moved):
            counting[call.booking_id].append(call)
    return {booking: Tried(calls[-1], len(calls)) for booking, calls in counting.items()}


def is_to_be_rung(booking: Booking, found: Tried | None, *, now: datetime) -> bool:
    """Whether this visit, still to come, wants a call now: not while somebody has only just tried."""
    if found is not None and found.last.outcome == CallOutcome.WANTS_CHANGE:
        return booking.confirmed_at is None or booking.confirmed_at < found.last.at
    return booking.confirmed_at is None and not is_resting(found, now=now)


def is_resting(found: Tried | None, *, now: datetime) -> bool:
    """Nobody answered a moment ago: an hour later is soon enough, whatever it is about."""
    no_answer = found is not None and found.last.outcome == CallOutcome.NO_ANSWER
    return no_answer and now - found.last.at < NOT_AGAIN_FOR


@dataclass(frozen=True)
class Signal:
    """Why somebody is rung before others, in a word that can be said aloud."""

    code: str
    weight: int


MISSED, FIRST, NEVER = Signal("missed", 4), Signal("first", 2), Signal("never", 1)


def signals(booking: Booking) -> list[Signal]:
    """`booking` carries what services/desk/todo.py read of the visits before: missed_before, been_before …"""
    found = [MISSED] if booking.missed_before else []
    if not booking.been_before:
        return [*found, FIRST]
    return found if booking.confirmed_before else [*found, NEVER]
