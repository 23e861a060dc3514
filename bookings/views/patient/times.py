"""When would you like to come? Fourteen days at once; a tap keeps the time for ten minutes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from allauth.core.internal.ratelimit import get_ip
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import door, refusals
from bookings.forms.times import TakeTime, WhereAndWho
from bookings.models import Booking, WorkingHours
from bookings.services.door.hold_limit import may_hold, minutes_left
from bookings.services.openings.doctors import ANYBODY, Doctor, Whom, doctors_for
from bookings.services.openings.fortnight import DAYS, Fortnight, Search, read_fortnight
from bookings.services.own_booking import offered_consultation
from bookings.views.patient import choosing, whom_chips, wish
from clinic import clock, formats
from clinic.models import Location, VisitType
from clinic.permissions import browser_key
from clinic.services.days import local_day, zone_of


@dataclass(frozen=True)
class Asked:
    """What the address asks for, as far as it makes sense."""

    visit_type: VisitType | None
    locations: Sequence[Location]
    location: Location | None
    whom: Whom = ANYBODY
    since: date | None = None
    day: date | None = None

    @property
    def possible(self) -> bool:
        return self.visit_type is not None and self.location is not None

    def doctors(self, now: datetime) -> list[Doctor]:
        return doctors_for(self.visit_type, self.location, today=local_day(now, self.location))

    def near(self, moment: datetime, *, now: datetime) -> "Asked":
        """The same with the day of a time that was lost, in fourteen days that hold it."""
        day, first = local_day(moment, self.location), self.since or local_day(now, self.location)
        is_shown = first <= day < first + timedelta(days=DAYS)
        return replace(self, day=day, since=self.since if is_shown else day)

    def address(self, **other) -> str:
        """This page with something else chosen; None leaves a part out."""
        at = self.location.slug if self.location else None
        parts = {"at": at, **whom_chips.parts(self.whom), "since": self.since, **other}
        query = urlencode({name: value for name, value in parts.items() if value})
        return reverse("book") + (f"?{query}" if query else "")


@require_http_methods(["GET", "HEAD", "POST"])
def times(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    asked = read_asked(request, now=now)
    if request.method != "POST" or not asked.possible:
        return times_page(request, asked, now=now)
    form = TakeTime(request.POST)
    if not form.is_valid():
        return times_page(request, asked, now=now, refused=refusals.NotATime())
    if not may_hold(address=get_ip(request), now=now):
        return render(request, "429.html", {"minutes": minutes_left(now)}, status=429)
    try:
        held = _hold(request, asked, form.cleaned_data["starts"], now=now)
    except refusals.Refusal as refused:
        asked = asked.near(form.cleaned_data["starts"], now=now)
        return times_page(request, asked, now=now, refused=refused)
    wish.keep(request, held, whom=asked.whom, now=now)
    return redirect("book_details")


def _hold(request: HttpRequest, asked: Asked, starts: datetime, *, now: datetime) -> Booking:
    """A wish for a woman, a man or a language is worked out afresh: what a form carries could be anybody."""
    return door.hold(
        visit_type=asked.visit_type,
        location=asked.location,
        starts=starts,
        held_for=browser_key(request),
        now=now,
        practitioner=asked.whom.who,
        among=asked.whom.among(asked.doctors(now)),
        held_by=request.user if request.user.is_authenticated else None,
    )


def read_asked(
    request: HttpRequest, *, now: datetime, location: int | None = None, whom: Whom | None = None
) -> Asked:
    """`location` (an id) and `whom` decide where nothing is said: a refused booking knows its own."""
    form = WhereAndWho(request.POST if request.method == "POST" else request.GET)
    form.is_valid()  # what cannot be read of a link that was cut or changed counts as not asked for
    given = form.cleaned_data
    locations = open_locations(now)
    here = (one for one in locations if one.slug == given.get("at") or one.pk == location)
    return Asked(
        visit_type=offered_consultation(now=now),
        locations=locations,
        location=next(here, locations[0] if locations else None),
        whom=whom or whom_chips.whom_of(given),
        since=given.get("since"),
        day=given.get("day"),
    )


def open_locations(now: datetime) -> list[Location]:
    """Every location that can be booked, with the `weekdays` on which it opens."""
    today = local_day(now)
    still = Q(until_on=None) | Q(until_on__gte=today)
    hours = WorkingHours.objects.filter(still, location=OuterRef("pk"), resource=None).values("weekday")
    opened = Location.objects.filter(opened_on__lte=today)
    return list(opened.annotate(weekdays=ArraySubquery(hours)).order_by("pk"))


def times_page(
    request: HttpRequest, asked: Asked, *, now: datetime, refused: refusals.Refusal | None = None
) -> HttpResponse:
    status = refused.status if refused else 200
    if not asked.possible:
        return render(request, "bookings/patient/no_times.html", status=status)
    doctors = asked.doctors(now)
    search = Search(
        asked.visit_type,
        asked.location,
        _within_horizon(asked, now),
        asked.whom.who,
        among=asked.whom.among(doctors),
    )
    found = read_fortnight(search, now=now)
    content = _content(asked, found, now) | _whom(asked, doctors) | _refusal(asked, refused)
    return render(request, "bookings/patient/times.html", content, status=status)


def _within_horizon(asked: Asked, now: datetime) -> date | None:
    if asked.since is None:
        return None
    last = local_day(now, asked.location) + timedelta(days=asked.visit_type.horizon_days)
    return min(asked.since, last)


def _content(asked: Asked, found: Fortnight, now: datetime) -> dict:
    tz = zone_of(asked.location)
    chosen = asked.day if found.days.get(asked.day) else found.first_open
    return {
        "visit_type": asked.visit_type,
        "minutes": found.visit.length // timedelta(minutes=1),
        "location": asked.location,
        "places": _places(asked),
        "since": asked.since.isoformat() if asked.since else "",
        "days": choosing.day_strip(
            found.days,
            chosen=chosen,
            address=lambda day: asked.address(day=day) + "#days",
            words_without=choosing.closed_or(
                _("full") if asked.whom.is_anybody else _("none"), asked.location.weekdays
            ),
        ),
        "all_shut": found.first_open is None,
        "chosen_day": formats.day(chosen) if chosen else "",
        "groups": choosing.time_groups(found.days[chosen], tz) if chosen else [],
        **_weeks(asked, found, now),
    }


def _places(asked: Asked) -> list[dict]:
    """Chips only where there is a choice. Another place may have other doctors: no name is kept."""
    if len(asked.locations) < 2:
        return []
    return [
        {"name": one.area, "chosen": one == asked.location, "href": asked.address(at=one.slug, who=None)}
        for one in asked.locations
    ]


def _whom(asked: Asked, doctors: Sequence[Doctor]) -> dict:
    """Chips, and the same wish as the fields that a tapped time takes with it."""
    return {
        "whom": whom_chips.chips(asked.whom, doctors, lambda **parts: asked.address(day=asked.day, **parts)),
        "carried": whom_chips.parts(asked.whom),
    }


def _weeks(asked: Asked, found: Fortnight, now: datetime) -> dict:
    """Links to the fourteen days before and after, as far as anything can be booked there."""
    today = local_day(now, asked.location)
    first = next(iter(found.days))
    after, before = first + timedelta(days=DAYS), max(today, first - timedelta(days=DAYS))
    last = today + timedelta(days=asked.visit_type.horizon_days)
    return {
        "later": asked.address(since=after) if after <= last else "",
        "earlier": asked.address(since=before if before > today else None) if first > today else "",
        "any_person": asked.address(day=asked.day, **whom_chips.parts(ANYBODY)),
    }


def _refusal(asked: Asked, refused: refusals.Refusal | None) -> dict:
    if refused is None:
        return {}
    nearest = getattr(refused, "nearest", [])
    groups = choosing.nearest_groups(nearest, zone_of(asked.location))
    return {"refused": refused.text, "nearest": groups, "has_errors": True}
