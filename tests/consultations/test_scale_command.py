import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]


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


def graded(tmp_path, name, fields):
    file = tmp_path / "fields.json"
    file.write_text(fields if isinstance(fields, str) else json.dumps(fields), encoding="utf-8")
    out = io.StringIO()
    call_command("scale", name, str(file), stdout=out)
    return json.loads(out.getvalue())


def test_scale_needs_no_settings_and_prints_json_alone():
    done = manage("scale", "salt", "-", stdin='{"top": 50, "back": 25, "right": 10, "left": 20}')

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "score": 31.4, "shown": "31.4", "subclass": "S2", "aa_scale": "moderate", "is_very_severe": False,
    }  # fmt: skip


def test_scale_refuses_in_one_line_with_code_2_and_quotes_nothing():
    done = manage("scale", "norwood", "-", stdin='"secret"')

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "value:" in done.stderr and "secret" not in done.stderr


def test_the_list_names_every_scale_with_its_fields():
    done = manage("scale", "--list")
    listed = {one["name"]: one for one in json.loads(done.stdout)}

    assert (done.returncode, done.stderr) == (0, "")
    assert (listed["salt"]["required"], listed["salt"]["optional"]) == (["top", "back", "right", "left"], [])
    assert {"shedding_sinclair_2015", "shedding_martinez_velasco_2017", "dlqi"} <= set(listed)


@pytest.mark.parametrize(
    ("name", "fields", "result"),
    [
        ("norwood", {"value": "IIIv"}, {"code": "IIIV", "ordinal": 3.5}),
        ("norwood", '""', {"code": None, "ordinal": None}),
        ("sinclair", "1", {"grade": 1, "is_pattern_loss": False}),
        ("shedding-sinclair-2015", {"value": 5}, {"grade": 5, "verdict": "excessive"}),
        ("terminal_vellus", {"terminal": 70, "vellus": 0}, {"ratio": None, "verdict": "no_vellus"}),
        (
            "hair_density",
            {"density": 223},
            {"density": {"value": 223.0, "unit": "hairs/cm²", "reference": "within"}},
        ),
    ],
)
def test_results_are_plain_data(tmp_path, name, fields, result):
    assert graded(tmp_path, name, fields) == result


@pytest.mark.parametrize(
    ("name", "fields", "starts"),
    [
        ("secret", "{}", "NAME:"), ("salt", "{", "The input is not JSON"), ("salt", "[]", "input:"),
        ("salt", '{"top": NaN, "back": 0, "right": 0, "left": 0}', "The input holds NaN"),
        ("salt", {"top": 101, "back": 0, "right": 0, "left": 0}, "top:"),
        ("sinclair", "5.5", "value:"), ("dlqi", {"total": 31}, "total:"), ("pain", "null", "value:"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_its_field(tmp_path, name, fields, starts):
    with pytest.raises(CommandError) as caught:
        graded(tmp_path, name, fields)

    assert caught.value.returncode == 2
    assert str(caught.value).startswith(starts) and "secret" not in str(caught.value)


@pytest.mark.parametrize("arguments", [(), ("salt",)])
def test_a_scale_and_a_file_are_needed(arguments):
    with pytest.raises(CommandError) as caught:
        call_command("scale", *arguments)

    assert (caught.value.returncode, "NAME and FILE" in str(caught.value)) == (2, True)
