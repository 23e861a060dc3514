import uuid
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.models import AuditRow, Release
from clinic.refusals import KeyReused
from clinic.services.days import local_day
from consultations.models import Screening
from consultations.services.screenings import screen
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import man, woman
from treatments import refusals, signals
from treatments.models import Course, CourseSession, Prescription, Product
from treatments.rules import products as listed
from treatments.rules.gaps import Gap
from treatments.rules.protocols import P1, P5, P12, P14, PROTOCOLS
from treatments.services.may_treat import may_treat
from treatments.services.prescribing import Order, prescribe
from treatments.services.products import sync_products
from treatments.services.rescreening import screen_courses

pytestmark = pytest.mark.django_db

KEY = uuid.UUID(int=7)


@pytest.fixture(autouse=True)
def products():
    return sync_products()


def a_decision(*, answers=None, patient=None, **fields):
    """On answers that the real rules have screened."""
    answers = answers or man()
    patient = patient or builders.a_patient(sex_at_birth=answers["sex_at_birth"], born_on=None)
    builders.an_intake(patient=patient, answers=answers)
    screening = screen(patient=patient, planned=None, now=NOW)
    return builders.a_decision(screening=screening, **fields)


def an_order(protocol=P1, **fields):
    visit_type = fields.pop("visit_type", None) or builders.session_type()
    location = builders.a_location()
    treats = builders.a_practitioner(location=location, qualified=[visit_type])
    return Order(
        **{"protocol_code": protocol.code, "gaps": protocol.gaps, "visit_type": visit_type}
        | {"location": location, "treats": treats}
        | fields
    )


def order_and_sign(decision, order=None, *, key=KEY, now=NOW):
    order = order or an_order()
    practitioner = order.treats or builders.a_practitioner()
    return prescribe(decision=decision, practitioner=practitioner, order=order, key=key, now=now)


@pytest.mark.parametrize(
    ("protocol", "answers", "targets"),
    [
        (P1, man(), [None, 7, 7, 7, 14, 14, 28]),
        (P5, woman(), [None, *[7] * 9]),
        (P12, woman(), [None, 28, 28]),
    ],
    ids=["P1", "P5", "P12"],
)
def test_a_protocol_becomes_a_course(protocol, answers, targets):
    order = an_order(protocol, note="an example note")
    course = order_and_sign(a_decision(answers=answers), order)
    sessions = list(course.sessions.order_by("number"))
    assert [session.target for session in sessions] == targets
    assert {session.product.code for session in sessions} == {protocol.product_code}
    assert (course.practitioner_id, course.location_id, course.visit_type_id, course.created_at) == (
        order.treats.pk,
        order.location.pk,
        order.visit_type.pk,
        NOW,
    )
    prescription = course.prescriptions.get()
    assert (prescription.revision, prescription.note, prescription.signed_at) == (1, "an example note", NOW)
    assert prescription.steps == [
        {"number": 1, "product": protocol.product_code, "phase": "course", "soft": False},
        *(
            {"number": number, **asdict(gap), "product": protocol.product_code}
            | {"phase": "course", "soft": False}
            for number, gap in enumerate(protocol.gaps, start=2)
        ),
    ]


def test_the_protocol_is_kept_as_a_release_that_nobody_has_signed():
    course = order_and_sign(a_decision())
    assert (course.protocol.kind, course.protocol.code, course.protocol.signed_by) == ("protocol", "P1", None)
    order_and_sign(a_decision(), key=uuid.UUID(int=8))
    assert Release.objects.filter(kind="protocol").count() == 1


def test_the_same_key_prescribes_once():
    decision, order = a_decision(), an_order()
    assert order_and_sign(decision, order).pk == order_and_sign(decision, order).pk
    assert Course.objects.count() == 1


def test_the_same_key_for_another_protocol_is_refused():
    decision, order = a_decision(), an_order()
    order_and_sign(decision, order)
    with pytest.raises(KeyReused):
        order_and_sign(decision, replace(order, protocol_code="P12", gaps=P12.gaps))


