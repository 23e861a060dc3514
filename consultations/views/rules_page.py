"""What the pages of the rules share: which version is shown, where it stands, and how a rule is a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import audit, formats
from clinic.models import Patient, Release
from clinic.models.people import Role
from clinic.permissions import duties
from clinic.services.days import local_day, zone_of
from consultations.rules.candidacy import Rule
from consultations.services import rule_words, signing
from consultations.services.replaying import DRAFT, NoSuchRelease, Replayed, rules_named, rules_releases

VERSIONS_SHOWN = 6


@dataclass(frozen=True)
class Shown:
    """The rules a page is about: a version, or the draft."""

    name: str
    rules: tuple[Rule, ...]
    release: Release | None

    @property
    def is_draft(self) -> bool:
        return self.name == DRAFT


def shown_draft() -> Shown:
    draft = signing.read_draft()
    return Shown(DRAFT, draft.rules, draft.release)


def load_shown(request: HttpRequest) -> Shown:
    """The version the address names, else the draft; 404 for one that is not there."""
    name = request.GET.get("rules") or DRAFT
    if name == DRAFT:
        return shown_draft()
    try:
        found = rules_named(name)
    except NoSuchRelease:
        raise Http404 from None
    number = int(name.rpartition("-")[2])
    release = rules_releases().select_related("signed_by").get(version=number)
    return Shown(str(number), found, release)


def rules_page(
    request: HttpRequest, template: str, context: Mapping[str, object], *, shown: Shown,
    signed: Release | None, section: str, status: int = 200,
) -> HttpResponse:  # fmt: skip
    frame = {
        "here": "rules",
        "is_doctor": duties(request).has(Role.DERMATOLOGIST),
        "shown": shown,
        "is_draft": shown.is_draft,
        "query": "" if shown.is_draft else f"?rules={shown.name}",
        "shown_words": _shown_words(shown),
        "signed": signed,
        "signed_words": _signature(signed) if signed else "",
        "signed_day": _day(signed.signed_at) if signed else "",
        "sections": _sections(request, section),
    }
    return render(request, f"consultations/rules/{template}.html", frame | context, status=status)


def _sections(request: HttpRequest, chosen: str) -> list[dict[str, object]]:
    rows = [("rules", _("All rules")), ("rules_try", _("Try answers"))]
    rows += [("rules_changes", _("What the draft would change")), ("rules_sign", _("Sign"))]
    if not duties(request).has(Role.DERMATOLOGIST):
        rows = rows[::2]
    return [{"href": reverse(name), "name": words, "chosen": name == chosen} for name, words in rows]


# Versions and signatures


def version_words(release: Release) -> str:
    return _("version %(version)s") % {"version": release.version}


def versions_of(shown: Shown, signed: Release | None) -> list[dict[str, object]]:
    """Links to the draft and to the newest versions, the one signed last among them."""
    releases = list(rules_releases().defer("content").order_by("-version")[:VERSIONS_SHOWN])
    if signed and signed not in releases:
        releases.append(signed)
    rows = [(DRAFT, _("draft"))]
    for release in releases:
        words = version_words(release)
        is_signed = signed is not None and release.pk == signed.pk
        rows.append(
            (str(release.version), _("%(version)s, signed last") % {"version": words} if is_signed else words)
        )
    return [{"name": name, "words": words, "chosen": name == shown.name} for name, words in rows]


def _shown_words(shown: Shown) -> str:
    """Where these rules stand: published, signed, or neither."""
    if shown.release is None:
        return _("Not published yet: no result rests on these words.")
    if shown.release.signed_by_id:
        return _signature(shown.release)
    named = {"version": shown.release.version, "day": _day(shown.release.published_at)}
    return _("Version %(version)s, published %(day)s. Nobody has signed it.") % named


def _signature(release: Release) -> str:
    named = {
        "version": release.version,
        "who": release.signed_by.name or _("a dermatologist"),
        "day": _day(release.signed_at),
        "time": formats.time_of(release.signed_at, zone_of()),
    }
    return _("Version %(version)s, signed by %(who)s on %(day)s, %(time)s.") % named


def _day(moment: datetime) -> str:
    return formats.day_with_year(local_day(moment))


# Rows


def rule_row(rule: Rule, state: str) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": _(rule.title),
        "rationale": _(rule.rationale),
        "sources": [_(source) for source in rule.sources],
        "outcomes": rule_words.outcomes_of(rule),
        "scopes": rule_words.scopes_of(rule),
        "certainty": rule.certainty,
        "certainty_words": rule_words.certainty_words(rule.certainty),
        "state": state,
    }


def counted(names: Mapping[str, int]) -> list[dict[str, object]]:
    """Names of clauses with how often each, the most frequent first."""
    ordered = sorted(names.items(), key=lambda item: (-item[1], item[0]))
    return [name_parts(name) | {"count": count} for name, count in ordered]


def name_parts(name: str) -> dict[str, object]:
    """R-38/blood_thinner:REVIEW in its parts."""
    path, _colon, outcome = name.rpartition(":")
    rule_id, _slash, clause = path.partition("/")
    return {"rule": rule_id, "clause": clause, "outcome": outcome}


def changed_rows(
    request: HttpRequest, changed: Sequence[Replayed], *, now: datetime
) -> list[dict[str, object]]:
    """Results with whose they are. Who reads them reads something medical: a view row for each person."""
    people = Patient.objects.in_bulk({one.patient for one in changed})
    audit.viewed_list(by=request.user, patients=people.values(), what="rules_changes", now=now)
    return [
        {
            "patient": people[one.patient],
            "before": one.before,
            "after": one.after,
            "added": [name_parts(name) for name in one.added],
            "removed": [name_parts(name) for name in one.removed],
        }
        for one in changed
    ]
