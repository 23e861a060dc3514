"""How times are taken, in this order and for these reasons. Only bookings/door.py calls it.

1. look, without a lock, and choose resources: the tightest fitting chair, room and practitioner;
2. in one durable transaction lock the patient rows, then the chosen resource rows, each in id order, so that
   two doors never wait for each other in a circle;
3. delete expired holds found on them: expiry is decided here and never by a timer;
4. read again in a new statement: one that waited for a lock still sees the time before it waited;
5. let the rules decide: hours, closures, claims, qualified, gaps, may_treat;
6. free first (claims deleted, every touched booking parked), then take: a whole course can shift past itself
   although every constraint is immediate;
7. all claims in one INSERT sorted by resource and start; then the change, its messages and the audit row
   (services/door/writing.py).

Where a start fits by count but in no single chair, step 2 locks all chairs and step 5 seats that day anew.

Taken meanwhile: everything rolls back and we choose again, until nothing is left to choose from. The
exclusion constraints stay the last word; what they say is read from SQLSTATE and constraint name, never from
the text of an error, which carries values.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import IntegrityError, OperationalError, connection, transaction

from bookings import refusals
from bookings.models import Booking, Change, Claim, Status
from bookings.services import messages
from bookings.services.door import changes
from bookings.services.door.acts import Act, Take
from bookings.services.door.deciding import (
    let_medicine_decide,
    refuse_fit_ins_past_cap,
    refuse_impossible,
    refuse_kinds_gone,
    refuse_too_many,
    refuse_too_many_holds,
)
from bookings.services.door.gap_rules import Authority
from bookings.services.door.offers import offered_for
from bookings.services.door.repacking import repack
from bookings.services.door.writing import write
from bookings.services.openings.search import Room, Visit, read_room, read_visit
from clinic.models import Patient, Resource
from clinic.refusals import RecordMerged
from clinic.rules import timespans

T = TypeVar("T")
ATTEMPTS = 20
CONTENTIONS = 3
NEAREST = 3


def perform(act: Act, undoes: Change | None = None) -> list[Booking]:
    """Do it, or show what its key did before; also when a twin of this request was a moment quicker."""
    if act.is_hold:
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
    types = {take.visit_type.pk: take.visit_type for take in act.takes}
    for _ in range(ATTEMPTS):
        visits = {pk: read_visit(visit_type) for pk, visit_type in types.items()}
        chosen = _look_and_choose(act, visits)
        try:
            return in_one_transaction(partial(_commit, act, visits, chosen, undoes))
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


@dataclass(frozen=True)
class _Choice:
    """One resource for each need of a take. None: a chair, once all of `pool` are packed anew."""

    picks: tuple[int | None, ...]
    pool: frozenset[int] = frozenset()

    @property
    def resources(self) -> set[int]:
        return {resource for resource in self.picks if resource is not None} | self.pool


def _look_and_choose(act: Act, visits: Mapping[int, Visit]) -> list[_Choice]:
    rooms = _rooms(act, visits)
    chosen = []
    for take in act.takes:
        choice = _choose(rooms[_group(take)], take)
        if choice is None:
            raise refusals.TimeTaken(_nearest(act, visits, take))
        chosen.append(choice)
    return chosen


def _choose(room: Room, take: Take) -> _Choice | None:
    found = room.choose(take.starts, take.practitioner, take.among)
    if found is not None:
        room.use(take.starts, found)
        return _Choice(found)
    found = room.choose_to_repack(take.starts, take.practitioner, take.among)
    if found is None:
        return None
    pools = (pick.candidates for pick, one in zip(room.picks, found, strict=True) if one is None)
    return _Choice(found, frozenset().union(*pools))


def _group(take: Take) -> tuple[int, int, bool]:
    return take.visit_type.pk, take.location.pk, bool(take.fit_in)


def _rooms(act: Act, visits: Mapping[int, Visit], only: Iterable[int] | None = None) -> dict:
    """One read for all takes of one visit type at one location, however many and however far apart."""
    groups = defaultdict(list)
    for take in act.takes:
        groups[_group(take)].append(take)
    rooms = {}
    for (visit_type, location, beside), takes in groups.items():
        tz = ZoneInfo(takes[0].location.time_zone)
        days = [timespans.local_day(take.starts, tz) for take in takes]
        rooms[visit_type, location, beside] = read_room(
            visit=visits[visit_type],
            location=takes[0].location,
            first_day=min(days),
            last_day=max(days),
            now=act.now,
            only=only,
            ignoring=act.ignored,
            urgent=act.urgent or act.action == "undo" or act.stays_in_its_time,  # who stands there may stay
            beside=beside,
            closed_since=act.undoes_at,
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


def _commit(act: Act, visits, chosen: list[_Choice], undoes) -> list[Booking]:
    resources = set().union(*(choice.resources for choice in chosen))
    if act.own_holds:  # whoever confirms one of them locks its resources
        own = Claim.objects.filter(booking__in=act.own_holds)
        resources |= set(own.values_list("resource_id", flat=True))
    refuse_too_many_holds(act)
    patients = {booking.patient_id for booking in act.touched.values() if booking.patient_id}
    lock(patients=patients | ({act.patient.pk} if act.patient else set()), resources=resources)
    _end_offers(act)
    _delete_expired_holds(act, resources)
    refuse_kinds_gone(act)
    refuse_too_many(act)
    refuse_fit_ins_past_cap(act)
    touched = _read_touched(act)
    _refuse_if_asked_about_changed(act)
    rooms = _rooms(act, visits, only=resources)
    taken, reseated = [], []
    for take, choice in zip(act.takes, chosen, strict=True):
        picks, moved = _settle_on(rooms[_group(take)], act, take, choice)
        taken.append((take, picks, rooms[_group(take)].claim_spans(take.starts, picks)))
        reseated += moved
    let_medicine_decide(act, undoes)
    return write(act, visits, touched, taken, reseated, undoes)


def _settle_on(room: Room, act: Act, take: Take, choice: _Choice) -> tuple[tuple[int, ...], tuple]:
    """Return the resources, now that they are locked, and the claims that other people's chairs change by."""
    if not choice.pool:
        if not room.is_free(take.starts, choice.picks):
            raise _TakenMeanwhile
        room.use(take.starts, choice.picks)
        return choice.picks, ()
    found = repack(room=room, starts=take.starts, chosen=choice.picks, now=act.now, ignoring=act.ignored)
    if found is None or not room.is_free(take.starts, choice.picks):
        raise refusals.TimeTaken
    return found.chosen, found.moved


