"""The outbox: messages are rows, written in the transaction of what they tell about.

Whoever changes the truth withdraws and replaces its rows in that same transaction. Only log-in codes are sent
from here; delivery.py sends the rest. The life of a row:

    scheduled ──claimed──▶ sending ──▶ sent | failed | dropped
        │  ◀──try again──────┘
        └──withdrawn──▶ withdrawn      (already sending: it crosses, and is not tried again)
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import translation

from clinic.channels import Answer, Envelope, Outcome
from clinic.channels.registry import hand_over
from clinic.models import Delivery, Message, Patient, ReminderConsent, User
from clinic.models.outbox import OPEN_STATES, Channel, MessageClass, MessageState
from clinic.models.people import Language
from clinic.rules.message_texts import CODE, KINDS, MessageFields, render_code

WITHDRAWN = "withdrawn"
TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing to tell one patient, before it is known over which channels."""

    subject: str
    kind: str
    message_class: str
    patient: Patient
    fields: MessageFields
    time_zone: str
    due_at: datetime
    not_after: datetime | None
    version: int = 1


@transaction.atomic(savepoint=False)
def write(drafts: Sequence[Draft], *, now: datetime) -> list[Message]:
    """Write one row for each draft and channel; return the rows that are waiting because of it.

    The same (subject, kind, version, channel) again changes nothing, but that a row withdrawn meanwhile waits
    again, saying what the draft says: a visit cancelled and put back is reminded of.
    """
    consents = standing_consents({draft.patient.pk for draft in drafts})
    rows = [
        _row(draft, channel, address, now)
        for draft in drafts
        for channel, address in addresses(draft, consents[draft.patient.pk]).items()
    ]
    if not rows:
        return []
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    written = set(Message.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    told_before = [row for row in rows if row.pk not in written]
    return [row for row in rows if row.pk in written] + _put_back(told_before)


def _row(draft: Draft, channel: str, address: str, now: datetime) -> Message:
    too_late = draft.not_after is not None and draft.due_at > draft.not_after
    return Message(
        subject=draft.subject,
        kind=draft.kind,
        version=draft.version,
        channel=channel,
        message_class=draft.message_class,
        patient=draft.patient,
        address=address,
        language=language_for(draft.patient),
        time_zone=draft.time_zone,
        fields=asdict(draft.fields),
        due_at=draft.not_after if too_late else draft.due_at,
        not_after=draft.not_after,
        state=MessageState.DROPPED if too_late else MessageState.SCHEDULED,
        reason=TOO_LATE if too_late else "",
        created_at=now,
    )


_SAID = (
    "message_class", "address", "language", "time_zone", "fields", "due_at", "not_after", "state", "reason",
)  # fmt: skip


def _put_back(rows: Sequence[Message]) -> list[Message]:
    if not rows:
        return []
    withdrawn = Message.objects.select_for_update().filter(
        subject__in={row.subject for row in rows}, state=MessageState.WITHDRAWN
    )
    found = {_told_once(message): message for message in withdrawn.order_by("pk")}
    back = [(found[_told_once(row)], row) for row in rows if _told_once(row) in found]
    for message, row in back:
        for name in _SAID:
            setattr(message, name, getattr(row, name))
    Message.objects.bulk_update([message for message, _ in back], _SAID)
    return [message for message, _ in back]


def _told_once(message: Message) -> tuple:
    return message.subject, message.kind, message.version, message.channel


@transaction.atomic(savepoint=False)
def withdraw(
    *, subjects: Iterable[str], kinds: Collection[str] | None = None, reason: str = WITHDRAWN
) -> int:
    """Take back what is still open about these subjects; return how many rows that touched.

    One that is being sent just now crosses: it may arrive, but is not tried again.
    """
    rows = Message.objects.filter(subject__in=list(subjects), state__in=OPEN_STATES)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    # Locked first, and in the order that delivery.record has: two that want several never wait in a circle.
    locked = list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if not locked:
        return 0
    waiting = When(state=MessageState.SCHEDULED, then=Value(MessageState.WITHDRAWN))
    return Message.objects.filter(pk__in=locked).update(
        state=Case(waiting, default=F("state")), reason=reason
    )


@transaction.atomic(savepoint=False)
def readdress(patient: Patient, *, lost: Collection[str]) -> None:
    """What waits for an address that is not theirs any more goes to the one they have now, in the language
    they read now.

    Over a channel that they have no more it goes over the other one; told there as well, it is withdrawn.
    """
    waiting = Message.objects.filter(patient=patient, state=MessageState.SCHEDULED)
    rows = list(waiting.select_for_update(no_key=True).order_by("pk"))
    told = {_told_once(row) for row in Message.objects.filter(subject__in={row.subject for row in rows})}
    reached, language = dict(_own(patient)), language_for(patient)
    for row in rows:
        row.language = language
        if row.address in lost:
            _send_on(row, reached, told)
    Message.objects.bulk_update(rows, ["channel", "address", "language", "state", "reason"])


def _send_on(row: Message, reached: dict[str, str], told: set[tuple]) -> None:
    channel = row.channel if row.channel in reached else next(iter(reached), "")
    is_told = channel != row.channel and (row.subject, row.kind, row.version, channel) in told
    if not channel or is_told:
        row.state, row.reason = MessageState.WITHDRAWN, WITHDRAWN
    else:
        row.channel, row.address = channel, reached[channel]


# To whom


def addresses(draft: Draft, consented: Collection[str]) -> dict[str, str]:
    """Return {channel: address} to write rows for.

    A reminder has one for every contact: whether the person agreed to that channel is asked when it is sent,
    so that a yes given after booking counts. A notice goes where they agreed, or to the contact that booked.
    """
    patient = draft.patient
    if patient.died_on is not None:
        return {}
    if KINDS[draft.kind].needs_consent:
        return dict(_own(patient))
    agreed = {channel: address for channel, address in _own(patient) if channel in consented}
    return agreed or dict([*_of_account(patient.account), *_own(patient)][:1])


def _own(patient: Patient) -> list[tuple[str, str]]:
    """The patient's own contact; where there is none, that of the account that books for them."""
    own = {Channel.SMS: patient.phone, Channel.EMAIL: patient.email}
    fallback = dict(_of_account(patient.account))
    found = {channel: address or fallback.get(channel, "") for channel, address in own.items()}
    return [(channel, address) for channel, address in found.items() if address]


def _of_account(account: User | None) -> list[tuple[str, str]]:
    if account is None:
        return []
    contacts = [(Channel.SMS, account.phone), (Channel.EMAIL, account.email)]
    return [(channel, address) for channel, address in contacts if address]


def standing_consents(patients: Collection[int]) -> dict[int, set[str]]:
    consents = ReminderConsent.objects.filter(patient__in=patients, withdrawn_at__isnull=True)
    standing: dict[int, set[str]] = {patient: set() for patient in patients}
    for patient, channel in consents.values_list("patient", "channel"):
        standing[patient].add(channel)
    return standing


def language_for(patient: Patient) -> str:
    """The language the patient reads, once it is finished; English until then."""
    offered = {code for code, _ in settings.LANGUAGES}
    return patient.language_read if patient.language_read in offered else Language.ENGLISH


def link(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


# Log-in codes


def send_code(*, channel: str, address: str, code_text: str, user: User | None, now: datetime) -> Message:
    """Send a code at once; `code_text` is the code as people type it, the words around it are ours.

    Call it outside any transaction. The row tells its fate and never the code: what is in the database can be
    read by whoever steals it. Its state is `sent`, or `failed` when the person should ask for another.
    """
    minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
    rendered = render_code(code_text, minutes=minutes, translate=translation.gettext)
    envelope = Envelope(str(uuid.uuid4()), CODE, address, rendered.title, rendered.text)
    answer = hand_over(channel, envelope)
    return _record_code(envelope, channel, user, answer, now)


def _record_code(
    envelope: Envelope, channel: str, user: User | None, answer: Answer, now: datetime
) -> Message:
    sent, key = answer.outcome == Outcome.ACCEPTED, uuid.UUID(envelope.key)
    with transaction.atomic():
        message = Message.objects.create(
            id=key,
            subject=f"user:{user.pk if user else 0}:{key.hex}",
            kind=CODE,
            channel=channel,
            message_class=MessageClass.CODE,
            address=envelope.address,
            language=(translation.get_language() or Language.ENGLISH)[:2],
            time_zone="UTC",
            fields={},
            due_at=now,
            state=MessageState.SENT if sent else MessageState.FAILED,
            reason=answer.error_code,
            attempts=1,
            sent_at=now if sent else None,
            created_at=now,
        )
        delivery_row(message, answer, now).save()
    return message


def delivery_row(message: Message, answer: Answer, now: datetime) -> Delivery:
    return Delivery(
        message=message,
        attempt=message.attempts,
        at=now,
        outcome=answer.outcome,
        provider_id=answer.provider_id,
        error_code=answer.error_code,
    )
