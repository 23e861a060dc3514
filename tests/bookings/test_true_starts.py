"""Whoever was told a start that is not true any more hears the true one, once; others hear nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Change, Status
from bookings.services import true_starts
from bookings.services.desk import lateness
from bookings.services.door.gap_rules import Authority
from clinic import delivery
from clinic.models import Message
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, visit
from tests.bookings.patient_clinic import at_now, local, place
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KINDS = ("running_late", "on_time")


@pytest.fixture
def punctual(place):
    """A colleague of the doctor of `place`, who is never late unless said."""
    return builders.a_practitioner(
        location=place.location, qualified=[place.consultation, place.session], name="Dr Iyer"
    )


@pytest.fixture
def booking(place, punctual):
    return visit(place, AT_11, practitioner=place.doctor.pk)


def say(place, minutes, *, of=None, seen=0, now=NOW):
    return lateness.announce(
        location=place.location, practitioner=of or place.doctor, minutes=minutes, seen=seen,
        by=builders.staff(role="front_desk"), now=now,
    )  # fmt: skip


def send(*, now=NOW):
    Message.objects.filter(state="scheduled", due_at__lte=now).update(state="sent", sent_at=now)


def give_to(practitioner, booking, *, starts=None, now=NOW + MINUTE):
    fresh = Booking.objects.get(pk=booking.pk)
    return door.move(
        moves=[(fresh, starts or fresh.starts, practitioner.pk)], key=uuid4(),
        by=builders.staff(role="front_desk"), now=now, authority=Authority.DESK,
    )[0]  # fmt: skip


def undo(*, now):
    change = Change.objects.latest("pk")
    return door.undo(change=change, key=uuid4(), by=change.by, now=now)


def said(state=None):
    """(kind, time, state) of what was said of true starts, in order."""
    rows = Message.objects.filter(kind__in=KINDS).order_by("version")
    rows = rows.filter(state=state) if state else rows
    return [(message.kind, message.fields["time"], message.state) for message in rows]


# From a doctor who runs late to one who does not


def test_told_late_and_given_to_a_punctual_colleague_hears_the_true_start(place, punctual, booking):
    say(place, 45)
    send()

    give_to(punctual, booking)

    assert said() == [("running_late", "11:45 am", "sent"), ("on_time", "11:00 am", "scheduled")]
    message = Message.objects.get(kind="on_time")
    assert (message.message_class, message.due_at, message.not_after) == ("change", NOW + MINUTE, AT_11)


def test_true_start_is_said_in_neutral_words(place, punctual, booking, settings):
    settings.CLINIC_NEUTRAL_NAME = "Lakeview"
    say(place, 45)
    send()
    give_to(punctual, booking)

    message = Message.objects.get(kind="on_time")
    assert message.fields["link"].startswith(f"{settings.PUBLIC_URL}/v/")
    assert delivery.compose(message).text == (
        "On time after all: your visit at Lakeview, Indiranagar on Mon 2 Nov begins at 11:00 am, as booked. "
        f"Details: {message.fields['link']}"
    )


def test_not_told_yet_and_given_to_a_punctual_colleague_hears_nothing(place, punctual, booking):
    say(place, 45)

    give_to(punctual, booking)

    assert said() == [("running_late", "11:45 am", "withdrawn")]


def test_on_its_way_counts_as_told(place, punctual, booking):
    say(place, 45)
    delivery.claim(now=NOW)

    give_to(punctual, booking)

    assert said("scheduled") == [("on_time", "11:00 am", "scheduled")]


def test_nobody_told_anything_hears_nothing_of_a_colleague(punctual, booking):
    give_to(punctual, booking)

    assert said() == []


def test_another_room_with_the_same_doctor_says_nothing_again(place, booking):
    say(place, 45)
    send()

    give_to(place.doctor, booking)

    assert said() == [("running_late", "11:45 am", "sent")]


def test_another_room_leaves_what_waits_to_be_told(place, booking):
    say(place, 45)

    give_to(place.doctor, booking)

    assert said("scheduled") == [("running_late", "11:45 am", "scheduled")]


def test_colleague_who_runs_late_by_less_gives_that_time(place, punctual, booking):
    say(place, 45)
    say(place, 10, of=punctual)
    send()

    give_to(punctual, booking)

    assert said("scheduled") == [("running_late", "11:10 am", "scheduled")]


def test_colleague_as_late_gives_no_news(place, punctual, booking):
    say(place, 45)
    say(place, 45, of=punctual)
    send()

    give_to(punctual, booking)

    assert said("scheduled") == []


def test_yes_to_a_colleague_at_the_same_time_is_answered_with_the_true_start(place, punctual, booking):
    say(place, 45)
    send()
    offer = door.propose(
        booking=booking, starts=AT_11, practitioner=punctual.pk, until=AT_11 - 10 * MINUTE,
        by=builders.staff(role="front_desk"), now=NOW + MINUTE,
    )  # fmt: skip

    door.accept(offer=offer, key=uuid4(), by=booking.patient.account, now=NOW + 2 * MINUTE)

    assert said("scheduled") == [("on_time", "11:00 am", "scheduled")]


# From a punctual doctor to one who runs late


def test_given_to_a_doctor_who_runs_late_hears_what_that_list_heard(place, punctual, booking):
    say(place, 30, of=punctual)

    give_to(punctual, booking)

    assert said() == [("running_late", "11:30 am", "scheduled")]


def test_given_to_a_late_list_beyond_what_it_was_told_of_hears_nothing(place, punctual):
    """Whoever comes more than three hours after the announcement was not told either."""
    later = visit(place, AT_11 + 3 * HOUR, practitioner=place.doctor.pk)
    say(place, 30, of=punctual)

    give_to(punctual, later, now=NOW + 2 * HOUR)

    assert said() == []


def test_given_to_a_doctor_who_is_on_time_again_hears_nothing(place, punctual, booking):
    first = say(place, 30, of=punctual)
    say(place, 0, of=punctual, seen=first.pk, now=NOW + MINUTE)

    give_to(punctual, booking, now=NOW + 2 * MINUTE)

    assert said() == []


def test_tomorrows_visit_hears_nothing_of_today(place, punctual):
    tomorrow = visit(place, TOMORROW_11, practitioner=place.doctor.pk)
    say(place, 30, of=punctual)

    give_to(punctual, tomorrow)

    assert said() == []


def test_who_is_here_hears_nothing(place, punctual, booking):
    say(place, 30, of=punctual)
    door.set_status(booking=booking, to=Status.ARRIVED, by=place.doctor.user, now=NOW)

    give_to(punctual, booking)

    assert said() == []


def test_marked_as_here_by_mistake_is_told_after_all(place, booking):
    say(place, 30)
    here = door.set_status(booking=booking, to=Status.ARRIVED, by=place.doctor.user, now=NOW + MINUTE)
    assert said("scheduled") == []

    door.set_status(booking=here, to=Status.BOOKED, by=place.doctor.user, now=NOW + 2 * MINUTE)

    assert said("scheduled") == [("running_late", "11:30 am", "scheduled")]


# Back again


def test_undo_of_a_colleague_that_nobody_was_told_of_says_nothing(place, punctual, booking):
    say(place, 45)
    send()
    give_to(punctual, booking, now=NOW + MINUTE)

    undo(now=NOW + 2 * MINUTE)

    assert said() == [("running_late", "11:45 am", "sent"), ("on_time", "11:00 am", "withdrawn")]


def test_undo_of_a_colleague_who_was_told_of_says_the_late_time_again(place, punctual, booking):
    say(place, 45)
    send()
    give_to(punctual, booking, now=NOW + MINUTE)
    send(now=NOW + MINUTE)

    undo(now=NOW + 2 * MINUTE)

    assert said() == [
        ("running_late", "11:45 am", "sent"),
        ("on_time", "11:00 am", "sent"),
        ("running_late", "11:45 am", "scheduled"),
    ]


def test_to_and_fro_tells_each_time_what_is_wrong_by_then(place, punctual, booking):
    say(place, 45)
    send()
    for minute, doctor in enumerate((punctual, place.doctor, punctual), start=1):
        give_to(doctor, booking, now=NOW + minute * MINUTE)
        send(now=NOW + minute * MINUTE)

    assert [time for _, time, state in said() if state == "sent"] == [
        "11:45 am", "11:00 am", "11:45 am", "11:00 am",
    ]  # fmt: skip


def test_announcement_after_a_true_start_tells_again(place, punctual, booking):
    """The same minutes as before, but they know better by now."""
    first = say(place, 45)
    send()
    give_to(punctual, booking)
    send(now=NOW + MINUTE)
    give_to(place.doctor, booking, now=NOW + 2 * MINUTE)

    say(place, 45, seen=first.pk, now=NOW + 3 * MINUTE)

    assert said("scheduled") == [("running_late", "11:45 am", "scheduled")]


def test_who_knows_the_true_start_is_not_among_those_to_ring(place, punctual, booking):
    say(place, 45)
    send()
    here = {"location": place.location, "now": NOW + 2 * MINUTE}
    assert [one.pk for one, _ in lateness.told(practitioner=place.doctor.pk, **here)] == [booking.pk]
    give_to(punctual, booking)
    send(now=NOW + MINUTE)

    assert lateness.told(practitioner=punctual.pk, **here) == []


# At another time: the notice of the move says the new one


def test_moved_to_another_time_of_a_late_list_hears_both(place, booking):
    say(place, 30)
    send()

    give_to(place.doctor, booking, starts=AT_11 + HOUR)

    notice = Message.objects.get(kind="moved", state="scheduled")
    assert notice.fields["time"] == "12:00 pm"
    assert said("scheduled") == [("running_late", "12:30 pm", "scheduled")]


def test_moved_away_from_a_late_list_hears_of_the_move_alone(place, punctual, booking):
    say(place, 30)
    send()

    give_to(punctual, booking, starts=AT_11 + HOUR)

    assert said("scheduled") == []


def test_what_was_told_before_a_move_says_nothing_of_the_new_time(place, punctual, booking):
    """Told 11:30, moved to twelve and told so: later another room is no news."""
    say(place, 30)
    send()
    give_to(punctual, booking, starts=AT_11 + HOUR, now=NOW + MINUTE)
    send(now=NOW + MINUTE)

    give_to(punctual, booking, now=NOW + 2 * MINUTE)

    assert said("scheduled") == []


def test_told_a_clock_time_that_is_another_delay_now_is_told_in_full(place, booking):
    """Told twelve of eleven o'clock, then moved to 11:30 and told so: half an hour late is twelve again."""
    first = say(place, 60)
    send()
    say(place, 0, seen=first.pk, now=NOW + MINUTE)
    give_to(place.doctor, booking, starts=AT_11 + 30 * MINUTE, now=NOW + 2 * MINUTE)
    send(now=NOW + 2 * MINUTE)
    newest = lateness.said(location=place.location, day=NOW.date())[place.doctor.pk].pk

    say(place, 30, seen=newest, now=NOW + 3 * MINUTE)

    assert said("scheduled") == [("running_late", "12:00 pm", "scheduled")]


