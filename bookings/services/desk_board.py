"""Whether the day board that somebody looks at is still right, told without reading the day.

A browser asks every few seconds. `with_stamp` adds up, in the one query that finds the location anyway, all
that a board is made of; while that stays the same there is nothing to send.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import (
    Count,
    Expression,
    F,
    IntegerField,
    JSONField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Closure, RunningLate, Status
from bookings.refusals import Refusal
from clinic.models import Location, User, VisitType
from clinic.rules import timespans
from clinic.services.days import zone_of
from consultations.models import Decision, Screening
from treatments.models import PreCheck

BOARD_GOOD_FOR = timedelta(minutes=2)
FRESH_ANYWAY = timedelta(minutes=5)
SHORTEST_CELL, LONGEST_CELL = 15, 30


class BoardTooOld(Refusal):
    """Somebody pointed into a picture of the day that is not the day any more."""

    text = _("The board was not up to date any more, so nothing was moved. This is how it stands now.")


def refuse_old_board(*, seen: datetime | None, now: datetime) -> None:
    """A drag points into a picture: at the gap between two cards, at somebody's column.

    The door refuses a booking that changed and a time that was taken. It cannot know that the person meant a
    day that looked otherwise. The page stops dragging after a minute without an answer; the second minute is
    for reading its question. A laptop that slept and wakes has counted no minute, hence the server asks, too.
    """
    if seen is None or abs(now - seen) > BOARD_GOOD_FOR:
        raise BoardTooOld


def with_stamp(locations: QuerySet[Location], *, day: date, now: datetime) -> QuerySet[Location]:
    """Add `stamp` to each location: another one when anything on its board of that day is another."""
    bookings = Booking.objects.filter(location=OuterRef("pk"), day=day).unexpired(now)
    asked = Booking.objects.filter(replaces__location=OuterRef("pk"), replaces__day=day, status=Status.HELD)
    late = RunningLate.objects.filter(location=OuterRef("pk"), day=day)
    return locations.annotate(
        stamp=JSONObject(
            bookings=_added_up(bookings, **_of_bookings(now)),
            offers=_added_up(asked.unexpired(now), n=Count("pk"), sum=Sum("pk")),
            closures=_added_up(_closures_near(day), n=Count("pk"), newest=Max("pk"), at=Max("at")),
            late=_newest(late),
            screening=_newest(Screening.objects.all()),
            decision=_newest(Decision.objects.all()),
            precheck=_newest(PreCheck.objects.filter(day=day)),
        )
    )


def _of_bookings(now: datetime) -> dict[str, Expression]:
    """Every act at the door raises a version; the rest is what is noted without one."""
    return {
        "n": Count("pk"),
        "sum": Sum("pk"),
        "versions": Sum(F("pk") * F("version")),
        "held": Count("pk", filter=Q(status=Status.HELD)),
        "held_until": Max("held_until"),
        "begun": Count("pk", filter=Q(status=Status.BOOKED, starts__lt=now)),
        "status_at": Max("status_at"),
        "confirmed": Sum("pk", filter=Q(confirmed_at__isnull=False)),
        "late": Sum(F("pk") * F("late_minutes")),
        "kept": Sum("pk", filter=Q(kept_by__isnull=False)),
        "in_error": Count("in_error_at"),
    }


def _added_up(rows: QuerySet, **sums: Expression) -> Subquery:
    together = rows.order_by().annotate(together=Value(1)).values("together")
    return Subquery(together.annotate(sums=JSONObject(**sums)).values("sums"), output_field=JSONField())


def _newest(rows: QuerySet) -> Subquery:
    return Subquery(rows.order_by("-pk").values("pk")[:1], output_field=IntegerField())


def _closures_near(day: date) -> QuerySet[Closure]:
    """A day more on either side, so that the location's zone need not be known."""
    noon = timespans.local_instant(day, time(12), zone_of())
    here = Q(location=OuterRef("pk")) | Q(location=None)
    return Closure.objects.filter(
        here, starts__lt=noon + timedelta(days=2), ends__gt=noon - timedelta(days=2)
    )


def board_tag(location: Location, *, shown: Iterable[str], by: User, now: datetime) -> str:
    """Return a weak ETag for the board of a location with its `stamp`. `shown`: what the address asks for.

    It is the person's own: what somebody did themselves does not flash. Names and working hours have no
    counter; they are seen after FRESH_ANYWAY at the latest.
    """
    slice_of_time = int(now.timestamp() // FRESH_ANYWAY.total_seconds())
    content = json.dumps([location.pk, location.stamp, list(shown), by.pk, slice_of_time], sort_keys=True)
    return f'W/"{hashlib.sha256(content.encode()).hexdigest()[:24]}"'


def cell_minutes() -> int:
    """How long an empty cell of the board is: the finest grid that visits here begin on."""
    finest = VisitType.objects.aggregate(finest=Min("start_every_minutes"))["finest"]
    return min(max(finest or SHORTEST_CELL, SHORTEST_CELL), LONGEST_CELL)
