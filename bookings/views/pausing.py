"""A dermatologist pauses a course: also because medicine asks for it, and then nobody else ends it."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.pausing import DoctorsPauseForm
from bookings.forms.times import Key
from bookings.refusals import NotWhole, Refusal
from bookings.services import pausing as diary
from bookings.views.desk.pausing import pause_on_page
from bookings.views.patient.pausing import say_undone, times_of
from clinic import clock
from clinic.models.people import Role
from clinic.permissions import staff
from clinic.services.days import local_day
from treatments.models import Course, Pause
from treatments.permissions import load_course, load_pause_of_record
from treatments.services import pausing


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.DERMATOLOGIST)
def pause(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course(request, course_id, now=now)
    today = local_day(now, course.location)
    form = DoctorsPauseForm(request.POST if request.method == "POST" else None, today=today, courses=[course])
    if course.ended_on or not form.is_valid():
        return _page(request, course, form, now, status=422 if form.is_bound else 200)
    try:
        pausing.pause(patient=course.patient, course=course, by=request.user, now=now, **form.cleaned_data)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _page(request, course, form, now, status=refused.status)
    return redirect("pause_course", course.pk)


def _page(
    request: HttpRequest, course: Course, form: DoctorsPauseForm, now: datetime, *, status: int
) -> HttpResponse:
    pauses = pausing.open_pauses(course)
    is_the_doctors = any(pausing.is_the_doctors(one) for one in pauses)
    seen = [pause_on_page(one, [course], by=request.user, now=now) for one in pauses]
    content = {
        "course": course,
        "patient": course.patient,
        "form": None if is_the_doctors or course.ended_on else form,
        "pauses": [
            one | {"why": one["pause"].get_cause_display(), "by": _by_whom(one["pause"])} for one in seen
        ],
        "given_back": times_of(diary.would_give_back([course], now=now)),
        "here": "sessions",
    }
    return render(request, "bookings/pause_course.html", content, status=status)


def _by_whom(pause: Pause) -> str:
    """Empty for the patient's own."""
    return (pause.by.name or pause.by.email or "") if pause.by.is_staff else ""


@require_POST
@staff(Role.DERMATOLOGIST)
def resume(request: HttpRequest, pause_id: int) -> HttpResponse:
    now = clock.now()
    found = load_pause_of_record(request, pause_id, now=now)
    course = pausing.courses_of(found).order_by("pk").first()
    try:
        pausing.resume(pause=found, by=request.user, now=now)
    except Refusal as refused:
        messages.warning(request, refused.text)
    else:
        messages.success(request, _("It goes on. The patient, or the desk, chooses new times."))
    return redirect("course_record", course.pk) if course else redirect("review", found.patient_id)


@require_POST
@staff(Role.DERMATOLOGIST)
def undo(request: HttpRequest, pause_id: int) -> HttpResponse:
    now = clock.now()
    found = load_pause_of_record(request, pause_id, now=now)
    course = pausing.courses_of(found).order_by("pk").first()
    form = Key(request.POST)
    try:
        if not form.is_valid():
            raise NotWhole
        done = diary.undo_pause(pause=found, key=form.cleaned_data["key"], by=request.user, now=now)
    except Refusal as refused:
        messages.warning(request, refused.text)
    else:
        say_undone(request, found, done)
    return redirect("course_record", course.pk) if course else redirect("review", found.patient_id)
