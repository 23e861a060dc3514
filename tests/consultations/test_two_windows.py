"""One form in two windows, on two devices: nothing is taken back in silence, and both answers are kept."""

import pytest
from django.test import Client

from consultations.models import Answer
from consultations.services.intakes import start_intake
from tests import builders
from tests.bookings.patient_clinic import at_now, buttons, text_of
from tests.builders import NOW
from tests.consultations import histories
from tests.consultations.form_steps import WELL, address, finish, opened, rows, save, send, stored, walk
from tests.consultations.histories import asked_first

__all__ = ["at_now"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(at_now):
    patient = builders.a_patient(sex_at_birth="male")
    builders.a_consent(patient=patient)
    return patient


@pytest.fixture
def intake(patient):
    return start_intake(patient=patient, by=patient.account, now=NOW)


@pytest.fixture
def phone(patient):
    return logged_in(patient)


@pytest.fixture
def laptop(patient):
    return logged_in(patient)


def logged_in(patient):
    client = Client()
    client.force_login(patient.account)
    return client


def check_page(client, intake) -> str:
    return text_of(client.get(f"/intake/{intake.pk}/check/"))


def both_open(phone, laptop, intake):
    """The first answers, then the page in two windows."""
    send(phone, intake, "well_now", WELL)
    return opened(phone, intake, "well_now"), opened(laptop, intake, "well_now")


def test_old_page_does_not_take_back_what_another_window_said(phone, laptop, intake):
    on_phone, on_laptop = both_open(phone, laptop, intake)
    send(phone, intake, "well_now", WELL | {"cold_sores": "past"}, **on_phone)
    sent = send(laptop, intake, "well_now", WELL | {"recent_vaccine": "not_sure"}, **on_laptop)

    assert sent["Location"] == address(intake, "conditions")
    assert stored(intake) == WELL | {"cold_sores": "past", "recent_vaccine": "not_sure"}
    assert rows(intake, "cold_sores") == ["never", "past"]


def test_answer_changed_in_both_windows_is_kept_twice_and_said(phone, laptop, intake):
    on_phone, on_laptop = both_open(phone, laptop, intake)
    send(phone, intake, "well_now", WELL | {"cold_sores": "past"}, **on_phone)
    sent = send(laptop, intake, "well_now", WELL | {"cold_sores": "now"}, **on_laptop)
    said = text_of(laptop.get(sent["Location"]))

    assert rows(intake, "cold_sores") == ["never", "past", "now"]
    assert sent["Location"] == f"{address(intake, 'well_now')}#differs"
    assert "You answered this twice, in two windows" in said
    assert "I have one now In the past, none now" in said


def test_the_newest_counts_until_somebody_chooses_the_other(phone, laptop, intake):
    on_phone, on_laptop = both_open(phone, laptop, intake)
    send(phone, intake, "well_now", WELL | {"cold_sores": "past"}, **on_phone)
    send(laptop, intake, "well_now", WELL | {"cold_sores": "now"}, **on_laptop)
    page = laptop.get(f"/intake/{intake.pk}/check/")
    _here, elsewhere = buttons(page, "choose")
    counted = stored(intake)["cold_sores"]
    chosen = laptop.post(f"/intake/{intake.pk}/choose/", {"choose": elsewhere})

    assert counted == "now"
    assert chosen["Location"] == f"/intake/{intake.pk}/check/"
    assert rows(intake, "cold_sores") == ["never", "past", "now", "past"]
    assert "two windows" not in check_page(laptop, intake)


def test_going_on_with_the_newer_answer_settles_it(phone, laptop, intake):
    on_phone, on_laptop = both_open(phone, laptop, intake)
    send(phone, intake, "well_now", WELL | {"cold_sores": "past"}, **on_phone)
    send(laptop, intake, "well_now", WELL | {"cold_sores": "now"}, **on_laptop)
    told = opened(laptop, intake, "well_now")
    sent = send(laptop, intake, "well_now", WELL | {"cold_sores": "now"}, **told)

    assert sent["Location"] == address(intake, "conditions")
    assert stored(intake)["cold_sores"] == "now"
    assert "two windows" not in check_page(laptop, intake)


def test_autosave_tells_what_the_other_window_said(phone, laptop, intake):
    on_phone, on_laptop = both_open(phone, laptop, intake)
    save(phone, intake, "well_now", WELL | {"cold_sores": "past"}, **on_phone)
    saved = save(laptop, intake, "well_now", WELL | {"cold_sores": "now"}, **on_laptop)

    assert "You answered this twice, in two windows" in text_of(saved)
    assert rows(intake, "cold_sores") == ["never", "past", "now"]


def test_one_window_that_changes_its_mind_is_not_two(phone, intake):
    send(phone, intake, "well_now", WELL)
    window = opened(phone, intake, "well_now")
    saved = save(phone, intake, "well_now", WELL | {"cold_sores": "past"}, **window)
    own = [str(pk) for pk in saved.context["window"].own]
    sent = send(phone, intake, "well_now", WELL | {"cold_sores": "now"}, **window, own=own)

    assert sent["Location"] == address(intake, "conditions")
    assert rows(intake, "cold_sores") == ["never", "past", "now"]


def test_question_answered_in_another_window_is_not_asked_again(phone, laptop, intake):
    on_laptop = opened(laptop, intake, "well_now")
    send(phone, intake, "well_now", WELL)
    rest = {key: value for key, value in WELL.items() if key != "cold_sores"}
    sent = send(laptop, intake, "well_now", rest, **on_laptop)

    assert sent["Location"] == address(intake, "conditions")
    assert rows(intake, "cold_sores") == ["never"]


def test_words_taken_out_in_an_old_window_do_not_take_out_newer_ones(phone, laptop, intake):
    window = opened(laptop, intake, "medicines")
    send(phone, intake, "medicines", {"medicines": ["iron"], "medicines_named": "Livogen"}, **window)
    send(laptop, intake, "medicines", {"medicines": ["iron"], "medicines_named": ""}, **window)

    assert stored(intake)["medicines_named"] == ["Livogen"]


def test_wrong_page_keeps_what_it_had_shown(phone, laptop, intake):
    """A page drawn again with its errors still shows old answers: they are no newer for that."""
    on_phone, on_laptop = both_open(phone, laptop, intake)
    send(phone, intake, "well_now", WELL | {"cold_sores": "past"}, **on_phone)
    wrong = send(laptop, intake, "well_now", WELL | {"recent_illness": "perhaps"}, **on_laptop)
    again = {"seen": str(wrong.context["window"].newest)}
    send(laptop, intake, "well_now", WELL, **again)

    assert wrong.status_code == 422
    assert stored(intake)["cold_sores"] == "past"


def test_what_is_for_the_doctor_alone_is_not_read_out(phone, laptop, intake):
    known = {"conditions": ["none"], "blood_borne": ["none"]}
    send(phone, intake, "conditions", known)
    on_phone, on_laptop = (opened(one, intake, "conditions") for one in (phone, laptop))
    send(phone, intake, "conditions", known | {"blood_borne": ["hbv"]}, **on_phone)
    send(laptop, intake, "conditions", known | {"blood_borne": ["hcv"]}, **on_laptop)
    said = check_page(laptop, intake)

    assert "You answered this twice, in two windows" in said
    assert "Hepatitis" not in said


def test_form_sent_by_one_window_takes_no_choice_from_the_other(phone, laptop, intake):
    walk(phone, intake, asked_first(histories.man()))
    finish(phone, intake)
    newest = Answer.objects.order_by("-pk")[0].pk
    chosen = laptop.post(f"/intake/{intake.pk}/choose/", {"choose": str(newest)})

    assert chosen["Location"] == f"/intake/{intake.pk}/sent/"
    assert Answer.objects.order_by("-pk")[0].pk == newest


@pytest.mark.parametrize("choose", ["", "x", "-1", "9" * 30, "१"])
def test_choice_of_nothing_changes_nothing(phone, intake, choose):
    chosen = phone.post(f"/intake/{intake.pk}/choose/", {"choose": choose})

    assert chosen["Location"] == f"/intake/{intake.pk}/check/"
    assert stored(intake) == {}


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_window_that_says_nothing_sensible_is_kept_all_the_same(phone, intake, seen):
    send(phone, intake, "well_now", WELL, seen=seen, own=["x", "9" * 30])

    assert stored(intake) == WELL
