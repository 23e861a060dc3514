"""What a reminder may say is looked at again when it is sent: no closed time, and no word past a question."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Closure, Status
from bookings.services import messages, reminding
from clinic import delivery
from clinic.channels import mailbox
from clinic.models import Message
from consultations.services.links import link_of
from tests import builders
from tests.bookings.patient_clinic import at_now, local, place
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
THURSDAY, FRIDAY = local("2026-11-05T16:30"), local("2026-11-06T11:00")
LONG_BEFORE, DAY_BEFORE = THURSDAY - 72 * HOUR, THURSDAY - 24 * HOUR  # when the reminders are due
UNTIL = DAY_BEFORE + 6 * HOUR
PLAIN_72, PLAIN_24 = "Your visit at ", "See you at "
STANDS = "unless you choose the other time we asked about"


@pytest.fixture(autouse=True)
def neutral(settings):
    settings.CLINIC_NEUTRAL_NAME = "Lakeview"


@pytest.fixture
def booking(place):
    patient = builders.a_patient()
    builders.reminder_consent(patient=patient)
    return door.book(
        patient=patient, visit_type=place.consultation, location=place.location, starts=THURSDAY,
        key=uuid4(), by=patient.account, now=NOW - timedelta(days=3),
    )  # fmt: skip


def ask(place, booking, *, until=UNTIL, now=NOW):
    return door.propose(
        booking=booking, starts=FRIDAY, practitioner=place.doctor.pk, until=until,
        by=builders.staff(role="front_desk"), now=now, key=uuid4(),
    )  # fmt: skip


def close(place, *, resource=None):
    return Closure.objects.create(
        location=place.location, resource=resource, starts=THURSDAY - 4 * HOUR, ends=THURSDAY + 4 * HOUR,
        kind="leave" if resource else "closed", reason="Away",
    )  # fmt: skip


def reminded(at):
    """What goes to the patient at that moment of what reminds of the visit."""
    before = {posted.key for posted in mailbox.newest()}
    delivery.deliver_due(now=at)
    kinds = {
        str(pk) for pk in Message.objects.filter(kind__startswith="reminder").values_list("pk", flat=True)
    }
    return [one.text for one in mailbox.newest() if one.key in kinds - before]


def fate(kind="reminder_24"):
    message = Message.objects.get(kind=kind)
    return message.state, message.reason


# Nothing is asked


def test_visit_that_stands_is_reminded_of_as_ever(booking):
    assert [text[:10] for text in reminded(LONG_BEFORE) + reminded(DAY_BEFORE)] == [
        PLAIN_72[:10], PLAIN_24[:10],
    ]  # fmt: skip


# Asked about another time, and the old one can be kept


@pytest.mark.parametrize("at", [LONG_BEFORE, DAY_BEFORE])
def test_while_a_question_is_open_the_old_time_stands_unless_they_choose_the_other(place, booking, at):
    ask(place, booking)

    assert reminded(at) == [
        "Your visit at Lakeview, Indiranagar on Thu 5 Nov, 4:30 pm stands unless you choose the other time "
        f"we asked about: {link_of(booking.patient)}"
    ]


def test_after_a_no_the_old_time_is_reminded_of_as_ever(place, booking):
    offer = ask(place, booking)
    door.decline(offer=offer, by=booking.patient.account, now=NOW + HOUR)

    assert reminded(LONG_BEFORE)[0].startswith(PLAIN_72)
    assert STANDS not in reminded(DAY_BEFORE)[0]


def test_after_the_question_ran_out_the_old_time_is_reminded_of_as_ever(place, booking):
    ask(place, booking, until=DAY_BEFORE)

    assert reminded(DAY_BEFORE)[0].startswith(PLAIN_24)


def test_a_moment_before_the_question_runs_out_it_still_counts(place, booking):
    ask(place, booking, until=DAY_BEFORE + 3 * MINUTE)

    assert STANDS in reminded(DAY_BEFORE + 2 * MINUTE)[0]


def test_after_a_yes_the_new_time_alone_is_reminded_of(place, booking):
    offer = ask(place, booking)
    door.accept(offer=offer, key=uuid4(), by=booking.patient.account, now=NOW + HOUR)

    assert reminded(LONG_BEFORE) == []
    assert "Fri 6 Nov, 11:00 am" in reminded(FRIDAY - 24 * HOUR)[0]
    assert Message.objects.filter(state="scheduled").count() == 0


def test_next_visit_told_after_a_session_knows_of_the_question(place):
    course = builders.a_course(
        location=place.location, visit_type=place.session, practitioner=place.doctor, sessions=2,
        now=NOW - timedelta(days=60),
    )  # fmt: skip
    builders.reminder_consent(patient=course.patient)
    first, second = course.sessions.order_by("number")
    builders.a_record(session=first, started_at=local("2026-10-19T10:00"))
    booked = builders.a_booking(session=second, starts=THURSDAY)
    builders.a_booking(
        session=second, starts=FRIDAY, status=Status.HELD, held_until=UNTIL, replaces=booked,
    )  # fmt: skip
    messages.next_session(session=second, last=first.given_on or NOW.date(), now=NOW)

    delivery.deliver_due(now=NOW + 5 * MINUTE)

    assert STANDS in mailbox.newest()[0].text


# The old time is closed


def test_time_in_a_closure_is_not_reminded_of_while_they_are_asked(place, booking):
    ask(place, booking)
    close(place)

    assert reminded(LONG_BEFORE) + reminded(DAY_BEFORE) == []


def test_time_in_a_closure_is_not_reminded_of_before_anybody_was_asked(place, booking):
    close(place, resource=place.doctor.resource)

    assert reminded(DAY_BEFORE) == []


def test_kept_inside_a_closure_on_somebodys_word_is_reminded_of(place, booking):
    close(place)
    door.keep(booking=booking, why="The doctor comes in", by=place.doctor.user, now=NOW)

    assert reminded(DAY_BEFORE)[0].startswith(PLAIN_24)


def test_kept_after_the_hour_of_the_reminder_is_reminded_of_half_an_hour_later(place, booking):
    close(place)
    assert reminded(DAY_BEFORE) == []
    assert fate() == ("scheduled", "")
    door.keep(booking=booking, why="The doctor comes in", by=place.doctor.user, now=DAY_BEFORE + MINUTE)

    assert reminded(DAY_BEFORE + 29 * MINUTE) == []
    assert reminded(DAY_BEFORE + 31 * MINUTE)[0].startswith(PLAIN_24)


def test_opened_again_is_reminded_of_half_an_hour_later(place, booking):
    closure = close(place)
    reminded(DAY_BEFORE)
    Closure.objects.filter(pk=closure.pk).delete()

    assert reminded(DAY_BEFORE + 31 * MINUTE)[0].startswith(PLAIN_24)


def test_closed_until_the_reminder_is_of_no_use_is_never_sent(place, booking):
    close(place)
    for looks in range(47):
        assert reminded(DAY_BEFORE + looks * 31 * MINUTE) == []

    assert fate() == ("dropped", "closed_then")
    assert fate("reminder_72")[0] == "dropped"


def test_looking_again_is_no_attempt_to_send(place, booking):
    close(place)
    for half_hours in range(12):
        reminded(LONG_BEFORE + half_hours * 30 * MINUTE)

    assert Message.objects.get(kind="reminder_72").attempts == 0


def test_closed_between_claim_and_sending_is_not_sent(place, booking):
    claimed = delivery.claim(now=DAY_BEFORE, most=20)
    close(place)

    settled, wanted = delivery.judge(claimed, now=DAY_BEFORE)

    assert [message.kind for message, _ in wanted if message.kind == "reminder_24"] == []
    assert [one.due_at for one in settled if one.message.kind == "reminder_24"] == [DAY_BEFORE + 30 * MINUTE]


def test_what_was_done_is_told_also_of_a_closed_day(place, booking):
    """A notice answers an act; whether the place is closed then is the desk's next word."""
    delivery.deliver_due(now=NOW)
    close(place)
    door.cancel(bookings=[booking], key=uuid4(), by=booking.patient.account, now=NOW + MINUTE)
    delivery.deliver_due(now=NOW + MINUTE)

    assert "is cancelled" in mailbox.newest()[0].text


