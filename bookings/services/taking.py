"""How times are taken, in this order and for these reasons. Only bookings/door.py calls it.

1. look, without a lock, and choose resources: the tightest fitting chair, room and practitioner;
2. in one durable transaction lock the patient rows, then the chosen resource rows, each in id order, so that
   two doors never wait for each other in a circle;
3. delete expired holds found on them: expiry is decided here and never by a timer;
4. read again in a new statement: one that waited for a lock still sees the time before it waited;
5. let the rules decide: hours, closures, claims, qualified, gaps, may_treat;
6. free first (claims deleted, every touched booking parked), then take: a whole course can shift past itself
   although every constraint is immediate;
7. all claims in one INSERT sorted by resource and start; then the change, its messages and the audit row.

Taken meanwhile: everything rolls back and we choose again, until nothing is left to choose from. The
exclusion constraints stay the last word; what they say is read from SQLSTATE and constraint name, never from
the text of an error, which carries values.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import IntegrityError, OperationalError, connection, transaction

from bookings import refusals
from bookings.models import Booking, Change, Claim, Status
from bookings.services import changes, messages
from bookings.services.acts import Act, Take, day_of
from bookings.services.deciding import let_medicine_decide, refuse_impossible, refuse_too_many
from bookings.services.gap_rules import Authority, clear_until
from bookings.services.openings import Room, Visit, read_room, read_visit
from clinic import audit
from clinic.models import Patient, Resource
from clinic.rules import timespans

T = TypeVar("T")
ATTEMPTS = 20
CONTENTIONS = 3
HOLD = timedelta(minutes=10)
UNDO = timedelta(minutes=3)
NEAREST = 3
_REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def perform(act: Act, undoes: Change | None = None) -> list[Booking]:
    """Do it, or show what its key did before; also when a twin of this request was a moment quicker."""
    if act.action == "hold":
        return _perform(act, undoes)
    done = changes.replay(key=act.key, payload=act.payload())
    if done:
        return done
    try:
        return _perform(act, undoes)
    except refusals.Refusal:
        done = changes.replay(key=act.key, payload=act.payload())
        if done:
            return done
        raise


def _perform(act: Act, undoes: Change | None) -> list[Booking]:
    refuse_impossible(act)
    visits = {take.visit_type.pk: take.visit_type for take in act.takes}
    visits = {pk: read_visit(visit_type) for pk, visit_type in visits.items()}
    for _ in range(ATTEMPTS):
        chosen = _look_and_choose(act, visits)
        try:
            return in_one_transaction(lambda chosen=chosen: _commit(act, visits, chosen, undoes))
        except _TakenMeanwhile:
            continue
        except IntegrityError as error:
            if explain(error) == "change_key":
                return changes.replay(key=act.key, payload=act.payload())
    raise refusals.TimeTaken(_nearest(act, visits, act.takes[0]))


def in_one_transaction(work: Callable[[], T]) -> T:
    """Run `work` durably; a lock that does not come, or a deadlock, is tried again and then said plainly."""
    for left in reversed(range(CONTENTIONS)):
        try:
            with transaction.atomic(durable=True):
                return work()
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) not in _CONTENTION:
                raise
            if not left:
                raise refusals.Busy from error
    raise AssertionError("unreachable")


class _TakenMeanwhile(Exception):
    """Between look and lock somebody took a chosen resource."""


def _look_and_choose(act: Act, visits: Mapping[int, Visit]) -> list[tuple[int, ...]]:
    rooms = _rooms(act, visits)
    chosen = []
    for take in act.takes:
        room = rooms[take.visit_type.pk, take.location.pk]
        found = room.choose(take.starts, take.practitioner)
        if found is None:
            raise refusals.TimeTaken(_nearest(act, visits, take))
        room.use(take.starts, found)
        chosen.append(found)
    return chosen


def _rooms(act: Act, visits: Mapping[int, Visit], only: Iterable[int] | None = None) -> dict:
    """One read for all takes of one visit type at one location, however many and however far apart."""
    groups = defaultdict(list)
    for take in act.takes:
        groups[take.visit_type.pk, take.location.pk].append(take)
    rooms = {}
    for (visit_type, location), takes in groups.items():
        tz = ZoneInfo(takes[0].location.time_zone)
        days = [timespans.local_day(take.starts, tz) for take in takes]
        rooms[visit_type, location] = read_room(
            visit=visits[visit_type],
            location=takes[0].location,
            first_day=min(days),
            last_day=max(days),
            now=act.now,
            only=only,
            ignoring=act.ignored,
        )
    return rooms


def _nearest(act: Act, visits: Mapping[int, Visit], take: Take) -> list[datetime]:
    tz = ZoneInfo(take.location.time_zone)
    day = timespans.local_day(take.starts, tz)
    room = read_room(
        visit=visits[take.visit_type.pk], location=take.location, first_day=day - timedelta(1),
        last_day=day + timedelta(7), now=act.now, practitioner=take.practitioner, ignoring=act.ignored,
    )  # fmt: skip
    notice = timedelta(minutes=take.visit_type.notice_minutes)
    free = room.starts(not_before=act.now + notice)
    return sorted(sorted(free, key=lambda start: (abs(start - take.starts), start))[:NEAREST])


def _commit(act: Act, visits, chosen, undoes) -> list[Booking]:
    resources = {resource for picks in chosen for resource in picks}
    if act.own_holds:  # whoever confirms one of them locks its resources
        own = Claim.objects.filter(booking__in=act.own_holds)
        resources |= set(own.values_list("resource_id", flat=True))
    patients = {booking.patient_id for booking in act.touched.values() if booking.patient_id}
    lock(patients=patients | ({act.patient.pk} if act.patient else set()), resources=resources)
    _delete_expired_holds(act, resources)
    refuse_too_many(act)
    touched = _read_touched(act)
    rooms = _rooms(act, visits, only=resources)
    spans = []
    for take, picks in zip(act.takes, chosen, strict=True):
        room: Room = rooms[take.visit_type.pk, take.location.pk]
        if not room.is_free(take.starts, picks):
            raise _TakenMeanwhile
        room.use(take.starts, picks)
        spans.append(room.claim_spans(take.starts, picks))
    let_medicine_decide(act, undoes)
    return _write(act, visits, touched, list(zip(act.takes, chosen, spans, strict=True)), undoes)


def lock(*, patients: set[int], resources: set[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
    if patients:
        list(
            Patient.objects.select_for_update(no_key=True).filter(pk__in=patients).order_by("pk").values("pk")
        )
    if resources:
        rows = Resource.objects.select_for_update(no_key=True).filter(pk__in=resources)
        list(rows.order_by("pk").values("pk"))


def _delete_expired_holds(act: Act, resources: set[int]) -> None:
    expired = Booking.objects.filter(status=Status.HELD, held_until__lte=act.now)
    found = expired.filter(claims__resource__in=resources)
    if act.patient:
        found = found | expired.filter(patient=act.patient)
    stale = set(found.values_list("pk", flat=True)) | act.own_holds
    if stale:
        Booking.objects.filter(pk__in=stale, status=Status.HELD).delete()


def _read_touched(act: Act) -> dict[int, Booking]:
    """The bookings that move or end, as they are now; refused when they are not what the caller saw."""
    if not act.touched:
        return {}
    rows = Booking.objects.select_for_update(no_key=True).filter(pk__in=act.touched).order_by("pk")
    fresh = {booking.pk: booking for booking in rows}
    if fresh.keys() != act.touched.keys():
        raise refusals.Changed
    for pk, booking in fresh.items():
        if pk in act.expected and booking.version != act.expected[pk]:
            raise refusals.Changed
        if act.action != "undo" and booking.status != Status.BOOKED:
            raise refusals.NotPossible
        if act.authority == Authority.PATIENT and booking.starts <= act.now:
            raise refusals.NotPossible
    return fresh


def _write(act: Act, visits, touched: dict[int, Booking], taken, undoes) -> list[Booking]:
    before = {pk: changes.snapshot(booking) for pk, booking in touched.items()}
    if touched:
        Claim.objects.filter(booking__in=touched).delete()
        Booking.objects.filter(pk__in=touched).update(parked=True)
    moved, new, claims = [], [], []
    for take, picks, spans in taken:
        booking = touched[take.booking.pk] if take.booking else _new_booking(act, take)
        _put(booking, act, take, picks, visits[take.visit_type.pk])
        (moved if take.booking else new).append(booking)
        claims += [(booking, resource, step, span) for resource, step, span in spans]
    freed = [touched[booking.pk] for booking in act.frees]
    for booking in freed:
        booking.status, booking.clear_until, booking.held_until = Status.CANCELLED, None, None
    for booking in sorted([*moved, *freed], key=lambda booking: booking.pk):
        booking.parked, booking.version = False, booking.version + 1
        booking.save(update_fields=[*_PLACE, "parked", "version"])
    Booking.objects.bulk_create(new)
    _claim(claims)
    everything = [*new, *moved, *freed]
    if act.action != "hold":
        write_change(act, before, everything, undoes)
    return everything


_PLACE = (
    "practitioner", "starts", "ends", "day", "clear_until", "status", "held_until",
)  # fmt: skip


def _new_booking(act: Act, take: Take) -> Booking:
    return Booking(
        reference=new_reference(),
        patient=act.patient,
        visit_type=take.visit_type,
        location=take.location,
        session=take.session,
        course=take.session.course if take.session else None,
        held_for=act.held_for,
        created_at=act.now,
    )


def new_reference() -> str:
    return "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(7))


def _put(booking: Booking, act: Act, take: Take, picks: tuple[int, ...], visit: Visit) -> None:
    booking.practitioner_id = picks[visit.practitioner_need]
    booking.starts, booking.ends, booking.day = take.starts, take.starts + visit.length, day_of(take)
    booking.clear_until = clear_until(take.session, booking.day) if take.session else None
    held = act.action == "hold"
    booking.status = Status.HELD if held else Status.BOOKED
    booking.held_until = act.now + HOLD if held else None


def _claim(claims: list) -> None:
    rows = [
        Claim(
            booking=booking, resource_id=resource, step_id=step, starts=span.start, ends=span.end,
            held_until=booking.held_until,
        )
        for booking, resource, step, span in claims
    ]  # fmt: skip
    Claim.objects.bulk_create(sorted(rows, key=lambda claim: (claim.resource_id, claim.starts)))


def write_change(act: Act, before: Mapping, bookings: list[Booking], undoes=None) -> Change:
    undoable = act.action in ("book", "place", "move", "cancel")
    change = changes.write(
        key=act.key, by=act.by, action=act.action, payload=act.payload(), reason=act.reason, at=act.now,
        undo_until=act.now + UNDO if undoable else None, before=before, bookings=bookings, undoes=undoes,
    )  # fmt: skip
    messages.booking_changed(bookings=bookings, change=change, now=act.now)
    audit.record(
        by=act.by,
        action=f"booking_{act.action}",
        subject=f"change:{change.pk}",
        patient=act.patient,
        now=act.now,
    )
    return change


# What the database says


_CONTENTION = ("40P01", "40001", "55P03")
_CONSTRAINTS = {
    "booking_patient_in_two_places": refusals.PatientBusy,
    "booking_course_too_close": refusals.TooSoon,
    "booking_injections_too_close": refusals.TooSoon,
    "booking_one_per_session": refusals.AlreadyBooked,
    "booking_one_hold_a_browser": refusals.Busy,
}


def explain(error: IntegrityError) -> str:
    """Raise the refusal a constraint stands for, or return what to do: "again" or "change_key" (replay)."""
    name = error.__cause__.diag.constraint_name or ""
    if name in _CONSTRAINTS:
        raise _CONSTRAINTS[name] from error
    if name == "claim_resource_taken" or "reference" in name:
        return "again"
    if name == "bookings_change_key_key":
        return "change_key"
    raise error
