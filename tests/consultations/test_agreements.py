"""Agreeing to exact words, once; about one thing; in a language that was there to read."""

from datetime import timedelta

import pytest

from clinic.models import AuditRow
from consultations import refusals
from consultations.models import Consent
from consultations.rules import consent_texts
from consultations.services.agreements import Signing, agree, key_of, words_hash
from consultations.services.standing import agreements_of, standing_consent, was_taken_back
from consultations.services.withdrawals import take_back, withdraw_consent
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
ABOUT = {"protocol": {"code": "P5", "version": 1}, "ingredients": ["minoxidil"]}
OTHER = {"protocol": {"code": "P1", "version": 1}, "ingredients": ["dutasteride"]}
DRAWN = "M10 10L20 20L30 10L40 20L50 10L60 20L70 10L80 20"
HINDI = {"title": "क", "paragraphs": ("ख",), "sentence": "ग"}


def consent_of(patient, shown=None, **fields):
    usual = {"purpose": "health_data", "language": "en", "by": patient.account, "now": NOW}
    return agree(patient=patient, shown=shown or words_hash("health_data"), **usual | fields)


def wants_injections(patient, about=ABOUT, **fields):
    words = {"purpose": "procedure", "shown": words_hash("procedure"), "about": about}
    return consent_of(patient, **words | fields)


def test_a_consent_keeps_the_words_that_were_shown():
    consent = consent_of(builders.a_patient())

    assert consent.release.content == consent_texts.consent_content("health_data")
    assert (consent.release.kind, consent.release.code) == ("consent", "health_data-en")


def test_words_other_than_those_in_force_are_refused():
    with pytest.raises(refusals.WordsChanged):
        consent_of(builders.a_patient(), shown=words_hash("procedure"))


def test_agreeing_twice_is_one_consent():
    patient = builders.a_patient()

    assert consent_of(patient) == consent_of(patient)


def test_new_words_end_the_old_consent(monkeypatch):
    patient = builders.a_patient()
    first = consent_of(patient)
    monkeypatch.setitem(
        consent_texts.CONSENT_TEXTS, "health_data", consent_texts.CONSENT_TEXTS["photos_care"]
    )

    second = consent_of(patient, now=LATER)

    first.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at, second.release.version) == (LATER, None, 2)
    assert first.release.content["title"] == "Before the first question"


def test_agreeing_after_taking_back_is_a_new_consent():
    patient = builders.a_patient()
    first = consent_of(patient)
    withdraw_consent(patient=patient, purpose="health_data", by=patient.account, now=NOW)

    second = consent_of(patient)

    assert first.pk != second.pk
    assert Consent.objects.filter(patient=patient, withdrawn_at=None).count() == 1


# About what


def test_an_agreement_to_injections_is_about_one_thing():
    patient = builders.a_patient()
    first, second = wants_injections(patient), wants_injections(patient, OTHER)

    assert (first.about, first.about_key) == (ABOUT, key_of(ABOUT))
    assert standing_consent(patient, "procedure", about=ABOUT).consent == first
    assert standing_consent(patient, "procedure", about=OTHER).consent == second
    assert standing_consent(patient, "procedure") is None


def test_the_key_is_that_of_the_content_however_it_is_written():
    turned = {"ingredients": ["minoxidil"], "protocol": {"version": 1, "code": "P5"}}

    assert key_of(ABOUT) == key_of(turned) != key_of(OTHER)
    assert (len(key_of(ABOUT)), key_of({}), key_of(None)) == (64, "", "")


def test_taking_one_back_leaves_the_other():
    patient = builders.a_patient()
    wants_injections(patient)
    other = wants_injections(patient, OTHER)

    withdraw_consent(patient=patient, purpose="procedure", about=ABOUT, by=patient.account, now=LATER)

    assert [one.pk for one in Consent.objects.filter(withdrawn_at=None)] == [other.pk]
    assert was_taken_back(patient, "procedure", about=ABOUT)
    assert not was_taken_back(patient, "procedure", about=OTHER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": "procedure", "shown": words_hash("procedure")},
        {"about": ABOUT},
        {"document": "procedure", "shown": words_hash("procedure")},
    ],
    ids=["injections of nothing", "answers about a course", "words for something else"],
)
def test_words_that_are_not_about_this_are_a_mistake_of_the_caller(wrong):
    with pytest.raises(ValueError, match="not about this"):
        consent_of(builders.a_patient(), **wrong)


