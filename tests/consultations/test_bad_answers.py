"""What people and others send that cannot be an answer: a clear word, what was typed stays, never a 500."""

import pytest

from clinic.models import Patient
from consultations.services.intakes import start_intake
from tests import builders
from tests.bookings.patient_clinic import at_now
from tests.builders import NOW
from tests.consultations.form_steps import address, save, send, stored

__all__ = ["at_now"]
pytestmark = pytest.mark.django_db
FORTY = [f"Medicine {n} 5 mg" for n in range(1, 41)]


@pytest.fixture
def patient(client, at_now):
    patient = builders.a_patient(sex_at_birth="male")
    builders.a_consent(patient=patient)
    client.force_login(patient.account)
    return patient


@pytest.fixture
def intake(patient):
    return start_intake(patient=patient, by=patient.account, now=NOW)


def words_for(answer, key) -> list[str]:
    assert answer.status_code == 422
    assert b"<title>Error: " in answer.content
    return answer.context["form"].errors[key]


def shown_as_typed(answer, typed: str) -> bool:
    return typed in answer.content.decode()


def timeline(**changes) -> dict:
    return {
        "onset_type": "gradual", "duration_value": "3", "duration_unit": "years", "loss_trend": "stable",
    } | changes  # fmt: skip


# Numbers


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("71", "Please give a number from 0 to 70."),
        ("-1", "Please give a number from 0 to 70."),
        ("3.5", "Please give a whole number, such as 3."),
        ("three", "Please give a whole number, such as 3."),
        ("1e3", "Please give a whole number, such as 3."),
        ("9" * 400, "Please give a whole number, such as 3."),
    ],
)
def test_number_out_of_range_or_none_at_all(client, intake, typed, words):
    answer = send(client, intake, "timeline", timeline(duration_value=typed))

    assert words_for(answer, "duration_value") == [words]
    assert shown_as_typed(answer, f'value="{typed}"')
    assert "duration_value" not in stored(intake)
    assert stored(intake)["loss_trend"] == "stable"


@pytest.mark.parametrize(("typed", "kept"), [("0", 0), ("70", 70), ("०३", 3), (" 12 ", 12)])
def test_number_at_the_edge_and_in_other_digits_is_kept(client, intake, typed, kept):
    Patient.objects.filter(pk=intake.patient_id).update(born_on="1940-01-01")
    send(client, intake, "timeline", timeline(duration_value=typed))

    assert stored(intake)["duration_value"] == kept


def test_longer_than_a_life_is_asked_again(client, intake):
    Patient.objects.filter(pk=intake.patient_id).update(born_on="2000-01-01")
    answer = send(client, intake, "timeline", timeline(duration_value="30"))

    assert words_for(answer, "duration_value") == [
        "That is longer than the age given. Please check one of them."
    ]


# Test results


@pytest.fixture
def haemoglobin(client, intake):
    send(client, intake, "treated", {"treatments_had": ["none"], "tests_had": ["hb"]})
    return {"hb": "12.5", "hb_unit": "g_dl", "hb_date": "2026-10-01"}


def test_test_result_in_a_unit_nobody_offered(client, intake, haemoglobin):
    send(client, intake, "tests", {"hb": "12.5"})
    answer = send(client, intake, "tests", haemoglobin | {"hb_unit": "mmol"})

    assert words_for(answer, "hb_unit") == ["Please choose one of the answers shown."]


def test_figure_that_does_not_fit_its_unit(client, intake, haemoglobin):
    send(client, intake, "tests", {"hb": "12.5"})
    answer = send(client, intake, "tests", haemoglobin | {"hb": "125"})

    assert words_for(answer, "hb") == ["This figure does not fit its unit. Please check both on the report."]
    assert shown_as_typed(answer, 'value="125"')


def test_result_without_unit_and_date_is_not_enough(client, intake, haemoglobin):
    opened = send(client, intake, "tests", {"hb": "12.5"})
    answer = send(client, intake, "tests", {"hb": "12.5"})

    assert opened["Location"] == f"{address(intake, 'tests')}#q2"
    assert words_for(answer, "hb_unit") == ["Please answer this question."]
    assert words_for(answer, "hb_date") == ["Please answer this question."]


def test_right_result_is_kept_in_the_unit_it_was_given(client, intake, haemoglobin):
    send(client, intake, "tests", {"hb": "12.5"})
    send(client, intake, "tests", haemoglobin | {"hb": "125", "hb_unit": "g_l"})

    assert {key: stored(intake)[key] for key in haemoglobin} == {
        "hb": 125.0, "hb_unit": "g_l", "hb_date": "2026-10-01",
    }  # fmt: skip


# Days


