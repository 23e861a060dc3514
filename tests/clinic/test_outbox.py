"""Writing, taking back and addressing messages; log-in codes."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from clinic import outbox
from clinic.channels import mailbox
from clinic.models import Delivery, Message, ReminderConsent
from clinic.models.outbox import MessageState
from clinic.rules.message_texts import MessageFields
from tests.builders import NOW, a_message, a_patient, an_account, reminder_consent

pytestmark = pytest.mark.django_db

FIELDS = MessageFields(
    "Example Clinic", "Example Area", "Tue 10 Nov", "10:00 am", "https://clinic.example/my/"
)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def draft(patient, *, kind="reminder_24", subject="booking:1", **fields):
    return outbox.Draft(
        **{
            "subject": subject,
            "kind": kind,
            "message_class": "ordinary",
            "patient": patient,
            "fields": FIELDS,
            "time_zone": "Asia/Kolkata",
            "due_at": NOW + HOUR,
            "not_after": NOW + 2 * HOUR,
        }
        | fields
    )


def addressed(*drafts):
    return [(message.channel, message.address) for message in outbox.write(drafts, now=NOW)]


# To whom


def test_a_reminder_is_written_for_every_contact_and_consent_is_asked_when_it_is_sent():
    patient = a_patient(phone="+919000000001", email="someone@example.org")

    assert addressed(draft(patient)) == [("sms", "+919000000001"), ("email", "someone@example.org")]


def test_a_notice_after_consent_was_withdrawn_goes_to_the_contact_that_booked():
    patient = a_patient(phone="+919000000008", email="someone@example.org")
    reminder_consent(patient=patient, channel="email")
    ReminderConsent.objects.update(withdrawn_at=NOW)

    assert addressed(draft(patient, kind="moved")) == [("sms", "+919000000008")]


def test_a_notice_without_consent_goes_to_the_contact_that_booked_and_no_other():
    mother = an_account(phone="+919000000002", email="mother@example.org")
    son = a_patient(account=mother, phone="+919000000003", email="son@example.org")

    assert addressed(draft(son, kind="moved")) == [("sms", "+919000000002")]


def test_a_notice_goes_to_an_email_log_in_where_there_is_no_phone():
    patient = a_patient(account=an_account(email="someone@example.org"), phone="+919000000004")

    assert addressed(draft(patient, kind="moved")) == [("email", "someone@example.org")]


def test_a_notice_for_somebody_without_an_account_goes_to_the_number_the_desk_was_given():
    patient = a_patient(account=None, phone="+919000000005")

    assert addressed(draft(patient, kind="moved")) == [("sms", "+919000000005")]


def test_a_notice_follows_consent_where_there_is_one():
    patient = a_patient(phone="+919000000006", email="someone@example.org")
    reminder_consent(patient=patient, channel="email")

    assert addressed(draft(patient, kind="moved")) == [("email", "someone@example.org")]


def test_a_child_without_a_phone_is_reminded_over_the_accounts():
    child = a_patient(account=an_account(phone="+919000000007"))
    child.phone = ""

    assert addressed(draft(child)) == [("sms", "+919000000007")]


def test_nobody_writes_to_the_dead():
    patient = a_patient(died_on=NOW.date())

    assert addressed(draft(patient), draft(patient, kind="moved")) == []


@pytest.mark.parametrize(("offered", "language"), [(["en"], "en"), (["en", "kn"], "kn")])
def test_a_message_is_in_the_language_read_once_that_is_finished(settings, offered, language):
    settings.LANGUAGES = [(code, code) for code in offered]
    patient = a_patient(language_read="kn")

    assert [m.language for m in outbox.write([draft(patient, kind="moved")], now=NOW)] == [language]


# Written once


def test_the_same_message_twice_is_one_row():
    patient = a_patient()
    first = outbox.write([draft(patient, kind="moved")], now=NOW)
    again = outbox.write([draft(patient, kind="moved", due_at=NOW)], now=NOW)

    assert (len(first), again) == (1, [])
    assert Message.objects.get().due_at == NOW + HOUR


def test_what_was_sent_stays_sent():
    patient = a_patient()
    outbox.write([draft(patient, kind="moved")], now=NOW)
    Message.objects.update(state=MessageState.SENT, sent_at=NOW)

    assert outbox.write([draft(patient, kind="moved")], now=NOW) == []
    assert outbox.withdraw(subjects=["booking:1"]) == 0
    assert Message.objects.get().state == "sent"


def test_a_withdrawn_message_waits_again_when_it_is_written_again():
    patient = a_patient()
    [message] = outbox.write([draft(patient, kind="moved")], now=NOW)
    outbox.withdraw(subjects=["booking:1"])

    [back] = outbox.write([draft(patient, kind="moved", due_at=NOW + 2 * HOUR)], now=NOW)

    message.refresh_from_db()
    assert back == message
    assert (message.state, message.reason, message.due_at) == ("scheduled", "", NOW + 2 * HOUR)


def test_another_version_is_another_message():
    patient = a_patient()
    outbox.write([draft(patient, kind="moved", version=1)], now=NOW)
    outbox.write([draft(patient, kind="moved", version=2)], now=NOW)

    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("not_after", "found"),
    [(NOW + HOUR, ("scheduled", "")), (NOW + HOUR - timedelta(seconds=1), ("dropped", "too_late"))],
)
def test_a_message_that_could_only_go_too_late_is_kept_as_dropped(not_after, found):
    outbox.write([draft(a_patient(), kind="moved", not_after=not_after)], now=NOW)

    message = Message.objects.get()
    assert (message.state, message.reason) == found


def test_writing_takes_as_many_queries_for_three_messages_as_for_one(django_assert_num_queries):
    patients = [a_patient() for _ in range(3)]
    for number, some in ((1, patients[:1]), (2, patients)):
        drafts = [draft(p, kind="moved", subject=f"booking:{number}{p.pk}") for p in some]
        with django_assert_num_queries(3):  # consents, the insert, which of them were new
            outbox.write(drafts, now=NOW)


# Taken back


def test_withdraw_takes_back_what_waits_about_a_subject():
    patient = a_patient()
    outbox.write([draft(patient, kind="moved"), draft(patient, kind="moved", subject="booking:2")], now=NOW)

    assert outbox.withdraw(subjects=["booking:1"], reason="example") == 1
    assert list(Message.objects.order_by("subject").values_list("subject", "state", "reason")) == [
        ("booking:1", "withdrawn", "example"), ("booking:2", "scheduled", ""),
    ]  # fmt: skip


def test_withdraw_of_some_kinds_leaves_the_others():
    patient = a_patient()
    outbox.write([draft(patient, kind="moved"), draft(patient, kind="booked")], now=NOW)

    assert outbox.withdraw(subjects=["booking:1"], kinds=["booked"]) == 1
    assert Message.objects.get(kind="moved").state == "scheduled"


def test_a_message_that_is_being_sent_crosses_but_is_marked():
    a_message(subject="booking:1", state="sending", lease_until=NOW)

    assert outbox.withdraw(subjects=["booking:1"]) == 1
    message = Message.objects.get()
    assert (message.state, message.reason) == ("sending", "withdrawn")


# Codes


def all_that_is_stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT string_agg(m::text, ' ') FROM clinic_message m), '')"
            " || coalesce((SELECT string_agg(d::text, ' ') FROM clinic_delivery d), '')"
        )
        return cursor.fetchone()[0]


def test_a_code_goes_at_once_and_is_not_stored():
    account = an_account()
    message = outbox.send_code(
        channel="sms", address="+919000000009", code_text="QX7-K2M", user=account, now=NOW
    )

    assert [(posted.key, posted.text) for posted in mailbox.newest()] == [
        (str(message.pk), "QX7-K2M is your log-in code. It works for 10 minutes. We never ask you for it.")
    ]
    assert (message.state, message.message_class, message.fields) == ("sent", "code", {})
    assert message.subject.startswith(f"user:{account.pk}:")
    assert "QX7" not in all_that_is_stored()
    assert "+919000000009" in all_that_is_stored()


def test_a_code_by_email_has_a_title_without_it():
    outbox.send_code(channel="email", address="a@example.org", code_text="123456", user=None, now=NOW)

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["a@example.org"], "Your log-in code")
    assert sent.body.startswith("123456 ")


@pytest.mark.parametrize(
    ("behaviour", "outcome", "reason"),
    [("503 busy", "temporary", "busy"), ("400 bad_number", "permanent", "bad_number")],
)
def test_a_code_that_could_not_be_sent_says_so(sms_gateway, behaviour, outcome, reason):
    sms_gateway.behave(behaviour)
    message = outbox.send_code(channel="sms", address="+919000000010", code_text="123456", user=None, now=NOW)

    assert (message.state, message.reason, message.sent_at) == ("failed", reason, None)
    assert Delivery.objects.get().outcome == outcome


def test_two_codes_for_one_account_are_two_messages():
    account = an_account()
    for _ in range(2):
        outbox.send_code(channel="sms", address="+919000000011", code_text="1", user=account, now=NOW)

    assert Message.objects.count() == 2
