"""Over which channels somebody wants to be reminded: a yes for each, taken back as easily as given."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.models import Patient, ReminderConsent, User
from clinic.services.locks import lock_patient


def standing_channels(patient: Patient) -> set[str]:
    consents = ReminderConsent.objects.filter(patient=patient, withdrawn_at=None)
    return set(consents.values_list("channel", flat=True))


def agree_to_reminders(
    *, patient: Patient, channels: Collection[str], by: User | None, now: datetime
) -> None:
    """Add a yes for each of these channels; those that stand already stay as they are."""
    if not channels:
        return
    with transaction.atomic(durable=True):
        lock_patient(patient.pk)
        _agree(patient, channels, by, now)


def stop_reminders(*, patient: Patient, channel: str, by: User | None, now: datetime) -> None:
    with transaction.atomic(durable=True):
        lock_patient(patient.pk)
        _stop(patient, channel, by, now)


def settle_channels(*, patient: Patient, channels: Collection[str], by: User | None, now: datetime) -> None:
    """These and no others, for callers who have locked the patient."""
    for channel in sorted(standing_channels(patient) - set(channels)):
        _stop(patient, channel, by, now)
    _agree(patient, channels, by, now)


def _agree(patient: Patient, channels: Collection[str], by: User | None, now: datetime) -> None:
    for channel in sorted(set(channels) - standing_channels(patient)):
        ReminderConsent.objects.create(patient=patient, channel=channel, given_at=now, given_by=by)
        _note("reminders_agreed", patient, channel, by, now)


def _stop(patient: Patient, channel: str, by: User | None, now: datetime) -> None:
    standing = ReminderConsent.objects.filter(patient=patient, channel=channel, withdrawn_at=None)
    if standing.update(withdrawn_at=now):
        _note("reminders_stopped", patient, channel, by, now)


def _note(action: str, patient: Patient, channel: str, by: User | None, now: datetime) -> None:
    subject = f"patient:{patient.pk}"
    audit.record(by=by, action=action, subject=subject, patient=patient, now=now, channel=str(channel))
