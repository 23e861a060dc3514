"""What other rules would have said of the answers on file: a rehearsal that writes nothing.

Of each patient who has sent a form, and of each thing planned for them, the newest kept result counts. Its
answers are judged again on the day they were judged, so the same question has the same answer tomorrow.
Results carry ids and codes only, never an answer.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import Release
from clinic.models.releases import ReleaseKind
from consultations.models import Intake, Screening
from consultations.rules import candidacy_rules
from consultations.rules.candidacy import Rule, rules_from, screen

DRAFT, STORED = "draft", "stored"
BATCH = 500
NEEDED = ("pk", "patient_id", "answers", "planned", "on", "outcome", "lane", "fired")


class NoSuchRelease(LookupError):
    """No version of the rules has this name."""


@dataclass(frozen=True)
class Said:
    """What matters of one result. `fired` holds names such as R-38/blood_thinner:REVIEW."""

    outcome: str
    lane: str
    fired: tuple[str, ...]


@dataclass(frozen=True)
class Replayed:
    """One kept result, as it was and as it would be. `after` is None where it can't be judged any more."""

    screening: int
    patient: int
    before: Said | None
    after: Said | None

    @property
    def is_readable(self) -> bool:
        return self.before is not None and self.after is not None

    @property
    def is_changed(self) -> bool:
        return self.is_readable and self.before != self.after

    @property
    def added(self) -> tuple[str, ...]:
        return tuple(name for name in self.after.fired if name not in self.before.fired)

    @property
    def removed(self) -> tuple[str, ...]:
        return tuple(name for name in self.before.fired if name not in self.after.fired)

    def as_dict(self) -> dict[str, Any]:
        return {
            "screening": self.screening,
            "patient": self.patient,
            "outcome": [self.before.outcome, self.after.outcome],
            "lane": [self.before.lane, self.after.lane],
            "added": list(self.added),
            "removed": list(self.removed),
        }


@dataclass
class Tally:
    """Counts of a replay, kept while it runs."""

    replayed: int = 0
    changed: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    lanes: Counter[tuple[str, str]] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    unreadable: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, replayed: Iterable[Replayed]) -> "Tally":
        tally = cls()
        for one in replayed:
            tally.count(one)
        return tally

    def count(self, one: Replayed) -> None:
        self.replayed += 1
        if not one.is_readable:
            self.unreadable.append(one.screening)
        if not one.is_changed:
            return
        self.changed += 1
        if one.before.outcome != one.after.outcome:
            self.outcomes[one.before.outcome, one.after.outcome] += 1
        if one.before.lane != one.after.lane:
            self.lanes[one.before.lane, one.after.lane] += 1
        self.added.update(one.added)
        self.removed.update(one.removed)

    def as_dict(self) -> dict[str, Any]:
        return {
            "replayed": self.replayed,
            "changed": self.changed,
            "outcomes": [[*pair, count] for pair, count in sorted(self.outcomes.items())],
            "lanes": [[*pair, count] for pair, count in sorted(self.lanes.items())],
            "added": dict(sorted(self.added.items())),
            "removed": dict(sorted(self.removed.items())),
            "unreadable": self.unreadable,
        }


def rules_named(name: str) -> tuple[Rule, ...]:
    """Return the rules of a version (2, or candidacy-2), or of the draft. Raises NoSuchRelease."""
    if name == DRAFT:
        return candidacy_rules.RULES
    number = name.removeprefix(f"{candidacy_rules.CODE}-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NoSuchRelease
    content = rules_releases().filter(version=int(number)).values_list("content", flat=True).first()
    if content is None:
        raise NoSuchRelease
    return rules_from(content)


def rules_releases() -> QuerySet[Release]:
    return Release.objects.filter(kind=ReleaseKind.RULES, code=candidacy_rules.CODE)


def newest_screenings() -> QuerySet[Screening]:
    """The newest result of each patient and plan, of patients who have sent a form."""
    sent = Intake.objects.filter(patient=OuterRef("patient"), submitted_at__isnull=False)
    newest = (
        Screening.objects.filter(Exists(sent))
        .order_by("patient_id", "planned", "-last_answer_id", "-pk")
        .distinct("patient_id", "planned")
    )
    return Screening.objects.filter(pk__in=newest.values("pk"))


def replay(
    *, rules: Iterable[Rule], against: Iterable[Rule] | None = None, newest: int | None = None
) -> Iterator[Replayed]:
    """Judge the answers on file by `rules`, and compare with `against`, or with what is stored for None.

    Reads through the server in batches, so memory does not grow. `newest` keeps to so many, newest first.
    """
    rules = tuple(rules)
    against = None if against is None else tuple(against)
    rows = newest_screenings().order_by("pk" if newest is None else "-pk").values(*NEEDED)
    rows = rows if newest is None else rows[:newest]
    for row in rows.iterator(chunk_size=BATCH):
        before = _stored(row) if against is None else _judged(row, against)
        yield Replayed(row["pk"], row["patient_id"], before, _judged(row, rules))


def _stored(row: Mapping[str, Any]) -> Said:
    return Said(row["outcome"], row["lane"], _names(row["fired"]))


def _judged(row: Mapping[str, Any], rules: tuple[Rule, ...]) -> Said | None:
    """None for what today's questions or plans can't read: it is listed, and the rest goes on."""
    on: date = row["on"]
    try:
        result = screen(row["answers"], on=on, rules=rules, planned=row["planned"])
    except (ValueError, TypeError, LookupError, ArithmeticError):
        return None
    fired = [{"id": one.id, "clause": one.clause, "outcome": one.outcome} for one in result.fired]
    return Said(result.outcome, result.lane, _names(fired))


def _names(fired: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({f"{one['id']}/{one['clause']}:{one['outcome']}" for one in fired}))
