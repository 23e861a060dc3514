"""Card and UPI payments, and whether they were seen in the bank; and a month for whoever keeps the books."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from bookings.models import BankSight, Entry, EntryKind, Method
from bookings.models.ledger import MONEY_MOVES
from bookings.rules import money
from bookings.services.ledger.entries import shown_reference
from clinic import audit
from clinic.models import Location, User

BY_BANK = (Method.CARD, Method.UPI)
MOST = 200


def _with_sight(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    newest = BankSight.objects.filter(entry=OuterRef("pk")).order_by("-pk")
    return entries.annotate(seen=Subquery(newest.values("is_seen")[:1]))


def bank_payments(*, location: Location) -> QuerySet[Entry]:
    """Payments that stand; what was taken back is looked for in no bank."""
    rows = Entry.objects.filter(location=location, kind=EntryKind.PAYMENT, method__in=BY_BANK)
    return _with_sight(rows.filter(reverses=None, reversed_by=None))


def not_seen_yet(*, location: Location) -> list[Entry]:
    """Return the oldest first, in one query."""
    rows = bank_payments(location=location).filter(~Q(seen=True) | Q(seen=None))
    return list(rows.select_related("patient", "by").order_by("day", "pk")[:MOST])


def seen_last(*, location: Location, since: datetime) -> list[Entry]:
    """Return those that were ticked since then, to take a tick back."""
    ticked = BankSight.objects.filter(at__gte=since, is_seen=True).values("entry")
    rows = bank_payments(location=location).filter(seen=True, pk__in=ticked)
    return list(rows.select_related("patient", "by").order_by("-pk")[:MOST])


def mark(*, location: Location, entries: Collection[int], is_seen: bool, by: User, now: datetime) -> int:
    """Note that these were seen, or were not after all; return how many that changed."""
    with transaction.atomic(durable=True):
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)
        rows = [
            one
            for one in bank_payments(location=location).filter(pk__in=entries)
            if bool(one.seen) != is_seen
        ]
        for entry in rows:
            BankSight.objects.create(entry=entry, is_seen=is_seen, by=by, at=now)
            action = "bank_seen" if is_seen else "bank_not_seen"
            audit.record(by=by, action=action, subject=f"entry:{entry.pk}", patient=entry.patient, now=now)
        return len(rows)


# A month


@dataclass(frozen=True)
class DayMoney:
    """What came in less what went out on one day, by method."""

    day: date
    by_method: dict[str, Decimal]

    @property
    def together(self) -> Decimal:
        return sum(self.by_method.values(), Decimal(0))


def _of_month(location: Location, first: date) -> QuerySet[Entry]:
    return Entry.objects.filter(location=location, day__gte=first, day__lt=next_month(first))


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def month_days(*, location: Location, first: date) -> list[DayMoney]:
    """Return the days of the month on which money moved, in one query."""
    rows = _of_month(location, first).filter(kind__in=MONEY_MOVES)
    sums = rows.values("day", "method", "kind", is_back=Q(reverses__isnull=False)).annotate(sum=Sum("amount"))
    days: dict[date, dict[str, Decimal]] = {}
    for row in sums.order_by("day"):
        sign = 1 if (row["kind"] == EntryKind.PAYMENT) != row["is_back"] else -1
        of_day = days.setdefault(row["day"], {method.value: money.NOTHING for method in Method})
        of_day[row["method"]] += sign * row["sum"]
    return [DayMoney(day, by_method) for day, by_method in days.items()]


CSV_HEAD = (
    "day", "receipt", "line", "takes_back_line", "kind", "patient", "visit", "charged", "discount",
    "received", "given_back", "method", "reference", "seen_in_bank", "why", "by",
)  # fmt: skip
_COLUMNS = {"charge": 0, "discount": 1, "payment": 2, "refund": 3}


def month_entries(*, location: Location, first: date) -> list[Entry]:
    """Return every line of the month, in one query."""
    rows = _with_sight(_of_month(location, first))
    return list(rows.select_related("patient", "by", "session", "reverses__reverses").order_by("day", "pk"))


def csv_row(entry: Entry, sign: int) -> list[str]:
    """As CSV_HEAD names it. `sign`: -1 for a line that takes one back. A session is named by its number."""
    amounts = [""] * len(_COLUMNS)
    amounts[_COLUMNS[entry.kind]] = str(sign * entry.amount)
    is_bank = entry.kind == EntryKind.PAYMENT and entry.method in BY_BANK and not entry.reverses_id
    seen = ("yes" if entry.seen else "no") if is_bank else ""
    visit = f"session {entry.session.number}" if entry.session else "visit" if entry.booking_id else ""
    return [
        entry.day.isoformat(), entry.receipt, str(entry.pk), str(entry.reverses_id or ""), entry.kind,
        entry.patient.name, visit, *amounts, entry.method, shown_reference(entry.reference), seen, entry.why,
        entry.by.name if entry.by else "",
    ]  # fmt: skip


def signs_of(entries: Collection[Entry]) -> dict[int, int]:
    """By line; one that takes back what was taken back counts as its kind again."""
    return {entry.pk: _sign(entry) for entry in entries}


def _sign(entry: Entry) -> int:
    sign, line = 1, entry
    while line.reverses_id:
        sign, line = -sign, line.reverses
    return sign
