"""The rules of candidacy: to be read, tried, compared and signed. Nobody edits them here."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic import clock
from clinic.models import Practitioner, Release
from clinic.models.people import Role
from clinic.permissions import duties, staff
from clinic.refusals import Refusal
from clinic.services.days import local_day
from consultations.forms.rules import SignForm, TryForm
from consultations.rules.candidacy import OUTCOMES
from consultations.services import rule_words, signing
from consultations.services.replaying import DRAFT, Tally, replay, rules_named
from consultations.services.trying import try_answers
from consultations.views.rules_page import (
    changed_rows,
    counted,
    load_shown,
    rule_row,
    rules_page,
    shown_draft,
    version_words,
    versions_of,
)

MOST_REPLAYED = 200
MOST_SHOWN = 50


@staff(Role.DERMATOLOGIST, Role.MANAGER)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All rules of the draft or of a version, each with what it can say and who signed it."""
    shown, signed = load_shown(request), signing.signed_last()
    found = signing.difference(shown.rules, signed)
    asked = request.GET.get("outcome", "")
    wanted = asked if asked in OUTCOMES else ""
    rows = [rule_row(rule, found.states[rule.id]) for rule in shown.rules]
    context = {
        "rows": [row for row in rows if not wanted or wanted in row["outcomes"]],
        "gone": found.gone,
        "outcomes": [(code, rule_words.outcome_words(code)) for code in OUTCOMES[:-1]],
        "wanted": wanted,
        "versions": versions_of(shown, signed),
    }
    return rules_page(request, "list", context, shown=shown, signed=signed, section="rules")


@staff(Role.DERMATOLOGIST, Role.MANAGER)
@require_safe
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule in full, in words."""
    shown, signed = load_shown(request), signing.signed_last()
    ids = [one.id for one in shown.rules]
    if rule_id not in ids:
        raise Http404
    place = ids.index(rule_id)
    one = shown.rules[place]
    context = {
        "rule": one,
        "clauses": rule_words.clauses_in_words(one),
        "row": rule_row(one, signing.difference([one], signed).states[rule_id]),
        "before": ids[place - 1] if place else "",
        "after": "".join(ids[place + 1 : place + 2]),
    }
    return rules_page(request, "rule", context, shown=shown, signed=signed, section="rules")


@staff(Role.DERMATOLOGIST)
def try_rules(request: HttpRequest) -> HttpResponse:
    """What the rules say of made-up answers. They are neither kept nor put into an address."""
    today, signed = local_day(clock.now()), signing.signed_last()
    versions = [(DRAFT, _("the draft"))]
    versions += [(str(signed.version), version_words(signed))] if signed else []
    initial = {"on": today, "base": "woman", "rules": DRAFT}
    form = TryForm(request.POST or None, initial=initial, today=today, versions=versions)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        typed = form.cleaned_data
        rules = rules_named(typed["rules"])
        context["tried"] = try_answers(
            typed["answers"], on=typed["on"], rules=rules, planned=typed["planned"]
        )
        context["tried_with"] = dict(versions)[typed["rules"]]
        context["answers"] = _as_lines(typed["answers"])
    status = 422 if form.errors else 200
    return rules_page(
        request, "try", context, shown=shown_draft(), signed=signed, section="rules_try", status=status
    )


def _as_lines(answers: dict[str, object]) -> str:
    """JSON with an answer a line."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in answers.items()]
    return "{\n  " + ",\n  ".join(lines) + "\n}"


@staff(Role.DERMATOLOGIST, Role.MANAGER)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What the draft would change over the newest results; whose they are is for doctors alone."""
    draft, signed = shown_draft(), signing.signed_last()
    by_signed = signed is not None and request.GET.get("against") == str(signed.version)
    against = rules_named(str(signed.version)) if by_signed else None
    found = list(replay(rules=draft.rules, against=against, newest=MOST_REPLAYED + 1))
    is_capped, found = len(found) > MOST_REPLAYED, found[:MOST_REPLAYED]
    changed = [one for one in found if one.is_changed]
    context = _sums(Tally.of(found)) | {
        "is_capped": is_capped,
        "by_signed": by_signed,
        "most_shown": MOST_SHOWN if len(changed) > MOST_SHOWN else 0,
    }
    if duties(request).has(Role.DERMATOLOGIST):
        context["rows"] = changed_rows(request, changed[:MOST_SHOWN], now=clock.now())
    return rules_page(request, "changes", context, shown=draft, signed=signed, section="rules_changes")


def _sums(tally: Tally) -> dict[str, object]:
    return {
        "tally": tally,
        "pairs": [(*pair, count) for pair, count in sorted(tally.outcomes.items())],
        "added": counted(tally.added),
        "removed": counted(tally.removed),
    }


@staff(Role.DERMATOLOGIST)
def sign(request: HttpRequest) -> HttpResponse:
    """Read what is different, then put a name under exactly that."""
    form = SignForm(request.POST or None, initial={"sha256": signing.draft_hash()})
    if not form.is_valid():
        return _show_sign(request, form, status=422 if form.errors else 200)
    try:
        release = _sign(request, form)
    except Refusal as refusal:
        messages.error(request, refusal.text)
        return _show_sign(request, SignForm(initial={"sha256": signing.draft_hash()}), refusal.status)
    messages.success(request, _("Signed: version %(version)s.") % {"version": release.version})
    return redirect("rules")


def _sign(request: HttpRequest, form: SignForm) -> Release:
    return signing.sign_rules(sha256=form.cleaned_data["sha256"], by=request.user, now=clock.now())


def _show_sign(request: HttpRequest, form: SignForm, status: int = 200) -> HttpResponse:
    draft, signed = signing.read_draft(), signing.signed_last()
    found = signing.difference(draft.rules, signed)
    context = {
        "form": form,
        "draft": draft,
        "new_ids": found.ids(signing.NEW),
        "changed_ids": found.ids(signing.CHANGED),
        "gone": found.gone,
        "signer": Practitioner.objects.filter(user=request.user).select_related("resource").first(),
    }
    return rules_page(
        request, "sign", context, shown=shown_draft(), signed=signed, section="rules_sign", status=status
    )
