from datetime import timedelta

import pytest

from clinic.rules import retries


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (9, 3600), (1000, 3600)],
)
def test_the_pause_doubles_up_to_an_hour_give_or_take_a_quarter(attempt, seconds):
    pauses = [retries.pause_after(attempt, key=key).total_seconds() / seconds for key in range(5000)]

    assert 0.75 <= min(pauses) < 0.76
    assert 1.24 < max(pauses) < 1.25


def test_the_jitter_is_repeatable():
    assert retries.pause_after(3, key=17) == retries.pause_after(3, key=17)


def test_a_message_is_tried_for_some_hours():
    total = sum((retries.pause_after(n, key=n) for n in range(1, retries.MOST_ATTEMPTS)), timedelta())

    assert timedelta(hours=4) < total < timedelta(hours=7)
