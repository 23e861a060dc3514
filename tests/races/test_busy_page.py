"""A row that somebody keeps locked for longer than anybody should wait is no error of ours."""

import threading

import pytest
from django.db import connections, transaction
from django.urls import reverse

from clinic.models import Patient, ReminderConsent
from tests import builders

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_a_lock_that_does_not_come_is_a_calm_503(client):
    patient = builders.a_patient()
    client.force_login(patient.account)
    client.get(reverse("my_visits"))
    locked, answered = threading.Event(), threading.Event()

    def keep_locked():
        try:
            with transaction.atomic():
                Patient.objects.select_for_update().get(pk=patient.pk)
                locked.set()
                answered.wait(timeout=30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=keep_locked)
    thread.start()
    locked.wait(timeout=30)
    answer = client.post(reverse("my_reminders"), {"channel": "sms", "wish": "on"})
    answered.set()
    thread.join()

    assert answer.status_code == 503
    assert "Please try again in a moment" in answer.content.decode()
    assert ReminderConsent.objects.count() == 0
