"""Something's wrong: open to everybody, a call for whom we know, and no sign in an address."""

import re
import uuid

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import Alarm, Patient
from consultations.models import SymptomReport
from tests import builders

pytestmark = pytest.mark.django_db
PAGE = reverse("something_wrong")


@pytest.fixture
def patient(client):
    patient = builders.a_patient()
    client.force_login(patient.account)
    return patient


def form_key(page):
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def send(client, *signs, **fields):
    return client.post(PAGE, {"key": str(uuid.UUID(int=7)), "signs": list(signs), **fields})


def test_a_stranger_reads_when_to_call_whom_and_may_log_in(client):
    page = client.get(PAGE).content.decode()

    assert [f'href="tel:{number}"' in page for number in ("112", "08040001234", "14416")] == [True] * 3
    assert f'href="{reverse("account_login")}?next={PAGE}"' in page
    assert "<form" not in page


def test_the_footer_of_patient_pages_leads_here(client):
    assert f'href="{PAGE}"' in client.get("/").content.decode()


def test_a_patient_asks_to_be_rung(client, patient):
    key = form_key(client.get(PAGE))

    answer = send(client, "pain", "lump", key=key)

    report, alarm = SymptomReport.objects.get(), Alarm.objects.get()
    assert (report.patient, report.signs, report.by) == (patient, ["lump", "pain"], patient.account)
    assert (alarm.patient, alarm.lane) == (patient, "same-day")
    assert answer["Location"] == reverse("something_wrong_sent", args=[report.key])


def test_no_sign_stands_in_the_address_or_on_the_page_after_it(client, patient):
    answer = send(client, "pain", "lump")

    page = client.get(answer["Location"]).content.decode()
    assert [word in answer["Location"] for word in ("pain", "lump")] == [False, False]
    assert [words in page for words in ("gets worse instead", "new lump")] == [False, False]


def test_who_rings_by_when_is_said(client, patient):
    page = client.get(send(client, "pain")["Location"]).content.decode()

    assert "A doctor from the clinic rings you by" in page
    assert "Call 112 now" not in page


def test_an_emergency_is_sent_to_112_first(client, patient):
    page = client.get(send(client, "breathing")["Location"]).content.decode()

    assert page.index("Call 112 now") < page.index("A doctor rings you as soon as possible")
    assert "call us on" not in page


def test_what_was_rung_about_promises_nothing_more(client, patient):
    answer = send(client, "pain")
    fields = {"outcome": "reached", "acknowledged_by": builders.staff(role="dermatologist")}
    Alarm.objects.update(acknowledged_at=clock.now(), **fields)

    assert "rings you" not in client.get(answer["Location"]).content.decode()


def test_an_empty_form_is_shown_again(client, patient):
    answer = client.post(PAGE, {})

    assert answer.status_code == 422
    assert "Tick what fits, or the last box." in answer.content.decode()
    assert Alarm.objects.count() == 0


def test_a_sign_nobody_offered_is_refused(client, patient):
    assert (send(client, "pain", "example").status_code, Alarm.objects.count()) == (422, 0)


@pytest.mark.parametrize("key", ["", "example"])
def test_a_form_without_a_good_key_is_no_reason_to_turn_anybody_away(client, patient, key):
    answer = send(client, "pain", key=key)

    assert (answer.status_code, Alarm.objects.count()) == (302, 1)


def test_who_was_logged_out_logs_in_and_ticks_again(client):
    answer = send(client, "pain")

    assert answer["Location"] == f"{reverse('account_login')}?next=%2Fwrong%2F"
    assert "pain" not in str(dict(client.session))
    assert Alarm.objects.count() == 0


def test_several_people_of_an_account_are_told_apart(client, patient):
    son = builders.a_patient(account=patient.account)

    missing = send(client, "pain")
    answer = send(client, "pain", who=son.pk)

    assert (missing.status_code, answer.status_code) == (422, 302)
    assert Alarm.objects.get().patient == son


def test_another_accounts_patient_cannot_be_named(client, patient):
    builders.a_patient(account=patient.account)
    stranger = builders.a_patient()

    assert (send(client, "pain", who=stranger.pk).status_code, Alarm.objects.count()) == (422, 0)


def test_a_shared_phone_needs_no_pin_to_ask_for_help(client, patient):
    Patient.objects.update(phone_shared=True, pin="example")

    answer = send(client, "pain")

    assert client.get(answer["Location"]).status_code == 200
    assert Alarm.objects.count() == 1


def test_a_shared_phone_is_not_told_of_other_calls(client, patient):
    builders.an_alarm(patient=patient, lane="same-day", now=clock.now())
    answer = send(client, "lump")
    alarm = Alarm.objects.get(kind="report")

    page = client.get(answer["Location"]).content.decode()

    assert (alarm.lane, page.count("rings you by")) == ("7-day", 1)
    Alarm.objects.filter(pk=alarm.pk).delete()
    assert "rings you by" not in client.get(answer["Location"]).content.decode()


def test_nobody_without_a_number_is_promised_a_call(client):
    account = builders.an_account(phone=None, email="patient@example.org")
    Patient.objects.filter(pk=builders.a_patient(account=account).pk).update(phone="")
    client.force_login(account)

    page = client.get(PAGE).content.decode()

    assert "We have no number that we could ring you on." in page
    assert "<form" not in page
