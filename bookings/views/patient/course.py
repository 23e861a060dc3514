"""The whole course at once: one proposal, one tap, all of it or nothing; other rhythms below it."""

from datetime import datetime, time, timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import door
from bookings.forms.plan import PlanWish, WholePlan
from bookings.refusals import NotWhole, Refusal
from bookings.services import rhythms
from bookings.services.explaining import explain
from bookings.services.openings.doctors import doctors_for
from bookings.services.own_visits import CourseSeen, seen_course
from bookings.services.planning import HORIZON, Question, Wanted, Wish, ask
from bookings.views.patient import plan_words
from bookings.views.patient.visits import rounds_of
from clinic import clock
from clinic.permissions import account_required
from clinic.services.days import local_day
from treatments.models import Course
from treatments.permissions import load_course_times
from treatments.services.pausing import open_pauses

HOURS = (
    ("", gettext_lazy("Any time of day"), None),
    ("morning", gettext_lazy("Mornings"), time(10)),
    ("afternoon", gettext_lazy("Afternoons"), time(14, 30)),
    ("evening", gettext_lazy("Evenings"), time(17, 30)),
)
LATER_STEP = timedelta(days=7)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def plan(request: HttpRequest, course_id: int) -> HttpResponse:
    now = clock.now()
    course = load_course_times(request, course_id)
    if open_pauses(course):  # no time is wanted before it goes on
        return redirect("course_pause", course_id)
    if request.method != "POST":
        return _page(request, course, now=now)
    form = WholePlan(request.POST, course=course)
    if not form.is_valid():
        return _page(request, course, now=now, refused=NotWhole())
    try:
        door.place_course(
            course=course, times=form.times, key=form.cleaned_data["key"], by=request.user, now=now
        )
    except Refusal as refused:
        return _page(request, course, now=now, refused=refused, shown=form.times)
    return redirect("my_visits")


def _page(request: HttpRequest, course: Course, *, now: datetime, refused: Refusal | None = None, shown=()):
    """After a refusal with a plan of what is free now, as near to the one that was shown as can be."""
    wished, seen = _wished(request, now), seen_course(course)
    count, later = plan_words.counted(seen)
    content = {
        "course": course,
        "count": count,
        "later": later,
        "own": not request.user.is_staff,
        "rounds": None if request.user.is_staff else rounds_of(request, course.patient, [], [seen], now),
        "once": uuid4(),
        "refused": refused,
        "has_errors": bool(refused),
        "carried": [],
    }
    question = ask(course, now=now, wish=_wish(wished))
    if question:
        content |= _answer(question, wished, seen, shown)
    return render(request, "bookings/patient/plan.html", content, status=refused.status if refused else 200)


def _wished(request: HttpRequest, now: datetime) -> dict:
    """What of the address makes sense; what cannot be read counts as not asked for."""
    form = PlanWish(request.GET)
    form.is_valid()
    wished = {name: form.cleaned_data.get(name) or None for name in form.fields}
    if wished["begin"] and wished["begin"] > local_day(now) + HORIZON:
        wished["begin"] = None
    return wished


def _wish(wished: dict) -> Wish:
    around = next(at for code, _words, at in HOURS if code == (wished["hour"] or ""))
    return Wish(wished["begin"], around, frozenset(wished["day"] or ()), wished["doctor"])


def _answer(question: Question, wished: dict, seen: CourseSeen, shown) -> dict:
    course = question.course
    doctors = doctors_for(course.visit_type, course.location, today=local_day(question.now, course.location))
    names = {doctor.pk: doctor.name for doctor in doctors}
    if question.wish.practitioner not in names:
        question, wished = question.with_wish(practitioner=None), wished | {"doctor": None}
    link = _link(course, wished)
    content = _wishes(question, wished, names, link)
    offered = rhythms.offer(question)
    if not offered:
        found = explain(question)
        return content | {"explained": plan_words.explained(found, link)}
    chosen = next((one for one in offered if one.rhythm == wished["rhythm"]), offered[0])
    proposal = (
        question.propose(seen={one.pk: (at, who) for one, at, who in shown}) if shown else chosen.proposal
    )
    begins = local_day(proposal.wanted[0].starts, course.location)
    return content | {
        "proposal": proposal,
        "sessions": plan_words.session_rows(seen, proposal, names, shown),
        "carried": [_carried(item) for item in proposal.wanted],
        "chosen": plan_words.RHYTHMS[chosen.rhythm],
        "true_of": "" if shown else plan_words.true_of_chosen(chosen, offered),
        "lost": plan_words.lost(question, shown, proposal),
        "others": plan_words.rhythm_rows(offered, chosen, link),
        "begin_later": link(begin=begins + LATER_STEP),
        "begin_soon": link(begin=None) if wished["begin"] else "",
    }


def _carried(item: Wanted) -> str:
    """One session of the plan as a hidden field: which, when, with whom."""
    return f"{item.session.pk}@{item.starts:%Y-%m-%dT%H:%M%z}@{item.practitioner or ''}"


def _link(course: Course, wished: dict):
    address = reverse("course_plan", args=[course.pk])

    def link(**other) -> str:
        parts = {name: value for name, value in (wished | other).items() if value}
        return f"{address}?{urlencode(parts, doseq=True)}" if parts else address

    return link


def _wishes(question: Question, wished: dict, names: plan_words.Names, link) -> dict:
    """The times of day as links; the days of the week and the doctors as a form."""
    open_on = {
        day.weekday() for day in question.with_wish(weekdays=frozenset(), practitioner=None).starts(None)
    }
    chosen = question.wish.weekdays
    return {
        "wished": wished,
        "is_narrow": bool(chosen or question.wish.practitioner),
        "hours": [
            {"name": words, "chosen": code == (wished["hour"] or ""), "href": link(hour=code, rhythm=None)}
            for code, words, _at in HOURS
        ],
        "weekdays": [
            {"number": number, "name": WEEKDAYS_ABBR[number], "chosen": number in chosen}
            for number in sorted(open_on | chosen)
        ],
        "doctors": [
            {"pk": pk, "name": name, "chosen": pk == question.wish.practitioner} for pk, name in names.items()
        ],
    }
