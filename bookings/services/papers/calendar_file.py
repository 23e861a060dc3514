"""Visits for calendars (RFC 5545). Calendars are read over shoulders: they say when and where, never why.

Written here line by line: a feed is fetched every quarter of an hour and the usual library needs a second for
a year of visits. Tests read what comes out with that library.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from bookings.models import Booking, Status

LONGEST_LINE = 75  # octets, without the line's end
_SPECIAL = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Entry:
    """One visit. The same visit keeps its UID: a newer file, with a higher sequence, moves it."""

    reference: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    place: str
    is_off: bool


def calendar_file(booking: Booking, *, clinic_name: str, now: datetime) -> bytes:
    """One visit to be taken into somebody's own calendar, or out of it again."""
    location = booking.location
    entry = Entry(
        reference=booking.reference,
        sequence=booking.version,
        starts=booking.starts,
        ends=booking.ends,
        summary=_("Appointment, %(place)s") % {"place": location.area},
        place=", ".join(filter(None, (location.name, location.address))),
        is_off=is_off(booking.status, booking.in_error_at),
    )
    return calendar([entry], method="CANCEL" if entry.is_off else "PUBLISH", maker=clinic_name, now=now)


def is_off(status: str, in_error_at: datetime | None) -> bool:
    return status == Status.CANCELLED or in_error_at is not None


def calendar(
    entries: Iterable[Entry], *, method: str, maker: str, now: datetime, more: Iterable[str] = ()
) -> bytes:
    """A whole calendar; `more` are further properties of its own, written as lines already."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", line("PRODID", f"-//{maker}//EN"), f"METHOD:{method}", *more]
    stamp = _utc(now)
    events = [text for entry in entries for text in _event(entry, stamp)]
    return ("\r\n".join([*head, *events, "END:VCALENDAR"]) + "\r\n").encode()


def _event(entry: Entry, stamp: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.reference}@visits.clinic",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{stamp}",
        f"DTSTART:{_utc(entry.starts)}",
        f"DTEND:{_utc(entry.ends)}",
        line("SUMMARY", entry.summary),
        line("LOCATION", entry.place),
        line("DESCRIPTION", _("Reference %(reference)s") % {"reference": entry.reference}),
        "STATUS:CANCELLED" if entry.is_off else "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT" if entry.is_off else "TRANSP:OPAQUE",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def line(name: str, text: str) -> str:
    """A property whose value is text: escaped, and folded without cutting a letter in two."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return fold(f"{name}:{plain.translate(_SPECIAL)}")


def fold(text: str) -> str:
    if len(text.encode()) <= LONGEST_LINE:
        return text
    lines, room = [""], LONGEST_LINE
    for letter in text:
        octets = len(letter.encode())
        if octets > room:
            lines.append("")
            room = LONGEST_LINE - 1  # the blank that says "goes on" counts too
        lines[-1] += letter
        room -= octets
    return "\r\n ".join(lines)
