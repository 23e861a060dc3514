"""Ordinary people stay quiet: what the rules say to the made-up people of the demo clinic."""

from collections import Counter
from datetime import date

import pytest

from bookings.demo.people import OF_TODAY, PEOPLE, before_course, history
from consultations.rules.candidacy import OUTCOMES, screen
from consultations.rules.candidacy_rules import RULES
from consultations.rules.questionnaire import check_answers
from tests.consultations.histories import product

TODAY = date(2026, 11, 23)
EVERYBODY = (*PEOPLE, *OF_TODAY)
ORDINARY = [person for person in EVERYBODY if not person.changes]
BELOW_REVIEW = {"CAUTION", "SUPPORT", "NONE"}


def outcome(answers, planned=None):
    return screen(answers, on=TODAY, rules=RULES, planned=planned).outcome


@pytest.mark.parametrize("person", ORDINARY, ids=lambda person: person.name)
@pytest.mark.parametrize("planned", [None, product("multivitamin")], ids=["nothing", "vitamins"])
def test_somebody_without_anything_to_report_stays_below_review(person, planned):
    answers = history(person, TODAY) | (before_course(person, TODAY) if planned else {})

    assert check_answers(answers, TODAY) == {}
    assert outcome(answers, planned) in BELOW_REVIEW


def test_at_least_half_of_all_stay_below_review_and_every_strictness_is_seen():
    found = Counter(outcome(history(person, TODAY)) for person in EVERYBODY)

    assert sum(found[one] for one in BELOW_REVIEW) * 2 >= len(EVERYBODY)
    assert set(OUTCOMES[:4]) <= set(found)
