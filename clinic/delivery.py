"""Delivery: due rows out of the outbox, each once by its key, whatever is killed meanwhile.

1. claim: a short transaction takes a few due rows with FOR UPDATE SKIP LOCKED and gives them a lease. `now`
   decides which are due; the lease is counted on the database's clock, the one that all deliverers share;
2. judge: is it still wanted? Withdrawn, expired, consent, quiet hours; can a reminder still be said as it is
   written (a floor above registers who knows)? Nothing else is read again: whoever changes the truth replaces
   its rows;
3. send, outside any transaction, with the row's id as idempotency key;
4. record the answer and give the lease back.

Killed between 3 and 4, nobody can know whether the message went. The lease runs out and it is sent again with
the same key, which a gateway with keys answers without sending. E-mail has no keys: a crash in that moment
sends it twice with one Message-ID, and that is better than not at all.

Two deliverers at once, a late tick, no Redis: each is harmless. The callers are tasks.py and the command
deliver_messages.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import translation

from clinic.channels import Answer, Envelope, Outcome
from clinic.channels.registry import hand_over, has_keys
from clinic.models import Delivery, Message, Patient
from clinic.models.outbox import OPEN_STATES, MessageState
from clinic.outbox import delivery_row, standing_consents
from clinic.rules import quiet_hours, retries
from clinic.rules.message_texts import KINDS, MessageFields, render

logger = logging.getLogger(__name__)

BATCH = 8  # sent side by side: a gateway that hangs holds up one batch for one timeout
LEASE = timedelta(seconds=120)  # longer than any channel waits for its gateway
PATIENCE = 20  # seconds after which a tick leaves the rest to the next


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a claimed message. `due_at`: when to try again."""

    message: Message
    state: MessageState
    reason: str = ""
    due_at: datetime | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Recheck:
    """What is true when it is sent: it is held back and looked at again, or said in another kind's words."""

    look_again_at: datetime | None = None
    reason: str = ""
    kind: str = ""


AsksBeforeSending = Callable[..., Mapping[UUID, Recheck]]
_AS_WRITTEN = Recheck()
_asked: list[AsksBeforeSending] = []


def ask_before_sending(knows: AsksBeforeSending) -> None:
    """Register who is shown what is about to be sent, `knows(messages, now=…)`: one for the whole house."""
    _asked[:] = [knows]


def asked_before_sending() -> AsksBeforeSending | None:
    return _asked[0] if _asked else None


def deliver_due(*, now: datetime) -> Counter:
    """Deliver everything that is due; return how many messages met which fate."""
    began = monotonic()
    fates: Counter = Counter()
    while (elapsed := monotonic() - began) < PATIENCE:
        batch = deliver_batch(now=now + timedelta(seconds=elapsed))
        if not batch:
            break
        fates += batch
    return fates


def deliver_batch(*, now: datetime, most: int = BATCH) -> Counter:
    claimed = claim(now=now, most=most)
    settled, wanted = judge(claimed, now=now)
    record(settled, now=now)
    fates = Counter(fate.state for fate in settled)
    with ThreadPoolExecutor(max_workers=BATCH) as threads:
        sending = {
            threads.submit(hand_over, message.channel, envelope): message for message, envelope in wanted
        }
        for done in as_completed(sending):
            fate = after(sending[done], done.result(), now=now)
            record([fate], now=now)
            fates[fate.state] += 1
    return fates


# 1. Claim


def claim(*, now: datetime, most: int = BATCH) -> list[Message]:
    with transaction.atomic(durable=True):
        clock = database_clock()
        free = Q(state=MessageState.SCHEDULED) | Q(lease_until__lte=clock)
        due = Message.objects.filter(free, state__in=OPEN_STATES, due_at__lte=now).order_by("due_at", "pk")
        claimed = list(due.select_for_update(skip_locked=True)[:most])
        Message.objects.filter(pk__in=[message.pk for message in claimed]).update(
            state=MessageState.SENDING, lease_until=clock + LEASE, attempts=F("attempts") + 1
        )
    for message in claimed:
        message.state, message.lease_until = MessageState.SENDING, clock + LEASE
        message.attempts += 1
    return claimed


def database_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


# 2. Judge


def judge(claimed: Sequence[Message], *, now: datetime) -> tuple[list[Fate], list[tuple[Message, Envelope]]]:
    """Return what is settled without sending, and what to send."""
    patients = {message.patient_id for message in claimed if message.patient_id}
    consents = standing_consents(patients) if patients else {}
    dead = set(Patient.objects.filter(pk__in=patients, died_on__isnull=False).values_list("pk", flat=True))
    settled, sendable = [], []
    for message in claimed:
        agreed = message.channel in consents.get(message.patient_id, ())
        fate = _unwanted(message, agreed=agreed, dead=message.patient_id in dead, now=now)
        if fate:
            settled.append(fate)
        else:
            sendable.append(message)
    held_back, wanted = _look_again(sendable, now)
    return settled + held_back, wanted


def _look_again(
    messages: Sequence[Message], now: datetime
) -> tuple[list[Fate], list[tuple[Message, Envelope]]]:
    knows = asked_before_sending()
    found = knows(messages, now=now) if knows and messages else {}
    settled, wanted = [], []
    for message in messages:
        check = found.get(message.pk, _AS_WRITTEN)
        if check.look_again_at:
            settled.append(_held_back(message, check))
            continue
        try:
            wanted.append((message, compose(message, kind=check.kind)))
        except (KeyError, TypeError, ValueError):
            settled.append(Fate(message, MessageState.FAILED, "unreadable"))
    return settled, wanted


