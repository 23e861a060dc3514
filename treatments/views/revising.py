"""A course prescribed anew, from its own page: what is ahead is looked at whole and signed whole."""

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic import clock, formats
from clinic.models import Practitioner
from clinic.models.people import Role
from clinic.permissions import staff
from clinic.refusals import Refusal
from clinic.services.days import local_day
from consultations.refusals import NotRegistered
from treatments.forms.revising import RevisionForm
from treatments.models import Course, Prescription
from treatments.permissions import load_course
from treatments.services.revising import (
    newest_prescription,
    open_sessions,
    product_of_course,
    revise,
    sessions_shown,
)


@staff(Role.DERMATOLOGIST)
def revise_course(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course(request, course_id, now=now)
    standing = newest_prescription(course)
    if course.ended_on or standing is None:
        messages.info(request, _("This course cannot be changed any more."))
        return redirect("course_record", course_id=course.pk)
    form = _form(request, course, standing)
    if request.method == "POST" and form.is_valid():
        return _signed(request, course, standing, form, now)
    return _show(request, course, standing, form)


def _form(request: HttpRequest, course: Course, standing: Prescription) -> RevisionForm:
    """What was sent is read by the sessions its page showed: the service says whether they still stand."""
    code = product_of_course(course).code
    if request.method == "POST":
        sessions = sessions_shown(course, request.POST.get("shown", ""))
        return RevisionForm(request.POST, sessions=sessions, product_code=code)
    sessions = open_sessions(course)
    shown = ",".join(str(session.number) for session in sessions)
    initial = {"key": uuid4(), "seen": standing.revision, "shown": shown, "note": standing.note}
    return RevisionForm(initial=initial, sessions=sessions, product_code=code)


def _signed(
    request: HttpRequest, course: Course, standing: Prescription, form: RevisionForm, now: datetime
) -> HttpResponse:
    try:
        signer = Practitioner.objects.filter(user=request.user).first()
        if signer is None:
            raise NotRegistered
        key = form.cleaned_data["key"]
        revise(course=course, revision=form.revision(), practitioner=signer, key=key, now=now)
    except Refusal as refusal:
        form.add_error(None, str(refusal.text))
        return _show(request, course, standing, form, status=refusal.status)
    messages.success(request, _("Signed anew. Times that no longer fit were given back, to be chosen again."))
    return redirect("course_record", course_id=course.pk)


def _show(
    request: HttpRequest, course: Course, standing: Prescription, form: RevisionForm, status: int = 200
) -> HttpResponse:
    context = {
        "course": course,
        "patient": course.patient,
        "standing": standing,
        "signed": formats.day_with_year(local_day(standing.signed_at, course.location)),
        "given": course.sessions.filter(given_on__isnull=False).count(),
        "product": product_of_course(course),
        "form": form,
        "here": "sessions",
    }
    return render(request, "treatments/revise.html", context, status=status)
