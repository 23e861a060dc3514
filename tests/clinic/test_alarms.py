"""Alarms: raised once a subject, open until a person has settled them."""

from datetime import timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, connections, transaction

from clinic import clock
from clinic.models import Alarm, AuditRow
from clinic.refusals import AlarmSettled
from clinic.services.alarms import acknowledge, contact_promise, open_alarms, raise_alarm
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EVENING = NOW.astimezone(ZoneInfo("Asia/Kolkata")).replace(hour=19, minute=0)


def raised(patient=None, *, lane="same-day", subject="thing:1", now=NOW):
    patient = patient or builders.a_patient()
    return raise_alarm(patient=patient, kind="example", subject=subject, lane=lane, now=now)


def settle(*alarms, by=None, outcome="reached", now=NOW + HOUR):
    by = by or builders.staff(role="dermatologist")
    return acknowledge(alarms=alarms, by=by, outcome=outcome, now=now)


def test_an_alarm_has_the_deadline_of_its_lane_and_nobody_owns_it():
    alarm = raised()

    assert (alarm.deadline, alarm.raised_at, alarm.owner, alarm.outcome) == (EVENING, NOW, None, "")
    assert AuditRow.objects.get(action="alarm_raised").subject == f"alarm:{alarm.pk}"


def test_one_subject_is_one_alarm():
    patient = builders.a_patient()

    assert raised(patient) == raised(patient, lane="emergency", now=NOW + HOUR)
    assert AuditRow.objects.filter(action="alarm_raised").count() == 1


def test_another_subject_is_another_alarm():
    patient = builders.a_patient()

    assert raised(patient) != raised(patient, subject="thing:2")


def test_what_is_settled_is_not_open():
    alarm, other = raised(), raised(subject="thing:2")

    settle(alarm)

    assert open_alarms() == [other]
    alarm.refresh_from_db()
    assert (alarm.outcome, alarm.acknowledged_at) == ("reached", NOW + HOUR)
    assert AuditRow.objects.get(action="alarm_acknowledged").detail == {"outcome": "reached"}


def test_no_answer_leaves_it_open_for_another_try():
    alarm = raised()

    settle(alarm, outcome="no_answer")
    assert open_alarms() == [alarm]
    settle(alarm, outcome="no_answer", now=NOW + 2 * HOUR)
    settle(alarm, outcome="came_in", now=NOW + 3 * HOUR)

    assert open_alarms() == []
    tries = AuditRow.objects.filter(action="alarm_acknowledged").order_by("pk")
    assert [row.detail["outcome"] for row in tries] == ["no_answer", "no_answer", "came_in"]


def test_the_same_button_twice_is_once():
    alarm, doctor = raised(), builders.staff(role="dermatologist")

    settle(alarm, by=doctor)

    assert settle(alarm, by=doctor, now=NOW + 2 * HOUR) == []
    alarm.refresh_from_db()
    assert alarm.acknowledged_at == NOW + HOUR


@pytest.mark.parametrize("outcome", ["reached", "false_alarm"])
def test_what_a_colleague_settled_stays(outcome):
    alarm = raised()
    settle(alarm)

    with pytest.raises(AlarmSettled):
        settle(alarm, outcome=outcome)


def test_of_two_the_one_still_open_is_settled():
    first, second = raised(), raised(subject="thing:2")
    settle(first, outcome="false_alarm")

    assert settle(first, second) == [second]

    first.refresh_from_db()
    assert first.outcome == "false_alarm"


def test_what_is_due_first_comes_first():
    week, today = raised(lane="7-day"), raised(subject="thing:2")
    at_once = raised(subject="thing:3", lane="emergency", now=NOW + HOUR)

    assert open_alarms() == [at_once, today, week]


def test_kinds_can_be_asked_for():
    raised()

    assert (len(open_alarms("example")), open_alarms("other")) == (1, [])


def test_the_dead_are_not_rung():
    alarm = raised()
    alarm.patient.died_on = NOW.date()
    alarm.patient.save()

    assert open_alarms() == []
    assert Alarm.objects.get().outcome == ""


@pytest.mark.parametrize("outcome", ["", "example"])
def test_the_database_refuses_an_outcome_that_is_none(outcome):
    alarm = raised()
    fields = {"acknowledged_by": builders.staff(role="dermatologist"), "acknowledged_at": NOW}

    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.filter(pk=alarm.pk).update(outcome=outcome, **fields)


# At once


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_subject_raised_by_many_at_once_is_one_alarm():
    patient = builders.a_patient()

    found = at_once(lambda _: raised(patient).pk)

    assert (len(found), len(set(found)), Alarm.objects.count()) == (6, 1, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_who_settle_at_once_one_is_believed():
    alarm = raised()
    doctors = [builders.staff(role="dermatologist") for _ in range(6)]

    def say(n):
        try:
            return len(settle(alarm, by=doctors[n]))
        except AlarmSettled:
            return "settled"

    assert sorted(map(str, at_once(say))) == ["1", *["settled"] * 5]
    assert AuditRow.objects.filter(action="alarm_acknowledged").count() == 1


def at_once(work, number=6):
    barrier, found = Barrier(number), []

    def one(n):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            found.append(work(n))
        finally:
            connections.close_all()

    threads = [Thread(target=one, args=[n]) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# What a patient may count on


def test_nobody_promises_a_call_that_nobody_waits_for():
    assert contact_promise(builders.a_patient(), now=NOW) is None


def test_the_first_call_is_promised_until_it_was_made():
    patient = builders.a_patient()
    raised(patient, lane="7-day")
    today = raised(patient, subject="thing:2")
    raised(subject="thing:3", lane="emergency")

    promise = contact_promise(patient, now=NOW)
    assert (promise.by, promise.at_once, promise.is_overdue, promise.tried_at) == (
        EVENING,
        False,
        False,
        None,
    )
    settle(today)
    assert contact_promise(patient, now=NOW).by == NOW + timedelta(days=7)


@pytest.mark.parametrize(("later", "overdue"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_a_promise_is_overdue_after_its_time(later, overdue):
    alarm = raised()

    assert contact_promise(alarm.patient, now=alarm.deadline + later).is_overdue is overdue


def test_an_emergency_is_at_once_and_never_overdue():
    alarm = raised(lane="emergency")

    promise = contact_promise(alarm.patient, now=NOW + HOUR)
    assert (promise.at_once, promise.is_overdue) == (True, False)


def test_a_try_that_nobody_answered_is_told():
    alarm = raised()
    settle(alarm, outcome="no_answer")

    assert contact_promise(alarm.patient, now=NOW + HOUR).tried_at == NOW + HOUR


def test_a_promise_about_one_subject_keeps_the_others_to_itself():
    patient = builders.a_patient()
    raised(patient)

    assert contact_promise(patient, now=NOW, about=["thing:2"]) is None


def test_readiness_does_not_hang_on_alarms(client, valkey):
    raised(now=clock.now() - timedelta(days=9))

    assert client.get("/readyz").status_code == 200
