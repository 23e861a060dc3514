"""What was asked and decided: for the patient and for clinicians. Desk and managers never get an answer."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from clinic.models import Patient
from clinic.permissions import load_for_clinicians, load_from_record
from consultations.models import Consent, Consultation, Decision, Intake, Photo, Screening, SymptomReport
from consultations.services.photos import shown_to


def load_record(request: HttpRequest, patient_id: int, *, now: datetime) -> Patient:
    """A patient whose whole record the page shows."""
    return load_from_record(request, Patient.objects.all(), of="", now=now, pk=patient_id)


def load_intake(request: HttpRequest, intake_id: int, *, now: datetime) -> Intake:
    intakes = Intake.objects.select_related("patient", "questionnaire")
    return load_from_record(request, intakes, of="patient", now=now, pk=intake_id)


def load_screening(request: HttpRequest, screening_id: int, *, now: datetime) -> Screening:
    """For clinicians only: patients read the doctor's sentence, not what rules fired."""
    screenings = Screening.objects.select_related("patient", "rules")
    return load_for_clinicians(request, screenings, of="patient", now=now, pk=screening_id)


def load_decision(request: HttpRequest, decision_id: int, *, now: datetime) -> Decision:
    decisions = Decision.objects.select_related("patient", "screening", "signed_by__resource")
    return load_from_record(request, decisions, of="patient", now=now, pk=decision_id)


def load_consultation(request: HttpRequest, consultation_id: int, *, now: datetime) -> Consultation:
    consultations = Consultation.objects.select_related("patient")
    return load_from_record(request, consultations, of="patient", now=now, pk=consultation_id)


def load_report(request: HttpRequest, key: UUID) -> SymptomReport:
    """What somebody of this account asked to be rung about; its signs stay with the doctors."""
    reports = SymptomReport.objects.select_related("patient")
    return get_object_or_404(reports, key=key, patient__account=request.user, patient__merged_into=None)


def load_photo(request: HttpRequest, photo_id: int, *, now: datetime) -> Photo:
    """The picture itself: for the patient, and for the clinicians whom the patient shows it to."""
    user = request.user
    photos = shown_to(user) if user.is_authenticated and user.is_staff else Photo.objects.kept()
    return load_from_record(request, photos.select_related("patient"), of="patient", now=now, pk=photo_id)


def load_own_photo(request: HttpRequest, photo_id: int) -> Photo:
    """One of the person's whom this account looks after just now, also one that was removed."""
    return get_object_or_404(Photo.objects.select_related("patient"), patient=request.patient, pk=photo_id)


def load_consent(request: HttpRequest, consent_id: int, *, now: datetime) -> Consent:
    """What was agreed to, word for word; the desk sees no more than a purpose's name."""
    consents = Consent.objects.select_related("patient", "release", "given_by", "withdrawn_by", "place")
    return load_from_record(request, consents, of="patient", now=now, pk=consent_id)
