"""Whom a doctor has to ring: no answer that asks for it is lost, and none raises twice."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from clinic.models import Alarm, AuditRow, Patient
from clinic.services.alarms import acknowledge
from consultations import signals
from consultations.models import Intake, Screening, SymptomReport
from consultations.models.intakes import Purpose
from consultations.refusals import TooManyReports
from consultations.rules.questionnaire import PAGES, questions_on
from consultations.services.calls import call_about_answers, open_calls
from consultations.services.intakes import save_answers, start_intake, submit
from consultations.services.reporting import MOST_BY_LINK, Told, report_symptoms
from consultations.services.screenings import screen
from tests import builders
from tests.builders import NOW, next_key
from tests.consultations.histories import product, woman

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOW = {"low_interest": "nearly_every_day", "low_mood": "nearly_every_day"}
CRISIS = LOW | {"self_harm": "yes", "hair_impact": 2}
PATCHES = {
    "main_concern": ["round_patches"],
    "patch_count": 4,
    "patch_look": "smooth",
    "patch_share": "under_quarter",
    "patches_rapid": "yes",
    "brows_thinning": "no",
}


def told(patient, answers, *, now=NOW, purpose=Purpose.FULL):
    """Fill in and send, as somebody who taps through every page with one of these answers."""
    intake = start_intake(patient=patient, by=patient.account, now=now, purpose=purpose)
    for page in PAGES:
        keys = [question.key for question in questions_on(page.key) if question.key in answers]
        if keys:
            raw = {key: answers[key] for key in keys}
            assert save_answers(intake=intake, page=page.key, raw=raw, by=patient.account, now=now) == {}
    return submit(intake=intake, by=patient.account, now=now)


def a_patient(**fields):
    patient = builders.a_patient(**fields)
    builders.a_consent(patient=patient)
    return patient


def history(**changes):
    return woman(lmp="2026-10-25", **changes)


def alarms():
    return list(Alarm.objects.order_by("pk").values_list("lane", "outcome"))


def settle_all(outcome="reached", now=NOW + HOUR):
    by = builders.staff(role="dermatologist")
    return acknowledge(alarms=list(Alarm.objects.all()), by=by, outcome=outcome, now=now)


# Raised


def test_sending_a_form_that_asks_for_a_call_raises_an_alarm():
    patient = a_patient()

    screening = told(patient, history(**CRISIS))

    alarm = Alarm.objects.get()
    assert (alarm.patient, alarm.kind, alarm.lane, alarm.raised_at) == (patient, "crisis", "same-day", NOW)
    answer = patient.intakes.get().answers.get(key="self_harm")
    assert (screening.lane, alarm.subject) == ("same-day", f"answer:{answer.pk}:same-day")


def test_a_form_with_nothing_urgent_raises_none():
    told(a_patient(), history())

    assert alarms() == []


def test_what_undoes_the_sending_undoes_the_alarm():
    def broken(sender, **_):
        raise ZeroDivisionError

    patient = a_patient()
    intake = start_intake(patient=patient, by=patient.account, now=NOW)
    answers = history(**CRISIS)
    for page in PAGES:
        raw = {question.key: answers.get(question.key) for question in questions_on(page.key)}
        save_answers(intake=intake, page=page.key, raw=raw, by=patient.account, now=NOW)
    signals.patient_changed.connect(broken, sender=Patient)
    try:
        with pytest.raises(ZeroDivisionError):
            submit(intake=intake, by=patient.account, now=NOW)
    finally:
        signals.patient_changed.disconnect(broken, sender=Patient)

    assert alarms() == []


def test_sending_twice_raises_once():
    patient = a_patient()
    told(patient, history(**CRISIS))

    submit(intake=patient.intakes.get(), by=patient.account, now=NOW + HOUR)

    assert alarms() == [("same-day", "")]


@pytest.mark.parametrize("settled", [False, True])
def test_the_same_answers_judged_again_raise_nothing_new(settled):
    patient = a_patient()
    told(patient, history(**CRISIS))
    if settled:
        settle_all()

    screen(patient=patient, planned=product("biotin"), now=NOW + HOUR)
    screen(patient=patient, planned=None, now=NOW + 9 * DAY)

    assert Screening.objects.count() == 3
    assert alarms() == [("same-day", "reached" if settled else "")]


def test_another_answer_does_not_raise_an_old_alarm_again():
    patient = a_patient()
    told(patient, history(**CRISIS))
    settle_all()

    told(patient, {"medicines": ["iron"]}, now=NOW + DAY, purpose=Purpose.UPDATE)

    assert alarms() == [("same-day", "reached")]


def test_the_same_said_again_raises_again():
    patient = a_patient()
    told(patient, history(**CRISIS))
    settle_all()

    told(patient, CRISIS, now=NOW + DAY, purpose=Purpose.UPDATE)

    assert alarms() == [("same-day", "reached"), ("same-day", "")]


def test_a_worse_lane_raises_beside_the_milder_one():
    patient = a_patient()
    told(patient, history(**PATCHES))

    told(patient, CRISIS, now=NOW + DAY, purpose=Purpose.UPDATE)

    assert alarms() == [("7-day", ""), ("same-day", "")]


def test_new_rules_that_ask_for_more_of_the_same_answers_raise_again():
    intake = builders.an_intake(answers={"patches_rapid": "yes"})
    for lane in ("7-day", "same-day", "same-day"):
        fired = [{"id": "R-20", "lane": lane, "answers": {"patches_rapid": "yes"}}]
        screening = builders.a_screening(intake=intake, lane=lane, fired=fired)
        call_about_answers(screening, now=NOW)

    assert alarms() == [("7-day", ""), ("same-day", "")]


def test_a_milder_answer_closes_nothing():
    patient = a_patient()
    told(patient, history(**CRISIS))

    told(patient, LOW | {"self_harm": "no", "hair_impact": 2}, now=NOW + HOUR, purpose=Purpose.UPDATE)

    assert alarms() == [("same-day", "")]
    assert [call.eased for call in open_calls()] == [True]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_submits_at_once_raise_one_alarm():
    patient = a_patient()
    answers = history(**CRISIS)
    intake = start_intake(patient=patient, by=patient.account, now=NOW)
    for page in PAGES:
        raw = {question.key: answers.get(question.key) for question in questions_on(page.key)}
        save_answers(intake=intake, page=page.key, raw=raw, by=patient.account, now=NOW)

    found = at_once(lambda _: submit(intake=intake, by=patient.account, now=NOW).pk)

    assert (len(found), len(set(found)), alarms()) == (6, 1, [("same-day", "")])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_report_sent_by_many_at_once_is_one():
    patient, key = a_patient(), next_key()

    found = at_once(lambda _: reported(patient, key=key).pk)

    assert (len(found), len(set(found)), alarms()) == (6, 1, [("same-day", "")])


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


# Reported


def reported(patient=None, *signs, now=NOW, key=None, **said):
    patient = patient or a_patient()
    key, told = key or next_key(), Told(signs or ["pain"], **said)
    return report_symptoms(patient=patient, told=told, by=patient.account, key=key, now=now)


def test_a_report_is_kept_and_raises_an_alarm():
    report = reported(None, "lump", "pain")

    alarm = Alarm.objects.get()
    assert (report.signs, alarm.kind, alarm.subject) == (["lump", "pain"], "report", f"report:{report.pk}")
    assert (alarm.lane, alarm.patient) == ("same-day", report.patient)
    assert AuditRow.objects.get(action="symptoms_reported").detail == {}


def test_a_report_needs_no_agreement_first():
    reported(builders.a_patient())

    assert (Intake.objects.count(), SymptomReport.objects.count()) == (0, 1)


def test_a_form_sent_twice_reports_once():
    patient, key = a_patient(), next_key()

    assert reported(patient, "pain", "lump", key=key) == reported(patient, "lump", "pain", key=key)
    assert len(alarms()) == 1


def test_the_same_form_with_another_sign_is_another_report():
    patient, key = a_patient(), next_key()
    reported(patient, "lump", key=key)

    reported(patient, "lump", "breathing", key=key)

    assert alarms() == [("7-day", ""), ("emergency", "")]


def test_another_persons_form_is_another_report():
    key = next_key()

    assert reported(a_patient(), key=key).pk != reported(a_patient(), key=key).pk


# Read


def test_a_call_says_why():
    told(a_patient(), history(**CRISIS | PATCHES))

    assert [call.reasons for call in open_calls()] == [("Thoughts of self-harm",)]


def test_one_line_a_patient_with_all_that_is_open():
    patient = a_patient()
    told(patient, history(**PATCHES))
    reported(patient, "lump", now=NOW + HOUR)
    reported(patient, "breathing", "lump", now=NOW + 2 * HOUR)

    [call] = open_calls()

    assert [alarm.kind for alarm in call.alarms] == ["report", "answers", "report"]
    assert (call.lane, call.deadline) == ("emergency", NOW + 2 * HOUR)
    assert call.reasons == (
        "trouble breathing, or a tight throat",
        "a new lump on the scalp, also months later",
        "Round bare patches",
    )
    assert not call.eased


def test_the_last_try_is_told():
    reported()
    settle_all("no_answer")
    settle_all("no_answer", now=NOW + 2 * HOUR)

    assert [call.tried.acknowledged_at for call in open_calls()] == [NOW + 2 * HOUR]


@pytest.mark.parametrize(
    ("own", "of_account", "number"),
    [("+919800000001", "+919800000002", "+919800000001"), ("", "+919800000002", "+919800000002")],
)
def test_the_number_is_the_patients_own_or_the_accounts(own, of_account, number):
    account = builders.an_account(phone=of_account)
    patient = builders.a_patient(account=account)
    Patient.objects.update(phone=own)
    reported(patient)

    assert [call.number for call in open_calls()] == [number]


@pytest.mark.parametrize("rows", [1, 3])
def test_calls_are_read_in_four_queries(django_assert_num_queries, rows):
    for _ in range(rows):
        patient = a_patient()
        told(patient, history(**CRISIS))
        reported(patient)

    with django_assert_num_queries(4):
        assert len(open_calls()) == rows


def test_own_words_and_answers_are_kept_for_the_doctor():
    said = {"words": "It burns at night", "answers": {"fever": "not_sure"}, "call_back": "evening"}
    report = reported(None, "lump", **said)

    [call] = open_calls()

    assert (call.reports, call.lane) == ((report,), "same-day")
    assert (report.words, report.answers, report.call_back) == tuple(said.values())


@pytest.mark.parametrize("said", [{"words": "More"}, {"answers": {"fever": "yes"}}, {"call_back": "morning"}])
def test_the_same_form_with_other_words_or_answers_is_another_report(said):
    patient, key = a_patient(), next_key()

    assert reported(patient, key=key).pk != reported(patient, key=key, **said).pk


def test_the_call_tells_who_was_told_and_who_sees_to_it():
    doctor = builders.on_call().user
    reported()

    [call] = open_calls()

    assert ([step.to for step in call.steps], call.owners) == ([doctor], (doctor,))


def test_self_harm_is_first_whatever_else_is_due():
    reported(None, "pain", now=NOW - 9 * HOUR)
    patient = a_patient()
    told(patient, history(**CRISIS))
    by_report = reported(None, "crisis", now=NOW + HOUR)

    calls = open_calls()

    assert [call.patient for call in calls][:2] == [patient, by_report.patient]
    assert [call.is_first for call in calls] == [True, True, False]


def test_self_harm_is_passed_on_sooner():
    builders.on_call()
    reported(None, "crisis")
    told(a_patient(), history(**CRISIS))

    waits = {alarm.next_at - NOW for alarm in Alarm.objects.all()}

    assert waits == {timedelta(minutes=10)}


def test_a_link_in_many_hands_does_not_wake_the_house_all_night():
    patient = a_patient()

    def by_link(now=NOW):
        return report_symptoms(patient=patient, told=Told(["pain"]), by=None, key=next_key(), now=now)

    for _ in range(MOST_BY_LINK):
        by_link()

    with pytest.raises(TooManyReports):
        by_link()
    assert reported(patient).by == patient.account
    assert by_link(NOW + HOUR).by is None
