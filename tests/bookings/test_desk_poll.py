"""What the open board asks for by itself: is anything new, who touched what, one visit alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import door
from bookings.models import Booking, Closure, RunningLate
from bookings.services.desk import calling
from bookings.services.door.gap_rules import Authority
from clinic.models import Resource
from tests import builders
from tests.bookings.board_clinic import MINUTE, card, here, moved, poll, propose, set_to, words_on
from tests.bookings.desk_clinic import (
    AT_11,
    TOMORROW_11,
    desk,
    screened,
    take_step,
    visit,
)
from tests.bookings.patient_clinic import at_now, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "here", "place"]
pytestmark = pytest.mark.django_db


def test_poll_with_nothing_new_is_a_304_after_one_query_of_its_own(
    desk, place, here, django_assert_num_queries
):
    visit(place)
    first = poll(desk, at=here)

    with django_assert_num_queries(4):  # the session, the person, their roles; and the board's stamp
        again = poll(desk, first["ETag"], at=here)

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first["ETag"].startswith('W/"')
    assert again["X-Board-At"].startswith("2026-11-02T04:30:")


def test_the_page_knows_the_tag_of_what_it_shows(desk, place, here):
    visit(place)
    shown = desk.get("/desk/").context["tag"]

    assert poll(desk, shown, at=here).status_code == 304


def test_poll_answers_with_the_board_and_nothing_around_it(desk, place, here):
    visit(place)

    page = poll(desk, at=here)

    assert "Asha Rao" in text_of(page)
    assert 'id="desk"' in page.content.decode()
    assert "<html" not in page.content.decode()


NEWS = {
    "a booking": lambda booking, place, desk: visit(place, AT_11 + 60 * MINUTE, name="Ravi Naik"),
    "a move": lambda booking, place, desk: moved(booking, desk),
    "a cancellation": lambda booking, place, desk: door.cancel(
        bookings=[booking], key=uuid4(), by=None, now=NOW
    ),
    "a check-in": lambda booking, place, desk: take_step(desk, booking, "arrived"),
    "a confirmation": lambda booking, place, desk: calling.confirm(booking=booking, by=None, now=NOW),
    "a word that they are late": lambda booking, place, desk: set_to(booking, late_minutes=10),
    "another word": lambda booking, place, desk: set_to(booking, late_minutes=30),
    "a step noted by a record": lambda booking, place, desk: set_to(booking, status_at=NOW),
    "a mistake": lambda booking, place, desk: set_to(
        booking, in_error_at=NOW, in_error_by=desk.user, in_error_why="mistake"
    ),
    "a visit that is kept": lambda booking, place, desk: door.keep(
        booking=booking, why="wishes it", by=desk.user, now=NOW
    ),
    "a hold": lambda booking, place, desk: door.hold(
        visit_type=place.consultation, location=place.location, starts=AT_11 + 60 * MINUTE, held_for="x",
        now=NOW,
    ),
    "an offer": lambda booking, place, desk: propose(booking),
    "an offer of another day": lambda booking, place, desk: propose(booking, "2026-11-03T15:00"),
    "a closure": lambda booking, place, desk: Closure.objects.create(
        location=place.location, starts=AT_11, ends=TOMORROW_11, reason="Strike"
    ),
    "a doctor's leave": lambda booking, place, desk: Closure.objects.create(
        resource=place.doctor.resource, starts=AT_11, ends=TOMORROW_11, reason="Leave"
    ),
    "a doctor who runs late": lambda booking, place, desk: RunningLate.objects.create(
        practitioner=place.doctor, location=place.location, day=booking.day, minutes=10, by=desk.user, at=NOW
    ),
    "a form that was sent": lambda booking, place, desk: screened(booking.patient, outcome="REVIEW"),
    "a decision": lambda booking, place, desk: builders.a_decision(
        screening=builders.a_screening(), signed_by=place.doctor
    ),
}  # fmt: skip


@pytest.mark.parametrize("news", NEWS)
def test_poll_sees(desk, place, here, news):
    booking = visit(place)
    if news == "another word":
        set_to(booking, late_minutes=20)
    tag = poll(desk, at=here)["ETag"]

    NEWS[news](booking, place, desk)

    assert poll(desk, tag, at=here).status_code == 200


def test_poll_sees_that_a_time_has_come(desk, place, here, at_now):
    """Nobody writes anything when a minute passes."""
    visit(place, local("2026-11-02T10:15"))
    set_clock(at_now, local("2026-11-02T10:11"))
    tag = poll(desk, at=here)["ETag"]
    set_clock(at_now, local("2026-11-02T10:14"))
    assert poll(desk, tag, at=here).status_code == 304

    set_clock(at_now, local("2026-11-02T10:15"))

    assert "not here yet" in text_of(poll(desk, tag, at=here))


def test_poll_sees_what_becomes_of_a_hold(desk, place, here, at_now):
    held = door.hold(
        visit_type=place.consultation, location=place.location, starts=AT_11 + 60 * MINUTE, held_for="x",
        now=NOW + 2 * MINUTE,
    )  # fmt: skip
    set_clock(at_now, NOW + 11 * MINUTE)
    tag = poll(desk, at=here)["ETag"]

    door.extend(held=held, now=NOW + 11 * MINUTE)
    extended = poll(desk, tag, at=here)
    set_clock(at_now, held_until(held) + timedelta(seconds=1))
    before = poll(desk, at=here)

    assert extended.status_code == 200
    assert "is booking online" not in text_of(before)


def held_until(held):
    return Booking.objects.get(pk=held.pk).held_until


def test_poll_sees_that_a_hold_ran_out_and_that_one_was_booked(desk, place, here, at_now):
    how = {"visit_type": place.consultation, "location": place.location, "now": NOW + 2 * MINUTE}
    door.hold(starts=AT_11 + 60 * MINUTE, held_for="x", **how)
    other = door.hold(starts=AT_11 + 120 * MINUTE, held_for="y", **how)
    set_clock(at_now, NOW + 11 * MINUTE)
    tag = poll(desk, at=here)["ETag"]

    door.confirm(held=other, patient=builders.a_patient(), key=uuid4(), by=None, now=NOW + 11 * MINUTE)
    booked = poll(desk, tag, at=here)
    set_clock(at_now, NOW + 12 * MINUTE + timedelta(seconds=1))

    assert booked.status_code == 200
    assert poll(desk, booked["ETag"], at=here).status_code == 200


def test_poll_is_not_troubled_by_other_days_and_places(desk, place, here):
    tag = poll(desk, at=here)["ETag"]

    visit(place, TOMORROW_11)
    builders.a_booking(starts=AT_11)

    assert poll(desk, tag, at=here).status_code == 304


def test_a_tag_is_of_one_day_one_grouping_and_one_person(desk, client, place, here):
    tags = {poll(desk, at=here, **asked)["ETag"] for asked in ({}, {"day": "2026-11-03"}, {"by": "room"})}
    client.force_login(builders.staff(role="front_desk"))
    tags.add(poll(client, at=here)["ETag"])

    assert len(tags) == 4


def test_what_has_no_counter_is_seen_within_five_minutes(desk, place, here, at_now):
    tag = poll(desk, at=here)["ETag"]
    Resource.objects.filter(pk=place.doctor.pk).update(name="Dr Rao-Iyer")
    assert poll(desk, tag, at=here).status_code == 304

    set_clock(at_now, NOW + 5 * MINUTE)

    assert "Dr Rao-Iyer" in text_of(poll(desk, tag, at=here))


@pytest.mark.parametrize("asked", [{"at": "nowhere"}, {"at": "", "day": "x"}, {"visit": "A" * 400}])
def test_poll_that_makes_no_sense_is_answered_calmly(desk, place, asked):
    expected = 404 if asked.get("at") else 200

    assert poll(desk, **asked).status_code == expected


def test_poll_of_a_place_that_is_not_theirs_is_not_found(client, place, here):
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))

    assert poll(client, at=here).status_code == 404


# Changed by somebody else


def test_a_card_that_a_colleague_moved_says_so_for_a_minute(desk, place, here, at_now):
    booking = visit(place)
    colleague = builders.staff(role="front_desk", name="Arun Shetty")
    door.move(
        moves=[(booking, AT_11 + 60 * MINUTE, None)], key=uuid4(), by=colleague, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    set_clock(at_now, NOW + timedelta(seconds=12))

    shown = poll(desk, at=here)

    assert card(shown, booking).look == "booked touched"
    assert "Moved 12 s ago by Arun Shetty" in words_on(shown, booking)
    set_clock(at_now, NOW + timedelta(seconds=61))
    assert card(poll(desk, at=here), booking).look == "booked"


def test_what_somebody_did_themselves_does_not_flash(desk, place, here):
    booking = visit(place)
    take_step(desk, booking, "arrived")

    assert card(poll(desk, at=here), booking).touched == ""


def test_the_newest_touch_counts(desk, place, here):
    booking = visit(place)
    colleague = builders.staff(role="front_desk", name="Arun Shetty")
    [booking] = door.move(
        moves=[(booking, AT_11 + 60 * MINUTE, None)], key=uuid4(), by=colleague, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    take_step(desk, booking, "arrived")

    assert card(poll(desk, at=here), booking).touched == ""


# One visit beside the board


def test_card_alone_is_what_the_page_shows_beside_the_board(desk, place):
    booking = visit(place)

    alone = desk.get(reverse("desk_card", args=[booking.reference]))

    assert "Asha Rao" in text_of(alone)
    assert f"Reference {booking.reference}" in text_of(alone)
    assert "<html" not in alone.content.decode()
    for name in ("desk_move", "desk_cancel", "desk_step"):
        assert reverse(name, args=[booking.reference]) in alone.content.decode()


def test_card_of_somebody_elses_place_is_not_found(client, place):
    booking = visit(place)
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))

    assert client.get(reverse("desk_card", args=[booking.reference])).status_code == 404
