"""A new version of a kind of visit while somebody books the old one: promises are kept, nothing else is."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Booking, Status
from bookings.services.door.gap_rules import Authority
from bookings.services.house import visit_types
from bookings.services.house.visit_types import ANY, StepPlan
from clinic.models import VisitType
from tests import builders
from tests.bookings.door_clinic import a_course, book, cancel, hold, move, place, place_days, ten, undo
from tests.bookings.patient_clinic import at_now, enter_code, give_details, set_clock, tap, text_of
from tests.bookings.patient_clinic import place as shop
from tests.builders import NOW

__all__ = ["at_now", "place", "shop"]
pytestmark = pytest.mark.django_db
LONGER = [StepPlan("talking", 45, {"practitioner": ANY})]


def new_version(kind):
    return visit_types.new_version(
        visit_type=kind, steps=LONGER, name=kind.name, seen=visit_types.mark_of_steps(kind),
        by=builders.staff(role="manager"), now=NOW,
    )  # fmt: skip


def confirm(held, *, now=NOW):
    patient = builders.a_patient()
    return door.confirm(held=held, patient=patient, key=uuid4(), by=patient.account, now=now)


def test_a_time_held_before_is_a_promise(place):
    held = hold(place)
    new_version(place[1])

    booking = confirm(held)

    assert (booking.pk, booking.status, booking.visit_type) == (held.pk, Status.BOOKED, place[1])


def test_a_hold_that_ran_out_is_not_booked_afresh(place):
    held = hold(place)
    new_version(place[1])

    with pytest.raises(refusals.KindGone):
        confirm(held, now=NOW + timedelta(minutes=11))


@pytest.mark.parametrize("how", ["book", "hold", "fit in", "walk in"])
def test_nothing_new_of_a_kind_that_is_gone(place, how):
    location, kind, _, doctor = place
    new_version(kind)
    patient, by = builders.a_patient(), builders.staff(role="front_desk")
    asked = {"visit_type": kind, "location": location, "now": NOW}
    acts = {
        "book": lambda: book(place),
        "hold": lambda: hold(place),
        "fit in": lambda: door.fit_in(
            patient=patient, starts=ten(3), practitioner=doctor.pk, reason="pain", key=uuid4(), by=by, **asked
        ),
        "walk in": lambda: door.book(
            patient=patient, starts=NOW, key=uuid4(), by=by, authority=Authority.DESK, walk_in=True, **asked
        ),
    }

    with pytest.raises(refusals.KindGone):
        acts[how]()
    assert not Booking.objects.exists()


def test_what_is_booked_already_moves_is_offered_another_time_and_is_put_back(place):
    booking = book(place)
    new_version(place[1])

    moved = move(booking, ten(4))
    door.propose(
        booking=moved, starts=ten(5), practitioner=None, until=NOW + timedelta(hours=9), now=NOW,
        by=builders.staff(role="front_desk"),
    )  # fmt: skip
    cancel(moved)
    undo()

    booking.refresh_from_db()
    assert (booking.status, booking.starts, booking.visit_type) == (Status.BOOKED, ten(4), place[1])


def test_courses_under_way_keep_their_kind(place):
    course = a_course(place)
    place_days(course, 3)
    new_version(place[2])

    [second] = place_days(course, 17, numbers=[2])

    assert second.visit_type == place[2]


def test_whoever_booked_online_too_slowly_is_told_and_chooses_again(client, shop, at_now):
    tap(client, "2026-11-03T10:00")
    give_details(client)
    new = new_version(VisitType.objects.get(pk=shop.consultation.pk))
    set_clock(at_now, NOW + timedelta(minutes=11))

    told = enter_code(client)
    tap(client, "2026-11-03T10:00")

    assert told.status_code == 409
    assert "The clinic has just changed this kind of visit. Please choose a time again." in text_of(told)
    assert (
        Booking.objects.get(status=Status.HELD, held_until__gt=NOW + timedelta(minutes=11)).visit_type == new
    )


def test_whoever_booked_online_in_time_has_what_they_tapped(client, shop):
    tap(client, "2026-11-03T10:00")
    give_details(client)
    new_version(VisitType.objects.get(pk=shop.consultation.pk))

    enter_code(client)

    booking = Booking.objects.get()
    assert (booking.status, booking.visit_type) == (Status.BOOKED, shop.consultation)
