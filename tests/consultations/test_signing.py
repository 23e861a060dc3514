"""A name under exactly the rules that were read."""

from datetime import timedelta

import pytest

from clinic.models import AuditRow, Release
from consultations import refusals
from consultations.rules import candidacy_rules
from consultations.services import signing
from tests import builders
from tests.builders import NOW
from tests.consultations.small_rules import a_clause, a_rule, published, stricter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_draft(monkeypatch):
    monkeypatch.setattr(candidacy_rules, "RULES", (a_rule(),))


@pytest.fixture
def doctor():
    return builders.a_practitioner().user


def signed_now(doctor, now=NOW, **changes):
    return signing.sign_rules(**{"sha256": signing.draft_hash(), "by": doctor, "now": now} | changes)


def test_signing_publishes_and_signs_what_was_read(doctor):
    release = signed_now(doctor)

    release.refresh_from_db()
    assert (release.version, release.signed_by, release.signed_at) == (1, doctor, NOW)
    assert (signing.signed_last(), signing.read_draft().is_signed) == (release, True)
    row = AuditRow.objects.get()
    assert (row.action, row.subject, row.by, row.detail) == (
        "rules_signed",
        f"release:{release.pk}",
        doctor,
        {"version": 1},
    )


def test_a_published_draft_is_signed_where_it_is(doctor):
    kept = published(candidacy_rules.RULES, version=4)

    assert (signed_now(doctor).pk, Release.objects.count()) == (kept.pk, 1)


def test_signing_twice_is_once(doctor):
    signed_now(doctor)
    other = builders.a_practitioner().user

    again = signed_now(other, now=NOW + timedelta(days=1))

    assert (again.signed_by, again.signed_at, AuditRow.objects.count()) == (doctor, NOW, 1)


def test_other_rules_than_those_read_are_not_signed(doctor, monkeypatch):
    read = signing.draft_hash()
    monkeypatch.setattr(candidacy_rules, "RULES", (stricter(),))

    with pytest.raises(refusals.RulesChanged):
        signed_now(doctor, sha256=read)

    assert (Release.objects.count(), AuditRow.objects.count()) == (0, 0)


def test_only_somebody_with_a_registration_number_signs():
    unnumbered = builders.a_practitioner()
    unnumbered.registration_number = ""
    unnumbered.save(update_fields=["registration_number"])
    for user in (builders.staff(role="dermatologist"), builders.staff(role="manager"), unnumbered.user):
        with pytest.raises(refusals.NotRegistered):
            signed_now(user)

    assert Release.objects.count() == 0


def test_the_newest_signed_version_is_the_last_signed(doctor):
    published((a_rule(),), version=1, signed_by=doctor)
    second = published((stricter(),), version=2, signed_by=doctor)
    published((), version=3)
    builders.a_release(kind="consent", version=9, signed_by=doctor)

    assert signing.signed_last() == second
    assert signing.read_draft().release.version == 1


def test_nothing_is_the_last_signed_before_the_first_signature():
    published((a_rule(),))

    assert (signing.signed_last(), signing.read_draft().is_signed) == (None, False)


def test_what_is_different_is_told_by_rule(doctor):
    same, gone = a_rule(id="X-02"), a_rule(id="X-03")
    kept = published((a_rule(), same, gone), signed_by=doctor)
    changed = a_rule(a_clause(outcome="ABS"))

    found = signing.difference((changed, same, a_rule(id="X-04")), kept)

    assert dict(found.states) == {"X-01": "changed", "X-02": "signed", "X-04": "new"}
    assert ([rule.id for rule in found.gone], found.ids("new")) == (["X-03"], ["X-04"])
    assert dict(signing.difference((same,), None).states) == {"X-02": "new"}
