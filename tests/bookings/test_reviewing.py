"""Who stands in the doctors' queue after a round before a session, and what it says of the course's form."""

from datetime import timedelta

import pytest

from bookings.services.reviewing import waiting
from consultations.services.intakes import save_answers, submit
from consultations.services.rounds import start_session_round
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import man
from tests.treatments.chair import NO, a_session

pytestmark = pytest.mark.django_db


def answer(patient, **changes):
    intake = start_session_round(patient=patient, by=patient.account, now=NOW)
    save_answers(intake=intake, page="rescreen", raw=NO | changes, by=patient.account, now=NOW)
    submit(intake=intake, by=patient.account, now=NOW)


def people():
    return [row.patient for row in waiting(now=NOW)]


def test_nothing_new_before_a_session_asks_no_doctor():
    patient = a_session().course.patient
    answer(patient)
    assert people() == []


@pytest.mark.parametrize("changes", [{"since_other": "an example"}, {"since_reaction": "yes"}])
def test_anything_said_is_read_by_a_doctor(changes):
    patient = a_session().course.patient
    answer(patient, **changes)
    assert people() == [patient]


def test_what_was_never_decided_on_stays():
    patient = builders.a_patient()
    builders.a_screening(intake=builders.an_intake(patient=patient, answers=man()))
    assert people() == [patient]


@pytest.mark.parametrize(
    ("purpose", "submitted", "state"),
    [("update", True, "not_started"), ("course", False, "in_progress"), ("course", True, "sent")],
)
def test_a_row_says_how_far_the_questions_before_the_course_are(purpose, submitted, state):
    patient = a_session().course.patient
    builders.an_intake(patient=patient, purpose=purpose, submitted=submitted)
    answer(patient, since_other="an example")
    assert [row.course_form for row in waiting(now=NOW)] == [state]


def test_without_a_course_it_says_nothing():
    builders.a_screening(intake=builders.an_intake())
    assert [row.course_form for row in waiting(now=NOW)] == [""]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_and_three(rows, django_assert_num_queries):
    for _ in range(rows):
        answer(a_session(now=NOW - timedelta(days=20)).course.patient, since_other="an example")
    with django_assert_num_queries(6):
        assert len(waiting(now=NOW)) == rows
