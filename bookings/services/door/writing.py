"""Writing down what the door has decided, in the order the constraints need; taking.py calls it."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bookings.models import Booking, Change, Claim, Status
from bookings.services import messages, soft
from bookings.services.door import changes
from bookings.services.door.acts import Act, Take, day_of
from bookings.services.door.gap_rules import clear_until
from bookings.services.openings.search import Visit
from clinic import audit

HOLD = timedelta(minutes=10)
UNDO = timedelta(minutes=3)
UNDOABLE = ("book", "place", "move", "replan", "cancel", "fit_in", "accept")
_REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def write(
    act: Act, visits: Mapping[int, Visit], touched: dict[int, Booking], taken: Iterable, reseated: Iterable,
    undoes: Change | None,
) -> list[Booking]:  # fmt: skip
    """Free first, then take. taken: (take, resources, claim spans); reseated: (claim, its new chair)."""
    before = {pk: changes.snapshot(booking) for pk, booking in touched.items()}
    if touched:
        Claim.objects.filter(booking__in=touched).delete()
        Booking.objects.filter(pk__in=touched).update(parked=True)
    moved, new, claims = [], [], _reseat(reseated)
    for take, picks, spans in taken:
        booking = touched[take.booking.pk] if take.booking else _new_booking(act, take)
        _put(booking, act, take, picks, visits[take.visit_type.pk])
        (moved if take.booking else new).append(booking)
        claims += [_claim(booking, resource, step, span) for resource, step, span in spans]
    freed = [touched[booking.pk] for booking in act.frees]
    for booking in freed:
        booking.status, booking.clear_until, booking.held_until = Status.CANCELLED, None, None
        booking.status_at = act.now
    for booking in sorted([*moved, *freed], key=lambda booking: booking.pk):
        booking.parked, booking.version = False, booking.version + 1
        booking.save(update_fields=[*_PLACE, "parked", "version"])
    Booking.objects.bulk_create(new)
    Claim.objects.bulk_create(sorted(claims, key=lambda claim: (claim.resource_id, claim.starts)))
    everything = [*new, *moved, *freed]
    if act.action == "propose":
        _ask(act, new)
    elif not act.is_hold:
        write_change(act, before, everything, undoes)
    return everything


def _reseat(reseated: Iterable) -> list[Claim]:
    """Take the old claims away and return them for another chair; nobody is told, no chair was promised."""
    reseated = list(reseated)
    if reseated:
        Claim.objects.filter(pk__in=[claim.pk for claim, _ in reseated]).delete()
    for claim, chair in reseated:
        claim.pk, claim.resource_id = None, chair
    return [claim for claim, _ in reseated]


def _ask(act: Act, offers: Iterable[Booking]) -> None:
    """Tell what is offered. An offer is a hold: it has no change of its own until it is accepted.

    Offers of one plan are one question: about the first of them, whose page shows them all.
    """
    offers = sorted(offers, key=lambda offer: offer.starts)
    for offer in offers:
        if offer == offers[0]:
            messages.another_time_proposed(offer=offer, now=act.now)
        else:
            messages.withdraw_question(booking=offer.replaces)
        audit.record(
            by=act.by, action="booking_propose", subject=f"booking:{offer.replaces_id}",
            patient=act.patient, now=act.now,
        )  # fmt: skip


_PLACE = (
    "practitioner", "location", "starts", "ends", "day", "clear_until", "status", "status_at", "held_until",
    "arrived_at", "fit_in_reason", "kept_by", "kept_why", "confirmed_at", "confirmed_by", "late_minutes",
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
        held_by=act.held_by,
        replaces=take.replaces,
        together=act.together,
        created_at=act.now,
    )


def new_reference() -> str:
    return "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(7))


def _put(booking: Booking, act: Act, take: Take, picks: tuple[int, ...], visit: Visit) -> None:
    waits_here = booking.status == Status.ARRIVED and booking.day == day_of(take)
    booking.practitioner_id, booking.location = picks[visit.practitioner_need], take.location
    booking.starts, booking.ends, booking.day = take.starts, take.starts + visit.length, day_of(take)
    booking.clear_until = clear_until(take.session, booking.day) if take.session else None
    if not waits_here:
        booking.status, booking.status_at = _status(act), act.now
        booking.arrived_at = act.now if act.walk_in else None
    booking.held_until = (act.until or act.now + HOLD) if act.is_hold else None
    booking.fit_in_reason = take.fit_in
    if take.said:
        _say_again(booking, take.said)
    elif not take.stays:  # said of the time that was, not of this one
        booking.kept_by, booking.kept_why = None, ""
        booking.confirmed_at = booking.confirmed_by = booking.late_minutes = None


def _say_again(booking: Booking, said: Mapping) -> None:
    """Undone: who was here is here, and who had said that they come has said so."""
    for name in ("arrived_at", "confirmed_at"):
        setattr(booking, name, said[name] and datetime.fromisoformat(said[name]))
    if booking.arrived_at:
        booking.status = Status.ARRIVED
    booking.confirmed_by_id, booking.late_minutes = said["confirmed_by"], said["late_minutes"]
    booking.kept_by_id, booking.kept_why = said["kept_by"], said["kept_why"]


def _status(act: Act) -> Status:
    if act.is_hold:
        return Status.HELD
    return Status.ARRIVED if act.walk_in else Status.BOOKED


def _claim(booking: Booking, resource: int, step: int, span) -> Claim:
    return Claim(
        booking=booking, resource_id=resource, step_id=step, starts=span.start, ends=span.end,
        held_until=booking.held_until,
    )  # fmt: skip


def write_change(act: Act, before: Mapping, bookings: list[Booking], undoes=None) -> Change:
    undoable = act.action in UNDOABLE
    change = changes.write(
        key=act.key, by=act.by, action=act.action, payload=act.payload(), reason=act.reason, at=act.now,
        undo_until=act.now + UNDO if undoable else None, before=before, bookings=bookings, undoes=undoes,
    )  # fmt: skip
    soft.no_longer(bookings)
    messages.booking_changed(bookings=bookings, change=change, now=act.now)
    audit.record(
        by=act.by,
        action=f"booking_{act.action}",
        subject=f"change:{change.pk}",
        patient=act.patient,
        now=act.now,
    )
    return change
