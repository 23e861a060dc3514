"""The health form: an agreement first, then one thing a page; every answer is kept as it is given."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clinic import clock, formats
from clinic.permissions import record_required
from clinic.refusals import Refusal
from clinic.services.days import zone_of
from consultations import refusals
from consultations.forms.choice_groups import name_over
from consultations.forms.intake import PageForm, read_window
from consultations.models import Intake
from consultations.models.intakes import Purpose
from consultations.permissions import fills_in, load_intake, who_types
from consultations.rules import consent_texts
from consultations.rules.questionnaire import PAGES, questions_on
from consultations.rules.windows import Window
from consultations.services import agreements, intake_pages, intakes, windows
from consultations.services.form_state import SENT, form_state
from consultations.services.intake_pages import Place, Round, number_of, round_of
from consultations.services.windows import newest_seen
from consultations.views import filling, intake_words
from consultations.views.agreement_words import address_of, words_shown

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
ABOUT_YOU = PAGES[0].key


@never_cache
@get_or_post
@record_required
def intake(request: HttpRequest) -> HttpResponse:
    """Begin, or go on where one was: the one address for every link to the form."""
    now, patient = clock.now(), request.patient
    if request.method == "POST":
        return _begin(request, now)
    started = intakes.open_intake(patient)
    if not started and intake_pages.is_known_child(patient, now=now):
        content = {"frame": "base_patient.html", "home": reverse("my_visits")}
        return render(request, "consultations/intake/adults_only.html", content)
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
            _agree(request, now)
        started = intakes.start_intake(patient=patient, by=request.user, now=now, language=language)
    except refusals.WordsChanged as refused:
        return _agreement_page(request, refused)
    except refusals.ConsentNeeded:
        return redirect("intake")
    return redirect(resume_address(started, now))


def _agree(request: HttpRequest, now: datetime) -> None:
    agreements.agree_to_health_data(
        patient=request.patient, by=request.user, now=now, shown=request.POST["words"],
        language=words_shown(consent_texts.HEALTH_DATA)["shown"]["language"],
        signing=agreements.Signing(address=address_of(request)),
    )  # fmt: skip


def _agreement_page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    words = words_shown(consent_texts.HEALTH_DATA)
    content = {
        "agreement": words["agreement"],
        "shown": words["shown"]["words"],
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
    if intakes.is_child(round_of(started, now=now).facts):
        return reverse("intake_adults_only", args=[started.pk])
    page = intakes.next_page(started, now=now)
    return page_address(started, number_of(page)) if page else reverse("intake_check", args=[started.pk])


def page_address(started: Intake, number: int) -> str:
    return reverse("intake_page", args=[started.pk, number])


@never_cache
@get_or_post
@fills_in
def page(request: HttpRequest, intake_id: int, number: int) -> HttpResponse:
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    if started.submitted_at:
        return redirect(filling.after_sending(request, started))
    window = read_window(request.POST) or Window(newest_seen(started))
    asked = round_of(started, now=now)
    place = asked.place(number)
    if place is None or (intakes.is_child(asked.facts) and place.page.key != ABOUT_YOU):
        return redirect(resume_address(started, now))
    data = request.POST if request.method == "POST" else None
    form = PageForm(data, questions=place.questions, answers=asked.facts)
    if not form.is_bound:
        return _show(request, asked, place, form, window)
    try:
        return _save(request, asked, place, form, window, now)
    except refusals.ConsentNeeded:
        return redirect(filling.beginning(request, started))


def _save(
    request: HttpRequest, asked: Round, place: Place, form: PageForm, window: Window, now: datetime
) -> HttpResponse:
    started, by = asked.intake, who_types(request)
    if "later" in request.POST:
        intakes.autosave(intake=started, raw=form.read_given(), by=by, now=now, window=window)
        messages.success(request, _("Saved. You can go on with the form whenever you like."))
        return redirect(filling.home(request, started))
    raw = form.read()
    if "nothing" in request.POST and form.has_nothing_but(place.nothing):
        raw |= place.nothing
    problems = intakes.save_answers(
        intake=started, page=place.page.key, raw=raw, by=by, now=now, window=window
    )
    form.say(problems)
    asked = round_of(started, now=now)
    if form.errors:
        return _show(request, asked, place, form, window, status=422)
    return redirect(_onward(request, asked, place))


def _onward(request: HttpRequest, asked: Round, place: Place) -> str:
    """This page again while an answer has opened another question on it; else the next, or the overview."""
    started, facts = asked.intake, asked.facts
    if intakes.is_child(facts):
        return reverse("intake_adults_only", args=[started.pk])
    here, checking = page_address(started, place.number), request.POST.get("then") == "check"
    query = "?then=check" if checking else ""
    if not asked.is_answered(place.page):
        opened = next(one for one in asked.asked_on(place.page) if one.required and one.key not in facts)
        return f"{here}{query}#{intake_pages.anchor(opened)}"
    if windows.differences(started, {question.key for question in place.questions}):
        return f"{here}{query}#differs"
    onward = None if checking else asked.following(place.number)
    return page_address(started, onward) if onward else reverse("intake_check", args=[started.pk])


def _show(
    request: HttpRequest, asked: Round, place: Place, form: PageForm, window: Window, status: int = 200
) -> HttpResponse:
    started, facts = asked.intake, asked.facts
    checking = "check" in (request.GET.get("then"), request.POST.get("then"))
    back = None if checking else asked.before(place.number)
    before = PAGES[back - 1] if back else None
    way_out = reverse("intake_check", args=[started.pk]) if checking else filling.home(request, started)
    content = {
        "intake": started,
        "place": place,
        "form": form,
        "cards": _cards(form, place, asked),
        "window": window,
        "differing": intake_words.differing(started, {question.key for question in place.questions}),
        "then": "check" if checking else "",
        "back": page_address(started, back) if back else way_out,
        "help_card": not started.help and intake_pages.needs_help_card(facts),
        "is_urgent": intake_pages.needs_a_call(facts, place.page, before),
        "thanks": before is not None and intake_pages.needs_thanks(facts, before),
        **filling.frame(request, started, place),
    }
    return render(request, "consultations/intake/page.html", content, status=status)


@require_POST
@fills_in
def autosave(request: HttpRequest, intake_id: int, number: int) -> HttpResponse:
    """An enhancement: the page is sent as it is whenever something on it changes."""
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    place = round_of(started, now=now).place(number)
    if place is None:
        raise Http404
    form = PageForm(request.POST, questions=place.questions, answers={})
    window, by = read_window(request.POST) or Window(newest_seen(started)), who_types(request)
    try:
        problems = intakes.autosave(intake=started, raw=form.read_given(), by=by, now=now, window=window)
    except Refusal as refused:
        content = {"words": refused.text}
        return render(request, "consultations/intake/saved.html", content, status=refused.status)
    content = {
        "at": "" if problems or form.errors else formats.time_of(now, zone_of()),
        "changed": _opened_and_closed(request, place, round_of(started, now=now)),
        "intake": started,
        "window": window,
        "differing": intake_words.differing(started, {question.key for question in place.questions}),
    }
    return render(request, "consultations/intake/saved.html", content)


def _cards(form: PageForm, place: Place, asked: Round) -> list[dict]:
    """A place on the page for every question that may be asked, empty while it is not; what is asked about
    one treatment or test stands together under its name.
    """
    drawn, cards = form.groups, {}
    for question in asked.may_be_asked(place.page):
        spot = (intake_pages.anchor(question), drawn.get(question.key))
        cards.setdefault(name_over(question), []).append(spot)
    named = [{"title": title, "spots": spots} for title, spots in cards.items()]
    return [card for card in named if not card["title"] or any(group for _spot, group in card["spots"])]


def _opened_and_closed(request: HttpRequest, place: Place, now: Round) -> list[tuple[str, dict | None]]:
    """The places of questions that the new answers open or close while somebody fills in the page."""
    shown = set(request.POST.getlist("shown"))
    asked = {question.key for question in now.asked_on(place.page)}
    changed = [one for one in questions_on(place.page.key) if (one.key in asked) != (one.key in shown)]
    opened = PageForm(questions=[one for one in changed if one.key in asked], answers=now.facts).groups
    return [(intake_pages.anchor(question), opened.get(question.key)) for question in changed]
