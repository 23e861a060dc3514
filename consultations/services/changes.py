"""How a medical fact about a patient reaches the diary above, in the same transaction."""

from datetime import datetime

from clinic.models import Patient, User
from consultations import signals


class NobodyListens(RuntimeError):
    """No receiver is registered: the diary would never hear of it, so nothing may be written."""


def patient_changed(patient: Patient, *, by: User | None, now: datetime) -> None:
    """Tell the floors above. Call it last, in the transaction: what a receiver raises undoes everything."""
    if not signals.patient_changed.has_listeners(Patient):
        raise NobodyListens("patient_changed has no receiver")
    signals.patient_changed.send(sender=Patient, patient=patient, by=by, now=now)
