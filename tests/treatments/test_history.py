"""What came before a session, judged in words for whoever gives it."""

from datetime import date, timedelta

import pytest

from tests import builders
from tests.builders import NOW
from treatments.models import Extension
from treatments.services.history import since_the_last

pytestmark = pytest.mark.django_db
GIVEN = date(2027, 1, 4)


@pytest.fixture
def session():
    course = builders.a_course(
        sessions=2, gap={"never_before": 7, "earliest": 12, "target": 14, "latest": 18}
    )
    course.sessions.filter(number=1).update(given_on=GIVEN)
    return course.sessions.get(number=2)


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        (6, "too soon"),
        (7, "early: the doctor decides"),
        (12, "on time"),
        (18, "on time"),
        (19, "late"),
        (28, "late"),
        (29, "so late that the doctor reviews first"),
    ],
)
def test_the_gap_is_judged(session, days, verdict):
    since = since_the_last(session, GIVEN + timedelta(days=days))
    assert (since.verdict, since.words) == (verdict, f"{days} days after session 1, given on 4 Jan 2027")


@pytest.mark.parametrize(
    ("days", "verdict"), [(40, "on time"), (41, "so late that the doctor reviews first")]
)
def test_an_extension_is_counted(session, days, verdict):
    Extension.objects.create(
        session=session, until_on=GIVEN + timedelta(days=40), why="away", at=NOW, key=builders.next_key(),
        signed_by=session.course.practitioner,
    )  # fmt: skip
    assert since_the_last(session, GIVEN + timedelta(days=days)).verdict == verdict


def test_nothing_was_given_before_the_first(session):
    assert since_the_last(session.course.sessions.get(number=1), GIVEN) is None
