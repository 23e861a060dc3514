"""A course is cold from the day after the last day for its next session."""

from datetime import date, timedelta

import pytest

from treatments.rules.coldness import Coldness, coldness
from treatments.rules.gaps import Gap, Verdict

LAST = date(2026, 9, 1)
GAP = Gap(7, 12, 14, 18)


def cold(days, **fields):
    return coldness(last=LAST, gap=GAP, today=LAST + timedelta(days=days), **fields)


def test_in_time_up_to_the_latest_day():
    assert cold(18) is None


@pytest.mark.parametrize(
    ("days", "late", "judged"),
    [(19, 1, Verdict.LATE), (28, 10, Verdict.LATE), (29, 11, Verdict.RESCREEN)],
)
def test_late_and_from_twice_the_target_on_to_be_asked_again(days, late, judged):
    assert cold(days) == Coldness(LAST + timedelta(days=18), late, judged)


def test_an_extension_counts_to_its_last_day():
    until = LAST + timedelta(days=40)
    assert cold(40, extended_until=until) is None
    assert cold(41, extended_until=until) == Coldness(until, 1, Verdict.RESCREEN)


def test_an_extension_never_shortens():
    assert cold(18, extended_until=LAST) is None
    assert cold(19, extended_until=LAST) == Coldness(LAST + timedelta(days=18), 1, Verdict.LATE)
