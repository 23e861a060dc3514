"""The rows that writers lock first, always in this order: patients, then resources (bookings/door.py)."""

from django.db import connection

from clinic.models import Patient
from clinic.refusals import RecordMerged

LOCK_TIMEOUT = "3s"


def lock_patient(patient_id: int) -> Patient:
    """Return the patient as it stands now, locked until the transaction ends. Raises RecordMerged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    if patient.merged_into_id:
        raise RecordMerged
    return patient
