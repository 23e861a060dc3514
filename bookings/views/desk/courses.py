"""Courses to look after: who has no time and is late, for the desk to ring; and closing one at their wish."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings.models import Booking, Status
from bookings.services.cold import Cold, cold_courses
from bookings.views.desk.frame import desk_page
from bookings.views.desk.where import address, read_where
from clinic import clock, formats
from clinic.models.people import Role
from clinic.permissions import duties, staff
from clinic.refusals import Refusal
from clinic.rules import phones
from clinic.services.days import zone_of
from treatments.forms.courses import ClosingForm
from treatments.models import Course
from treatments.permissions import load_course_times
from treatments.services.ending import end_course, next_session

LAST = {
    "call": gettext_lazy("last: rung on %(day)s"),
    "message": gettext_lazy("last: message on %(day)s"),
    "visit": gettext_lazy("last: was here on %(day)s"),
}


@never_cache
@require_safe
@staff()
def courses(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    where = read_where(request, now=now)
    if where.location is None:
        return desk_page(request, "no_location", {"here": "todo"}, now=now)
    rows = cold_courses(now=now, locations=[where.location.pk])
    may_sign = duties(request).has(Role.DERMATOLOGIST)
    shown = [_row(row, may_sign) for row in rows]
    content = {
        "here": "todo",
        "groups": _groups(shown),
        "count": len(rows),
        **where.frame("desk_courses"),
    }
    return desk_page(request, "courses", content, now=now)


def _groups(rows: list[dict]) -> list[dict]:
    groups = [
        {
            "code": "late",
            "title": _("Late: a time can still be booked"),
            "rows": [row for row in rows if not row["needs_doctor"]],
        },
        {
            "code": "waits",
            "title": _("So late that the doctor looks first"),
            "rows": [row for row in rows if row["needs_doctor"]],
        },
    ]
    return [group for group in groups if group["rows"]]


def _row(row: Cold, may_sign: bool) -> dict:
    late = row.coldness.days_late
    session = f"{reverse('desk_book', args=[row.patient.pk])}?session={row.session.pk}"
    return {
        "course": row.course,
        "patient": row.patient,
        "number": row.number,
        "number_words": phones.shown(row.number),
        "session": row.session.number,
        "doctor": row.course.practitioner.resource.name if row.course.practitioner else "",
        "latest": formats.day_with_year(row.coldness.latest),
        "late": ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late},
        "contact": _contact(row),
        "asked": row.asked_on and formats.day(row.asked_on),
        "answered": row.answered_on and formats.day(row.answered_on),
        "needs_doctor": row.needs_doctor,
        "book": "" if row.needs_doctor else session,
        "close": reverse("desk_course_close", args=[row.course.pk]),
        "care": reverse("course_care", args=[row.course.pk]) if may_sign else "",
    }


def _contact(row: Cold) -> str:
    return str(LAST[row.contact.how]) % {"day": formats.day(row.contact.on)}


# Closed because the patient wished it


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def close(request: HttpRequest, course_id: int) -> HttpResponse:
    """Any other reason is a doctor's, on the doctor's own page."""
    now = clock.now()
    course = load_course_times(request, course_id)
    if course.ended_on and request.method != "POST":
        return redirect(_back(course))
    form = ClosingForm(
        request.POST if request.method == "POST" else None, is_doctor=False, has_left=_has_left(course)
    )
    if not form.is_valid():
        return _close_page(request, course, form, now=now, status=422 if form.is_bound else 200)
    try:
        end_course(course=course, ending=form.ending(), by=request.user, is_doctor=False, now=now)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _close_page(request, course, form, now=now, status=refused.status)
    messages.success(request, _("The course is closed. Its times are free."))
    return redirect(_back(course))


def _has_left(course: Course) -> bool:
    return course.ended_on is not None or next_session(course) is not None


def _close_page(
    request: HttpRequest, course: Course, form: ClosingForm, *, now: datetime, status: int
) -> HttpResponse:
    ahead = Booking.objects.counting().filter(course=course, status=Status.BOOKED, starts__gt=now)
    tz = zone_of(course.location)
    content = {
        "here": "todo",
        "course": course,
        "form": form,
        "left": course.sessions.filter(given_on=None, dropped_reason="").count(),
        "given": course.sessions.filter(given_on__isnull=False).count(),
        "ahead": [
            formats.when(starts, tz) for starts in ahead.order_by("starts").values_list("starts", flat=True)
        ],
        "back": _back(course),
    }
    return desk_page(request, "course_close", content, now=now, status=status)


def _back(course: Course) -> str:
    return address("desk_courses", at=course.location.slug)
