"""What other rules would say of the answers on file, as a service and as a command."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.rules import candidacy_rules
from consultations.services.replaying import NoSuchRelease, Said, Tally, replay, rules_named
from tests import builders
from tests.builders import NOW
from tests.consultations.histories import product
from tests.consultations.small_rules import a_clause, a_rule, published, screened, stricter

pytestmark = pytest.mark.django_db
WELL = {"recent_illness": "no", "medicines": ["none"]}
ILL = {"recent_illness": "yes", "recent_illness_date": "2026-10-30", "medicines": ["secretmedicine"]}
RULES = (a_rule(),)


def changes(**options):
    return [one for one in replay(**{"rules": (stricter(),)} | options) if one.is_changed]


def ran(*options):
    out, err = io.StringIO(), io.StringIO()
    call_command("replay_screening", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_stricter_rule_changes_what_it_meets():
    release = published(RULES)
    well, ill = (screened(RULES, release, answers) for answers in (WELL, ILL))

    found = list(replay(rules=(stricter(),)))

    assert [(one.screening, one.is_changed) for one in found] == [(well.pk, False), (ill.pk, True)]
    assert found[1].before == Said("REVIEW", "none", ("X-01/ill:REVIEW",))
    assert found[1].after == Said("DEFER", "7-day", ("X-01/ill:DEFER",))
    assert (found[1].added, found[1].removed) == (("X-01/ill:DEFER",), ("X-01/ill:REVIEW",))


def test_the_day_is_that_of_the_result_and_not_today():
    released = published(RULES)
    screened(RULES, released, ILL, now=NOW)
    screened(RULES, released, ILL, now=NOW + timedelta(days=30))  # the wait is over by then

    assert [one.after.outcome for one in replay(rules=(stricter(),))] == ["DEFER", "NONE"]


def test_the_plan_counts():
    rule, release = a_rule(a_clause(scope="5ARI", outcome="ABS")), published(())
    for ingredient in ("dutasteride", "biotin"):
        screened((), release, ILL, planned=product(ingredient))

    assert [one.after.outcome for one in replay(rules=(rule,))] == ["ABS", "NONE"]


def test_the_newest_result_of_each_plan_counts():
    release, patient = published(RULES), builders.a_patient()
    screened(RULES, release, ILL, patient=patient)
    newest = screened(RULES, release, WELL, patient=patient, now=NOW + timedelta(days=1))
    other_plan = screened(RULES, release, ILL, patient=patient, planned=product("biotin"))

    assert {one.screening for one in replay(rules=RULES)} == {newest.pk, other_plan.pk}


def test_answers_that_were_never_sent_do_not_count():
    screened(RULES, published(RULES), ILL, submitted=False)

    assert list(replay(rules=RULES)) == []


def test_two_releases_are_compared_whatever_is_stored():
    release = published(RULES)
    screened(RULES, release, ILL)  # which says REVIEW

    found = changes(rules=(), against=(stricter(),))

    assert [(one.before.outcome, one.after.outcome) for one in found] == [("DEFER", "NONE")]


def test_what_cannot_be_read_any_more_is_listed_and_the_rest_goes_on():
    release = published(RULES)
    broken = builders.a_screening(
        intake=builders.an_intake(), rules=release, planned={"product": 5}, answers=ILL, outcome="REVIEW"
    )
    screened(RULES, release, ILL)

    tally = Tally.of(replay(rules=(stricter(),)))

    assert (tally.replayed, tally.changed, tally.unreadable) == (2, 1, [broken.pk])


def test_only_so_many_of_the_newest():
    release = published(RULES)
    pks = [screened(RULES, release, ILL).pk for _ in range(3)]

    assert [one.screening for one in replay(rules=RULES, newest=2)] == [pks[2], pks[1]]


def test_three_patients_take_as_many_queries_as_one():
    release = published(RULES)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            screened(RULES, release, ILL)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(list(replay(rules=RULES))) in (1, 3)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 1  # a cursor of the server's is not counted by Django


def test_rules_by_their_names():
    published(RULES, version=3)

    assert rules_named("draft") is candidacy_rules.RULES
    assert (
        [rule.id for rule in rules_named("3")] == [rule.id for rule in rules_named("candidacy-3")] == ["X-01"]
    )


@pytest.mark.parametrize("name", ["9", "latest", "-1", "", "²", "1 OR 1=1", "stored", "9" * 12])
def test_a_release_that_is_not_there(name):
    with pytest.raises(NoSuchRelease):
        rules_named(name)


# The command


def test_the_command_prints_json_alone_and_no_answer(monkeypatch):
    monkeypatch.setattr(candidacy_rules, "RULES", (stricter(),))
    screening = screened(RULES, published(RULES), ILL)
    screened(RULES, screening.rules, WELL)

    out, err = ran("--rules", "draft", "--json")

    assert json.loads(out) == {
        "rules": "draft",
        "against": "stored",
        "rows": [
            {
                "screening": screening.pk,
                "patient": screening.patient_id,
                "outcome": ["REVIEW", "DEFER"],
                "lane": ["none", "7-day"],
                "added": ["X-01/ill:DEFER"],
                "removed": ["X-01/ill:REVIEW"],
            }
        ],
        "replayed": 2,
        "changed": 1,
        "outcomes": [["REVIEW", "DEFER", 1]],
        "lanes": [["none", "7-day", 1]],
        "added": {"X-01/ill:DEFER": 1},
        "removed": {"X-01/ill:REVIEW": 1},
        "unreadable": [],
    }
    assert "2 of 2" in err
    assert "secretmedicine" not in out + err and "2026-10-30" not in out + err


def test_the_command_says_it_in_lines():
    screening = screened(RULES, published(RULES), ILL)
    published((stricter(),), version=2)

    out, _ = ran("--rules", "2", "--against", "1")

    assert out.splitlines() == [
        f"screening {screening.pk} of patient {screening.patient_id}: REVIEW → DEFER lane none → 7-day "
        "+X-01/ill:DEFER -X-01/ill:REVIEW",
        "1 of 1 would change",
        "  1 from REVIEW to DEFER",
    ]


def test_the_same_rules_change_nothing_twice():
    screened(RULES, published(RULES), ILL)

    first, again = (ran("--rules", "1", "--json") for _ in range(2))

    assert (first, json.loads(first[0])["changed"]) == (again, 0)


def test_nothing_on_file_is_no_error():
    assert ran("--rules", "draft")[0] == "0 of 0 would change\n"


def test_the_bar_moves_a_batch_at_a_time(monkeypatch):
    monkeypatch.setattr("consultations.management.commands.replay_screening.BATCH", 2)
    release = published(RULES)
    for _ in range(5):
        screened(RULES, release, WELL)

    _, err = ran("--rules", "1")

    assert err.split("\r")[1:] == [
        "[############..................] 2 of 5",
        "[########################......] 4 of 5",
        "[##############################] 5 of 5\n",
    ]


@pytest.mark.parametrize("options", [("--rules=9",), ("--rules=draft", "--against=latest")])
def test_the_command_refuses_a_release_that_is_not_there(options):
    with pytest.raises(CommandError) as caught:
        ran(*options)

    assert (caught.value.returncode, str(caught.value).startswith("--")) == (2, True)
