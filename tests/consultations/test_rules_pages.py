"""The pages of the rules: who reads what, what is tried, what would change, and a signature."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditRow, Release, ViewRow
from consultations.models import Answer, Screening
from consultations.rules import candidacy_rules
from consultations.rules.questionnaire import QUESTIONS
from consultations.services import signing
from consultations.views import rules as views
from tests import builders
from tests.consultations.small_rules import a_clause, a_rule, published, screened, stricter

pytestmark = pytest.mark.django_db
ILL = {"recent_illness": "yes", "recent_illness_date": "2026-10-30"}
WELL = {"recent_illness": "no"}


@pytest.fixture(autouse=True)
def small_draft(monkeypatch):
    set_draft(monkeypatch, a_rule(), a_rule(a_clause(outcome="CAUTION"), id="X-02", title="Another"))


def set_draft(monkeypatch, *rules):
    monkeypatch.setattr(candidacy_rules, "RULES", rules)


@pytest.fixture
def doctor(client):
    practitioner = builders.a_practitioner(name="Dr Example")
    client.force_login(practitioner.user)
    return practitioner.user


@pytest.fixture
def manager(client):
    user = builders.staff(role="manager")
    client.force_login(user)
    return user


def page(client, name="rules", *args, query=""):
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


# Reading


def test_the_list_names_every_rule_and_what_it_can_say(client, manager):
    found = page(client)

    assert "2 rules" in found
    assert "X-01</span> An illness" in found and "X-02</span> Another" in found
    assert "every injection treatment" in found and "No version has been signed yet." in found
    assert found.count("not signed</span>") == 2


def test_the_list_is_narrowed_by_what_a_rule_can_say(client, manager):
    found = page(client, query="?outcome=CAUTION")

    assert ("X-02</span>" in found, "X-01</span>" in found) == (True, False)
    assert "X-01</span>" in page(client, query="?outcome=secret")


def test_a_rule_reads_in_full(client, manager, monkeypatch):
    set_draft(monkeypatch, stricter())

    found = page(client, "rules_rule", "X-01")

    for words in (
        f"“{QUESTIONS['recent_illness'].text}” is “Yes”", "every injection treatment", "two weeks after",
        "nobody may", "a person makes contact within 7 days", "Was ill of late.",
        "The doctor asks about your illness.", "Doctor to review.", "An example reason.",
        "An example source", "C: small studies",
    ):  # fmt: skip
        assert words in found, words


def test_a_rule_leads_to_its_neighbours(client, manager):
    assert f'href="{reverse("rules_rule", args=["X-02"])}"' in page(client, "rules_rule", "X-01")
    assert f'href="{reverse("rules_rule", args=["X-01"])}"' in page(client, "rules_rule", "X-02")


def test_a_version_is_shown_as_it_was(client, manager, doctor):
    published((stricter(),), version=3, signed_by=doctor)

    found = page(client, query="?rules=3")

    assert "Version 3, signed by" in found and "1 rule<" in found and "X-02" not in found
    assert "defer" in page(client, "rules_rule", "X-01", query="?rules=3")


def test_each_rule_says_how_it_stands_to_the_version_signed_last(client, manager, doctor, monkeypatch):
    published((a_rule(), a_rule(id="X-09", title="Gone since")), signed_by=doctor)
    set_draft(monkeypatch, a_rule(), a_rule(id="X-02"))

    found = page(client)

    assert found.count("new, not signed") == 1
    assert f"{doctor.name}, 2 Nov 2026" in found
    assert "Signed last, but not in these rules" in found and "X-09 Gone since" in found
    set_draft(monkeypatch, stricter())
    assert "changed since" in page(client)


@pytest.mark.parametrize("query", ["?rules=9", "?rules=latest", "?rules=stored", "?rules=" + "9" * 40])
def test_a_version_that_is_not_there_is_not_found(client, manager, query):
    assert client.get(reverse("rules") + query).status_code == 404
    assert client.get(reverse("rules_rule", args=["X-01"]) + query).status_code == 404


def test_a_rule_that_is_not_there_is_not_found(client, manager):
    assert client.get(reverse("rules_rule", args=["X-77"])).status_code == 404


def test_more_rules_take_no_more_queries(client, manager, monkeypatch):
    counts = []
    for number in (1, 3):
        set_draft(monkeypatch, *(a_rule(id=f"X-{n:02}") for n in range(number)))
        with CaptureQueriesContext(connection) as queries:
            page(client)
        counts.append(len(queries))

    assert counts == [6, 6]


@pytest.mark.parametrize("role", ["front_desk", "nurse"])
def test_others_find_nothing_here(client, role):
    client.force_login(builders.staff(role=role))

    for name in ("rules", "rules_changes", "rules_try", "rules_sign"):
        assert client.get(reverse(name)).status_code == 404


def test_a_manager_reads_and_does_not_try_or_sign(client, manager):
    found = page(client)

    assert [client.get(reverse(name)).status_code for name in ("rules_try", "rules_sign")] == [404, 404]
    assert reverse("rules_try") not in found and reverse("rules_changes") in found


@pytest.mark.parametrize(("role", "linked"), [("dermatologist", True), ("manager", True), ("nurse", False)])
def test_the_bar_leads_here_for_whom_it_is(client, role, linked):
    client.force_login(builders.staff(role=role))

    assert (f'href="{reverse("rules")}"' in client.get(reverse("patient_list")).content.decode()) == linked


# Trying


def tried(client, status=200, **typed):
    usual = {"base": "pasted", "changes": "{}", "ingredients": "", "on": "2026-11-02", "rules": "draft"}
    response = client.post(reverse("rules_try"), usual | typed)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_typed_answers_are_explained_as_on_the_doctors_page(client, doctor):
    found = tried(client, changes=json.dumps(ILL))

    assert '<h2 id="flags-title">One finding needs a doctor before any injection</h2>' in found
    assert f"{QUESTIONS['recent_illness'].text}</span> <q>Yes</q>" in found
    assert "X-01 <strong>An illness.</strong> Was ill of late." in found
    assert "An example source · certainty C" in found
    assert f"{reverse('rules_rule', args=['X-01'])}#ill" in found
    assert "The doctor asks about your illness." in found and "Doctor to review." in found


def test_a_base_has_nothing_to_report(client, doctor):
    assert "Nothing found that blocks; a dermatologist decides" in tried(client, base="woman", changes="")


def test_a_change_replaces_what_the_base_says(client, doctor):
    found = tried(client, base="man", changes='{"recent_illness": "yes"}')

    assert "One finding needs a doctor" in found and "recent_illness_date" in found


def test_the_plan_and_the_version_count(client, doctor, monkeypatch):
    set_draft(monkeypatch, a_rule(a_clause(scope="5ARI", outcome="ABS")))
    published((), version=7, signed_by=doctor)

    without, with_it = (
        tried(client, changes=json.dumps(ILL), ingredients=one) for one in ("", "Dutasteride")
    )
    by_version = tried(client, changes=json.dumps(ILL), ingredients="Dutasteride", rules="7")

    assert "1 that counts for certain products only" in without
    assert "One finding needs a doctor" in with_it
    assert "Nothing found that blocks" in by_version and "version 7" in by_version


def test_trying_keeps_and_tells_nothing(client, doctor):
    tried(client, base="woman", changes=json.dumps(ILL))

    assert (Screening.objects.count(), Answer.objects.count(), Release.objects.count()) == (0, 0, 0)
    assert (ViewRow.objects.count(), AuditRow.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"changes": "{"}, "The input is not JSON"),
        ({"changes": "[]"}, "an object of keys and answers"),
        ({"changes": '{"recent_illness": "perhaps"}'}, "recent_illness: Please choose one"),
        ({"changes": '{"no_such": 1}'}, "no_such: There is no such question."),
        ({"changes": '{"Has HIV": 1}'}, "There is no such question."),
        ({"changes": '{"born_on": "1990-01-01", "age": 3}'}, "age: The age does not fit"),
        ({"changes": "[" * 5000}, "nested deeper"),
        ({"changes": "A" * 50_000}, "at most 40000 characters"),
        ({"on": "0001-01-01"}, "within five years"),
        ({"on": "someday"}, "Enter a day"),
        ({"base": ""}, "Choose where to start from."),
        ({"base": "nobody"}, "not one of the available choices"),
        ({"rules": "99"}, "not one of the available choices"),
        ({"ingredients": "x" * 130}, "Names of up to 120 characters"),
    ],
)
def test_bad_input_is_explained_and_stays(client, doctor, typed, words):
    found = tried(client, status=422, **typed)

    assert words in found
    assert (
        str(next(iter(typed.values())))[:40].replace('"', "&quot;") in found
        or "base" in typed
        or "rules" in typed
    )


# What would change


def test_changes_are_counted_and_named_to_doctors(client, doctor, monkeypatch):
    rules = candidacy_rules.RULES
    release = published(rules)
    ill, well = (screened(rules, release, answers) for answers in (ILL, WELL))
    set_draft(monkeypatch, stricter(), rules[1])

    found = page(client, "rules_changes")

    assert "1 result would change</strong> of 2 judged." in found
    assert (ill.patient.name in found, well.patient.name in found) == (True, False)
    assert "1 × <a" in found
    row = ViewRow.objects.get()
    assert (row.by, row.patient, row.what) == (doctor, ill.patient, "rules_changes")


def test_a_manager_sees_numbers_and_nobody(client, manager, monkeypatch):
    rules = candidacy_rules.RULES
    ill = screened(rules, published(rules), ILL)
    set_draft(monkeypatch, stricter())

    found = page(client, "rules_changes")

    assert "1 result would change" in found and ill.patient.name not in found
    assert ViewRow.objects.count() == 0


def test_the_draft_is_compared_with_the_version_signed_last(client, doctor, monkeypatch):
    rules = candidacy_rules.RULES
    screened(rules, published(rules), ILL)
    published((stricter(),), version=2, signed_by=doctor)
    set_draft(monkeypatch, stricter())

    assert "1 result would change" in page(client, "rules_changes")
    assert "0 results would change" in page(client, "rules_changes", query="?against=2")
    assert "1 result would change" in page(client, "rules_changes", query="?against=1")  # nobody signed it


def test_the_page_stops_at_a_number_and_says_so(client, doctor, monkeypatch):
    monkeypatch.setattr(views, "MOST_REPLAYED", 2)
    release = published(candidacy_rules.RULES)
    for _ in range(2):
        screened(candidacy_rules.RULES, release, ILL)
    assert "Only the newest" not in page(client, "rules_changes")
    screened(candidacy_rules.RULES, release, ILL)

    found = page(client, "rules_changes")

    assert "Only the newest 2 results" in found and "of 2 judged" in found


def test_three_changes_take_as_many_queries_as_one(client, doctor, monkeypatch):
    rules = candidacy_rules.RULES
    release = published(rules)
    set_draft(monkeypatch, stricter())
    counts = []
    for number in (1, 2):
        for _ in range(number):
            screened(rules, release, ILL)
        with CaptureQueriesContext(connection) as queries:
            page(client, "rules_changes")
        counts.append(len(queries))

    assert counts == [8, 8]


# Signing


def signed(client, **typed):
    usual = {"sha256": signing.draft_hash(), "has_read": "on"}
    return client.post(reverse("rules_sign"), usual | typed)


def test_a_dermatologist_signs_what_was_read(client, doctor):
    response = signed(client)

    release = Release.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("rules"))
    assert (release.signed_by, release.sha256) == (doctor, signing.draft_hash())
    assert "Signed: version 1." in page(client)
    assert "exactly this is signed" in page(client, "rules_sign")


def test_signing_twice_is_once(client, doctor):
    first, again = signed(client), signed(client)

    assert (first.status_code, again.status_code) == (302, 302)
    assert AuditRow.objects.filter(action="rules_signed").count() == 1


def test_rules_that_changed_meanwhile_are_not_signed(client, doctor, monkeypatch):
    read = signing.draft_hash()
    set_draft(monkeypatch, stricter())

    response = signed(client, sha256=read)

    assert (response.status_code, Release.objects.count()) == (409, 0)
    found = response.content.decode()
    assert "The rules have changed since this page was opened." in found and signing.draft_hash() in found


def test_the_box_is_ticked_by_hand(client, doctor):
    response = signed(client, has_read="")

    assert (response.status_code, Release.objects.count()) == (422, 0)
    assert "Tick the box when you have read the rules." in response.content.decode()


def test_only_a_number_on_file_signs(client):
    client.force_login(builders.staff(role="dermatologist"))

    assert "registration number on file" in page(client, "rules_sign")
    assert (signed(client).status_code, Release.objects.count()) == (409, 0)


def test_what_is_different_stands_beside_the_box(client, doctor, monkeypatch):
    published((a_rule(), a_rule(id="X-09")), signed_by=doctor)
    set_draft(monkeypatch, stricter(), a_rule(id="X-03"))

    found = page(client, "rules_sign")

    assert [f">{one}</a>" in found for one in ("X-01", "X-03", "X-09")] == [True, True, True]


def test_the_answers_tried_can_be_copied_and_pasted_back(client, doctor):
    response = client.post(
        reverse("rules_try"), {"base": "ill", "on": "2026-11-02", "rules": "draft", "numbing": "none"}
    )

    answers = json.loads(response.context["answers"])
    again = client.post(
        reverse("rules_try"),
        {"base": "pasted", "changes": json.dumps(answers), "on": "2026-11-02", "rules": "draft"},
    )
    assert json.loads(again.context["answers"]) == answers
