"""Agreeing: which words, when, by whom, in what language. Taking back is withdrawals.py."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.models import Patient, Release, User
from clinic.models.releases import ReleaseKind
from clinic.services.locks import lock_patient
from clinic.services.releases import current_release
from consultations.models import Consent
from consultations.rules.consent_texts import consent_content
from consultations.services.changes import patient_changed


def consent_release(purpose: str, *, now: datetime) -> Release:
    """Return the words that are in force, as the release somebody agrees to."""
    return current_release(kind=ReleaseKind.CONSENT, code=purpose, content=consent_content(purpose), now=now)


def give_consent(*, patient: Patient, purpose: str, language: str, by: User | None, now: datetime) -> Consent:
    """Agree to the words in force; a standing consent to the same words stays as it is."""
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        release = consent_release(purpose, now=now)
        standing = Consent.objects.filter(patient=locked, purpose=purpose, withdrawn_at=None).first()
        if standing and standing.release_id == release.pk:
            return standing
        if standing:
            standing.withdrawn_at = now
            standing.save(update_fields=["withdrawn_at"])
        consent = Consent.objects.create(
            patient=locked, purpose=purpose, release=release, language=language, given_at=now, given_by=by
        )
        subject = f"consent:{consent.pk}"
        audit.record(by=by, action="consent_given", subject=subject, patient=locked, now=now, purpose=purpose)
        patient_changed(locked, by=by, now=now)
        return consent
