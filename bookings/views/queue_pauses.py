"""Pauses that a doctor asked for, and that have lasted: lines of the doctors' queue."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.services.asking_after import PausedLong, paused_long
from clinic import formats
from clinic.models import User
from clinic.services.days import local_day


def paused_lines(*, now: datetime, locations: Collection[int] | None, of: User | None = None) -> list[dict]:
    """`of` keeps the courses of this dermatologist."""
    found = paused_long(now=now, locations=locations, by_doctor=True)
    return [_line(one) for one in found if of is None or _is_of(one, of)]


def _is_of(one: PausedLong, user: User) -> bool:
    practitioner = one.course.practitioner
    return practitioner is not None and practitioner.user_id == user.pk


def _line(one: PausedLong) -> dict:
    until = one.pause.until_on
    words = _("paused for %(n)s days") % {"n": one.days}
    return {
        "course": one.course,
        "name": one.course.patient.name,
        "doctor": one.course.practitioner.resource.name if one.course.practitioner else "",
        "words": words,
        "until": formats.day_with_year(until) if until else "",
        "since": formats.day_with_year(local_day(one.pause.from_at, one.course.location)),
    }
