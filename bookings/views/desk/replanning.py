"""The rest of a course planned again by the desk: before and after, why, one click."""

from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door
from bookings.forms.replanning import DeskReplan, why_choices
from bookings.models import Booking
from bookings.refusals import NotWhole, Refusal, TimeTaken
from bookings.services.broken_plans import lost_of
from bookings.services.door.gap_rules import Authority
from bookings.services.replanning import Replanned, Standing, read_standing
from bookings.views import replan_words
from bookings.views.desk.frame import address_of, desk_page
from bookings.views.patient.replanning import read_chosen
from clinic import clock, formats
from clinic.permissions import staff
from clinic.services.days import local_day, zone_of
from treatments.models import Course, CourseSession
from treatments.permissions import load_course_times


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def again(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course_times(request, course_id)
    if request.method != "POST":
        return _page(request, course, now=now)
    form = DeskReplan(request.POST, course=course)
    if not form.is_valid():
        return _page(request, course, now=now, refused=NotWhole())
    try:
        changed = door.replan(
            course=course, moves=form.moves, places=form.places, key=form.cleaned_data["key"],
            by=request.user, now=now, authority=Authority.DESK, reason=form.cleaned_data["reason"],
        )  # fmt: skip
    except Refusal as refused:
        return _page(request, course, now=now, refused=refused)
    return redirect(address_of(min(changed, key=lambda booking: booking.starts)))


def others_that_move(
    session: CourseSession | None, starts: datetime, who: int | None, *, was: Booking | None, now: datetime
) -> HttpResponse | None:
    """To the page that shows what else moves first; None when nothing else does.

    `was`: where it stands, if it has a time: at another hour of that day it moves alone.
    """
    if session is None or (was and local_day(starts, was.location) == was.day):
        return None
    standing = read_standing(session.course, now=now, authority=Authority.DESK)
    if session.pk not in {one.pk for one in standing.ahead}:
        return None  # it has been given meanwhile: the door says so
    if sum(row.changes for row in standing.move(session, starts, who).rows) < 2:
        return None
    return redirect(address(session, starts, who))


def address(session: CourseSession, starts: datetime, who: int | None) -> str:
    parts = {"session": session.pk, "starts": f"{starts:%Y-%m-%dT%H:%MZ}", "who": who}
    query = urlencode({name: value for name, value in parts.items() if value})
    return reverse("desk_course_again", args=[session.course_id]) + f"?{query}"


def _page(
    request: HttpRequest, course: Course, *, now: datetime, refused: Refusal | None = None
) -> HttpResponse:
    """After a refusal with what would go now."""
    standing = read_standing(course, now=now, authority=Authority.DESK)
    chosen = read_chosen(request, standing)
    lost = lost_of(course) if chosen is None else frozenset()
    replanned, taken = _plan(standing, chosen, lost)
    refused = refused or taken
    content = {
        "course": course,
        "patient": course.patient,
        "session": chosen[0] if chosen else None,
        "day": formats.day(local_day(chosen[1], course.location)) if chosen else "",
        "whys": why_choices(_usual_why(standing, chosen, lost)),
        "once": uuid4(),
        "refused": refused,
        "has_errors": bool(refused),
        "back": _back(standing, chosen),
        "here": "patients",
        **replan_words.content(replanned, zone_of(course.location)),
    }
    return desk_page(request, "replan", content, now=now, status=refused.status if refused else 200)


def _plan(standing: Standing, chosen, lost: frozenset[int]) -> tuple[Replanned, Refusal | None]:
    if chosen is None:
        return standing.replan(chosen={}, lost=lost), None
    session, starts, who = chosen
    if not standing.is_free(starts, who):
        return Replanned(), TimeTaken()
    return standing.move(session, starts, who), None


def _usual_why(standing: Standing, chosen, lost: frozenset[int]) -> str:
    """What it most likely is; the desk corrects it with one key."""
    if chosen:
        return "patient"
    if lost:
        return "given_late"
    return "not_come" if any(one.pk in standing.missed for one in standing.ahead) else "patient"


def _back(standing: Standing, chosen) -> str:
    if chosen is None:
        return reverse("desk_patient", args=[standing.course.patient_id])
    booking = standing.booked.get(chosen[0].pk)
    if booking:
        return reverse("desk_move", args=[booking.reference])
    return f"{reverse('desk_book', args=[standing.course.patient_id])}?session={chosen[0].pk}"
