"""Kinds of visit: what they consist of, who may do them, what they cost.

Steps are what bookings claim by: once a visit of a type was booked they stay, and a change of them is a new
version beside the old one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.services.door.taking import in_one_transaction, lock
from bookings.services.house.locations import (
    ChangedMeanwhile,
    free_slug,
    locked,
    locked_as_seen,
    mark,
    mark_of,
    with_free_slug,
)
from clinic import audit
from clinic.models import Need, Practitioner, Price, Qualified, Step, User, VisitType
from clinic.models.places import ResourceKind
from clinic.models.visit_types import VisitKind
from clinic.refusals import Refusal

TYPE_FIELDS = ("code", "name", "is_online", "start_every_minutes", "notice_minutes", "horizon_days")


class NotOfferable(Refusal):
    """`lacking`: steps, price, dermatologist."""

    text = _("Patients cannot book this yet.")

    def __init__(self, lacking: Sequence[str]) -> None:
        super().__init__()
        self.lacking = lacking


class StepsInUse(Refusal):
    text = _("Somebody booked one in the meantime, so its steps stay. Save again to make a new version.")


class OnlineNow(Refusal):
    text = _("Patients can book it just now: take it off the booking page first, then change its steps.")


class PriceStands(Refusal):
    text = _("There is a price from that day already.")


class PriceBegun(Refusal):
    text = _("That price holds already: it is not changed any more. Add a new one from a later day.")


# The type itself


def with_price(types: QuerySet[VisitType], today: date) -> QuerySet[VisitType]:
    """With `price`, what it costs today; None while nothing is set."""
    prices = Price.objects.filter(visit_type=OuterRef("pk"), from_on__lte=today).order_by("-from_on")
    return types.annotate(price=Subquery(prices.values("amount")[:1]))


def create_visit_type(*, fields: Mapping[str, object], by: User, now: datetime) -> VisitType:
    """Not on the booking page before it has steps, a price and somebody who does it."""

    def write() -> VisitType:
        code = free_slug(str(fields["name"]), VisitType.objects.all(), "code")
        visit_type = VisitType.objects.create(code=code, is_online=False, **fields)
        _note("visit_type_added", visit_type, by, now)
        return visit_type

    return with_free_slug(write)


def change_visit_type(
    *, visit_type: VisitType, fields: Mapping[str, object], seen: str, by: User, today: date, now: datetime
) -> VisitType:
    """Raises ChangedMeanwhile, NotOfferable."""
    with transaction.atomic(durable=True):
        fresh = locked_as_seen(visit_type, fields=TYPE_FIELDS, seen=seen)
        changed = [name for name, value in fields.items() if getattr(fresh, name) != value]
        if "is_online" in changed and fields["is_online"]:
            _refuse_unready(fresh, today)
        for name in changed:
            setattr(fresh, name, fields[name])
        if changed:
            fresh.save(update_fields=changed)
            _note("visit_type_changed", fresh, by, now, fields=changed)
    return fresh


def _refuse_unready(visit_type: VisitType, today: date) -> None:
    able = Qualified.objects.filter(
        visit_type=visit_type, practitioner__verified_on__isnull=False, practitioner__resource__is_active=True
    )
    found = {
        "steps": visit_type.steps.exists(),
        "price": Price.objects.filter(visit_type=visit_type, from_on__lte=today).exists(),
        "dermatologist": able.exists(),
    }
    lacking = [code for code, is_there in found.items() if not is_there]
    if visit_type.kind != VisitKind.CONSULTATION or lacking:
        raise NotOfferable(lacking)


# Steps

ANY = "any"


@dataclass(frozen=True)
class StepPlan:
    """`needs`: kind → ANY, or the place in the list of the earlier step whose very one it uses again."""

    name: str
    minutes: int
    needs: Mapping[str, str | int]


def steps_of(visit_type: VisitType) -> list[StepPlan]:
    """Return the steps as they are edited, in two queries."""
    steps = list(visit_type.steps.order_by("position").prefetch_related("needs"))
    place_of = {need.pk: place for place, step in enumerate(steps) for need in step.needs.all()}
    return [
        StepPlan(
            step.name,
            step.minutes,
            {need.kind: place_of[need.same_as_id] if need.same_as_id else ANY for need in step.needs.all()},
        )
        for step in steps
    ]


def is_in_use(visit_type: VisitType) -> bool:
    """Whether a visit of this type was ever booked, or is being booked."""
    return Booking.objects.filter(visit_type=visit_type).exists()


def mark_of_steps(visit_type: VisitType) -> str:
    steps = [(plan.name, plan.minutes, dict(plan.needs)) for plan in steps_of(visit_type)]
    return mark(visit_type.pk, visit_type.code, steps)


def set_steps(
    *, visit_type: VisitType, steps: Sequence[StepPlan], seen: str, by: User, now: datetime
) -> VisitType:
    """Replace the steps of a type that was never booked. Raises ChangedMeanwhile, StepsInUse, OnlineNow."""

    def write() -> VisitType:
        fresh = _locked_with_steps(visit_type, seen)
        if fresh.is_online:
            raise OnlineNow
        if is_in_use(fresh):
            raise StepsInUse
        fresh.steps.all().delete()
        _write_steps(fresh, steps)
        _note("visit_type_steps", fresh, by, now)
        return fresh

    return in_one_transaction(write)


def new_version(
    *, visit_type: VisitType, steps: Sequence[StepPlan], name: str, seen: str, by: User, now: datetime
) -> VisitType:
    """Put a type with other steps in the place of one that was booked already.

    The new one takes over the code, for doctors' protocols and links go by it; the old one gets another and
    leaves the booking page. Who may do it and what it costs are the same. Raises ChangedMeanwhile.
    """

    def write() -> VisitType:
        old = _locked_with_steps(visit_type, seen)
        code, was_online = old.code, old.is_online
        old.code, old.is_online = free_slug(f"{code[:40]}-old", VisitType.objects.all(), "code"), False
        old.retired_at = now
        old.save(update_fields=["code", "is_online", "retired_at"])
        new = VisitType.objects.create(
            code=code, name=name, kind=old.kind, is_online=was_online, notice_minutes=old.notice_minutes,
            start_every_minutes=old.start_every_minutes, horizon_days=old.horizon_days,
        )  # fmt: skip
        _write_steps(new, steps)
        _copy_what_belongs(old, new)
        _note("visit_type_version", new, by, now, old=old.pk)
        return new

    return with_free_slug(write)


def _locked_with_steps(visit_type: VisitType, seen: str) -> VisitType:
    """Locked together with all who may do it: whoever is just booking one waits, or was quicker."""
    fresh = locked(visit_type)
    able = set(fresh.qualified.values_list("practitioner", flat=True))
    lock(patients=set(), resources=able)
    if mark_of_steps(fresh) != seen:
        raise ChangedMeanwhile
    return fresh


def _write_steps(visit_type: VisitType, steps: Sequence[StepPlan]) -> None:
    made: list[dict[str, Need]] = []
    for position, plan in enumerate(steps):
        step = Step.objects.create(
            visit_type=visit_type, position=position, name=plan.name, minutes=plan.minutes
        )
        made.append({})
        for kind, wanted in plan.needs.items():
            first = None if wanted == ANY else made[wanted][kind]
            same_as = first and (first.same_as or first)
            made[position][kind] = Need.objects.create(step=step, kind=kind, same_as=same_as)


def _copy_what_belongs(old: VisitType, new: VisitType) -> None:
    Price.objects.bulk_create(
        Price(visit_type=new, from_on=one.from_on, amount=one.amount) for one in old.prices.all()
    )
    Qualified.objects.bulk_create(
        Qualified(visit_type=new, practitioner_id=one.practitioner_id, daily_cap=one.daily_cap)
        for one in old.qualified.all()
    )


def same_doctor(steps: Sequence[StepPlan]) -> list[StepPlan]:
    """One dermatologist does a whole visit: every further step with one has the very same."""
    first, found = None, []
    for place, plan in enumerate(steps):
        needs = dict(plan.needs)
        if ResourceKind.PRACTITIONER in needs:
            needs[ResourceKind.PRACTITIONER] = ANY if first is None else first
            first = place if first is None else first
        found.append(StepPlan(plan.name, plan.minutes, needs))
    return found


# Who may do it


def mark_of_qualified(visit_type: VisitType) -> str:
    rows = visit_type.qualified.order_by("practitioner").values_list("practitioner", "daily_cap")
    return mark(*(list(row) for row in rows))


def set_qualified(
    *,
    visit_type: VisitType,
    caps: Mapping[int, int | None],
    among: set[int],
    seen: str,
    by: User,
    now: datetime,
) -> None:
    """`caps`: practitioner → most a day, None for as many as fit. Raises ChangedMeanwhile.

    `among` are those the page showed: somebody who has left keeps what stood.
    """
    with transaction.atomic(durable=True):
        locked(visit_type)
        if mark_of_qualified(visit_type) != seen:
            raise ChangedMeanwhile
        visit_type.qualified.filter(practitioner__in=among - caps.keys()).delete()
        for practitioner, cap in caps.items():
            Qualified.objects.update_or_create(
                visit_type=visit_type, practitioner_id=practitioner, defaults={"daily_cap": cap}
            )
        _note("visit_type_qualified", visit_type, by, now, practitioners=sorted(caps))


def who_can(*, everybody: bool = False) -> QuerySet[Practitioner]:
    rows = Practitioner.objects.select_related("resource", "user").order_by("resource__name", "pk")
    return rows if everybody else rows.filter(resource__is_active=True)


# Prices


def add_price(*, visit_type: VisitType, from_on: date, amount: Decimal, by: User, now: datetime) -> Price:
    """Raises PriceStands: the constraint decides when two managers save at once."""
    try:
        with transaction.atomic(durable=True):
            price = Price.objects.create(visit_type=visit_type, from_on=from_on, amount=amount)
            _note("price_added", visit_type, by, now, from_on=from_on)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name == "price_once_a_day":
            raise PriceStands from error
        raise
    return price


def drop_price(*, price: Price, today: date, by: User, now: datetime) -> None:
    """Take back a price that has not begun. Raises PriceBegun."""
    with transaction.atomic(durable=True):
        gone, _rows = Price.objects.filter(pk=price.pk, from_on__gt=today).delete()
        if not gone and Price.objects.filter(pk=price.pk).exists():
            raise PriceBegun
        if gone:
            _note("price_dropped", price.visit_type, by, now, from_on=price.from_on)


def type_mark(visit_type: VisitType) -> str:
    return mark_of(visit_type, TYPE_FIELDS)


def _note(action: str, visit_type: VisitType, by: User, now: datetime, **detail: object) -> None:
    audit.record(by=by, action=action, subject=f"visit_type:{visit_type.pk}", patient=None, now=now, **detail)
