"""Two records of one person become one. It cannot be undone.

1. lock both patients in id order, FOR UPDATE: the door and every writer that locks one waits, and so does a
   row written without a lock, for its foreign key (clinic/append_only.py refuses it afterwards);
2. read the plan again: what is applied is what was shown;
3. visits that cannot stand beside the rest give way, to be moved; treatments given too close get their note;
4. what may stand only once is settled: agreements, open forms, yes to reminders, who may see the photos, a
   pause of everything, days away, waiting for a time;
5. every row of the one record comes to the other. Rows that are never changed let their patient change, and
   nothing else, while clinic.merging names these two;
6. the record that is kept gets what was chosen and what it lacked; the other stays, pointing at it;
7. what hangs on who somebody is follows: what they are found by, reminders, screening, the diary.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, models

from bookings import refusals
from bookings.models import Booking
from bookings.services import messages
from bookings.services.door.settling import release
from bookings.services.door.taking import in_one_transaction
from bookings.services.people.merge_plan import CHOSEN, LONGEST_WHY, Choice, Plan, read_plan
from bookings.services.people.standing_once import settle_once
from clinic import audit
from clinic.models import Message, NameWord, Patient, User
from clinic.models.outbox import Channel, MessageState
from clinic.refusals import Refusal
from clinic.rules import names
from clinic.services.locks import LOCK_TIMEOUT
from clinic.services.name_words import find_by_name
from consultations.services import joining
from consultations.services.changes import patient_changed

FILLED = ("sex_at_birth", "area", "email", "guardian_name")
NOT_LISTED = ("auditrow", "viewrow", "message", "nameword")  # too many, or told apart by their subject


class WhyMissing(Refusal):
    """Two given days lie too close: who says so, says why."""

    status = 422


class NotSure(Refusal):
    """Something speaks against one person, and nobody has said that it is one all the same."""

    status = 422


def merge(*, kept: Patient, other: Patient, choice: Choice, seen: str, by: User, now: datetime) -> Patient:
    """Put `other` into `kept`; return it as it is now. The same two again change nothing.

    Raises SameRecord, RecordClosed, HereNow, WhyMissing, NotSure, Changed, Busy.
    """
    return in_one_transaction(lambda: _merge(kept.pk, other.pk, choice, seen, by, now))


def _merge(kept_id: int, other_id: int, choice: Choice, seen: str, by: User, now: datetime) -> Patient:
    people = _lock(kept_id, other_id)
    kept, other = people[kept_id], people[other_id]
    if other.merged_into_id == kept.pk:
        return kept
    plan = read_plan(kept=kept, other=other)
    if plan.seen != seen:
        raise refusals.Changed
    if plan.too_close and not choice.why.strip():
        raise WhyMissing
    if plan.differs and not choice.sure:
        raise NotSure
    _make_way(plan, choice.why, by, now)
    known_of = joining.known_of_those_who_answered(kept, other, now=now)
    _settle_what_stands_once(kept, other, by, now)
    came = _bring_over(kept, other)
    _write_who_it_is(plan, choice)
    _follow(kept, known_of, by, now)
    _note(plan, came, by, now)
    return kept


def _lock(*ids: int) -> dict[int, Patient]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
    rows = Patient.objects.select_for_update(of=("self",)).select_related("account")
    return {patient.pk: patient for patient in rows.filter(pk__in=ids).order_by("pk")}


# The diary


def _make_way(plan: Plan, why: str, by: User, now: datetime) -> None:
    for patient in (plan.kept, plan.other):
        own = [booking for booking in plan.to_be_moved if booking.patient_id == patient.pk]
        if own:
            release(own, by=by, now=now, reason="merged")
    close = Booking.objects.filter(pk__in=[booking.pk for booking in plan.too_close])
    close.update(too_close_by=by, too_close_why=why.strip()[:LONGEST_WHY])


# Rows


def _settle_what_stands_once(kept: Patient, other: Patient, by: User, now: datetime) -> None:
    joining.settle_agreements(kept, other, now=now)
    joining.settle_open_forms(kept, other, now=now)
    joining.settle_photos(kept, other)
    settle_once(kept, other, by=by, now=now)
    NameWord.objects.filter(patient=other).delete()


def _bring_over(kept: Patient, other: Patient) -> dict[str, list[int]]:
    """Point everything at the kept record; return the ids by model: by them a person could tell it apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('clinic.merging', %s, true)", [f"{other.pk}>{kept.pk}"])
    waiting = Message.objects.select_for_update(no_key=True).filter(patient=other).order_by("pk")
    list(waiting.values_list("pk"))  # in the order in which whoever delivers them locks them
    came = {}
    for model, field in pointing_at_patients():
        rows = model._base_manager.filter(**{field: other})
        if model._meta.model_name not in NOT_LISTED:
            came[f"{model._meta.model_name}_rows"] = sorted(rows.values_list("pk", flat=True))
        rows.update(**{field: kept})
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('clinic.merging', '', true)")
    return {name: ids for name, ids in came.items() if ids}