def test_a_prescription_cannot_be_changed():
    order_and_sign(a_decision())
    for change in ("UPDATE treatments_prescription SET note = 'x'", "DELETE FROM treatments_prescription"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(change)
    assert Prescription.objects.get().note == ""


# The decision it stands on


@pytest.mark.parametrize("verdict", ["needs_tests", "defer", "not_suitable", "refer"])
def test_only_a_decision_that_allows_treatment_will_do(verdict):
    with pytest.raises(refusals.NoDecision):
        order_and_sign(a_decision(verdict=verdict))


def test_conditions_allow_it():
    assert order_and_sign(a_decision(verdict="with_conditions")).sessions.count() == 7


@pytest.mark.parametrize(("days", "holds"), [(0, True), (-1, False)])
def test_a_lapsed_decision_will_not_do(days, holds):
    decision = a_decision(valid_until=NOW.date() + timedelta(days=days))
    if holds:
        assert order_and_sign(decision).pk
    else:
        with pytest.raises(refusals.NoDecision):
            order_and_sign(decision)


def test_newer_answers_need_a_newer_decision():
    decision = a_decision()
    builders.an_intake(patient=decision.patient, purpose="update")
    with pytest.raises(refusals.DecisionChanged):
        order_and_sign(decision)


def test_a_newer_decision_counts():
    decision = a_decision()
    builders.a_decision(screening=decision.screening, verdict="refer")
    with pytest.raises(refusals.DecisionChanged):
        order_and_sign(decision)


# The product against the answers


@pytest.mark.parametrize(
    ("protocol", "answers", "rule"),
    [
        pytest.param(P1, woman(), "R-05", id="5-ARI where a pregnancy is possible"),
        pytest.param(P1, man(trying_to_conceive="now"), "R-06", id="5-ARI and a baby wanted"),
        pytest.param(P5, woman(allergies=["propylene_glycol"], severe_reaction="no"), "R-27", id="allergy"),
        pytest.param(
            P12, woman(allergies=["steroid"], severe_reaction="no"), "R-27", id="allergy to steroid"
        ),
    ],
)
def test_answers_against_the_product_refuse_it(protocol, answers, rule):
    decision = a_decision(answers=answers)
    with pytest.raises(refusals.ProductRefused) as refusal:
        order_and_sign(decision, an_order(protocol))
    assert rule in {item["id"] for item in refusal.value.fired}
    assert (Course.objects.count(), Screening.objects.count()) == (0, 1)


def test_another_product_of_the_same_patient_is_not_refused():
    assert order_and_sign(a_decision(answers=woman()), an_order(P5)).sessions.count() == 10


@pytest.mark.parametrize("status", ["cosmetic", "unlicensed", "unknown"])
def test_what_is_not_licensed_is_never_prescribed(status):
    Product.objects.filter(code=P1.product_code).update(regulatory_status=status)
    with pytest.raises(refusals.ProductNotLicensed):
        order_and_sign(a_decision())


def test_a_product_out_of_use_is_not_prescribed():
    Product.objects.filter(code=P1.product_code).update(is_active=False)
    with pytest.raises(refusals.ProductNotLicensed):
        order_and_sign(a_decision())


def test_what_was_screened_for_the_product_is_kept():
    course = order_and_sign(a_decision())
    newest = Screening.objects.filter(patient=course.patient).latest("pk")
    assert newest.planned["product"]["code"] == P1.product_code


# Gaps, people, places


def test_gaps_can_be_edited_above_the_floors():
    gaps = (Gap(7, 8, 10, 14), *P1.gaps[1:])
    course = order_and_sign(a_decision(), an_order(gaps=gaps))
    session = CourseSession.objects.get(course=course, number=2)
    assert (session.never_before, session.earliest, session.target, session.latest) == (7, 8, 10, 14)


def test_a_course_may_be_shorter_than_its_protocol():
    assert order_and_sign(a_decision(), an_order(gaps=P1.gaps[:2])).sessions.count() == 3


@pytest.mark.parametrize(("protocol", "least"), [(P1, 7), (P12, 21)], ids=["any injection", "triamcinolone"])
def test_no_gap_goes_below_the_floor_of_the_product(protocol, least):
    answers = man()
    below = (*protocol.gaps[:1], Gap(least - 1, 28, 28, 35))
    with pytest.raises(refusals.GapNotAllowed) as refusal:
        order_and_sign(a_decision(answers=answers), an_order(protocol, gaps=below))
    assert (refusal.value.number, refusal.value.floor) == (3, least)
    at_least = (*protocol.gaps[:1], Gap(least, 28, 28, 35))
    assert order_and_sign(a_decision(answers=answers), an_order(protocol, gaps=at_least)).pk


def test_more_sessions_than_the_protocol_has_are_refused():
    with pytest.raises(refusals.UnknownProtocol):
        order_and_sign(a_decision(), an_order(gaps=(*P1.gaps, P1.gaps[-1])))


@pytest.mark.parametrize("code", ["P2", "P15", "P99", ""])
def test_what_is_unknown_or_has_no_published_days_is_refused(code):
    with pytest.raises(refusals.UnknownProtocol):
        order_and_sign(a_decision(), an_order(protocol_code=code))
    assert Course.objects.count() == 0


@pytest.mark.parametrize("code", ["P3", "P7", "P8", "P9", "P10", "P11"])
def test_the_register_says_what_may_be_prescribed(code):
    protocol, decision = PROTOCOLS[code], a_decision()
    with pytest.raises(refusals.ProductNotLicensed):
        order_and_sign(decision, an_order(protocol))
    Product.objects.filter(code=protocol.product_code).update(regulatory_status="licensed_injectable")
    sync_products()  # the list does not take the register's word back
    assert order_and_sign(decision, an_order(protocol)).sessions.count() == protocol.sessions


HALF_A_YEAR = Gap(28, 150, 182, 196)


def test_the_half_year_of_plasma_is_what_the_doctor_typed():
    order = an_order(P14, gaps=(*P14.gaps[:2], HALF_A_YEAR))
    course = order_and_sign(a_decision(), order)
    last = course.sessions.get(number=4)
    assert (last.never_before, last.earliest, last.target, last.latest) == (28, 150, 182, 196)
    assert (last.product.modality, course.sessions.count()) == ("prp", 4)


def test_a_gap_of_plasma_below_four_weeks_is_refused():
    with pytest.raises(refusals.GapNotAllowed) as refusal:
        order_and_sign(a_decision(), an_order(P14, gaps=(Gap(27, 28, 28, 35),)))
    assert (refusal.value.number, refusal.value.floor) == (2, 28)


# What it costs


@pytest.mark.parametrize(
    ("prices", "agreed"),
    [
        ([], None),
        ([(0, "4500")], "4500"),
        ([(-30, "4000"), (0, "4500"), (1, "5000")], "4500"),
        ([(1, "5000")], None),
    ],
)
def test_the_price_in_force_that_day_is_agreed(prices, agreed):
    order = an_order()
    order.visit_type.prices.all().delete()
    today = local_day(NOW, order.location)
    for days, amount in prices:
        order.visit_type.prices.create(from_on=today + timedelta(days=days), amount=amount)
    course = order_and_sign(a_decision(), order)
    course.refresh_from_db()
    assert course.session_price == (agreed and Decimal(agreed))


def test_a_price_that_changes_later_leaves_the_course_as_agreed():
    order = an_order()
    course = order_and_sign(a_decision(), order)
    order.visit_type.prices.update(amount="9999")
    course.refresh_from_db()
    assert course.session_price == Decimal("4500")


def test_who_treats_must_be_qualified():
    with pytest.raises(refusals.NotQualified):
        order_and_sign(a_decision(), an_order(treats=builders.a_practitioner()))


def test_anybody_qualified_may_be_left_open():
    assert order_and_sign(a_decision(), replace(an_order(), treats=None)).practitioner is None


def test_a_consultation_is_no_session():
    with pytest.raises(refusals.NotQualified):
        order_and_sign(a_decision(), an_order(visit_type=builders.consultation_type()))


def test_a_location_that_is_not_open_is_refused():
    with pytest.raises(refusals.NotQualified):
        order_and_sign(a_decision(), replace(an_order(), location=builders.a_location(is_open=False)))


# Who hears of it


def test_prescribing_tells_the_diary_and_the_audit():
    heard = []

    def hear(**told):
        heard.append((told["course"].pk, told["by"], told["now"]))

    signals.course_changed.connect(hear)
    try:
        course = order_and_sign(a_decision())
    finally:
        signals.course_changed.disconnect(hear)
    signer = course.prescriptions.get().signed_by.user
    assert heard == [(course.pk, signer, NOW)]
    row = AuditRow.objects.get(action="course_prescribed")
    assert (row.subject, row.detail) == (f"course:{course.pk}", {"protocol": "P1", "sessions": 7})


# Answers that change later


def test_newly_sent_answers_are_judged_against_the_course():
    course = order_and_sign(a_decision(answers=woman()), an_order(P5))
    session = course.sessions.select_related("course", "product").get(number=1)
    patient = course.patient
    builders.a_consent(patient=patient)
    answers = woman(allergies=["propylene_glycol"], severe_reaction="no")
    builders.an_intake(patient=patient, answers=answers, purpose="update")
    assert screen_courses(patient=patient, now=NOW) == []  # nobody has sent or read them yet
    screen(patient=patient, planned=None, now=NOW)
    (screening,) = screen_courses(patient=patient, now=NOW)
    assert (screening.planned["product"]["code"], screening.outcome) == (P5.product_code, "ABS")
    found = may_treat(patient=patient, session=session, day=NOW.date(), stage="placing", now=NOW)
    assert [obstacle.code for obstacle in found] == ["in_question"]


def test_an_ended_course_is_not_judged_again():
    course = order_and_sign(a_decision(answers=woman()), an_order(P5))
    Course.objects.update(ended_on=NOW.date(), ended_why="other")
    assert screen_courses(patient=course.patient, now=NOW) == []


# Products


def test_products_follow_the_list(products):
    assert {product.code: (product.regulatory_status, product.modality) for product in products} == {
        code: (product.status, product.modality) for code, product in listed.PRODUCTS.items()
    }
    gone = builders.a_product()
    Product.objects.filter(code=P1.product_code).update(name="another name")
    sync_products()
    gone.refresh_from_db()
    assert gone.is_active is False
    assert Product.objects.get(code=P1.product_code).name == listed.PRODUCTS[P1.product_code].name
    assert len(sync_products()) == len(listed.PRODUCTS)
