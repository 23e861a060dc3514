"""Prescribing a course: signed on a decision that allows it, screened again with what will be injected."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.models import Location, Patient, Practitioner, Price, Qualified, Release, VisitType
from clinic.models.releases import ReleaseKind
from clinic.models.visit_types import VisitKind
from clinic.refusals import KeyReused
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from clinic.services.releases import current_release
from consultations.models import Decision, Screening
from consultations.models.decisions import ALLOWS_TREATMENT
from consultations.rules.planned import read_plan
from consultations.services.decisions import newest_answer_id
from consultations.services.screenings import write_screening
from treatments import refusals
from treatments.models import Course, CourseSession, Prescription, Product
from treatments.models.products import INJECTABLE
from treatments.rules import protocols
from treatments.rules.gaps import Floor, Gap
from treatments.services.changes import course_changed
from treatments.services.plans import planned_of


@dataclass(frozen=True, kw_only=True)
class Order:
    """What stands on the form. `gaps`: before session 2, before session 3, …; so one fewer than sessions."""

    protocol_code: str
    gaps: Sequence[Gap]
    visit_type: VisitType
    location: Location
    treats: Practitioner | None = None
    note: str = ""


def prescribe(
    *, decision: Decision, practitioner: Practitioner, order: Order, key: UUID, now: datetime
) -> Course:
    """Sign revision 1 of a new course on `decision`; the same key prescribes once.

    Raises NoDecision, DecisionChanged, UnknownProtocol, ProductNotLicensed, ProductRefused, GapNotAllowed,
    NotQualified, KeyReused.
    """
    with transaction.atomic(durable=True):
        lock_patient(decision.patient_id)
        return write_course(decision=decision, practitioner=practitioner, order=order, key=key, now=now)


def write_course(
    *, decision: Decision, practitioner: Practitioner, order: Order, key: UUID, now: datetime
) -> Course:
    """Sign inside a transaction that has locked the patient."""
    if signed := Prescription.objects.filter(key=key).select_related("course").first():
        return _same(signed, decision, order)
    refuse_undecided(decision, now)
    protocol = protocol_of(order.protocol_code)
    _refuse_gaps(protocol, order.gaps)
    _refuse_unqualified(order)
    product = product_of(protocol)
    refuse_for_patient(decision.patient, product, now)
    course = _create(decision, protocol, product, order, now)
    _sign(course, decision, practitioner, (key, order.note, now))
    _tell(course, practitioner, now)
    return course


def protocol_of(code: str) -> protocols.Protocol:
    protocol = protocols.PROTOCOLS.get(code)
    if protocol is None or not protocol.prescribable:
        raise refusals.UnknownProtocol
    return protocol


def protocol_release(protocol: protocols.Protocol, *, now: datetime) -> Release:
    content = protocols.content(protocol)
    return current_release(kind=ReleaseKind.PROTOCOL, code=protocol.code, content=content, now=now)


def product_of(protocol: protocols.Protocol) -> Product:
    """Return the product that may be injected for this protocol: licensed, and in use."""
    product = Product.objects.filter(code=protocol.product_code, is_active=True).first()
    if product is None or product.regulatory_status not in INJECTABLE:
        raise refusals.ProductNotLicensed
    return product


def refuse_undecided(decision: Decision | None, now: datetime) -> None:
    """The decision is the newest, rests on the newest answers, allows treatment and holds today."""
    if decision is None:
        raise refusals.NoDecision
    patient = decision.patient
    newest = patient.decisions.order_by("-pk").values_list("pk", flat=True).first()
    if newest != decision.pk or newest_answer_id(patient) != decision.last_answer_id:
        raise refusals.DecisionChanged
    refuse_disallowed(decision, now)


def refuse_disallowed(decision: Decision, now: datetime) -> None:
    if decision.verdict not in ALLOWS_TREATMENT or decision.valid_until < local_day(now):
        raise refusals.NoDecision


def price_of(visit_type: VisitType, day: date) -> Decimal | None:
    """Return what a visit of this kind costs on `day`; None where the clinic has no price for it."""
    prices = Price.objects.filter(visit_type=visit_type, from_on__lte=day).order_by("-from_on")
    return prices.values_list("amount", flat=True).first()


def blocks_product(screening: Screening) -> list:
    """Return what stands against the product itself; on what concerns any treatment the doctor decided."""
    scopes = read_plan(screening.planned).scopes - {"ALL"}
    return [
        item for item in screening.fired if item["scope"] in scopes and item["outcome"] in ("ABS", "DEFER")
    ]


def _same(signed: Prescription, decision: Decision, order: Order) -> Course:
    asked = (decision.pk, order.protocol_code, order.visit_type.pk, order.location.pk)
    course = signed.course
    if asked != (signed.decision_id, course.protocol.code, course.visit_type_id, course.location_id):
        raise KeyReused
    return course


def _refuse_gaps(protocol: protocols.Protocol, gaps: Sequence[Gap]) -> None:
    """As many as the protocol has or fewer, and none below the floors of its product."""
    if len(gaps) > len(protocol.gaps):
        raise refusals.UnknownProtocol
    for number, gap in enumerate(gaps, start=2):
        refuse_gap(number, gap, protocol.floors)


def refuse_gap(number: int, gap: Gap, floors: Iterable[Floor]) -> None:
    floor = int(max(floors))
    if gap.never_before < floor:
        raise refusals.GapNotAllowed(number, floor)


def _refuse_unqualified(order: Order) -> None:
    if order.visit_type.kind != VisitKind.SESSION or order.location.opened_on is None:
        raise refusals.NotQualified
    qualified = Qualified.objects.filter(visit_type=order.visit_type)
    if order.treats is not None:
        qualified = qualified.filter(practitioner=order.treats)
    if not qualified.exists():
        raise refusals.NotQualified


def refuse_for_patient(patient: Patient, product: Product, now: datetime) -> Screening:
    screening = write_screening(patient=patient, planned=planned_of(product), now=now)
    if found := blocks_product(screening):
        raise refusals.ProductRefused(found)
    return screening


def _create(
    decision: Decision, protocol: protocols.Protocol, product: Product, order: Order, now: datetime
) -> Course:
    course = Course.objects.create(
        patient=decision.patient,
        protocol=protocol_release(protocol, now=now),
        visit_type=order.visit_type,
        location=order.location,
        practitioner=order.treats,
        session_price=price_of(order.visit_type, local_day(now, order.location)),
        created_at=now,
    )
    gaps = [{}, *(asdict(gap) for gap in order.gaps)]
    CourseSession.objects.bulk_create(
        CourseSession(course=course, number=number, product=product, **gap)
        for number, gap in enumerate(gaps, start=1)
    )
    return course


def _sign(
    course: Course, decision: Decision, practitioner: Practitioner, stamp: tuple[UUID, str, datetime]
) -> Prescription:
    key, note, now = stamp
    return Prescription.objects.create(
        course=course,
        revision=1,
        decision=decision,
        steps=steps_of(course),
        note=note,
        signed_by=practitioner,
        signed_at=now,
        key=key,
    )


def steps_of(course: Course) -> list[dict[str, object]]:
    """Return what a prescription signs: every session that is to be given, or was."""
    sessions = course.sessions.filter(dropped_reason="").select_related("product").order_by("number")
    return [_step(session) for session in sessions]


def _step(session: CourseSession) -> dict[str, object]:
    has_gap = session.never_before is not None
    gap = {name: getattr(session, name) for name in protocols.GAP_NAMES if has_gap}
    of_it = {"product": session.product.code, "phase": str(session.phase), "soft": session.is_soft}
    return {"number": session.number, **gap, **of_it}


def _tell(course: Course, practitioner: Practitioner, now: datetime) -> None:
    audit.record(
        by=practitioner.user,
        action="course_prescribed",
        subject=f"course:{course.pk}",
        patient=course.patient,
        now=now,
        protocol=course.protocol.code,
        sessions=course.sessions.count(),
    )
    course_changed(course, by=practitioner.user, now=now)
