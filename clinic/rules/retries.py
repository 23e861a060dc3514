"""When to try again after a gateway said no or nothing."""

from datetime import timedelta

MOST_ATTEMPTS = 12  # some five hours
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
_STEPS = 1000


def pause_after(attempt: int, *, key: int) -> timedelta:
    """Return the pause after attempt number `attempt`: doubling, up to a quarter shorter or longer by `key`.

    A gateway that comes back should not meet everybody in one second; by key, the jitter is repeatable.
    """
    usual = min(FIRST_PAUSE * 2 ** min(attempt - 1, 10), LONGEST_PAUSE)
    return usual * (0.75 + 0.5 * ((key + attempt * 7919) % _STEPS) / _STEPS)
