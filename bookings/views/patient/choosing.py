"""How days and times are laid out for somebody who picks one. Formatted here, once, not in the template."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import formats


def day_strip(
    days: Mapping[date, Sequence[datetime]],
    *,
    chosen: date | None,
    address: Callable[[date], str],
    words_without: Callable[[date], str],
    words_with: Callable[[date], str] | None = None,
) -> list[dict]:
    """Rows for components/day_strip.html; a day without times is no link and says why.

    `words_with`: something to know of a day with times; else how many are left.
    """
    return [
        {
            "href": address(day) if starts else "",
            "weekday": formats.weekday(day),
            "date": day.day,
            "month": formats.month(day),
            "words": _words(day, starts, words_with) if starts else words_without(day),
            "chosen": day == chosen,
        }
        for day, starts in days.items()
    ]


def _words(day: date, starts: Sequence[datetime], words_with: Callable[[date], str] | None) -> str:
    return (words_with and words_with(day)) or _left(len(starts))


def _left(n: int) -> str:
    return ngettext("%(n)d left", "%(n)d left", n) % {"n": n}


def closed_or(otherwise: str, open_weekdays: Collection[int]) -> Callable[[date], str]:
    """Words for a day without times: closed where the place never opens then, else `otherwise`."""
    return lambda day: otherwise if day.weekday() in open_weekdays else _("closed")


def time_groups(
    starts: Sequence[datetime],
    tz: tzinfo,
    *,
    notes: Mapping[datetime, str] | None = None,
    best: Collection[datetime] = (),
    who_of: Callable[[datetime], int | None] | None = None,
) -> list[dict]:
    """Rows for components/time_grid.html: Morning, Afternoon, Evening.

    `who_of`: whom a button names; without it, whoever the form round it names.
    """
    notes = notes or {}
    return [
        {
            "title": part,
            "times": [
                {
                    "value": carried(start, who_of(start) if who_of else None),
                    "text": time_of(start, tz),
                    "note": notes.get(start, ""),
                    "best": start in best,
                }
                for start in group
            ],
        }
        for part, group in groupby(starts, key=lambda start: formats.part_of_day(start, tz))
    ]


def nearest_groups(starts: Sequence[datetime], tz: tzinfo) -> list[dict]:
    """The same for a few times near one that was lost, with their days."""
    times = [{"value": carried(start), "text": when(start, tz)} for start in starts]
    return [{"title": _("Nearest free times"), "times": times}] if times else []


def carried(start: datetime, practitioner: int | None = None) -> str:
    """How a button carries a time, and with whom where it says so."""
    text = f"{start.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    return f"{text}/{practitioner}" if practitioner else text


# In the hour that comes twice when clocks go back, a time names its zone: 1:30 am EDT, 1:30 am EST


def time_of(start: datetime, tz: tzinfo) -> str:
    return formats.time_of(start, tz) + _zone(start, tz)


def when(start: datetime, tz: tzinfo) -> str:
    return formats.when(start, tz) + _zone(start, tz)


def _zone(start: datetime, tz: tzinfo) -> str:
    local = start.astimezone(tz)
    comes_twice = local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()
    return f" {local.tzname()}" if comes_twice else ""
