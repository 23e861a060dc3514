"""What each visit could be given whose place closes, and how good that is, before anything is saved.

Reads what is free (diary.py), places everybody on it (picture.py, rules/joint.py), and says what nobody could
do better than (quality.py). A constant number of queries, however many visits there are. carrying_out.py does
what is decided.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from time import monotonic

from bookings.models import Booking, Status
from bookings.models.bookings import PRESENT
from bookings.rules import reflow as rules
from bookings.rules.joint import Joint, improve, place_all
from bookings.rules.reflow import Found
from bookings.services.closing.diary import Closing, Diary
from bookings.services.closing.limits import read_limits_of
from bookings.services.closing.picture import SAME_TIME, Picture, Placement
from bookings.services.closing.quality import Quality, judge, read_alone, read_free
from bookings.services.closing.tails import Tail, read_tails
from bookings.services.closing.why_not import WhyNot, read_why_not
from bookings.services.desk.times import Limits
from clinic.models import Location
from clinic.services.days import local_day

__all__ = ["Closing"]
MOST = 400  # rows of one page
STEPS = 400  # looks for a time for those left over, and again for those who could do better
SECONDS = 2.0  # and no longer, however slow the machine


class Choice(StrEnum):
    MOVE = "move"
    ASK = "ask"
    KEEP = "keep"
    CANCEL = "cancel"
    LATER = "later"


@dataclass(frozen=True)
class Along:
    """A visit that could stay, and moves with another of its course to keep the gap between them."""

    booking: Booking
    found: Found
    is_late: bool = False


@dataclass(frozen=True)
class Proposal:
    """`until`: they may answer until then, None where nobody can be asked. `is_late`: past its latest day."""

    booking: Booking
    found: Found | None
    until: datetime | None
    choices: tuple[Choice, ...]
    is_late: bool = False
    along: tuple[Along, ...] = ()
    why_not: WhyNot | None = None

    @property
    def usual(self) -> Choice:
        return self.choices[0]


@dataclass(frozen=True)
class Plan:
    rows: list[Proposal]
    quality: Quality


# Looking


def read_plan(
    closing: Closing, bookings: Sequence[Booking], *, place: Location, now: datetime,
    is_over: Callable[[], bool] | None = None,
) -> Plan:  # fmt: skip
    """Return a proposal for each booking, in the order in which they choose, and how good they are together.

    Expects claims, session and visit type loaded. `is_over`: when to stop trying those left over again.
    """
    movable = [booking for booking in bookings if booking.status in (Status.BOOKED, Status.ARRIVED)]
    made = (
        _make(closing, movable, local_day(now, place), now, is_over or _after(SECONDS)) if movable else None
    )
    by_pk = {booking.pk: booking for booking in bookings}
    order = [*(made.order if made else ()), *(pk for pk in by_pk if not made or pk not in made.order)]
    rows = [_proposal(closing, by_pk[pk], made, now) for pk in order]
    rows.sort(key=lambda row: row.booking.status not in PRESENT)
    return Plan(rows, made.quality if made else Quality())


def _after(seconds: float) -> Callable[[], bool]:
    """Counted from the first time it is asked: when everybody has been placed once."""
    asked: list[float] = []

    def is_over() -> bool:
        asked.append(monotonic())
        return asked[-1] - asked[0] >= seconds

    return is_over


@dataclass(frozen=True)
class _Made:
    """`order`: of the visits that may go; `found` {booking: where}, followers as well."""

    order: tuple[int, ...]
    found: Mapping[int, Found]
    late: frozenset[int]
    along: Mapping[int, tuple[Along, ...]]
    why_not: Mapping[int, WhyNot]
    quality: Quality


def _make(
    closing: Closing, bookings: Sequence[Booking], today: date, now: datetime, is_over: Callable[[], bool]
) -> _Made:
    tails = read_tails(bookings, now=now)
    limits = read_limits_of(bookings)
    others = [booking for tail in tails for booking in tail.bookings]
    picture = Picture(Diary(closing, bookings, others, now), tails, limits, today)
    alone = read_alone(picture)
    free = read_free(picture, alone)
    picture.diary.seat()
    joint = place_all(picture.everybody(), picture, steps=STEPS, is_over=is_over)
    worth = {one: (found.moves, found.drift) for one, found in alone.items()}
    improve(joint, picture, worth, steps=STEPS, is_over=is_over)
    _place_some(picture, joint)
    order = rules.in_order(picture.displaced[booking.pk] for booking in bookings)
    found = {taken.booking: taken.found for one in joint.placed.values() for taken in one.taken}
    late = _late(picture, joint, limits)
    unplaced = [booking for booking in bookings if booking.pk not in found]
    return _Made(
        tuple(visit.id for visit in order), found, late, dict(_along(picture, joint, late)),
        read_why_not(closing, picture, unplaced, alone), judge(picture, joint, alone, free),
    )  # fmt: skip


def _place_some(picture: Picture, joint: Joint[Placement]) -> None:
    """Of the courses that cannot be placed whole, as many sessions as can."""
    for one in list(joint.left):
        tail = picture.tails.get(one)
        if tail and (placement := picture.place_some(tail)):
            joint.placed[one] = placement
            joint.left.remove(one)


def _late(picture: Picture, joint: Joint[Placement], limits: Mapping[int, Limits]) -> frozenset[int]:
    late: set[int] = set()
    for one, placement in joint.placed.items():
        days = {taken.booking: picture.day_of(taken.booking, taken.found.starts) for taken in placement.taken}
        if tail := picture.tails.get(one):
            late |= tail.late(days)
        elif one in limits:
            late |= {pk for pk, day in days.items() if limits[one].is_late(day)}
    return frozenset(late)


def _along(picture: Picture, joint: Joint[Placement], late: frozenset[int]):
    """Yield for each visit that goes to another time those that move along with it."""
    for one, placement in joint.placed.items():
        tail = picture.tails.get(one)
        if tail is None:
            continue
        found = {taken.booking: taken.found for taken in placement.taken}
        leads = [k for k in sorted(tail.lost) if (goes := found.get(tail.bookings[k - 1].pk))
                 and goes.way not in SAME_TIME]  # fmt: skip
        for lead, numbers in _behind(tail, leads, found).items():
            bookings = [tail.bookings[k - 1] for k in numbers]
            yield (
                tail.bookings[lead - 1].pk,
                tuple(Along(booking, found[booking.pk], booking.pk in late) for booking in bookings),
            )


def _behind(tail: Tail, leads: Sequence[int], found: Mapping[int, Found]) -> dict[int, list[int]]:
    """Each that moves along stands under the last one before it that has to go, or else the first after."""
    rows: dict[int, list[int]] = {}
    for k in sorted(tail.movable - tail.lost):
        if tail.bookings[k - 1].pk in found:
            before = [lead for lead in leads if lead < k]
            rows.setdefault(before[-1] if before else leads[0], []).append(k)
    return rows


def _proposal(closing: Closing, booking: Booking, made: _Made | None, now: datetime) -> Proposal:
    found = made.found.get(booking.pk) if made else None
    along = made.along.get(booking.pk, ()) if found else ()
    until = found and _until(booking, found, along, now)
    return Proposal(
        booking=booking,
        found=found,
        until=until,
        choices=tuple(_choices(closing, booking, found, until)),
        is_late=bool(made) and booking.pk in made.late,
        along=along,
        why_not=made.why_not.get(booking.pk) if made else None,
    )


def _until(booking: Booking, found: Found, along: Iterable[Along], now: datetime) -> datetime | None:
    """They answer for all that moves together, so the soonest says when."""
    pairs = [(booking.starts, found.starts), *((one.booking.starts, one.found.starts) for one in along)]
    answers = [rules.answer_by(now=now, was=was, to=to) for was, to in pairs]
    return None if None in answers else min(answers)


def _choices(
    closing: Closing, booking: Booking, found: Found | None, until: datetime | None
) -> Iterable[Choice]:
    """What may be done, the usual thing first. Who is being treated is not sent away."""
    is_here = booking.status in PRESENT
    at_once = [Choice.MOVE] if found else []
    ask = [Choice.ASK] if until and not found.in_place else []
    if booking.status == Status.ARRIVED:
        return [*at_once, Choice.LATER, Choice.KEEP]
    if is_here:
        stays = closing.resource is None or booking.status != Status.PREPARING
        return [Choice.KEEP, Choice.LATER] if stays else [Choice.LATER, Choice.KEEP]
    first = at_once if found and found.in_place else ask
    rest = [Choice.LATER, *at_once, Choice.KEEP, Choice.CANCEL]
    return dict.fromkeys([*first, *rest])
