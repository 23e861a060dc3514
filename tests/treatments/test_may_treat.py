from datetime import date, timedelta

import pytest

from tests import builders
from tests.builders import NOW
from treatments.models import PreCheck
from treatments.services.may_treat import may_treat

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 2)
STAGES = ("placing", "arriving", "numbing", "injecting")
NEEDLE = ("numbing", "injecting")


def a_first_session(**fields):
    return builders.a_course(**fields).sessions.select_related("course__patient", "product").get(number=1)


def checked(session, *, day=TODAY, is_clear=True):
    return PreCheck.objects.create(
        session=session, day=day, is_clear=is_clear, by=builders.staff(role="nurse"), at=NOW
    )


def codes(session, *, stage, day=TODAY, now=NOW):
    found = may_treat(patient=session.course.patient, session=session, day=day, stage=stage, now=now)
    return tuple(obstacle.code for obstacle in found)


def at_every_stage(session, *, day=TODAY, now=NOW):
    return {stage: codes(session, stage=stage, day=day, now=now) for stage in STAGES}


def everywhere(*found):
    return dict.fromkeys(STAGES, found)


def rescreened(session, *fired, planned=None, newer_answers=True):
    """A later screening with these items, on newer answers unless said."""
    patient = session.course.patient
    old = patient.decisions.get().screening
    intake = (
        builders.an_intake(patient=patient, purpose="update") if newer_answers else old.last_answer.intake
    )
    outcome = fired[0]["outcome"] if fired else "NONE"
    return builders.a_screening(
        intake=intake, outcome=outcome, rules=old.rules, fired=list(fired), planned=planned or {}
    )


def item(rule, outcome="DEFER", *, scope="ALL", until=None):
    return {
        "id": rule,
        "clause": "a",
        "scope": scope,
        "outcome": outcome,
        "until": until,
        "until_on": until,
        "overridable": True,
    }


def test_everything_is_in_order_after_decision_consents_and_precheck():
    session = a_first_session()
    checked(session)
    assert at_every_stage(session) == everywhere()


def test_without_a_decision_nothing_may_happen():
    session = a_first_session()
    checked(session)
    session.course.patient = builders.a_patient()
    session.course.save(update_fields=["patient"])
    builders.a_consent(patient=session.course.patient)
    builders.a_consent(course=session.course)
    assert at_every_stage(session) == everywhere("no_decision")


@pytest.mark.parametrize("verdict", ["needs_tests", "not_suitable", "refer"])
def test_a_newest_decision_that_says_no_stops_every_stage(verdict):
    session = a_first_session()
    checked(session)
    builders.a_decision(patient=session.course.patient, verdict=verdict)
    assert at_every_stage(session) == everywhere("not_allowed")


def test_conditions_allow_treatment():
    session = a_first_session(decision=builders.a_decision(verdict="with_conditions"))
    checked(session)
    assert at_every_stage(session) == everywhere()


def test_a_deferral_stops_days_before_its_date_and_never_allows_a_needle():
    session = a_first_session()
    until = TODAY + timedelta(days=30)
    builders.a_decision(patient=session.course.patient, verdict="defer", defer_until=until)
    for day in (until - timedelta(days=1), until):
        checked(session, day=day)
    assert at_every_stage(session, day=until - timedelta(days=1)) == everywhere("deferred")
    assert at_every_stage(session, day=until) == {
        "placing": (),
        "arriving": (),
        "numbing": ("deferral_over",),
        "injecting": ("deferral_over",),
    }


def test_a_lapsed_decision_stops_the_needle_only():
    session = a_first_session(decision=builders.a_decision(valid_until=TODAY + timedelta(days=10)))
    last, after = TODAY + timedelta(days=10), TODAY + timedelta(days=11)
    checked(session, day=last)
    checked(session, day=after)
    assert at_every_stage(session, day=last) == everywhere()
    assert at_every_stage(session, day=after) == {
        "placing": (),
        "arriving": (),
        "numbing": ("lapsed",),
        "injecting": ("lapsed",),
    }


@pytest.mark.parametrize(
    ("fired", "expected"),
    [
        pytest.param(item("R-01", "ABS"), ("in_question",), id="blocks everything"),
        pytest.param(item("R-16"), ("in_question",), id="waits without a date"),
        pytest.param(item("R-38", "REVIEW"), (), id="only to look at"),
        pytest.param(item("R-16", until="2026-11-02"), (), id="waits until today"),
        pytest.param(item("R-16", until="2026-11-03"), ("in_question",), id="waits until tomorrow"),
        pytest.param(item("R-05", "ABS", scope="5ARI"), (), id="another product's scope"),
        pytest.param(item("R-51", "ABS", scope="MINOX"), ("in_question",), id="this product's scope"),
    ],
)
def test_a_worse_later_screening_puts_sessions_in_question(fired, expected):
    session = a_first_session(product=builders.a_product(ingredients=["minoxidil"]))
    checked(session)
    rescreened(session, fired)
    assert at_every_stage(session) == everywhere(*expected)


