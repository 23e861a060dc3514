"""Calls on the doctor's queue and the desk's day, and what came of them."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import Alarm, AlarmStep, ViewRow
from clinic.services.escalating import escalate
from consultations.services.calls import REPORT, report_subject
from tests import builders

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def doctor(client):
    practitioner = builders.a_practitioner()
    client.force_login(practitioner.user)
    return practitioner.user


def reported(*signs, ago=HOUR, due=3 * HOUR, name=None, told=None, **fields):
    now = clock.now()
    patient = builders.a_patient(name=name)
    report = builders.a_report(patient=patient, signs=signs, now=now - ago, **told or {})
    about = {"kind": REPORT, "subject": report_subject(report), "deadline": now + due}
    return builders.an_alarm(patient=report.patient, now=now - ago, **about | fields)


def text_of(response):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def queue(client):
    return client.get(reverse("review_queue")).content.decode()


def note(client, alarm, outcome="reached", alarms=None):
    address = reverse("called", args=[alarm.patient_id])
    return client.post(address, {"alarms": str(alarm.pk) if alarms is None else alarms, "outcome": outcome})


def test_the_doctor_reads_whom_to_ring_why_and_on_which_number(client, doctor):
    alarm = reported("pain", name="Example Caller")

    page = queue(client)

    words = ("Example Caller", "pain that gets worse", f"tel:{alarm.patient.phone}", "nobody yet")
    assert [one for one in words if one not in page] == []
    assert "overdue" not in page
    assert ViewRow.objects.filter(patient=alarm.patient, what="calls", by=doctor).count() == 1


def test_without_a_call_the_list_is_not_there(client, doctor):
    assert "To call" not in queue(client)


def test_overdue_is_said_and_stands_on_top(client, doctor):
    reported("pain", name="In time")
    reported("pain", name="Too late", ago=3 * HOUR, due=-HOUR)

    page = queue(client)

    assert page.index("overdue") < page.index("Too late") < page.index("In time")


def test_an_emergency_stands_before_what_is_overdue(client, doctor):
    reported("pain", name="Too late", ago=3 * HOUR, due=-HOUR)
    reported("breathing", name="At once", due=-HOUR, lane="emergency")

    page = queue(client)

    assert page.index("at once, since") < page.index("At once") < page.index("Too late")


def test_a_call_that_was_made_leaves_the_list(client, doctor):
    alarm = reported("pain")

    answer = note(client, alarm)

    alarm.refresh_from_db()
    assert (answer["Location"], alarm.outcome, alarm.acknowledged_by) == (
        reverse("review_queue"),
        "reached",
        doctor,
    )
    assert "To call" not in queue(client)


def test_a_call_nobody_answered_stays_with_the_try(client, doctor):
    alarm = reported("pain")

    note(client, alarm, "no_answer")

    assert ": no answer" in queue(client)


@pytest.mark.parametrize("alarms", ["", "example", "1 2 x", "9" * 30, "-1", "²"])
def test_alarms_nobody_could_have_seen_are_refused(client, doctor, alarms):
    alarm = reported("pain")

    assert note(client, alarm, alarms=alarms).status_code == 302

    alarm.refresh_from_db()
    assert alarm.outcome == ""


def test_no_outcome_settles_nothing(client, doctor):
    alarm = reported("pain")

    note(client, alarm, "")

    alarm.refresh_from_db()
    assert alarm.outcome == ""
    assert "Choose what came of the call." in queue(client)


def test_what_came_in_since_the_page_was_shown_stays_open(client, doctor):
    seen = reported("pain")
    since = builders.an_alarm(patient=seen.patient, subject="since:1", now=clock.now())

    note(client, seen)

    assert list(Alarm.objects.open()) == [since]


def test_another_patients_alarm_is_not_settled_by_the_way(client, doctor):
    alarm, other = reported("pain"), reported("pain")

    note(client, alarm, alarms=f"{alarm.pk} {other.pk}")

    assert list(Alarm.objects.open()) == [other]


def test_a_colleagues_word_is_told_and_stays(client, doctor):
    alarm = reported("pain")
    note(client, alarm)
    client.force_login(builders.staff(role="dermatologist"))

    note(client, alarm, "false_alarm")

    alarm.refresh_from_db()
    assert alarm.outcome == "reached"
    assert "A colleague has written down" in queue(client)


def test_the_desk_reads_who_must_be_called_and_never_why(client):
    place = builders.a_location()
    client.force_login(builders.staff(role="front_desk", location=place))
    reported("pain", name="Example Caller")
    reported("breathing", name="Too late", ago=3 * HOUR, due=-HOUR)

    page = client.get(reverse("desk_day")).content.decode()

    assert "Doctor must call Example Caller by" in page
    assert "Overdue: doctor must call Too late, by" in page
    assert [words in page for words in ("gets worse", "breathing", "emergency")] == [False] * 3


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_asks_the_same_for_one_call_and_for_three(client, doctor, django_assert_num_queries, rows):
    for _ in range(rows):
        reported("pain")
    queue(client)

    with django_assert_num_queries(13):
        queue(client)


def test_the_doctor_reads_own_words_answers_and_when_to_ring(client, doctor):
    said = {
        "words": "It burns <b>at night</b>",
        "answers": {"fever": "not_sure", "faster": "no", "breathing": "not_said"},
        "call_back": "evening",
    }
    reported("lump", told=said)

    page = text_of(client.get(reverse("review_queue")))

    assert [
        words
        for words in (
            "It burns <b>at night</b>",
            "Not sure: fever or shivers.",
            "No: worse from hour to hour.",
            "Not said: hard to breathe",
            "would like to be rung: in the evening",
        )
        if words not in page
    ] == []
    assert "<b>at night" not in queue(client)


def test_who_was_told_and_who_sees_to_it(client, doctor):
    builders.on_call(doctor, starts=clock.now() - HOUR, ends=clock.now() + HOUR)
    reported("pain")
    escalate(now=clock.now())

    page = queue(client)

    step = AlarmStep.objects.get()
    assert (step.to, step.alarm.owner) == (doctor, doctor)
    assert f"<strong>{doctor.name}</strong>" in page
    assert "You are on call first until" in page
    assert ("I take this" in page, "goes on to the next at" in page) == (True, True)


def take(client, alarm, **fields):
    return client.post(reverse("take_calls", args=[alarm.patient_id]), {"alarms": str(alarm.pk), **fields})


def test_i_take_this_makes_it_mine_and_stops_it_for_a_while(client, doctor):
    alarm = reported("pain")

    answer = take(client, alarm)

    alarm.refresh_from_db()
    assert (answer["Location"], alarm.owner) == (reverse("review_queue"), doctor)
    assert alarm.next_at > clock.now()
    assert escalate(now=clock.now()) == 0
    assert f"<strong>{doctor.name}</strong>" in queue(client)


def test_a_call_that_a_colleague_settled_cannot_be_taken(client, doctor):
    alarm = reported("pain")
    note(client, alarm)

    take(client, alarm)

    assert "A colleague has written down" in queue(client)


@pytest.mark.parametrize("alarms", ["", "example", "9" * 30])
def test_nothing_is_taken_by_what_nobody_could_have_seen(client, doctor, alarms):
    alarm = reported("pain")

    assert take(client, alarm, alarms=alarms).status_code == 302

    alarm.refresh_from_db()
    assert alarm.owner is None


# The list that messages lead to

LIST = reverse("calls")


def test_the_list_leads_back_to_itself(client, doctor):
    alarm = reported("pain", name="Example Caller")

    page = client.get(LIST).content.decode()
    answers = [take(client, alarm, back="calls")["Location"], note(client, alarm)["Location"]]

    assert ("Example Caller" in page, "pain that gets worse" in page) == (True, True)
    assert answers == [LIST, reverse("review_queue")]


def test_a_manager_sees_to_a_call_that_nobody_has_without_reading_why(client):
    manager = builders.staff(role="manager")
    client.force_login(manager)
    alarm = reported("pain", name="Example Caller", told={"words": "It burns"})
    escalate(now=clock.now())

    page, home = client.get(LIST).content.decode(), client.get(reverse("manage_home")).content.decode()

    assert ["Example Caller" in page, alarm.patient.phone in page, "nobody yet" in page] == [True] * 3
    assert "No doctor has it yet: managers are asked." in home
    assert [words in page + home for words in ("gets worse", "It burns", "same-day")] == [False] * 3
    take(client, alarm, back="calls")
    alarm.refresh_from_db()
    assert alarm.owner == manager
    assert "No doctor has it yet" not in client.get(reverse("manage_home")).content.decode()


@pytest.mark.parametrize("role", ["front_desk", "nurse"])
def test_the_desk_takes_no_call(client, role):
    client.force_login(builders.staff(role=role))
    alarm = reported("pain", name="Example Caller")

    page = client.get(LIST).content.decode()

    assert ("Example Caller" in page, "I see to it" in page, "gets worse" in page) == (True, False, False)
    assert take(client, alarm).status_code == 404


@pytest.mark.parametrize("role", ["front_desk", "manager"])
def test_the_desks_list_of_things_to_do_tells_that_nobody_has_it(client, role):
    client.force_login(builders.staff(role=role, location=builders.a_location()))
    alarm = reported("pain", name="Example Caller")
    escalate(now=clock.now())

    page = client.get(reverse("desk_todo")).content.decode()

    assert "No doctor has it yet: managers are asked." in page
    assert (f"tel:{alarm.patient.phone}" in page, "gets worse" in page) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_for_one_call_and_for_three(client, django_assert_num_queries, rows):
    client.force_login(builders.staff(role="manager"))
    for _ in range(rows):
        reported("pain")

    with django_assert_num_queries(5):
        client.get(LIST)
