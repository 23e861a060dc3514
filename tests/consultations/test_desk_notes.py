"""What the desk may know of somebody's answers."""

from datetime import timedelta

import pytest

from consultations.rules import candidacy_rules
from consultations.rules.candidacy import rules_content
from consultations.services.desk_notes import DeskNotes, desk_notes
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def rules():
    return builders.a_release(kind="rules", content=rules_content(candidacy_rules.RULES))


def fired(rule, clause, scope="ALL"):
    return {"id": rule, "clause": clause, "scope": scope, "outcome": "CAUTION", "answers": {}}


def screened(rules, *, patient=None, **fields):
    intake = builders.an_intake(patient=patient or builders.a_patient())
    return builders.a_screening(intake=intake, rules=rules, **fields)


def notes_of(patient):
    return desk_notes([patient.pk])[patient.pk]


def clause_with(desk):
    """Some rule and clause of ours that say this to the desk."""
    return next(
        (rule.id, clause.id)
        for rule in candidacy_rules.RULES
        for clause in rule.clauses
        if (clause.desk or rule.desk) == desk
    )


def test_nobody_needs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert desk_notes([]) == {}


def test_somebody_new_has_not_begun_the_form():
    assert notes_of(builders.a_patient()) == DeskNotes(form="not_started")


@pytest.mark.parametrize(("submitted", "form"), [(True, "sent"), (False, "in_progress")])
def test_form_is_sent_or_not(submitted, form):
    patient = builders.a_patient()
    builders.an_intake(patient=patient, submitted=submitted)

    assert notes_of(patient).form == form


@pytest.mark.parametrize(
    ("outcome", "lane", "is_open"),
    [
        ("ABS", "none", True),
        ("DEFER", "none", True),
        ("REVIEW", "none", True),
        ("CAUTION", "none", False),
        ("NONE", "none", False),
        ("NONE", "7-day", True),
    ],
)
def test_answers_wait_for_a_doctor(rules, outcome, lane, is_open):
    patient = screened(rules, outcome=outcome, lane=lane).patient

    assert notes_of(patient).doctor_first() == is_open


def test_answers_decided_on_wait_no_longer_until_there_are_newer_ones(rules):
    screening = screened(rules, outcome="ABS")
    builders.a_decision(screening=screening)
    assert notes_of(screening.patient).doctor_first() is False

    to_ask = [{"key": "an_example", "rules": ["R-01"]}]
    screened(rules, patient=screening.patient, outcome="REVIEW", unclear=to_ask)

    assert notes_of(screening.patient).doctor_first() is True


@pytest.mark.parametrize(("days", "first"), [(0, False), (1, True)])
def test_session_after_the_last_day_of_the_decision_needs_a_doctor(days, first):
    decision = builders.a_decision(valid_until=TODAY)

    assert notes_of(decision.patient).doctor_first(TODAY + timedelta(days=days)) == first


@pytest.mark.parametrize("verdict", ["defer", "not_suitable", "refer", "needs_tests"])
def test_session_without_leave_to_treat_needs_a_doctor(verdict):
    decision = builders.a_decision(verdict=verdict)

    assert notes_of(decision.patient).doctor_first(TODAY) is True
    assert notes_of(decision.patient).doctor_first() is False


def test_texts_are_the_rules_own_words_once_each(rules):
    rule, clause = clause_with("Brings a list of medicines.")
    screening = screened(rules, outcome="CAUTION", fired=[fired(rule, clause)] * 2)

    assert notes_of(screening.patient).texts == ("Brings a list of medicines.",)


def test_texts_of_what_is_not_planned_are_left_out(rules):
    rule, clause = clause_with("Brings a list of medicines.")
    screening = screened(rules, outcome="CAUTION", fired=[fired(rule, clause, scope="LA")])

    assert notes_of(screening.patient).texts == ()


@pytest.mark.parametrize("text", [candidacy_rules.DOCTOR_FIRST, candidacy_rules.NOTHING_FOR_DESK])
def test_texts_do_not_repeat_the_tag_or_say_nothing(rules, text):
    screening = screened(rules, outcome="REVIEW", fired=[fired(*clause_with(text))])

    assert notes_of(screening.patient).texts == ()


def test_texts_about_the_review_go_with_it_and_the_rest_stays(rules):
    before = fired(*clause_with("Brings recent tests. Doctor to review before treatment."))
    after = fired(*clause_with("Doctor to review before treatment. Comes with somebody."))
    screening = screened(rules, outcome="REVIEW", fired=[before, after])
    assert notes_of(screening.patient).texts == ("Brings recent tests.", "Comes with somebody.")

    builders.a_decision(screening=screening)

    assert notes_of(screening.patient).texts == ("Comes with somebody.",)


def test_notes_take_four_queries_however_many(rules, django_assert_num_queries):
    patients = [screened(rules, outcome="REVIEW").patient.pk for _ in range(3)]

    with django_assert_num_queries(4):
        desk_notes(patients[:1])
    with django_assert_num_queries(4):
        found = desk_notes(patients)

    assert [found[pk].is_open for pk in patients] == [True, True, True]


def test_a_round_with_nothing_new_opens_nothing_again(rules):
    """Known and decided on; before the session the patient says that nothing has changed."""
    found = [fired(*clause_with("Comes with somebody."))]
    before = screened(rules, outcome="REVIEW", fired=found)
    builders.a_decision(screening=before)
    intake = builders.an_intake(patient=before.patient, purpose="pre_session")
    builders.a_screening(intake=intake, rules=rules, outcome="REVIEW", fired=found)
    assert notes_of(before.patient).is_open is False

    intake = builders.an_intake(patient=before.patient, purpose="pre_session")
    news = [{"key": "an_example", "rules": ["R-01"]}]
    builders.a_screening(intake=intake, rules=rules, outcome="REVIEW", fired=found, unclear=news)
    assert notes_of(before.patient).is_open is True
