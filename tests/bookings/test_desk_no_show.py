"""When the open card suggests that somebody does not come, as To do does, and how it stands there else."""

from datetime import timedelta

import pytest

from bookings.services.desk import lateness
from tests import builders
from tests.bookings.desk_clinic import AT_11, address, desk, visit
from tests.bookings.patient_clinic import at_now, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SUGGESTED = "Not here for {} min. Ring them, or: Did not come…"


def card_of(desk, booking):
    return desk.get(address(booking, "desk_card"))


def link(page, booking):
    """How the way to "did not come" looks; empty where there is none."""
    before, found, _ = page.content.decode().partition(f'href="{address(booking, "desk_no_show")}"')
    return before.rpartition('class="')[2].rpartition('"')[0] if found else ""


@pytest.mark.parametrize(
    ("minutes", "suggested", "look"),
    [
        (-1, False, ""),
        (0, False, "btn btn-link-like btn-wide"),
        (14, False, "btn btn-link-like btn-wide"),
        (16, True, "btn btn-quiet btn-wide"),
    ],
)
def test_did_not_come_is_suggested_after_a_quarter_of_an_hour(desk, place, at_now, minutes, suggested, look):
    booking = visit(place, AT_11)
    set_clock(at_now, AT_11 + minutes * MINUTE)

    page = card_of(desk, booking)

    assert (SUGGESTED.format(minutes) in text_of(page)) is suggested
    assert link(page, booking) == look


def test_did_not_come_is_not_suggested_while_the_doctor_runs_late(desk, place, at_now):
    booking = visit(place, AT_11)
    lateness.announce(
        location=place.location, practitioner=place.doctor, minutes=30, seen=0, by=desk.user, now=NOW
    )
    set_clock(at_now, AT_11 + 20 * MINUTE)

    page = card_of(desk, booking)

    assert "Ring them, or" not in text_of(page)
    assert link(page, booking) == "btn btn-link-like btn-wide"


def test_who_said_that_they_come_late_is_given_that(desk, place, at_now):
    booking = visit(place, AT_11)
    lateness.say_late(booking=booking, minutes=30, by=None, now=NOW)
    looks = []
    for minutes in (20, 31):
        set_clock(at_now, AT_11 + minutes * MINUTE)
        looks.append(link(card_of(desk, booking), booking))

    assert looks == ["btn btn-link-like btn-wide", "btn btn-quiet btn-wide"]


def test_another_doctor_who_runs_late_is_no_reason_to_wait(desk, place, at_now):
    other = builders.a_practitioner(location=place.location, qualified=[place.consultation])
    booking = visit(place, AT_11, practitioner=place.doctor.pk)
    lateness.announce(location=place.location, practitioner=other, minutes=30, seen=0, by=desk.user, now=NOW)
    set_clock(at_now, AT_11 + 20 * MINUTE)

    assert "Not here for 20 min" in text_of(card_of(desk, booking))