def lock(*, patients: set[int], resources: set[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
    if patients:
        rows = Patient.objects.select_for_update(no_key=True).filter(pk__in=patients).order_by("pk")
        if any(rows.values_list("merged_into", flat=True)):
            raise RecordMerged
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


def _end_offers(act: Act) -> None:
    """With the patient locked: one that was made, or answered, a moment ago counts as well."""
    if not act.changes_time:
        return
    offers = offered_for(act.changes_time)
    if act.action == "accept" and not offers.filter(pk__in=act.own_holds).exists():
        raise refusals.HoldExpired  # they said no a moment before
    ended = list(offers.select_related("replaces"))
    Booking.objects.filter(pk__in=[offer.pk for offer in ended]).delete()
    for offer in ended:
        messages.withdraw_question(booking=offer.replaces)


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
        if act.action != "undo" and booking.status not in _may_change(act):
            raise refusals.NotPossible
        if act.authority == Authority.PATIENT and booking.starts <= act.now:
            raise refusals.NotPossible
    return fresh


def _may_change(act: Act) -> tuple[Status, ...]:
    """Who waits here already may still be given another time or doctor, by the desk."""
    here_too = act.action == "move" and act.authority in (Authority.DESK, Authority.DOCTOR)
    return (Status.BOOKED, Status.ARRIVED) if here_too else (Status.BOOKED,)


def _refuse_if_asked_about_changed(act: Act) -> None:
    """An offer is for a booking as whoever asks saw it."""
    for seen in (take.replaces for take in act.takes if take.replaces):
        fresh = Booking.objects.select_for_update(no_key=True).filter(pk=seen.pk).first()
        if fresh is None or fresh.version != seen.version:
            raise refusals.Changed
        if fresh.status != Status.BOOKED:
            raise refusals.NotPossible


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
    if name == "claim_resource_taken" or "reference" in name or "_step_id_" in name:
        return "again"  # its steps may have been changed meanwhile, too
    if name == "bookings_change_key_key":
        return "change_key"
    raise error
