import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from consultations.rules.ingredients import KNOWN_AS
from consultations.rules.planned import STATUSES, read_plan, recognise
from tests.consultations.histories import man
from treatments.rules.products import PRODUCTS, as_plan
from treatments.rules.protocols import PROTOCOLS

ROOT = Path(__file__).resolve().parents[2]
MAN = {key: value for key, value in man().items() if key != "born_on"} | {"age": 34}


def screened(tmp_path, question):
    file = tmp_path / "question.json"
    file.write_text(json.dumps(question), encoding="utf-8")
    out = io.StringIO()
    call_command("screen", str(file), stdout=out)
    return json.loads(out.getvalue())


def refusal(tmp_path, question):
    with pytest.raises(CommandError) as caught:
        screened(tmp_path, question)
    assert caught.value.returncode == 2
    return str(caught.value)


def manage(*arguments, stdin=""):
    """As typed by somebody with no settings in the environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CLINIC_VAR": "/nonexistent"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# As a command


def test_screen_needs_no_settings_and_prints_json_alone():
    question = {"answers": MAN, "planned": {"product": {"code": "dutasteride-0-05"}}, "on": "2026-11-22"}

    done = manage("screen", "-", stdin=json.dumps(question))

    assert (done.returncode, done.stderr) == (0, "")
    assert list(json.loads(done.stdout)) == ["outcome", "lane", "verdicts", "fired", "unclear"]


def test_screen_refuses_in_one_line_that_names_the_key_and_quotes_no_answer():
    question = {
        "answers": MAN | {"recent_illness_date": "1999-01-01", "pregnant": "secret"},
        "on": "2026-11-22",
    }

    done = manage("screen", "-", stdin=json.dumps(question))

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "answers.recent_illness_date" in done.stderr
    assert "secret" not in done.stderr and "1999" not in done.stderr


def test_screen_by_a_release_says_what_to_do_without_a_database():
    done = manage("screen", "-", "--rules", "1", stdin=json.dumps({"answers": {}, "on": "2026-11-22"}))

    assert (done.returncode != 0, done.stdout, len(done.stderr.splitlines())) == (True, "", 1)


def test_questionnaire_lists_every_question_without_settings():
    done = manage("questionnaire", "--json")
    questions = {question["key"]: question for question in json.loads(done.stdout)}

    assert (done.returncode, done.stderr) == (0, "")
    assert questions["lmp"]["range"] == [0, 400]
    assert questions["pregnant"]["choices"] == ["no", "yes", "possibly", "not_sure", "private"]
    assert questions["pregnant"]["shown_if"][0] == "all"
    assert (questions["pregnant"]["required"], questions["pregnant"]["safety"]) == (True, True)
    assert {"key", "type", "choices", "range", "unit", "shown_if", "required", "safety"} <= set(
        questions["age"]
    )


def test_questionnaire_reads_as_text_too():
    done = manage("questionnaire")

    assert done.returncode == 0
    assert "  pregnant (choice, required, safety, only if it applies): Are you pregnant?" in done.stdout


# What it says


def test_nothing_found(tmp_path):
    result = screened(tmp_path, {"answers": MAN, "on": "2026-11-22"})

    assert (result["outcome"], result["lane"], result["unclear"]) == ("SUPPORT", "none", [])


@pytest.mark.parametrize(
    ("planned", "outcome"),
    [
        (None, "SUPPORT"),
        ({}, "SUPPORT"),
        ({"product": {"code": "multivitamin-cocktail"}}, "ABS"),
        ({"product": {"code": "multivitamin-cocktail", "status": "licensed_injectable"}}, "SUPPORT"),
        ({"product": {"code": "triamcinolone"}}, "SUPPORT"),
        ({"product": {"code": "minoxidil-0-5"}}, "CAUTION"),
        ({"product": {"code": "home-brew", "status": "unknown"}}, "ABS"),
        ({"product": {"ingredients": ["biotin"], "status": "unlicensed"}}, "ABS"),
        ({"product": {"ingredients": ["biotin"], "status": "licensed"}}, "SUPPORT"),
        ({"product": {"status": "unknown"}}, "ABS"),
        ({"anaesthetic": "EMLA", "mg": 100, "adrenaline": False, "technique": "nappage"}, "SUPPORT"),
        ({"anaesthetic": "lidocaine", "mg": 300}, "SUPPORT"),
        ({"anaesthetic": "lidocaine", "mg": 300.5}, "ABS"),
        ({"anaesthetic": "lidocaine", "mg": 400}, "ABS"),
        ({"anaesthetic": "lidocaine", "mg": 400, "adrenaline": False}, "ABS"),
        ({"anaesthetic": "lidocaine", "mg": 400, "adrenaline": True}, "SUPPORT"),
        ({"anaesthetic": "lidocaine", "mg": 477, "adrenaline": True}, "ABS"),
        ({"anaesthetic": "none", "mg": 400}, "SUPPORT"),
    ],
)
def test_the_plan_decides(tmp_path, planned, outcome):
    assert screened(tmp_path, {"answers": MAN, "planned": planned, "on": "2026-11-22"})["outcome"] == outcome


def test_the_dose_goes_by_the_weight_and_a_missing_one_is_asked_for(tmp_path):
    planned = {"anaesthetic": "lidocaine", "mg": 226}

    def outcome(weight):
        answers = {key: value for key, value in (MAN | {"weight_kg": weight}).items() if value is not None}
        found = screened(tmp_path, {"answers": answers, "planned": planned, "on": "2026-11-22"})
        return found["outcome"], [one["key"] for one in found["unclear"]]

    assert outcome(50) == ("ABS", [])
    assert outcome(50.3) == ("SUPPORT", [])
    assert outcome(None) == ("REVIEW", ["weight_kg"])
    assert outcome("not_sure") == ("REVIEW", ["weight_kg"])


def test_a_birth_date_gives_the_age_on_that_day(tmp_path):
    answers = {key: value for key, value in MAN.items() if key != "age"} | {"born_on": "2008-11-22"}

    young = screened(tmp_path, {"answers": answers, "on": "2026-11-21"})
    grown = screened(tmp_path, {"answers": answers, "on": "2026-11-22"})

    assert (young["outcome"], grown["outcome"]) == ("ABS", "SUPPORT")


def test_a_dated_wait_lapses_on_its_day(tmp_path):
    answers = MAN | {"recent_illness": "yes", "recent_illness_date": "2026-11-08"}

    before = screened(tmp_path, {"answers": answers, "on": "2026-11-21"})
    after = screened(tmp_path, {"answers": answers, "on": "2026-11-22"})

    assert (before["outcome"], before["fired"][0]["until"], after["outcome"]) == (
        "DEFER",
        "2026-11-22",
        "SUPPORT",
    )


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ([], "input:"),
        ({"answers": {}}, "input:"),
        ({"answers": {}, "on": "2026-11-22", "colour": 1}, "input:"),
        ({"answers": [], "on": "2026-11-22"}, "answers:"),
        ({"answers": {}, "on": "22/11/2026"}, "on:"),
        ({"answers": {}, "on": 5}, "on:"),
        ({"answers": {"colour": "red"}, "on": "2026-11-22"}, "answers.colour:"),
        ({"answers": {"Has HIV since 2019": "yes"}, "on": "2026-11-22"}, "answers:"),
        ({"answers": {"pregnant": "maybe"}, "on": "2026-11-22"}, "answers.pregnant:"),
        ({"answers": {"conditions": ["none", "heart"]}, "on": "2026-11-22"}, "answers.conditions:"),
        ({"answers": {"lmp": "2026-11-23"}, "on": "2026-11-22"}, "answers.lmp:"),
        (
            {"answers": {"age": 25, "duration_value": 30, "duration_unit": "years"}, "on": "2026-11-22"},
            "answers.duration_value:",
        ),
        ({"answers": {}, "planned": [], "on": "2026-11-22"}, "planned:"),
        ({"answers": {}, "planned": {"product": []}, "on": "2026-11-22"}, "planned.product:"),
        (
            {"answers": {}, "planned": {"product": {"code": "nope"}}, "on": "2026-11-22"},
            "planned.product.code:",
        ),
        ({"answers": {}, "planned": {"product": {"code": {}}}, "on": "2026-11-22"}, "planned.product.code:"),
        ({"answers": {}, "planned": {"mg": "lots"}, "on": "2026-11-22"}, "planned.mg:"),
    ],
)
def test_bad_input_is_refused_with_its_key(tmp_path, question, start):
    assert refusal(tmp_path, question).startswith(start)


def test_an_answer_taken_back_is_no_answer(tmp_path):
    result = screened(tmp_path, {"answers": MAN | {"conditions": None}, "on": "2026-11-22"})

    assert [one["key"] for one in result["unclear"]] == ["conditions"]


# The products


def test_products_have_a_known_status_and_ingredients():
    for product in PRODUCTS.values():
        assert product.status in STATUSES, product.code
        assert all(recognise(name) for name in product.ingredients), product.code


def test_every_protocol_has_its_product():
    assert {protocol.product_code for protocol in PROTOCOLS.values()} - set(PRODUCTS) == set()


def test_a_product_plan_counts_the_scopes_of_its_ingredients():
    assert read_plan({"product": as_plan("dutasteride-0-05")}).scopes == {"ALL", "PRODUCT", "5ARI"}
    assert as_plan("nope") is None


def test_the_longest_name_wins():
    assert [one.code for one in recognise("Benzyl Alcohol 0.9 %")] == ["benzyl_alcohol"]
    assert recognise("moon dust") == []
    assert all(name == name.casefold() for name in KNOWN_AS)
