"""What two windows said about one form: nothing is overwritten that no page showed, and both are kept."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.models import User
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Answer, Intake
from consultations.models.intakes import Purpose
from consultations.rules.answers import is_empty
from consultations.rules.questionnaire import QUESTIONS
from consultations.rules.windows import Row, Window, said_elsewhere
from consultations.services.changes import patient_changed
from consultations.services.intake_reading import is_left_to_doctor


@dataclass
class Standing:
    """The rows that bear on a round, by question, and which questions have a row of this round already.

    `unseen`: answered before a clinic tablet was handed over, which does not show it.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    asked_here: set[str] = field(default_factory=set)
    unseen: frozenset[str] = frozenset()

    def says_something_new(self, key: str, value: Any, window: Window | None, *, settles: bool) -> bool:
        """Is this worth a row? A page never takes back what it did not show."""
        rows = self.rows.get(key, [])
        if not rows:
            return not (value is None and key in self.unseen)
        if value == rows[-1].value:
            return key not in self.asked_here or (settles and self._was_told(rows, window))
        return window is None or window.knows(rows[-1]) or value != self._showed(key, window)

    def is_left_as_it_was(self, key: str, given: Any, window: Window | None) -> bool:
        """Empty here, as it was shown, and answered in another window since."""
        rows = self.rows.get(key, [])
        if window is None or not rows or not is_empty(given) or window.knows(rows[-1]):
            return False
        return self._showed(key, window) is None

    def seen_for(self, key: str, window: Window | None) -> int | None:
        return window.seen_for(self.rows.get(key, [])) if window else None

    def _showed(self, key: str, window: Window) -> Any:
        return window.showed(self.rows.get(key, []), self.before.get(key))

    @staticmethod
    def _was_told(rows: list[Row], window: Window | None) -> bool:
        """The page showed that another window differs, and was sent like this all the same."""
        return window is not None and rows[-1].id <= window.newest and said_elsewhere(rows) is not None


@dataclass(frozen=True)
class Difference:
    """Two windows answered one question; the newer answer counts until somebody chooses."""

    key: str
    here: Row
    elsewhere: Row


def standing_of(intake: Intake, before: Mapping[str, Any]) -> Standing:
    """`before`: what the record says where no row does."""
    found = Standing(before=before, unseen=_unseen(intake))
    rows = _rows_for(intake).order_by("pk")
    for pk, key, value, seen, of in rows.values_list("pk", "key", "value", "seen", "intake_id"):
        found.rows.setdefault(key, []).append(Row(pk, value, seen))
        if of == intake.pk:
            found.asked_here.add(key)
    return found


def _unseen(intake: Intake) -> frozenset[str]:
    if not intake.shown_since:
        return frozenset()
    earlier = Answer.objects.filter(intake=intake, row=0, at__lt=intake.shown_since)
    newest = earlier.order_by("key", "-pk").distinct("key").values_list("key", "value")
    return frozenset(key for key, value in newest if value is not None)


def _rows_for(intake: Intake) -> Any:
    """A first form stands on its own answers, every other round on all the patient's."""
    answers = Answer.objects.filter(row=0)
    if intake.shown_since:
        return answers.filter(intake=intake, at__gte=intake.shown_since, by=None)
    if intake.purpose == Purpose.FULL:
        return answers.filter(intake=intake)
    return answers.filter(intake__patient_id=intake.patient_id)


def newest_seen(intake: Intake) -> int:
    """What a page drawn now knows."""
    return _rows_for(intake).order_by("-pk").values_list("pk", flat=True).first() or 0


def differences(intake: Intake, keys: Collection[str] | None = None) -> list[Difference]:
    found = standing_of(intake, {}).rows
    pairs = ((key, rows[-1], said_elsewhere(rows)) for key, rows in found.items())
    differing = [Difference(*pair) for pair in pairs if pair[2] and (keys is None or pair[0] in keys)]
    return [one for one in differing if not is_left_to_doctor(QUESTIONS.get(one.key), intake)]


def choose(*, intake: Intake, answer_id: int, by: User | None, now: datetime) -> bool:
    """One of two differing answers is the right one; False if there is nothing to choose any more.

    Raises IntakeSent.
    """
    with transaction.atomic(durable=True):
        patient = lock_patient(intake.patient_id)
        if Intake.objects.exclude(submitted_at=None).filter(pk=intake.pk).exists():
            raise refusals.IntakeSent
        for difference in differences(intake):
            chosen = next(
                (row for row in (difference.here, difference.elsewhere) if row.id == answer_id), None
            )
            if chosen:
                repeat(intake, {difference.key: chosen.value}, difference.here.id, by, now)
                patient_changed(patient, by=by, now=now)
                return True
    return False


def repeat(intake: Intake, values: Mapping[str, Any], seen: int, by: User | None, now: datetime) -> None:
    """Say the same once more, knowing of everything up to `seen`."""
    Answer.objects.bulk_create(
        Answer(intake=intake, key=key, value=value, by=by, at=now, seen=seen) for key, value in values.items()
    )


def add_rows(
    intake: Intake, values: Mapping[str, Any], standing: Standing, window: Window | None,
    by: User | None, now: datetime,
) -> bool:  # fmt: skip
    """Add what is new, with what its page knew of."""
    rows = Answer.objects.bulk_create(
        Answer(intake=intake, key=key, value=value, by=by, at=now, seen=standing.seen_for(key, window))
        for key, value in values.items()
    )
    if window is not None:
        window.own |= _ids(rows)
    return bool(rows)


def _ids(rows: Iterable[Answer]) -> set[int]:
    return {row.pk for row in rows}
