"""Answers judged against what is planned, and at the chair against what is picked."""

from datetime import timedelta
from uuid import UUID

import pytest

from consultations.models import Screening
from consultations.services.intakes import save_answers, submit
from consultations.services.rounds import start_session_round
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import man
from tests.treatments.chair import NO, a_session
from treatments import refusals
from treatments.models import Record
from treatments.services.records import Entry, sign_record
from treatments.services.rescreening import refuse_product, would_refuse

pytestmark = pytest.mark.django_db


def with_parabens():
    return builders.a_product(ingredients=("minoxidil", "parabens", "water"))


def without():
    return builders.a_product(ingredients=("minoxidil", "water"))


def allergic(**fields):
    """A course with nothing in it that the patient reacts to."""
    return a_session(answers=man(allergies=["parabens"]), product=without(), **fields)


def codes(found):
    return [one.code for one in found]


def sign(session):
    builders.a_precheck(session=session, now=NOW)
    entry = Entry(outcome="given", started_at=NOW - timedelta(minutes=10))
    doctor = session.course.practitioner
    return sign_record(session=session, practitioner=doctor, entry=entry, key=UUID(int=1), now=NOW)


def test_a_lot_of_what_the_patient_reacts_to_is_refused_with_the_reason():
    """As the page does that picks a lot: the course plans one thing, the tray holds another."""
    session = allergic()
    patient = session.course.patient
    refuse_product(patient=patient, product=session.product, now=NOW)
    with pytest.raises(refusals.NotAllowed) as refused:
        refuse_product(patient=patient, product=with_parabens(), now=NOW)
    [obstacle] = {one.code: one for one in refused.value.obstacles}.values()
    assert obstacle.code == "against_product"
    assert obstacle.text == "The doctor needs to look at this first."
    assert obstacle.doctor_text.startswith("R-")


def test_a_page_can_say_so_before_anybody_picks_it():
    session = allergic()
    before = Screening.objects.count()
    patient = session.course.patient
    assert codes(would_refuse(patient=patient, product=session.product, now=NOW)) == []
    assert set(codes(would_refuse(patient=patient, product=with_parabens(), now=NOW))) == {"against_product"}
    assert Screening.objects.count() == before


def test_signing_as_given_looks_at_the_product_of_the_session():
    session = allergic()
    session.product = with_parabens()
    session.save(update_fields=["product"])
    builders.a_consent(course=session.course)
    with pytest.raises(refusals.NotAllowed) as refused:
        sign(session)
    assert set(codes(refused.value.obstacles)) == {"against_product"}
    assert Record.objects.count() == 0


def test_what_was_given_without_a_reason_against_it_is_signed_and_judged():
    session = allergic()
    sign(session)
    kept = Screening.objects.order_by("-pk").first()
    assert kept.planned["product"]["code"] == session.product.code


def test_what_the_doctor_departed_from_with_a_reason_is_not_refused():
    product = with_parabens()
    plan = {"product": {"code": product.code, "ingredients": product.ingredients}}
    plan["product"]["status"] = product.regulatory_status
    session = a_session(answers=man(allergies=["parabens"]), product=product, decided_on=plan)
    refuse_product(patient=session.course.patient, product=product, now=NOW)
    assert sign(session).outcome == "given"


def test_answers_of_nobody_refuse_nothing():
    assert would_refuse(patient=builders.a_patient(), product=with_parabens(), now=NOW) == ()
    refuse_product(patient=builders.a_patient(), product=with_parabens(), now=NOW)


def test_sending_a_round_screens_what_each_course_plans():
    session = a_session(product=without())
    patient = session.course.patient
    other = builders.a_course(
        decision=patient.decisions.get(), product=with_parabens(), now=NOW - timedelta(days=1)
    )
    intake = start_session_round(patient=patient, by=patient.account, now=NOW)
    save_answers(intake=intake, page="rescreen", raw=NO, by=patient.account, now=NOW)
    submit(intake=intake, by=patient.account, now=NOW)
    newest = Screening.objects.filter(last_answer__intake=intake)
    planned = {(one.planned.get("product") or {}).get("code") for one in newest}
    assert planned == {None, session.product.code, other.sessions.get(number=1).product.code}


def test_answers_still_being_typed_are_left_alone():
    session = a_session()
    patient = session.course.patient
    intake = start_session_round(patient=patient, by=patient.account, now=NOW)
    save_answers(intake=intake, page="rescreen", raw=NO, by=patient.account, now=NOW)
    assert Screening.objects.filter(last_answer__intake=intake).count() == 0
