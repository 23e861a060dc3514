"""Who did what, and who read whose record. Rows are append-only in the database.

Written in the transaction of what they tell about. They carry codes and ids only: a name, a number or an
answer here would outlive every erasure, so free text is an error and not a habit.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from clinic.models import AuditRow, Patient, User, ViewRow

ACTION = re.compile(r"[a-z][a-z0-9_]{1,39}")
SUBJECT = re.compile(r"[a-z][a-z0-9_]{1,29}:[A-Za-z0-9-]{1,29}")
# booked, in_room, no_show, drug-allergy, R-06, 7-day; never a blank, so no sentence and hardly a name
CODE = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,39}|[A-Z]{1,3}-?[0-9]{1,3}[a-z]?")
OUTCOMES = {"ABS", "DEFER", "REVIEW", "CAUTION", "SUPPORT", "NONE"}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LOOKS_LIKE_A_NUMBER_TO_RING = re.compile(r"[0-9.:-]{8,}")
BIGGEST_ID = 2**31


def record(
    *,
    by: User | AnonymousUser | None,
    action: str,
    subject: str,
    patient: Patient | None,
    now: datetime,
    **detail: object,
) -> AuditRow:
    """One act. `subject` is kind:id, for example booking:17; `detail` holds codes, ids, days or lists."""
    if not ACTION.fullmatch(action):
        raise ValueError("An action is a code, such as decision_signed.")
    if not SUBJECT.fullmatch(subject):
        raise ValueError("A subject is kind:id, such as booking:17.")
    return AuditRow.objects.create(
        at=now,
        by=_person(by),
        action=action,
        subject=subject,
        patient=patient,
        detail={name: _plain(name, value) for name, value in detail.items()},
    )


def viewed(*, by: User, patient: Patient, what: str, now: datetime) -> ViewRow:
    """`by` read this patient's record; `what` says which page, as a code."""
    if not ACTION.fullmatch(what):
        raise ValueError("What was read is a code, such as intake.")
    return ViewRow.objects.create(at=now, by=by, patient=patient, what=what)


def viewed_list(*, by: User, patients: Iterable[Patient], what: str, now: datetime) -> None:
    """`by` read something medical of each of these on one page: a row each, in one statement."""
    if not ACTION.fullmatch(what):
        raise ValueError("What was read is a code, such as queue.")
    ViewRow.objects.bulk_create(ViewRow(at=now, by=by, patient=patient, what=what) for patient in patients)


def _person(by: User | AnonymousUser | None) -> User | None:
    return by if by is not None and by.is_authenticated else None


def _plain(name: str, value: object) -> object:
    """What may be stored; the message names the field and never the value."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < BIGGEST_ID:
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, str) and is_code(value):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return [_plain(name, one) for one in value]
    raise ValueError(f"{name}: an audit row takes codes, ids and days, never free text.")


def is_code(text: str) -> bool:
    if text == "" or text in OUTCOMES or DAY.fullmatch(text):
        return True
    return bool(CODE.fullmatch(text)) and not LOOKS_LIKE_A_NUMBER_TO_RING.fullmatch(text)
