"""How a location was used over some weeks, and who did not come: counted by the database, in one pass each.

What the figures mean, in the words of the page:

open      minutes in which a visit could have been booked: hours that are also the location's, less closures
booked    minutes taken by visits that came or are still to come. A room's include its cleaning. A visit
          that was written down afterwards took minutes of its dermatologist, but no room that anybody knows.
          Fit-ins take none.
came      arrived, at least
expected  came, did not come, or was cancelled by the patient less than a day ahead
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from bookings.models import Booking, ChangeLine, Claim, Closure, Status, WorkingHours
from bookings.models.bookings import PRESENT
from clinic.models import Location, Resource, Step
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from clinic.rules.timespans import Span
from clinic.services.days import zone_of

LATE = timedelta(hours=24)
NOT_THE_PATIENT = ("clinic", "mistake")  # reasons of the desk's own
FEW = 20  # below so many visits a rate says little
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Weeks:
    """Whole weeks, Monday to Sunday."""

    first: date
    count: int

    @property
    def mondays(self) -> list[date]:
        return [self.first + timedelta(weeks=n) for n in range(self.count)]

    @property
    def last(self) -> date:
        return self.first + timedelta(weeks=self.count, days=-1)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(7 * self.count)]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


# Use


@dataclass(frozen=True)
class Use:
    open: int = 0
    booked: int = 0

    def __add__(self, other: "Use") -> "Use":
        return Use(self.open + other.open, self.booked + other.booked)

    @property
    def share(self) -> float | None:
        return self.booked / self.open if self.open else None


@dataclass(frozen=True)
class Used:
    """Minutes by dermatologist and by room, in the order of their names; of all dermatologists by week."""

    practitioners: list[tuple[str, Use]]
    rooms: list[tuple[str, Use]]
    weeks: dict[date, Use]

    @property
    def together(self) -> Use:
        return sum(self.weeks.values(), Use())


def read_use(*, location: Location, weeks: Weeks) -> Used:
    """Five queries, however many weeks, people and visits."""
    booked = _booked(location, weeks)
    opened, resources = _opened(location, weeks)
    known = [one for one in resources if _counts(one, opened, booked)]
    use = {
        (one.pk, week): Use(opened[one.pk, week], booked[one.pk, week])
        for one in known
        for week in weeks.mondays
    }
    doctors = [one for one in known if one.kind == ResourceKind.PRACTITIONER]
    rooms = [one for one in known if one.kind == ResourceKind.ROOM]
    return Used(
        practitioners=[(one.name, _added(use[one.pk, week] for week in weeks.mondays)) for one in doctors],
        rooms=[(one.name, _added(use[one.pk, week] for week in weeks.mondays)) for one in rooms],
        weeks={week: _added(use[one.pk, week] for one in doctors) for week in weeks.mondays},
    )


def _added(parts: Iterable[Use]) -> Use:
    return sum(parts, Use())


Minutes = Mapping[tuple[int, date], int]  # (resource, Monday) → minutes; 0 for what is not there


def _counts(resource: Resource, opened: Minutes, booked: Minutes) -> bool:
    """Somebody or something that was open or used; what is out of use counts where it was used."""
    used = any(pk == resource.pk for pk, _week in booked)
    return used or (resource.is_active and any(pk == resource.pk for pk, _week in opened))


def _booked(location: Location, weeks: Weeks) -> Counter:
    """Minutes by the clock of the world: a claim over a change of the clocks is as long as it is."""
    minutes: Counter = Counter()
    for resource, week, length in _claimed(location, weeks):
        minutes[resource, week] += length // MINUTE
    for resource, week, length in _without_claims(location, weeks):
        minutes[resource, week] += length
    return minutes


def _seen(location: Location, weeks: Weeks) -> QuerySet[Booking]:
    return Booking.objects.filter(
        location=location, day__gte=weeks.first, day__lte=weeks.last, in_error_at=None
    )


def _claimed(location: Location, weeks: Weeks) -> Iterable[tuple]:
    length = ExpressionWrapper(F("ends") - F("starts"), DurationField())
    kinds = (ResourceKind.PRACTITIONER, ResourceKind.ROOM)
    claims = Claim.objects.filter(
        booking__in=_seen(location, weeks).exclude(status=Status.HELD), resource__kind__in=kinds
    )
    rows = claims.annotate(week=TruncWeek("booking__day")).values("resource", "week")
    return rows.annotate(length=Sum(length)).values_list("resource", "week", "length")


def _without_claims(location: Location, weeks: Weeks) -> Iterable[tuple]:
    """Visits entered afterwards: as long as their kind takes of a dermatologist."""
    with_doctor = Step.objects.filter(needs__kind=ResourceKind.PRACTITIONER)
    late = _seen(location, weeks).filter(
        ~Exists(Claim.objects.filter(booking=OuterRef("pk"))),
        status=Status.DONE,
        fit_in_reason="",
        visit_type__steps__in=with_doctor,
    )
    rows = late.annotate(week=TruncWeek("day")).values("practitioner", "week")
    return rows.annotate(length=Sum("visit_type__steps__minutes")).values_list(
        "practitioner", "week", "length"
    )


def _opened(location: Location, weeks: Weeks) -> tuple[Minutes, list[Resource]]:
    hours: dict[int | None, list[WorkingHours]] = defaultdict(list)
    for row in WorkingHours.objects.filter(location=location):
        hours[row.resource_id].append(row)
    resources = _resources(location, weeks, [pk for pk in hours if pk])
    closures = _closures(location, weeks, resources)
    minutes: Counter = Counter()
    for day in weeks.days:
        opening = timespans.subtract(_around(hours[None], day, location), closures[None])
        whole = _whole(day, location)
        for one in resources:
            own = whole if one.kind == ResourceKind.ROOM else _spans(hours[one.pk], day, location)
            left = timespans.subtract(_shared(own, opening), closures[one.pk])
            minutes[one.pk, monday_of(day)] += sum((span.length for span in left), timedelta()) // MINUTE
    return +minutes, resources


def _resources(location: Location, weeks: Weeks, with_hours: list[int]) -> list[Resource]:
    """Who has hours here or saw somebody here, and the location's rooms."""
    worked = _seen(location, weeks).filter(practitioner=OuterRef("pk"))
    doctors = Q(Exists(worked) | Q(pk__in=with_hours), kind=ResourceKind.PRACTITIONER)
    rooms = Q(kind=ResourceKind.ROOM, location=location)
    return list(Resource.objects.filter(doctors | rooms).order_by("name", "pk"))


