"""The desk pauses for somebody who rings or stands here, asks how things are, and lets it go on."""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.pausing import AskAgain, StaffPauseForm
from bookings.forms.times import Key
from bookings.refusals import NotWhole, Refusal
from bookings.services import pausing as diary
from bookings.views.desk.frame import desk_page
from bookings.views.patient.pausing import pause_seen, say_undone, times_of
from clinic import clock
from clinic.models import Patient, User
from clinic.permissions import load_patient, staff
from clinic.services.days import local_day
from treatments.models import Course, Pause
from treatments.permissions import load_pause, seen_courses
from treatments.services import pausing


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def pause(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    patient = load_patient(request, patient_id, now=now)
    courses = list(seen_courses(request).filter(patient=patient, ended_on=None).order_by("pk"))
    form = StaffPauseForm(
        request.POST if request.method == "POST" else None, today=local_day(now), courses=courses
    )
    if not courses or not form.is_valid():
        return _page(request, patient, courses, form, now, status=422 if form.is_bound and courses else 200)
    said = {"cause": form.cleaned_data["cause"], "until_on": form.cleaned_data["until_on"]}
    try:
        pausing.pause(patient=patient, course=form.course, by=request.user, now=now, **said)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _page(request, patient, courses, form, now, status=refused.status)
    return redirect("desk_pause", patient.pk)


def _page(
    request: HttpRequest, patient: Patient, courses: Sequence[Course], form: StaffPauseForm, now: datetime,
    *, status: int,
) -> HttpResponse:  # fmt: skip
    open_now = [one for one in pausing.open_pauses_of(patient) if _is_of(one, courses)]
    going = [course for course in courses if not any(_is_of(one, [course]) for one in open_now)]
    content = {
        "patient": patient,
        "form": form if going else None,
        "has_courses": bool(courses),
        "given_back": times_of(diary.would_give_back(going, now=now)),
        "pauses": [pause_on_page(one, courses, by=request.user, now=now) for one in open_now],
        "here": "patients",
    }
    return desk_page(request, "pause", content, now=now, status=status)


def _is_of(pause: Pause, courses: Sequence[Course]) -> bool:
    return bool(courses) and (pause.course_id is None or pause.course_id in [course.pk for course in courses])


def pause_on_page(pause: Pause, courses: Sequence[Course], *, by: User, now: datetime) -> dict:
    """As the patient sees it, and what it is of, with the days when to ask."""
    own = next((course for course in courses if course.pk == pause.course_id), None)
    where = (own or courses[0]).location
    days = (local_day(now, where) - local_day(pause.from_at, where)).days
    form = AskAgain(today=local_day(now, where), initial={"until_on": pause.until_on}, prefix=f"p{pause.pk}")
    return pause_seen(pause, where, by=by, now=now) | {
        "what": f"{own.visit_type.name}, {own.location.area}" if own else _("Everything"),
        "days": days,
        "form": form,
    }


@require_POST
@staff()
def resume(request: HttpRequest, pause_id: int) -> HttpResponse:
    found = load_pause(request, pause_id)
    try:
        pausing.resume(pause=found, by=request.user, now=clock.now())
    except Refusal as refused:
        messages.warning(request, refused.text)
        return redirect("desk_pause", found.patient_id)
    messages.success(request, _("It goes on. Choose the times together, or leave it to the patient."))
    return redirect("desk_patient", found.patient_id)


@require_POST
@staff()
def prolong(request: HttpRequest, pause_id: int) -> HttpResponse:
    """Asked, and it stays as it is for now."""
    now, found = clock.now(), load_pause(request, pause_id)
    form = AskAgain(request.POST, today=local_day(now), prefix=f"p{found.pk}")
    if form.is_valid():
        _say_until(request, found, form.cleaned_data["until_on"], now)
    else:
        messages.warning(request, form.errors["until_on"][0])
    return redirect("desk_pause", found.patient_id)


def _say_until(request: HttpRequest, found: Pause, until_on: date, now: datetime) -> None:
    try:
        pausing.prolong(pause=found, until_on=until_on, by=request.user, now=now)
    except Refusal as refused:
        messages.warning(request, refused.text)
    else:
        messages.success(request, _("Noted. Nobody asks before that day."))


@require_POST
@staff()
def undo(request: HttpRequest, pause_id: int) -> HttpResponse:
    found = load_pause(request, pause_id)
    form = Key(request.POST)
    try:
        if not form.is_valid():
            raise NotWhole
        done = diary.undo_pause(pause=found, key=form.cleaned_data["key"], by=request.user, now=clock.now())
    except Refusal as refused:
        messages.warning(request, refused.text)
    else:
        say_undone(request, found, done)
    return redirect(reverse("desk_patient", args=[found.patient_id]))
