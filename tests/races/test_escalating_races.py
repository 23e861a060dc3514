"""Workers at once pass an alarm on once. The control: without lock and constraint somebody is told twice."""

from collections import Counter
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from clinic.models import Alarm, AlarmStep, Message
from clinic.services import escalating
from clinic.services.alarms import acknowledge, raise_alarm
from clinic.services.escalating import escalate
from tests import builders
from tests.builders import NOW
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WORKERS = 4
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def alarms():
    for rank in (1, 2):
        builders.on_call(rank=rank)
    builders.staff(role="manager")
    return [
        raise_alarm(
            patient=builders.a_patient(), kind="example", subject=f"thing:{n}", lane="same-day", now=NOW
        )
        for n in range(5)
    ]


def told():
    return Counter(AlarmStep.objects.values_list("alarm", "level"))


def messages():
    return Counter(Message.objects.values_list("subject", "address", "channel")).most_common(1)[0][1]


def test_workers_at_once_tell_each_person_once(alarms):
    passed_on = at_once(lambda n: escalate(now=LATER), WORKERS)

    assert sum(number * times for number, times in passed_on.items()) == len(alarms)
    assert told() == Counter({(alarm.pk, level): 1 for alarm in alarms for level in (1, 2)})
    assert messages() == 1


def test_who_answers_in_that_moment_is_not_passed_over(alarms):
    """Answered or passed on, in either order, and the answer stands."""
    doctor = builders.staff(role="dermatologist")

    def work(n):
        if n == 0:
            return len(acknowledge(alarms=alarms, by=doctor, outcome="reached", now=LATER))
        return escalate(now=LATER)

    at_once(work, WORKERS)

    settled = Alarm.objects.values_list("outcome", "next_at", "acknowledged_by").distinct()
    assert list(settled) == [("reached", None, doctor.pk)]
    assert escalate(now=LATER + timedelta(days=1)) == 0


@pytest.fixture
def without_the_constraint():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_alarmstep DROP CONSTRAINT alarm_step_once")
        yield
        cursor.execute("TRUNCATE clinic_alarmstep CASCADE")
        cursor.execute(
            "ALTER TABLE clinic_alarmstep ADD CONSTRAINT alarm_step_once UNIQUE (alarm_id, level, to_id)"
        )


def test_control_without_lock_and_constraint_somebody_is_told_twice(
    alarms, without_the_constraint, monkeypatch
):
    read_by_all = Barrier(2)

    def read(pk, now):
        alarm = Alarm.objects.get(pk=pk)
        read_by_all.wait(timeout=60)
        return alarm

    monkeypatch.setattr(escalating, "_locked", read)

    at_once(lambda n: escalate(now=LATER), 2)

    assert set(told().values()) == {1, 2}
    assert messages() == 2