def _held_back(message: Message, check: Recheck) -> Fate:
    if message.not_after is not None and check.look_again_at >= message.not_after:
        return Fate(message, MessageState.DROPPED, check.reason)
    return Fate(message, MessageState.SCHEDULED, due_at=check.look_again_at)


def _unwanted(message: Message, *, agreed: bool, dead: bool, now: datetime) -> Fate | None:
    kind = KINDS.get(message.kind)
    if message.reason:  # withdrawn while somebody was sending it, who never came back
        return Fate(message, MessageState.WITHDRAWN, message.reason)
    if message.not_after is not None and now >= message.not_after:
        return Fate(message, MessageState.DROPPED, "expired")
    if kind is None:
        return Fate(message, MessageState.FAILED, "unknown_kind")
    if dead:
        return Fate(message, MessageState.DROPPED, "died")
    if kind.needs_consent and not agreed:
        return Fate(message, MessageState.DROPPED, "no_consent")
    if message.attempts > retries.MOST_ATTEMPTS:
        return Fate(message, MessageState.FAILED, "gave_up")
    return _quiet(message, kind.when_quiet, now)


def _quiet(message: Message, when_quiet: quiet_hours.WhenQuiet, now: datetime) -> Fate | None:
    at = quiet_hours.fit(
        now,
        message_class=message.message_class,
        when_quiet=when_quiet,
        tz=ZoneInfo(message.time_zone),
        now=now,
    )
    if at == now:
        return None
    if at is None or (message.not_after is not None and at >= message.not_after):
        return Fate(message, MessageState.DROPPED, "quiet_hours")
    return Fate(message, MessageState.SCHEDULED, due_at=at)


def compose(message: Message, *, kind: str = "") -> Envelope:
    """`kind`: in whose words, where not in its own."""
    with translation.override(message.language):
        rendered = render(kind or message.kind, MessageFields(**message.fields), translation.gettext)
    return Envelope(str(message.pk), message.kind, message.address, rendered.title, rendered.text)


# 4. Record


def after(message: Message, answer: Answer, *, now: datetime) -> Fate:
    if answer.outcome == Outcome.ACCEPTED:
        return Fate(message, MessageState.SENT, answer=answer)
    logger.warning("message %s: %s (%s)", message.pk, answer.outcome, answer.error_code)
    if answer.outcome == Outcome.PERMANENT or _asked_too_often(message, answer):
        return Fate(message, MessageState.FAILED, answer.error_code, answer=answer)
    again = now + retries.pause_after(message.attempts, key=message.pk.int)
    if message.not_after is not None and again >= message.not_after:
        return Fate(message, MessageState.FAILED, answer.error_code, answer=answer)
    return Fate(message, MessageState.SCHEDULED, due_at=again, answer=answer)


def _asked_too_often(message: Message, answer: Answer) -> bool:
    """Without keys, a message that perhaps went is sent once more and not a third time."""
    if message.attempts >= retries.MOST_ATTEMPTS:
        return True
    if answer.outcome != Outcome.UNKNOWN or has_keys(message.channel):
        return False
    return message.deliveries.filter(outcome=Outcome.UNKNOWN).exists()


def record(fates: Iterable[Fate], *, now: datetime) -> None:
    fates = sorted(fates, key=lambda fate: fate.message.pk)  # whoever withdraws several has this order too
    with transaction.atomic(durable=True):
        _lock(fates)
        Delivery.objects.bulk_create(
            [delivery_row(fate.message, fate.answer, now) for fate in fates if fate.answer],
            ignore_conflicts=True,
        )
        sent = [fate.message.pk for fate in fates if fate.state == MessageState.SENT]
        # Accepted is a fact, also when it comes after the lease ran out.
        Message.objects.filter(pk__in=sent, state__in=OPEN_STATES).update(
            state=MessageState.SENT, sent_at=now, lease_until=None
        )
        for fate in fates:
            if fate.state != MessageState.SENT:
                _settle(fate)


def _lock(fates: Sequence[Fate]) -> None:
    rows = Message.objects.select_for_update(no_key=True).filter(pk__in=[fate.message.pk for fate in fates])
    if len(fates) > 1:
        list(rows.order_by("pk").values_list("pk"))


def _settle(fate: Fate) -> None:
    """Anything but `sent` counts only while the lease is ours."""
    message = fate.message
    ours = Message.objects.filter(pk=message.pk, state=MessageState.SENDING, lease_until=message.lease_until)
    if fate.state != MessageState.SCHEDULED:
        ours.update(state=fate.state, reason=fate.reason, lease_until=None)
        return
    # Tried again unless it was withdrawn meanwhile. What was never handed over is no attempt.
    tried = message.attempts if fate.answer else message.attempts - 1
    waits = When(reason="", then=Value(MessageState.SCHEDULED))
    ours.update(
        state=Case(waits, default=Value(MessageState.WITHDRAWN)),
        due_at=fate.due_at,
        attempts=tried,
        lease_until=None,
    )
