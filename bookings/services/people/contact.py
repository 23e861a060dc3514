"""A name spelled right, another number, another e-mail: what the desk corrects, and all that hangs on it.

The log-in goes with the number. Whoever has the old one is signed out of the account it opened and sees
nothing of this person any more; the new number's account, made if there is none, holds them from now on. A
number that only books for them (a daughter's for her mother) is another person's, and stays as it is. Of a
family with one number each goes along who is named, and nobody else: it may be wrong for one of them alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.services import messages
from bookings.services.desk.calling import CONTACT_CHANGED
from bookings.services.door.taking import in_one_transaction, lock
from bookings.services.house.locations import ChangedMeanwhile, mark
from clinic import audit, outbox
from clinic.models import AuditRow, Patient, User
from clinic.refusals import Refusal
from clinic.rules import names
from clinic.services import registering
from clinic.services.name_words import rename
from clinic.services.reminder_consents import settle_channels, standing_channels

WAYS = ("phone", "email")
FIELDS = (
    "name", *WAYS, "area", "language_spoken", "language_read", "guardian_name", "emergency_contact_name",
    "emergency_contact_phone",
)  # fmt: skip
DETAILS_CHANGED = "details_changed"  # the audit's code for all but another number
MOST_SHOWN = 5


class RecordClosed(Refusal):
    text = _("This record is closed, because the person has died. It stays as it is.")


@dataclass(frozen=True)
class Wish:
    """`fields`: every one of FIELDS. `also`: who of sharing() goes along to the new number or e-mail."""

    fields: Mapping[str, str]
    reminders: Collection[str] = ()
    also: Collection[int] = field(default_factory=frozenset)


# Before it is changed


def sharing(patient: Patient) -> QuerySet[Patient]:
    """Others who have the same number or e-mail, or are booked for with the log-in that goes with it."""
    same = Q(pk=None)
    for way, address in _addresses(patient).items():
        same |= Q(**{way: address})
    if _has_own_log_in(patient):
        same |= Q(account=patient.account_id)
    return Patient.objects.filter(same, merged_into=None, died_on=None).exclude(pk=patient.pk).order_by("pk")


def alike(patient: Patient, fields: Mapping[str, str]) -> list[Patient]:
    """Return whose records this one would look like then, and does not yet: as for somebody new."""
    birth = patient.born_on.year if patient.born_on else patient.approximate_birth_year
    where = {"area": patient.area, "born": birth}
    before = registering.lookalikes(name=patient.name, phone=patient.phone, **where)
    name = fields["name"]
    found = registering.lookalikes(name=name, phone=fields["phone"], **where)

    def is_new(one: Patient) -> bool:
        sounds_so_now = names.sounds_alike(one.name, name) and not names.sounds_alike(one.name, patient.name)
        return one not in before or sounds_so_now

    return [one for one in found if one != patient and is_new(one)]


def mark_of(patient: Patient) -> str:
    values = [getattr(patient, name) for name in FIELDS]
    shared = [one.pk for one in sharing(patient)]
    return mark(patient.pk, values, shared, sorted(standing_channels(patient)))


def changes_of(patient: Patient) -> Sequence[AuditRow]:
    """Who changed what and when, the newest first. It says which fields, never what stood there."""
    rows = AuditRow.objects.filter(patient=patient, action__in=[CONTACT_CHANGED, DETAILS_CHANGED])
    return rows.select_related("by").order_by("-pk")[:MOST_SHOWN]


def _addresses(patient: Patient) -> dict[str, str]:
    return {way: getattr(patient, way) for way in WAYS if getattr(patient, way)}


def _has_own_log_in(patient: Patient) -> bool:
    """Not one that only books for them."""
    account = patient.account
    return account is not None and bool({account.phone, account.email} & set(_addresses(patient).values()))


# Changing it


def change(*, patient: Patient, wish: Wish, seen: str, by: User, now: datetime) -> Patient:
    """Write what is wished for where the record is as it was `seen`; return it as it is now.

    Raises ChangedMeanwhile, RecordClosed, RecordMerged, Busy.
    """
    return in_one_transaction(lambda: _change(patient.pk, wish, seen, by, now))


def _change(patient_id: int, wish: Wish, seen: str, by: User, now: datetime) -> Patient:
    lock(patients={patient_id, *wish.also}, resources=set())
    patient = Patient.objects.select_related("account").get(pk=patient_id)
    if patient.died_on:
        raise RecordClosed
    if mark_of(patient) != seen:
        raise ChangedMeanwhile
    together = list(sharing(patient).filter(pk__in=wish.also).select_related("account"))
    before, left = _addresses(patient), patient.account
    changed = _write(patient, wish.fields)
    settle_channels(patient=patient, channels=wish.reminders, by=by, now=now)
    if changed & {*WAYS}:
        _settle_log_in(patient, _lost(before, patient))
        for one in together:
            _take_along(one, patient, before, left, by, now)
        _sign_out(left, but=patient.account)
    if changed & {*WAYS, "language_read"}:
        _tell_there(patient, _lost(before, patient), now)
    if changed:
        _note(patient, changed, by, now, account_from=left and left.pk)
    return patient


def _write(patient: Patient, fields: Mapping[str, str]) -> set[str]:
    changed = {name for name in FIELDS if getattr(patient, name) != fields[name]}
    if "name" in changed:
        rename(patient, fields["name"])
    others = changed - {"name"}
    for name in others:
        setattr(patient, name, fields[name])
    if others:
        patient.save(update_fields=others)
    return changed


def _lost(before: Mapping[str, str], patient: Patient) -> set[str]:
    return set(before.values()) - set(_addresses(patient).values())


def _take_along(
    one: Patient, patient: Patient, before: Mapping[str, str], left: User | None, by: User, now: datetime
) -> None:
    """The same family: what was the same before is the same afterwards."""
    fields = {name: getattr(one, name) for name in FIELDS}
    for way, address in before.items():
        if fields[way] == address:
            fields[way] = getattr(patient, way)
    own = _addresses(one)
    changed = _write(one, fields)
    if one.account_id is not None and left is not None and one.account_id == left.pk:
        one.account = patient.account
        one.save(update_fields=["account"])
    _tell_there(one, _lost(own, one), now)
    _note(one, changed, by, now, together_with=patient.pk, account_from=left and left.pk)


# What hangs on it


def _settle_log_in(patient: Patient, lost: Collection[str]) -> None:
    account = patient.account
    if account is not None and not {account.phone, account.email} & set(lost):
        return
    patient.account = _account_of(patient)
    patient.save(update_fields=["account"])


def _account_of(patient: Patient) -> User | None:
    """As for somebody new: without a password, and none behind a colleague's number."""
    address = {"phone": patient.phone} if patient.phone else {"email": patient.email.lower()}
    account, _made = User.objects.get_or_create(**address, defaults={"password": make_password(None)})
    return None if account.is_staff else account


