"""Who is stopped kindly before anything else is asked, what is read back, and who comes back after months."""

from datetime import date, timedelta

import pytest

from clinic.models import Patient
from consultations.models import Answer, Intake
from consultations.services.intakes import start_intake
from tests import builders
from tests.bookings.patient_clinic import at_now, hidden, set_clock, text_of
from tests.builders import NOW
from tests.consultations import histories
from tests.consultations.form_steps import WELL, address, finish, rows, save, send, stored, walk
from tests.consultations.histories import asked_first

__all__ = ["at_now"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(client, at_now):
    patient = builders.a_patient(born_on=None, sex_at_birth="")
    builders.a_consent(patient=patient)
    client.force_login(patient.account)
    return start_intake(patient=patient, by=patient.account, now=NOW)


def man(**changes):
    return asked_first(histories.man(**changes))


# Under eighteen


def born(client, intake, day):
    return send(client, intake, "about_you", {"born_on": day, "sex_at_birth": "male"})


def test_child_is_stopped_kindly_and_asked_nothing_more(client, intake):
    stopped = born(client, intake, "2008-11-03")
    said = text_of(client.get(stopped["Location"]))

    assert stopped["Location"] == f"/intake/{intake.pk}/adults/"
    assert "This treatment is for adults" in said
    assert "Book a consultation with a parent" in said
    for elsewhere in ("/intake/", address(intake, "medicines"), f"/intake/{intake.pk}/check/"):
        assert client.get(elsewhere)["Location"] == f"/intake/{intake.pk}/adults/"


def test_of_a_child_only_the_birth_date_is_kept(client, intake):
    born(client, intake, "2008-11-03")
    send(client, intake, "medicines", {"medicines": ["iron"]})
    save(client, intake, "well_now", WELL)
    finish(client, intake)

    assert stored(intake) == {"born_on": "2008-11-03"}
    assert Patient.objects.get().sex_at_birth == ""
    assert Intake.objects.get().submitted_at is None


def test_who_turns_eighteen_today_is_an_adult(client, intake):
    assert born(client, intake, "2008-11-02")["Location"] == address(intake, "family")


def test_wrong_birth_date_can_be_put_right(client, intake):
    born(client, intake, "2008-11-03")
    page = client.get(address(intake, "about_you"))
    right = {"born_on": "1998-11-03", "sex_at_birth": "male"}
    sent = send(client, intake, "about_you", right, seen=hidden(page, "seen"))

    assert sent["Location"] == address(intake, "family")
    assert client.get(f"/intake/{intake.pk}/adults/")["Location"] == "/intake/"


def test_birth_date_nobody_is_sure_of_stops_nobody(client, intake):
    assert born(client, intake, "not_sure")["Location"] == address(intake, "well_now")


def test_who_is_known_to_be_a_child_is_asked_nothing_at_all(client, at_now):
    patient = builders.a_patient(born_on=date(2010, 1, 1))
    client.force_login(patient.account)
    said = text_of(client.get("/intake/"))

    assert "This treatment is for adults" in said
    assert "Of what you typed" not in said
    assert Intake.objects.count() == 0


# Read back


def test_five_answers_are_read_back_each_with_a_change(client, intake):
    walk(client, intake, man())
    page = client.get(f"/intake/{intake.pk}/check/")
    said = text_of(page)

    assert "Before you send it: you told us You take no blood thinner. Change" in said
    assert len(page.context["statements"]) == 5
    assert all(one["change"].startswith(f"/intake/{intake.pk}/") for one in page.context["statements"])


def test_nothing_is_sent_before_the_tick(client, intake):
    walk(client, intake, man())
    answer = client.post(f"/intake/{intake.pk}/check/")

    assert answer.status_code == 422
    assert b"<title>Error: " in answer.content
    assert b'href="#id_right"' in answer.content
    assert Intake.objects.get().submitted_at is None


@pytest.mark.parametrize(
    ("page", "answers", "next_page"),
    [
        ("family", {"pregnant": "yes", "breastfeeding": "no", "androgen_signs": ["none"]}, "well_now"),
        ("medicines", {"medicines": ["warfarin"]}, "medicine_details"),
    ],
)
def test_what_people_fear_to_say_is_thanked_for(client, intake, page, answers, next_page):
    send(client, intake, "about_you", {"born_on": "1990-05-03", "sex_at_birth": "female"})
    send(client, intake, page, answers)
    said = text_of(client.get(address(intake, next_page)))

    assert "Thank you for telling us." in said
    assert "your consultation stays booked" in said
    assert "Keep taking every medicine" in said


def test_sore_scalp_with_fever_is_asked_to_call_today(client, intake):
    save(client, intake, "well_now", WELL | {"scalp_signs": ["pustules"]})
    send(client, intake, "well_now", WELL | {"scalp_signs": ["pustules"], "scalp_fever": "yes"})
    said = text_of(client.get(address(intake, "conditions")))

    assert "Please call us today" in said
    assert "Call 112 now" in said


# Back after months


@pytest.fixture
def update(client, intake, at_now):
    """Sent in November; back in March."""
    walk(client, intake, man())
    finish(client, intake)
    set_clock(at_now, NOW + timedelta(days=130))
    client.post("/intake/update/")
    return Intake.objects.get(purpose="update")


def test_what_is_old_comes_first_with_its_age(client, update):
    page = client.get(f"/intake/{update.pk}/check/")
    said = text_of(page)

    assert "Answered months ago" in said
    assert "4 months ago" in said
    newer = [row for part in page.context["sections"] for row in part["rows"]]
    assert {tuple(row["answers"]) for row in newer} == {("left out",)}


def test_one_tap_says_that_all_of_it_still_holds(client, update):
    page = client.get(f"/intake/{update.pk}/check/")
    same = client.post(f"/intake/{update.pk}/same/", {"seen": hidden(page, "seen")})
    said = text_of(client.get(same["Location"]))

    assert stored(update) == {key: value for key, value in man().items() if key != "lmp"}
    assert "Answered months ago" not in said
    assert finish(client, update)["Location"] == f"/intake/{update.pk}/sent/"


def test_tap_on_an_old_page_does_not_confirm_what_was_changed_since(client, update):
    page = client.get(f"/intake/{update.pk}/check/")
    send(
        client,
        update,
        "allergies",
        {"allergies": ["latex"], "severe_reaction": "no", "reaction_kind": ["rash"]},
    )
    client.post(f"/intake/{update.pk}/same/", {"seen": hidden(page, "seen")})

    assert rows(update, "allergies") == [["latex"]]


def test_changed_answers_count_and_the_old_stay(client, update):
    send(client, update, "medicines", {"medicines": ["warfarin"]}, then="check")
    sent = finish(client, update)

    assert rows(update, "medicines") == [["warfarin"]]
    assert Answer.objects.filter(key="medicines").count() == 2
    assert "then=check" in sent["Location"]  # what hangs on it is still to be told


def test_nothing_is_old_on_the_day_it_was_said(client, intake):
    walk(client, intake, man())
    finish(client, intake)
    client.post("/intake/update/")
    update = Intake.objects.get(purpose="update")

    assert "Answered months ago" not in text_of(client.get(f"/intake/{update.pk}/check/"))
