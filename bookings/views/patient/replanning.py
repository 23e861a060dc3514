"""What else moves when a session moves; a course that no longer stands: before and after, then one tap."""

from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door
from bookings.forms.replanning import ChosenTime, WholeReplan
from bookings.refusals import NotWhole, Refusal, TimeTaken
from bookings.services.broken_plans import lost_of
from bookings.services.own_visits import CourseSeen, seen_course
from bookings.services.replanning import Replanned, Standing, read_standing
from bookings.views import replan_words
from bookings.views.patient.timeline import timeline
from clinic import clock, formats
from clinic.permissions import account_required
from clinic.services.days import local_day, zone_of
from treatments.models import Course, CourseSession
from treatments.permissions import load_course_times


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def again(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course_times(request, course_id)
    if request.method != "POST":
        return _page(request, course, now=now)
    form = WholeReplan(request.POST, course=course)
    if not form.is_valid():
        return _page(request, course, now=now, refused=NotWhole())
    try:
        door.replan(
            course=course, moves=form.moves, places=form.places, key=form.cleaned_data["key"],
            by=request.user, now=now,
        )  # fmt: skip
    except Refusal as refused:
        return _page(request, course, now=now, refused=refused)
    return redirect("my_visits")


def address(course: Course, session: CourseSession, starts: datetime, who: int | None) -> str:
    """The page that shows what follows when `session` is put at this time."""
    parts = {"session": session.pk, "starts": f"{starts:%Y-%m-%dT%H:%MZ}", "who": who}
    query = urlencode({name: value for name, value in parts.items() if value})
    return reverse("course_again", args=[course.pk]) + f"?{query}"


def _page(request: HttpRequest, course: Course, *, now: datetime, refused: Refusal | None = None):
    """After a refusal with what would go now."""
    standing = read_standing(course, now=now)
    chosen = read_chosen(request, standing)
    tz = zone_of(course.location)
    if chosen:
        session, starts, who = chosen
        is_free = standing.is_free(starts, who)
        replanned = standing.move(session, starts, who) if is_free else Replanned()
        refused = refused or (None if is_free else TimeTaken())
    else:
        replanned = standing.replan(chosen={}, lost=lost_of(course))
    seen = seen_course(course)
    content = {
        "course": course,
        "session": chosen[0] if chosen else None,
        "day": formats.day(local_day(chosen[1], course.location)) if chosen else "",
        "sessions": _as_it_stands(seen, now),
        "count": len(seen.rows),
        "once": uuid4(),
        "refused": refused,
        "has_errors": bool(refused),
        "back": _back(standing, chosen),
        "title": _("If you move it") if chosen else _("Plan the rest again"),
        **replan_words.content(replanned, tz),
    }
    return render(request, "bookings/patient/replan.html", content, status=refused.status if refused else 200)


def _as_it_stands(seen: CourseSeen, now: datetime) -> list[dict]:
    """To look at only: what is done about it stands above."""
    shown = timeline(seen, None, now)
    return [{part: row[part] for part in ("state", "number", "when")} for row in shown]


def read_chosen(
    request: HttpRequest, standing: Standing
) -> tuple[CourseSession, datetime, int | None] | None:
    """What of the address makes sense; what cannot be read counts as not asked for."""
    form = ChosenTime(request.GET)
    form.is_valid()
    given = form.cleaned_data
    session = next((one for one in standing.ahead if one.pk == given.get("session")), None)
    if session is None or not given.get("starts"):
        return None
    return session, given["starts"], given.get("who")


def _back(standing: Standing, chosen) -> str:
    """To the times of the session that is being moved."""
    if chosen is None:
        return reverse("my_visits")
    booking = standing.booked.get(chosen[0].pk)
    if booking:
        return reverse("move_visit", args=[booking.reference])
    return reverse("session_time", args=[chosen[0].pk])
