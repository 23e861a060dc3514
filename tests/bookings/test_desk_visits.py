"""What a click does to a visit: a step through the day, not come, cancelled, put back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bookings import door
from bookings.models import Change, Claim, Status
from bookings.services.door.gap_rules import Authority
from clinic.models import AuditRow
from tests import builders
from tests.bookings.desk_clinic import (
    AT_11,
    TOMORROW_11,
    address,
    desk,
    fresh_form,
    session_visit,
    status_of,
    take_step,
    visit,
)
from tests.bookings.patient_clinic import at_now, buttons, hidden, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db


# A step, in one click


def test_check_in_is_one_click(desk, place):
    booking = visit(place)
    page = desk.get("/desk/")

    # the button of the card: its form says what, the button itself which version of which visit
    [version] = buttons(page, "version")
    answer = desk.post(address(booking), {"to": hidden(page, "to"), "version": version})

    assert answer.status_code == 302
    assert f"visit={booking.reference}#v-{booking.reference}" in answer["Location"]
    assert status_of(booking) == Status.ARRIVED
    assert AuditRow.objects.get(action="booking_arrived").by == desk.user


def test_check_in_twice_is_once(desk, place):
    booking = visit(place)
    for _ in range(2):
        answer = take_step(desk, booking, "arrived", version=1)

    assert answer.status_code == 302
    assert AuditRow.objects.filter(action="booking_arrived").count() == 1


def test_waiting_shows_who_is_here_and_how_long(desk, place, at_now):
    booking = visit(place)
    take_step(desk, booking, "arrived")
    set_clock(at_now, NOW + timedelta(minutes=16, seconds=30))

    [waits] = desk.get("/desk/").context["waiting"]

    assert (waits["name"], waits["tag"]) == ("Asha Rao", ("sun", "clock", "16 min"))


@pytest.mark.parametrize("steps", [["arrived", "in_room", "done"], ["arrived", "booked"]])
def test_steps_of_a_consultation(desk, place, steps):
    booking = visit(place)

    for step in steps:
        assert take_step(desk, booking, step).status_code == 302

    assert status_of(booking) == steps[-1]


@pytest.mark.parametrize("step", ["done", "in_room", "cancelled", "no_show", "preparing"])
def test_step_that_the_page_does_not_offer_is_refused(desk, place, step):
    booking = visit(place)

    answer = take_step(desk, booking, step)

    assert answer.status_code == 409
    assert "That is not possible for this visit any more." in text_of(answer)
    assert status_of(booking) == Status.BOOKED


def test_check_in_on_another_day_is_refused(desk, place):
    booking = visit(place, TOMORROW_11)

    assert take_step(desk, booking, "arrived").status_code == 409
    assert status_of(booking) == Status.BOOKED


def test_step_from_a_stale_page_says_who_changed_what(desk, place):
    booking = visit(place)
    seen = booking.version
    colleague = builders.staff(role="front_desk", name="Arun Shetty")
    door.move(
        moves=[(booking, AT_11 + timedelta(hours=2), None)], key=uuid4(), by=colleague, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip

    answer = take_step(desk, booking, "arrived", version=seen)

    page = text_of(answer)
    assert answer.status_code == 409
    assert "This booking was changed in the meantime." in page
    assert "Moved by Arun Shetty, " in page
    assert "It stands at Mon 2 Nov, 1:00 pm." in page
    assert status_of(booking) == Status.BOOKED


@pytest.mark.parametrize(
    "sent", [{}, {"to": "arrived"}, {"to": "x", "version": 1}, {"to": "arrived", "version": "x"}]
)
def test_step_that_was_not_sent_whole_is_refused(desk, place, sent):
    booking = visit(place)

    assert desk.post(address(booking), sent).status_code == 400
    assert status_of(booking) == Status.BOOKED


def test_numbing_waits_for_todays_check(desk, place, at_now):
    booking = session_visit(place)
    take_step(desk, booking, "arrived")

    refused = take_step(desk, booking, "preparing")
    builders.a_precheck(session=booking.session, now=NOW + timedelta(minutes=1))
    set_clock(at_now, NOW + timedelta(minutes=2))
    let = take_step(desk, booking, "preparing")

    assert (refused.status_code, let.status_code) == (409, 302)
    assert "Today's check before the session has not been done." in text_of(refused)
    assert status_of(booking) == Status.PREPARING


def test_card_of_a_session_tells_a_nurse_where_to_check_and_the_desk_to_wait(desk, client, place):
    booking = session_visit(place)
    take_step(desk, booking, "arrived")
    page = f"/desk/?visit={booking.reference}"
    assert "Numbing starts when a nurse or doctor has asked today's questions." in text_of(desk.get(page))

    client.force_login(builders.staff(role="nurse"))

    assert reverse("precheck", args=[booking.session_id]) in client.get(page).content.decode()


# Not come


def test_no_show_is_asked_once_more_and_gives_the_time_back(desk, place, at_now):
    booking = visit(place)
    set_clock(at_now, AT_11 + timedelta(minutes=20))

    asked = desk.get(address(booking, "desk_no_show"))
    answer = desk.post(address(booking, "desk_no_show"), fresh_form(booking))

    assert "Asha Rao did not come?" in text_of(asked)
    assert answer.status_code == 302
    assert (status_of(booking), Claim.objects.count()) == (Status.NO_SHOW, 0)


def test_no_show_before_the_start_is_refused(desk, place):
    booking = visit(place)

    assert desk.get(address(booking, "desk_no_show")).status_code == 409
    assert desk.post(address(booking, "desk_no_show"), fresh_form(booking)).status_code == 409
    assert status_of(booking) == Status.BOOKED


# Cancel and undo


def cancel(desk, booking, **fields):
    return desk.post(address(booking, "desk_cancel"), fresh_form(booking) | fields)


def test_cancel_needs_a_reason_and_keeps_the_booking_until_then(desk, place):
    booking = visit(place)

    answer = cancel(desk, booking)

    assert answer.status_code == 422
    assert "Say why, in a few words" in text_of(answer)
    assert status_of(booking) == Status.BOOKED


@pytest.mark.parametrize(
    ("typed", "kept"), [({"reason": "patient_asked"}, "patient_asked"), ({"other": " rain "}, "rain")]
)
def test_cancel_keeps_the_reason_and_gives_the_time_back(desk, place, typed, kept):
    booking = visit(place)

    answer = cancel(desk, booking, **typed)

    assert answer.status_code == 302
    assert (status_of(booking), Claim.objects.count()) == (Status.CANCELLED, 0)
    assert Change.objects.get(action="cancel").reason == kept


def test_cancel_twice_by_the_same_form_is_once(desk, place):
    booking = visit(place)
    sent = fresh_form(booking) | {"reason": "clinic"}

    answers = [desk.post(address(booking, "desk_cancel"), sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Change.objects.filter(action="cancel").count() == 1


def test_undo_bar_puts_a_cancelled_visit_back(desk, place):
    booking = visit(place)
    cancel(desk, booking, reason="mistake")

    bar = desk.get("/desk/").context["undo"]
    answer = desk.post(bar["action"], {"key": str(bar["once"])})

    assert bar["text"] == "Cancelled Asha Rao, Mon 2 Nov, 11:00 am."
    assert answer.status_code == 302
    assert status_of(booking) == Status.BOOKED
    assert desk.get("/desk/").context["undo"] is None


def test_undo_twice_by_the_same_form_is_once(desk, place):
    cancel(desk, visit(place), reason="mistake")
    bar = desk.get("/desk/").context["undo"]

    answers = [desk.post(bar["action"], {"key": str(bar["once"])}).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Change.objects.filter(action="undo").count() == 1


@pytest.mark.parametrize(("seconds", "shown"), [(170, True), (180, False)])
def test_undo_bar_stays_for_three_minutes(desk, place, at_now, seconds, shown):
    cancel(desk, visit(place), reason="mistake")
    at = Change.objects.get(action="cancel").at
    set_clock(at_now, at + timedelta(seconds=seconds))

    assert (desk.get("/desk/").context["undo"] is not None) == shown


def test_undo_too_late_says_so(desk, place, at_now):
    booking = visit(place)
    cancel(desk, booking, reason="mistake")
    bar = desk.get("/desk/").context["undo"]
    set_clock(at_now, NOW + timedelta(minutes=4))

    answer = desk.post(bar["action"], {"key": str(bar["once"])})

    assert (answer.status_code, status_of(booking)) == (409, Status.CANCELLED)
    assert "It is too late to undo this." in text_of(answer)


def test_undo_bar_is_not_shown_when_something_else_has_happened_since(desk, place):
    patient = builders.a_patient()
    booking = door.book(
        patient=patient, visit_type=place.consultation, location=place.location, starts=AT_11, key=uuid4(),
        by=desk.user, now=NOW, authority=Authority.DESK,
    )  # fmt: skip
    assert desk.get("/desk/").context["undo"] is not None

    take_step(desk, booking, "arrived")

    assert desk.get("/desk/").context["undo"] is None


def test_undo_bar_offers_the_last_act_only(desk, place):
    cancel(desk, visit(place), reason="mistake")
    cancel(desk, visit(place, TOMORROW_11, name="Ravi Naik"), reason="mistake")
    bar = desk.get("/desk/").context["undo"]

    desk.post(bar["action"], {"key": str(bar["once"])})

    assert bar["text"].startswith("Cancelled Ravi Naik")
    assert desk.get("/desk/").context["undo"] is None


def test_cancel_from_a_stale_page_is_refused(desk, place):
    booking = visit(place)
    take_step(desk, booking, "arrived")

    answer = desk.post(
        address(booking, "desk_cancel"), {"key": str(uuid4()), "version": 1, "reason": "clinic"}
    )

    assert answer.status_code == 409
    assert "Checked in by Meera Pai" in text_of(answer)
    assert status_of(booking) == Status.ARRIVED