def _closures(
    location: Location, weeks: Weeks, resources: Iterable[Resource]
) -> dict[int | None, list[Span]]:
    tz = zone_of(location)
    first = timespans.local_instant(weeks.first, time(0), tz)
    end = timespans.local_instant(weeks.last + timedelta(days=2), time(0), tz)  # nights reach over
    rows = Closure.objects.filter(
        Q(location=location, resource=None) | Q(resource__in=list(resources)),
        Q(location=location) | Q(location=None),
        starts__lt=end,
        ends__gt=first,
    )
    found: dict[int | None, list[Span]] = defaultdict(list)
    for row in rows:
        found[row.resource_id].append(Span(row.starts, row.ends))
    return found


def _spans(hours: Iterable[WorkingHours], day: date, location: Location) -> list[Span]:
    """The hours that begin on this day, some of which may reach into the next."""
    spans = [
        timespans.local_span(day, row.starts, row.ends, zone_of(location))
        for row in hours
        if row.weekday == day.weekday()
        and row.from_on <= day
        and (row.until_on is None or day <= row.until_on)
    ]
    return timespans.merge(span for span in spans if span)


def _around(hours: Iterable[WorkingHours], day: date, location: Location) -> list[Span]:
    """A night's hours begin on the day before, or go on after midnight."""
    hours, one = list(hours), timedelta(days=1)
    return timespans.merge(
        span for near in (day - one, day, day + one) for span in _spans(hours, near, location)
    )


def _whole(day: date, location: Location) -> list[Span]:
    span = timespans.day_span(day, zone_of(location))
    return [span] if span else []


def _shared(one: list[Span], other: list[Span]) -> list[Span]:
    return timespans.subtract(one, timespans.subtract(one, other))


# Who came


@dataclass(frozen=True)
class Came:
    """How visits ended. `open`: past, and nobody has said how; `ahead`: still to come."""

    came: int = 0
    not_come: int = 0
    late: int = 0
    open: int = 0
    ahead: int = 0

    def __add__(self, other: "Came") -> "Came":
        return Came(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def expected(self) -> int:
        return self.came + self.not_come + self.late

    @property
    def not_come_share(self) -> float | None:
        return self.not_come / self.expected if self.expected else None

    @property
    def late_share(self) -> float | None:
        return self.late / self.expected if self.expected else None

    @property
    def is_few(self) -> bool:
        return self.expected < FEW


@dataclass(frozen=True)
class Attended:
    weeks: dict[date, Came]
    kinds: dict[str, Came]

    @property
    def together(self) -> Came:
        return sum(self.weeks.values(), Came())


def read_attendance(*, location: Location, weeks: Weeks, now: datetime) -> Attended:
    """Two queries."""
    by_week = {week: Came() for week in weeks.mondays}
    by_kind: dict[str, Came] = defaultdict(Came)
    for week, kind, came in (*_ends(location, weeks, now), *_late(location, weeks)):
        by_week[week] += came
        by_kind[kind] += came
    return Attended(by_week, dict(sorted(by_kind.items())))


def _ends(location: Location, weeks: Weeks, now: datetime) -> Iterable[tuple[date, str, Came]]:
    counts = {
        "came": Count("pk", filter=Q(status__in=[*PRESENT, Status.DONE])),
        "not_come": Count("pk", filter=Q(status=Status.NO_SHOW)),
        "open": Count("pk", filter=Q(status=Status.BOOKED, starts__lt=now)),
        "ahead": Count("pk", filter=Q(status=Status.BOOKED, starts__gte=now)),
    }
    rows = _seen(location, weeks).exclude(status__in=[Status.HELD, Status.CANCELLED])
    by = rows.annotate(week=TruncWeek("day")).values("week", "visit_type__name").annotate(**counts)
    for row in by.order_by():
        week, kind = row.pop("week"), row.pop("visit_type__name")
        yield week, kind, Came(**row)


def _late(location: Location, weeks: Weeks) -> Iterable[tuple[date, str, Came]]:
    """Cancelled by the patient, or for them, when less than a day was left.

    A booking that stands cancelled has one cancelling change that was not undone. What the clinic cancelled,
    and bookings made by mistake, are nobody's late word.
    """
    lines = ChangeLine.objects.filter(
        booking__in=_seen(location, weeks).filter(status=Status.CANCELLED),
        change__action="cancel",
        change__undone_by=None,
        change__at__gt=F("booking__starts") - LATE,
    ).exclude(change__by__is_staff=True, change__reason__in=NOT_THE_PATIENT)
    rows = lines.annotate(week=TruncWeek("booking__day")).values("week", "booking__visit_type__name")
    counted = rows.annotate(n=Count("booking", distinct=True)).order_by()
    for week, kind, count in counted.values_list("week", "booking__visit_type__name", "n"):
        yield week, kind, Came(late=count)
