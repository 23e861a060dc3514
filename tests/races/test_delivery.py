"""Several deliverers at once. The control shows what happens without the lock and the lease."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from clinic import delivery, outbox
from clinic.channels.registry import hand_over
from clinic.models import Delivery, Message
from tests.builders import NOW, a_message, a_patient, reminder_consent

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

DELIVERERS = 6
MESSAGES = 60


@pytest.fixture
def messages():
    patient = a_patient()
    reminder_consent(patient=patient)
    return [a_message(patient=patient, subject=f"booking:{number}") for number in range(MESSAGES)]


def at_once(work, number=DELIVERERS):
    start = threading.Barrier(number)

    def run(_):
        start.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


def test_six_deliverers_at_once_send_every_message_once(sms_gateway, messages):
    fates = at_once(lambda: delivery.deliver_due(now=NOW))

    assert sum(fates, Counter()) == {"sent": MESSAGES}
    assert Counter(sms_gateway.attempts()) == {str(message.pk): 1 for message in messages}
    assert (Delivery.objects.count(), Message.objects.filter(state="sent").count()) == (MESSAGES, MESSAGES)


def test_without_lock_and_lease_every_message_is_sent_by_everybody(sms_gateway, messages):
    """The control: check, then send, then mark, as peers do it."""
    read = threading.Barrier(DELIVERERS)

    def deliver_unlocked():
        due = list(Message.objects.filter(state="scheduled", due_at__lte=NOW))
        read.wait()
        for message in due:
            hand_over(message.channel, delivery.compose(message))
        delivery.record([delivery.Fate(message, "sent") for message in due], now=NOW)

    at_once(deliver_unlocked)

    assert set(Counter(sms_gateway.attempts()).values()) == {DELIVERERS}


def test_a_message_is_either_withdrawn_or_claimed_never_both(messages):
    """What was withdrawn before it was claimed is not sent; what was claimed before knows of it."""
    subjects = iter([message.subject for message in messages])
    claimed = []

    def claim():
        for _ in range(MESSAGES):
            claimed.extend(message.subject for message in delivery.claim(now=NOW, most=1))

    def withdraw():
        for subject in list(subjects):
            with transaction.atomic():
                outbox.withdraw(subjects=[subject], reason="example")

    turns = iter([claim, withdraw])
    at_once(lambda: next(turns)(), number=2)

    withdrawn = set(Message.objects.filter(state="withdrawn").values_list("subject", flat=True))
    sending = Message.objects.filter(state="sending")
    assert withdrawn | set(claimed) == {message.subject for message in messages}
    assert withdrawn & set(claimed) == set()
    assert set(sending.values_list("subject", "reason")) == {(subject, "example") for subject in claimed}


def test_deliverers_skip_what_another_is_claiming(messages):
    """SKIP LOCKED: nobody waits for a claim that is not committed yet."""
    with transaction.atomic():
        held = list(Message.objects.select_for_update().order_by("due_at", "pk")[:5])
        [claimed] = at_once(lambda: delivery.claim(now=NOW, most=MESSAGES), number=1)

    assert {message.pk for message in claimed} == {m.pk for m in messages} - {m.pk for m in held}
