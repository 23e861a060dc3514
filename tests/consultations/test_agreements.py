"""Agreeing to exact words, once."""

import pytest

from consultations import refusals
from consultations.models import Consent
from consultations.rules import consent_texts
from consultations.services.agreements import agree, words_hash
from consultations.services.withdrawals import withdraw_consent
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def consent_of(patient, shown=None):
    return agree(
        patient=patient,
        purpose="health_data",
        shown=shown or words_hash("health_data"),
        language="en",
        by=patient.account,
        now=NOW,
    )


def test_a_consent_keeps_the_words_that_were_shown():
    consent = consent_of(builders.a_patient())

    assert consent.release.content == consent_texts.consent_content("health_data")


def test_words_other_than_those_in_force_are_refused():
    with pytest.raises(refusals.WordsChanged):
        consent_of(builders.a_patient(), shown=words_hash("procedure"))


def test_agreeing_twice_is_one_consent():
    patient = builders.a_patient()

    assert consent_of(patient) == consent_of(patient)


def test_new_words_end_the_old_consent(monkeypatch):
    patient = builders.a_patient()
    first = consent_of(patient)
    monkeypatch.setitem(consent_texts.CONSENT_TEXTS, "health_data", consent_texts.CONSENT_TEXTS["procedure"])

    second = consent_of(patient)

    first.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at, second.release.version) == (NOW, None, 2)


def test_agreeing_after_taking_back_is_a_new_consent():
    patient = builders.a_patient()
    first = consent_of(patient)
    withdraw_consent(patient=patient, purpose="health_data", by=patient.account, now=NOW)

    second = consent_of(patient)

    assert first.pk != second.pk
    assert Consent.objects.filter(patient=patient, withdrawn_at=None).count() == 1
