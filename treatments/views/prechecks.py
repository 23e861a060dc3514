"""At the chair, before anything is numbed: today's questions in private, and what the rules say of them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic import clock, formats
from clinic.models import Patient
from clinic.models.people import Role
from clinic.permissions import CLINICIANS, duties, staff
from clinic.refusals import Refusal
from clinic.services.days import local_day, zone_of
from consultations.forms.intake import PageForm
from consultations.models import Intake
from consultations.rules.rounds import is_valid
from consultations.services import intakes, rounds
from consultations.services.intake_pages import Place, number_of, round_of
from consultations.services.reading import flags_of
from treatments.forms.prechecks import PlanForm
from treatments.models import CourseSession, PreCheck
from treatments.permissions import load_session
from treatments.services import prechecks
from treatments.services.may_treat import newest_precheck
from treatments.services.prechecks import Asking

TOO_MILD_TO_SHOW = ("SUPPORT", "NONE")


@staff(*CLINICIANS)
def precheck(request: HttpRequest, session_id: int) -> HttpResponse:
    now = clock.now()
    session = load_session(request, session_id, now=now)
    begun = rounds.at_chair(session.course.patient, today=local_day(now))
    if request.method != "POST":
        return _page(request, session, begun, now)
    do = {"more": _more, "conclude": _conclude, "doctor": _leave}.get(request.POST.get("do", ""), _ask)
    try:
        return do(request, session, begun, now)
    except Refusal as refused:
        messages.warning(request, refused.text)
        return redirect("precheck", session.pk)


def _page(request: HttpRequest, session: CourseSession, begun: Intake | None, now: datetime) -> HttpResponse:
    """What comes next: the first questions, those they opened, the end, or what came of it."""
    if begun:
        page = intakes.next_page(begun, now=now)
        place = round_of(begun, now=now).place(number_of(page)) if page else None
        return _more_page(request, session, begun, place, now) if place else _end(request, session, now)
    done = newest_precheck(session, local_day(now, session.course.location))
    if done and not done.is_outdated and "again" not in request.GET:
        return _result(request, session, done, now)
    questions = _short_questions(session.course.patient, now)
    return _ask_page(request, session, PageForm(questions=questions, answers={}), PlanForm(), now)


# The short round


def _ask(request: HttpRequest, session: CourseSession, begun: Intake | None, now: datetime) -> HttpResponse:
    questions = _short_questions(session.course.patient, now)
    form, plan = PageForm(request.POST, questions=questions, answers={}), PlanForm(request.POST)
    raw, is_whole = form.read(), plan.is_valid()
    missing = {
        one.key: _("Please ask this one too.") for one in questions if one.required and not raw[one.key]
    }
    if missing or not is_whole:
        form.say(missing)
        return _ask_page(request, session, form, plan, now, status=422)
    try:
        found = prechecks.ask(session=session, raw=raw, plan=plan.plan(), asking=_asking(request), now=now)
    except rounds.NotWhole as refused:
        form.say(refused.problems)
        return _ask_page(request, session, form, plan, now, status=refused.status)
    return _onward(request, session, found)


def _ask_page(
    request: HttpRequest, session: CourseSession, form: PageForm, plan: PlanForm, now: datetime, status=200
) -> HttpResponse:
    patient, today = session.course.patient, local_day(now)
    content = {
        "phase": "ask",
        "form": form,
        "plan": plan,
        "boxes": _boxes(form, plan),
        "by_link": _by_link(patient, now),
        "course_questions": rounds.terms(
            one.key for one in rounds.open_course_questions(patient, today=today)
        ),
    }
    return _render(request, session, content, status)


def _boxes(form: PageForm, plan: PlanForm) -> dict[str, list]:
    """The questions with choices in a row each; what is typed stands below them."""
    drawn = [form[question.key] for question in form.questions]
    return {
        "rows": [box for box, question in zip(drawn, form.questions, strict=True) if question.choices],
        "plan": [plan["numbing"], plan["is_wanted"]],
        "typed": [box for box, question in zip(drawn, form.questions, strict=True) if not question.choices],
    }


def _short_questions(patient: Patient, now: datetime) -> list:
    return rounds.short_questions(patient, today=local_day(now))


def _by_link(patient: Patient, now: datetime) -> dict[str, Any] | None:
    """What was answered without us, and when: to be seen beside the questions, never instead of them."""
    answered = rounds.newest_by_link(patient)
    if answered is None:
        return None
    return {
        "when": formats.when(answered.answered_at, zone_of()),
        "is_sent": answered.submitted_at is not None,
        "counts": is_valid(answered.answered_at, at=now),
        "said": rounds.said_in(answered),
    }


# What it opened


def _more(request: HttpRequest, session: CourseSession, begun: Intake | None, now: datetime) -> HttpResponse:
    number = request.POST.get("page", "")
    asked = round_of(begun, now=now) if begun else None
    place = asked.place(int(number)) if asked and number.isdecimal() and len(number) < 4 else None
    if place is None:
        return redirect("precheck", session.pk)
    form = PageForm(request.POST, questions=place.questions, answers=asked.facts)
    nothing = place.nothing if "nothing" in request.POST else {}
    raw = nothing or form.read()
    form.say(intakes.save_answers(intake=begun, page=place.page.key, raw=raw, by=request.user, now=now))
    if form.errors and not nothing:
        return _more_page(request, session, begun, place, now, form)
    return redirect("precheck", session.pk)


def _more_page(
    request: HttpRequest,
    session: CourseSession,
    begun: Intake,
    place: Place,
    now: datetime,
    form: PageForm | None = None,
) -> HttpResponse:
    status = 422 if form else 200
    form = form or PageForm(questions=place.questions, answers=rounds.to_fill_in(begun, place))
    left = newest_precheck(session, local_day(now, session.course.location))
    content = {
        "phase": "more",
        "form": form,
        "place": place,
        "groups": form.groups.values(),
        "is_left": left is not None and left.intake_id == begun.pk,
    }
    return _render(request, session, content, status)


def _end(
    request: HttpRequest, session: CourseSession, now: datetime, plan: PlanForm | None = None
) -> HttpResponse:
    status, plan = (422 if plan else 200), plan or PlanForm()
    return _render(request, session, {"phase": "end", "form": plan, "boxes": _end_boxes(plan)}, status)


def _end_boxes(plan: PlanForm) -> dict[str, list]:
    return {"plan": [plan["numbing"], plan["is_wanted"]]}


def _conclude(
    request: HttpRequest, session: CourseSession, begun: Intake | None, now: datetime
) -> HttpResponse:
    plan = PlanForm(request.POST)
    if not plan.is_valid():
        return _end(request, session, now, plan)
    found = prechecks.conclude(session=session, plan=plan.plan(), asking=_asking(request), now=now)
    return _onward(request, session, found)


def _leave(request: HttpRequest, session: CourseSession, begun: Intake | None, now: datetime) -> HttpResponse:
    prechecks.leave_to_doctor(session=session, by=request.user, now=now)
    messages.success(request, _("Noted. The doctor looks first."))
    return redirect("session_list")


# What came of it


def _onward(request: HttpRequest, session: CourseSession, found: PreCheck | None) -> HttpResponse:
    if found and found.is_clear:
        messages.success(request, _("Asked and noted: nothing new against this session."))
        return redirect("session_list")
    return redirect("precheck", session.pk)


def _result(request: HttpRequest, session: CourseSession, done: PreCheck, now: datetime) -> HttpResponse:
    screening = prechecks.screening_at(done)
    flags = flags_of(screening, counting=True) if screening else []
    content = {
        "phase": "result",
        "done": done,
        "at": formats.time_of(done.at, zone_of(session.course.location)),
        "said": rounds.said_in(done.intake) if done.intake else [],
        "reasons": prechecks.reasons(done, screening),
        "flags": [flag for flag in flags if flag.outcome not in TOO_MILD_TO_SHOW],
        "may_sign": duties(request).has(Role.DERMATOLOGIST),
    }
    return _render(request, session, content)


def _asking(request: HttpRequest) -> Asking:
    return Asking(by=request.user, is_doctor=duties(request).has(Role.DERMATOLOGIST))


def _render(
    request: HttpRequest, session: CourseSession, content: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {"session": session, "patient": session.course.patient, "here": "sessions"}
    return render(request, "treatments/precheck.html", shared | content, status=status)
