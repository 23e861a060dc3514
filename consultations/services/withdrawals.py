"""Taking an agreement back: as easy as giving it, and nothing that was kept under it disappears."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import Patient, User
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Consent
from consultations.services.agreements import key_of
from consultations.services.changes import patient_changed


def withdraw_consent(
    *,
    patient: Patient,
    purpose: str,
    by: User,
    now: datetime,
    about: Mapping[str, Any] | None = None,
) -> Consent:
    """Withdraw the standing consent for this purpose, and about this. Raises NothingToWithdraw."""
    return _withdraw(patient, {"purpose": purpose, "about_key": key_of(about)}, by, now)


def take_back(*, patient: Patient, consent_id: int, by: User, now: datetime) -> Consent:
    """Withdraw this one, for the patient's own account or in front of staff. Raises NothingToWithdraw."""
    return _withdraw(patient, {"pk": consent_id}, by, now)


def _withdraw(patient: Patient, which: Mapping[str, object], by: User, now: datetime) -> Consent:
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        consent = Consent.objects.filter(patient=locked, withdrawn_at=None, **which).first()
        if consent is None:
            raise refusals.NothingToWithdraw
        consent.withdrawn_at, consent.withdrawn_by = now, by
        consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.record(
            by=by,
            action="consent_withdrawn",
            subject=f"consent:{consent.pk}",
            patient=locked,
            now=now,
            purpose=str(consent.purpose),
        )
        patient_changed(locked, by=by, now=now)
        return consent
