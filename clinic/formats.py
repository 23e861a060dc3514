"""How times, days and money are written everywhere: `Tue 24 Nov, 10:30 am`, `₹1,20,000`.

Views format with these before they render: two hundred `|date` filters cost more than the search they show.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal

from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

# Django has short month names in lower case; its own `M` format capitalises them like this.
_FIRST = slice(0, 1)


def _clock(moment: datetime, tz: tzinfo) -> str:
    local = moment.astimezone(tz)
    return f"{local.hour % 12 or 12}:{local.minute:02}"


def _morning(moment: datetime, tz: tzinfo) -> bool:
    return moment.astimezone(tz).hour < 12


def time_of(moment: datetime, tz: tzinfo) -> str:
    """10:30 am"""
    half = pgettext("time of day", "am") if _morning(moment, tz) else pgettext("time of day", "pm")
    return _("%(clock)s %(half)s") % {"clock": _clock(moment, tz), "half": half}


def weekday(d: date) -> str:
    """Tue"""
    return str(WEEKDAYS_ABBR[d.weekday()])


def month(d: date) -> str:
    """Nov"""
    name = str(MONTHS_3[d.month])
    return name[_FIRST].upper() + name[1:]


def day(d: date) -> str:
    """Tue 24 Nov"""
    return _("%(weekday)s %(day)s %(month)s") % {"weekday": weekday(d), "day": d.day, "month": month(d)}


def day_with_year(d: date) -> str:
    """24 Nov 2026: for birth dates, histories and anything more than half a year away."""
    return _("%(day)s %(month)s %(year)s") % {"day": d.day, "month": month(d), "year": d.year}


def when(moment: datetime, tz: tzinfo) -> str:
    """Tue 24 Nov, 10:30 am"""
    return _("%(day)s, %(time)s") % {"day": day(moment.astimezone(tz).date()), "time": time_of(moment, tz)}


def span_of(starts: datetime, ends: datetime, tz: tzinfo) -> str:
    """10:30 – 11:50 am; both halves are named only when they differ."""
    same_half = _morning(starts, tz) == _morning(ends, tz)
    begin = _clock(starts, tz) if same_half else time_of(starts, tz)
    return f"{begin} – {time_of(ends, tz)}"


def part_of_day(moment: datetime, tz: tzinfo) -> str:
    """The heading a time stands under when somebody picks one."""
    hour = moment.astimezone(tz).hour
    return _("Morning") if hour < 12 else _("Afternoon") if hour < 17 else _("Evening")


def rupees(amount: Decimal | int) -> str:
    """₹1,20,000 in Indian grouping; paise only when there are any."""
    value = Decimal(amount)
    whole, _point, paise = f"{abs(value):.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    text = ",".join([*groups, tail]) + ("" if paise == "00" else f".{paise}")
    return f"{'−' if value < 0 else ''}₹{text}"