def ill(day, month, year) -> dict:
    boxes = {"day": day, "month": month, "year": year}
    return {f"recent_illness_date_{part}": value for part, value in boxes.items()}


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        (ill("3", "11", "2026"), "That day has not come yet. Please check it."),
        (ill("1", "1", "1990"), "That is longer ago than we expected. Please check the year."),
        (ill("31", "2", "2026"), "February 2026 has no day 31: check the day and the month"),
        (ill("1", "13", "2026"), "The month must be between 1 and 12"),
        (ill("1", "", "2026"), "The date also needs a month"),
        (ill("first", "10", "2026"), "Use numbers, for example 27 3 1984"),
    ],
)
def test_future_impossible_or_half_a_date(client, intake, boxes, words):
    save(client, intake, "well_now", {"recent_illness": "yes"})
    answer = send(client, intake, "well_now", {"recent_illness": "yes"}, **boxes)

    assert words_for(answer, "recent_illness_date") == [words]
    assert all(shown_as_typed(answer, f'value="{typed}"') for typed in boxes.values() if typed)
    assert "recent_illness_date" not in stored(intake)


# Words


def test_forty_medicines_are_kept(client, intake):
    send(client, intake, "medicines", {"medicines": ["other"], "medicines_named": "\r\n".join(FORTY)})

    assert stored(intake)["medicines_named"] == FORTY


def test_forty_one_medicines_are_too_many_and_stay_as_typed(client, intake):
    named = "\n".join([*FORTY, "One more"])
    answer = send(client, intake, "medicines", {"medicines": ["other"], "medicines_named": named})

    assert words_for(answer, "medicines_named") == ["Please give at most 40 lines."]
    assert shown_as_typed(answer, "One more")
    assert stored(intake) == {"medicines": ["other"]}


def test_story_of_ten_thousand_characters_is_too_long_and_stays_as_typed(client, intake):
    send(client, intake, "treated", {"treatments_had": ["other"], "tests_had": ["none"]})
    story = "My hair. " * 1112
    answer = send(client, intake, "treatment_details", {"treatments_told": story})

    assert words_for(answer, "treatments_told") == ["Please keep this to 1000 characters or fewer."]
    assert shown_as_typed(answer, story.strip())
    assert "treatments_told" not in stored(intake)


def test_nul_is_a_calm_400(client, intake):
    assert send(client, intake, "medicines", {"medicines_named": "a\0b"}).status_code == 400
    assert stored(intake) == {}


def test_text_that_reads_otherwise_than_it_is_stored_is_straightened(client, intake):
    send(client, intake, "medicines", {"medicines": ["other"], "medicines_named": "Telma\u202egm 04\u202c"})

    assert stored(intake)["medicines_named"] == ["Telmagm 04"]


def test_html_is_text(client, intake):
    typed = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    send(client, intake, "medicines", {"medicines": ["other"], "medicines_named": typed})
    pages = [client.get(address(intake, "medicines")), client.get(f"/intake/{intake.pk}/check/")]

    assert stored(intake)["medicines_named"] == [typed]
    for page in pages:
        assert "<script>alert(1)" not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


# Choices


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["everything"], "Please choose one of the answers shown."),
        (["none", "heart"], "“None of these” can only be chosen on its own."),
        (["x"] * 500, "Please choose one of the answers shown."),
    ],
)
def test_choices_nobody_offered_or_that_exclude_each_other(client, intake, given, words):
    answer = send(client, intake, "conditions", {"conditions": given, "blood_borne": ["none"]})

    assert words_for(answer, "conditions") == [words]
    assert stored(intake) == {"blood_borne": ["none"]}


def test_no_to_all_does_not_overrule_what_was_ticked(client, intake):
    given = {"conditions": ["heart"], "blood_borne": ["none"]}
    answer = send(client, intake, "conditions", given, nothing="1")

    assert words_for(answer, "conditions") == [
        "You chose something here, so “No to all of these” does not fit."
    ]
    assert stored(intake)["conditions"] == ["heart"]


def test_no_to_all_keeps_what_was_typed_beside_it(client, intake):
    sent = send(client, intake, "medicines", {"medicines_named": "Only Digene"}, nothing="1")

    assert sent["Location"] == address(intake, "allergies")
    assert stored(intake) == {"medicines": ["none"], "medicines_named": ["Only Digene"]}


def test_fields_nobody_asked_for_are_passed_over(client, intake):
    send(client, intake, "medicines", {"medicines": ["none"]}, age="12", colour="red", conditions="heart")

    assert set(stored(intake)) == {"medicines", "medicines_named"}


# Addresses


@pytest.fixture
def anothers(patient):
    other = builders.a_patient()
    builders.a_consent(patient=other)
    return start_intake(patient=other, by=other.account, now=NOW)


@pytest.mark.parametrize("page", ["1/", "1/save/", "check/", "choose/", "same/", "sent/", "adults/"])
def test_anothers_form_is_no_page(client, anothers, page):
    there = f"/intake/{anothers.pk}/{page}"
    answers = {client.get(there).status_code, client.post(there, {"seen": "1", "choose": "1"}).status_code}

    assert answers <= {404, 405}
    assert 404 in answers
    assert stored(anothers) == {}


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999"])
def test_page_that_is_not_there_leads_to_one_that_is(client, intake, number):
    assert client.get(f"/intake/{intake.pk}/{number}/")["Location"] == address(intake, "family")


def test_form_that_is_not_there_is_no_page(client, patient):
    assert client.get("/intake/99999999999999999999/1/").status_code == 404
