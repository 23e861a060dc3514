"""What a doctor does for a course that was left: a later last day, the form again, a new course, an end."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.refusals import NotWhole
from bookings.services import asking_again
from bookings.services.cold import Cold, cold_course
from clinic import clock, formats
from clinic.models import Practitioner
from clinic.models.people import Role
from clinic.permissions import staff
from clinic.refusals import Refusal
from consultations.refusals import NotRegistered
from treatments.forms.courses import ClosingForm, ExtendingForm
from treatments.models import Course, EndReason
from treatments.permissions import load_course
from treatments.refusals import NothingToExtend
from treatments.services.ending import Ending, end_course, next_session
from treatments.services.extending import extend, latest_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.DERMATOLOGIST)
def care(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course(request, course_id, now=now)
    if request.method != "POST":
        if course.ended_on:
            return redirect("course_record", course_id=course.pk)
        return _page(request, course, now)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _page(request, course, now, refused=NotWhole())
    try:
        return act(request, course, now)
    except Refusal as refused:
        return _page(request, course, now, refused=refused)


# The acts: each raises what its service raises


def _extend(request: HttpRequest, course: Course, now: datetime) -> HttpResponse:
    form = ExtendingForm(request.POST)
    if not form.is_valid():
        return _page(request, course, now, extending=form)
    session = course.sessions.filter(pk=form.cleaned_data["session"]).first()
    if session is None:
        raise NothingToExtend
    signer = Practitioner.objects.filter(user=request.user).first()
    if signer is None:
        raise NotRegistered
    try:
        extend(longer=form.longer(session), practitioner=signer, key=form.cleaned_data["key"], now=now)
    except Refusal as refused:
        form.add_error("until_on" if refused.status == 400 else None, refused.text)
        return _page(request, course, now, extending=form, status=refused.status)
    messages.success(request, _("Signed: the session may be had until then."))
    return redirect("course_care", course_id=course.pk)


def _ask(request: HttpRequest, course: Course, now: datetime) -> HttpResponse:
    asking_again.ask_again(course=course, by=request.user, now=now)
    messages.success(request, _("Asked. What comes back stands in your queue."))
    return redirect("course_care", course_id=course.pk)


def _restart(request: HttpRequest, course: Course, now: datetime) -> HttpResponse:
    """The same protocol lies ready; it is signed as any other prescription."""
    ending = Ending(EndReason.RESTARTED)
    end_course(course=course, ending=ending, by=request.user, is_doctor=True, now=now)
    address = reverse("prescribe", args=[course.patient_id])
    return redirect(f"{address}?{urlencode({'protocol': course.protocol.code})}")


def _close(request: HttpRequest, course: Course, now: datetime) -> HttpResponse:
    form = _closing(course, request.POST)
    if not form.is_valid():
        return _page(request, course, now, closing=form)
    end_course(course=course, ending=form.ending(), by=request.user, is_doctor=True, now=now)
    messages.success(request, _("The course is closed. Its times are free."))
    return redirect("course_record", course_id=course.pk)


ACTS: dict[str, Callable[[HttpRequest, Course, datetime], HttpResponse]] = {
    "extend": _extend,
    "ask": _ask,
    "restart": _restart,
    "close": _close,
}


# The page


def _closing(course: Course, data=None) -> ClosingForm:
    has_left = next_session(course) is not None
    return ClosingForm(data, is_doctor=True, has_left=has_left)


def _page(
    request: HttpRequest, course: Course, now: datetime, *, extending: ExtendingForm | None = None,
    closing: ClosingForm | None = None, refused: Refusal | None = None, status: int | None = None,
) -> HttpResponse:  # fmt: skip
    following, cold = next_session(course), cold_course(course, now=now)
    latest = following and latest_of(following)
    if latest and extending is None:
        extending = ExtendingForm(initial={"key": uuid4(), "session": following.pk})
    content = {
        "course": course,
        "patient": course.patient,
        "following": following,
        "latest": latest and formats.day_with_year(latest),
        "extending": extending if latest else None,
        "closing": closing or _closing(course),
        "refused": refused,
        "has_errors": bool(refused),
        **_known(cold),
        "here": "queue",
    }
    is_wrong = any(form and form.is_bound for form in (extending, closing))
    status = status or (refused.status if refused else 422 if is_wrong else 200)
    return render(request, "bookings/course_care.html", content, status=status)


def _known(cold: Cold | None) -> dict:
    """How late, and what came of asking; nothing of a course in time."""
    if cold is None:
        return {"cold": None}
    return {
        "cold": cold,
        "asked": cold.asked_on and formats.day_with_year(cold.asked_on),
        "answered": cold.answered_on and formats.day_with_year(cold.answered_on),
    }
