"""Whether people come: said by themselves, or noted when the desk rang."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from bookings import door, refusals
from bookings.models import Booking, Call, CallOutcome, Status
from bookings.services.desk import calling
from bookings.services.door.gap_rules import Authority
from clinic import audit
from clinic.models import AuditRow
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, desk, visit
from tests.bookings.patient_clinic import at_now, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def post(desk, booking, name, **fields):
    sent = {"version": booking.version, "back": "todo"} | fields
    return desk.post(f"/desk/visits/{booking.reference}/{name}/", sent)


def ring(desk, booking, outcome):
    return post(desk, booking, "call", outcome=outcome)


def confirmed(booking):
    booking.refresh_from_db()
    return booking.confirmed_at is not None


def noted(booking):
    return list(Call.objects.filter(booking=booking).order_by("pk").values_list("outcome", flat=True))


# Confirmed


def test_confirm_says_who_and_when(place):
    booking, by = visit(place, TOMORROW_11), builders.staff(role="front_desk")

    calling.confirm(booking=booking, by=by, now=NOW)

    booking.refresh_from_db()
    assert (booking.confirmed_at, booking.confirmed_by) == (NOW, by)
    assert AuditRow.objects.get(action="visit_confirmed").by == by


def test_confirm_by_the_patient_names_nobody(place):
    booking = visit(place, TOMORROW_11)

    calling.confirm(booking=booking, by=None, now=NOW)

    booking.refresh_from_db()
    assert (booking.confirmed_at, booking.confirmed_by) == (NOW, None)


def test_confirm_again_stays_as_it_was_said_first(place):
    booking = visit(place, TOMORROW_11)
    calling.confirm(booking=booking, by=None, now=NOW)

    calling.confirm(booking=booking, by=builders.staff(role="front_desk"), now=NOW + MINUTE)

    booking.refresh_from_db()
    assert (booking.confirmed_at, booking.confirmed_by) == (NOW, None)
    assert AuditRow.objects.filter(action="visit_confirmed").count() == 1


def test_confirm_of_a_time_that_has_changed_is_refused(place):
    booking = visit(place, TOMORROW_11)
    other = Booking.objects.get(pk=booking.pk)
    door.move(
        moves=[(other, TOMORROW_11 + timedelta(hours=1), None)], key=uuid4(), by=None, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip

    with pytest.raises(refusals.Changed):
        calling.confirm(booking=booking, by=None, now=NOW)
    assert not confirmed(booking)


def test_confirm_of_somebody_who_is_here_is_refused(place):
    booking = visit(place, AT_11)
    door.set_status(booking=booking, to=Status.ARRIVED, by=place.doctor.user, now=NOW)
    booking.refresh_from_db()

    with pytest.raises(refusals.NotPossible):
        calling.confirm(booking=booking, by=None, now=NOW)


def test_confirming_leaves_the_version_so_that_nobody_else_is_disturbed(place):
    booking = visit(place, TOMORROW_11)

    calling.confirm(booking=booking, by=None, now=NOW)

    assert Booking.objects.get(pk=booking.pk).version == booking.version


def test_confirm_is_one_click_and_can_be_taken_back(desk, place):
    booking = visit(place, TOMORROW_11)

    post(desk, booking, "confirm")
    page = desk.get(f"/desk/todo/?done={booking.reference}")
    assert confirmed(booking)
    assert "Asha Rao comes, Tue 3 Nov, 11:00 am. Take it back" in text_of(page)

    post(desk, booking, "confirm", wish="no")
    assert not confirmed(booking)
    assert AuditRow.objects.filter(action="visit_unconfirmed").count() == 1


def test_confirm_from_the_day_goes_back_to_the_day(desk, place):
    booking = visit(place, TOMORROW_11)

    answer = post(desk, booking, "confirm", back="day")

    assert answer["Location"].startswith("/desk/?")
    assert f"visit={booking.reference}" in answer["Location"]


# Calls


def test_comes_confirms_and_writes_the_call(desk, place):
    booking = visit(place, TOMORROW_11)

    answer = ring(desk, booking, "confirmed")

    assert answer["Location"] == f"/desk/todo/?at={place.location.slug}&done={booking.reference}"
    assert confirmed(booking)
    assert booking.confirmed_by == desk.user
    assert noted(booking) == ["confirmed"]


@pytest.mark.parametrize("outcome", CallOutcome.values)
def test_the_same_button_twice_is_one_call(desk, place, outcome):
    booking = visit(place, TOMORROW_11)

    first, second = ring(desk, booking, outcome), ring(desk, booking, outcome)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert noted(booking) == [outcome]


def test_no_answer_again_after_a_minute_is_another_call(desk, place, at_now):
    booking = visit(place, TOMORROW_11)
    ring(desk, booking, "no_answer")
    set_clock(at_now, NOW + 2 * MINUTE)
    ring(desk, booking, "no_answer")

    assert noted(booking) == ["no_answer", "no_answer"]


def test_wants_another_time_leads_to_move(desk, place):
    booking = visit(place, TOMORROW_11)

    assert ring(desk, booking, "wants_change")["Location"] == f"/desk/visits/{booking.reference}/move/"


def test_wrong_number_leads_to_the_patient(desk, place):
    booking = visit(place, TOMORROW_11)

    assert ring(desk, booking, "wrong_number")["Location"] == f"/desk/patients/{booking.patient_id}/"


def test_calls_are_never_changed_or_deleted(place):
    booking = visit(place, TOMORROW_11)
    by = builders.staff(role="front_desk")
    call = calling.note_call(booking=booking, outcome=CallOutcome.NO_ANSWER, by=by, now=NOW)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(outcome="confirmed")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Call.objects.filter(pk=call.pk).delete()


# What does not fit


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"outcome": "perhaps"}, "Choose how the call ended."),
        ({}, "Choose how the call ended."),
        ({"outcome": "confirmed", "version": "x"}, "This page was not sent whole."),
    ],
)
def test_outcome_that_nobody_offers_is_refused_in_words(desk, place, sent, said):
    booking = visit(place, TOMORROW_11)

    answer = post(desk, booking, "call", **sent)

    assert answer.status_code == 400
    assert said in text_of(answer)
    assert (noted(booking), confirmed(booking)) == ([], False)


def test_comes_said_of_a_time_that_has_changed_writes_nothing(desk, place):
    booking = visit(place, TOMORROW_11)
    read_out = booking.version
    door.move(
        moves=[(booking, TOMORROW_11 + timedelta(hours=1), None)], key=uuid4(), by=None, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip

    answer = post(desk, booking, "call", outcome="confirmed", version=read_out)

    assert answer.status_code == 409
    assert "This booking was changed in the meantime." in text_of(answer)
    assert (noted(booking), confirmed(booking)) == ([], False)


def test_call_about_a_cancelled_visit_is_refused(desk, place):
    booking = visit(place, TOMORROW_11)
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)

    assert ring(desk, booking, "no_answer").status_code == 409
    assert noted(booking) == []


@pytest.mark.parametrize("name", ["call", "confirm", "late"])
def test_visit_at_another_location_is_not_there(client, place, name):
    booking = visit(place, TOMORROW_11)
    client.force_login(builders.staff(role="front_desk", location=builders.a_location()))

    answer = post(client, booking, name, outcome="confirmed", minutes="10")

    assert answer.status_code == 404
    assert (noted(booking), confirmed(booking)) == ([], False)


# What a call still says


def call_at(booking, outcome, at):
    by = builders.staff(role="front_desk")
    return calling.note_call(booking=booking, outcome=CallOutcome(outcome), by=by, now=at)


def test_call_before_a_move_says_nothing_of_the_new_time(place):
    booking = visit(place, TOMORROW_11)
    call_at(booking, "wants_change", NOW)
    door.move(
        moves=[(booking, TOMORROW_11 + timedelta(hours=1), None)], key=uuid4(), by=None, now=NOW + MINUTE,
        authority=Authority.DESK,
    )  # fmt: skip

    assert calling.tried([booking.pk]) == {}


def test_wrong_number_says_so_until_the_number_is_changed(place):
    booking = visit(place, TOMORROW_11)
    call = call_at(booking, "wrong_number", NOW)
    assert calling.tried([booking.pk])[booking.pk] == calling.Tried(call, 1)

    audit.record(
        by=None, action=calling.CONTACT_CHANGED, subject=f"patient:{booking.patient_id}",
        patient=booking.patient, now=NOW + MINUTE,
    )  # fmt: skip
    assert calling.tried([booking.pk]) == {}


def test_calls_are_read_in_one_query(place, django_assert_num_queries):
    bookings = [visit(place, TOMORROW_11 + n * timedelta(hours=1), name=f"Asha {n}") for n in range(3)]
    for booking in bookings:
        call_at(booking, "no_answer", NOW)

    for some in (bookings[:1], bookings):
        with django_assert_num_queries(1):
            assert len(calling.tried([booking.pk for booking in some])) == len(some)


@pytest.mark.parametrize(
    ("outcome", "after", "is_rung"),
    [
        (None, 0, True),
        ("no_answer", 59, False),
        ("no_answer", 60, True),
        ("wants_change", 1, True),
        ("wrong_number", 1, True),
        ("confirmed", 1, False),
    ],
)
def test_who_is_rung_when(place, outcome, after, is_rung):
    booking = visit(place, TOMORROW_11)
    if outcome:
        call_at(booking, outcome, NOW)
    booking.refresh_from_db()
    found = calling.tried([booking.pk]).get(booking.pk)

    assert calling.is_to_be_rung(booking, found, now=NOW + after * MINUTE) is is_rung


def test_confirmed_yesterday_and_wants_another_time_today_is_listed(place):
    booking = visit(place, TOMORROW_11)
    calling.confirm(booking=booking, by=None, now=NOW - timedelta(days=1))
    call_at(booking, "wants_change", NOW)
    booking.refresh_from_db()

    assert calling.is_to_be_rung(booking, calling.tried([booking.pk])[booking.pk], now=NOW)
