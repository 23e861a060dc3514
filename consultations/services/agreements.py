"""Agreeing: to which words, when, by whom, in what language. Taking back is withdrawals.py."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.models import Patient, User
from clinic.models.releases import ReleaseKind
from clinic.services.locks import lock_patient
from clinic.services.releases import current_release, sha256_of
from consultations import refusals
from consultations.models import Consent
from consultations.rules.consent_texts import HEALTH_DATA, consent_content
from consultations.services.changes import patient_changed


def words_hash(purpose: str) -> str:
    """Names the words that a page shows; comes back with the agreement."""
    return sha256_of(consent_content(purpose))


def agree_to_health_data(
    *, patient: Patient, shown: str, language: str, by: User | None, now: datetime
) -> Consent:
    return agree(patient=patient, purpose=HEALTH_DATA, shown=shown, language=language, by=by, now=now)


def agree(
    *, patient: Patient, purpose: str, shown: str, language: str, by: User | None, now: datetime
) -> Consent:
    """Write down the agreement to the words whose hash is `shown`; twice is once. Raises WordsChanged.

    Agreeing to new words ends the agreement to the old ones.
    """
    content = consent_content(purpose)
    if shown != sha256_of(content):
        raise refusals.WordsChanged
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        release = current_release(kind=ReleaseKind.CONSENT, code=purpose, content=content, now=now)
        standing = Consent.objects.filter(patient=locked, purpose=purpose, withdrawn_at=None)
        if found := standing.filter(release=release).first():
            return found
        standing.update(withdrawn_at=now)
        consent = Consent.objects.create(
            patient=locked, purpose=purpose, release=release, language=language, given_at=now, given_by=by
        )
        _note(consent, by, now)
        patient_changed(locked, by=by, now=now)
        return consent


def _note(consent: Consent, by: User | None, now: datetime) -> None:
    subject, purpose = f"consent:{consent.pk}", str(consent.purpose)
    audit.record(
        by=by, action="consent_given", subject=subject, patient=consent.patient, now=now, purpose=purpose
    )
