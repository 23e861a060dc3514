"""The demo's own page: what would have been sent, newest first, and the clock."""

import json
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse

from clinic import clock, outbox
from clinic.channels import Envelope, mailbox
from clinic.channels.registry import hand_over
from tests.builders import a_message, a_patient

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def page(client):
    return client.get(reverse("dev_outbox"))


def move(client, step):
    before = clock.now()
    response = client.post(reverse("dev_outbox_clock"), {"step": step})
    assert (response.status_code, response["Location"]) == (302, reverse("dev_outbox"))
    return clock.now() - before


def test_an_empty_outbox_says_so(client):
    response = page(client)

    assert response.status_code == 200
    assert (response.context["sent"], response.context["waiting"]) == ([], [])
    assert "Nothing has been sent yet" in response.text


def test_messages_stand_newest_first_with_their_text_and_links(client):
    hand_over("sms", Envelope("first", "moved", "+919000000001", "", "See https://clinic.example/my/ <b>"))
    outbox.send_code(channel="email", address="a@example.org", code_text="123456", user=None, now=clock.now())
    hand_over("sms", Envelope("third", "moved", "+919000000003", "", "The newest"))
    response = page(client)

    sent = response.context["sent"]
    assert [message["address"] for message in sent] == ["+919000000003", "+919000000001"]
    assert '<a href="https://clinic.example/my/" rel="nofollow">' in response.text
    assert "&lt;b&gt;" in response.text


def test_a_code_can_be_read_there(client):
    outbox.send_code(channel="sms", address="+919000000009", code_text="482913", user=None, now=clock.now())

    [message] = page(client).context["sent"]
    assert (message["address"], message["text"].split()[0]) == ("+919000000009", "482913")


def test_what_waits_and_what_was_not_sent_are_there_too(client):
    patient = a_patient()
    a_message(patient=patient, due_at=clock.now() + MINUTE)
    a_message(patient=patient, subject="booking:2", state="dropped", reason="no_consent")
    a_message(patient=patient, subject="booking:3", kind="of_another_age")
    context = page(client).context

    assert [message["text"].split(" on ")[0] for message in context["waiting"]] == [
        "See you at Example Clinic, Example Area"
    ]
    assert [message["reason"] for message in context["not_sent"]] == ["no_consent"]


@pytest.mark.parametrize(("step", "ahead"), [("hour", timedelta(hours=1)), ("day", timedelta(days=1))])
def test_the_clock_moves_forward(client, step, ahead):
    assert ahead <= move(client, step) < ahead + MINUTE


def test_the_clock_moves_on_to_the_next_message(client):
    a_message(due_at=clock.now() - MINUTE, subject="booking:1")
    following = a_message(due_at=clock.now() + timedelta(days=3), subject="booking:2")
    move(client, "next")

    assert timedelta(0) <= clock.now() - following.due_at < MINUTE


@pytest.mark.parametrize("step", ["", "next", "year", "-1"])
def test_a_step_that_is_none_moves_nothing(client, step):
    assert move(client, step) < MINUTE


def test_get_does_not_move_the_clock(client):
    assert client.get(reverse("dev_outbox_clock")).status_code == 405


def test_production_has_no_such_page(client, settings):
    settings.DEMO = False
    settings.SECURE_SSL_REDIRECT = False

    assert page(client).status_code == 404
    assert client.post(reverse("dev_outbox_clock"), {"step": "day"}).status_code == 404


# What went with an e-mail


PAGE_FILE = ("list-indiranagar-2026-11-23.html", "<p>Asha, 11:00</p>", "text/html")
CALENDAR_FILE = ("visit.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar")


def send_with(*files, key="day-list-1"):
    headers = {"Message-ID": f"<{key}@clinic.example>"}
    letter = EmailMessage("List", "See the page.", to=["desk@example.org"], headers=headers)
    for file in files:
        letter.attach(*file)
    mailbox.EmailBackend().send_messages([letter])


def test_files_of_a_message_are_links_that_give_them(client):
    send_with(PAGE_FILE, CALENDAR_FILE)
    response = page(client)
    [message] = response.context["sent"]

    answers = [client.get(file["href"]) for file in message["files"]]

    assert [file["name"] for file in message["files"]] == [PAGE_FILE[0], CALENDAR_FILE[0]]
    assert all(f'href="{file["href"].replace("&", "&amp;")}"' in response.text for file in message["files"])
    assert [answer.content for answer in answers] == [PAGE_FILE[1].encode(), CALENDAR_FILE[1]]
    assert [answer["Content-Type"] for answer in answers] == ["text/html", "text/calendar"]
    assert answers[0]["Content-Disposition"] == f'attachment; filename="{PAGE_FILE[0]}"'


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"key": "day-list-1"},
        {"key": "day-list-1", "number": "1"},
        {"key": "day-list-1", "number": "-1"},
        {"key": "day-list-1", "number": "²"},
        {"key": "day-list-1", "number": "9" * 5000},
        {"key": "day-list-2", "number": "0"},
        {"key": "../outbox/day-list-1", "number": "0"},
        {"key": "a" * 5000, "number": "0"},
    ],
)
def test_a_file_that_is_not_there_is_not_found(client, asked):
    send_with(PAGE_FILE)

    assert client.get(reverse("dev_outbox_file"), asked).status_code == 404


def test_files_are_for_the_demo_alone(client, settings):
    send_with(PAGE_FILE)
    href = page(client).context["sent"][0]["files"][0]["href"]
    settings.DEMO = False

    assert client.get(href).status_code == 404


def test_a_message_written_before_files_were_kept_is_still_read(client):
    mailbox.folder().mkdir(parents=True)
    old = {"key": "k", "channel": "sms", "address": "+919000000001", "title": "", "text": "Old"}
    old["at"] = clock.now().isoformat()
    (mailbox.folder() / "k.json").write_text(json.dumps(old))

    [message] = page(client).context["sent"]
    assert (message["text"], message["files"]) == ("Old", [])
