"""The day's money at one location: what should be there by person and method, and what was counted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from bookings.models import Booking, Entry, EntryKind, Status, TillClose
from bookings.models.ledger import MONEY_MOVES
from bookings.rules import money
from bookings.services.ledger import refusals
from clinic import audit
from clinic.models import Location, Price, User
from clinic.models.visit_types import VisitKind
from clinic.refusals import KeyReused

Counts = Mapping[tuple[int, str], Decimal]  # (person, method) → amount


@dataclass(frozen=True)
class TillLine:
    """`counted` is None while nobody has counted."""

    person: int
    name: str
    method: str
    expected: Decimal
    counted: Decimal | None = None

    @property
    def key(self) -> tuple[int, str]:
        return self.person, self.method

    @property
    def difference(self) -> Decimal | None:
        return None if self.counted is None else self.counted - self.expected


def expected(*, location: Location, day: date) -> list[TillLine]:
    """Return what came in less what went out, by whoever took it and by method; one query.

    A line taken back counts against whoever had entered it, on the day on which it is taken back.
    """
    sums: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    rows = (
        Entry.objects.filter(location=location, day=day, kind__in=MONEY_MOVES)
        .annotate(who=Coalesce("reverses__by", "by"), who_name=Coalesce("reverses__by__name", "by__name"))
        .values("who", "who_name", "method", "kind", is_back=Q(reverses__isnull=False))
        .annotate(sum=Sum("amount"))
    )
    for row in rows.order_by():
        sign = 1 if (row["kind"] == EntryKind.PAYMENT) != row["is_back"] else -1
        sums[row["who_name"], row["who"], row["method"]] += sign * row["sum"]
    return [TillLine(who, name, method, amount) for (name, who, method), amount in sorted(sums.items())]


def newest_close(*, location: Location, day: date) -> TillClose | None:
    closes = TillClose.objects.filter(location=location, day=day).select_related("by")
    return closes.order_by("-pk").first()


def compared(close: TillClose, now_expected: Sequence[TillLine]) -> list[TillLine]:
    """Return what should be there now beside what was counted; money moved since shows as a difference."""
    counted = {(line["person"], line["method"]): Decimal(line["counted"]) for line in close.lines}
    names = dict(User.objects.filter(pk__in={person for person, _ in counted}).values_list("pk", "name"))
    lines = {line.key: line for line in now_expected}
    for person, method in counted:
        lines.setdefault((person, method), TillLine(person, names.get(person, ""), method, money.NOTHING))
    return [
        TillLine(line.person, line.name, line.method, line.expected, counted.get(key, money.NOTHING))
        for key, line in sorted(lines.items(), key=lambda item: (item[1].name, item[0]))
    ]


def seen_of(lines: Sequence[TillLine]) -> str:
    """What a page carries of the figures it shows, so that others are noticed when it comes back."""
    return ";".join(f"{line.person}:{line.method}:{line.expected}" for line in lines)


def close_till(
    *, location: Location, day: date, counts: Counts, seen: str, note: str, key: UUID, by: User, now: datetime
) -> TillClose:
    """Store what was counted beside what should be there. Raises MoneyMoved, KeyReused."""
    with transaction.atomic(durable=True):
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)  # as whoever numbers receipts
        lines = expected(location=location, day=day)
        stored = [_stored(line, counts.get(line.key)) for line in lines]
        if found := TillClose.objects.filter(key=key).first():
            if (found.location_id, found.day, found.note) != (location.pk, day, note):
                raise KeyReused
            return found
        if seen != seen_of(lines) or None in stored:
            raise refusals.MoneyMoved
        close = TillClose.objects.create(
            key=key, location=location, day=day, lines=stored, note=note, by=by, at=now
        )
        audit.record(by=by, action="till_closed", subject=f"till:{close.pk}", patient=None, now=now, day=day)
        return close


def _stored(line: TillLine, counted: Decimal | None) -> dict | None:
    if counted is None:
        return None
    said = {"person": line.person, "method": line.method}
    return said | {"expected": str(line.expected), "counted": str(counted)}


def not_checked_out(*, location: Location, day: date) -> list[Booking]:
    """Return consultations of the day that are over, cost something, and are on nobody's account."""
    priced = Price.objects.filter(from_on__lte=day, amount__gt=0).values("visit_type")
    over = Booking.objects.filter(
        location=location, day=day, status=Status.DONE, visit_type__kind=VisitKind.CONSULTATION,
        visit_type__in=priced, in_error_at=None,
    )  # fmt: skip
    charged = Entry.objects.filter(kind=EntryKind.CHARGE, booking__isnull=False)
    rows = over.exclude(pk__in=charged.filter(location=location, day__gte=day).values("booking"))
    return list(rows.select_related("patient").order_by("starts", "pk"))
