"""Agreeing to exact words, once."""

import pytest

from consultations.models import Consent
from consultations.rules import consent_texts
from consultations.services.consents import give_consent
from consultations.services.withdrawals import withdraw_consent
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def agree(patient, purpose="health_data"):
    return give_consent(patient=patient, purpose=purpose, language="en", by=patient.account, now=NOW)


def test_a_consent_keeps_the_words_that_were_shown():
    consent = agree(builders.a_patient())

    assert consent.release.content == consent_texts.consent_content("health_data")


def test_agreeing_twice_is_one_consent():
    patient = builders.a_patient()

    assert agree(patient) == agree(patient)


def test_new_words_end_the_old_consent(monkeypatch):
    patient = builders.a_patient()
    first = agree(patient)
    monkeypatch.setitem(consent_texts.CONSENT_TEXTS, "health_data", consent_texts.CONSENT_TEXTS["procedure"])

    second = agree(patient)

    first.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at, second.release.version) == (NOW, None, 2)


def test_agreeing_after_taking_back_is_a_new_consent():
    patient = builders.a_patient()
    first = agree(patient)
    withdraw_consent(patient=patient, purpose="health_data", by=patient.account, now=NOW)

    second = agree(patient)

    assert first.pk != second.pk
    assert Consent.objects.filter(patient=patient, withdrawn_at=None).count() == 1
