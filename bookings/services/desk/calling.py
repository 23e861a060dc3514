"""Whether people come: they say so by a button, or the desk rings those who have not, and notes how it ended.

Both in the same days: today, and the next day with visits.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DateField, Exists, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from bookings import refusals
from bookings.models import Booking, Call, CallOutcome, ChangeLine, Status
from bookings.services.door.taking import in_one_transaction, lock
from clinic import audit
from clinic.models import AuditRow, Location, User
from clinic.services.days import local_day

NEXT_DAY_WITHIN = timedelta(days=4)  # a weekend and a holiday
NOT_AGAIN_FOR = timedelta(hours=1)
SAME_PRESS = timedelta(minutes=1)
TAKEN_BACK_FOR = timedelta(minutes=10)
CONTACT_CHANGED = "contact_changed"  # the audit's code for another number of a patient


class AskedFirst(refusals.NotPossible):
    text = _("We have asked you about another time. Please answer that first.")


# In which days


def last_day(location: Location, today: date) -> Coalesce:
    """The last day about which people are asked: the next one with visits there, or today."""
    soon = Booking.objects.filter(
        location=location,
        status=Status.BOOKED,
        replaces=None,
        day__gt=today,
        day__lte=today + NEXT_DAY_WITHIN,
    )
    following = soon.order_by().values("location").annotate(first=Min("day")).values("first")
    return Coalesce(Subquery(following), Value(today, DateField()))


def may_be_confirmed(bookings: Collection[Booking], *, now: datetime) -> set[int]:
    """Return those whose patients can say that they come; they may have said so. One query, or none.

    Nobody is asked to come at a time for which we have just asked about another.
    """
    near = [one for one in bookings if _is_near(one, now)]
    if not near:
        return set()
    days = Q()
    for location in {one.location for one in near}:
        days |= Q(location=location, day__lte=last_day(location, local_day(now, location)))
    rows = Booking.objects.filter(days, pk__in=[one.pk for one in near]).exclude(_open_offers(now))
    return set(rows.values_list("pk", flat=True))


def _is_near(booking: Booking, now: datetime) -> bool:
    is_to_come = booking.status == Status.BOOKED and booking.replaces_id is None and booking.starts > now
    return is_to_come and booking.day <= local_day(now, booking.location) + NEXT_DAY_WITHIN


def _open_offers(now: datetime) -> Exists:
    return Exists(Booking.objects.filter(replaces=OuterRef("pk"), status=Status.HELD).unexpired(now))


# They said so


def say_yes(*, booking: Booking, now: datetime) -> Booking:
    """Note the patient's own word that they come, at the time the page showed. Said twice is said once.

    Raises Changed, AskedFirst, NotPossible.
    """

    def note() -> Booking:
        fresh = _locked(booking)
        is_news = fresh.confirmed_at is None and fresh.version == booking.version
        if is_news and not may_be_confirmed([fresh], now=now):
            is_asked = Booking.objects.filter(_open_offers(now), pk=fresh.pk).exists()
            raise AskedFirst if is_asked else refusals.NotPossible
        return _confirm(fresh, booking.version, None, now)

    return in_one_transaction(note)


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
