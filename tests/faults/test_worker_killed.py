"""kill -9 in the worst moment: the gateway has the message, and nobody has heard that it has.

The worker is the one of `make run`, with a Valkey of its own; the gateway is a stand-in that keeps one file
for each idempotency key. Leases are aged in the database instead of waited for.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import psutil
import pytest
from celery import Celery
from django.db import connection

from clinic import clock, delivery
from clinic.local import demo, processes, servers
from clinic.models import Delivery, Message
from tests.addresses import database_url
from tests.builders import NOW, a_message, a_patient, reminder_consent
from tests.settings import BASE

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

SOAK = bool(os.environ.get("CLINIC_SOAK"))
STARTED: list[subprocess.Popen] = []
MESSAGES, KILLS = (4000, 100) if SOAK else (100, 10)


@pytest.fixture
def place(tmp_path, settings, sms_gateway):
    """What the processes of this test are told: its database, gateway and Valkey, and that it is NOW."""
    clock.start_at(tmp_path / clock.NAME, NOW)
    settings.VAR = tmp_path
    yield {
        "CLINIC_MODE": "demo",
        "CLINIC_VAR": str(tmp_path),
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "REDIS_URL": servers.redis_url(tmp_path / "valkey"),
        "SMS_GATEWAY_URL": sms_gateway.url,
    }
    while STARTED:  # also after a test that failed half-way
        command = STARTED.pop()
        command.kill()
        command.communicate()


@contextlib.contextmanager
def running(program, folder):
    log = folder / f"{program.name}.log"
    started = processes.start(program, log)
    try:
        processes.wait_until_ready(started, log)
        yield started
    finally:
        processes.stop([started], patience=20)


def valkey(folder):
    return running(servers.prepare_valkey(folder / "valkey"), folder)


def worker(place, folder):
    return running(demo.programs(place, 0)[1], folder)


def ring(place):
    """What the beat does every 20 seconds."""
    bell = Celery(broker=place["REDIS_URL"])
    with bell.connection_for_write() as broker:
        bell.send_task("clinic.tasks.deliver_due", connection=broker, ignore_result=True)
    bell.close()


def deliver(place, *arguments, **more):
    command = [sys.executable, "manage.py", "deliver_messages", *arguments]
    # pytest has put the tests' settings into the environment: theirs is another folder, and so another clock
    settings = {"DJANGO_SETTINGS_MODULE": "clinic.settings"}
    STARTED.append(subprocess.Popen(command, cwd=BASE, env={**os.environ, **settings, **place}, **more))
    return STARTED[-1]


def waiting(number=1):
    patient = a_patient()
    reminder_consent(patient=patient)
    subjects = [f"patient:{patient.pk}:{n}" for n in range(number)]
    return [a_message(patient=patient, subject=subject, due_at=NOW) for subject in subjects]


def run_out_the_leases():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clinic_message SET lease_until = clock_timestamp() WHERE state = 'sending'")


def wait_until_sent(number, patience=60):
    until = time.monotonic() + patience
    while Message.objects.filter(state="sent").count() < number:
        assert time.monotonic() < until, Counter(Message.objects.values_list("state", "reason"))
        time.sleep(0.05)


def children(running_program):
    return psutil.Process(running_program.process.pid).children(recursive=True)


def kill_all(running_program):
    processes.kill_group(running_program.process.pid)
    running_program.process.wait()


def test_the_worker_is_killed_while_the_gateway_withholds_its_answer(place, tmp_path, sms_gateway):
    [message] = waiting()
    key = str(message.pk)
    sms_gateway.behave("hold")
    with valkey(tmp_path):
        with worker(place, tmp_path) as killed:
            ring(place)
            sms_gateway.wait_for_attempts(1)
            kill_all(killed)
        sms_gateway.behave("accept")
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("sending", 1)
        assert message.lease_until > delivery.database_clock()
        run_out_the_leases()
        with worker(place, tmp_path):
            ring(place)
            wait_until_sent(1)

    assert sms_gateway.attempts() == [key, key]
    assert list(sms_gateway.sent()) == [key]
    assert list(Delivery.objects.values_list("attempt", "outcome")) == [(2, "accepted")]


def test_the_workers_child_is_killed_and_its_message_goes_when_the_lease_has_run_out(
    place, tmp_path, sms_gateway
):
    [message] = waiting()
    sms_gateway.behave("hold")
    with valkey(tmp_path), worker(place, tmp_path) as running_worker:
        ring(place)
        sms_gateway.wait_for_attempts(1)
        for child in children(running_worker):
            child.send_signal(signal.SIGKILL)
        sms_gateway.behave("accept")
        run_out_the_leases()
        ring(place)
        wait_until_sent(1)

    assert sms_gateway.attempts() == [str(message.pk)] * 2
    assert list(sms_gateway.sent()) == [str(message.pk)]


def test_with_redis_stopped_the_command_delivers_and_the_worker_takes_over_again(
    place, tmp_path, sms_gateway
):
    with valkey(tmp_path) as first, worker(place, tmp_path):
        waiting()
        ring(place)
        wait_until_sent(1)
        kill_all(first)
        waiting(3)
        command = deliver(place, stdout=subprocess.PIPE, text=True)
        assert command.communicate(timeout=60)[0] == "3 sent\n"

        waiting(2)
        with valkey(tmp_path):
            ring(place)
            wait_until_sent(6)

    assert Counter(sms_gateway.attempts()) == {key: 1 for key in sms_gateway.sent()}
    assert len(sms_gateway.sent()) == 6


def test_the_loop_is_killed_again_and_again_and_every_message_arrives_once_by_its_key(place, sms_gateway):
    messages = waiting(MESSAGES)
    for _ in range(KILLS):
        sms_gateway.behave("accept")
        before = len(sms_gateway.attempts())
        loop = deliver(place, "--loop", stderr=subprocess.DEVNULL)
        sms_gateway.wait_for_attempts(min(before + MESSAGES // KILLS // 2, MESSAGES))
        sms_gateway.behave("hold")
        attempts = len(sms_gateway.attempts())
        time.sleep(0.1)
        loop.kill()
        loop.wait()
        assert len(sms_gateway.attempts()) >= attempts
        run_out_the_leases()
    sms_gateway.behave("accept")
    last = deliver(place, stdout=subprocess.PIPE, text=True)
    last.communicate(timeout=600)

    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert set(sms_gateway.sent()) == {str(message.pk) for message in messages}
    repeated = len(sms_gateway.attempts()) - MESSAGES
    assert 0 < repeated <= KILLS * delivery.BATCH