def test_reminder_that_is_retried_is_looked_at_again(place, booking):
    """The gateway said later; meanwhile they were asked."""
    [message] = [one for one in delivery.claim(now=DAY_BEFORE, most=20) if one.kind == "reminder_24"]
    ask(place, booking, now=DAY_BEFORE + MINUTE)

    settled, wanted = delivery.judge([message], now=DAY_BEFORE + 2 * MINUTE)

    assert settled == []
    assert STANDS in wanted[0][1].text


def test_looking_again_costs_the_same_for_one_and_for_three(place, booking, django_assert_num_queries):
    claimed = [one for one in delivery.claim(now=DAY_BEFORE, most=20) if one.kind == "reminder_24"]
    for others in (0, 2):
        for _ in range(others):
            patient = builders.a_patient()
            more = builders.a_booking(
                patient=patient, location=place.location, starts=THURSDAY + HOUR,
                visit_type=place.consultation,
                practitioner=builders.a_practitioner(location=place.location),
            )  # fmt: skip
            claimed.append(builders.a_message(booking=more))
        with django_assert_num_queries(6):  # visits with their questions; five for what is open then
            reminding.recheck(claimed, now=DAY_BEFORE)


def test_nothing_that_reminds_costs_no_query(django_assert_num_queries):
    moved = builders.a_message(kind="moved")
    with django_assert_num_queries(0):
        assert reminding.recheck([moved], now=NOW) == {}


def test_deliverer_asks_this_house():
    """Without it reminders would go out unseen."""
    assert delivery.asked_before_sending() is reminding.recheck
