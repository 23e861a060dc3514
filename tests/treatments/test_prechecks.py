"""Today's questions at the chair: what makes a check clear, what does not, and what opens it again."""

from datetime import timedelta

import pytest

from clinic.models import AuditRow
from consultations.models import Intake
from consultations.models.intakes import Help
from consultations.refusals import IntakeUnfinished
from consultations.services.decisions import newest_answer_id
from consultations.services.intake_pages import round_of
from consultations.services.intakes import next_page, save_answers, start_intake
from consultations.services.rounds import NotWhole, at_chair, start_session_round
from consultations.services.screenings import screen
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import man
from tests.treatments.chair import NO, a_session, a_woman, newest_values
from treatments import refusals
from treatments.models import PreCheck
from treatments.services import prechecks
from treatments.services.may_treat import may_treat, newest_precheck
from treatments.services.prechecks import Asking, Plan

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
MINUTE = timedelta(minutes=1)
FINE = Plan(numbing="none", is_wanted=True)


def ask(session, *, plan=FINE, by=None, is_doctor=False, now=NOW, **changes):
    asking = Asking(by=by or builders.staff(role="nurse"), is_doctor=is_doctor)
    return prechecks.ask(session=session, raw=NO | changes, plan=plan, asking=asking, now=now)


def conclude(session, *, plan=FINE, is_doctor=False, now=NOW):
    asking = Asking(by=builders.staff(role="nurse"), is_doctor=is_doctor)
    return prechecks.conclude(session=session, plan=plan, asking=asking, now=now)


def answer_all(session, *, now=NOW, **changes):
    """Every page that was opened, with nothing to report but `changes`."""
    intake = at_chair(session.course.patient, today=TODAY)
    raw = man() | {"recent_illness_date": "2026-10-30"} | changes
    for _ in range(20):
        if (page := next_page(intake, now=now)) is None:
            return intake
        problems = save_answers(intake=intake, page=page.key, raw=raw, by=intake.answered_by, now=now)
        assert problems == {}
    raise AssertionError("the pages never end")


def codes(session, *, stage="injecting", now=NOW):
    found = may_treat(patient=session.course.patient, session=session, day=TODAY, stage=stage, now=now)
    return [one.code for one in found]


def test_nothing_new_is_clear_and_lets_the_needle():
    session = a_session()
    nurse = builders.staff(role="nurse", name="Example Nurse")
    found = ask(session, by=nurse)
    intake = Intake.objects.get(pk=found.intake_id)
    assert (found.is_clear, found.day, found.by, found.at) == (True, TODAY, nurse, NOW)
    assert (intake.purpose, intake.help, intake.helper_name) == ("pre_session", Help.STAFF, "Example Nurse")
    assert intake.submitted_at == NOW
    assert codes(session, stage="numbing") == codes(session) == []
    row = AuditRow.objects.get(action="prechecked")
    assert (row.subject, row.detail) == (f"session:{session.pk}", {"is_clear": True})


def test_not_every_question_asked_is_nothing_kept():
    session = a_session()
    before = newest_answer_id(session.course.patient)
    with pytest.raises(NotWhole) as refused:
        ask(session, since_scalp="")
    assert list(refused.value.problems) == ["since_scalp"]
    assert newest_answer_id(session.course.patient) == before
    assert PreCheck.objects.count() == 0


def test_what_was_answered_by_link_does_not_count_as_asked():
    session = a_session()
    patient = session.course.patient
    link = start_session_round(patient=patient, by=patient.account, now=NOW - 60 * MINUTE)
    save_answers(intake=link, page="rescreen", raw=NO, by=patient.account, now=NOW - 60 * MINUTE)
    assert codes(session) == ["no_precheck"]
    found = ask(session)
    assert found.intake_id != link.pk
    assert newest_values(found.intake) == NO | {"since_other": None}


def test_a_patient_who_does_not_want_it_is_not_clear():
    session = a_session()
    found = ask(session, plan=Plan(numbing="none", is_wanted=False))
    assert codes(session) == ["precheck_not_clear"]
    assert prechecks.reasons(found, prechecks.screening_at(found)) == ["The patient does not want it today."]


def test_a_yes_asks_for_more_before_anything_is_noted():
    session = a_session()
    assert ask(session, since_illness="yes") is None
    assert (PreCheck.objects.count(), codes(session)) == (0, ["no_precheck"])
    with pytest.raises(IntakeUnfinished):
        conclude(session)


def test_a_yes_with_nothing_behind_it_is_clear():
    session = a_session()
    ask(session, since_illness="not_sure")
    answer_all(session)
    assert conclude(session).is_clear


