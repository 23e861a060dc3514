"""The command and the task: what beat and worker do, and the same without them."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import clock, tasks
from clinic.celery import app
from clinic.models import Message
from tests.addresses import database_url
from tests.builders import NOW, a_message, a_patient, reminder_consent
from tests.settings import BASE

pytestmark = pytest.mark.django_db
IN_BENGALURU = NOW.isoformat()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def waiting(**fields):
    patient = a_patient()
    reminder_consent(patient=patient)
    return a_message(patient=patient, **{"due_at": NOW} | fields)


def test_the_command_says_how_many_messages_met_which_fate(sms_gateway, capsys):
    waiting()
    a_message(due_at=NOW)  # without consent
    call_command("deliver_messages", now=IN_BENGALURU)
    call_command("deliver_messages", now=IN_BENGALURU)

    assert capsys.readouterr().out == "1 dropped, 1 sent\nnothing was due\n"


def test_the_command_prints_json(sms_gateway, capsys):
    waiting()
    call_command("deliver_messages", now=IN_BENGALURU, json=True)

    assert json.loads(capsys.readouterr().out) == {"sent": 1}


@pytest.mark.parametrize("now", ["tomorrow", "2026-11-02T10:00:00", "1 Nov"])
def test_a_time_that_is_none_is_one_line_and_exit_2(now):
    with pytest.raises(CommandError) as refused:
        call_command("deliver_messages", now=now)

    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_in_production_the_clock_alone_decides_what_is_due(settings):
    settings.DEMO = False

    with pytest.raises(CommandError) as refused:
        call_command("deliver_messages", now=IN_BENGALURU)
    assert refused.value.returncode == 2


def test_a_time_given_does_not_set_leases(sms_gateway):
    waiting()
    with CaptureQueriesContext(connection) as queries:
        call_command("deliver_messages", now=NOW.replace(year=2036).isoformat())

    leases = [
        q["sql"] for q in queries if '"lease_until" = ' in q["sql"] and "state\" = 'sending'" in q["sql"]
    ]
    assert len(leases) == 1
    assert "2036" not in leases[0].partition("WHERE")[0]
    assert Message.objects.get().state == "sent"


def test_the_task_delivers_what_is_due_by_the_clock(sms_gateway):
    due = waiting(due_at=clock.now(), message_class="code")  # has no quiet hours: tests run at any hour
    waiting(due_at=clock.now() + timedelta(hours=1), subject="booking:2", message_class="code")
    tasks.deliver_due()

    assert list(sms_gateway.sent()) == [str(due.pk)]


def test_the_beat_rings_the_task_that_exists():
    entry = app.conf.beat_schedule["deliver messages"]

    assert entry["task"] == tasks.deliver_due.name == "clinic.tasks.deliver_due"
    assert entry["options"] == {"expires": entry["schedule"]}
    assert entry["task"] in app.tasks


@pytest.mark.django_db(transaction=True)
def test_the_loop_goes_on_until_it_is_told_to_stop(sms_gateway):
    environ = os.environ | {"DATABASE_URL": database_url(), "SMS_GATEWAY_URL": sms_gateway.url}
    waiting()
    loop = subprocess.Popen(
        [sys.executable, "manage.py", "deliver_messages", "--loop", "--now", IN_BENGALURU],
        cwd=BASE, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        sms_gateway.wait_for_attempts(1)
        time.sleep(0.2)
        assert loop.poll() is None
        loop.send_signal(signal.SIGTERM)
        assert (loop.wait(timeout=20), loop.stderr.read()) == (0, "")
    finally:
        loop.kill()
        loop.wait()
        loop.stderr.close()
    assert Message.objects.get().state == "sent"
