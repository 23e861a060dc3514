"""Where the rounds after the first form begin: before a session, and before a course.

The link of a message leads to the visits and opens nothing; behind a shared phone these pages ask for the
PIN, as all do on which somebody answers.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import clock
from clinic.permissions import record_required
from clinic.services.days import local_day
from consultations import refusals
from consultations.models.intakes import Purpose
from consultations.services import intakes, rounds
from consultations.views.intake import resume_address

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@record_required
def before_session(request: HttpRequest) -> HttpResponse:
    now, patient = clock.now(), request.patient
    if request.method != "POST":
        asked = rounds.short_questions(patient, today=local_day(now))
        count = sum(question.required for question in asked)
        return _begin_page(request, {"is_session": True, "count": count})
    return _begin(request, rounds.start_session_round, now)


@never_cache
@get_or_post
@record_required
def before_course(request: HttpRequest) -> HttpResponse:
    now, patient = clock.now(), request.patient
    if request.method == "POST":
        return _begin(request, _start_course_round, now)
    count = len(rounds.open_course_questions(patient, today=local_day(now)))
    if not count and intakes.open_intake(patient, Purpose.COURSE) is None:
        return redirect("my_visits")
    return _begin_page(request, {"is_session": False, "count": count})


def _start_course_round(**asked):
    return intakes.start_intake(purpose=Purpose.COURSE, **asked)


def _begin(request: HttpRequest, start, now: datetime) -> HttpResponse:
    language = get_language() or "en"
    try:
        started = start(patient=request.patient, by=request.user, now=now, language=language)
    except refusals.ConsentNeeded:
        return redirect("intake")
    return redirect(resume_address(started, now))


def _begin_page(request: HttpRequest, content: dict) -> HttpResponse:
    return render(request, "consultations/rounds/begin.html", content)
