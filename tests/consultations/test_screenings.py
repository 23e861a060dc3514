import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from consultations import refusals
from consultations.models import Answer, Screening
from consultations.rules.candidacy import rules_content, rules_from
from consultations.rules.candidacy_rules import RULES
from consultations.rules.planned import BadPlan
from consultations.services.publishing import rules_release
from consultations.services.screenings import patient_answers, record_facts, screen
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import product, woman

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)
CLEAR = woman(lmp="2026-10-25")


def a_patient(answers=CLEAR, **fields):
    patient = builders.a_patient(born_on=date(1997, 5, 4), **fields)
    builders.an_intake(patient=patient, answers=answers)
    return patient


def test_a_result_is_kept_with_what_it_was_made_of():
    patient = a_patient()

    screening = screen(patient=patient, planned=product("dutasteride"), now=NOW)

    screening.refresh_from_db()
    assert (screening.outcome, screening.verdicts["5ARI"], screening.on, screening.at) == (
        "ABS",
        "ABS",
        TODAY,
        NOW,
    )
    assert screening.planned == product("dutasteride")
    assert screening.answers == CLEAR
    assert screening.last_answer_id == Answer.objects.order_by("-pk")[0].pk
    assert [one["id"] for one in screening.fired if one["outcome"] != "SUPPORT"] == ["R-05"]
    assert (screening.rules, screening.unclear) == (rules_release(now=NOW), [])


def test_the_release_holds_the_rules_that_were_used():
    screening = screen(patient=a_patient(), planned=None, now=NOW)

    assert rules_content(rules_from(screening.rules.content)) == rules_content(RULES)


def test_the_same_question_on_the_same_day_is_the_same_row():
    patient = a_patient()

    first = screen(patient=patient, planned=product("biotin"), now=NOW)
    again = screen(patient=patient, planned=product("biotin"), now=NOW + timedelta(hours=2))

    assert (first.pk, Screening.objects.count()) == (again.pk, 1)


@pytest.mark.parametrize("difference", ["plan", "day", "answer", "record"])
def test_anything_new_makes_a_new_row(difference):
    answers = {key: value for key, value in CLEAR.items() if key != "born_on"}
    patient, planned, now = a_patient(answers), None, NOW
    first = screen(patient=patient, planned=planned, now=now)
    if difference == "plan":
        planned = product("biotin")
    if difference == "day":
        now = NOW + timedelta(days=1)
    if difference == "answer":
        builders.an_intake(patient=patient, answers={"medicines": ["warfarin"]}, purpose="update")
    if difference == "record":
        patient.born_on = date(2009, 1, 1)
        patient.save(update_fields=["born_on"])

    second = screen(patient=patient, planned=planned, now=now)

    assert (first.pk != second.pk, Screening.objects.count()) == (True, 2)


def test_a_dated_wait_is_over_on_its_day():
    answers = CLEAR | {"recent_illness": "yes", "recent_illness_date": "2026-10-30"}
    patient = a_patient(answers)

    early = screen(patient=patient, planned=None, now=NOW)
    late = screen(patient=patient, planned=None, now=NOW + timedelta(days=11))

    waits = [one["until_on"] for one in early.fired if one["id"] == "R-16"]
    assert (early.outcome, waits, late.outcome) == ("DEFER", ["2026-11-13"], "SUPPORT")


def test_the_day_is_the_clinics_and_not_londons():
    patient = a_patient()
    late_evening = NOW.replace(hour=19)  # half past midnight in Bengaluru

    assert screen(patient=patient, planned=None, now=late_evening).on == TODAY + timedelta(days=1)


def test_the_newest_answer_over_all_intakes_counts():
    patient = a_patient()
    builders.an_intake(patient=patient, answers={"medicines": ["warfarin"], "lmp": None}, purpose="update")

    answers = patient_answers(patient, TODAY)

    assert (answers["medicines"], "lmp" in answers, answers["conditions"]) == (["warfarin"], False, ["none"])


def test_answers_to_questions_that_are_gone_are_left_out():
    patient = a_patient(CLEAR | {"retired_question": "yes"})

    assert "retired_question" not in patient_answers(patient, TODAY)
    assert screen(patient=patient, planned=None, now=NOW).outcome == "SUPPORT"


def test_nothing_is_screened_before_the_first_answer():
    with pytest.raises(refusals.NothingAnswered):
        screen(patient=builders.a_patient(), planned=None, now=NOW)


def test_a_plan_that_cannot_be_read_keeps_nothing():
    patient = a_patient()

    with pytest.raises(BadPlan):
        screen(patient=patient, planned={"product": "biotin"}, now=NOW)

    assert Screening.objects.count() == 0


@pytest.mark.parametrize(
    ("record", "facts"),
    [
        ({"born_on": date(1990, 5, 17), "sex_at_birth": ""}, {"born_on": "1990-05-17"}),
        ({"born_on": None, "approximate_birth_year": 2008, "sex_at_birth": ""}, {"age": 17}),
        ({"born_on": None, "approximate_birth_year": 2007, "sex_at_birth": ""}, {"age": 18}),
        ({"born_on": None, "approximate_birth_year": 2026, "sex_at_birth": ""}, {"age": 0}),
        ({"born_on": None, "sex_at_birth": "private"}, {"sex_at_birth": "private"}),
    ],
)
def test_what_the_record_says(record, facts):
    assert record_facts(builders.a_patient(**record), TODAY) == facts


# The command, by a published release


def screened(tmp_path, *options):
    file = tmp_path / "question.json"
    file.write_text(json.dumps({"answers": CLEAR, "on": "2026-11-02"}), encoding="utf-8")
    out = io.StringIO()
    call_command("screen", str(file), *options, stdout=out)
    return json.loads(out.getvalue())


def test_screen_by_a_release_uses_its_rules_and_not_todays(tmp_path):
    builders.a_release(kind="rules", code="candidacy", content={"rules": []}, version=1)
    published = rules_release(now=NOW)

    assert screened(tmp_path, "--rules", "1")["fired"] == []
    assert published.version == 2
    assert screened(tmp_path, "--rules", "candidacy-2") == screened(tmp_path)


@pytest.mark.parametrize("release", ["9", "latest", "-1", "", "²", "1 OR 1=1"])
def test_screen_by_a_release_that_is_not_there(tmp_path, release):
    with pytest.raises(CommandError) as caught:
        screened(tmp_path, f"--rules={release}")

    assert (caught.value.returncode, str(caught.value).startswith("--rules:")) == (2, True)
