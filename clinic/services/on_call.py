"""The rota: who answers calls now and in the weeks ahead, and who of them cannot.

Leave and opening hours are in the diary, a floor above: it registers what it knows of the house.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import OnCall, User
from clinic.models.people import Role
from clinic.refusals import Refusal
from clinic.rules import on_call as rules
from clinic.rules.timespans import Span

AHEAD = timedelta(days=28)
LONGEST_DUTY = timedelta(days=31)


class Taken(Refusal):
    """Somebody else has that rank in part of the time."""

    def __init__(self, there: OnCall | None) -> None:
        super().__init__()
        self.there = there

    text = _("Somebody is on call in part of that time already. Take them off first, or choose another time.")


class NumberUsed(Refusal):
    text = _("That number logs somebody else in, perhaps the same person as a patient. Take another one.")


class OverAlready(Refusal):
    text = _("That time is over. Who was on call then stays written down.")


# What the diary knows


@dataclass(frozen=True)
class House:
    """`away(ids, now=…)`: who of these is on leave. `is_open(day)`: whether the clinic works that day."""

    away: Callable[..., set[int]]
    is_open: Callable[[date], bool]


_known: list[House] = []


def ask_about_the_house(house: House) -> None:
    """Register who knows: one for the whole house."""
    _known[:] = [house]


def the_house() -> House | None:
    return _known[0] if _known else None


# Who is there


def doctors() -> QuerySet[User]:
    """Who may be put on call."""
    return _able(Role.DERMATOLOGIST).order_by("name", "pk")


def rung_at_night() -> QuerySet[User]:
    """Who may be told of a call."""
    return _able(Role.DERMATOLOGIST, Role.MANAGER).order_by("name", "pk")


def _able(*roles: str) -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True, roles__role__in=roles).distinct()


def duty_at(now: datetime) -> rules.Duty:
    rota = dict(standing(now).values_list("rank", "user"))
    managers = tuple(_able(Role.MANAGER).order_by("pk").values_list("pk", flat=True))
    away = away_of({*rota.values(), *managers}, now=now)
    return rules.Duty(rota.get(rules.FIRST), rota.get(rules.SECOND), managers, frozenset(away))


def away_of(people: Collection[int], *, now: datetime) -> set[int]:
    """Who of these cannot be asked: they have left, have no part in it any more, or are on leave."""
    people = set(people)
    if not people:
        return set()
    able = _able(Role.DERMATOLOGIST, Role.MANAGER).filter(pk__in=people)
    here = set(able.values_list("pk", flat=True))
    house = the_house()
    return (people - here) | (house.away(here, now=now) if house and here else set())


def standing(now: datetime) -> QuerySet[OnCall]:
    return OnCall.objects.filter(starts__lte=now, ends__gt=now)


def names_on_call(*, now: datetime) -> list[str]:
    """Who is on call now, the first first."""
    rows = standing(now).select_related("user").order_by("rank")
    return [row.user.name or row.user.email for row in rows]


def next_change(now: datetime) -> datetime | None:
    """When the next one comes on call first."""
    rows = OnCall.objects.filter(rank=rules.FIRST, starts__gt=now)
    return rows.order_by("starts").values_list("starts", flat=True).first()


def own_duty(user: User, *, now: datetime) -> OnCall | None:
    """Whether they are on call now; where they are first and second at once, first."""
    return standing(now).filter(user=user).order_by("rank").first()


# The weeks ahead


@dataclass(frozen=True)
class Rota:
    rows: list[OnCall]
    gaps: list[Span]


def read_rota(*, now: datetime) -> Rota:
    """Who is on call from now on, and when of the next four weeks nobody is first."""
    rows = list(OnCall.objects.filter(ends__gt=now).select_related("user").order_by("starts", "rank"))
    taken = [Span(row.starts, row.ends) for row in rows if row.rank == rules.FIRST]
    return Rota(rows, rules.gaps(taken, within=Span(now, now + AHEAD)))


def put_on_call(
    *, user: User, rank: int, starts: datetime, ends: datetime, by: User, now: datetime
) -> OnCall:
    """From now at the earliest. Raises OverAlready, and Taken where the rank is somebody's in part of it."""
    if ends <= now:
        raise OverAlready
    starts = max(starts, now)
    if there := _overlapping(rank, starts, ends):
        raise Taken(there)
    try:
        with transaction.atomic(durable=True):
            row = OnCall.objects.create(user=user, rank=rank, starts=starts, ends=ends)
            _note("put_on_call", row, by, now)
    except IntegrityError:  # a colleague was faster
        raise Taken(_overlapping(rank, starts, ends)) from None
    return row


def _overlapping(rank: int, starts: datetime, ends: datetime) -> OnCall | None:
    rows = OnCall.objects.filter(rank=rank, starts__lt=ends, ends__gt=starts)
    return rows.select_related("user").order_by("starts").first()


def take_off_call(*, row: OnCall, by: User, now: datetime) -> None:
    """What is to come goes, what has begun ends now: who was on call stays written down."""
    with transaction.atomic(durable=True):
        ahead = OnCall.objects.filter(pk=row.pk, starts__gte=now)
        begun = OnCall.objects.filter(pk=row.pk, starts__lt=now, ends__gt=now)
        if ahead.delete()[0] or begun.update(ends=now):
            _note("taken_off_call", row, by, now)


def _note(action: str, row: OnCall, by: User, now: datetime) -> None:
    detail = {"rank": row.rank, "starts": row.starts, "ends": row.ends}
    audit.record(by=by, action=action, subject=f"user:{row.user_id}", patient=None, now=now, **detail)


def set_number(*, user: User, phone: str, by: User, now: datetime) -> None:
    """Where they are told of a call; empty for nowhere but by e-mail. Raises NumberUsed."""
    try:
        with transaction.atomic(durable=True):
            User.objects.filter(pk=user.pk).update(phone=phone or None, phone_verified_at=None)
            audit.record(
                by=by, action="duty_number_changed", subject=f"user:{user.pk}", patient=None, now=now
            )
    except IntegrityError:
        raise NumberUsed from None
