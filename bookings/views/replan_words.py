"""A course planned again, before it happens: rows, button and what it carries, for patient and desk."""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.services.replanning import Replanned, Row
from clinic import formats
from clinic.rules import timespans
from treatments.models import CourseSession

MOST_NAMED = 3


def content(replanned: Replanned, tz: tzinfo) -> dict:
    """What templates/bookings/parts/replan.html takes."""
    return {
        "changes": changes(replanned.rows, tz),
        "carried": [carried(row) for row in replanned.rows if row.changes],
        "button": button(replanned.rows),
        "failure": failure(replanned),
    }


def changes(rows: Sequence[Row], tz: tzinfo) -> list[dict]:
    """Rows of components/before_after.html; neighbours that stay are one line."""
    found: list[dict] = []
    for is_changed, several in groupby(rows, key=lambda row: row.changes):
        shown = list(several)
        found += [_changed(row, tz) for row in shown] if is_changed else [_stays(shown)]
    return _each_reason_once(found)


def _each_reason_once(found: list[dict]) -> list[dict]:
    """A chain that moves for one reason says it at its first."""
    reasons = [row.get("why", "") for row in found]
    for row, why, before in zip(found, reasons, ["", *reasons], strict=False):
        if why and why == before:
            row["why"] = ""
    return found


def _changed(row: Row, tz: tzinfo) -> dict:
    return {
        "label": str(row.session.number),
        "was": _was(row, tz),
        "now": formats.when(row.after, tz),
        "why": row.why,
    }


def _was(row: Row, tz: tzinfo) -> str:
    """The day alone, where only the day is another than before."""
    if row.before is None:
        return ""
    same_day = timespans.local_day(row.before, tz) == timespans.local_day(row.after, tz)
    return formats.when(row.before, tz) if same_day else formats.day(timespans.local_day(row.before, tz))


def _stays(rows: Sequence[Row]) -> dict:
    first, last = rows[0].session.number, rows[-1].session.number
    return {
        "label": str(first) if first == last else f"{first}–{last}",
        "stays": True,
        "alone": first == last,
    }


def carried(row: Row) -> str:
    """One session as a hidden field: which, when, with whom, and the booking as it is seen now."""
    version = row.booking.version if row.booking else ""
    return f"{row.session.pk}@{row.after.astimezone(UTC):%Y-%m-%dT%H:%M%z}@{row.practitioner or ''}@{version}"


def button(rows: Sequence[Row]) -> str:
    changed = [row for row in rows if row.changes]
    count = len(changed)
    if all(row.booking for row in changed):
        if count == 2:
            return _("Move these two")
        return ngettext("Move this session", "Move these %(n)d sessions", count) % {"n": count}
    if not any(row.booking for row in changed):
        return ngettext("Book this session", "Book these %(n)d sessions", count) % {"n": count}
    return ngettext("Yes, change this", "Yes, change these %(n)d", count) % {"n": count}


def how_many_more(replanned: Replanned) -> str:
    """Under a day: how many other sessions would move with it."""
    more = sum(row.changes for row in replanned.rows) - 1
    return ngettext("moves %(n)d more", "moves %(n)d more", more) % {"n": more} if more > 0 else ""


def others(replanned: Replanned, session: CourseSession, tz: tzinfo) -> str:
    """The same in a sentence for the day that is looked at."""
    moved = [row for row in replanned.rows if row.changes and row.session.pk != session.pk]
    if len(moved) > MOST_NAMED:
        return _("On this day the %(n)d sessions after it move too.") % {"n": len(moved)}
    said = [
        _("session %(number)d to %(day)s")
        % {"number": row.session.number, "day": formats.day(timespans.local_day(row.after, tz))}
        for row in moved
    ]
    return _("On this day others move too: %(which)s.") % {"which": ", ".join(said)} if said else ""


def failure(replanned: Replanned) -> dict | None:
    if replanned.failed is None:
        return None
    first, last = replanned.window
    return {
        "number": replanned.failed.number,
        "first": formats.day(first),
        "last": formats.day(last),
        "reason": replanned.reason,
    }
