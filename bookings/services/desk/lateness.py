"""Late, both ways: somebody who comes late, and a dermatologist who runs late while others wait."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings import refusals
from bookings.models import Booking, RunningLate, Status
from bookings.rules.lateness import Forecast, Stage, Turn, forecast
from bookings.services import true_starts
from bookings.services.desk import acts as desk_acts
from bookings.services.door.taking import in_one_transaction, lock
from bookings.services.true_starts import TOLD_AHEAD
from clinic import audit
from clinic.models import Location, Message, Need, Practitioner, Step, User
from clinic.models.places import ResourceKind
from clinic.services.days import local_day

COMES_LATE = (10, 20, 30)
RUNS_LATE = (10, 20, 30, 45, 60)
SAID_FROM = timedelta(hours=3)  # before the visit begins
SAID_UNTIL = timedelta(minutes=30)  # after that
NOT_COME_AFTER = timedelta(minutes=15)
LATE = 10  # minutes from which on a dermatologist runs late

_STAGES = {
    Status.BOOKED: Stage.TO_COME,
    Status.ARRIVED: Stage.HERE,
    Status.PREPARING: Stage.PREPARING,
    Status.IN_ROOM: Stage.WITH_DOCTOR,
}


class SaidMeanwhile(refusals.Changed):
    text = _("A colleague has said something else in the meantime. Please look again.")


# They come late


def may_say_late(booking: Booking, *, now: datetime) -> bool:
    """Whether the patient can tell us: on the day, from three hours before until half an hour after."""
    in_time = booking.starts - SAID_FROM <= now < booking.starts + SAID_UNTIL
    return in_time and _is_still_to_come(booking, now)


def late_choices(booking: Booking, *, now: datetime) -> list[int]:
    """How late somebody can still say they come: not what has passed already."""
    return [one for one in COMES_LATE if booking.starts + timedelta(minutes=one) > now]


def _is_still_to_come(booking: Booking, now: datetime) -> bool:
    return booking.status == Status.BOOKED and booking.day == local_day(now, booking.location)


def say_late(*, booking: Booking, minutes: int, by: User | None, now: datetime) -> Booking:
    """Note that they come so many minutes late; 0: in time after all. `by` is None for the patient."""

    def note() -> Booking:
        lock(patients={booking.patient_id}, resources=set())
        fresh = Booking.objects.select_for_update(no_key=True, of=("self",)).get(pk=booking.pk)
        if (fresh.late_minutes or 0) == minutes:
            return fresh
        if not _is_still_to_come(fresh, now):
            raise refusals.NotPossible
        fresh.late_minutes = minutes or None
        fresh.save(update_fields=["late_minutes"])
        subject = f"booking:{fresh.pk}"
        audit.record(
            by=by, action="visit_late", subject=subject, patient=fresh.patient, now=now, minutes=minutes
        )
        return fresh

    return in_one_transaction(note)


# We run late: what the desk said


def said(*, location: Location, day: date) -> dict[int, RunningLate]:
    """Return what was said last of each practitioner that day; one query."""
    rows = RunningLate.objects.filter(location=location, day=day).order_by("practitioner", "-pk")
    return {row.practitioner_id: row for row in rows.distinct("practitioner").select_related("by")}


def minutes_late(bookings: Collection[Booking], *, now: datetime) -> dict[int, int]:
    """Return {booking: minutes} of those today that begin later, in one query; none for no booking today."""
    today = [one for one in bookings if _is_still_to_come(one, now)]
    rows = true_starts.announced(today) if today else {}
    return {pk: row.minutes for pk, row in rows.items() if row.minutes}


def to_tell(*, location: Location, practitioner: int, now: datetime) -> list[Booking]:
    """Return whose visits with this practitioner begin within three hours, soonest first."""
    rows = _of_today(location, practitioner, now).filter(
        status=Status.BOOKED, starts__gt=now, starts__lte=now + TOLD_AHEAD
    )
    return list(rows.select_related("patient__account", "location").order_by("starts", "pk"))


def _of_today(location: Location, practitioner: int, now: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(
        location=location, day=local_day(now, location), practitioner=practitioner, replaces=None
    )


def told(*, location: Location, practitioner: int, now: datetime) -> list[tuple[Booking, Message]]:
    """Return who still to come was told that they begin later, and the message that said so last."""
    rows = _of_today(location, practitioner, now).filter(status=Status.BOOKED).select_related("patient")
    bookings = list(rows.order_by("starts", "pk"))
    sent = true_starts.told_late(bookings)
    return [(booking, sent[booking.pk]) for booking in bookings if booking.pk in sent]


def announce(
    *, location: Location, practitioner: Practitioner, minutes: int, seen: int, by: User, now: datetime
) -> RunningLate:
    """Say that a practitioner runs late today and tell those who come next; 0 ends it.

    `seen`: the newest announcement that the page knew of, 0 for none. The same button twice is once; where a
    colleague has said something else meanwhile, SaidMeanwhile is raised.
    """

    def say() -> RunningLate:
        lock(patients=set(), resources={practitioner.pk})
        day = local_day(now, location)
        earlier = RunningLate.objects.filter(practitioner=practitioner, location=location, day=day)
        newest = earlier.order_by("-pk").first()
        if newest and newest.pk != seen:
            if (newest.minutes, newest.by_id) == (minutes, by.pk):
                return newest
            raise SaidMeanwhile
        row = RunningLate.objects.create(
            practitioner=practitioner, location=location, day=day, minutes=minutes, by=by, at=now
        )
        _tell(row, location, now)
        subject = f"practitioner:{practitioner.pk}"
        audit.record(by=by, action="running_late", subject=subject, patient=None, now=now, minutes=minutes)
        return row

    return in_one_transaction(say)


def _tell(row: RunningLate, location: Location, now: datetime) -> None:
    listed = _of_today(location, row.practitioner_id, now).select_for_update(no_key=True)
    true_starts.take_back_late(listed.order_by("pk").values_list("pk", flat=True))
    if row.minutes:  # on time again, the desk rings those who were told: they may be in no hurry any more
        coming = to_tell(location=location, practitioner=row.practitioner_id, now=now)
        true_starts.tell(bookings=coming, retold=(), now=now)


# We run late: as it can be seen


@dataclass(frozen=True)
class Expected:
    """Somebody who will wait: from when on, and when it will be their turn."""

    booking: Booking
    since: datetime
    expected: datetime

    @property
    def minutes(self) -> int:
        return _minutes(self.expected - self.since)


@dataclass(frozen=True)
class Delay:
    """Of one practitioner: what the desk announced last, and how many minutes `behind` is measured."""

    practitioner: Practitioner | None
    announced: RunningLate | None = None
    behind: int = 0
    waits: tuple[Expected, ...] = ()

    @property
    def said(self) -> int:
        """Minutes as announced; 0 for nothing said, or ended."""
        return self.announced.minutes if self.announced else 0

    @property
    def minutes(self) -> int:
        return max(self.said, self.behind)

    @property
    def runs_late(self) -> bool:
        return self.minutes >= LATE

    @property
    def is_news(self) -> bool:
        """Somebody waits, and the desk has not said so, or not that much."""
        return bool(self.waits) and self.behind - self.said >= LATE


NO_DELAY = Delay(None)


def delays(*, location: Location, day: date, now: datetime) -> dict[int, Delay]:
    """Return how late everybody with visits that day is, by practitioner id; only today. Three queries."""
    if day != local_day(now, location):
        return {}
    announced = said(location=location, day=day)
    rows = Booking.objects.filter(location=location, day=day, status__in=list(_STAGES), replaces=None)
    bookings = list(rows.select_related("patient", "practitioner__resource").order_by("starts", "pk"))
    shapes = _shapes({booking.visit_type_id for booking in bookings})
    lists: dict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        lists[booking.practitioner_id].append(booking)
    return {pk: _delay(announced.get(pk), lists[pk], shapes, now) for pk in {*announced, *lists}}


def _delay(announced: RunningLate | None, bookings: Sequence[Booking], shapes: Mapping, now) -> Delay:
    turns = [_turn(booking, *shapes[booking.visit_type_id]) for booking in bookings]
    found: Forecast = forecast(turns, now=now)
    by_id = {booking.pk: booking for booking in bookings}
    return Delay(
        practitioner=bookings[0].practitioner if bookings else None,
        announced=announced,
        behind=_minutes(found.behind),
        waits=tuple(Expected(by_id[wait.who], wait.since, wait.expected) for wait in found.waits),
    )


def _turn(booking: Booking, before: timedelta, length: timedelta) -> Turn:
    return Turn(
        who=booking.pk,
        starts=booking.starts + before,
        length=length,
        stage=_STAGES[Status(booking.status)],
        before=before,
        came=booking.arrived_at,
        since=booking.status_at,
        late=timedelta(minutes=booking.late_minutes or 0),
    )


def _shapes(visit_types: Collection[int]) -> dict[int, tuple[timedelta, timedelta]]:
    """{visit type: (before the practitioner's part, length of that part)}; one query."""
    with_one = Need.objects.filter(step=OuterRef("pk"), kind=ResourceKind.PRACTITIONER)
    rows = Step.objects.filter(visit_type__in=visit_types).order_by("visit_type", "position")
    steps: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for visit_type, minutes, is_theirs in rows.values_list("visit_type", "minutes", Exists(with_one)):
        steps[visit_type].append((minutes, is_theirs))
    return {visit_type: _shape(found) for visit_type, found in steps.items()}


def _shape(steps: Iterable[tuple[int, bool]]) -> tuple[timedelta, timedelta]:
    before = length = 0
    for minutes, is_theirs in steps:
        if is_theirs:
            length += minutes
        elif not length:
            before += minutes
    return timedelta(minutes=before), timedelta(minutes=length)


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


# Not come


def may_suggest_no_show(booking: Booking, *, delay: Delay = NO_DELAY, now: datetime) -> bool:
    """Whether it is time to think that they do not come. A suggestion: only a person decides.

    Never while the dermatologist runs late: whoever was told so, or sees it, may be round the corner.
    """
    if delay.runs_late or not desk_acts.may_be_no_show(booking, now=now):
        return False
    patience = max(NOT_COME_AFTER, timedelta(minutes=booking.late_minutes or 0))
    return now - booking.starts > patience
