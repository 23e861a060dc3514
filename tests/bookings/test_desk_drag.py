"""A card dropped elsewhere on the board: the same move as from the Move page, or why not."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings.models import Booking, Status
from clinic.models import Qualified
from tests import builders
from tests.bookings.board_clinic import MINUTE, card, moved
from tests.bookings.desk_clinic import AT_11, desk, status_of, take_step, visit
from tests.bookings.patient_clinic import at_now, carried, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


def drop(desk, booking, to="2026-11-02T12:00", **fields):
    sent = {
        "version": Booking.objects.get(pk=booking.pk).version, "key": str(uuid4()), "starts": carried(to),
        "who": str(booking.practitioner_id), "seen": NOW.isoformat(), "by": "doctor",
    } | fields  # fmt: skip
    return desk.post(reverse("desk_drag", args=[booking.reference]), sent)


def stays(booking, answer, status=409):
    booking.refresh_from_db()
    return answer.status_code == status and booking.starts == AT_11


def test_a_drop_moves_the_visit_and_can_be_undone(desk, place):
    booking = visit(place)

    answer = drop(desk, booking)

    booking.refresh_from_db()
    assert answer.status_code == 302
    assert booking.starts == AT_11 + 60 * MINUTE
    assert desk.get(answer["Location"]).context["undo"]["text"] == "Moved Asha Rao to Mon 2 Nov, 12:00 pm."


def test_a_drop_sent_twice_moves_once(desk, place):
    booking = visit(place)
    key = str(uuid4())

    answers = [drop(desk, booking, key=key, version="1").status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Booking.objects.get(pk=booking.pk).version == 2


def test_a_drop_on_a_colleagues_column_changes_the_doctor(desk, place):
    booking = visit(place)
    other = builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Banu")

    assert drop(desk, booking, who=str(other.pk)).status_code == 302

    booking.refresh_from_db()
    assert booking.practitioner_id == other.pk


def test_a_drop_in_a_rooms_column_keeps_the_doctor(desk, place):
    booking = visit(place)
    builders.a_practitioner(location=place.location, qualified=[place.consultation], name="Dr Banu")
    visit(place, AT_11 + 60 * MINUTE, name="Ravi Naik", practitioner=booking.practitioner_id)

    assert stays(booking, drop(desk, booking, who="", by="room"))  # Dr Banu would be free


def test_a_drop_where_somebody_is_is_refused_in_words_with_times_near_by(desk, place):
    booking = visit(place)
    visit(place, AT_11 + 60 * MINUTE, name="Ravi Naik")

    answer = drop(desk, booking)

    assert stays(booking, answer)
    page = text_of(answer)
    assert "That time is no longer free. It stands at Mon 2 Nov, 11:00 am." in page
    assert "Free near by: Mon 2 Nov, 11:15 am · Mon 2 Nov, 11:30 am · Mon 2 Nov, 12:30 pm" in page
    assert card(answer, booking).chosen


def test_a_drop_of_a_card_that_changed_meanwhile_is_refused(desk, place):
    booking = visit(place)
    moved(booking, desk)

    answer = drop(desk, booking, "2026-11-02T15:00", version="1")

    assert answer.status_code == 409
    assert "This booking was changed in the meantime." in text_of(answer)
    assert "Moved by Meera Pai" in text_of(answer)


@pytest.mark.parametrize(
    "seen", ["", (NOW - 2 * MINUTE - timedelta(seconds=1)).isoformat(), (NOW + 60 * MINUTE).isoformat()]
)
def test_a_drop_on_a_board_that_was_old_is_refused(desk, place, seen):
    booking = visit(place)

    answer = drop(desk, booking, seen=seen)

    assert stays(booking, answer)
    assert "The board was not up to date any more" in text_of(answer)


def test_a_drop_after_the_question_was_read_for_a_while_is_taken(desk, place, at_now):
    booking = visit(place)
    set_clock(at_now, NOW + 2 * MINUTE - timedelta(seconds=5))

    assert drop(desk, booking).status_code == 302


def test_a_drop_on_somebody_who_does_not_do_this_says_so(desk, place):
    booking = visit(place)
    other = builders.a_practitioner(location=place.location, name="Dr Banu")

    answer = drop(desk, booking, who=str(other.pk))

    assert stays(booking, answer)
    assert "First consultation is not what they do." in text_of(answer)
    assert not Qualified.objects.filter(practitioner=other).exists()


def test_a_drop_between_two_starts_is_refused(desk, place):
    booking = visit(place)

    assert stays(booking, drop(desk, booking, "2026-11-02T12:05"), 400)


@pytest.mark.parametrize(
    "wrong", [{"starts": ""}, {"version": ""}, {"key": "1"}, {"seen": "x"}, {"who": "x"}]
)
def test_a_drop_that_was_not_sent_whole_is_refused(desk, place, wrong):
    booking = visit(place)

    assert stays(booking, drop(desk, booking, **wrong), 400)


def test_a_drop_of_somebody_who_is_in_the_room_is_refused(desk, place):
    booking = visit(place)
    for step in ("arrived", "in_room"):
        take_step(desk, booking, step)

    assert stays(booking, drop(desk, booking))
    assert status_of(booking) == Status.IN_ROOM


def test_only_what_may_move_can_be_dragged(desk, place):
    here, away = visit(place), visit(place, AT_11 + 60 * MINUTE, name="Ravi Naik")
    take_step(desk, here, "arrived")
    here.refresh_from_db()
    take_step(desk, here, "in_room")

    page = desk.get("/desk/")

    assert (card(page, here).version, card(page, away).version) == (None, 1)
