"""A course prescribed anew: a revision that is signed whole and touches only what has not been given.

Sessions are taken out, or put behind the last one, and never renumbered: people call them by number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.models import Practitioner
from clinic.refusals import KeyReused
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations.models import Decision
from treatments import refusals
from treatments.models import Course, CourseSession, DropReason, Phase, Prescription, Product
from treatments.models.products import INJECTABLE
from treatments.rules.gaps import Gap
from treatments.rules.products import floors_of
from treatments.rules.protocols import GAP_NAMES
from treatments.services.changes import course_changed
from treatments.services.prescribing import refuse_disallowed, refuse_for_patient, refuse_gap, steps_of
from treatments.services.rescreening import obstacles_of

MOST_SESSIONS = 60


@dataclass(frozen=True, kw_only=True)
class Adding:
    """So many sessions behind the last one, all with the same gap.

    Those that keep up what was reached are soft: nobody wants a time for them until their days come near.
    """

    count: int
    gap: Gap
    phase: Phase = Phase.COURSE


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What stands on the form. `gaps`: of every session still to be given, by number; None before the first.

    `seen`: the revision that the page showed; `drops`: numbers that are taken out.
    """

    seen: int
    gaps: Mapping[int, Gap | None]
    drops: frozenset[int] = frozenset()
    adds: Sequence[Adding] = ()
    note: str = ""

    @property
    def kept(self) -> dict[int, Gap | None]:
        return {number: gap for number, gap in self.gaps.items() if number not in self.drops}

    @property
    def added(self) -> list[Adding]:
        """The course first, then what keeps it up."""
        wanted = [adding for adding in self.adds if adding.count]
        return sorted(wanted, key=lambda adding: adding.phase == Phase.MAINTENANCE)


def newest_prescription(course: Course) -> Prescription | None:
    return course.prescriptions.select_related("signed_by__resource").order_by("-revision").first()


def open_sessions(course: Course) -> list[CourseSession]:
    """Those that a revision may touch, in order."""
    sessions = course.sessions.filter(given_on=None, dropped_reason="").select_related("product")
    return list(sessions.order_by("number"))


def sessions_shown(course: Course, numbers: str) -> list[CourseSession]:
    """Return the sessions that a page had, by their numbers as it sends them back: "1,2,3"."""
    wanted = {int(number) for number in numbers.split(",") if number.isdecimal() and len(number) < 4}
    sessions = course.sessions.filter(number__in=wanted).select_related("product")
    return list(sessions.order_by("number"))


def revise(
    *, course: Course, revision: Revision, practitioner: Practitioner, key: UUID, now: datetime
) -> Prescription:
    """Sign the next revision; the same key signs once.

    Raises AlreadyEnded, RevisionStale, FirstStays, MaintenanceFirst, TooManySessions, NothingToRevise,
    GapNotAllowed, KeyReused; where sessions are added also what prescribing them anew would raise.
    """
    with transaction.atomic(durable=True):
        lock_patient(course.patient_id)
        return write_revision(course=course, revision=revision, practitioner=practitioner, key=key, now=now)


def write_revision(
    *, course: Course, revision: Revision, practitioner: Practitioner, key: UUID, now: datetime
) -> Prescription:
    """Sign inside a transaction that has locked the patient."""
    if signed := Prescription.objects.filter(key=key).first():
        return _same(signed, course, revision)
    course = Course.objects.select_related("patient", "location").get(pk=course.pk)
    standing, sessions = newest_prescription(course), open_sessions(course)
    _refuse_stale(course, standing, sessions, revision)
    _refuse_senseless(course, standing, sessions, revision)
    product = product_of_course(course)
    _refuse_gaps(product, revision)
    decision = course.patient.decisions.order_by("-pk").first() or standing.decision
    if revision.added:
        _refuse_more(decision, product, now)
    _apply(course, product, sessions, revision)
    signed = _sign(course, decision, practitioner, revision, (key, now))
    _tell(course, signed, revision, now)
    return signed


def _same(signed: Prescription, course: Course, revision: Revision) -> Prescription:
    """Compare what was signed with what is asked: the page sends all of it again."""
    steps = {step["number"]: step for step in signed.steps}
    kept = {number: gap and asdict(gap) for number, gap in revision.kept.items()}
    said = {number: _numbers(steps[number]) for number in kept if number in steps}
    asked = (course.pk, revision.seen + 1, revision.note, kept)
    if asked != (signed.course_id, signed.revision, signed.note, said) or revision.drops & steps.keys():
        raise KeyReused
    return signed


