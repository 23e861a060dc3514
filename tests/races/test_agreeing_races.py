"""Agreeing and taking back in several windows at once: one agreement stands, or none, and nothing is lost."""

import os

import pytest

from consultations.models import Consent
from consultations.services.agreements import BY_LOG_IN, words_hash
from consultations.services.withdrawals import withdraw_consent
from tests import builders
from tests.builders import NOW
from tests.races.together import at_once, deadlocks, each_at_once
from treatments.services.agreeing import Shown, agree_to_course, consent_subject

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 20 if os.environ.get("CLINIC_SOAK") else 3


@pytest.fixture(autouse=True)
def without_deadlock(transactional_db):
    before = deadlocks()
    yield
    assert deadlocks() - before == 0


def a_course():
    course = builders.a_course()
    Consent.objects.filter(purpose="procedure").delete()
    return course


def say_yes(course):
    subject = consent_subject(course)
    shown = Shown(words=words_hash(subject.document), language="en", about_key=subject.key)
    by = course.patient.account
    return agree_to_course(course=course, shown=shown, by=by, now=NOW, signing=BY_LOG_IN).pk


def take_back(course):
    about = consent_subject(course).about
    withdraw_consent(
        patient=course.patient, purpose="procedure", about=about, by=course.patient.account, now=NOW
    )
    return "taken back"


def test_agreeing_in_eight_windows_is_once():
    for _ in range(ROUNDS):
        course = a_course()
        found = at_once(lambda n, course=course: say_yes(course), 8)

        assert len(found) == 1
        assert Consent.objects.filter(patient=course.patient, purpose="procedure").count() == 1


def test_agreeing_while_it_is_taken_back_leaves_one_word():
    for _ in range(ROUNDS):
        course = a_course()
        first = say_yes(course)
        works = [lambda course=course: say_yes(course), lambda course=course: take_back(course)] * 3
        found = each_at_once(works)

        rows = Consent.objects.filter(patient=course.patient, purpose="procedure")
        taken_back = found.count("taken back")
        assert taken_back == rows.exclude(withdrawn_at=None).count() >= 1
        assert rows.filter(withdrawn_at=None).count() <= 1
        assert rows.get(pk=first).withdrawn_at == NOW
