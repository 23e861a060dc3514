"""What somebody agreed to: the list, each document as it was, and taking it back at home or by phone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import Patient, ViewRow
from consultations.models import Consent
from consultations.rules import consent_texts
from consultations.services.agreements import Signing, agree, words_hash
from tests import builders

pytestmark = pytest.mark.django_db
MINE = reverse("my_agreements")
ABOUT = {
    "protocol": {"code": "P5", "version": 3, "title": "An example", "sessions": 10, "days_apart": [7, 28]},
    "ingredients": ["minoxidil", "water"],
}
DRAWN = "M10 10L20 20L30 10L40 20L50 10L60 20L70 10L80 20"


@pytest.fixture
def patient(client):
    patient = builders.a_patient(name="Asha Rao")
    client.force_login(patient.account)
    return patient


def agreed(patient, *, about=ABOUT, purpose="procedure", **fields):
    usual = {"language": "en", "by": patient.account, "now": clock.now() - timedelta(days=1)}
    about = about if purpose == "procedure" else None
    return agree(patient=patient, purpose=purpose, shown=words_hash(purpose), about=about, **usual | fields)


def page_of(consent):
    return reverse("agreement", args=[consent.pk])


def shown(client, address):
    return client.get(address).content.decode()


def staff_page(patient):
    return reverse("patient_agreements", args=[patient.pk])


# The list


def test_every_agreement_stands_there_with_its_words_and_a_way_back(client, patient):
    assert "Nothing yet" in shown(client, MINE)
    health, injections = agreed(patient, purpose="health_data"), agreed(patient)
    page = shown(client, MINE)

    for consent in (health, injections):
        assert f'name="consent" value="{consent.pk}"' in page
        assert page_of(consent) in page
        assert consent.release.content["sentence"] in page
    assert "minoxidil, water" in page
    assert "up to 10 sessions, as a rule 7 to 28 days apart" in page


def test_taking_back_is_one_button_and_what_was_stays_to_be_read(client, patient):
    consent = agreed(patient)

    page = client.post(MINE, {"consent": consent.pk}, follow=True).content.decode()

    consent.refresh_from_db()
    assert (consent.withdrawn_at is not None, consent.withdrawn_by) == (True, patient.account)
    assert "Taken back." in page
    assert "I take it back" not in page
    assert page_of(consent) in page


@pytest.mark.parametrize("typed", ["", "x", "0", "-1", "9" * 40, "1e3"])
def test_nonsense_takes_nothing_back(client, patient, typed):
    agreed(patient)

    page = client.post(MINE, {"consent": typed}, follow=True).content.decode()

    assert "Choose which agreement is taken back." in page
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_somebody_elses_is_not_taken_back(client, patient):
    theirs = agreed(builders.a_patient())
    client.post(MINE, {"consent": theirs.pk})
    client.post(staff_page(patient), {"consent": theirs.pk})

    assert client.post(page_of(theirs), {"consent": theirs.pk}).status_code == 404
    assert client.get(page_of(theirs)).status_code == 404
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_taking_back_twice_is_once(client, patient):
    consent = agreed(patient)
    for _ in range(2):
        assert client.post(MINE, {"consent": consent.pk}).status_code == 302
    assert Consent.objects.exclude(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_few_queries(client, patient, rows, django_assert_num_queries):
    for number in range(rows):
        agreed(patient, about=ABOUT | {"ingredients": [f"example {number}"]})
    with django_assert_num_queries(4):
        client.get(MINE)


def test_behind_a_shared_phone_the_pin_comes_first(client, patient):
    consent = agreed(patient)
    Patient.objects.update(phone_shared=True, pin="example")

    for address in (MINE, page_of(consent)):
        assert client.get(address)["Location"].startswith(reverse("account_pin", args=[patient.pk]))


def test_from_where_somebody_agreed_to_give_answers_is_kept(client, patient):
    words = words_hash("health_data")
    client.post("/intake/", {"words": words}, REMOTE_ADDR="203.0.113.9")

    consent = Consent.objects.get()
    assert (consent.purpose, consent.address, consent.language) == ("health_data", "203.0.113.9", "en")


# The document


def test_the_document_is_as_it_was_agreed_to(client, patient, monkeypatch):
    signing = Signing(signed="drawn", signature=DRAWN, address="203.0.113.9")
    consent = agreed(patient, signing=signing)
    old = consent_texts.consent_content("procedure")
    new = consent_texts.CONSENT_TEXTS["procedure"] | {"paragraphs": ("New words.",), "sentence": "New."}
    monkeypatch.setitem(consent_texts.CONSENT_TEXTS, "procedure", new)

    page = shown(client, page_of(consent))

    lines = [line for one in old["paragraphs"] for line in one.split("\n")]
    places = [page.index(line.replace("'", "&#x27;")) for line in (*lines, old["sentence"])]
    assert places == sorted(places)
    assert "New words." not in page
    assert f'd="{DRAWN}"' in page
    for said in ("Asha Rao", "drawn signature", "203.0.113.9", "version 1", "P5", "version 3", "English"):
        assert said in page


def test_a_typed_name_stands_as_text_and_a_thumb_mark_with_its_witness(client, patient):
    nurse, place = (
        builders.staff(role="nurse", name="Nurse Example"),
        builders.a_location(name="Example Place"),
    )
    typed = agreed(patient, signing=Signing(signed="typed", signature="<b>Asha</b>"))
    thumb = agreed(
        patient, about=ABOUT | {"ingredients": ["x"]}, by=nurse,
        signing=Signing(signed="thumb", witness="Ravi Naik", is_read_over=True, place=place),
    )  # fmt: skip

    assert "&lt;b&gt;Asha&lt;/b&gt;" in shown(client, page_of(typed))
    page = shown(client, page_of(thumb))
    for said in ("thumb mark", "Ravi Naik", "Nurse Example", "Example Place", "read out"):
        assert said in page


def test_it_is_taken_back_from_the_document_too(client, patient):
    consent = agreed(patient)

    page = client.post(page_of(consent), {"consent": consent.pk}, follow=True).content.decode()

    assert "This agreement has ended" in page
    assert consent.release.content["sentence"] in page


def test_a_release_from_before_languages_prints_as_it_was(client, patient):
    content = {"title": "Earlier", "paragraphs": ["As it was."], "sentence": "I agreed then."}
    release = builders.a_release(kind="consent", content=content)
    consent = builders.a_consent(patient=patient, purpose="procedure", release=release)

    page = shown(client, page_of(consent))
    for said in ("Earlier", "As it was.", "I agreed then."):
        assert said in page


def test_clinicians_read_it_and_that_is_noted(client):
    consent = agreed(builders.a_patient())
    nurse = builders.staff(role="nurse")
    client.force_login(nurse)

    assert "minoxidil" in shown(client, page_of(consent))
    assert list(ViewRow.objects.values_list("by", "patient", "what")) == [
        (nurse.pk, consent.patient_id, "consent")
    ]


# At the desk, or by phone


@pytest.mark.parametrize("role", ["front_desk", "manager"])
def test_the_desk_takes_it_back_for_the_patient_and_reads_no_more_than_its_name(client, role):
    consent = agreed(builders.a_patient())
    colleague = builders.staff(role=role, name="Desk Example")
    client.force_login(colleague)
    page = shown(client, staff_page(consent.patient))
    assert "The injections" in page
    for hidden in ("minoxidil", "P5", page_of(consent), consent.release.content["sentence"]):
        assert hidden not in page
    assert client.get(page_of(consent)).status_code == 404

    page = client.post(staff_page(consent.patient), {"consent": consent.pk}, follow=True).content.decode()

    consent.refresh_from_db()
    assert consent.withdrawn_by == colleague
    assert "No agreement stands" in page

    client.force_login(consent.patient.account)
    assert ", told to Desk Example." in shown(client, page_of(consent))


def test_a_nurse_can_open_what_is_agreed_to(client):
    consent = agreed(builders.a_patient())
    client.force_login(builders.staff(role="nurse"))

    assert page_of(consent) in shown(client, staff_page(consent.patient))
