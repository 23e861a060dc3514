"""Closing, and doing what was decided about each visit it touches: row by row, through the door.

The closure and what is kept in it are one transaction; then every row is its own change. What cannot be done
is said, and the rest is done all the same: what is left over stays in To do (closures.stranded), also when
the machine stops in the middle.
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


@dataclass(frozen=True)
class Row:
    """What somebody decided about one booking, given as they saw it."""

    booking: Booking
    choice: Choice
    starts: datetime | None = None
    practitioner: int | None = None
    why: str = ""


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
    """Do what was decided, each row by itself; return by booking why what could not be done was not.

    `key` is the form's: sent twice, every row is done once.
    """
    failed = {}
    for row in rows:
        try:
            _do(row, reason, uuid5(key, str(row.booking.pk)), by, now)
        except refusals.Refusal as refused:
            failed[row.booking.pk] = str(refused.text)
    return failed


def _do(row: Row, reason: str, key: UUID, by: User, now: datetime) -> None:
    match row.choice:
        case Choice.MOVE:
            _move(row, reason, key, by, now)
        case Choice.ASK:
            _ask(row, key, by, now)
        case Choice.CANCEL:
            door.cancel(
                bookings=[row.booking], key=key, by=by, now=now, authority=Authority.DESK, reason=reason
            )
        case Choice.KEEP:
            door.keep(booking=row.booking, why=row.why, by=by, now=now)


def _ask(row: Row, key: UUID, by: User, now: datetime) -> None:
    until = answer_by(now=now, was=row.booking.starts, to=row.starts)
    if until is None:
        raise refusals.NotPossible
    door.propose(
        booking=row.booking, starts=row.starts, practitioner=row.practitioner, until=until, key=key, by=by,
        now=now,
    )  # fmt: skip


def _move(row: Row, reason: str, key: UUID, by: User, now: datetime) -> None:
    """Somebody who waits inside waits on; the door leaves them where they are in their day."""
    door.move(
        moves=[(row.booking, row.starts, row.practitioner)], key=key, by=by, now=now,
        authority=Authority.DESK, reason=reason,
    )  # fmt: skip
