"""The doctor's page: what it shows, and what becomes of a decision signed on it."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import ViewRow
from clinic.services.days import local_day
from consultations.models import Decision
from consultations.rules import candidacy_rules
from consultations.rules.candidacy import rules_content, screen
from tests import builders
from tests.consultations.histories import woman

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules():
    content = rules_content(candidacy_rules.RULES)
    return builders.a_release(kind="rules", code=candidacy_rules.CODE, content=content)


def screened(rules, *, patient=None, answers=None, now=None, **fields):
    """A sent form and what the real rules say of it today."""
    now = now or clock.now()
    answers = answers or woman()
    intake = builders.an_intake(patient=patient or builders.a_patient(), answers=answers, now=now)
    result = screen(answers, on=now.date(), rules=candidacy_rules.RULES).as_dict()
    return builders.a_screening(intake=intake, rules=rules, answers=answers, now=now, **result | fields)


@pytest.fixture
def doctor(client):
    practitioner = builders.a_practitioner()
    client.force_login(practitioner.user)
    return practitioner


def address(screening):
    return reverse("review", args=[screening.patient_id])


def posted(screening, verdict="suitable", **fields):
    return {
        "key": str(uuid.UUID(int=7)),
        "screening": screening.pk,
        "last_answer": screening.last_answer_id,
        "verdict": verdict,
        "conditions": "",
        "defer_until": "",
        "own_words": "",
    } | fields


def test_a_flag_quotes_the_answer_the_rule_and_its_source(client, doctor, rules):
    screening = screened(rules, answers=woman(medicines=["iron", "warfarin"]))
    page = client.get(address(screening)).content.decode()
    assert "<q>Warfarin or acenocoumarol</q>" in page
    assert "<q>Iron</q>" not in page
    assert "R-38 <strong>Blood thinner.</strong> Anticoagulant or strong antiplatelet." in page
    assert "antithrombotics in dermatologic surgery" in page
    assert "certainty B" in page
    assert "a draft nobody has signed" in page


def test_open_answers_are_listed_to_ask(client, doctor, rules):
    screening = screened(rules, answers=woman(recent_illness="not_sure"))
    page = client.get(address(screening)).content.decode()
    assert "1 to ask" in page
    assert "In the last two weeks: fever, an infection, or antibiotics?" in page


def test_what_changed_since_the_last_decision_is_marked(client, doctor, rules):
    earlier = screened(rules, answers=woman(), now=clock.now() - timedelta(days=9))
    builders.a_decision(screening=earlier)
    screening = screened(rules, patient=earlier.patient, answers=woman(medicines=["iron"]))
    page = client.get(address(screening)).content.decode()
    assert "One answer changed since last time; it is marked." in page
    assert "<mark>Iron</mark>" in page


def test_reading_is_noted(client, doctor, rules):
    screening = screened(rules)
    client.get(address(screening))
    row = ViewRow.objects.get()
    assert (row.by_id, row.patient_id, row.what) == (doctor.user_id, screening.patient_id, "record")


def test_a_patient_without_a_form_has_a_page_that_says_so(client, doctor):
    patient = builders.a_patient()
    response = client.get(reverse("review", args=[patient.pk]))
    assert (response.status_code, "No form has been sent yet" in response.content.decode()) == (200, True)


@pytest.mark.parametrize("role", ["front_desk", "nurse", "manager"])
def test_others_find_nothing_here(client, rules, role):
    screening = screened(rules)
    client.force_login(builders.staff(role=role))
    assert client.get(address(screening)).status_code == 404
    assert client.post(address(screening), posted(screening)).status_code == 404
    assert client.get(reverse("review_queue")).status_code == 404


def test_signing_keeps_the_sentence_the_patient_reads(client, doctor, rules):
    screening = screened(rules, answers=woman(scalp_signs=["pustules"], scalp_fever="no"))
    until = clock.now().date() + timedelta(days=30)
    response = client.post(
        address(screening),
        posted(screening, "defer", defer_until=until.isoformat(), own_words="See you then."),
    )
    assert (response.status_code, response["Location"]) == (302, address(screening))
    decision = Decision.objects.get()
    assert (decision.verdict, decision.defer_until, decision.signed_by_id) == ("defer", until, doctor.pk)
    assert decision.patient_text == (
        f"Not now: the dermatologist would like to wait until {until.day} {until:%b} {until.year}, "
        "and then look at your answers again. We treat the scalp first and talk about injections after that. "
        "See you then. "
        "Please keep taking every medicine that a doctor has prescribed for you."
    )


def test_a_rule_without_a_way_round_offers_no_treatment(client, doctor, rules):
    screening = screened(rules, answers=woman(scalp_signs=["pustules"], scalp_fever="no"))
    page = client.get(address(screening)).content.decode()
    assert 'value="suitable"' not in page
    response = client.post(address(screening), posted(screening, "suitable"))
    assert (response.status_code, Decision.objects.count()) == (200, 0)


def test_an_unfinished_form_keeps_what_was_typed(client, doctor, rules):
    screening = screened(rules)
    typed = {"own_words": "words typed before"}
    page = client.post(address(screening), posted(screening, "with_conditions", **typed)).content.decode()
    assert "Write down the conditions." in page
    assert "words typed before" in page
    assert Decision.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Enter a date after today."),
        ("2020-01-01", "Enter a date after today."),
        ("soon", "Enter a day, such as 2026-12-24."),
        ("2027-02-30", "Enter a day, such as 2026-12-24."),
    ],
)
def test_waiting_needs_a_real_day(client, doctor, rules, day, words):
    screening = screened(rules)
    response = client.post(address(screening), posted(screening, "defer", defer_until=day))
    assert words in response.content.decode()
    assert Decision.objects.count() == 0


def test_answers_that_changed_meanwhile_are_shown_and_nothing_is_signed(client, doctor, rules):
    screening = screened(rules)
    newer = screened(rules, patient=screening.patient, answers=woman(pregnant="yes"))
    response = client.post(address(screening), posted(screening, own_words="words typed before"))
    page = response.content.decode()
    assert (response.status_code, Decision.objects.count()) == (409, 0)
    assert "The answers changed while you were reading." in page
    assert "words typed before" in page
    assert f'name="last_answer" value="{newer.last_answer_id}"' in page


def test_a_double_submit_signs_once(client, doctor, rules):
    screening = screened(rules)
    for _ in range(2):
        assert client.post(address(screening), posted(screening)).status_code == 302
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ({"key": "no key"}, 200),
        ({"screening": "x"}, 409),
        ({"last_answer": ""}, 409),
        ({"own_words": "x" * 501}, 200),
        ({"verdict": "yes"}, 200),
    ],
)
def test_a_tampered_form_signs_nothing(client, doctor, rules, field, status):
    screening = screened(rules)
    response = client.post(address(screening), posted(screening) | field)
    assert (response.status_code, Decision.objects.count()) == (status, 0)


def test_anothers_screening_signs_nothing(client, doctor, rules):
    screening, other = screened(rules), screened(rules)
    response = client.post(address(screening), posted(screening) | {"screening": other.pk})
    assert (response.status_code, Decision.objects.count()) == (409, 0)


def test_a_dermatologist_without_a_licence_on_file_cannot_sign(client, rules):
    screening = screened(rules)
    client.force_login(builders.staff(role="dermatologist"))
    assert (
        "Only a dermatologist with a registration number" in client.get(address(screening)).content.decode()
    )
    response = client.post(address(screening), posted(screening))
    assert (response.status_code, Decision.objects.count()) == (409, 0)


def test_departing_from_a_rule_needs_words(client, doctor, rules):
    screening = screened(rules, answers=woman(breastfeeding="yes"))
    response = client.post(address(screening), posted(screening, reason=""))
    assert "Write down why you depart from the rule." in response.content.decode()
    response = client.post(address(screening), posted(screening, reason="an example reason"))
    assert (response.status_code, Decision.objects.get().reason) == (302, "an example reason")


# The queue


def test_the_queue_holds_what_is_not_decided_by_urgency(client, doctor, rules):
    now = clock.now()
    quiet = screened(rules, patient=builders.a_patient(name="Example Quiet"))
    builders.a_booking(patient=quiet.patient, starts=at_five(now + timedelta(days=1)))
    blocked = screened(
        rules, patient=builders.a_patient(name="Example Blocked"), answers=woman(breastfeeding="yes")
    )
    urgent = screened(
        rules,
        patient=builders.a_patient(name="Example Urgent"),
        answers=woman(scalp_signs=["boggy_swelling"], scalp_fever="no"),
    )
    decided = screened(rules, patient=builders.a_patient(name="Example Decided"))
    builders.a_decision(screening=decided)
    response = client.get(reverse("review_queue"))
    assert [line.name for line in response.context["lines"]] == [
        urgent.patient.name,
        blocked.patient.name,
        quiet.patient.name,
    ]
    assert [line.tags[0][2] for line in response.context["lines"]] == [
        "today",
        "Breastfeeding",
        "nothing found",
    ]


def test_the_queue_never_calls_a_caution_nothing_found(client, doctor, rules):
    screened(rules, answers=woman(allergies=["latex"], severe_reaction="no"))
    [line] = client.get(reverse("review_queue")).context["lines"]
    assert (line.group[2], "nothing found" in [tag[2] for tag in line.tags]) == ("to keep in mind", False)


def test_my_queue_is_whoever_comes_to_me(client, doctor, rules):
    mine, other = screened(rules), screened(rules)
    builders.a_booking(
        patient=mine.patient, practitioner=doctor, starts=at_five(clock.now() + timedelta(days=1))
    )
    builders.a_booking(patient=other.patient, starts=at_five(clock.now() + timedelta(days=1)))
    response = client.get(reverse("review_queue"), {"whose": "mine"})
    assert [line.patient_id for line in response.context["lines"]] == [mine.patient_id]


@pytest.mark.parametrize(("days", "listed"), [(13, True), (14, True), (15, False)])
def test_a_decision_that_runs_out_before_a_session_comes_back(client, doctor, rules, days, listed):
    now = clock.now()
    screening = screened(rules)
    decision = builders.a_decision(screening=screening, valid_until=now.date() + timedelta(days=1), now=now)
    session = builders.a_course(decision=decision).sessions.get(number=1)
    builders.a_booking(session=session, starts=at_five(now + timedelta(days=days)))
    response = client.get(reverse("review_queue"))
    assert [line.patient_id for line in response.context["lines"]] == [screening.patient_id] * listed


@pytest.mark.parametrize(("days", "listed"), [(4, True), (5, False)])
def test_a_decision_that_holds_on_the_day_of_the_session_is_enough(client, doctor, rules, days, listed):
    now = clock.now()
    screening = screened(rules)
    starts = at_five(now + timedelta(days=5))
    valid_until = local_day(starts) - timedelta(days=5 - days)
    decision = builders.a_decision(screening=screening, valid_until=valid_until, now=now)
    builders.a_booking(session=builders.a_course(decision=decision).sessions.get(number=1), starts=starts)
    response = client.get(reverse("review_queue"))
    assert [line.patient_id for line in response.context["lines"]] == [screening.patient_id] * listed


def test_a_session_in_question_has_a_deadline(client, doctor, rules):
    now = clock.now()
    earlier = screened(rules, now=now - timedelta(days=3))
    decision = builders.a_decision(screening=earlier, now=now)
    session = builders.a_course(decision=decision).sessions.get(number=1)
    builders.a_booking(session=session, starts=at_five(now + timedelta(days=2)))
    screened(rules, patient=earlier.patient, answers=woman(breastfeeding="yes"))
    page = client.get(reverse("review_queue")).content.decode()
    assert "decide by" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_and_three(
    client, doctor, rules, rows, django_assert_num_queries
):
    for _ in range(rows):
        screening = screened(rules)
        builders.a_booking(patient=screening.patient, starts=at_five(clock.now() + timedelta(days=1)))
    with django_assert_num_queries(15):
        client.get(reverse("review_queue"))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_takes_the_same_queries_beside_one_and_three(
    client, doctor, rules, rows, django_assert_num_queries
):
    screenings = [screened(rules) for _ in range(rows)]
    with django_assert_num_queries(23):
        client.get(address(screenings[0]))


def at_five(moment):
    """On the grid that bookings stand on."""
    return moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
