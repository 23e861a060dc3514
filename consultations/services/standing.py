"""Which words somebody agreed to, and whether they are still the words we use."""

from dataclasses import dataclass

from clinic.models import Patient
from consultations.models import Consent
from consultations.services.agreements import words_hash


@dataclass(frozen=True)
class Standing:
    """An agreement in force. `is_current`: to the words a page shows today."""

    consent: Consent
    is_current: bool


def standing_consent(patient: Patient, purpose: str) -> Standing | None:
    rows = Consent.objects.filter(patient=patient, purpose=purpose, withdrawn_at=None)
    consent = rows.select_related("release", "given_by").first()
    return Standing(consent, consent.release.sha256 == words_hash(purpose)) if consent else None


def was_taken_back(patient: Patient, purpose: str) -> bool:
    """Somebody agreed once, and whatever they agreed to has ended."""
    return Consent.objects.filter(patient=patient, purpose=purpose).exclude(withdrawn_at=None).exists()
