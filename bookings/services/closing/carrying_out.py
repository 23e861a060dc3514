"""Closing, and doing what was decided about each visit it touches: row by row, through the door.

The closure and what is kept in it are one transaction; then every row is its own change, and rows that hang
together are one: what moves in one course, and what one patient is asked. What cannot be done is said, and
the rest is done all the same: what is left over stays in To do (closures.stranded), also when the machine
stops in the middle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from bookings import door, refusals
from bookings.models import Booking, Closure
from bookings.rules.reflow import answer_by
from bookings.services.closing import closures
from bookings.services.closing.reflow import Choice, Closing
from bookings.services.door.gap_rules import Authority
from clinic.models import User

Move = tuple[Booking, datetime, int | None]


@dataclass(frozen=True)
class Row:
    """What somebody decided about one booking, given as they saw it. `along`: others of the course that move
    with it.
    """

    booking: Booking
    choice: Choice
    starts: datetime | None = None
    practitioner: int | None = None
    why: str = ""
    along: tuple[Move, ...] = ()

    @property
    def moves(self) -> list[Move]:
        return [(self.booking, self.starts, self.practitioner), *self.along]


def close(
    closing: Closing, *, kind: str, reason: str, rows: Sequence[Row], seen: Mapping[int, int], key: UUID,
    by: User, now: datetime,
) -> tuple[Closure, dict[int, str]]:  # fmt: skip
    """Save the closure with what is kept in it, then do the rows; return what could not be done.

    seen: {booking: version} of all that was shown; Changed is raised when others are touched by now. The same
    closure again is the one there is.
    """
    closure, left = _same(closing, kind), list(rows)
    if closure is None:
        keeps = {row.booking.pk: row.why for row in rows if row.choice == Choice.KEEP}
        how = {"kind": kind, "reason": reason, "seen": seen, "keeps": keeps, "by": by, "now": now}
        closure = _save_once(closing, how)
        left = [row for row in rows if row.choice != Choice.KEEP]
    return closure, apply(left, reason=reason, key=key, by=by, now=now)


def _save_once(closing: Closing, how: dict) -> Closure:
    """Of two presses of one button at one moment one saves, and both have what it saved."""
    try:
        saved = closures.save(**closing.parts, **how)
    except refusals.Changed:
        first = _same(closing, how["kind"])
        if first is None:
            raise
        return first
    first = _same(closing, how["kind"])
    if first != saved:
        closures.remove(closure=saved, by=how["by"], now=how["now"])
    return first


def _same(closing: Closing, kind: str) -> Closure | None:
    return Closure.objects.filter(**closing.parts, kind=kind).order_by("pk").first()


def apply(rows: Iterable[Row], *, reason: str, key: UUID, by: User, now: datetime) -> dict[int, str]:
    """Do what was decided; return by booking why what could not be done was not.

    `key` is the form's: sent twice, every row is done once.
    """
    failed: dict[int, str] = {}
    for together in _together(rows):
        failed |= _try(together, reason, key, by, now)
    return failed


def _together(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """One patient is asked once, and a course changes once; all else is by itself."""
    found: dict[tuple, list[Row]] = {}
    for row in rows:
        booking = row.booking
        of = booking.patient_id if row.choice == Choice.ASK else booking.course_id
        is_shared = row.choice in (Choice.ASK, Choice.MOVE) and of is not None
        found.setdefault((row.choice, of if is_shared else (booking.pk,)), []).append(row)
    return found.values()


def _try(rows: Sequence[Row], reason: str, key: UUID, by: User, now: datetime) -> dict[int, str]:
    """What cannot be done together is tried one by one."""
    try:
        _do(rows, reason, uuid5(key, str(rows[0].booking.pk)), by, now)
    except refusals.Refusal as refused:
        if len(rows) == 1:
            return {rows[0].booking.pk: str(refused.text)}
        alone = uuid5(key, "alone")
        return {pk: why for row in rows for pk, why in _try([row], reason, alone, by, now).items()}
    return {}


def _do(rows: Sequence[Row], reason: str, key: UUID, by: User, now: datetime) -> None:
    row, how = rows[0], {"by": by, "now": now}
    match row.choice:
        case Choice.MOVE:
            # somebody who waits inside waits on: the door leaves them where they are in their day
            moves = [move for row in rows for move in row.moves]
            door.move(moves=moves, key=key, authority=Authority.DESK, reason=reason, **how)
        case Choice.ASK:
            _ask([move for row in rows for move in row.moves], key, by, now)
        case Choice.CANCEL:
            door.cancel(bookings=[row.booking], key=key, authority=Authority.DESK, reason=reason, **how)
        case Choice.KEEP:
            door.keep(booking=row.booking, why=row.why, **how)


def _ask(moves: Sequence[Move], key: UUID, by: User, now: datetime) -> None:
    """They answer for all of it, so the soonest says until when."""
    answers = [answer_by(now=now, was=booking.starts, to=starts) for booking, starts, _ in moves]
    if None in answers:
        raise refusals.NotPossible
    how = {"until": min(answers), "key": key, "by": by, "now": now}
    if len(moves) > 1:
        door.propose_together(moves=moves, **how)
    else:
        [(booking, starts, practitioner)] = moves
        door.propose(booking=booking, starts=starts, practitioner=practitioner, **how)
