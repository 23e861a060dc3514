"""From the decision to a course, as the doctor clicks it."""

import uuid

import pytest
from django.urls import reverse

from clinic import clock
from consultations.services.screenings import screen
from tests import builders
from tests.consultations.histories import man, woman
from treatments.models import Course, Product
from treatments.rules.protocols import P1, P5, P14
from treatments.services.products import sync_products

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(client):
    sync_products()
    visit_type = builders.session_type()
    location = builders.a_location()
    practitioner = builders.a_practitioner(location=location, qualified=[visit_type])
    client.force_login(practitioner.user)
    practitioner.location, practitioner.visit_type = location, visit_type
    return practitioner


def decided(answers=None, **fields):
    now, answers = clock.now(), answers or man()
    patient = builders.a_patient(sex_at_birth=answers["sex_at_birth"], born_on=None)
    builders.an_intake(patient=patient, answers=answers, now=now)
    screening = screen(patient=patient, planned=None, now=now)
    return builders.a_decision(screening=screening, now=now, **fields)


def address(decision):
    return reverse("prescribe", args=[decision.patient_id])


def posted(decision, doctor, protocol=P1, **fields):
    gaps = {
        f"gap_{number}_{part}": getattr(gap, part)
        for number, gap in enumerate(protocol.gaps, start=2)
        if gap
        for part in ("never_before", "earliest", "target", "latest")
    }
    return (
        {"key": str(uuid.UUID(int=7)), "decision": decision.pk, "protocol": protocol.code}
        | {"sessions": protocol.sessions, "location": doctor.location.pk, "note": ""}
        | {"visit_type": doctor.visit_type.pk, "treats": doctor.pk}
        | gaps
        | fields
    )


def test_protocols_show_their_evidence_and_that_they_are_drafts(client, doctor):
    page = client.get(address(decided())).content.decode()
    assert "Draft until a dermatologist signs." in page
    assert "acceptable evidence for scalp mesotherapy" in page
    assert "B: from controlled trials, few and small." in page
    assert [code for code in ("P1", "P5", "P12") if f"Choose {code}<" in page] == ["P1", "P5", "P12"]


def test_a_protocol_against_the_answers_cannot_be_chosen(client, doctor):
    decision = decided(woman())
    page = client.get(address(decision), {"protocol": "P1"}).content.decode()
    assert "R-05 Child-bearing potential" in page
    assert [code for code in ("P1", "P5", "P12") if f"Choose {code}<" in page] == ["P5", "P12"]
    assert "Sign prescription" not in page
    response = client.post(address(decision), posted(decision, doctor))
    assert (response.status_code, Course.objects.count()) == (200, 0)


def test_a_product_that_is_not_licensed_cannot_be_chosen(client, doctor):
    Product.objects.filter(code=P1.product_code).update(regulatory_status="cosmetic")
    page = client.get(address(decided())).content.decode()
    assert "Its product is not licensed for use here." in page
    assert "Choose P1<" not in page


def test_choosing_and_signing_makes_the_course(client, doctor):
    decision = decided()
    page = client.get(address(decision), {"protocol": "P1"}).content.decode()
    assert "day 77" in page
    response = client.post(address(decision), posted(decision, doctor))
    course = Course.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("course_record", args=[course.pk]))
    assert (course.sessions.count(), course.practitioner_id) == (7, doctor.pk)
    page = client.get(response["Location"]).content.decode()
    assert "draft protocol: no dermatologist has signed it" in page


def test_a_shorter_course_and_other_gaps(client, doctor):
    decision = decided()
    data = posted(decision, doctor, sessions=3, gap_2_target=9, gap_2_latest=12, treats="", note="Slowly.")
    client.post(address(decision), data)
    course = Course.objects.get()
    gaps = course.sessions.order_by("number").values_list("never_before", "earliest", "target", "latest")
    assert list(gaps) == [(None, None, None, None), (7, 7, 9, 12), (7, 7, 7, 10)]
    assert (course.practitioner, course.prescriptions.get().note) == (None, "Slowly.")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"gap_3_earliest": 5}, "The four numbers must not fall."),
        ({"gap_3_never_before": 6}, "At least 7 days for this product, whoever decides."),
        ({"gap_3_target": ""}, "This field is required."),
        ({"gap_3_target": "soon"}, "Enter a whole number."),
        ({"gap_3_latest": 401}, "Ensure this value is less than or equal to 400."),
        ({"sessions": 8}, "Ensure this value is less than or equal to 7."),
        ({"sessions": 0}, "Ensure this value is greater than or equal to 1."),
        ({"location": 999999}, "Select a valid choice."),
        ({"visit_type": "x"}, "Select a valid choice."),
        ({"decision": ""}, "This field is required."),
    ],
    ids=lambda value: next(iter(value.items()))[0] if isinstance(value, dict) else None,
)
def test_what_is_wrong_is_said_and_kept(client, doctor, field, words):
    decision = decided()
    response = client.post(address(decision), posted(decision, doctor, note="typed before") | field)
    page = response.content.decode()
    assert (response.status_code, Course.objects.count()) == (200, 0)
    assert words in page
    assert "typed before" in page


