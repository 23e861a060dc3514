"""The health form: an agreement first, then one thing a page; every answer is kept as it is given."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import clock, formats
from clinic.permissions import account_required, record_required
from clinic.refusals import Refusal
from clinic.services.days import zone_of
from consultations import refusals
from consultations.forms.intake import PageForm
from consultations.models import Intake
from consultations.models.intakes import Purpose
from consultations.permissions import load_intake
from consultations.rules import consent_texts
from consultations.rules.questionnaire import PAGES, Question, questions_on
from consultations.services import agreements, intake_pages, intakes
from consultations.services.form_state import SENT, form_state
from consultations.services.intake_pages import Place, Round, number_of, round_of
from consultations.views import intake_words

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@record_required
def intake(request: HttpRequest) -> HttpResponse:
    """Begin, or go on where one was: the one address for every link to the form."""
    now, patient = clock.now(), request.patient
    if request.method == "POST":
        return _begin(request, now)
    started = intakes.open_intake(patient)
    if not intakes.has_health_consent(patient):
        return _agreement_page(request)
    if started:
        return redirect(resume_address(started, now))
    if form_state(patient) == SENT:
        newest = patient.intakes.exclude(submitted_at=None).latest("submitted_at")
        return redirect("intake_sent", newest.pk)
    return render(request, "consultations/intake/begin.html")


def _begin(request: HttpRequest, now: datetime) -> HttpResponse:
    patient, language = request.patient, get_language() or "en"
    try:
        if "words" in request.POST:
            agreements.agree_to_health_data(
                patient=patient, shown=request.POST["words"], language=language, by=request.user, now=now
            )
        started = intakes.start_intake(patient=patient, by=request.user, now=now, language=language)
    except refusals.WordsChanged as refused:
        return _agreement_page(request, refused)
    except refusals.ConsentNeeded:
        return redirect("intake")
    return redirect(resume_address(started, now))


def _agreement_page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    agreement = consent_texts.consent_content(consent_texts.HEALTH_DATA)
    content = {
        "agreement": agreement,
        "shown": agreements.words_hash(consent_texts.HEALTH_DATA),
        "refused": refused.text if refused else "",
        "has_errors": refused is not None,
    }
    status = refused.status if refused else 200
    return render(request, "consultations/intake/agreement.html", content, status=status)


@require_POST
@record_required
def update(request: HttpRequest) -> HttpResponse:
    """Something changed: all that was answered stands, and is shown to be corrected."""
    try:
        started = intakes.start_intake(
            patient=request.patient, by=request.user, now=clock.now(), purpose=Purpose.UPDATE
        )
    except refusals.ConsentNeeded:
        return redirect("intake")
    return redirect("intake_check", started.pk)


def resume_address(started: Intake, now: datetime) -> str:
    page = intakes.next_page(started, now=now)
    return page_address(started, number_of(page)) if page else reverse("intake_check", args=[started.pk])


def page_address(started: Intake, number: int) -> str:
    return reverse("intake_page", args=[started.pk, number])


@never_cache
@get_or_post
@account_required
def page(request: HttpRequest, intake_id: int, number: int) -> HttpResponse:
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    if started.submitted_at:
        return redirect("intake_sent", started.pk)
    asked = round_of(started, now=now)
    place = asked.place(number)
    if place is None:
        return redirect(resume_address(started, now))
    data = request.POST if request.method == "POST" else None
    form = PageForm(data, questions=place.questions, answers=asked.facts)
    if not form.is_bound:
        return _show(request, asked, place, form)
    try:
        return _save(request, started, place, form, now)
    except refusals.ConsentNeeded:
        return redirect("intake")


def _save(request: HttpRequest, started: Intake, place: Place, form: PageForm, now: datetime) -> HttpResponse:
    by, later = request.user, "later" in request.POST
    if later:
        intakes.autosave(intake=started, raw=form.read_given(), by=by, now=now)
        messages.success(request, _("Saved. You can go on with the form whenever you like."))
        return redirect("my_visits")
    nothing = place.nothing if "nothing" in request.POST else {}
    raw = nothing or form.read()
    problems = intakes.save_answers(intake=started, page=place.page.key, raw=raw, by=by, now=now)
    form.say(problems)
    asked = round_of(started, now=now)
    if form.errors and not nothing:
        return _show(request, asked, place, form, status=422)
    return redirect(_onward(request, asked, place))


def _onward(request: HttpRequest, asked: Round, place: Place) -> str:
    """This page again while an answer has opened another question on it; else the next, or the overview."""
    started, facts = asked.intake, asked.facts
    here, checking = page_address(started, place.number), request.POST.get("then") == "check"
    query = "?then=check" if checking else ""
    if not asked.is_answered(place.page):
        opened = next(one for one in asked.asked_on(place.page) if one.required and one.key not in facts)
        return f"{here}{query}#{intake_pages.anchor(opened)}"
    onward = None if checking else asked.following(place.number)
    return page_address(started, onward) if onward else reverse("intake_check", args=[started.pk])


def _show(
    request: HttpRequest, asked: Round, place: Place, form: PageForm, status: int = 200
) -> HttpResponse:
    started, facts = asked.intake, asked.facts
    checking = "check" in (request.GET.get("then"), request.POST.get("then"))
    back = None if checking else asked.before(place.number)
    overview = reverse("intake_check", args=[started.pk])
    content = {
        "intake": started,
        "place": place,
        "form": form,
        "groups": _groups(form, place, asked),
        "then": "check" if checking else "",
        "back": page_address(started, back) if back else overview if checking else reverse("my_visits"),
        "help_card": intake_pages.needs_help_card(facts),
    }
    return render(request, "consultations/intake/page.html", content, status=status)


@require_POST
@account_required
def autosave(request: HttpRequest, intake_id: int, number: int) -> HttpResponse:
    """An enhancement: the page is sent as it is whenever something on it changes."""
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    place = round_of(started, now=now).place(number)
    if place is None:
        raise Http404
    form = PageForm(request.POST, questions=place.questions, answers={})
    try:
        problems = intakes.autosave(intake=started, raw=form.read_given(), by=request.user, now=now)
    except Refusal as refused:
        content = {"words": refused.text}
        return render(request, "consultations/intake/saved.html", content, status=refused.status)
    content = {
        "at": "" if problems or form.errors else formats.time_of(now, zone_of()),
        "changed": _opened_and_closed(request, place, round_of(started, now=now)),
    }
    return render(request, "consultations/intake/saved.html", content)


def _groups(form: PageForm, place: Place, asked: Round) -> list[tuple[str, dict | None]]:
    """A place on the page for every question that may be asked; empty while it is not."""
    drawn, questions = form.groups, asked.may_be_asked(place.page)
    return [(intake_pages.anchor(question), drawn.get(question.key)) for question in questions]


def _opened_and_closed(request: HttpRequest, place: Place, now: Round) -> list[tuple[str, dict | None]]:
    """The places of questions that the new answers open or close while somebody fills in the page."""
    shown = set(request.POST.getlist("shown"))
    asked = {question.key for question in now.asked_on(place.page)}
    changed = [one for one in questions_on(place.page.key) if (one.key in asked) != (one.key in shown)]
    opened = PageForm(questions=[one for one in changed if one.key in asked], answers=now.facts).groups
    return [(intake_pages.anchor(question), opened.get(question.key)) for question in changed]


@never_cache
@get_or_post
@account_required
def check(request: HttpRequest, intake_id: int) -> HttpResponse:
    """Every answer with a way to change it; then it goes to the doctor."""
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    if request.method != "POST":
        if started.submitted_at:
            return redirect("intake_sent", started.pk)
        return _check_page(request, started, now)
    try:
        intakes.submit(intake=started, by=request.user, now=now)
    except refusals.IntakeUnfinished as refused:
        number = next(n for n, page in enumerate(PAGES, start=1) if page.key == refused.page)
        messages.warning(request, refused.text)
        return redirect(page_address(started, number) + "?then=check")
    except refusals.ConsentNeeded:
        return redirect("intake")
    return redirect("intake_sent", started.pk)


def _check_page(request: HttpRequest, started: Intake, now: datetime) -> HttpResponse:
    asked = round_of(started, now=now)
    facts = asked.facts
    content = {
        "intake": started,
        "is_update": started.purpose == Purpose.UPDATE,
        "sections": [
            {"title": _(name), "rows": [_row(started, facts, *row) for row in rows]}
            for name, rows in asked.sections()
        ],
        "help_card": intake_pages.needs_help_card(facts),
    }
    return render(request, "consultations/intake/check.html", content)


def _row(started: Intake, facts: dict, number: int, question: Question) -> dict:
    change = f"{page_address(started, number)}?then=check#{intake_pages.anchor(question)}"
    return {
        "question": intake_words.asked(question),
        "answers": intake_words.said(question, facts),
        "change": change,
    }


@never_cache
@require_safe
@account_required
def sent(request: HttpRequest, intake_id: int) -> HttpResponse:
    """What happens now: who reads it, who rings, and where to turn before that."""
    started = load_intake(request, intake_id, now=clock.now())
    if not started.submitted_at:
        return redirect("intake")
    screening = intake_pages.newest_screening_of(started)
    content = {
        "intake": started,
        "help_card": bool(screening) and intake_pages.crisis_fired(screening),
    }
    return render(request, "consultations/intake/sent.html", content)
