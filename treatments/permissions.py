"""What is prescribed and done: for the patient and for clinicians. The desk gets times and no more."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from clinic.permissions import EVERYBODY_HERE, duties, load_for_clinicians, load_from_record
from treatments.models import Course, CourseSession, Pause, Record


def load_course(request: HttpRequest, course_id: int, *, now: datetime) -> Course:
    courses = Course.objects.select_related("patient", "protocol", "visit_type", "location", "practitioner")
    return load_from_record(request, courses, of="patient", now=now, pk=course_id)


def load_session(request: HttpRequest, session_id: int, *, now: datetime) -> CourseSession:
    sessions = CourseSession.objects.select_related("course__patient", "course__location", "product")
    return load_from_record(request, sessions, of="course__patient", now=now, pk=session_id)


def load_treatment_record(request: HttpRequest, record_id: int, *, now: datetime) -> Record:
    """For clinicians only; `load_session` is what the patient's pages stand on."""
    records = Record.objects.select_related("session__course__patient", "signed_by__resource")
    return load_for_clinicians(request, records, of="session__course__patient", now=now, pk=record_id)


def load_course_times(request: HttpRequest, course_id: int) -> Course:
    """For pages that show and change when, never what: they name no product and no protocol.

    For the account itself, also behind a shared phone before the PIN, and for every role at its location.
    """
    return get_object_or_404(seen_courses(request), pk=course_id)


def load_session_times(request: HttpRequest, session_id: int) -> CourseSession:
    """As load_course_times, for one session."""
    sessions = CourseSession.objects.select_related(
        "course__patient", "course__visit_type", "course__location"
    )
    return get_object_or_404(_seen_times(request, sessions, to_course="course__"), pk=session_id)


def seen_courses(request: HttpRequest) -> QuerySet[Course]:
    """Every course whose times this person may see and change; lists start from it."""
    courses = Course.objects.select_related("patient", "visit_type", "location")
    return _seen_times(request, courses, to_course="")


def load_pause(request: HttpRequest, pause_id: int) -> Pause:
    """For the account itself, and for every role where one of the paused courses is given. Of a pause the
    pages of times show since when it is, never why.
    """
    if not request.user.is_authenticated:
        raise Http404
    pauses = Pause.objects.select_related("patient__account", "course__location", "course__visit_type", "by")
    if not request.user.is_staff:
        pauses = pauses.filter(patient__account=request.user, patient__merged_into=None)
    else:
        seen = seen_courses(request)
        whole = Q(course=None, patient__in=seen.values("patient"))
        pauses = pauses.filter(whole | Q(course__in=seen))
    return get_object_or_404(pauses, pk=pause_id)


def load_pause_of_record(request: HttpRequest, pause_id: int, *, now: datetime) -> Pause:
    """For clinicians, who may read why."""
    pauses = Pause.objects.select_related("patient", "course__location", "by")
    return load_for_clinicians(request, pauses, of="patient", now=now, pk=pause_id)


def _seen_times(request: HttpRequest, rows: QuerySet, *, to_course: str) -> QuerySet:
    if not request.user.is_authenticated:
        raise Http404
    if not request.user.is_staff:
        own = {f"{to_course}patient__account": request.user, f"{to_course}patient__merged_into": None}
        return rows.filter(**own)
    where = duties(request).locations(*EVERYBODY_HERE)  # nowhere for those without a role
    return rows if where is None else rows.filter(**{f"{to_course}location__in": where})
