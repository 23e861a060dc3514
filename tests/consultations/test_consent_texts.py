"""The words that people agree to: complete, plain, without a promise, and one release a language."""

import re

import pytest

from consultations.rules import consent_texts
from consultations.rules.consent_texts import CONSENT_TEXTS, consent_content

PROMISES = re.compile(
    r"\b(safe|safely|eligible|guarantee\w*|regrow\w*|cure[sd]?|permanent\w*|painless\w*|best|proven|success\w*"
    r"|miracle|effective)\b",
    re.I,
)
LEAVING_OFF = re.compile(
    r"\b(stop|pause|avoid|leave off|give up|quit)\b[^.]*\b(medicine|tablet|drug|lotion)", re.I
)
PROCEDURES = (consent_texts.PROCEDURE, consent_texts.PROCEDURE_OFF_LABEL)


def text_of(document):
    content = consent_content(document)
    return "\n".join((content["title"], *content["paragraphs"], content["sentence"]))


@pytest.mark.parametrize("document", CONSENT_TEXTS)
def test_a_release_says_for_what_in_which_language_and_every_word(document):
    content = consent_content(document)
    assert set(content) == {"purpose", "language", "title", "paragraphs", "sentence"}
    assert (content["purpose"], content["language"]) == (consent_texts.purpose_of(document), "en")
    assert all(content[part] for part in ("title", "paragraphs", "sentence"))


@pytest.mark.parametrize("document", CONSENT_TEXTS)
def test_nothing_is_promised_and_no_medicine_is_left_off(document):
    assert PROMISES.findall(text_of(document)) == []
    assert LEAVING_OFF.findall(text_of(document)) == []


@pytest.mark.parametrize("document", CONSENT_TEXTS)
def test_each_says_that_it_can_be_taken_back_at_any_time(document):
    words = text_of(document)
    assert "at any time" in words
    assert "in the clinic or by phone" in words


@pytest.mark.parametrize("document", PROCEDURES)
@pytest.mark.parametrize(
    "told",
    [
        "evidence is limited", "Doing nothing is a choice", "lotions and tablets that have been studied more",
        "Infection", "Lumps", "Scars", "Loss of hair at the injected places", "weeks to months after",
        "headache", "harm to an unborn child", "You can say no", "without a reason", "nobody in your family",
    ],
)  # fmt: skip
def test_the_injections_are_told_as_the_courts_ask(document, told):
    assert told in text_of(document)


def test_off_label_use_is_said_where_it_is_off_label():
    licensed, off_label = (consent_content(one)["paragraphs"] for one in PROCEDURES)
    [told] = [one for one in off_label if one not in licensed]
    assert "off-label" in told
    assert [one for one in off_label if one != told] == licensed


def test_a_language_is_offered_once_the_whole_document_is_there(monkeypatch):
    hindi = {"title": "क", "paragraphs": ("ख",), "sentence": "ग"}
    monkeypatch.setitem(consent_texts.TRANSLATED, "hi", {consent_texts.HEALTH_DATA: hindi})
    assert consent_texts.offered_language(consent_texts.HEALTH_DATA, "hi") == "hi"
    assert consent_texts.offered_language(consent_texts.PROCEDURE, "hi") == "en"
    assert consent_content(consent_texts.HEALTH_DATA, "hi") == {
        "purpose": "health_data", "language": "hi", "title": "क", "paragraphs": ["ख"], "sentence": "ग",
    }  # fmt: skip
    assert consent_texts.release_code(consent_texts.HEALTH_DATA, "hi") == "health_data-hi"