def _numbers(step: Mapping[str, object]) -> dict[str, object] | None:
    return {name: step[name] for name in GAP_NAMES} if "target" in step else None


def _refuse_stale(
    course: Course, standing: Prescription | None, sessions: Sequence[CourseSession], revision: Revision
) -> None:
    """Somebody signed, gave or dropped a session since the page was shown."""
    if course.ended_on:
        raise refusals.AlreadyEnded
    numbers = {session.number for session in sessions}
    if standing is None or standing.revision != revision.seen or numbers != set(revision.gaps):
        raise refusals.RevisionStale


def _refuse_senseless(
    course: Course, standing: Prescription, sessions: Sequence[CourseSession], revision: Revision
) -> None:
    if 1 in revision.drops:
        raise refusals.FirstStays
    if not revision.drops <= revision.gaps.keys():
        raise refusals.RevisionStale
    keeps_up = {session.number for session in sessions if session.phase == Phase.MAINTENANCE}
    if any(adding.phase == Phase.COURSE for adding in revision.added) and keeps_up - revision.drops:
        raise refusals.MaintenanceFirst
    given = course.sessions.filter(given_on__isnull=False).count()
    if given + len(revision.kept) + sum(adding.count for adding in revision.added) > MOST_SESSIONS:
        raise refusals.TooManySessions(MOST_SESSIONS)
    changed = any(gap_of(session) != revision.gaps[session.number] for session in sessions)
    if not (changed or revision.drops or revision.added or revision.note != standing.note):
        raise refusals.NothingToRevise


def gap_of(session: CourseSession) -> Gap | None:
    return None if session.target is None else Gap(*(getattr(session, name) for name in GAP_NAMES))


def product_of_course(course: Course) -> Product:
    """A course has one product from its first session to its last."""
    return course.sessions.select_related("product").order_by("number").last().product


def _refuse_gaps(product: Product, revision: Revision) -> None:
    floors = floors_of(product.code)
    for number, gap in revision.kept.items():
        if (gap is None) != (number == 1):
            raise refusals.RevisionStale
        if gap:
            refuse_gap(number, gap, floors)
    for adding in revision.added:
        refuse_gap(max(revision.gaps, default=0) + 1, adding.gap, floors)


def _refuse_more(decision: Decision, product: Product, now: datetime) -> None:
    """More sessions need what the first ones did; fewer, or later ones, ask for nothing.

    Only that answers are newer than the decision is no bar: a course under way asks before every session.
    What they say is: anything that blocks, and was not on the table when the doctor decided, comes first.
    """
    refuse_disallowed(decision, now)
    if not product.is_active or product.regulatory_status not in INJECTABLE:
        raise refusals.ProductNotLicensed
    screening = refuse_for_patient(decision.patient, product, now)
    if obstacles_of(screening, decision=decision, today=local_day(now)):
        raise refusals.DecisionChanged


def _apply(course: Course, product: Product, sessions: Sequence[CourseSession], revision: Revision) -> None:
    for session in sessions:
        if session.number in revision.drops:
            session.dropped_reason = DropReason.REVISED
        elif gap := revision.gaps[session.number]:
            for name in GAP_NAMES:
                setattr(session, name, getattr(gap, name))
    CourseSession.objects.bulk_update(sessions, [*GAP_NAMES, "dropped_reason"])
    number = course.sessions.order_by("-number").values_list("number", flat=True).first()
    new = [adding for adding in revision.added for _ in range(adding.count)]
    CourseSession.objects.bulk_create(
        CourseSession(
            course=course, number=number + place, product=product, phase=adding.phase,
            is_soft=adding.phase == Phase.MAINTENANCE, **asdict(adding.gap),
        )
        for place, adding in enumerate(new, start=1)
    )  # fmt: skip


def _sign(
    course: Course,
    decision: Decision,
    practitioner: Practitioner,
    revision: Revision,
    stamp: tuple[UUID, datetime],
) -> Prescription:
    key, now = stamp
    return Prescription.objects.create(
        course=course, revision=revision.seen + 1, decision=decision, steps=steps_of(course),
        note=revision.note, signed_by=practitioner, signed_at=now, key=key,
    )  # fmt: skip


def _tell(course: Course, signed: Prescription, revision: Revision, now: datetime) -> None:
    by = signed.signed_by.user
    audit.record(
        by=by, action="course_revised", subject=f"course:{course.pk}", patient=course.patient, now=now,
        revision=signed.revision, dropped=len(revision.drops),
        added=sum(adding.count for adding in revision.added),
    )  # fmt: skip
    course_changed(course, by=by, now=now)
