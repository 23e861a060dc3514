"""Passing an alarm on until somebody answers it: each step once, told and written down together.

1. find: open alarms whose time to answer is over, whom nobody was told of, or whose owner is away;
2. lock: each in a transaction of its own, FOR NO KEY UPDATE SKIP LOCKED; what another worker has just passed
   on does not fit the question any more when it is read under the lock;
3. ask: who is next follows from the rota at that moment (rules/on_call.py);
4. write: a step a person, its message and one audit row. The unique step has the last word: nobody is told
   twice of the same.

The beat calls it every minute, and nothing hangs on when: a tick may be late, doubled or lost.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import audit, formats, outbox
from clinic.models import Alarm, AlarmStep, Message, User
from clinic.models.alarms import Lane
from clinic.models.outbox import Channel, MessageClass
from clinic.models.people import Language
from clinic.rules import deadlines
from clinic.rules.message_texts import MessageFields
from clinic.rules.on_call import AWAY, CRISIS, MANAGERS, NOBODY, RAISED, UNANSWERED, Asked, whom_next
from clinic.services import on_call
from clinic.services.days import zone_of

CALL_LIST = "calls"  # one neutral address for everybody who is told
PASSED_ON = {"level__in": [1, 2]}  # above that, all who could be asked were


def escalate(*, now: datetime) -> int:
    """Pass on what nobody has answered in time; return how many alarms went to somebody."""
    return sum(_passed_on(alarm, now) for alarm in _due(now))


def begin(alarm: Alarm, *, now: datetime) -> None:
    """Give a new alarm to whoever is on call; expects the transaction of what it tells about."""
    _pass_on(alarm, RAISED, now)


def untold(*, now: datetime) -> int:
    """How many calls are overdue of which nobody was ever told: whoever watches the house must see to it.

    It does not make the house unready: a patient who reports trouble must not find the door shut.
    """
    told = AlarmStep.objects.filter(alarm=OuterRef("pk"), to__isnull=False)
    return Alarm.objects.open().filter(~Exists(told), deadline__lt=now).count()


# 1. Find


def _due(now: datetime) -> list[int]:
    away = _owners_away(now)
    return list(_waiting(away, now).order_by("deadline", "pk").values_list("pk", flat=True))


def _waiting(away: Iterable[int], now: datetime) -> QuerySet[Alarm]:
    of_those_away = Q(owner__in=away, **PASSED_ON)
    return Alarm.objects.open().filter(Q(next_at__lte=now) | Q(level=0) | of_those_away)


def _owners_away(now: datetime) -> set[int]:
    owners = Alarm.objects.open().filter(owner__isnull=False, **PASSED_ON)
    return on_call.away_of(set(owners.values_list("owner", flat=True)), now=now)


# 2. Lock


def _passed_on(pk: int, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        alarm = _locked(pk, now)
        return alarm is not None and _pass_on(alarm, _why(alarm, now), now)


def _locked(pk: int, now: datetime) -> Alarm | None:
    away = _owners_away(now)
    rows = _waiting(away, now).select_for_update(no_key=True, skip_locked=True, of=("self",))
    return rows.filter(pk=pk).first()


def _why(alarm: Alarm, now: datetime) -> str:
    if alarm.level == 0:
        return RAISED
    is_away = alarm.owner_id and on_call.away_of({alarm.owner_id}, now=now)
    return AWAY if is_away else UNANSWERED


# 3. Ask, 4. Write


def _pass_on(alarm: Alarm, why: str, now: datetime) -> bool:
    told = {person for person in alarm.steps.values_list("to", flat=True) if person}
    asked = whom_next(on_call.duty_at(now), level=alarm.level, told=told, why=why)
    if asked is None:
        _wait(alarm, now)
        return False
    if asked.level < MANAGERS:
        alarm.owner_id = asked.people[0]
    else:
        alarm.owner = None  # all of them were asked
    alarm.level = max(alarm.level, asked.level)
    _wait(alarm, now)
    _tell(alarm, asked, now)
    return True


def _wait(alarm: Alarm, now: datetime) -> None:
    alarm.next_at = next_at(alarm, now=now) if alarm.level < MANAGERS else on_call.next_change(now)
    alarm.save(update_fields=["owner", "level", "next_at"])


def next_at(alarm: Alarm, *, now: datetime) -> datetime:
    """Until when whoever has it now may answer."""
    house = on_call.the_house()
    return deadlines.passed_on_at(
        alarm.lane,
        now=now,
        deadline=alarm.deadline,
        zone=zone_of(),
        is_crisis=alarm.kind == CRISIS,
        **({"is_open": house.is_open} if house else {}),
    )


def _tell(alarm: Alarm, asked: Asked, now: datetime) -> None:
    people = User.objects.in_bulk(asked.people)
    steps = [
        AlarmStep.objects.create(alarm=alarm, level=asked.level, to=people.get(person), why=asked.why, at=now)
        for person in asked.people or (None,)
    ]
    Message.objects.bulk_create(message for step in steps if step.to for message in _messages(step, now))
    detail = {"level": asked.level, "why": asked.why, "people": len(asked.people)}
    subject = about(alarm)
    audit.record(by=None, action="alarm_told", subject=subject, patient=alarm.patient, now=now, **detail)


def about(alarm: Alarm) -> str:
    return f"alarm:{alarm.pk}"


def _messages(step: AlarmStep, now: datetime) -> Iterable[Message]:
    """Over every way there is to reach them: whoever sleeps hears one of two."""
    addresses = {Channel.SMS: step.to.phone, Channel.EMAIL: step.to.email}
    for channel, address in addresses.items():
        if address:
            yield Message(
                subject=about(step.alarm),
                kind=_kind(step),
                version=step.pk,
                channel=channel,
                message_class=MessageClass.SAFETY,
                address=address,
                language=Language.ENGLISH,
                time_zone=str(zone_of()),
                fields=asdict(_said(step.alarm)),
                due_at=now,
                created_at=now,
            )


def _kind(step: AlarmStep) -> str:
    if step.alarm.lane == Lane.SEVEN_DAYS:
        return "call_within_days"
    return "call_not_taken" if step.level == MANAGERS or step.why == NOBODY else "call_waits"


def _said(alarm: Alarm) -> MessageFields:
    """By when, and where to read more: the list asks who is there before it shows anything."""
    zone = zone_of()
    return MessageFields(
        place=settings.CLINIC_NEUTRAL_NAME or _("the clinic"),
        area=_("on call"),
        weekday_day=formats.day(alarm.deadline.astimezone(zone).date()),
        time=formats.time_of(alarm.deadline, zone),
        link=outbox.link(reverse(CALL_LIST)),
    )
