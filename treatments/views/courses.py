"""One course as the doctor reads it: what was ordered, what was given, what is to come."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import clock, formats
from clinic.models.people import Role
from clinic.permissions import CLINICIANS, duties, staff
from clinic.services.days import local_day
from treatments.models import CourseSession
from treatments.permissions import load_course
from treatments.services.extensions import with_extensions
from treatments.services.history import records_of


@staff(*CLINICIANS)
@require_safe
def course_record(request: HttpRequest, course_id: int) -> HttpResponse:
    course = load_course(request, course_id, now=clock.now())
    records: dict[int, list] = {}
    for record in records_of(course):
        records.setdefault(record.session_id, []).append((record, formats.day_with_year(record.day)))
    prescription = course.prescriptions.select_related("signed_by__resource").order_by("-revision").first()
    sessions = with_extensions(course.sessions.select_related("product")).order_by("number")
    context = {
        "course": course,
        "patient": course.patient,
        "protocol": course.protocol.content,
        "prescription": prescription,
        "signed": prescription and formats.day_with_year(local_day(prescription.signed_at, course.location)),
        "rows": [_row(session, records.get(session.pk, [])) for session in sessions],
        "may_sign": duties(request).has(Role.DERMATOLOGIST),
        "here": "sessions",
    }
    return render(request, "treatments/course.html", context)


def _row(session: CourseSession, records: list) -> dict[str, Any]:
    until = session.extended_until
    extended = until and formats.day_with_year(until)
    return {"session": session, "state": state_of(session), "records": records, "extended": extended}


def state_of(session: CourseSession) -> str:
    if session.given_on:
        return "done"
    if session.dropped_reason:
        return "cancelled"
    return "soft" if session.is_soft else "open"
