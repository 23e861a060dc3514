"""Which words somebody agreed to, and whether they are still the words we use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from clinic.models import Patient
from consultations.models import Consent
from consultations.rules.consent_texts import has_words
from consultations.services.agreements import key_of, words_hash


@dataclass(frozen=True)
class Standing:
    """An agreement in force. `is_current`: to the words a page shows today, in the same language."""

    consent: Consent
    is_current: bool


def standing_consent(
    patient: Patient, purpose: str, *, about: Mapping[str, Any] | None = None, document: str = ""
) -> Standing | None:
    """`document`: which words are shown today, where a purpose has several."""
    rows = _about(patient, purpose, about).filter(withdrawn_at=None)
    consent = rows.select_related("release", "given_by", "place").first()
    return Standing(consent, _is_current(consent, document or purpose)) if consent else None


def was_taken_back(patient: Patient, purpose: str, *, about: Mapping[str, Any] | None = None) -> bool:
    """Somebody agreed once, and whatever they agreed to has ended."""
    return _about(patient, purpose, about).exclude(withdrawn_at=None).exists()


def agreements_of(patient: Patient) -> QuerySet[Consent]:
    """Every agreement there has been, the newest first."""
    rows = Consent.objects.filter(patient=patient).order_by("-given_at", "-pk")
    return rows.select_related("release", "given_by", "withdrawn_by", "place")


def _about(patient: Patient, purpose: str, about: Mapping[str, Any] | None) -> QuerySet[Consent]:
    return Consent.objects.filter(patient=patient, purpose=purpose, about_key=key_of(about))


def _is_current(consent: Consent, document: str) -> bool:
    language = consent.language
    return has_words(document, language) and consent.release.sha256 == words_hash(document, language)
