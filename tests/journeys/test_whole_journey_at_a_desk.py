"""The same journey with the patient at a desk, in a file of its own: files are shared out among processes."""

import pytest

from tests.journeys.person import DESKTOP
from tests.journeys.test_whole_journey import people, pytestmark
from tests.journeys.test_whole_journey import (
    test_from_the_first_tap_to_the_reminder_after_a_given_session as test_the_same_at_a_desk,
)

__all__ = ["people", "pytestmark", "test_the_same_at_a_desk"]


@pytest.fixture
def screen():
    return DESKTOP
