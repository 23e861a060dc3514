"""Where a manager begins: the places and how far they are, staff, kinds of visit, what waits."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.permissions import managed_locations, manages_everywhere
from bookings.services.house import leavers, members, visit_types
from bookings.services.house.readiness import readiness
from bookings.views.manager.frame import manager_page
from clinic import clock, formats
from clinic.models import Location, VisitType
from clinic.models.people import Role
from clinic.permissions import staff
from clinic.services.days import local_day


@never_cache
@require_safe
@staff(Role.MANAGER)
def home(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    locations = managed_locations(request).order_by("opened_on", "name")
    content = {"locations": [_place(one, now) for one in locations]}
    if manages_everywhere(request):
        content |= {"everywhere": True, "team": _team(now), "types": _types(now)}
    return manager_page(request, "home", content)


def _place(location: Location, now: datetime) -> dict:
    return {"location": location, "opened": _opened(location), "ready": _ready(location, now)}


def _opened(location: Location) -> str:
    return formats.day_with_year(location.opened_on) if location.opened_on else ""


def _ready(location: Location, now: datetime) -> str:
    """3 of 10 ready; only for a draft: the search for a free time is the dearest part of it."""
    if location.opened_on:
        return ""
    items = readiness(location=location, now=now)
    done = sum(item.is_done for item in items)
    return _("%(done)s of %(all)s ready") % {"done": done, "all": len(items)}


def _team(now: datetime) -> dict:
    people = [member for member in members.members() if member.is_active]
    leaving = leavers.leaving_days(member.pk for member in people)
    today = local_day(now)
    return {
        "count": len(people),
        "unverified": [member for member in people if _is_unverified(member)],
        "leaving": [
            {"member": member, "last": formats.day(leaving[member.pk]), "is_over": leaving[member.pk] < today}
            for member in people
            if member.pk in leaving
        ],
    }


def _is_unverified(member) -> bool:
    """Nobody can book somebody whose number was never looked up."""
    practitioner = getattr(member, "practitioner", None)
    treats = any(row.role == Role.DERMATOLOGIST for row in member.roles.all())
    return practitioner.verified_on is None if practitioner else treats


def _types(now: datetime) -> list[VisitType]:
    return list(
        visit_types.with_price(VisitType.objects.current().order_by("-is_online", "pk"), local_day(now))
    )
