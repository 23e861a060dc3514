"""Alarms: raised by medical facts, settled by somebody who rang.

Nothing covers or closes an alarm but a person: each subject has its own row, so that one who rings settles
exactly what stood on their page, and what came in since stays open. Lists put a patient's alarms together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic import audit, refusals
from clinic.models import Alarm, Patient, User
from clinic.models.alarms import CallOutcome, Lane
from clinic.rules.deadlines import ring_by
from clinic.services.days import zone_of


def raise_alarm(*, patient: Patient, kind: str, subject: str, lane: str, now: datetime) -> Alarm:
    """Return the alarm of this kind about this subject, raised now unless there is one.

    Call it in the transaction of what it tells about. Nobody owns it yet: whoever is on duty does.
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
    return alarm


def acknowledge(*, alarms: Collection[Alarm], by: User, outcome: str, now: datetime) -> list[Alarm]:
    """Write down what came of ringing about these. No answer leaves them open, for another try.

    What somebody settled in the meantime stays as it is; raises AlarmSettled when that leaves nothing.
    """
    asked = sorted(alarm.pk for alarm in alarms)
    with transaction.atomic(durable=True):
        found = list(Alarm.objects.select_for_update(no_key=True).filter(pk__in=asked).order_by("pk"))
        still = [alarm for alarm in found if alarm.is_open]
        if not still and not all(_is_said(alarm, by, outcome) for alarm in found):
            raise refusals.AlarmSettled
        for alarm in still:
            _write(alarm, by, outcome, now)
        return still


def _is_said(alarm: Alarm, by: User, outcome: str) -> bool:
    """The same button twice."""
    return (alarm.acknowledged_by_id, alarm.outcome) == (by.pk, outcome)


def _write(alarm: Alarm, by: User, outcome: str, now: datetime) -> None:
    alarm.acknowledged_by, alarm.acknowledged_at, alarm.outcome = by, now, CallOutcome(outcome)
    alarm.save(update_fields=["acknowledged_by", "acknowledged_at", "outcome"])
    _note(alarm, "alarm_acknowledged", by, now, outcome=str(alarm.outcome))


def _note(alarm: Alarm, action: str, by: User | None, now: datetime, **detail: str) -> None:
    subject = f"alarm:{alarm.pk}"
    audit.record(by=by, action=action, subject=subject, patient=alarm.patient, now=now, **detail)


# Reading


def open_alarms(*kinds: str) -> list[Alarm]:
    """Return what is open, the one due first first; `kinds` narrows it."""
    rows = Alarm.objects.open().select_related("patient__account", "acknowledged_by")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.order_by("deadline", "pk"))


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
