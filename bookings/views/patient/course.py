"""The whole course at once: one proposal, one tap, all of it or nothing."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door
from bookings.forms.plan import PlanWish, WholePlan
from bookings.refusals import NotWhole, Refusal
from bookings.services.courses import HORIZON, Proposal, propose
from bookings.services.own_visits import CourseSeen, seen_course
from bookings.views.patient.visits import rounds_of
from clinic import clock, formats
from clinic.models import Practitioner
from clinic.permissions import account_required
from clinic.services.days import local_day, zone_of
from treatments.models import Course
from treatments.permissions import load_course_times

RHYTHMS = (
    ("", gettext_lazy("Any time of day"), None),
    ("morning", gettext_lazy("Mornings"), time(10)),
    ("afternoon", gettext_lazy("Afternoons"), time(14, 30)),
    ("evening", gettext_lazy("Evenings"), time(17, 30)),
)
LATER_STEP = timedelta(days=7)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def plan(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course_times(request, course_id)
    if request.method != "POST":
        return _page(request, course, now=now)
    form = WholePlan(request.POST, course=course)
    if not form.is_valid():
        return _page(request, course, now=now, refused=NotWhole())
    try:
        door.place_course(
            course=course, times=form.times, key=form.cleaned_data["key"], by=request.user, now=now
        )
    except Refusal as refused:
        return _page(request, course, now=now, refused=refused)
    return redirect("my_visits")


def _page(request: HttpRequest, course: Course, *, now: datetime, refused: Refusal | None = None):
    """After a refusal with another proposal: it is made from what is free now."""
    rhythm, begin = _wish(request, now)
    seen = seen_course(course)
    around = next(at for code, _words, at in RHYTHMS if code == rhythm)
    proposal = propose(course, now=now, not_before=begin, around=around)
    content = {
        "course": course,
        "count": len(seen.rows),
        "proposal": proposal,
        "sessions": _rows(seen, proposal, course),
        "carried": [_carried(item) for item in proposal.wanted],
        "own": not request.user.is_staff,
        "rounds": None if request.user.is_staff else rounds_of(request, course.patient, [], [seen], now),
        "once": uuid4(),
        "refused": refused,
        "has_errors": bool(refused),
        **_failure(proposal),
        **_chips(course, rhythm, begin, proposal),
    }
    status = refused.status if refused else 200
    return render(request, "bookings/patient/plan.html", content, status=status)


def _wish(request: HttpRequest, now: datetime) -> tuple[str, date | None]:
    """What of the address makes sense; what cannot be read counts as not asked for."""
    form = PlanWish(request.GET)
    form.is_valid()
    begin = form.cleaned_data.get("begin")
    is_near = begin is not None and begin <= local_day(now) + HORIZON
    return form.cleaned_data.get("rhythm") or "", begin if is_near else None


def _carried(item) -> str:
    """One session of the plan as a hidden field: which, when, with whom."""
    return f"{item.session.pk}@{item.starts:%Y-%m-%dT%H:%M%z}@{item.practitioner or ''}"


def _rows(seen: CourseSeen, proposal: Proposal, course: Course) -> list[dict]:
    """Every session with its day, and how many days lie between it and the one before."""
    tz = zone_of(course.location)
    wanted = {item.session.pk: item for item in proposal.wanted}
    names = _names(proposal)
    found, previous = [], None
    for row in seen.rows:
        item = wanted.get(row.session.pk)
        starts = item.starts if item else row.booking.starts if row.booking else None
        day = row.session.given_on or (local_day(starts, course.location) if starts else None)
        if day is None:
            continue
        found.append(
            {
                "state": "done" if row.state == "given" else "choose" if item else "booked",
                "number": row.session.number,
                "when": formats.when(starts, tz) if starts and row.state != "given" else formats.day(day),
                "word": names.get(item.practitioner, _("any dermatologist")) if item else "",
                "why": _apart(day, previous) if item else "",
            }
        )
        previous = day
    return found


def _names(proposal: Proposal) -> dict[int, str]:
    """Who would be there, where it is settled; with nobody named any dermatologist may be."""
    asked = {item.practitioner for item in proposal.wanted if item.practitioner}
    names = Practitioner.objects.filter(pk__in=asked).values_list("pk", "resource__name")
    return dict(names)


def _apart(day: date, previous: date | None) -> str:
    return _("%(days)d days after the one before") % {"days": (day - previous).days} if previous else ""


def _failure(proposal: Proposal) -> dict:
    if not proposal.failed:
        return {}
    first, last = proposal.window
    window = {"first": formats.day(first), "last": formats.day(last)}
    return {"failed": proposal.failed.number, "window": window, "reason": _(proposal.reason)}


def _chips(course: Course, rhythm: str, begin: date | None, proposal: Proposal) -> dict:
    address = reverse("course_plan", args=[course.pk])

    def link(**parts) -> str:
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"{address}?{query}" if query else address

    first = proposal.wanted[0].starts if proposal.wanted else None
    later = local_day(first, course.location) + LATER_STEP if first else None
    return {
        "rhythms": [
            {"name": words, "chosen": code == rhythm, "href": link(rhythm=code, begin=begin)}
            for code, words, _at in RHYTHMS
        ],
        "begin_later": link(rhythm=rhythm, begin=later) if later else "",
        "begin_soon": link(rhythm=rhythm) if begin else "",
    }
