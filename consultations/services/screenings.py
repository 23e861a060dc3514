"""Results of screening, kept: which rules said what of exactly which answers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.models import Patient
from clinic.services.days import local_day
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Answer, Screening
from consultations.rules import candidacy, candidacy_rules
from consultations.rules.questionnaire import QUESTIONS
from consultations.services.calls import call_about_answers
from consultations.services.decisions import newest_answer_id
from consultations.services.publishing import rules_release


def screen(*, patient: Patient, planned: Mapping[str, Any] | None, now: datetime) -> Screening:
    """Screen all that the patient has answered against a plan (rules/planned.py); None plans nothing.

    The same question asked again on the same day returns the same row. Raises NothingAnswered.
    """
    with transaction.atomic(durable=True):
        return write_screening(patient=lock_patient(patient.pk), planned=planned, now=now)


def write_screening(*, patient: Patient, planned: Mapping[str, Any] | None, now: datetime) -> Screening:
    """Screen inside a transaction that has locked the patient."""
    newest = newest_answer_id(patient)
    if newest is None:
        raise refusals.NothingAnswered
    today = local_day(now)
    answers, rules = patient_answers(patient, today), rules_release(now=now)
    kept = Screening.objects.filter(patient=patient, last_answer_id=newest, rules=rules, on=today)
    for screening in kept.order_by("-pk"):
        if (screening.planned, screening.answers) == (dict(planned or {}), answers):
            return screening
    result = candidacy.screen(answers, on=today, rules=candidacy_rules.RULES, planned=planned)
    screening = Screening.objects.create(
        patient=patient,
        last_answer_id=newest,
        answers=answers,
        planned=dict(planned or {}),
        rules=rules,
        on=today,
        at=now,
        **result.as_dict(),
    )
    call_about_answers(screening, now=now)
    return screening


def patient_answers(patient: Patient, today: date) -> dict[str, Any]:
    """Return the newest answer to each question over all intakes, with what the record knows."""
    rows = Answer.objects.filter(intake__patient=patient, row=0).order_by("key", "-pk").distinct("key")
    given = {
        key: value
        for key, value, at in rows.values_list("key", "value", "at")
        if value is not None and key in QUESTIONS and _still_counts(key, at, today)
    }
    return record_facts(patient, today) | given


def _still_counts(key: str, at: datetime, today: date) -> bool:
    days = QUESTIONS[key].fresh_days
    return not days or (today - local_day(at)).days <= days


def record_facts(patient: Patient, today: date) -> dict[str, Any]:
    """Return what the patient's record says in the words of the questionnaire.

    Of somebody whose year of birth is all we know, the age is the least it can be: nobody passes for grown-up
    by a guess.
    """
    facts: dict[str, Any] = {}
    if patient.born_on:
        facts["born_on"] = patient.born_on.isoformat()
    elif patient.approximate_birth_year:
        facts["age"] = max(0, today.year - patient.approximate_birth_year - 1)
    if patient.sex_at_birth:
        facts["sex_at_birth"] = patient.sex_at_birth
    return facts
