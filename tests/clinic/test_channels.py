"""What each channel makes of what its gateway says, and the demo's folder of messages."""

import stat

import httpx
import pytest
from django.core.mail import EmailMessage, get_connection

from clinic.channels import Answer, Envelope, Outcome, email, mailbox, sms
from clinic.channels.registry import CHANNELS, hand_over, has_keys
from clinic.models.outbox import Channel

ENVELOPE = Envelope("5f0c1e0a-0000-4000-8000-000000000001", "moved", "+919000000001", "A title", "A text")


@pytest.fixture
def folder(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path / "outbox"


def test_every_channel_of_the_model_is_carried():
    assert set(CHANNELS) == set(Channel.values)
    assert {channel: has_keys(channel) for channel in CHANNELS} == {"sms": True, "email": False}


# Text messages


@pytest.mark.parametrize(
    ("status", "content", "answer"),
    [
        (200, '{"id": "abc-1"}', Answer(Outcome.ACCEPTED, provider_id="abc-1")),
        (202, "", Answer(Outcome.ACCEPTED)),
        (200, '{"id": "sent to +919000000001"}', Answer(Outcome.ACCEPTED)),
        (400, '{"error": "bad_number"}', Answer(Outcome.PERMANENT, error_code="bad_number")),
        (400, '{"error": "no such number: +919000000001"}', Answer(Outcome.PERMANENT, error_code="http_400")),
        (404, "[]", Answer(Outcome.PERMANENT, error_code="http_404")),
        (408, "", Answer(Outcome.TEMPORARY, error_code="http_408")),
        (429, '{"error": "slow_down"}', Answer(Outcome.TEMPORARY, error_code="slow_down")),
        (500, "<html>", Answer(Outcome.TEMPORARY, error_code="http_500")),
        (503, '{"error": 7}', Answer(Outcome.TEMPORARY, error_code="http_503")),
    ],
)
def test_a_gateways_answer_is_read(status, content, answer):
    assert sms.read_answer(httpx.Response(status, text=content)) == answer


def test_the_gateway_is_asked_with_key_and_token(sms_gateway, settings):
    settings.SMS_GATEWAY_TOKEN = "example-token"

    assert sms.send(ENVELOPE) == Answer(Outcome.ACCEPTED, provider_id=f"gateway-{ENVELOPE.key}")
    assert sms_gateway.authorization() == "Bearer example-token"
    assert sms_gateway.sent() == {ENVELOPE.key: {"to": "+919000000001", "text": "A text"}}


def test_production_without_a_gateway_waits_for_one(settings):
    settings.DEMO = False

    assert sms.send(ENVELOPE) == Answer(Outcome.TEMPORARY, error_code="no_gateway")


def test_what_a_channel_does_not_foresee_is_unknown():
    assert hand_over("pigeon", ENVELOPE) == Answer(Outcome.UNKNOWN, error_code="channel_failed")


# E-mail


def test_a_mail_server_that_is_away_is_temporary(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert email.send(ENVELOPE) == Answer(Outcome.TEMPORARY, error_code="unreachable")


# The demo's folder


def test_the_demo_keeps_a_text_message_as_a_file_for_its_owner_only(folder):
    hand_over("sms", ENVELOPE)

    [file] = folder.iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == (f"{ENVELOPE.key}.json", 0o600)
    [posted] = mailbox.newest()
    assert (posted.channel, posted.address, posted.text) == ("sms", "+919000000001", "A text")


def test_the_same_key_again_changes_nothing(folder):
    hand_over("sms", ENVELOPE)
    hand_over("sms", Envelope(ENVELOPE.key, "moved", "+919000000002", "", "Another text"))

    assert [(posted.address, posted.text) for posted in mailbox.newest()] == [("+919000000001", "A text")]
    assert len(list(folder.iterdir())) == 1


def test_every_mail_of_the_demo_lands_there_under_its_key(folder, settings):
    settings.EMAIL_BACKEND = "clinic.channels.mailbox.EmailBackend"
    hand_over("email", ENVELOPE)
    hand_over("email", ENVELOPE)
    get_connection().send_messages([EmailMessage("From allauth", "Its text", to=["a@example.org"])])

    assert [(posted.channel, posted.address, posted.title, posted.text) for posted in mailbox.newest()] == [
        ("email", "a@example.org", "From allauth", "Its text"),
        ("email", "+919000000001", "A title", "A text"),
    ]


def test_an_empty_outbox_is_empty(folder):
    assert mailbox.newest() == []
