"""Alarms: raised by medical facts, given to whoever is on call, settled by somebody who rang.

Nothing covers or closes an alarm but a person: each subject has its own row, so that one who rings settles
exactly what stood on their page, and what came in since stays open. Lists put a patient's alarms together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic import audit, outbox, refusals
from clinic.models import Alarm, Patient, User
from clinic.models.alarms import CallOutcome, Lane
from clinic.rules.deadlines import ring_by
from clinic.rules.on_call import FIRST, MANAGERS
from clinic.services import escalating
from clinic.services.days import zone_of


def raise_alarm(*, patient: Patient, kind: str, subject: str, lane: str, now: datetime) -> Alarm:
    """Return the alarm of this kind about this subject, raised now unless there is one.

    Call it in the transaction of what it tells about: whoever is on call is told in it.
    """
    alarm, is_new = Alarm.objects.get_or_create(
        kind=kind,
        subject=subject,
        defaults={
            "patient": patient,
            "lane": lane,
            "raised_at": now,
            "deadline": ring_by(lane, now=now, zone=zone_of()),
        },
    )
    if is_new:
        _note(alarm, "alarm_raised", None, now)
        escalating.begin(alarm, now=now)
    return alarm


def take(*, alarms: Collection[Alarm], by: User, now: datetime) -> list[Alarm]:
    """`by` sees to these: they are theirs, and rest with them for as long as one person may take to answer.

    Raises AlarmSettled when somebody has settled all of them meanwhile.
    """
    with transaction.atomic(durable=True):
        still = [alarm for alarm in _locked(alarms) if alarm.is_open]
        if not still:
            raise refusals.AlarmSettled
        for alarm in still:
            _rest_with(alarm, by, now)
            alarm.save(update_fields=["owner", "level", "next_at"])
            _note(alarm, "alarm_taken", by, now)
        _tell_nobody_else(still)
        return still


def _locked(alarms: Collection[Alarm]) -> list[Alarm]:
    asked = {alarm.pk for alarm in alarms}
    rows = Alarm.objects.select_for_update(no_key=True, of=("self",)).select_related("patient")
    return list(rows.filter(pk__in=asked).order_by("pk"))


def _rest_with(alarm: Alarm, by: User, now: datetime) -> None:
    alarm.owner, alarm.level = by, max(alarm.level, FIRST)
    alarm.next_at = escalating.next_at(alarm, now=now)


def _tell_nobody_else(alarms: Collection[Alarm]) -> None:
    outbox.withdraw(subjects=[escalating.about(alarm) for alarm in alarms])


def acknowledge(*, alarms: Collection[Alarm], by: User, outcome: str, now: datetime) -> list[Alarm]:
    """Write down what came of ringing about these. No answer leaves them open, for another try.

    What somebody settled in the meantime stays as it is; raises AlarmSettled when that leaves nothing.
    """
    with transaction.atomic(durable=True):
        found = _locked(alarms)
        still = [alarm for alarm in found if alarm.is_open]
        if not still and not all(_is_said(alarm, by, outcome) for alarm in found):
            raise refusals.AlarmSettled
        for alarm in still:
            _write(alarm, by, outcome, now)
        _tell_nobody_else(still)
        return still


def _is_said(alarm: Alarm, by: User, outcome: str) -> bool:
    """The same button twice."""
    return (alarm.acknowledged_by_id, alarm.outcome) == (by.pk, outcome)


def _write(alarm: Alarm, by: User, outcome: str, now: datetime) -> None:
    alarm.acknowledged_by, alarm.acknowledged_at, alarm.outcome = by, now, CallOutcome(outcome)
    if alarm.is_open:
        _rest_with(alarm, by, now)
    else:
        alarm.next_at = None
    written = ["acknowledged_by", "acknowledged_at", "outcome", "owner", "level", "next_at"]
    alarm.save(update_fields=written)
    _note(alarm, "alarm_acknowledged", by, now, outcome=str(alarm.outcome))


def _note(alarm: Alarm, action: str, by: User | None, now: datetime, **detail: str) -> None:
    subject = f"alarm:{alarm.pk}"
    audit.record(by=by, action=action, subject=subject, patient=alarm.patient, now=now, **detail)


# Reading


def open_alarms(*kinds: str) -> list[Alarm]:
    """Return what is open, the one due first first; `kinds` narrows it."""
    rows = Alarm.objects.open().select_related("patient__account", "acknowledged_by", "owner")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.order_by("deadline", "pk"))


@dataclass(frozen=True)
class Waiting:
    """One patient who waits for a call: who, on which number, by when, who sees to it. Never why."""

    patient: Patient
    alarms: tuple[Alarm, ...]

    @property
    def deadline(self) -> datetime:
        return self.alarms[0].deadline

    @property
    def number(self) -> str:
        return number_of(self.patient)

    @property
    def owners(self) -> tuple[User, ...]:
        return tuple(dict.fromkeys(alarm.owner for alarm in self.alarms if alarm.owner))

    @property
    def has_nobody(self) -> bool:
        """Managers were asked about one of these, and nobody has said that they see to it."""
        return any(alarm.owner is None and alarm.level >= MANAGERS for alarm in self.alarms)


def waiting() -> list[Waiting]:
    """Return who waits for a call, the one due first first, in one query."""
    found: dict[int, list[Alarm]] = {}
    for alarm in open_alarms():
        found.setdefault(alarm.patient_id, []).append(alarm)
    return [Waiting(rows[0].patient, tuple(rows)) for rows in found.values()]


def number_of(patient: Patient) -> str:
    """Where to ring somebody: their own number, else the one their account logs in with."""
    return patient.phone or (patient.account.phone if patient.account else "") or ""


@dataclass(frozen=True)
class ContactPromise:
    """What a patient may count on: somebody rings by then. `tried_at`: we rang, and nobody answered."""

    by: datetime
    at_once: bool
    is_overdue: bool
    tried_at: datetime | None


def contact_promise(patient: Patient, *, now: datetime, about: Collection[str] = ()) -> ContactPromise | None:
    """Return the first call this patient waits for, None when there is none; `about` narrows the subjects."""
    rows = Alarm.objects.open().filter(patient=patient)
    if about:
        rows = rows.filter(subject__in=about)
    alarm = rows.order_by("deadline", "pk").first()
    if alarm is None:
        return None
    at_once = alarm.lane == Lane.EMERGENCY
    return ContactPromise(
        by=alarm.deadline,
        at_once=at_once,
        is_overdue=not at_once and alarm.deadline < now,
        tried_at=alarm.acknowledged_at,
    )
