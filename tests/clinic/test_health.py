from datetime import timedelta

import pytest

from clinic import clock
from clinic.demo_mark import mark_demo_loaded
from clinic.models import Message
from clinic.services import escalating
from clinic.views import health
from tests import builders

pytestmark = pytest.mark.django_db


def message_due(due_at, **fields):
    fields = {
        "subject": "booking:1",
        "kind": "booked",
        "channel": "sms",
        "message_class": "ordinary",
        "address": "+919800000000",
        "time_zone": "Asia/Kolkata",
        "fields": {},
        "created_at": due_at,
        **fields,
    }
    return Message.objects.create(due_at=due_at, **fields)


def test_healthz_is_not_up_before_the_demo_clinic_is_in(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"up": False, "lacking": "demo clinic"})


def test_healthz_is_up_once_the_demo_clinic_is_in(client):
    mark_demo_loaded(now=clock.now())
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"up": True})


def test_readyz_without_due_messages(client, valkey):
    message_due(clock.now() + timedelta(minutes=1))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    found = {"database": "ok", "broker": "ok", "oldest_due_seconds": None, "untold_calls": 0}
    assert answer.json() == {"ready": True} | found


@pytest.mark.parametrize(("late", "status"), [(4, 200), (6, 503)])
def test_readyz_counts_how_late_the_oldest_message_is(client, valkey, late, status):
    message_due(clock.now() - timedelta(minutes=late))
    message_due(clock.now() - timedelta(days=1), subject="booking:2", state="withdrawn")
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["oldest_due_seconds"] == pytest.approx(late * 60, abs=10)


def test_readyz_says_that_the_broker_is_down(client, settings, tmp_path):
    settings.REDIS_URL = f"redis+socket://{tmp_path}/nobody.sock?virtual_host=0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, "down")


def test_oldest_due_is_none_without_messages():
    assert health.oldest_due() is None


def test_readyz_counts_overdue_calls_that_nobody_was_told_of_and_stays_ready(client, valkey):
    now = clock.now()
    builders.an_alarm(now=now - timedelta(hours=9), deadline=now - timedelta(minutes=1))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["untold_calls"]) == (200, 1)
    builders.staff(role="manager")
    escalating.escalate(now=now)
    assert client.get("/readyz").json()["untold_calls"] == 0
