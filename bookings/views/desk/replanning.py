"""The rest of a course planned again by the desk: before and after, why, one click."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door
from bookings.forms.replanning import DeskReplan, why_choices
from bookings.models import Booking
from bookings.refusals import NotPossible, NotWhole, Refusal, TimeTaken
from bookings.rules.reflow import answer_by
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
        first = _ask(request, form, now=now) if form.asks else _change(request, course, form, now=now)
    except Refusal as refused:
        return _page(request, course, now=now, refused=refused)
    return redirect(address_of(first))


def _change(request: HttpRequest, course: Course, form: DeskReplan, *, now: datetime) -> Booking:
    changed = door.replan(
        course=course, moves=form.moves, places=form.places, key=form.cleaned_data["key"], by=request.user,
        now=now, authority=Authority.DESK, reason=form.cleaned_data["reason"],
    )  # fmt: skip
    return min(changed, key=lambda booking: booking.starts)


def _ask(request: HttpRequest, form: DeskReplan, *, now: datetime) -> Booking:
    """Nothing moves before they say yes; the times are kept for them until then, by one rule."""
    until = kept_until([(booking.starts, starts) for booking, starts, _who in form.moves], now=now)
    if until is None:
        raise NotPossible
    how = {"until": until, "by": request.user, "now": now, "key": form.cleaned_data["key"]}
    if len(form.moves) > 1:
        door.propose_together(moves=form.moves, **how)
    else:
        [(booking, starts, practitioner)] = form.moves
        door.propose(booking=booking, starts=starts, practitioner=practitioner, **how)
    first = min((booking for booking, _starts, _who in form.moves), key=lambda one: one.starts)
    said = formats.when(until, zone_of(first.location))
    messages.success(
        request, _("They are asked. The times are kept for them until %(until)s.") % {"until": said}
    )
    return first


def kept_until(pairs: Sequence[tuple[datetime, datetime]], *, now: datetime) -> datetime | None:
    """Return until when somebody may answer for all of these (was, would be); None: no time left to ask."""
    answers = [answer_by(now=now, was=was, to=to) for was, to in pairs]
    return None if not answers or None in answers else min(answers)


def _asks_until(replanned: Replanned, now: datetime, tz: tzinfo) -> str:
    """In words, where asking first would do; nobody is asked about sessions that have no time yet."""
    if replanned.places or not replanned.moves:
        return ""
    until = kept_until([(booking.starts, starts) for booking, starts, _who in replanned.moves], now=now)
    return formats.when(until, tz) if until else ""


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
        "asks_until": _asks_until(replanned, now, zone_of(course.location)),
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
