import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.models import AuditRow, Patient
from clinic.refusals import KeyReused
from consultations import refusals, signals
from consultations.models import Consent, Decision
from consultations.services.changes import NobodyListens, patient_changed
from consultations.services.decisions import Draft, sign_decision
from consultations.services.withdrawals import withdraw_consent
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db

KEY = uuid.UUID(int=7)
TODAY = date(2026, 11, 2)


def item(outcome, *, until=None, overridable=True, scope="ALL"):
    return {
        "id": "R-99", "clause": "a", "scope": scope, "outcome": outcome, "lane": "none", "until": until,
        "until_on": until, "overridable": overridable, "answers": {},
    }  # fmt: skip


def a_screening(*fired, **fields):
    return builders.a_screening(outcome=fired[0]["outcome"] if fired else "NONE", fired=list(fired), **fields)


def sign(screening, verdict="suitable", *, key=KEY, practitioner=None, last_answer_id=None, **fields):
    draft = Draft(
        verdict=verdict,
        screening=screening,
        last_answer_id=last_answer_id or screening.last_answer_id,
        **fields,
    )
    practitioner = practitioner or builders.a_practitioner()
    return sign_decision(patient=screening.patient, practitioner=practitioner, draft=draft, key=key, now=NOW)


def test_a_decision_is_signed_on_the_answers_shown():
    screening, practitioner = a_screening(), builders.a_practitioner()
    decision = sign(screening, practitioner=practitioner, patient_text="An example sentence.")
    decision.refresh_from_db()
    assert (decision.patient_id, decision.last_answer_id, decision.screening_id) == (
        screening.patient_id,
        screening.last_answer_id,
        screening.pk,
    )
    assert (decision.verdict, decision.patient_text, decision.signed_by_id, decision.signed_at) == (
        "suitable",
        "An example sentence.",
        practitioner.pk,
        NOW,
    )
    assert decision.valid_until == TODAY + timedelta(days=90)


def test_signing_writes_one_audit_row_without_words():
    screening = a_screening(item("DEFER"))
    decision = sign(screening, reason="words that stay in the decision")
    row = AuditRow.objects.get(action="decision_signed")
    assert (row.subject, row.patient_id, row.by_id) == (
        f"decision:{decision.pk}",
        screening.patient_id,
        decision.signed_by.user_id,
    )
    assert row.detail == {"verdict": "suitable", "departs": True}


def test_the_same_key_signs_once():
    screening = a_screening()
    assert sign(screening).pk == sign(screening).pk
    assert Decision.objects.count() == 1


def test_the_same_key_with_another_verdict_is_refused():
    screening = a_screening()
    sign(screening)
    with pytest.raises(KeyReused):
        sign(screening, "refer")


def test_a_newer_answer_refuses_the_signature():
    screening = a_screening()
    builders.an_intake(patient=screening.patient, purpose="update", submitted=False)
    with pytest.raises(refusals.AnswersChanged):
        sign(screening)
    assert Decision.objects.count() == 0


def test_a_screening_of_older_answers_refuses_the_signature():
    screening = a_screening()
    newer = builders.an_intake(patient=screening.patient, purpose="update").answers.get()
    with pytest.raises(refusals.AnswersChanged):
        sign(screening, last_answer_id=newer.pk)


def test_another_patients_answers_do_not_matter():
    screening = a_screening()
    builders.an_intake()
    assert sign(screening).verdict == "suitable"


@pytest.mark.parametrize("outcome", ["ABS", "DEFER"])
@pytest.mark.parametrize("verdict", ["suitable", "with_conditions"])
def test_departing_needs_a_reason(outcome, verdict):
    screening = a_screening(item(outcome))
    with pytest.raises(refusals.ReasonNeeded):
        sign(screening, verdict, conditions="an example", reason="  ")
    assert sign(screening, verdict, conditions="an example", reason="an example reason").verdict == verdict


@pytest.mark.parametrize("verdict", ["suitable", "with_conditions"])
def test_a_rule_without_a_way_round_has_none(verdict):
    screening = a_screening(item("DEFER", overridable=False))
    with pytest.raises(refusals.NotOverridable):
        sign(screening, verdict, conditions="an example", reason="an example reason")


@pytest.mark.parametrize("verdict", ["needs_tests", "not_suitable", "refer"])
def test_saying_no_departs_from_nothing(verdict):
    assert sign(a_screening(item("ABS", overridable=False)), verdict).verdict == verdict