def test_a_product_rule_concerns_the_sessions_that_plan_that_product():
    session = a_first_session()
    planned = {"product": {"code": session.product.code}}
    rescreened(session, item("R-27", "ABS", scope="PRODUCT"), planned={"product": {"code": "another"}})
    assert codes(session, stage="placing") == ()
    rescreened(session, item("R-27", "ABS", scope="PRODUCT"), planned=planned)
    assert codes(session, stage="placing") == ("in_question",)


def test_what_the_doctor_decided_on_is_not_worse_when_it_fires_again():
    known = item("R-16", until="2026-12-01")
    screening = builders.a_screening(outcome="DEFER", fired=[known])
    session = a_first_session(decision=builders.a_decision(screening=screening))
    rescreened(session, known)
    assert codes(session, stage="placing") == ()
    rescreened(session, known | {"until_on": "2026-12-02"})
    assert codes(session, stage="placing") == ("in_question",)


def test_answers_corrected_again_lift_the_question():
    session = a_first_session()
    rescreened(session, item("R-01", "ABS"))
    rescreened(session)
    assert codes(session, stage="placing") == ()


def test_a_new_decision_on_the_worse_answers_lifts_the_question():
    session = a_first_session()
    screening = rescreened(session, item("R-16"))
    builders.a_decision(screening=screening)
    assert codes(session, stage="placing") == ()


def test_withdrawn_consents_stop_what_they_are_for():
    session = a_first_session()
    checked(session)
    session.course.patient.consents.update(withdrawn_at=NOW)
    assert at_every_stage(session) == {
        "placing": ("no_health_consent",),
        "arriving": (),
        "numbing": ("no_procedure_consent",),
        "injecting": ("no_procedure_consent",),
    }


def test_the_precheck_of_another_day_does_not_count():
    session = a_first_session()
    checked(session, day=TODAY - timedelta(days=1))
    expected = {stage: ("no_precheck",) if stage in NEEDLE else () for stage in STAGES}
    assert at_every_stage(session) == expected


def test_the_newest_precheck_of_the_day_counts():
    session = a_first_session()
    checked(session)
    checked(session, is_clear=False)
    assert codes(session, stage="numbing") == ("precheck_not_clear",)
    checked(session)
    assert codes(session, stage="numbing") == ()


@pytest.mark.parametrize("whose", ["patient", "course", "other course"])
def test_an_open_pause_stops_the_course_it_is_for(whose):
    session = a_first_session()
    patient = session.course.patient
    other = builders.a_course(decision=patient.decisions.get())
    builders.a_pause(patient=patient, course={"patient": None, "course": session.course}.get(whose, other))
    expected = {"patient": ("paused",), "course": ("paused",), "other course": ()}
    assert codes(session, stage="placing") == expected[whose]


def test_an_ended_pause_stops_nothing():
    session = a_first_session()
    pause = builders.a_pause(course=session.course)
    type(pause).objects.update(ended_at=NOW, ended_by=pause.by)
    assert codes(session, stage="placing") == ()


def test_an_ended_course_and_a_death_stop_every_stage():
    session = a_first_session()
    checked(session)
    session.course.ended_on, session.course.ended_why = TODAY, "done"
    session.course.patient.died_on = TODAY
    assert at_every_stage(session) == everywhere("died", "course_ended")


def test_texts_for_patient_and_desk_name_no_medical_fact():
    session = a_first_session()
    rescreened(session, item("R-01", "ABS"))
    (obstacle,) = may_treat(
        patient=session.course.patient, session=session, day=TODAY, stage="placing", now=NOW
    )
    assert obstacle.text == "The doctor needs to look at this first."
    assert obstacle.doctor_text == "Answers given after the decision: R-01 Pregnancy. Please decide again."


def test_a_session_of_another_patient_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="another patient"):
        may_treat(
            patient=builders.a_patient(), session=a_first_session(), day=TODAY, stage="placing", now=NOW
        )


@pytest.mark.parametrize(("stage", "queries"), [("placing", 4), ("arriving", 4), ("injecting", 6)])
def test_queries_stay_few(stage, queries, django_assert_num_queries):
    session = a_first_session()
    checked(session)
    rescreened(session, item("R-01", "ABS"))
    patient = session.course.patient
    with django_assert_num_queries(queries):
        may_treat(patient=patient, session=session, day=TODAY, stage=stage, now=NOW)
