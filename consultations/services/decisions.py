"""The dermatologist's word: signed on exact answers, an exact screening, and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.models import Patient, Practitioner
from clinic.refusals import KeyReused
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Answer, Decision, Screening
from consultations.models.decisions import ALLOWS_TREATMENT, Verdict
from consultations.rules.planned import read_plan
from consultations.services.changes import patient_changed

VALID_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What stands on the form when the doctor signs. `last_answer_id` is the newest answer that was shown."""

    verdict: str
    screening: Screening
    last_answer_id: int
    conditions: str = ""
    defer_until: date | None = None
    reason: str = ""
    patient_text: str = ""


def sign_decision(
    *, patient: Patient, practitioner: Practitioner, draft: Draft, key: UUID, now: datetime
) -> Decision:
    """Sign; the same key signs once.

    Raises AnswersChanged, DecisionUnfinished, ReasonNeeded, NotOverridable, KeyReused.
    """
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        return write_decision(patient=locked, practitioner=practitioner, draft=draft, key=key, now=now)


def write_decision(
    *, patient: Patient, practitioner: Practitioner, draft: Draft, key: UUID, now: datetime
) -> Decision:
    """Sign inside a transaction that has locked the patient."""
    if signed := Decision.objects.filter(key=key).first():
        return _same(signed, patient, draft)
    today = local_day(now)
    _refuse_stale(patient, draft)
    _refuse_unfinished(draft, today)
    refuse_departures(draft, today)
    decision = Decision.objects.create(
        patient=patient,
        last_answer_id=draft.last_answer_id,
        screening=draft.screening,
        verdict=draft.verdict,
        conditions=draft.conditions,
        defer_until=draft.defer_until,
        reason=draft.reason,
        patient_text=draft.patient_text,
        valid_until=today + timedelta(days=VALID_DAYS),
        signed_by=practitioner,
        signed_at=now,
        key=key,
    )
    _tell(decision, now)
    return decision


def newest_answer_id(patient: Patient) -> int | None:
    newest = Answer.objects.filter(intake__patient=patient).order_by("-pk")
    return newest.values_list("pk", flat=True).first()


def blocking_items(screening: Screening, today: date) -> list[Mapping[str, Any]]:
    """Return what blocks or waits on `today`, in the scopes that this screening counts."""
    scopes = read_plan(screening.planned).scopes
    return [
        item
        for item in screening.fired
        if item["outcome"] in ("ABS", "DEFER")
        and item["scope"] in scopes
        and (not item["until_on"] or date.fromisoformat(item["until_on"]) > today)
    ]


def refuse_departures(draft: Draft, today: date) -> None:
    """A departure from what blocks or waits needs a typed reason, and some have no way round."""
    departed = [item for item in blocking_items(draft.screening, today) if _departs(draft, item)]
    if any(not item["overridable"] for item in departed):
        raise refusals.NotOverridable
    if departed and not draft.reason.strip():
        raise refusals.ReasonNeeded


def _departs(draft: Draft, item: Mapping[str, Any]) -> bool:
    if draft.verdict in ALLOWS_TREATMENT:
        return True
    if draft.verdict != Verdict.DEFER or not item["until_on"] or draft.defer_until is None:
        return False
    return draft.defer_until < date.fromisoformat(item["until_on"])


def _same(signed: Decision, patient: Patient, draft: Draft) -> Decision:
    asked = (patient.pk, draft.verdict, draft.last_answer_id)
    if asked != (signed.patient_id, signed.verdict, signed.last_answer_id):
        raise KeyReused
    return signed


def _refuse_stale(patient: Patient, draft: Draft) -> None:
    screening = draft.screening
    if screening.patient_id != patient.pk:
        raise ValueError("the screening belongs to another patient")
    if {newest_answer_id(patient), screening.last_answer_id} != {draft.last_answer_id}:
        raise refusals.AnswersChanged


def _refuse_unfinished(draft: Draft, today: date) -> None:
    waits = draft.verdict == Verdict.DEFER
    if waits != (draft.defer_until is not None) or (waits and draft.defer_until <= today):
        raise refusals.DecisionUnfinished
    if draft.verdict == Verdict.WITH_CONDITIONS and not draft.conditions.strip():
        raise refusals.DecisionUnfinished


def _tell(decision: Decision, now: datetime) -> None:
    by = decision.signed_by.user
    audit.record(
        by=by,
        action="decision_signed",
        subject=f"decision:{decision.pk}",
        patient=decision.patient,
        now=now,
        verdict=decision.verdict,
        departs=bool(decision.reason),
    )
    patient_changed(decision.patient, by=by, now=now)