def pointing_at_patients() -> Iterable[tuple[type[models.Model], str]]:
    """Every column of every table that says whose a row is, also of records merged earlier."""
    for relation in Patient._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            yield relation.related_model, relation.field.name


# Who it is


def _write_who_it_is(plan: Plan, choice: Choice) -> None:
    """What is given up stays with the record that goes: so the person is found by it, and nothing is lost."""
    kept, other = plan.kept, plan.other
    phone_of, log_in_of = (other if one == other.pk else kept for one in (choice.phone, choice.account))
    is_shared = phone_of.phone_shared or log_in_of.phone_shared
    pin = log_in_of.pin or kept.pin or other.pin
    for part, fields in CHOSEN.items():
        if getattr(choice, part) == other.pk:
            _exchange(kept, other, fields)
    kept.phone_shared, kept.pin = is_shared, pin
    kept.name_key, other.name_key = names.search_key(kept.name), names.search_key(other.name)
    if not kept.emergency_contact_name and not kept.emergency_contact_phone:
        kept.emergency_contact_name = other.emergency_contact_name
        kept.emergency_contact_phone = other.emergency_contact_phone
    for field in FILLED:
        setattr(kept, field, getattr(kept, field) or getattr(other, field))
    if "sex" in plan.differs:
        kept.sex_at_birth = ""  # nobody here may decide it: it is asked again, and until then unknown
    kept.save()
    other.merged_into = kept
    other.save()


def _exchange(one: Patient, other: Patient, fields: Iterable[str]) -> None:
    for field in fields:
        mine, theirs = getattr(one, field), getattr(other, field)
        setattr(one, field, theirs)
        setattr(other, field, mine)


# What follows


def _follow(kept: Patient, known_of: Sequence[dict], by: User, now: datetime) -> None:
    find_by_name([kept])
    _readdress(kept)
    messages.contact_changed(patient=kept, now=now)
    joining.mark_if_changed(kept, known_of, by=by, now=now)
    patient_changed(kept, by=by, now=now)


def _readdress(kept: Patient) -> None:
    """What waits to be sent goes where the person can be reached now."""
    account = kept.account
    reached = {
        Channel.SMS: kept.phone or (account.phone if account else ""),
        Channel.EMAIL: kept.email or (account.email if account else ""),
    }
    for channel, address in reached.items():
        if address:
            waiting = Message.objects.filter(patient=kept, channel=channel, state=MessageState.SCHEDULED)
            waiting.update(address=address)


def _note(plan: Plan, came: dict[str, list[int]], by: User, now: datetime) -> None:
    audit.record(
        by=by,
        action="records_merged",
        subject=f"patient:{plan.other.pk}",
        patient=plan.kept,
        now=now,
        into=plan.kept.pk,
        to_be_moved=[booking.pk for booking in plan.to_be_moved],
        too_close=[booking.pk for booking in plan.too_close],
        **came,
    )