# In a language


def test_nobody_agrees_in_a_language_whose_words_were_not_there():
    with pytest.raises(refusals.WordsChanged):
        consent_of(builders.a_patient(), language="hi")
    assert Consent.objects.count() == 0


def test_words_shown_in_one_language_are_not_agreed_to_in_another(monkeypatch):
    monkeypatch.setitem(consent_texts.TRANSLATED, "hi", {"health_data": HINDI})
    patient = builders.a_patient()
    with pytest.raises(refusals.WordsChanged):
        consent_of(patient, language="hi")  # the English words

    consent = consent_of(patient, shown=words_hash("health_data", "hi"), language="hi")

    assert (consent.language, consent.release.code) == ("hi", "health_data-hi")
    assert consent.release.content["paragraphs"] == ["ख"]
    assert standing_consent(patient, "health_data").is_current


def test_a_change_of_the_other_language_asks_nobody_again(monkeypatch):
    monkeypatch.setitem(consent_texts.TRANSLATED, "hi", {"health_data": HINDI})
    patient = builders.a_patient()
    consent_of(patient, shown=words_hash("health_data", "hi"), language="hi")

    english = consent_texts.CONSENT_TEXTS["health_data"] | {"sentence": "Other words."}
    monkeypatch.setitem(consent_texts.CONSENT_TEXTS, "health_data", english)
    assert standing_consent(patient, "health_data").is_current

    monkeypatch.setitem(consent_texts.TRANSLATED, "hi", {"health_data": HINDI | {"sentence": "घ"}})
    assert not standing_consent(patient, "health_data").is_current


# Signed how, and from where


def test_how_it_was_signed_is_kept():
    place, nurse = builders.a_location(), builders.staff(role="nurse")
    signing = Signing(signed="thumb", witness="Asha", is_read_over=True, place=place)
    thumb = consent_of(builders.a_patient(), signing=signing, by=nurse)
    drawn = consent_of(builders.a_patient(), signing=Signing(signed="drawn", signature=DRAWN))
    own = consent_of(builders.a_patient(), signing=Signing(address="203.0.113.9"))

    assert (thumb.signed, thumb.witness, thumb.is_read_over, thumb.place) == ("thumb", "Asha", True, place)
    assert (thumb.given_by, thumb.address) == (nurse, None)
    assert (drawn.signed, drawn.signature) == ("drawn", DRAWN)
    assert (own.signed, own.address, own.place) == ("ticked", "203.0.113.9", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed": "drawn", "signature": "M1 1L2 2"},
        {"signed": "drawn", "signature": DRAWN + '"/>'},
        {"signed": "typed"},
        {"signed": "thumb"},
    ],
)
def test_a_signature_that_is_none_never_gets_past_a_form(wrong):
    with pytest.raises(ValueError, match=r"signature|witness"):
        Signing(**wrong)


# Taking back


def test_taking_back_notes_who_heard_it():
    patient, desk = builders.a_patient(), builders.staff(role="front_desk")
    consent = consent_of(patient)

    take_back(patient=patient, consent_id=consent.pk, by=desk, now=LATER)

    consent.refresh_from_db()
    assert (consent.withdrawn_at, consent.withdrawn_by) == (LATER, desk)
    rows = AuditRow.objects.filter(patient=patient).order_by("pk").values_list("action", "by")
    assert list(rows) == [("consent_given", patient.account.pk), ("consent_withdrawn", desk.pk)]


def test_what_is_somebody_elses_or_taken_back_is_not_taken_back():
    mine, theirs = builders.a_patient(), builders.a_patient()
    consent = consent_of(theirs)
    with pytest.raises(refusals.NothingToWithdraw):
        take_back(patient=mine, consent_id=consent.pk, by=mine.account, now=LATER)
    take_back(patient=theirs, consent_id=consent.pk, by=theirs.account, now=LATER)
    with pytest.raises(refusals.NothingToWithdraw):
        take_back(patient=theirs, consent_id=consent.pk, by=theirs.account, now=LATER)


def test_the_list_has_every_agreement_newest_first():
    patient = builders.a_patient()
    first = consent_of(patient)
    take_back(patient=patient, consent_id=first.pk, by=patient.account, now=NOW)
    second, third = consent_of(patient, now=LATER), wants_injections(patient, now=LATER)

    assert list(agreements_of(patient)) == [third, second, first]
