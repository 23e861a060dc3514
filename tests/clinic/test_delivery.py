"""From a due row to its fate, against a stand-in gateway that knows idempotency keys."""

import smtplib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection

from clinic import delivery, outbox
from clinic.models import Delivery, Message, ReminderConsent
from clinic.rules import retries
from tests.builders import NOW, a_message, a_patient, reminder_consent

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
KOLKATA = ZoneInfo("Asia/Kolkata")
EVENING = datetime(2026, 11, 2, 21, 30, tzinfo=KOLKATA)
MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=KOLKATA)


def agreed_patient(**fields):
    patient = a_patient(**fields)
    reminder_consent(patient=patient, channel="sms")
    reminder_consent(patient=patient, channel="email")
    return patient


def waiting(**fields):
    return a_message(**{"patient": agreed_patient(), "due_at": NOW} | fields)


def fates():
    return list(Message.objects.order_by("created_at", "pk").values_list("state", "reason"))


def run_out_the_lease():
    """As when two minutes pass on the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clinic_message SET lease_until = clock_timestamp() WHERE state = 'sending'")


# Sent


def test_a_due_message_is_sent_once_with_its_id_as_key(sms_gateway):
    message = waiting()

    assert delivery.deliver_due(now=NOW) == {"sent": 1}
    assert delivery.deliver_due(now=NOW) == {}
    message.refresh_from_db()
    assert sms_gateway.sent() == {
        str(message.pk): {
            "to": message.patient.phone,
            "text": "See you at Example Clinic, Example Area on Mon 2 Nov, 10:00 am. "
            "Before you come: https://clinic.example/my/",
        }
    }
    assert sms_gateway.attempts() == [str(message.pk)]
    assert (message.state, message.lease_until, message.attempts) == ("sent", None, 1)
    assert message.sent_at - NOW < MINUTE
    assert list(Delivery.objects.values_list("attempt", "outcome", "provider_id", "error_code")) == [
        (1, "accepted", f"gateway-{message.pk}", "")
    ]


def test_an_email_has_a_message_id_made_of_the_key():
    message = waiting(channel="email", address="someone@example.org")
    delivery.deliver_due(now=NOW)

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["someone@example.org"], "Your visit: Mon 2 Nov, 10:00 am")
    assert sent.message()["Message-ID"] == f"<{message.pk}@clinic.example>"


@pytest.mark.parametrize(
    ("late", "states"), [(timedelta(0), ["sent"]), (timedelta(seconds=1), ["scheduled"])]
)
def test_only_what_is_due_is_sent(sms_gateway, late, states):
    waiting(due_at=NOW + late)
    delivery.deliver_batch(now=NOW)

    assert [state for state, _ in fates()] == states


def test_more_than_one_batch_goes_in_one_call(sms_gateway):
    patient = agreed_patient()
    for number in range(delivery.BATCH + 2):
        waiting(patient=patient, subject=f"booking:{number}")

    assert delivery.deliver_due(now=NOW) == {"sent": delivery.BATCH + 2}
    assert len(sms_gateway.sent()) == delivery.BATCH + 2


def test_a_batch_costs_as_many_queries_to_claim_and_judge_for_three_as_for_one(
    sms_gateway, django_assert_num_queries
):
    for number in (1, 3):
        for each in range(number):
            waiting(subject=f"booking:{number}{each}")
        with django_assert_num_queries(
            10
        ):  # clock, savepoints, lock, lease; consents, died, visits; savepoints
            settled, wanted = delivery.judge(delivery.claim(now=NOW), now=NOW)
            delivery.record(settled, now=NOW)
        assert (settled, len(wanted)) == ([], number)


# Not wanted any more


def test_consent_withdrawn_meanwhile_drops_a_reminder_and_not_a_notice(sms_gateway):
    patient = agreed_patient()
    waiting(patient=patient, kind="reminder_24")
    waiting(patient=patient, kind="moved", created_at=NOW + MINUTE)
    ReminderConsent.objects.update(withdrawn_at=NOW)
    delivery.deliver_due(now=NOW)

    assert fates() == [("dropped", "no_consent"), ("sent", "")]


def test_consent_to_another_channel_is_not_consent_to_this_one(sms_gateway):
    ReminderConsent.objects.filter(patient=waiting().patient, channel="sms").delete()
    delivery.deliver_due(now=NOW)

    assert fates() == [("dropped", "no_consent")]


def test_nobody_writes_to_the_dead(sms_gateway):
    waiting(patient=agreed_patient(died_on=NOW.date()))
    delivery.deliver_due(now=NOW)

    assert fates() == [("dropped", "died")]


@pytest.mark.parametrize(
    ("after", "fate"), [(-timedelta(seconds=1), ("sent", "")), (timedelta(0), ("dropped", "expired"))]
)
def test_nothing_goes_at_or_after_its_end(sms_gateway, after, fate):
    waiting(due_at=NOW - HOUR, not_after=NOW + MINUTE)
    delivery.deliver_batch(now=NOW + MINUTE + after)

    assert fates() == [fate]


def test_a_withdrawn_message_is_not_sent(sms_gateway):
    message = waiting()
    outbox.withdraw(subjects=[message.subject])

    assert delivery.deliver_due(now=NOW) == {}
    assert fates() == [("withdrawn", "withdrawn")]


def test_a_row_that_cannot_be_read_fails_alone(sms_gateway):
    waiting(fields={"place": "Example Clinic"})
    waiting(kind="of_another_age", created_at=NOW + MINUTE)
    waiting(created_at=NOW + 2 * MINUTE)
    delivery.deliver_due(now=NOW)

    assert fates() == [("failed", "unreadable"), ("failed", "unknown_kind"), ("sent", "")]


# Quiet hours are asked again


def test_a_deliverer_that_comes_late_waits_for_the_morning_and_that_is_no_attempt(sms_gateway):
    message = waiting(due_at=EVENING - HOUR)

    assert delivery.deliver_due(now=EVENING) == {"scheduled": 1}
    message.refresh_from_db()
    assert (message.state, message.due_at, message.attempts) == ("scheduled", MORNING, 0)
    assert delivery.deliver_due(now=MORNING) == {"sent": 1}
    assert sms_gateway.attempts() == [str(message.pk)]


@pytest.mark.parametrize(
    ("not_after", "fate"), [(MORNING + MINUTE, ("scheduled", "")), (MORNING, ("dropped", "quiet_hours"))]
)
def test_a_night_that_outlasts_the_message_drops_it(sms_gateway, not_after, fate):
    waiting(due_at=EVENING - HOUR, not_after=not_after)
    delivery.deliver_due(now=EVENING)

    assert fates() == [fate]


def test_each_class_has_its_own_night(sms_gateway):
    waiting(kind="moved", message_class="change")
    waiting(kind="moved", message_class="ordinary", created_at=NOW + MINUTE)
    delivery.deliver_due(now=EVENING)

    assert fates() == [("sent", ""), ("scheduled", "")]


# The gateway says no, or nothing


def test_a_temporary_no_is_tried_again_later(sms_gateway):
    sms_gateway.behave("503 busy")
    message = waiting()

    assert delivery.deliver_due(now=NOW) == {"scheduled": 1}
    message.refresh_from_db()
    pause = message.due_at - NOW
    assert timedelta(seconds=22) <= pause < timedelta(seconds=39)
    assert delivery.deliver_due(now=message.due_at - timedelta(seconds=1)) == {}
    sms_gateway.behave("accept")
    assert delivery.deliver_due(now=message.due_at) == {"sent": 1}
    assert sms_gateway.attempts() == [str(message.pk)] * 2
    assert list(Delivery.objects.order_by("attempt").values_list("attempt", "outcome", "error_code")) == [
        (1, "temporary", "busy"), (2, "accepted", ""),
    ]  # fmt: skip


def test_a_permanent_no_ends_it(sms_gateway):
    sms_gateway.behave("400 bad_number")
    waiting()
    delivery.deliver_due(now=NOW)

    assert fates() == [("failed", "bad_number")]


def test_a_gateway_that_nobody_answers_is_tried_again(settings):
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:1/messages"
    waiting()
    delivery.deliver_due(now=NOW)

    assert fates() == [("scheduled", "")]
    assert Delivery.objects.get().error_code == "unreachable"


def test_without_an_answer_the_same_key_is_sent_again_and_the_gateway_sends_once(sms_gateway):
    sms_gateway.behave("silent")
    message = waiting()
    delivery.deliver_due(now=NOW)
    sms_gateway.behave("accept")
    message.refresh_from_db()
    delivery.deliver_due(now=message.due_at)

    assert sms_gateway.attempts() == [str(message.pk)] * 2
    assert list(sms_gateway.sent()) == [str(message.pk)]
    assert fates() == [("sent", "")]
    assert list(Delivery.objects.order_by("attempt").values_list("outcome", flat=True)) == [
        "unknown", "accepted",
    ]  # fmt: skip


def test_the_last_attempt_is_the_last(sms_gateway):
    sms_gateway.behave("503 busy")
    waiting(attempts=retries.MOST_ATTEMPTS - 2)
    delivery.deliver_due(now=NOW)
    assert fates() == [("scheduled", "")]

    delivery.deliver_due(now=Message.objects.get().due_at)
    assert fates() == [("failed", "busy")]


def test_no_retry_after_the_messages_end(sms_gateway):
    sms_gateway.behave("503 busy")
    waiting(not_after=NOW + timedelta(seconds=20))
    delivery.deliver_due(now=NOW)

    assert fates() == [("failed", "busy")]


@pytest.mark.parametrize(
    ("error", "first", "second"),
    [
        (smtplib.SMTPServerDisconnected(), "scheduled", "failed"),  # perhaps sent: once more, not thrice
        (smtplib.SMTPDataError(451, b""), "scheduled", "scheduled"),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"")}), "failed", "failed"),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"")}), "scheduled", "scheduled"),
    ],
    ids=["no answer", "temporary", "no such address", "greylisted"],
)
def test_an_email_that_perhaps_went_is_sent_once_more_and_not_a_third_time(monkeypatch, error, first, second):
    def refuse(self, messages):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    message = waiting(channel="email", address="a@example.org")
    for state in (first, second):
        message.refresh_from_db()
        delivery.deliver_due(now=message.due_at)
        assert [fate for fate, _ in fates()] == [state]


# Leases


def test_a_claimed_message_is_nobody_elses_until_its_lease_runs_out(sms_gateway):
    message = waiting()
    [claimed] = delivery.claim(now=NOW)

    assert delivery.deliver_due(now=NOW + 10 * HOUR) == {}  # a lease does not run by the demo's clock
    run_out_the_lease()
    assert delivery.deliver_due(now=NOW) == {"sent": 1}
    assert sms_gateway.attempts() == [str(message.pk)]
    assert (claimed.attempts, Message.objects.get().attempts) == (1, 2)


def test_the_lease_is_counted_on_the_databases_clock():
    waiting()
    delivery.claim(now=NOW)

    left = Message.objects.get().lease_until - delivery.database_clock()
    assert delivery.LEASE - timedelta(seconds=30) < left <= delivery.LEASE


def test_an_answer_after_the_lease_ran_out_still_counts_when_it_was_yes(sms_gateway):
    waiting()
    slow = delivery.claim(now=NOW)
    run_out_the_lease()
    delivery.claim(now=NOW)

    delivery.record([delivery.Fate(slow[0], "failed", "example")], now=NOW)
    assert fates() == [("sending", "")]
    delivery.record([delivery.Fate(slow[0], "sent")], now=NOW)
    assert fates() == [("sent", "")]


def test_a_message_withdrawn_while_it_is_sent_is_not_tried_again(sms_gateway):
    sms_gateway.behave("503 busy")
    message = waiting()
    [claimed] = delivery.claim(now=NOW)
    outbox.withdraw(subjects=[message.subject], reason="example")
    [(_, envelope)] = delivery.judge([claimed], now=NOW)[1]
    answer = delivery.hand_over(claimed.channel, envelope)
    delivery.record([delivery.after(claimed, answer, now=NOW)], now=NOW)

    assert fates() == [("withdrawn", "example")]


def test_a_message_withdrawn_while_its_sender_died_is_not_sent_again(sms_gateway):
    message = waiting()
    delivery.claim(now=NOW)
    outbox.withdraw(subjects=[message.subject], reason="example")
    run_out_the_lease()

    assert delivery.deliver_due(now=NOW) == {"withdrawn": 1}
    assert (fates(), sms_gateway.attempts()) == ([("withdrawn", "example")], [])


def test_no_address_and_no_text_in_any_log_line(sms_gateway, caplog):
    caplog.set_level("DEBUG")
    sms_gateway.behave("400 bad_number")
    waiting(address="+919000000099")
    delivery.deliver_due(now=NOW)

    assert "bad_number" in caplog.text
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert [line for line in ours if "9000000099" in line or "Example Clinic" in line] == []
