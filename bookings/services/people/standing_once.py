"""What may stand once for one person, where both of two records have it: a pause, days away, a wait.

Expects both patients locked, and all rows still with the record they were written for (merging.py).
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from bookings.models import Away, WaitEnd, WaitlistEntry
from bookings.services.waiting import ending
from clinic.models import Message, Patient, User
from treatments.models import Pause
from treatments.models.courses import PauseCause


def settle_once(kept: Patient, other: Patient, *, by: User, now: datetime) -> None:
    _settle_pauses([kept, other], by, now)
    _settle_away(kept, other, now)
    _settle_waits([kept, other], by, now)


def _settle_pauses(people: Iterable[Patient], by: User, now: datetime) -> None:
    """The doctor's pause stands before any other, of two alike the earlier one; it holds for all courses."""
    rows = Pause.objects.filter(patient__in=people, course=None, ended_at=None)
    standing = sorted(rows, key=lambda one: (one.cause != PauseCause.MEDICINE, one.from_at, one.pk))
    Pause.objects.filter(pk__in=[one.pk for one in standing[1:]]).update(ended_by=by, ended_at=now)


def _settle_away(kept: Patient, other: Patient, now: datetime) -> None:
    standing = Away.objects.filter(removed_at=None)
    days = set(standing.filter(patient=kept).values_list("first_on", "last_on"))
    same = [one.pk for one in standing.filter(patient=other) if (one.first_on, one.last_on) in days]
    Away.objects.filter(pk__in=same).update(removed_at=now)


def _settle_waits(people: Iterable[Patient], by: User, now: datetime) -> None:
    """Who came first on the list keeps that place, and what the other record has for it."""
    rows = WaitlistEntry.objects.filter(patient__in=people, session=None, ended_at=None)
    rows = rows.select_related("patient").order_by("visit_type", "location", "created_at", "pk")
    several = (list(same) for _, same in groupby(rows, key=lambda one: (one.visit_type_id, one.location_id)))
    doubled = [(first, rest) for first, *rest in several if rest]
    if doubled:  # in the order in which whoever delivers them locks them
        waiting = Message.objects.select_for_update(no_key=True).filter(patient__in=people).order_by("pk")
        list(waiting.values_list("pk"))
    for first, rest in doubled:
        for entry in rest:
            ending.end_entry(entry, WaitEnd.WITHDRAWN, by=by, now=now)
        _take_over(first, rest)


def _take_over(first: WaitlistEntry, rest: Iterable[WaitlistEntry]) -> None:
    if first.booking_id is None:
        first.booking_id = next((one.booking_id for one in rest if one.booking_id), None)
        first.save(update_fields=["booking"])
