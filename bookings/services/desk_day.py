"""One day at one location, as the desk runs it: who comes when, through which steps, using what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Booking, Claim, Closure, Status, WorkingHours
from clinic.models import AuditRow, Location, Resource
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from clinic.services.days import zone_of
from consultations.services.desk_notes import DeskNotes, desk_notes
from treatments.models import CourseSession

SHOWN_WITH_IT = ("patient", "visit_type", "location", "practitioner__resource", "session")


@dataclass(frozen=True)
class Part:
    """One step of a visit. `kind` says what comes before and after the dermatologist's own part."""

    name: str
    kind: str
    starts: datetime
    ends: datetime
    where: tuple[str, ...]


@dataclass(frozen=True)
class Visit:
    booking: Booking
    parts: tuple[Part, ...]
    rooms: tuple[int, ...]
    notes: DeskNotes

    @property
    def is_first(self) -> bool:
        return not self.booking.been_before

    @property
    def session_of(self) -> tuple[int, int] | None:
        """(number, how many) of a session of a course."""
        return (self.booking.session.number, self.booking.sessions) if self.booking.session else None

    @property
    def has_preparing(self) -> bool:
        return any(part.kind == "numb" for part in self.parts)

    @property
    def has_watching(self) -> bool:
        return any(part.kind == "watch" for part in self.parts)

    @property
    def doctor_first(self) -> bool:
        return self.notes.doctor_first(self.booking.day if self.booking.session_id else None)


@dataclass(frozen=True)
class Column:
    """A dermatologist who works that day, or a room: what stands over a group of visits."""

    resource: Resource
    hours: tuple[tuple[datetime, datetime], ...]
    closures: tuple[Closure, ...]


def read_visits(bookings: QuerySet[Booking], *, now: datetime) -> list[Visit]:
    """Return these bookings in order with all that is shown of them, in seven queries."""
    total = CourseSession.objects.filter(course=OuterRef("course"), dropped_reason="")
    before = Booking.objects.filter(
        patient=OuterRef("patient"), status=Status.DONE, starts__lt=OuterRef("starts")
    )
    claims = Claim.objects.select_related("resource").order_by("starts", "resource")
    rows = (
        bookings.unexpired(now)
        .filter(replaces__isnull=True)
        .select_related(*SHOWN_WITH_IT)
        .prefetch_related("visit_type__steps__needs", Prefetch("claims", claims))
        .annotate(been_before=Exists(before), sessions=Coalesce(_count(total), 0))
        .order_by("starts", "pk")
    )
    found = list(rows)
    notes = desk_notes({booking.patient_id for booking in found if booking.patient_id})
    return [_visit(booking, notes.get(booking.patient_id, DeskNotes())) for booking in found]


def _count(rows: QuerySet) -> Subquery:
    counted = rows.order_by().values("course").annotate(n=Count("pk")).values("n")
    return Subquery(counted)


def _visit(booking: Booking, notes: DeskNotes) -> Visit:
    claims = list(booking.claims.all())
    rooms = [claim.resource_id for claim in claims if claim.resource.kind == ResourceKind.ROOM]
    return Visit(booking, tuple(_parts(booking, claims)), tuple(dict.fromkeys(rooms)), notes)


def _parts(booking: Booking, claims: Sequence[Claim]) -> Iterable[Part]:
    where = defaultdict(list)
    for claim in claims:
        if claim.resource.kind != ResourceKind.PRACTITIONER:
            where[claim.step_id].append(claim.resource.name)
    steps = sorted(booking.visit_type.steps.all(), key=lambda step: step.position)
    with_doctor = [
        step.position
        for step in steps
        if any(need.kind == ResourceKind.PRACTITIONER for need in step.needs.all())
    ]
    starts = booking.starts
    for step in steps:
        ends = starts + timedelta(minutes=step.minutes)
        yield Part(step.name, _kind(step.position, with_doctor), starts, ends, tuple(where[step.pk]))
        starts = ends


def _kind(position: int, with_doctor: Sequence[int]) -> str:
    if not with_doctor or position in with_doctor:
        return "inject"
    return "numb" if position < with_doctor[0] else "watch"


def read_columns(*, location: Location, day: date, by_room: bool) -> list[Column]:
    """Return who works here that day, or the rooms there are, in two or three queries."""
    span = timespans.day_span(day, zone_of(location))
    hours: dict[int, list] = defaultdict(list)
    if by_room:
        resources = Resource.objects.filter(location=location, kind=ResourceKind.ROOM, is_active=True)
    else:
        for row in _hours_of(location, day):
            found = timespans.local_span(day, row.starts, row.ends, zone_of(location))
            hours[row.resource_id] += [(found.start, found.end)] if found else []
        resources = Resource.objects.filter(pk__in=list(hours))
    resources = list(resources.order_by("name"))
    closures = _closures(location, resources, span)
    return [
        Column(resource, tuple(hours[resource.pk]), tuple(closures[resource.pk])) for resource in resources
    ]


def _hours_of(location: Location, day: date) -> QuerySet[WorkingHours]:
    still = Q(until_on=None) | Q(until_on__gte=day)
    here = WorkingHours.objects.filter(
        still, location=location, weekday=day.weekday(), from_on__lte=day, resource__is_active=True
    )
    return here.order_by("starts")


def _closures(location: Location, resources: Sequence[Resource], span) -> dict[int, list[Closure]]:
    """The closures of each resource that day; those of the whole location count for every one."""
    found: dict[int, list[Closure]] = defaultdict(list)
    if span is None:
        return found
    rows = Closure.objects.filter(
        Q(location=location, resource=None) | Q(resource__in=resources),
        Q(location=location) | Q(location=None),
        starts__lt=span.end,
        ends__gt=span.start,
    )
    for closure in rows.order_by("starts"):
        for resource in resources:
            if closure.resource_id in (None, resource.pk):
                found[resource.pk].append(closure)
    return found


@dataclass(frozen=True)
class Touch:
    """What was done to a booking last; `action` is the audit's code without its booking_.

    `by`: the name of a member of staff; empty when it was the patient, or nobody.
    """

    by: str
    action: str
    at: datetime


def last_touch(booking: Booking) -> Touch | None:
    """Return the newest act on this booking: a change of its time, or a step through the day."""
    changes = booking.change_lines.values_list("change", flat=True)
    subjects = [f"booking:{booking.pk}", *(f"change:{change}" for change in changes)]
    row = (
        AuditRow.objects.filter(subject__in=subjects, action__startswith="booking_")
        .select_related("by")
        .order_by("-at", "-pk")
        .first()
    )
    if row is None:
        return None
    by = row.by.name if row.by and row.by.is_staff else ""
    return Touch(by, row.action.removeprefix("booking_"), row.at)
