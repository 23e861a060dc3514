"""What a new location still needs before anybody can be booked there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from bookings.models import WorkingHours
from bookings.services.openings.fortnight import Search, read_fortnight
from clinic.models import Location, Need, Price, Qualified, Resource, VisitType
from clinic.models.places import ResourceKind
from clinic.models.visit_types import VisitKind
from clinic.services.days import local_day


@dataclass(frozen=True)
class Item:
    """`code` says where it is mended; `lacking` names what it fails for, if it fails for a part only."""

    code: str
    what: str
    why: str
    is_done: bool
    lacking: tuple[str, ...] = ()


def readiness(*, location: Location, now: datetime) -> list[Item]:
    """Return the whole list in order, done or not: six queries, and four for each kind of online visit."""
    today = local_day(now, location)
    online = list(
        VisitType.objects.filter(is_online=True, kind=VisitKind.CONSULTATION)
        .annotate(has_price=Exists(Price.objects.filter(visit_type=OuterRef("pk"), from_on__lte=today)))
        .order_by("pk")
    )
    hours = hours_ahead(location, today)
    return [
        *_written(location),
        Item(
            "hours", _("Opening hours"), _("Without them nothing is ever free."),
            hours.filter(resource=None).exists(),
        ),
        *_things(location),
        *_people(location, hours, online),
        *_offered(online),
        _placeable(location, online, now),
    ]  # fmt: skip


def hours_ahead(location: Location, today: date) -> QuerySet[WorkingHours]:
    """The hours here that hold today or will."""
    return WorkingHours.objects.filter(Q(until_on=None) | Q(until_on__gte=today), location=location)


def _written(location: Location) -> Iterable[Item]:
    yield Item(
        "address", _("Address"), _("People find the way by it; it stands in every calendar entry."),
        bool(location.address.strip()),
    )  # fmt: skip
    yield Item("phone", _("Phone"), _("Patients ring it when they are late or unwell."), bool(location.phone))
    yield Item(
        "registration", _("Registration number"), _("A clinic may not open without being registered."),
        bool(location.registration_number.strip()),
    )  # fmt: skip


_THINGS = {
    ResourceKind.ROOM: (_("A room"), _("A visit takes place in one.")),
    ResourceKind.CHAIR: (_("A chair"), _("A step of a visit needs one.")),
    ResourceKind.DEVICE: (_("A device"), _("A step of a visit needs one.")),
}


def _things(location: Location) -> Iterable[Item]:
    here = Resource.objects.filter(location=location, is_active=True)
    there_are = set(here.values_list("kind", flat=True))
    needed = {ResourceKind.ROOM.value, *Need.objects.values_list("kind", flat=True).distinct()}
    for kind, (what, why) in _THINGS.items():
        if kind in needed:
            yield Item(kind.value, what, why, kind in there_are)


def _people(location: Location, hours: QuerySet, online: list[VisitType]) -> Iterable[Item]:
    here = Qualified.objects.filter(
        visit_type__in=online,
        practitioner__verified_on__isnull=False,
        practitioner__resource__is_active=True,
        practitioner__resource__in=hours.exclude(resource=None).values("resource"),
    )
    yield Item(
        "practitioner", _("A dermatologist"),
        _("Verified, with hours here, and able to do a visit that patients book themselves."), here.exists(),
    )  # fmt: skip


def _offered(online: list[VisitType]) -> Iterable[Item]:
    yield Item(
        "online", _("A kind of visit patients can book"), _("Otherwise the booking page stays empty."),
        bool(online),
    )  # fmt: skip
    lacking = tuple(one.name for one in online if not one.has_price)
    yield Item(
        "price", _("Prices"), _("Patients see what a visit costs before they book it."),
        bool(online) and not lacking, lacking,
    )  # fmt: skip


def _placeable(location: Location, online: list[VisitType], now: datetime) -> Item:
    lacking = tuple(one.name for one in online if not _has_opening(one, location, now))
    return Item(
        "openings", _("A free time in the next two weeks"),
        _("Hours, people, rooms and chairs fit together only if a visit can be placed."),
        bool(online) and not lacking, lacking,
    )  # fmt: skip


def _has_opening(visit_type: VisitType, location: Location, now: datetime) -> bool:
    if not visit_type.steps.exists():
        return False
    return read_fortnight(Search(visit_type, location), now=now).next_start is not None
