"""Patients' names and what they are found by: whoever writes a name writes it here."""

from collections.abc import Iterable

from django.db import transaction

from clinic.models import NameWord, Patient
from clinic.rules import names


@transaction.atomic(savepoint=False)
def add_patient(*, name: str, **fields: object) -> Patient:
    """A new record; `fields` are those of Patient."""
    patient = Patient.objects.create(name=name, name_key=names.search_key(name), **fields)
    find_by_name([patient])
    return patient


@transaction.atomic(savepoint=False)
def rename(patient: Patient, name: str) -> None:
    patient.name, patient.name_key = name, names.search_key(name)
    patient.save(update_fields=["name", "name_key"])
    find_by_name([patient])


def find_by_name(patients: Iterable[Patient]) -> None:
    """Write what these are found by: their own names and those of the records merged into them."""
    words = {patient.pk: names.search_words(patient.name) for patient in patients}
    merged = Patient.objects.filter(merged_into__in=words).values_list("merged_into", "name")
    for kept, name in merged:
        words[kept] |= names.search_words(name)
    NameWord.objects.filter(patient__in=words).delete()
    NameWord.objects.bulk_create(
        NameWord(patient_id=patient, word=word) for patient, found in words.items() for word in sorted(found)
    )
