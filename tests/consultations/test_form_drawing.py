"""How the pages of the form are drawn: lists in parts, pictures with words, a map over real checkboxes."""

import re

import pytest

from consultations.forms.choice_groups import ABOUT, GROUPS, grouped_choices
from consultations.patterns import PICTURES, SCALES
from consultations.rules import scales
from consultations.rules.questionnaire import QUESTIONS
from consultations.services.intakes import start_intake
from tests import builders
from tests.bookings.patient_clinic import at_now, text_of
from tests.builders import NOW
from tests.consultations.form_steps import address, save, send

__all__ = ["at_now"]


@pytest.mark.parametrize("key", GROUPS)
def test_every_choice_of_a_long_list_stands_once_and_none_of_these_last(key):
    parts = grouped_choices(QUESTIONS[key])
    codes = []
    for first, second in parts:
        codes += [code for code, _words in second] if isinstance(second, list) else [first]
    sure = [code for code in codes if code not in ("none", "not_sure", "private")]

    assert sorted(codes) == sorted(QUESTIONS[key].codes)
    assert codes[: len(sure)] == sure
    assert all(second for _first, second in parts)


@pytest.mark.parametrize("key", PICTURES)
def test_every_picture_to_choose_has_a_drawing_and_words_of_its_own(key):
    drawn = PICTURES[key]

    assert set(drawn) == set(QUESTIONS[key].codes) - {"not_sure"}
    assert len({one.words for one in drawn.values()}) == len(drawn)
    assert len({one.parts for one in drawn.values()}) == len(drawn)


def test_doctors_scales_are_drawn_for_every_grade():
    assert set(SCALES["norwood"]) == set(scales.NORWOOD)
    assert list(SCALES["sinclair"]) == ["1", "2", "3", "4", "5"]


def test_questions_under_a_name_are_questions():
    assert set(ABOUT) <= set(QUESTIONS)


@pytest.fixture
def intake(client, at_now):
    patient = builders.a_patient(sex_at_birth="male")
    builders.a_consent(patient=patient)
    client.force_login(patient.account)
    return start_intake(patient=patient, by=patient.account, now=NOW)


def html(client, intake, page) -> str:
    return client.get(address(intake, page)).content.decode()


@pytest.mark.django_db
def test_spots_of_the_map_are_labels_of_the_checkboxes_beside_it(client, intake):
    page = html(client, intake, "where")
    spots = dict(re.findall(r'<label class="on-map on-(\w+)" for="(\w+)"', page))
    boxes = dict(re.findall(r'type="checkbox" name="hair_areas" value="(\w+)" id="(\w+)"', page))

    assert set(boxes) == set(QUESTIONS["hair_areas"].codes)
    assert spots == {code: boxes[code] for code in spots}
    assert set(boxes) - set(spots) == {"all_over", "brows", "lashes", "beard", "body"}
    assert '<div class="map" aria-hidden="true">' in page


@pytest.mark.django_db
def test_pictures_are_radio_buttons_with_words(client, intake):
    page = html(client, intake, "where")

    assert page.count('type="radio" name="norwood_picture"') == 13
    assert page.count('class="pattern"') == 12
    assert "The hairline is where it always was." in page


@pytest.mark.django_db
def test_scale_has_eleven_targets_and_says_what_its_ends_mean(client, intake):
    page = html(client, intake, "feelings")

    assert re.findall(r'type="radio" name="hair_impact" value="(\d+)"', page) == [str(n) for n in range(11)]
    assert "as bad as can be" in page


@pytest.mark.django_db
def test_treatments_stand_under_their_names_in_the_page_and_in_its_errors(client, intake):
    both = ["minoxidil_lotion", "mesotherapy"]
    send(client, intake, "treated", {"treatments_had": both, "tests_had": ["none"]})
    page = client.get(address(intake, "treatment_details"))
    wrong = send(client, intake, "treatment_details", {"tx_mesotherapy_status": "past"})

    assert [card["title"] for card in page.context["cards"] if card["title"]] == [
        "Minoxidil lotion or foam (Mintop, Tugain)",
        "Mesotherapy elsewhere: injections into the scalp",
    ]
    assert "(Mintop, Tugain): Do you use it now? – Please answer this question." in text_of(wrong)


@pytest.mark.django_db
def test_number_has_its_unit_beside_it(client, intake):
    send(client, intake, "treated", {"treatments_had": ["minoxidil_lotion"], "tests_had": ["none"]})

    assert re.search(r'name="tx_minoxidil_lotion_weeks".*?<span aria-hidden="true">weeks</span>',
                     html(client, intake, "treatment_details"), re.S)  # fmt: skip


@pytest.mark.django_db
def test_enter_goes_on_and_never_says_no_to_all(client, intake):
    """A browser takes the first button of a form for the Enter key."""
    form = html(client, intake, "medicines").partition('<form class="health"')[2]
    first = re.search(r"<button[^>]*>[^<]*</button>", form)[0]

    assert "Go on" in first
    assert "name=" not in first


@pytest.mark.django_db
def test_what_only_the_doctor_reads_says_so(client, intake):
    assert html(client, intake, "conditions").count("For the doctor alone") == 1
    save(client, intake, "feelings", {"hair_impact": "7"})
    assert html(client, intake, "feelings").count("For the doctor alone") == 3
