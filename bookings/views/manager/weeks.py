"""A week of hours in words, and what a change makes of it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from bookings.rules.week import Part, Row
from bookings.services.house.hours import HoursChange
from clinic import formats
from clinic.services.days import zone_of

ONE_DAY = timedelta(days=1)
ANY_DAY = date(2026, 6, 1)  # clock times are written the same on every day


def parts_on(rows: Iterable[Row], day: date) -> list[Part]:
    """The week that holds on this day."""
    return sorted(
        row.part for row in rows if row.from_on <= day and (row.until_on is None or day <= row.until_on)
    )


def usual_week(rows: Sequence[Row], day: date) -> list[Part]:
    """The week that holds on this day; before anything holds, the one that will begin."""
    first = min((row.from_on for row in rows), default=day)
    return parts_on(rows, max(day, first))


def versions(rows: Sequence[Row], today: date) -> list[dict]:
    """Each stretch of days on which one week holds, today's first; what is over is left out."""
    begins = {row.from_on for row in rows} | {row.until_on + ONE_DAY for row in rows if row.until_on}
    edges = [today, *sorted(day for day in begins if day > today)]
    last_days = [day - ONE_DAY for day in edges[1:]]
    found = []
    for first, last in zip(edges, [*last_days, None], strict=True):
        week = parts_on(rows, first)
        if week or first == today:
            found.append(_version(first, last, week, is_now=first == today))
    return found


def _version(first: date, last: date | None, week: Sequence[Part], *, is_now: bool) -> dict:
    return {
        "is_now": is_now,
        "from_day": formats.day_with_year(first),
        "until_day": formats.day_with_year(last) if last else "",
        "week": week_words(week),
        "is_empty": not week,
    }


def week_words(parts: Sequence[Part]) -> list[tuple[str, list[str]]]:
    """("Monday", ["9:30 am – 1:00 pm", "2:00 – 7:00 pm"]) for each weekday; empty where nobody works."""
    return [
        (str(WEEKDAYS[day]), [_part_words(part) for part in parts if part.weekday == day]) for day in range(7)
    ]


def _part_words(part: Part) -> str:
    words = _span_words(part.starts, part.ends)
    if part.ends <= part.starts:
        words = _("%(span)s the next day") % {"span": words}
    if part.urgent_from:
        urgent = _span_words(part.urgent_from, part.urgent_to)
        words = _("%(span)s (urgent %(urgent)s)") % {"span": words, "urgent": urgent}
    return words


def _span_words(starts, ends) -> str:
    utc = zone_of()
    return formats.span_of(datetime.combine(ANY_DAY, starts, utc), datetime.combine(ANY_DAY, ends, utc), utc)


def differences(rows: Sequence[Row], change: HoursChange) -> list[dict]:
    """For each weekday what would hold on the first day of the change, and what will."""
    before, after = week_words(parts_on(rows, change.from_on)), week_words(change.parts)
    none = _("not here") if change.resource else _("closed")
    return [
        {"label": name, "was": was or [none], "now": now or [none], "is_same": was == now}
        for (name, was), (_name, now) in zip(before, after, strict=True)
    ]


def planned_away(rows: Iterable[Row], change: HoursChange) -> list[str]:
    """The first days of later changes that this one takes the place of."""
    days = {row.from_on for row in rows if row.from_on > change.from_on}
    last = change.until_on
    return [formats.day_with_year(day) for day in sorted(days) if last is None or day <= last]


def weekday_words(days: Iterable[int]) -> str:
    return ", ".join(str(WEEKDAYS[day]) for day in sorted(days))
