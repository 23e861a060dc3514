"""Something's wrong: signs that a patient ticks to be rung about them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from clinic import audit
from clinic.models import Patient, User
from clinic.services.locks import lock_patient
from consultations.models import SymptomReport
from consultations.services.calls import call_about_report


def report_symptoms(
    *, patient: Patient, signs: Collection[str], by: User, key: UUID, now: datetime
) -> SymptomReport:
    """Keep the signs and raise the alarm. The same form sent twice reports once; with other signs, it is new.

    It asks for no agreement first: somebody who asks for help is not turned away.
    """
    codes = sorted(set(signs))
    own_key = uuid5(key, f"{patient.pk} {' '.join(codes)}")
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        if known := SymptomReport.objects.filter(key=own_key).first():
            return known
        report = SymptomReport.objects.create(patient=locked, signs=codes, by=by, at=now, key=own_key)
        subject = f"report:{report.pk}"
        audit.record(by=by, action="symptoms_reported", subject=subject, patient=locked, now=now)
        call_about_report(report, now=now)
        return report
