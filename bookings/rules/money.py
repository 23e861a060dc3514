"""Amounts as people type them, what lines of an account come to, and how receipts are numbered.

Money is Decimal and never a float. What is owed is above nought; below it, somebody has paid ahead.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_ = str  # texts are marked here and translated where they are shown

NOTHING = Decimal("0.00")
MOST = Decimal("9999999.99")
CHARGE, DISCOUNT, PAYMENT, REFUND = "charge", "discount", "payment", "refund"
ADDS = {CHARGE: 1, DISCOUNT: -1, PAYMENT: -1, REFUND: 1}

# 1500, 1,500, 1,20,000 or 120,000, each with paise or without; 1,50 and 1.500 could mean two things
_WHOLE = r"\d{1,3}(?:,\d{2})*,\d{3}|\d{1,3}(?:,\d{3})+|\d+"
_AMOUNT = re.compile(rf"({_WHOLE})(?:\.(\d{{1,2}}))?")
_CURRENCY = re.compile(r"^(?:₹|rs\.?|inr)\s*|\s*(?:/-)$", re.IGNORECASE)

NOT_AN_AMOUNT = _("Enter an amount in rupees, for example 1,500 or 1500.50")
ABOVE_NOUGHT = _("Enter an amount above 0")
TOO_MUCH = _("That is more than can be entered at once")


class NotAnAmount(ValueError):
    """`words`: what to say to whoever typed it."""

    def __init__(self, words: str) -> None:
        super().__init__("not an amount")
        self.words = words


def read_amount(typed: str, *, may_be_nought: bool = False) -> Decimal:
    """Return what was typed, in any figures, with or without commas and the sign of the currency."""
    figures = "".join(_figure(sign) for sign in typed).strip()
    found = _AMOUNT.fullmatch(_CURRENCY.sub("", figures).strip())
    if not found or len(figures) > 20:
        raise NotAnAmount(NOT_AN_AMOUNT)
    amount = Decimal(f"{found[1].replace(',', '')}.{found[2] or '0'}").quantize(NOTHING)
    if amount > MOST:
        raise NotAnAmount(TOO_MUCH)
    if amount == 0 and not may_be_nought:
        raise NotAnAmount(ABOVE_NOUGHT)
    return amount


def _figure(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


@dataclass(frozen=True)
class Line:
    """One line of an account. `reverses`: the line that it takes back."""

    pk: int
    kind: str
    amount: Decimal
    reverses: int | None = None


def signs(lines: Iterable[Line]) -> dict[int, int]:
    """Return by line whether it counts as its kind does (1) or the other way (-1).

    A line that takes one back counts against it, and one that takes that back counts with it again. The line
    taken back must be among the lines.
    """
    found: dict[int, int] = {}
    for line in sorted(lines, key=lambda one: one.pk):
        found[line.pk] = 1 if line.reverses is None else -found[line.reverses]
    return found


@dataclass(frozen=True)
class Totals:
    """What stands, by kind."""

    charge: Decimal = NOTHING
    discount: Decimal = NOTHING
    payment: Decimal = NOTHING
    refund: Decimal = NOTHING

    @property
    def balance(self) -> Decimal:
        return self.charge - self.discount - self.payment + self.refund

    @property
    def owed(self) -> Decimal:
        return max(self.balance, NOTHING)

    @property
    def ahead(self) -> Decimal:
        return max(-self.balance, NOTHING)

    @property
    def may_give_back(self) -> Decimal:
        return max(self.payment - self.refund, NOTHING)


def totals(lines: Iterable[Line]) -> Totals:
    lines = list(lines)
    return totals_of(lines, signs(lines))


def totals_of(lines: Iterable[Line], counted: Mapping[int, int]) -> Totals:
    """As `totals`, of some lines of an account whose signs are known."""
    sums = dict.fromkeys(ADDS, NOTHING)
    for line in lines:
        sums[line.kind] += counted[line.pk] * line.amount
    return Totals(**sums)


def effect(line: Line, sign: int) -> Decimal:
    """What the line adds to what is owed."""
    return ADDS[line.kind] * sign * line.amount


# Receipts

FIGURES = 6


def financial_year(day: date) -> tuple[date, date]:
    """Return the first and the last day of the year from April to March that `day` is in."""
    first = day.year if day.month >= 4 else day.year - 1
    return date(first, 4, 1), date(first + 1, 3, 31)


def receipt_prefix(place: int, day: date) -> str:
    """02/26-27/: each place counts for itself, anew every financial year."""
    first, last = financial_year(day)
    return f"{place:02}/{first.year % 100:02}-{last.year % 100:02}/"


def next_receipt(prefix: str, newest: str) -> str:
    """Return the number after `newest`, the first one where that is empty."""
    number = int(newest.removeprefix(prefix)) + 1 if newest else 1
    return f"{prefix}{number:0{FIGURES}}"
