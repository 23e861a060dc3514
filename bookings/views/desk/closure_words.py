"""A closure in the words of the desk."""

from datetime import datetime, timedelta, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import ClosureKind
from bookings.services.closing.quality import Quality
from clinic import formats
from clinic.models import Location, Resource
from clinic.models.places import ResourceKind

FAILED = "closure_failed"  # session: {closure: {booking: why what was decided could not be done}}
WORTH_COUNTING = 10
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


def sums_of(quality: Quality) -> list[str]:
    """How much of it is solved, and what nobody could do better: for more than a handful, or what is left."""
    if not quality.unplaced and quality.lost < WORTH_COUNTING:
        return []
    said = [
        ngettext("%(n)s visit has to go", "%(n)s visits have to go", quality.lost) % {"n": quality.lost}
        + _(": %(placed)s placed.") % {"placed": quality.placed}
    ]
    if quality.unplaced:
        said.append(_unplaced(quality))
    if quality.moves:
        words = ngettext("%(n)s gets another time", "%(n)s get another time", quality.moves)
        said.append(words % {"n": quality.moves} + _or_at_least(quality.moves, quality.moves_at_least))
    if quality.along:
        words = ngettext(
            "%(n)s of them could have stayed, and moves along with the session before or after it.",
            "%(n)s of them could have stayed, and move along with a session before or after them.",
            quality.along,
        )
        said.append(words % {"n": quality.along})
    if quality.drift_at_least > 0:
        words = _("Together %(n)s days away from their old days and usual gaps")
        said.append(words % {"n": quality.drift} + _or_at_least(quality.drift, quality.drift_at_least))
    return said


def _unplaced(quality: Quality) -> str:
    left, least = {"n": quality.unplaced}, quality.unplaced_at_least
    words = ngettext("%(n)s has no time yet", "%(n)s have no time yet", quality.unplaced) % left
    if least == 0:
        return words + "."
    if least == quality.unplaced:
        return words + _(", and nobody could find one, whatever is done.")
    return words + _("; at least %(least)s cannot have one, whatever is done.") % {"least": least}


def _or_at_least(number: int, least: int) -> str:
    if number <= least:
        return _("; fewer is not possible.")
    return _("; at least %(least)s, whatever is done.") % {"least": max(0, least)}
