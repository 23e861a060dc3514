"""Something's wrong: what a patient tells to be rung about it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from clinic import audit
from clinic.models import Patient, User
from clinic.services.locks import lock_patient
from consultations.models import Photo, SymptomReport
from consultations.refusals import TooManyReports
from consultations.services.calls import call_about_report

MOST_BY_LINK = 10  # an hour: each wakes somebody, and the link of a message may be in anybody's hands
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """What somebody tells: signs ticked, their own words, answers on how urgent it is, when to ring."""

    signs: Collection[str]
    words: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    call_back: str = ""

    @property
    def codes(self) -> list[str]:
        return sorted(set(self.signs))

    def key(self, form: UUID, patient: Patient) -> UUID:
        """The same form with the same content; with anything else in it, it is another report."""
        said = [self.words, sorted(self.answers.items()), self.call_back]
        more = f" {json.dumps(said)}" if any(said) else ""
        return uuid5(form, f"{patient.pk} {' '.join(self.codes)}{more}")


def report_symptoms(
    *, patient: Patient, told: Told, by: User | None, key: UUID, now: datetime, photo: Photo | None = None
) -> SymptomReport:
    """Keep it and raise the alarm. The same form sent twice reports once.

    It asks for no agreement first: somebody who asks for help is not turned away. `by` is None for whoever
    came by the link of a message; raises TooManyReports when that happens too often.
    """
    own_key = told.key(key, patient)
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        if known := SymptomReport.objects.filter(key=own_key).first():
            return known
        if by is None:
            _refuse_a_flood(locked, now)
        report = SymptomReport.objects.create(
            patient=locked, signs=told.codes, words=told.words, answers=dict(told.answers),
            call_back=told.call_back, photo=photo, by=by, at=now, key=own_key,
        )  # fmt: skip
        subject = f"report:{report.pk}"
        audit.record(by=by, action="symptoms_reported", subject=subject, patient=locked, now=now)
        call_about_report(report, now=now)
        return report


def _refuse_a_flood(patient: Patient, now: datetime) -> None:
    lately = SymptomReport.objects.filter(patient=patient, by=None, at__gt=now - AN_HOUR)
    if lately.count() >= MOST_BY_LINK:
        raise TooManyReports
