"""Prescribed courses of twelve sessions over a year, nothing placed yet: as a doctor would have left them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bookings.bench import lookup, places
from bookings.bench.places import NOW, Size
from clinic.models import Location, Patient, Practitioner, Release, VisitType
from clinic.services.name_words import add_patient
from consultations.models import Answer, Consent, Decision, Intake, Screening
from treatments.models import Course, CourseSession, Prescription, Product
from treatments.services.agreeing import consent_subject

SESSIONS = 12


@dataclass(frozen=True)
class Prescribed:
    """What all of them are: where, by whom, how many sessions how far apart."""

    location: Location
    visit_type: VisitType
    doctor: Practitioner
    sessions: int
    gap: Mapping[str, int]


def make(number: int, size: Size) -> list[Course]:
    location = lookup.place("four")
    doctor = Practitioner.objects.get(pk=lookup.practitioners(location)[0])
    return prescribe(number, Prescribed(location, lookup.kind(places.TREAT), doctor, SESSIONS, _gap(size)))


def prescribe(number: int, prescribed: Prescribed) -> list[Course]:
    """For people of their own, whom no other booking stands in the way."""
    people = [add_patient(name=f"Course {n}", phone=f"+9190000{n:05}") for n in range(number)]
    releases = {kind: _release(kind) for kind in ("questionnaire", "rules", "consent", "protocol")}
    product, _ = Product.objects.get_or_create(code="bench", defaults={"name": "Bench"})
    return [_course(patient, prescribed, releases, product) for patient in people]


def _release(kind: str) -> Release:
    content = {"content": {}, "sha256": "0" * 64, "published_at": NOW}
    return Release.objects.get_or_create(kind=kind, code=f"bench-{kind}", version=1, defaults=content)[0]


def _course(patient: Patient, prescribed: Prescribed, releases, product: Product) -> Course:
    doctor = prescribed.doctor
    decision = _decision(patient, doctor, releases)
    course = Course.objects.create(
        patient=patient, protocol=releases["protocol"], visit_type=prescribed.visit_type,
        location=prescribed.location, practitioner=doctor, created_at=NOW,
    )  # fmt: skip
    steps = [{"number": 1}, *({"number": n, **prescribed.gap} for n in range(2, prescribed.sessions + 1))]
    Prescription.objects.create(
        course=course, revision=1, decision=decision, signed_by=doctor, signed_at=NOW, key=uuid4(),
        steps=[{**step, "product": product.code} for step in steps],
    )  # fmt: skip
    CourseSession.objects.bulk_create(CourseSession(course=course, product=product, **step) for step in steps)
    _agree(course, releases["consent"])
    return course


def _agree(course: Course, release: Release) -> None:
    subject = consent_subject(course)
    said = {"patient": course.patient, "release": release, "language": "en", "given_at": NOW}
    Consent.objects.create(purpose="health_data", **said)
    Consent.objects.create(purpose="procedure", about=subject.about, about_key=subject.key, **said)


def _gap(size: Size) -> dict[str, int]:
    """Twelve sessions in the year that the place is filled for."""
    target = max(7, (size.year - 30) // SESSIONS)
    return {"never_before": 7, "earliest": max(7, target - 7), "target": target, "latest": target + 7}


def _decision(patient: Patient, doctor: Practitioner, releases) -> Decision:
    intake = Intake.objects.create(
        patient=patient, purpose="full", questionnaire=releases["questionnaire"], started_at=NOW,
        submitted_at=NOW,
    )  # fmt: skip
    answer = Answer.objects.create(intake=intake, key="example_question", row=0, value="no", at=NOW)
    screening = Screening.objects.create(
        patient=patient, last_answer=answer, answers={}, planned={}, rules=releases["rules"],
        on=places.TODAY, outcome="NONE", lane="none", verdicts={"ALL": "NONE"}, fired=[], unclear=[], at=NOW,
    )  # fmt: skip
    return Decision.objects.create(
        patient=patient, last_answer=answer, screening=screening, verdict="suitable", signed_by=doctor,
        valid_until=places.TODAY + timedelta(days=90), signed_at=NOW, key=uuid4(),
    )  # fmt: skip
