"""The end of the health form: what was said, what two windows said, what still holds; then it is sent."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import clock
from clinic.refusals import Refusal
from clinic.services.days import local_day
from consultations import refusals
from consultations.forms.intake import RightForm, read_window
from consultations.models import Intake
from consultations.models.intakes import Purpose
from consultations.permissions import fills_in, load_intake, who_types
from consultations.rules.questionnaire import PAGES
from consultations.services import intake_pages, intakes, returning, windows
from consultations.services.intake_pages import Round, number_of, round_of
from consultations.views import filling, intake_words
from consultations.views.intake import page_address

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
@fills_in
def check(request: HttpRequest, intake_id: int) -> HttpResponse:
    """Every answer with a way to change it; then it goes to the doctor."""
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    if started.submitted_at:
        return redirect(filling.after_sending(request, started))
    form = RightForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _check_page(request, started, now, form)
    try:
        _send(request, started, form, now)
    except refusals.NotReadOver as refused:
        return _check_page(request, started, now, form, refused)
    except refusals.IntakeUnfinished as refused:
        messages.warning(request, refused.text)
        return redirect(page_address(started, _number_of(refused.page)) + "?then=check")
    except refusals.ConsentNeeded:
        return redirect(filling.beginning(request, started))
    if form.errors:
        return _check_page(request, started, now, form)
    return redirect(filling.after_sending(request, started))


def _send(request: HttpRequest, started: Intake, form: RightForm, now: datetime) -> None:
    """What is missing is told before the tick is asked for."""
    if missing := intakes.next_page(started, now=now):
        raise refusals.IntakeUnfinished(missing.key)
    if form.is_valid():
        heard = "read_over" in request.POST
        intakes.submit(intake=started, by=who_types(request), now=now, is_read_over=heard)


def _number_of(key: str) -> int:
    return next(number_of(page) for page in PAGES if page.key == key)


def _check_page(
    request: HttpRequest, started: Intake, now: datetime, form: RightForm, refused: Refusal | None = None
) -> HttpResponse:
    window = windows.newest_seen(started)
    asked = round_of(started, now=now)
    if intakes.is_child(asked.facts):
        return redirect("intake_adults_only", started.pk)
    content = {
        "intake": started,
        "form": form,
        "seen": window,
        **_overview(asked, now),
        "statements": intake_words.read_back(asked, is_alone=filling.is_own(request) and not started.help),
        "differing": intake_words.differing(started),
        "help_card": not started.help and intake_pages.needs_help_card(asked.facts),
        "is_urgent": intake_pages.needs_a_call(asked.facts),
        "refused": refused.text if refused else "",
        "has_errors": refused is not None,
        **filling.frame(request, started),
    }
    status = refused.status if refused else 422 if form.errors else 200
    return render(request, "consultations/intake/check.html", content, status=status)


def _overview(asked: Round, now: datetime) -> dict[str, object]:
    """By section; in a round of changes first what was answered long ago, the oldest first."""
    started, is_update = asked.intake, asked.intake.purpose == Purpose.UPDATE
    ages = returning.days_since(started, today=local_day(now)) if is_update else {}
    sections = [
        {
            "title": _(name),
            "rows": [intake_words.row(asked, *row, ages) for row in rows],
        }
        for name, rows in asked.sections()
    ]
    old = [row for part in sections for row in part["rows"] if row["days"] >= returning.OLD_AFTER_DAYS]
    for part in sections:
        part["rows"] = [row for row in part["rows"] if row["days"] < returning.OLD_AFTER_DAYS]
    return {
        "is_update": is_update,
        "old": sorted(old, key=lambda row: -row["days"]),
        "sections": [part for part in sections if part["rows"]],
    }


@require_POST
@fills_in
def choose(request: HttpRequest, intake_id: int) -> HttpResponse:
    """Of two answers from two windows one is right."""
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    chosen = request.POST.get("choose", "")
    try:
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
            windows.choose(intake=started, answer_id=int(chosen), by=who_types(request), now=now)
    except refusals.IntakeSent:
        return redirect(filling.after_sending(request, started))
    except refusals.ConsentNeeded:
        return redirect(filling.beginning(request, started))
    return redirect("intake_check", started.pk)


@require_POST
@fills_in
def still_the_same(request: HttpRequest, intake_id: int) -> HttpResponse:
    """What was answered long ago, and was just read, holds."""
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    try:
        if window := read_window(request.POST):
            returning.confirm(intake=started, window=window, by=who_types(request), now=now)
    except refusals.IntakeSent:
        return redirect(filling.after_sending(request, started))
    except refusals.ConsentNeeded:
        return redirect(filling.beginning(request, started))
    return redirect("intake_check", started.pk)


@never_cache
@require_safe
@fills_in
def sent(request: HttpRequest, intake_id: int) -> HttpResponse:
    """What happens now: who reads it, who rings, and where to turn before that."""
    started = load_intake(request, intake_id, now=clock.now())
    if not started.submitted_at:
        return redirect("intake")
    if request.user.is_staff:
        return redirect(filling.home(request, started))
    screening = intake_pages.newest_screening_of(started)
    content = {
        "intake": started,
        "help_card": not started.help and bool(screening) and intake_pages.crisis_fired(screening),
    }
    return render(request, "consultations/intake/sent.html", content)


@never_cache
@require_safe
@fills_in
def adults_only(request: HttpRequest, intake_id: int) -> HttpResponse:
    """Somebody under eighteen is told so kindly, and asked nothing more."""
    now = clock.now()
    started = load_intake(request, intake_id, now=now)
    if not intakes.is_child(round_of(started, now=now).facts):
        return redirect("intake")
    content = {"intake": started, "change": page_address(started, 1), **filling.frame(request, started)}
    return render(request, "consultations/intake/adults_only.html", content)
