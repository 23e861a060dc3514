"""Who locks several messages locks them in one order, so that door and deliverer never wait in a circle."""

import threading
import uuid

import pytest
from django.db import connections, transaction

from clinic import delivery, outbox
from clinic.models import Message
from clinic.models.outbox import MessageState
from tests.builders import NOW, a_message, a_patient

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def claimed():
    """The second by its id was written first and is due first: every other order is the wrong one."""
    patient = a_patient()
    for pk, subject in ((SECOND, "booking:2"), (FIRST, "booking:1")):
        a_message(id=pk, patient=patient, subject=subject)
    messages = sorted(delivery.claim(now=NOW), key=lambda message: message.pk, reverse=True)
    assert [message.pk for message in messages] == [SECOND, FIRST]
    return messages


def lock(pk, **how):
    return Message.objects.select_for_update(**how).get(pk=pk)


def waits_for_the_first_before_it_takes_the_second(work) -> bool:
    def run():
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        lock(FIRST)
        thread.start()
        thread.join(timeout=1)
        waited = thread.is_alive()
        lock(SECOND, nowait=True)  # raises when the other has it, and waits for us: a deadlock
    thread.join()
    return waited


def test_recording_several_fates_locks_them_in_order(claimed):
    fates = [delivery.Fate(message, MessageState.DROPPED, "no_consent") for message in claimed]

    assert waits_for_the_first_before_it_takes_the_second(lambda: delivery.record(fates, now=NOW))
    assert set(Message.objects.values_list("state", flat=True)) == {"dropped"}


def test_withdrawing_several_messages_locks_them_in_order(claimed):
    def withdraw():
        with transaction.atomic():
            outbox.withdraw(subjects=["booking:2", "booking:1"], reason="example")

    assert waits_for_the_first_before_it_takes_the_second(withdraw)
    assert set(Message.objects.values_list("reason", flat=True)) == {"example"}