@pytest.mark.parametrize(
    "unused",
    [{"gap_3_never_before": 6}, {"gap_3_target": ""}, {"gap_3_target": "soon"}, {"gap_7_latest": 401}],
)
def test_a_row_that_is_not_used_is_not_judged(client, doctor, unused):
    decision = decided()
    client.post(address(decision), posted(decision, doctor, sessions=2, **unused))
    assert Course.objects.get().sessions.count() == 2


def test_numbers_without_a_default_are_typed(client, doctor):
    decision = decided()
    page = client.get(address(decision), {"protocol": "P14"}).content.decode()
    assert "no usual numbers: published day 182" in " ".join(page.split())
    assert 'name="gap_3_target" value="28"' in page
    assert 'name="gap_4_target" value' not in page

    typed = {f"gap_4_{part}": "" for part in ("never_before", "earliest", "target", "latest")}
    response = client.post(address(decision), posted(decision, doctor, P14, note="kept", **typed))
    page = response.content.decode()
    assert (response.status_code, Course.objects.count()) == (200, 0)
    assert page.count("This field is required.") >= 4
    assert "kept" in page

    typed = dict(zip(typed, (28, 150, 182, 196), strict=True))
    assert client.post(address(decision), posted(decision, doctor, P14, **typed)).status_code == 302
    last = Course.objects.get().sessions.get(number=4)
    assert (last.never_before, last.earliest, last.target, last.latest) == (28, 150, 182, 196)


def test_three_sessions_of_plasma_need_no_typing(client, doctor):
    decision = decided()
    typed = {f"gap_4_{part}": "" for part in ("never_before", "earliest", "target", "latest")}
    assert (
        client.post(address(decision), posted(decision, doctor, P14, sessions=3, **typed)).status_code == 302
    )


def test_what_cannot_be_prescribed_is_shown_with_the_reason(client, doctor):
    page = client.get(address(decided())).content.decode()
    assert [f"P{number}" for number in range(1, 15) if f"P{number} · " not in page] == []
    assert "Its days have not been published: shown, not prescribed." in page
    assert "P15 · Shedding after a trigger" in page
    assert "Choose P2<" not in page


def test_a_double_submit_prescribes_once(client, doctor):
    decision = decided()
    for _ in range(2):
        assert client.post(address(decision), posted(decision, doctor)).status_code == 302
    assert Course.objects.count() == 1


def test_another_decision_than_the_one_shown_signs_nothing(client, doctor):
    decision, other = decided(), decided()
    response = client.post(address(decision), posted(decision, doctor) | {"decision": other.pk})
    assert (response.status_code, Course.objects.count()) == (409, 0)


@pytest.mark.parametrize("verdict", ["refer", "defer"])
def test_without_a_decision_that_allows_it_there_is_a_way_back(client, doctor, verdict):
    decision = decided(verdict=verdict)
    page = client.get(address(decision)).content.decode()
    assert "Prescribing needs a decision that allows treatment." in page
    assert reverse("review", args=[decision.patient_id]) in page
    assert client.post(address(decision), posted(decision, doctor)).status_code == 409


def test_a_patient_nobody_decided_on(client, doctor):
    patient = builders.a_patient()
    page = client.get(reverse("prescribe", args=[patient.pk])).content.decode()
    assert "Prescribing needs a decision that allows treatment." in page


@pytest.mark.parametrize("role", ["front_desk", "nurse", "manager"])
def test_others_find_nothing_here(client, doctor, role):
    decision = decided()
    client.force_login(builders.staff(role=role))
    assert client.get(address(decision)).status_code == 404
    assert client.post(address(decision), posted(decision, doctor)).status_code == 404
    assert Course.objects.count() == 0


def test_the_page_takes_few_queries(client, doctor, django_assert_num_queries):
    decision = decided(woman())
    with django_assert_num_queries(16):
        client.get(address(decision), {"protocol": P5.code})
