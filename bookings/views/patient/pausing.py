"""The patient's course on hold: what it means, going on again, and three minutes to take it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.pausing import PauseForm
from bookings.forms.times import Key
from bookings.models import Booking
from bookings.refusals import NotWhole, Refusal
from bookings.services import pausing as diary
from bookings.services.own_visits import seen_course
from bookings.services.pausing import TakenBack
from bookings.views.patient.booked import refused_page
from clinic import clock, formats
from clinic.models import Location, User
from clinic.permissions import account_required
from clinic.services.days import local_day, zone_of
from treatments.models import Course, Pause
from treatments.permissions import load_course_times, load_pause
from treatments.rules.pausing import UNDO_WITHIN
from treatments.services import pausing


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def pause(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course_times(request, course_id)
    if course.ended_on:
        return redirect("my_visits")
    form = PauseForm(
        request.POST if request.method == "POST" else None, today=local_day(now, course.location)
    )
    if not form.is_valid():
        return _page(request, course, form, now)
    try:
        pausing.pause(patient=course.patient, course=course, by=request.user, now=now, **form.cleaned_data)
    except Refusal as refused:
        return refused_page(request, refused)
    return redirect("course_pause", course.pk)


def _page(request: HttpRequest, course: Course, form: PauseForm, now: datetime) -> HttpResponse:
    pauses = pausing.open_pauses(course)
    content = {"course": course, "form": form}
    if pauses and not form.is_bound:
        content |= {"pauses": [pause_seen(one, course.location, by=request.user, now=now) for one in pauses]}
        return render(request, "bookings/patient/paused.html", content)
    content["given_back"] = times_of(diary.would_give_back([course], now=now))
    status = 422 if form.is_bound else 200
    return render(request, "bookings/patient/pause.html", content, status=status)


def times_of(bookings: Sequence[Booking]) -> list[str]:
    return [formats.when(booking.starts, zone_of(booking.location)) for booking in bookings]


def pause_seen(pause: Pause, where: Location, *, by: User, now: datetime) -> dict:
    """An open pause on a page: since when, who ends it, and the way to take it back. Never why."""
    undo = None
    if pausing.may_undo(pause, by=by, now=now):
        until = formats.time_of(pause.from_at + UNDO_WITHIN, zone_of(where))
        undo = {"once": uuid4(), "until": until}
    return {
        "pause": pause,
        "since": formats.day(local_day(pause.from_at, where)),
        "until": formats.day(pause.until_on) if pause.until_on else "",
        "is_the_doctors": pausing.is_the_doctors(pause),
        "may_end": pausing.may_end(pause, by),
        "undo": undo,
    }


@require_POST
@account_required
def resume(request: HttpRequest, pause_id: int) -> HttpResponse:
    """It goes on: first what is new, where it was long; then times for what has none."""
    found = load_pause(request, pause_id)
    try:
        pausing.resume(pause=found, by=request.user, now=clock.now())
    except Refusal as refused:
        return refused_page(request, refused)
    course = _to_plan(found)
    messages.success(request, _("Your course goes on."))
    if course is None or pausing.is_update_wanted(found.patient):
        return redirect("my_visits")
    return redirect("course_plan", course.pk)


def _to_plan(pause: Pause) -> Course | None:
    """The course that now wants times, if it is one alone."""
    courses = list(pausing.courses_of(pause).select_related("location", "patient", "visit_type"))
    if len(courses) != 1 or pausing.open_pauses(courses[0]):
        return None
    return courses[0] if seen_course(courses[0]).to_book else None


@require_POST
@account_required
def undo(request: HttpRequest, pause_id: int) -> HttpResponse:
    found = load_pause(request, pause_id)
    form = Key(request.POST)
    if not form.is_valid():
        return refused_page(request, NotWhole())
    try:
        done = diary.undo_pause(pause=found, key=form.cleaned_data["key"], by=request.user, now=clock.now())
    except Refusal as refused:
        return refused_page(request, refused)
    say_undone(request, found, done)
    return redirect("my_visits")


def say_undone(request: HttpRequest, found: Pause, done: TakenBack) -> None:
    if any(one.course_id == found.course_id for one in pausing.open_pauses_of(found.patient)):
        messages.success(request, _("Undone: it is paused as it was before."))
        return
    if not done.gone:
        messages.success(request, _("Undone: nothing is paused, and every time is as it was."))
        return
    times = ", ".join(formats.when(one.starts, zone_of(one.location)) for one in done.gone)
    words = ngettext(
        "Nothing is paused any more. This time is somebody else's by now, so it needs another: %(times)s.",
        "Nothing is paused any more. These times are somebody else's by now and need others: %(times)s.",
        len(done.gone),
    )
    messages.warning(request, words % {"times": times})
