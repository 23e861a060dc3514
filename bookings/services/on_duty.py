"""What the diary knows of the people on call: who is on leave, and on which days the clinic works.

clinic/services/on_call.py asks; bookings/apps.py registers it.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from bookings.models import Closure
from bookings.models.hours import WorkingHours
from clinic.models import OnCall
from clinic.services.days import zone_of
from clinic.services.on_call import House

NOON = time(12)


def away(people: Collection[int], *, now: datetime) -> set[int]:
    """Return who of these treats here and is away now; one query."""
    closed = Closure.objects.filter(resource__practitioner__user__in=people, starts__lte=now, ends__gt=now)
    return set(closed.values_list("resource__practitioner__user", flat=True))


def away_in_part(rows: Sequence[OnCall]) -> set[int]:
    """Return those times of the rota in which their person is on leave, at least for a part; one query."""
    closed = (
        Closure.objects.filter(
            resource__practitioner__user__in={row.user_id for row in rows},
            starts__lt=max((row.ends for row in rows), default=None),
            ends__gt=min((row.starts for row in rows), default=None),
        )
        if rows
        else Closure.objects.none()
    )
    away = list(closed.values_list("resource__practitioner__user", "starts", "ends"))
    return {
        row.pk
        for row in rows
        for user, starts, ends in away
        if user == row.user_id and starts < row.ends and row.starts < ends
    }


def is_open(day: date) -> bool:
    """Whether any location works that day, and is not closed at its noon."""
    hours = WorkingHours.objects.filter(
        resource=None, location__opened_on__lte=day, weekday=day.weekday(), from_on__lte=day
    ).exclude(until_on__lt=day)
    noon = datetime.combine(day, NOON, zone_of())
    closed = Closure.objects.filter(resource=None, starts__lte=noon, ends__gt=noon)
    return hours.exclude(location__in=closed.values("location")).exists()


HOUSE = House(away=away, is_open=is_open)
