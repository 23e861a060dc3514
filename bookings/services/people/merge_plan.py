"""What a merge of two records would do, before anybody says yes; read again under the locks by merging.py."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Status
from bookings.models.bookings import LIVE, PRESENT
from clinic.models import Message, Patient
from clinic.models.people import SexAtBirth
from clinic.refusals import Refusal
from consultations.models import Consent, Intake
from treatments.models import Course
from treatments.rules.gaps import Treatment, floor_between
from treatments.rules.products import floors_of

A_YEAR = 366
LONGEST_WHY = Booking._meta.get_field("too_close_why").max_length
COUNTED = {"visits": Booking, "courses": Course, "forms": Intake, "agreements": Consent, "messages": Message}
CHOSEN = {
    "name": ("name",),
    "birth": ("born_on", "approximate_birth_year"),
    "phone": ("phone",),
    "account": ("account_id",),
}
SHOWN_WITH_IT = ("visit_type", "location", "practitioner__resource", "session__product", "patient")


class SameRecord(Refusal):
    text = _("These are one record already.")


class RecordClosed(Refusal):
    text = _("One of these records is closed, because the person has died. It stays as it is.")


class HereNow(Refusal):
    text = _(
        "This person is here now, for a visit that lies too close to one in the other record. Tell the "
        "doctor of both records first, and put them together after the visit."
    )


@dataclass(frozen=True)
class Plan:
    """`other` goes into `kept`. `moves`: how many rows of each kind come along.

    `to_be_moved` are visits of either that cannot stand beside the rest. `too_close` are treatments given too
    close to one of the other record, and `differs` what speaks against one person: "sex", "birth". `seen`
    stands for all of it: what is applied is what was shown.
    """

    kept: Patient
    other: Patient
    moves: Mapping[str, int]
    to_be_moved: Sequence[Booking]
    too_close: Sequence[Booking]
    differs: Sequence[str]
    seen: str

    @property
    def differing(self) -> list[str]:
        """What somebody has to choose: both records have it, and not the same."""
        return [part for part in CHOSEN if self._has(self.other, part) and self._differs(part)]

    @property
    def usual(self) -> dict[str, int]:
        """From which record each part is, where nobody is asked: the one that has it."""
        return {part: (self.kept if self._has(self.kept, part) else self.other).pk for part in CHOSEN}

    def _differs(self, part: str) -> bool:
        return self._has(self.kept, part) and self._values(self.kept, part) != self._values(self.other, part)

    @staticmethod
    def _values(patient: Patient, part: str) -> list:
        return [getattr(patient, field) for field in CHOSEN[part]]

    @classmethod
    def _has(cls, patient: Patient, part: str) -> bool:
        return any(cls._values(patient, part))


@dataclass(frozen=True)
class Choice:
    """From which record (its id) the kept one has these. `why`: of treatments given too close."""

    name: int
    birth: int
    phone: int
    account: int
    sure: bool = False
    why: str = ""


def read_plan(*, kept: Patient, other: Patient) -> Plan:
    """Raises SameRecord, RecordClosed and HereNow."""
    if kept == other or kept.merged_into_id or other.merged_into_id:
        raise SameRecord
    if kept.died_on or other.died_on:
        raise RecordClosed
    bookings = list(_standing(kept, other))
    to_be_moved, too_close = _collisions(bookings, kept)
    moves = {name: model.objects.filter(patient=other).count() for name, model in COUNTED.items()}
    differs = _differences(kept, other)
    return Plan(kept, other, moves, to_be_moved, too_close, differs, _seen(kept, other, moves, bookings))


# Visits


def _standing(kept: Patient, other: Patient) -> Iterable[Booking]:
    """What takes time, or counts for gaps, with the least gap of its course. Offers do neither."""
    rows = Booking.objects.filter(patient__in=[kept, other], replaces=None)
    rows = rows.filter(status__in=LIVE) | rows.filter(clear_until__isnull=False)
    return rows.select_related(*SHOWN_WITH_IT).annotate(least=Min("course__sessions__never_before"))


def _collisions(bookings: Sequence[Booking], kept: Patient) -> tuple[list[Booking], list[Booking]]:
    """Return those that give way, and those given too close to another.

    What was given stays, then who is here, then what is booked: the earlier one, and of two on one day that
    of the record that is kept.
    """
    staying: list[Booking] = []
    to_be_moved, too_close = [], []
    for booking in sorted(bookings, key=lambda one: _precedence(one, kept)):
        rivals = [one for one in staying if _collide(one, booking)]
        if rivals and booking.status == Status.DONE:
            noted = booking.too_close_why or all(one.too_close_why for one in rivals)
            too_close += [] if noted else [booking]
        elif rivals and booking.status in PRESENT:
            raise HereNow
        elif rivals:
            to_be_moved.append(booking)
            continue
        staying.append(booking)
    return to_be_moved, too_close


def _precedence(booking: Booking, kept: Patient) -> tuple:
    rank = 0 if booking.status == Status.DONE else 1 if booking.status in PRESENT else 2
    return rank, booking.day, booking.patient_id != kept.pk, booking.starts, booking.pk


def _collide(one: Booking, other: Booking) -> bool:
    if one.patient_id == other.patient_id:
        return False  # their own record has let them stand
    live = {one.status, other.status} <= set(LIVE)
    if live and one.starts < other.ends and other.starts < one.ends:
        return True
    both_count = one.clear_until is not None and other.clear_until is not None
    return both_count and abs((one.day - other.day).days) < _floor(one, other)


def _floor(one: Booking, other: Booking) -> int:
    return floor_between(_treatment(one), _treatment(other))


def _treatment(booking: Booking) -> Treatment:
    product = booking.session.product
    return Treatment(product.pk, product.modality, floors_of(product.code), booking.least or 0)


# Who it is


def _differences(kept: Patient, other: Patient) -> list[str]:
    said = {kept.sex_at_birth, other.sex_at_birth} - {"", SexAtBirth.PRIVATE}
    return [name for name, does in (("sex", len(said) > 1), ("birth", _births_differ(kept, other))) if does]


def _births_differ(kept: Patient, other: Patient) -> bool:
    if kept.born_on and other.born_on:
        return abs((kept.born_on - other.born_on).days) > A_YEAR
    years = [_year(one) for one in (kept, other)]
    return None not in years and abs(years[0] - years[1]) > 1


def _year(patient: Patient) -> int | None:
    return patient.born_on.year if patient.born_on else patient.approximate_birth_year


def _seen(kept: Patient, other: Patient, moves: dict[str, int], bookings: Iterable[Booking]) -> str:
    fields = [field.attname for field in Patient._meta.concrete_fields]
    people = [[_plain(getattr(one, field)) for field in fields] for one in (kept, other)]
    visits = sorted([one.pk, one.version, one.status, one.day.isoformat()] for one in bookings)
    counts = moves | {"messages": None}  # they come and go by themselves
    shown = json.dumps([people, counts, visits], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