def _sign_out(account: User | None, *, but: User | None) -> None:
    """End every session of this account: a session holds for one password, and this one is nobody's."""
    if account is None or account == but or account.is_staff:
        return
    account.password = make_password(None)
    account.save(update_fields=["password"])


def _tell_there(patient: Patient, lost: Collection[str], now: datetime) -> None:
    outbox.readdress(patient, lost=lost)
    messages.contact_changed(patient=patient, now=now)


def _note(patient: Patient, changed: Collection[str], by: User, now: datetime, **more: object) -> None:
    action = CONTACT_CHANGED if "phone" in changed else DETAILS_CHANGED
    audit.record(
        by=by, action=action, subject=f"patient:{patient.pk}", patient=patient, now=now,
        fields=sorted(changed), account_to=patient.account_id, **more,
    )  # fmt: skip


# A phone that others use, too


def share_phone(*, patient: Patient, pin: str, by: User, now: datetime) -> None:
    """From now on the code of that phone opens times and places, and this PIN the rest (DESIGN 5.7)."""
    _set_pin(patient, make_password(pin), "phone_shared", by, now)


def unshare_phone(*, patient: Patient, by: User, now: datetime) -> None:
    _set_pin(patient, "", "phone_not_shared", by, now)


def _set_pin(patient: Patient, pin: str, action: str, by: User, now: datetime) -> None:
    def write() -> None:
        lock(patients={patient.pk}, resources=set())
        if Patient.objects.filter(pk=patient.pk, died_on=None).update(phone_shared=bool(pin), pin=pin) != 1:
            raise RecordClosed
        audit.record(by=by, action=action, subject=f"patient:{patient.pk}", patient=patient, now=now)

    in_one_transaction(write)
