"""Taking an agreement back: as easy as giving it, and nothing that was kept under it disappears."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.models import Patient, User
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Consent
from consultations.services.changes import patient_changed


def withdraw_consent(*, patient: Patient, purpose: str, by: User, now: datetime) -> Consent:
    """Withdraw the standing consent for this purpose. Raises NothingToWithdraw."""
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        consent = Consent.objects.filter(patient=locked, purpose=purpose, withdrawn_at=None).first()
        if consent is None:
            raise refusals.NothingToWithdraw
        consent.withdrawn_at = now
        consent.save(update_fields=["withdrawn_at"])
        audit.record(
            by=by,
            action="consent_withdrawn",
            subject=f"consent:{consent.pk}",
            patient=locked,
            now=now,
            purpose=purpose,
        )
        patient_changed(locked, by=by, now=now)
        return consent
