"""Stop and review: the doctor looks whether a course does anything, and signs what happens now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import clock, formats
from clinic.models import Practitioner
from clinic.models.people import Role
from clinic.permissions import staff
from clinic.refusals import Refusal
from consultations.refusals import NotRegistered
from treatments.forms.courses import LookForm
from treatments.models import Course, CourseReview, ReviewOutcome, ReviewPoint
from treatments.permissions import load_course
from treatments.rules.reviewing import Due, Point
from treatments.services.ending import next_session
from treatments.services.history import records_of
from treatments.services.reviewing_courses import ToLookAt, look_of, sign_review

SIGNED = {
    ReviewOutcome.GO_ON: gettext_lazy("Signed: the course goes on as planned."),
    ReviewOutcome.CHANGE: gettext_lazy(
        "Signed. Change the plan here; it is signed as a revision of its own."
    ),
    ReviewOutcome.STOP: gettext_lazy("Signed: the course has ended, and its times are free."),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.DERMATOLOGIST, keeps_post=True)
def look(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course(request, course_id, now=now)
    seen = look_of(course, now=now)
    if request.method != "POST":
        return _page(request, course, seen, _form(course, seen) if seen.due else None)
    form = _form(course, seen, request.POST)
    if not form.is_valid():
        return _page(request, course, seen, form, status=422)
    try:
        _sign(request, course, form, now)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _page(request, course, seen, form, status=refused.status)
    outcome = ReviewOutcome(form.cleaned_data["outcome"])
    messages.success(request, SIGNED[outcome])
    return redirect(_onward(course, outcome))


def _form(course: Course, seen: ToLookAt, data=None) -> LookForm:
    points = ",".join(due.point.value for due in seen.due)
    has_left = course.ended_on is None and next_session(course) is not None
    return LookForm(data, initial={"key": uuid4(), "points": points}, has_left=has_left)


def _sign(request: HttpRequest, course: Course, form: LookForm, now: datetime) -> None:
    signer = Practitioner.objects.filter(user=request.user).first()
    if signer is None:
        raise NotRegistered
    key = form.cleaned_data["key"]
    sign_review(course=course, look=form.look(), practitioner=signer, key=key, now=now)


def _onward(course: Course, outcome: ReviewOutcome) -> str:
    """To change the plan: where it is revised; else back to the course."""
    if outcome == ReviewOutcome.CHANGE:
        try:
            return reverse("revise_course", args=[course.pk])
        except NoReverseMatch:
            return reverse("prescribe", args=[course.patient_id])
    return reverse("course_record", args=[course.pk])


def _page(
    request: HttpRequest, course: Course, seen: ToLookAt, form: LookForm | None, status: int = 200
) -> HttpResponse:
    content = {
        "course": course,
        "patient": course.patient,
        "protocol": course.protocol.content,
        "seen": seen,
        "due": [due_words(due) for due in seen.due],
        "is_half_a_year": any(due.point == Point.SIX_MONTHS for due in seen.due),
        "records": _records(course),
        "earlier": earlier_looks(course),
        "form": form,
        "here": "queue",
    }
    return render(request, "treatments/course_look.html", content, status=status)


def due_words(due: Due) -> str:
    """After session 4, since 24 Sep 2026"""
    words = _("%(point)s, reached on %(day)s")
    return words % {"point": ReviewPoint(due.point).label, "day": formats.day_with_year(due.since)}


def earlier_looks(course: Course) -> list[dict]:
    """What was signed before, the newest first."""
    reviews: Sequence[CourseReview] = course.reviews.select_related("signed_by__resource").order_by("-pk")
    return [
        {
            "review": review,
            "on": formats.day_with_year(review.at.date()),
            "by": review.signed_by.resource.name,
        }
        for review in reviews
    ]


def _records(course: Course) -> list[dict]:
    return [
        {"record": record, "day": formats.day_with_year(record.day), "number": record.session.number}
        for record in records_of(course)
    ]
