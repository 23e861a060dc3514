"""A closure in the words of the desk."""

from datetime import datetime, timedelta, tzinfo

from django.utils.translation import gettext as _

from bookings.models import ClosureKind
from clinic import formats
from clinic.models import Location, Resource
from clinic.models.places import ResourceKind

FAILED = "closure_failed"  # session: {closure: {booking: why what was decided could not be done}}
KIND_TAGS = {
    ClosureKind.CLOSED: ("plain", "lock"),
    ClosureKind.LEAVE: ("sky", "person"),
    ClosureKind.HOLIDAY: ("plum", "star"),
}


def closure_title(kind: str, resource: Resource | None, place: Location) -> str:
    said = {"who": resource.name if resource else place.area}
    if resource and resource.kind == ResourceKind.PRACTITIONER:
        return _("%(who)s is away") % said
    return _("%(who)s is closed") % said


def span_words(starts: datetime, ends: datetime, tz: tzinfo) -> str:
    """Tue 24 Nov, all day; Tue 24 Nov, 11:20 am – 7:00 pm; Tue 24 Nov – Fri 27 Nov."""
    first, last_instant = starts.astimezone(tz), ends - timedelta(microseconds=1)
    last = last_instant.astimezone(tz)
    from_midnight, to_midnight = _is_midnight(first), _is_midnight(ends.astimezone(tz))
    if from_midnight and to_midnight:
        if first.date() == last.date():
            return _("%(day)s, all day") % {"day": formats.day(first.date())}
        return f"{formats.day(first.date())} – {formats.day(last.date())}"
    if first.date() == last.date():
        end = _("the end of the day") if to_midnight else formats.time_of(ends, tz)
        said = {"start": formats.when(starts, tz), "end": end}
        return _("%(start)s to %(end)s") % said
    end = formats.day(last.date()) if to_midnight else formats.when(ends, tz)
    start = formats.day(first.date()) if from_midnight else formats.when(starts, tz)
    return f"{start} – {end}"


def _is_midnight(local: datetime) -> bool:
    return local.hour == local.minute == 0
