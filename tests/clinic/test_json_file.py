import io
import sys
from datetime import UTC, date, datetime

import pytest
from django.core.management.base import CommandError

from clinic.management import json_file


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(CommandError) as caught:
        call(*args, **kwargs)
    assert caught.value.returncode == 2
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_read_json_reads_a_file(tmp_path):
    path = tmp_path / "in.json"
    path.write_text('{"name": "ಲಕ್ಷ್ಮಿ", "n": [1, 2.5, null, true]}', encoding="utf-8")
    assert json_file.read_json(str(path)) == {"name": "ಲಕ್ಷ್ಮಿ", "n": [1, 2.5, None, True]}


def test_read_json_reads_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}')))
    assert json_file.read_json("-") == {"a": 1}


def test_read_json_refuses_a_closed_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert refusal(json_file.read_json, "-") == "The input can't be read: standard input is closed."


def test_read_json_refuses_a_missing_file(tmp_path):
    message = refusal(json_file.read_json, str(tmp_path / "none.json"))
    assert message == "The input can't be read: No such file or directory."


def test_read_json_refuses_a_folder(tmp_path):
    assert refusal(json_file.read_json, str(tmp_path)) == "The input can't be read: Is a directory."


def test_read_json_refuses_a_name_with_nul():
    assert refusal(json_file.read_json, "a\0b") == "The input can't be read: that is no file name."


def test_read_json_refuses_what_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "MAX_BYTES", 4)
    path = tmp_path / "in.json"
    path.write_bytes(b"1234")
    assert json_file.read_json(str(path)) == 1234
    path.write_bytes(b"12345")
    assert refusal(json_file.read_json, str(path)).startswith("The input is larger than")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"12345")))
    assert refusal(json_file.read_json, "-").startswith("The input is larger than")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The input is not JSON: line 1, column 1."),
        (b'{"secret": }', "The input is not JSON: line 1, column 12."),
        (b'{"a": 1} x', "The input is not JSON: line 1, column 10."),
        (b"\xef\xbb\xbf{}", "The input is not JSON: line 1, column 1."),
        (b'"\xff"', "The input is not valid UTF-8."),
        (b'"\xed\xa0\x80"', "The input is not valid UTF-8."),
        (b'["\\ud800"]', "The input holds half of a surrogate pair."),
        (b'{"\\udfff": 1}', "The input holds half of a surrogate pair."),
        (b'"a\\u0000b"', "The input holds a NUL character."),
        (b'{"\\u0000": 1}', "The input holds a NUL character."),
        (b"NaN", "The input holds NaN or Infinity, which JSON does not know."),
        (b'{"a": -Infinity}', "The input holds NaN or Infinity, which JSON does not know."),
        (b"1e999", "The input holds a number that is too large."),
        (b"9" * 5000, "The input holds a number that is too long."),
        (b'{"secret": 1, "secret": 2}', "The input names a key twice in one object."),
        (b"[" * 41 + b"]" * 41, "The input is nested deeper than 40 levels."),
        (b"[" * 100_000 + b"]" * 100_000, "The input is nested deeper than 40 levels."),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "The input is nested deeper than 40 levels."),
    ],
)
def test_parse_json_refuses_without_quoting(content, message):
    assert refusal(json_file.parse_json, content) == message


def test_parse_json_takes_forty_levels_and_paired_surrogates():
    assert json_file.parse_json(b"[" * 40 + b"]" * 40)
    assert json_file.parse_json(b'"\\ud83d\\ude00"') == "😀"


def test_fields_names_what_is_missing_and_what_is_known():
    assert json_file.fields({"a": 1}, "gap", required=["a"], optional=["b"]) == {"a": 1}
    assert refusal(json_file.fields, [], "gap", required=["a"]) == "gap: an object is needed."
    assert refusal(json_file.fields, {}, "gap", required=["a"]) == 'gap: "a" is missing.'
    extra = {"a": 1, "secret": 2}
    assert refusal(json_file.fields, extra, "gap", required=["a"]) == "gap: unknown key; known are a."


@pytest.mark.parametrize("value", [True, 1.0, "1", None, [], {}])
def test_whole_number_refuses_other_types(value):
    message = refusal(json_file.whole_number, value, "cost", least=0, most=9)
    assert message == "cost: a whole number is needed."


def test_whole_number_keeps_to_its_bounds():
    assert [json_file.whole_number(n, "cost", least=0, most=9) for n in (0, 9)] == [0, 9]
    for number in (-1, 10):
        message = refusal(json_file.whole_number, number, "cost", least=0, most=9)
        assert message == "cost: a number from 0 to 9 is needed."


@pytest.mark.parametrize(
    "value", ["20270104", "2027-W01-1", "2027-02-29", "2027-1-4", "", 5, None, "2027-01-04T00"]
)
def test_calendar_date_takes_one_form_only(value):
    assert json_file.calendar_date("2028-02-29", "day") == date(2028, 2, 29)
    message = refusal(json_file.calendar_date, value, "day")
    assert message == "day: a date such as 2027-01-04 is needed."


@pytest.mark.parametrize("value", ["2027-01-04T10:30:00", "2027-01-04", "soon", 7, None, "2027-01-04T25:00Z"])
def test_aware_instant_refuses_naive_and_broken_times(value):
    assert json_file.aware_instant("2027-01-04T10:30:00Z", "at") == datetime(2027, 1, 4, 10, 30, tzinfo=UTC)
    assert refusal(json_file.aware_instant, value, "at").startswith("at: a time with its offset")


@pytest.mark.parametrize(("year", "is_taken"), [(1849, False), (1850, True), (2999, True), (3000, False)])
def test_dates_and_times_keep_away_from_the_ends_of_the_calendar(year, is_taken):
    texts = {json_file.calendar_date: f"{year}-12-31", json_file.aware_instant: f"{year}-12-31T23:00+14:00"}
    for read, text in texts.items():
        if is_taken:
            assert read(text, "at").year == year
        else:
            assert refusal(read, text, "at") == "at: a year from 1850 to 2999 is needed."


def test_items_names_the_place_of_a_bad_item():
    def read(value, where):
        return json_file.whole_number(value, where, least=0, most=9)

    assert json_file.items([1, 2], "list", read) == [1, 2]
    assert refusal(json_file.items, {}, "list", read) == "list: a list is needed."
    assert refusal(json_file.items, [1, "x"], "list", read) == "list[1]: a whole number is needed."
