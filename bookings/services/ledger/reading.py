"""The account of a patient as pages show it: lines with the running balance, and what stands by course."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bookings.models import Booking, Entry
from bookings.rules import money
from bookings.rules.account import SessionAccount
from bookings.rules.money import Totals
from bookings.services.ledger.accounts import session_accounts
from bookings.services.ledger.charging import yet_to_charge
from clinic.models import Patient
from treatments.models import Course

SHOWN_WITH_IT = ("location", "by", "course__visit_type", "session", "booking__visit_type", "reverses")


@dataclass(frozen=True)
class Shown:
    """`effect`: what the line adds to what is owed; `balance`: what is owed after it."""

    entry: Entry
    effect: Decimal
    balance: Decimal
    is_taken_back: bool


@dataclass(frozen=True)
class OfCourse:
    course: Course
    sessions: SessionAccount
    totals: Totals


@dataclass(frozen=True)
class Account:
    """`lines`: oldest first."""

    lines: list[Shown]
    totals: Totals
    courses: list[OfCourse]


def account_of_patient(patient: Patient) -> Account:
    """Return the whole account, in five queries however many lines and courses it has."""
    entries = list(Entry.objects.filter(patient=patient).select_related(*SHOWN_WITH_IT).order_by("pk"))
    lines = [as_line(entry) for entry in entries]
    signs = money.signs(lines)
    courses = Course.objects.filter(patient=patient).select_related("visit_type", "patient", "location")
    return Account(
        _shown(entries, signs),
        money.totals_of(lines, signs),
        _by_course(courses.order_by("-pk"), entries, signs),
    )


def as_line(entry: Entry) -> money.Line:
    return money.Line(entry.pk, entry.kind, entry.amount, entry.reverses_id)


def _shown(entries: list[Entry], signs: dict[int, int]) -> list[Shown]:
    taken_back = {entry.reverses_id for entry in entries}
    shown, balance = [], money.NOTHING
    for entry in entries:
        effect = money.effect(as_line(entry), signs[entry.pk])
        balance += effect
        shown.append(Shown(entry, effect, balance, entry.pk in taken_back))
    return shown


def _by_course(courses: Iterable[Course], entries: list[Entry], signs: dict[int, int]) -> list[OfCourse]:
    courses = list(courses)
    accounts = session_accounts(courses)
    return [
        OfCourse(
            course,
            accounts[course.pk],
            money.totals_of((as_line(one) for one in entries if one.course_id == course.pk), signs),
        )
        for course in courses
    ]


def totals_of_patient(patient: Patient) -> Totals:
    """What stands in all, in one query."""
    rows = Entry.objects.filter(patient=patient).values_list("pk", "kind", "amount", "reverses_id")
    return money.totals(money.Line(*row) for row in rows)


def due_at_checkout(booking: Booking) -> Decimal:
    """What there is to pay when this visit ends: what was owed, less what was paid ahead, and the visit."""
    return max(totals_of_patient(booking.patient).balance + yet_to_charge(booking), money.NOTHING)
