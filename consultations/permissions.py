"""What was asked and decided: for the patient and for clinicians. Desk and managers never get an answer."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from clinic.models import Patient, User
from clinic.permissions import CLINICIANS, account_required, duties, load_for_clinicians, load_from_record
from consultations.models import (
    Consent,
    Consultation,
    Decision,
    Intake,
    Photo,
    Screening,
    SymptomReport,
    TabletPass,
)
from consultations.models.intakes import Help
from consultations.services.photos import shown_to

FROM_MESSAGE = "from_message"  # session: for whom the message was whose link was opened
REPORTED = "reported"  # session: reports sent without a log-in, by key
MOST_NOTED = 20


def load_record(request: HttpRequest, patient_id: int, *, now: datetime) -> Patient:
    """A patient whose whole record the page shows."""
    return load_from_record(request, Patient.objects.all(), of="", now=now, pk=patient_id)


def load_intake(request: HttpRequest, intake_id: int, *, now: datetime) -> Intake:
    """A form to fill in: one's own, one that a clinician helps with, or the one this tablet is locked to."""
    intakes = Intake.objects.select_related("patient", "questionnaire")
    if tablet := tablet_of(request):
        intake = get_object_or_404(intakes.filter(pk=tablet.intake_id), pk=intake_id)
        intake.shown_since = tablet.made_at  # whoever handed it over must not read what was answered before
        return intake
    if request.user.is_authenticated and request.user.is_staff:
        intakes = intakes.exclude(help=Help.NONE)
    return load_from_record(request, intakes, of="patient", now=now, pk=intake_id)


def fills_in(view: Callable) -> Callable:
    """For the pages of the form: the patient's own account, clinicians who help, a locked tablet."""
    own = account_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        helps = request.user.is_authenticated and duties(request).has(*CLINICIANS)
        return (view if helps or tablet_of(request) else own)(request, *args, **kwargs)

    return guarded


def tablet_of(request: HttpRequest) -> TabletPass | None:
    """The pass of this browser, when it is a clinic tablet locked to one form (middleware.py)."""
    return getattr(request, "tablet", None)


def who_types(request: HttpRequest) -> User | None:
    """Whose account an answer is written under; on a locked tablet nobody is logged in."""
    return request.user if request.user.is_authenticated else None


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
    """What somebody of this account asked to be rung about, or this browser by the link of a message; its
    signs stay with the doctors.
    """
    reports = SymptomReport.objects.select_related("patient").filter(patient__merged_into=None)
    if not may_read_report(request, key):
        if not request.user.is_authenticated or request.user.is_staff:
            raise Http404
        reports = reports.filter(patient__account=request.user)
    return get_object_or_404(reports, key=key)


def note_report(request: HttpRequest, report: SymptomReport) -> None:
    """Whoever reported without a log-in may see who rings by when."""
    if not request.user.is_authenticated:
        request.session[REPORTED] = [*request.session.get(REPORTED, []), str(report.key)][-MOST_NOTED:]


def may_read_report(request: HttpRequest, key: UUID) -> bool:
    return not request.user.is_authenticated and str(key) in request.session.get(REPORTED, [])


def who_came_by_link(request: HttpRequest) -> Patient | None:
    """To whom the message was sent whose link this browser has opened. They tell, and are shown nothing."""
    number = request.session.get(FROM_MESSAGE)
    patients = Patient.objects.filter(merged_into=None, died_on=None).select_related("account")
    return patients.filter(pk=number).first() if number else None


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
