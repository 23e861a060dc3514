"""One day at one location, as the desk runs it: who comes when, through which steps, using what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Booking, ChangeLine, Claim, Closure, RunningLate, Status, WorkingHours
from clinic.models import AuditRow, Location, Resource, User
from clinic.models.places import ResourceKind
from clinic.rules import timespans
from clinic.rules.timespans import Span
from clinic.services.days import zone_of
from consultations.services.desk_notes import DeskNotes, desk_notes
from treatments.models import CourseSession

SHOWN_WITH_IT = ("patient", "visit_type", "location", "practitioner__resource", "session")
SHOWN_WITH_OFFER = ("held_by", "replaces")


@dataclass(frozen=True)
class Part:
    """One step of a visit. `kind` says what comes before and after the dermatologist's own part.

    `uses`: by resource id, until when: longer than the step where a room is cleaned after it.
    """

    name: str
    kind: str
    starts: datetime
    ends: datetime
    where: tuple[str, ...]
    uses: Mapping[int, datetime] = field(default_factory=dict)


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
    def span(self) -> Span:
        return Span(self.booking.starts, self.booking.ends)

    @property
    def is_offer(self) -> bool:
        """Another time for something booked, held while they think about it."""
        return self.booking.replaces_id is not None

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
    """A dermatologist who works that day, or a room: what stands over a group of visits.

    `hours`: when the place is open, too. `urgent`: kept until noon. `late`: how many minutes they run late.
    """

    resource: Resource
    hours: tuple[tuple[datetime, datetime], ...]
    closures: tuple[Closure, ...]
    urgent: tuple[Span, ...] = ()
    late: int = 0

    @property
    def spans(self) -> list[Span]:
        return [Span(starts, ends) for starts, ends in self.hours]


def read_visits(bookings: QuerySet[Booking], *, now: datetime, with_offers: bool = False) -> list[Visit]:
    """Return these bookings in order with all that is shown of them, in seven queries.

    `with_offers`: also the times that are held for people who were asked whether they would move.
    """
    total = CourseSession.objects.filter(course=OuterRef("course"), dropped_reason="")
    before = Booking.objects.filter(
        patient=OuterRef("patient"), status=Status.DONE, starts__lt=OuterRef("starts")
    )
    claims = Claim.objects.select_related("resource").order_by("starts", "resource")
    offered = Booking.objects.filter(replaces=OuterRef("pk"), status=Status.HELD).unexpired(now)
    shown = Q(replaces__isnull=True) | Q(status=Status.HELD) if with_offers else Q(replaces__isnull=True)
    rows = (
        bookings.unexpired(now)
        .filter(shown)
        .select_related(*SHOWN_WITH_IT, *(SHOWN_WITH_OFFER if with_offers else ()))
        .prefetch_related("visit_type__steps__needs", Prefetch("claims", claims))
        .annotate(
            been_before=Exists(before), sessions=Coalesce(_count(total), 0), asked_to_move=Exists(offered)
        )
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
    where, uses = defaultdict(list), defaultdict(dict)
    for claim in claims:
        uses[claim.step_id][claim.resource_id] = claim.ends
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
        kind = _kind(step.position, with_doctor)
        yield Part(step.name, kind, starts, ends, tuple(where[step.pk]), uses[step.pk])
        starts = ends


def _kind(position: int, with_doctor: Sequence[int]) -> str:
    if not with_doctor or position in with_doctor:
        return "inject"
    return "numb" if position < with_doctor[0] else "watch"


def read_columns(*, location: Location, day: date, by_room: bool) -> list[Column]:
    """Return who works here that day, or the rooms there are, in three or four queries."""
    span = timespans.day_span(day, zone_of(location))
    rows = list(_hours_of(location, day))
    hours, urgent = _spans(rows, location, day, "starts", "ends"), {}
    if by_room:
        resources = Resource.objects.filter(location=location, kind=ResourceKind.ROOM, is_active=True)
    else:
        kept = [row for row in rows if row.urgent_from]
        urgent = _spans(kept, location, day, "urgent_from", "urgent_to")
        resources = Resource.objects.filter(pk__in=[pk for pk in hours if pk])
    resources = list(resources.order_by("name"))
    closures = _closures(location, resources, span)
    late = {} if by_room else running_late(location=location, day=day)
    return [
        Column(
            resource,
            _hours(hours, None if by_room else resource.pk),
            tuple(closures[resource.pk]),
            tuple(urgent.get(resource.pk, ())),
            late.get(resource.pk, 0),
        )
        for resource in resources
    ]


def _hours_of(location: Location, day: date) -> QuerySet[WorkingHours]:
    """Those of who works here that day, and without a resource those of the place itself."""
    still = Q(until_on=None) | Q(until_on__gte=day)
    working = Q(resource=None) | Q(resource__is_active=True)
    here = WorkingHours.objects.filter(
        still, working, location=location, weekday=day.weekday(), from_on__lte=day
    )
    return here.order_by("starts")


def _spans(
    rows: Iterable[WorkingHours], location: Location, day: date, starts: str, ends: str
) -> dict[int | None, list[Span]]:
    found: dict[int | None, list[Span]] = defaultdict(list)
    for row in rows:
        span = timespans.local_span(day, getattr(row, starts), getattr(row, ends), zone_of(location))
        found[row.resource_id] += [span] if span else []
    return found


def _hours(
    found: Mapping[int | None, list[Span]], resource: int | None
) -> tuple[tuple[datetime, datetime], ...]:
    """Somebody's own hours while the place is open; those of the place itself under None."""
    own = found.get(resource, [])
    shut = timespans.subtract(own, found.get(None, []))
    return tuple((span.start, span.end) for span in timespans.subtract(own, shut))


def running_late(*, location: Location, day: date) -> dict[int, int]:
    """Return by how many minutes each practitioner runs late; the newest word counts."""
    said = RunningLate.objects.filter(location=location, day=day).order_by("practitioner", "-pk")
    return dict(said.distinct("practitioner").values_list("practitioner", "minutes"))


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
    return _touch(row) if row else None


def _touch(row: AuditRow) -> Touch:
    by = row.by.name if row.by and row.by.is_staff else ""
    return Touch(by, row.action.removeprefix("booking_"), row.at)


LOOK_BACK = 300  # rows of the audit, newest first: more than a clinic writes in a minute


def recent_touches(bookings: Collection[int], *, since: datetime, but: User) -> dict[int, Touch]:
    """Return what others than `but` did last to these bookings since then, in at most two queries.

    The newest rows are read by their ids: an index on `at` would grow with every act there ever was.
    """
    rows = AuditRow.objects.select_related("by").order_by("-pk")[:LOOK_BACK]
    acts = [row for row in rows if row.at >= since and row.action.startswith("booking_")]
    named = _bookings_of({row.subject for row in acts})
    newest: dict[int, AuditRow] = {}
    for row in acts:
        for booking in named.get(row.subject, ()):
            newest.setdefault(booking, row)
    return {pk: _touch(row) for pk, row in newest.items() if pk in bookings and row.by != but}


def _bookings_of(subjects: Collection[str]) -> dict[str, list[int]]:
    named = {subject: subject.partition(":") for subject in subjects}
    found = {name: [int(pk)] for name, (kind, _, pk) in named.items() if kind == "booking"}
    changes = [int(pk) for kind, _, pk in named.values() if kind == "change"]
    if changes:
        lines = ChangeLine.objects.filter(change__in=changes).values_list("change", "booking")
        for change, booking in lines:
            found.setdefault(f"change:{change}", []).append(booking)
    return found