def test_moved_and_put_back_before_anybody_knew_leaves_what_they_were_told(place, booking):
    say(place, 30)
    send()
    give_to(place.doctor, booking, starts=AT_11 + HOUR, now=NOW + MINUTE)

    undo(now=NOW + 2 * MINUTE)

    assert said("scheduled") == []
    assert Message.objects.filter(kind="moved", state="scheduled").count() == 0


def test_moved_put_back_and_given_to_a_colleague_hears_the_true_start(place, punctual, booking):
    say(place, 30)
    send()
    give_to(place.doctor, booking, starts=AT_11 + HOUR, now=NOW + MINUTE)
    undo(now=NOW + 2 * MINUTE)

    give_to(punctual, booking, now=NOW + 10 * MINUTE)

    assert said("scheduled") == [("on_time", "11:00 am", "scheduled")]


def test_booked_onto_a_late_list_hears_it_with_the_booking(place, punctual):
    say(place, 30)

    door.book(
        patient=builders.a_patient(), visit_type=place.consultation, location=place.location,
        starts=local("2026-11-02T12:00"), key=uuid4(), by=builders.staff(role="front_desk"), now=NOW + MINUTE,
        practitioner=place.doctor.pk, authority=Authority.DESK,
    )  # fmt: skip

    assert Message.objects.get(kind="booked").fields["time"] == "12:00 pm"
    assert said("scheduled") == [("running_late", "12:30 pm", "scheduled")]


def test_cancelled_hears_of_that_alone(place, booking):
    send()
    say(place, 30)

    door.cancel(
        bookings=[Booking.objects.get(pk=booking.pk)], key=uuid4(), by=None, now=NOW + MINUTE,
        authority=Authority.DESK,
    )  # fmt: skip

    assert said() == [("running_late", "11:30 am", "withdrawn")]
    assert Message.objects.filter(kind="cancelled", state="scheduled").count() == 1


def test_a_visit_of_another_day_costs_no_query_for_true_starts(place, punctual, django_assert_num_queries):
    tomorrow = visit(place, TOMORROW_11)
    with django_assert_num_queries(0):
        true_starts.tell(bookings=[tomorrow], retold=(), now=NOW)