def test_what_blocks_or_waits_is_not_clear_and_says_why():
    session = a_session()
    ask(session, since_illness="yes")
    answer_all(session, recent_illness="yes")
    found = conclude(session)
    screening = prechecks.screening_at(found)
    assert screening.outcome in ("ABS", "DEFER")
    assert not found.is_clear
    assert "precheck_not_clear" in codes(session)
    assert prechecks.reasons(found, screening) != []


def test_what_the_doctor_knew_when_deciding_is_not_found_again():
    session = a_session()
    ask(session, since_illness="yes")
    answer_all(session, recent_illness="yes")
    conclude(session)
    patient = session.course.patient
    known = screen(patient=patient, planned=None, now=NOW + MINUTE)
    builders.a_decision(screening=known, reason="an example", now=NOW + MINUTE)
    again = NOW + 2 * MINUTE
    ask(session, since_illness="yes", now=again)
    answer_all(session, recent_illness="yes", now=again)
    assert conclude(session, now=again).is_clear
    assert codes(session, now=again) == []


def test_the_numbing_counts_too():
    """Somebody may stand the product and not what numbs."""
    answers = man(allergies=["prilocaine"])
    session = a_session(answers=answers)
    assert ask(session).is_clear
    found = ask(session, plan=Plan(numbing="cream", is_wanted=True), now=NOW + MINUTE)
    assert not found.is_clear


def test_a_question_that_rules_need_keeps_it_open():
    answers = man(male_fertility=None)
    session = a_session(answers=answers, product=builders.a_product(ingredients=("dutasteride", "water")))
    found = ask(session)
    assert not found.is_clear
    [words] = prechecks.reasons(found, prechecks.screening_at(found))
    assert words.startswith("Nobody can say yet: ")


@pytest.mark.parametrize(("is_doctor", "is_clear"), [(False, False), (True, True)])
def test_trouble_after_the_last_session_is_heard_by_a_doctor(is_doctor, is_clear):
    session = a_session()
    assert ask(session, since_reaction="yes", is_doctor=is_doctor).is_clear is is_clear


@pytest.mark.parametrize(("is_doctor", "asks"), [(True, True), (False, False)])
def test_what_is_for_the_doctor_alone_is_asked_by_a_doctor_alone(is_doctor, asks):
    session = a_woman()
    ask(session, since_pregnancy="not_sure", is_doctor=is_doctor)
    intake = at_chair(session.course.patient, today=TODAY)
    save_answers(
        intake=intake,
        page="family",
        raw={"pregnant": "no", "breastfeeding": "no", "trying_to_conceive": "no", "androgen_signs": ["none"]},
        by=intake.answered_by,
        now=NOW,
    )
    page = next_page(intake, now=NOW)
    asked = {one.key for one in round_of(intake, now=NOW).asked_on(page)}
    assert ("contraception" in asked) is asks


# Left to the doctor


def test_the_rest_can_be_left_to_the_doctor():
    session = a_session()
    ask(session, since_medicine="yes")
    nurse = builders.staff(role="nurse")
    found = prechecks.leave_to_doctor(session=session, by=nurse, now=NOW)
    assert (found.is_clear, codes(session)) == (False, ["precheck_not_clear"])
    assert prechecks.reasons(found, prechecks.screening_at(found)) == [
        "Not every question has been asked: the rest is left to the doctor."
    ]


def test_nothing_begun_can_be_neither_left_nor_concluded():
    session, nurse = a_session(), builders.staff(role="nurse")
    with pytest.raises(refusals.NotAtChair):
        conclude(session)
    with pytest.raises(refusals.NotAtChair):
        prechecks.leave_to_doctor(session=session, by=nurse, now=NOW)


# Opened again


def test_an_answer_after_the_check_opens_it_again():
    session = a_session()
    ask(session)
    patient = session.course.patient
    update = start_intake(patient=patient, by=patient.account, now=NOW + MINUTE, purpose="update")
    save_answers(
        intake=update, page="well_now", raw=man() | {"cold_sores": "often"}, by=patient.account,
        now=NOW + MINUTE,
    )  # fmt: skip
    assert codes(session, now=NOW + MINUTE) == ["precheck_outdated"]
    ask(session, now=NOW + 2 * MINUTE)
    assert codes(session, now=NOW + 2 * MINUTE) == []


def test_who_waited_for_the_lock_opens_it_again_too():
    """A later row counts as later, whatever moment it bears."""
    session = a_session()
    ask(session)
    builders.an_intake(patient=session.course.patient, purpose="update", now=NOW - MINUTE)
    assert codes(session) == ["precheck_outdated"]


def test_another_patients_answer_opens_nothing():
    session = a_session()
    ask(session)
    builders.an_intake(now=NOW + MINUTE)
    assert codes(session) == []


def test_the_newest_check_is_read_in_one_query(django_assert_num_queries):
    session = a_session()
    ask(session)
    with django_assert_num_queries(1):
        found = newest_precheck(session, TODAY)
    assert (found.stands, found.is_outdated) == (True, False)
