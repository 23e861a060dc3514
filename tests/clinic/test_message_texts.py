"""Every kind with every field: it says where and when, and nothing that tells a bystander why."""

import re
import string

import pytest

from clinic.models import Message
from clinic.rules.message_texts import (
    CODE_TEXT,
    CODE_TITLE,
    FIELD_NAMES,
    KINDS,
    MessageFields,
    Rendered,
    render,
    render_code,
)

FIELDS = MessageFields(
    place="Example Clinic",
    area="Indiranagar",
    weekday_day="Tue 24 Nov",
    time="10:30 am",
    link="https://clinic.example/my",
)
# Parts of words, so that every form of them is caught; a text is searched with its fields left out too.
BANNED = (
    "hair", "scalp", "skin", "derm", "meso", "therap", "treat", "inject", "needle", "session", "course",
    "procedure", "alopec", "bald", "minox", "finast", "dutast", "prp", "steroid", "triamcin", "lidoc", "numb",
    "anaesth", "anesth", "product", "medicine", "dose", "pregnan", "diagnos", "condition", "symptom",
    "answer", "screen", "doctor", "nurse", "patient", "result", "test", "photo", "health", "dear", "stop",
)  # fmt: skip


def test_the_demos_name_in_messages_does_not_say_what_it_does(settings):
    assert [word for word in BANNED if word in settings.CLINIC_NEUTRAL_NAME.lower()] == []


def test_nothing_can_be_told_beyond_five_fields():
    assert FIELD_NAMES == ("place", "area", "weekday_day", "time", "link")
    used = {
        name for kind in KINDS.values() for part in (kind.text, kind.title)
        for _, name, _, _ in string.Formatter().parse(part) if name
    }  # fmt: skip
    assert used == set(FIELD_NAMES)


@pytest.mark.parametrize("code", KINDS)
def test_place_area_weekday_and_link_are_always_there(code):
    text = render(code, FIELDS, str).text

    missing = [
        value for value in (FIELDS.place, FIELDS.area, FIELDS.weekday_day, FIELDS.link) if value not in text
    ]
    assert missing == []


@pytest.mark.parametrize("code", KINDS)
def test_no_text_or_title_says_what_a_visit_is_for(code):
    message = MessageFields(place="P", area="A", weekday_day="W", time="T", link="L")
    rendered = render(code, message, str)

    words = f"{rendered.title} {rendered.text}".lower()
    assert [word for word in BANNED if word in words] == []


@pytest.mark.parametrize("code", KINDS)
def test_a_text_message_in_plain_letters_is_one_part_long(code):
    text = render(code, FIELDS, str).text

    assert re.fullmatch(r"[A-Za-z0-9 .,:/'-]*", text), "a letter outside GSM-7 halves the length"
    assert len(text) <= 160


@pytest.mark.parametrize("name", ["place", "area", "weekday_day", "link"])
def test_a_message_without_its_place_day_or_link_cannot_be_made(name):
    values = {field: getattr(FIELDS, field) for field in FIELD_NAMES} | {name: ""}

    with pytest.raises(ValueError, match=name):
        MessageFields(**values)


def test_braces_in_a_place_are_only_letters():
    odd = MessageFields(place="{link} {0}", area="A", weekday_day="W", time="T", link="L")

    assert render("booked", odd, str).text == "Your visit at {link} {0}, A is booked: W, T. To move it: L"


def test_code_text_says_the_code_first():
    assert render_code("123456", minutes=10, translate=str) == Rendered(
        "Your log-in code", "123456 is your log-in code. It works for 10 minutes. We never ask you for it."
    )
    words = f"{CODE_TITLE} {CODE_TEXT}".lower()
    assert [word for word in BANNED if word in words] == []


def test_kinds_fit_their_column():
    assert max(map(len, KINDS)) <= Message._meta.get_field("kind").max_length