@pytest.mark.parametrize(
    ("screened", "reason"),
    [
        pytest.param(item("REVIEW"), "", id="to look at"),
        pytest.param(item("ABS", scope="5ARI", overridable=False), "", id="a scope not planned"),
        pytest.param(item("DEFER", until="2026-11-02"), "", id="over since today"),
    ],
)
def test_what_does_not_block_needs_no_reason(screened, reason):
    assert sign(a_screening(screened), reason=reason).verdict == "suitable"


def test_a_planned_scope_counts():
    planned = {"product": {"code": "x", "ingredients": ["dutasteride"], "status": "licensed_other_route"}}
    with pytest.raises(refusals.NotOverridable):
        sign(a_screening(item("ABS", scope="5ARI", overridable=False), planned=planned), reason="an example")


def test_waiting_until_the_rules_day_is_no_departure_but_a_shorter_wait_is():
    screening = a_screening(item("DEFER", until="2026-11-15"))
    with pytest.raises(refusals.ReasonNeeded):
        sign(screening, "defer", defer_until=date(2026, 11, 14))
    assert sign(screening, "defer", defer_until=date(2026, 11, 15)).reason == ""


@pytest.mark.parametrize(
    ("verdict", "fields"),
    [
        pytest.param("defer", {}, id="no date"),
        pytest.param("defer", {"defer_until": TODAY}, id="today is no waiting"),
        pytest.param("suitable", {"defer_until": TODAY + timedelta(days=1)}, id="a date nobody waits for"),
        pytest.param("with_conditions", {"conditions": " "}, id="conditions not written"),
    ],
)
def test_an_unfinished_decision_is_refused(verdict, fields):
    with pytest.raises(refusals.DecisionUnfinished):
        sign(a_screening(), verdict, **fields)


def test_tomorrow_is_a_day_to_wait_for():
    tomorrow = TODAY + timedelta(days=1)
    assert sign(a_screening(), "defer", defer_until=tomorrow).defer_until == tomorrow


@pytest.mark.parametrize("change", ["UPDATE consultations_decision SET verdict = verdict", "DELETE FROM {}"])
def test_a_signed_decision_cannot_be_changed_or_deleted(change):
    decision = sign(a_screening())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change.format("consultations_decision"))
    assert Decision.objects.get() == decision


# The diary hears of it


@pytest.fixture
def heard():
    """What receivers of patient_changed were told."""
    calls = []

    def hear(**told):
        calls.append((told["patient"].pk, told["by"], told["now"]))

    signals.patient_changed.connect(hear)
    yield calls
    signals.patient_changed.disconnect(hear)


@pytest.fixture
def nobody_listens():
    receivers, signals.patient_changed.receivers = signals.patient_changed.receivers, []
    signals.patient_changed.sender_receivers_cache.clear()
    yield
    signals.patient_changed.receivers = receivers
    signals.patient_changed.sender_receivers_cache.clear()


def test_the_diary_listens_to_patients():
    assert len(signals.patient_changed.receivers) == 1
    (receiver,) = signals.patient_changed._live_receivers(Patient)[0]
    assert receiver.__module__.startswith("bookings.")


def test_signing_tells_the_diary(heard):
    decision = sign(a_screening())
    assert heard == [(decision.patient_id, decision.signed_by.user, NOW)]


def test_nothing_is_signed_while_nobody_listens(nobody_listens):
    screening = a_screening()
    with pytest.raises(NobodyListens):
        sign(screening)
    with pytest.raises(NobodyListens):
        patient_changed(screening.patient, by=None, now=NOW)


def test_what_the_diary_refuses_is_not_signed():
    def refuse(**told):
        raise RuntimeError("an example")

    signals.patient_changed.connect(refuse)
    try:
        with pytest.raises(RuntimeError, match="an example"):
            sign(a_screening())
    finally:
        signals.patient_changed.disconnect(refuse)
    assert Decision.objects.count() == 0


# Withdrawing


def test_a_withdrawn_consent_stands_no_longer_and_the_diary_hears_of_it(heard):
    patient = builders.a_patient()
    consent = builders.a_consent(patient=patient, purpose="health_data")
    withdrawn = withdraw_consent(patient=patient, purpose="health_data", by=patient.account, now=NOW)
    assert (withdrawn.pk, Consent.objects.get().withdrawn_at) == (consent.pk, NOW)
    assert heard == [(patient.pk, patient.account, NOW)]


def test_only_a_standing_consent_can_be_withdrawn():
    patient = builders.a_patient()
    builders.a_consent(patient=patient, purpose="procedure")
    with pytest.raises(refusals.NothingToWithdraw):
        withdraw_consent(patient=patient, purpose="health_data", by=patient.account, now=NOW)
