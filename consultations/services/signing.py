"""The draft of the rules, the version a dermatologist signed last, and signing what was read.

The draft is what the code says now. Publishing gives it a version; signing puts a name under that version.
Nothing of an earlier version changes, and results keep the one that made them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import Practitioner, Release, User
from clinic.services.releases import canonical_json, sha256_of
from consultations import refusals
from consultations.rules import candidacy_rules
from consultations.rules.candidacy import Rule, rules_content, rules_from
from consultations.services.publishing import rules_release
from consultations.services.replaying import rules_releases

SIGNED, CHANGED, NEW = "signed", "changed", "new"


@dataclass(frozen=True)
class Draft:
    """`release` is the published version that says exactly this, if there is one already."""

    rules: tuple[Rule, ...]
    sha256: str
    release: Release | None

    @property
    def is_signed(self) -> bool:
        return self.release is not None and self.release.signed_by_id is not None


@dataclass(frozen=True)
class Difference:
    """How rules differ from the version signed last: `states` by rule id; `gone` are those left out."""

    states: Mapping[str, str]
    gone: tuple[Rule, ...]

    def ids(self, state: str) -> list[str]:
        return [rule for rule, found in self.states.items() if found == state]


def draft_hash() -> str:
    return sha256_of(rules_content(candidacy_rules.RULES))


def read_draft() -> Draft:
    sha256 = draft_hash()
    release = rules_releases().select_related("signed_by").filter(sha256=sha256).first()
    return Draft(candidacy_rules.RULES, sha256, release)


def signed_last() -> Release | None:
    """The newest version that somebody has signed. Screening itself uses what the code says."""
    signed = rules_releases().filter(signed_by__isnull=False).select_related("signed_by")
    return signed.order_by("-version").first()


def difference(rules: Iterable[Rule], signed: Release | None) -> Difference:
    rules = tuple(rules)
    kept = rules_from(signed.content) if signed else ()
    before = {rule.id: _text(rule) for rule in kept}
    states = {
        rule.id: SIGNED if before.get(rule.id) == _text(rule) else CHANGED if rule.id in before else NEW
        for rule in rules
    }
    return Difference(states, tuple(rule for rule in kept if rule.id not in states))


def _text(rule: Rule) -> str:
    content: dict[str, Any] = rules_content([rule])
    return canonical_json(content)


def sign_rules(*, sha256: str, by: User, now: datetime) -> Release:
    """Put a name under exactly the rules that were read. Signing what is signed already changes nothing.

    Raises NotRegistered, and RulesChanged when the code says something else than what was shown.
    """
    with transaction.atomic(durable=True):
        signer = Practitioner.objects.filter(user=by).exclude(registration_number="").first()
        if signer is None:
            raise refusals.NotRegistered
        if sha256 != draft_hash():
            raise refusals.RulesChanged
        release = Release.objects.select_for_update().get(pk=rules_release(now=now).pk)
        if release.signed_by_id is None:
            _sign(release, by, now)
        return release


def _sign(release: Release, by: User, now: datetime) -> None:
    release.signed_by, release.signed_at = by, now
    release.save(update_fields=["signed_by", "signed_at"])
    audit.record(
        by=by,
        action="rules_signed",
        subject=f"release:{release.pk}",
        patient=None,
        now=now,
        version=release.version,
    )
