"""Sessions of which no time is wanted yet: the days each will be on, and from when a time can be chosen."""

from collections.abc import Iterable, Sequence
from datetime import date

from bookings.models import Booking, Status
from bookings.rules.soft_windows import Link, SoftWindow, windows
from bookings.services.courses import Row, State
from bookings.services.planning import gap_of
from treatments.models import CourseSession


def soft_windows(rows: Sequence[Row], *, not_before: date | None = None) -> dict[int, SoftWindow]:
    """Return by session the window of each that has no day, as far as one is before it; no query."""
    links = [Link(_day_of(row), gap_of(row.session)) for row in rows]
    found = zip(rows, windows(links, not_before=not_before), strict=True)
    return {row.session.pk: window for row, window in found if window}


def is_open(window: SoftWindow, today: date) -> bool:
    """Whether a time can be chosen: from three weeks before the day aimed at."""
    return window.opens_on is not None and window.opens_on <= today


def to_book(rows: Sequence[Row], today: date) -> list[Row]:
    """The rows that want a time and may have one; of those that nobody wanted one for, once it is near."""
    windows = soft_windows(rows)
    open_now = {pk for pk, window in windows.items() if is_open(window, today)}
    lacking = (row for row in rows if row.state == State.TO_BOOK)
    return [row for row in lacking if not row.session.is_soft or row.session.pk in open_now]


def no_longer(bookings: Iterable[Booking]) -> None:
    """A first time was chosen: those sessions are as firm as any, also when that time is given up again."""
    new = (one for one in bookings if one.version == 1 and one.status == Status.BOOKED)
    chosen = [one.session_id for one in new if one.session_id]
    if chosen:
        CourseSession.objects.filter(pk__in=chosen, is_soft=True).update(is_soft=False)


def _day_of(row: Row) -> date | None:
    return row.session.given_on or (row.booking.day if row.booking else None)
