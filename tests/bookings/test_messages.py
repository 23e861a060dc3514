"""What a patient is told, by what is done at the door."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from bookings import door, refusals
from bookings.models import Change
from bookings.services import messages
from bookings.services.door.gap_rules import Authority
from clinic import delivery
from clinic.channels import Answer, Outcome
from clinic.models import Message
from consultations.services.links import link_of
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
IST = ZoneInfo("Asia/Kolkata")
SECOND = timedelta(seconds=1)
GRACE = timedelta(minutes=3)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


A, B = local("2026-11-10T10:00"), local("2026-11-12T16:30")
FOUR_TIMES = [local(f"2026-{day}T10:00") for day in ("11-10", "11-24", "12-08", "12-22")]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path
    settings.PUBLIC_URL = "https://clinic.example"
    settings.CLINIC_NEUTRAL_NAME = "Lakeview"


@pytest.fixture
def place():
    location = builders.a_location(name="Lakeview Skin & Hair, Indiranagar")
    location.area = "Indiranagar"
    location.save(update_fields=["area"])
    builders.a_room(location=location)
    builders.a_chair(location=location)
    consultation, session = builders.consultation_type(), builders.session_type()
    builders.a_practitioner(location=location, qualified=[consultation, session])
    return location, consultation, session


@pytest.fixture
def patient():
    """Somebody whose form has been sent: what is told of one that waits is in test_unfinished_forms.py."""
    patient = builders.a_patient()
    builders.an_intake(patient=patient, now=NOW - timedelta(days=1))
    return patient


@pytest.fixture
def desk():
    return builders.staff(role="front_desk")


def book(place, patient, by, *, starts=A, now=NOW):
    location, consultation, _ = place
    return door.book(
        patient=patient, visit_type=consultation, location=location, starts=starts, key=uuid4(), by=by,
        now=now, authority=Authority.DESK,
    )  # fmt: skip


def move(booking, starts, by, *, now=NOW):
    return door.move(moves=[(booking, starts, None)], key=uuid4(), by=by, now=now, authority=Authority.DESK)[
        0
    ]


def cancel(booking, by, *, now=NOW):
    return door.cancel(bookings=[booking], key=uuid4(), by=by, now=now, authority=Authority.DESK)[0]


def undo(by, *, now=NOW):
    change = Change.objects.latest("pk")
    return door.undo(change=change, key=uuid4(), by=by, now=now)


def told(*, state="scheduled"):
    """(kind, class, day and time it says, due) of every message in that state."""
    rows = Message.objects.filter(state=state).order_by("due_at", "kind")
    return [
        (m.kind, m.message_class, f"{m.fields['weekday_day']} {m.fields['time']}".strip(), m.due_at)
        for m in rows
    ]


def notices(**filters):
    return [row[:3] for row in told(**filters) if not row[0].startswith("reminder")]


def reminders(**filters):
    return [(kind, due) for kind, _, _, due in told(**filters) if kind.startswith("reminder")]


# One change


def test_booking_by_the_desk_is_told_after_grace_and_reminded_of(place, patient, desk):
    booking = book(place, patient, desk)

    assert told() == [
        ("booked", "ordinary", "Tue 10 Nov 10:00 am", NOW + GRACE),
        ("reminder_72", "ordinary", "Tue 10 Nov 10:00 am", A - timedelta(hours=72)),
        ("reminder_24", "ordinary", "Tue 10 Nov 10:00 am", A - timedelta(hours=24)),
    ]
    change = Change.objects.get()
    assert list(Message.objects.order_by("due_at").values_list("subject", "version", "not_after")) == [
        (f"change:{change.pk}", 1, A),
        (f"booking:{booking.pk}", booking.version, A - timedelta(hours=24)),
        (f"booking:{booking.pk}", booking.version, A),
    ]
    assert Message.objects.get(kind="booked").fields == {
        "place": "Lakeview", "area": "Indiranagar", "weekday_day": "Tue 10 Nov", "time": "10:00 am",
        "link": link_of(patient),
    }  # fmt: skip


def test_booking_by_the_person_is_answered_at_once(place, patient):
    book(place, patient, patient.account)

    assert told()[0] == ("booked", "change", "Tue 10 Nov 10:00 am", NOW)


def test_without_consent_the_notice_goes_and_the_reminders_do_not(place, patient):
    book(place, patient, patient.account)
    for now in (NOW, A - timedelta(hours=72), A - timedelta(hours=24)):
        delivery.deliver_due(now=now)

    assert notices(state="sent") == [("booked", "change", "Tue 10 Nov 10:00 am")]
    assert list(Message.objects.filter(state="dropped").values_list("kind", "reason")) == [
        ("reminder_72", "no_consent"), ("reminder_24", "no_consent"),
    ]  # fmt: skip


def test_a_yes_given_after_booking_counts(place, patient):
    book(place, patient, patient.account)
    builders.reminder_consent(patient=patient)
    delivery.deliver_due(now=A - timedelta(hours=24))

    assert reminders(state="sent") == [("reminder_24", A - timedelta(hours=24))]


def test_a_booking_tomorrow_morning_is_told_at_once_and_has_no_reminders(place, patient, desk):
    builders.reminder_consent(patient=patient)
    book(place, patient, desk, starts=local("2026-11-03T09:30"))

    assert told() == [("booked", "change", "Tue 3 Nov 9:30 am", NOW)]


def test_moving_replaces_the_reminders(place, patient, desk):
    builders.reminder_consent(patient=patient)
    booking = book(place, patient, desk)
    delivery.deliver_due(now=NOW + GRACE)
    move(booking, B, desk, now=NOW + 2 * GRACE)

    assert notices() == [("moved", "ordinary", "Thu 12 Nov 4:30 pm")]
    assert reminders() == [
        ("reminder_72", B - timedelta(hours=72)), ("reminder_24", B - timedelta(hours=24)),
    ]  # fmt: skip
    assert reminders(state="withdrawn") == [
        ("reminder_72", A - timedelta(hours=72)), ("reminder_24", A - timedelta(hours=24)),
    ]  # fmt: skip


def test_cancelling_tells_the_time_that_is_no_more_and_ends_the_reminders(place, patient, desk):
    builders.reminder_consent(patient=patient)
    booking = book(place, patient, desk)
    delivery.deliver_due(now=NOW + GRACE)
    cancel(booking, desk, now=NOW + 2 * GRACE)

    assert told() == [("cancelled", "ordinary", "Tue 10 Nov 10:00 am", NOW + 3 * GRACE)]


def test_what_was_sent_stays_sent_when_the_visit_moves(place, patient, desk):
    builders.reminder_consent(patient=patient)
    booking = book(place, patient, desk)
    delivery.deliver_due(now=A - timedelta(hours=72))
    move(booking, B, desk, now=A - timedelta(hours=71))

    assert reminders(state="sent") == [("reminder_72", A - timedelta(hours=72))]
    assert reminders() == [
        ("reminder_72", B - timedelta(hours=72)), ("reminder_24", B - timedelta(hours=24)),
    ]  # fmt: skip


# Changes upon changes, before anybody was told


def test_an_undo_within_the_grace_means_nobody_was_told(place, patient, desk):
    builders.reminder_consent(patient=patient)
    book(place, patient, desk)
    undo(desk, now=NOW + GRACE - SECOND)

    assert told() == []
    assert delivery.deliver_due(now=NOW + timedelta(days=5)) == {}


def test_an_undo_after_the_answer_went_is_told_too(place, patient):
    book(place, patient, patient.account)
    delivery.deliver_due(now=NOW)
    undo(patient.account, now=NOW + timedelta(minutes=1))

    assert notices(state="sent") == [("booked", "change", "Tue 10 Nov 10:00 am")]
    assert notices() == [("cancelled", "change", "Tue 10 Nov 10:00 am")]


def test_booked_and_moved_within_the_grace_is_one_notice_of_where_it_ended(place, patient, desk):
    booking = book(place, patient, desk)
    move(booking, B, desk, now=NOW + SECOND)

    assert notices() == [("booked", "ordinary", "Thu 12 Nov 4:30 pm")]


def test_booked_and_cancelled_within_the_grace_is_nothing(place, patient, desk):
    booking = book(place, patient, desk)
    cancel(booking, desk, now=NOW + SECOND)

    assert told() == []


def test_moved_and_moved_back_within_the_grace_is_nothing_and_reminders_stand(place, patient, desk):
    builders.reminder_consent(patient=patient)
    booking = book(place, patient, desk)
    delivery.deliver_due(now=NOW + GRACE)
    moved = move(booking, B, desk, now=NOW + 2 * GRACE)
    move(moved, A, desk, now=NOW + 2 * GRACE + SECOND)

    assert notices() == []
    assert reminders() == [
        ("reminder_72", A - timedelta(hours=72)), ("reminder_24", A - timedelta(hours=24)),
    ]  # fmt: skip


def test_three_changes_within_the_grace_are_one_notice_of_them_all(place, patient, desk):
    first = book(place, patient, desk, starts=A)
    second = book(place, patient, desk, starts=B, now=NOW + SECOND)
    assert notices() == [("booked_several", "ordinary", "Tue 10 Nov 10:00 am")]

    move(second, B + timedelta(hours=1), desk, now=NOW + 2 * SECOND)
    assert notices() == [("booked_several", "ordinary", "Tue 10 Nov 10:00 am")]

    cancel(first, desk, now=NOW + 3 * SECOND)
    assert notices() == [("booked", "ordinary", "Thu 12 Nov 5:30 pm")]
    assert Message.objects.get(state="scheduled", kind="booked").due_at == NOW + 3 * SECOND + GRACE


def test_a_notice_that_was_sent_is_not_taken_in_again(place, patient, desk):
    book(place, patient, desk, starts=A)
    delivery.deliver_due(now=NOW + GRACE)
    book(place, patient, desk, starts=B, now=NOW + 2 * GRACE)

    assert notices() == [("booked", "ordinary", "Thu 12 Nov 4:30 pm")]


def test_told_over_one_channel_is_told(place, patient, desk):
    builders.reminder_consent(patient=patient, channel="sms")
    builders.reminder_consent(patient=patient, channel="email")
    patient.email = "someone@example.org"
    patient.save(update_fields=["email"])
    booking = book(place, patient, desk)
    text, mail = Message.objects.filter(kind="booked").order_by("-channel")
    Message.objects.filter(pk=text.pk).update(state="sent", sent_at=NOW)
    move(booking, B, desk, now=NOW + SECOND)

    assert notices() == [("moved", "ordinary", "Thu 12 Nov 4:30 pm")] * 2
    mail.refresh_from_db()
    assert (text.channel, mail.state) == ("sms", "withdrawn")


def test_cancel_undone_is_reminded_of_again(place, patient, desk):
    builders.reminder_consent(patient=patient)
    booking = book(place, patient, desk)
    delivery.deliver_due(now=NOW + GRACE)
    cancel(booking, desk, now=NOW + 2 * GRACE)
    undo(desk, now=NOW + 2 * GRACE + SECOND)

    assert notices() == []
    assert reminders() == [
        ("reminder_72", A - timedelta(hours=72)), ("reminder_24", A - timedelta(hours=24)),
    ]  # fmt: skip


def test_a_visit_that_was_missed_does_not_silence_one_to_come(place, patient, desk):
    """Both are cancelled within the grace; only the one that is past needs no word."""
    missed = book(place, patient, desk, starts=A)
    ahead = book(place, patient, desk, starts=B, now=NOW + SECOND)
    later = A + timedelta(hours=1)
    delivery.deliver_due(now=NOW + 2 * GRACE)
    cancel(ahead, desk, now=later)
    cancel(missed, desk, now=later + SECOND)

    assert notices() == [("cancelled", "ordinary", "Thu 12 Nov 4:30 pm")]


def test_a_notice_on_its_way_is_not_tried_again_after_a_newer_one(place, patient):
    """Otherwise the old time would arrive after the new one."""
    booking = book(place, patient, patient.account)
    [sending] = [message for message in delivery.claim(now=NOW) if message.kind == "booked"]
    move(booking, B, patient.account, now=NOW + SECOND)
    unsure = Answer(Outcome.TEMPORARY, error_code="try_later")
    delivery.record([delivery.after(sending, unsure, now=NOW + SECOND)], now=NOW + SECOND)

    assert notices() == [("moved", "change", "Thu 12 Nov 4:30 pm")]
    assert notices(state="withdrawn") == [("booked", "change", "Tue 10 Nov 10:00 am")]


# A whole course


@pytest.fixture
def course(place, patient):
    location, _, session_type = place
    return builders.a_course(patient=patient, location=location, visit_type=session_type, sessions=4)


def place_course(course, by, *, now=NOW):
    sessions = course.sessions.order_by("number")
    times = [(session, starts, None) for session, starts in zip(sessions, FOUR_TIMES, strict=True)]
    return door.place_course(
        course=course, times=times, key=uuid4(), by=by, now=now, authority=Authority.DOCTOR
    )


def test_a_whole_course_is_one_notice_and_two_reminders_a_session(course, patient, desk):
    builders.reminder_consent(patient=patient)
    place_course(course, desk)

    assert notices() == [("booked_several", "ordinary", "Tue 10 Nov 10:00 am")]
    assert [due for kind, due in reminders() if kind == "reminder_24"] == [
        starts - timedelta(hours=24) for starts in FOUR_TIMES
    ]
    assert len(reminders()) == 8


def test_placing_a_course_takes_no_more_queries_for_messages_than_one_visit(
    course, patient, desk, django_assert_num_queries
):
    builders.reminder_consent(patient=patient)
    place_course(course, desk)
    bookings = list(course.bookings.order_by("starts"))
    change = Change.objects.get()
    for number in (1, 4):
        Message.objects.all().delete()
        with transaction.atomic(), django_assert_num_queries(8):
            messages.booking_changed(bookings=bookings[:number], change=change, now=NOW)
        assert len(reminders()) == 2 * number


def test_nothing_told_says_what_it_is_for(course, patient, desk):
    builders.reminder_consent(patient=patient)
    place_course(course, desk)

    said = " ".join(delivery.compose(message).text for message in Message.objects.all()).lower()
    hidden = ["skin", "hair", course.visit_type.name, patient.name, course.practitioner.resource.name]
    assert [word for word in hidden if word.lower() in said] == []


def test_a_clinic_without_a_neutral_name_is_the_clinic(place, patient, desk, settings):
    settings.CLINIC_NEUTRAL_NAME = ""
    book(place, patient, desk)

    assert delivery.compose(Message.objects.get(kind="booked")).text == (
        "Your visit at the clinic, Indiranagar is booked: Tue 10 Nov, 10:00 am. "
        f"To move it: {link_of(patient)}"
    )


def test_one_change_about_two_patients_is_refused(place, desk):
    bookings = [book(place, builders.a_patient(), desk, starts=starts) for starts in (A, B)]

    with pytest.raises(ValueError, match="one patient"):
        messages.booking_changed(bookings=bookings, change=Change.objects.latest("pk"), now=NOW)


# After a session was given


def next_session(course, number, *, last, now):
    session = course.sessions.get(number=number)
    return messages.next_session(session=session, last=last, now=now)


def test_after_a_session_the_next_time_is_told(course, patient, desk):
    builders.reminder_consent(patient=patient)
    place_course(course, desk)
    delivery.deliver_due(now=NOW + GRACE)
    given_at = FOUR_TIMES[0] + timedelta(hours=1)
    next_session(course, 2, last=date(2026, 11, 10), now=given_at)

    assert [row for row in told() if row[0].startswith("next")] == [
        ("next_booked", "ordinary", "Tue 24 Nov 10:00 am", given_at + GRACE)
    ]
    message = Message.objects.get(kind="next_booked")
    assert (message.subject, message.not_after) == (
        f"session:{course.sessions.get(number=2).pk}", FOUR_TIMES[1],
    )  # fmt: skip


def test_without_a_time_the_days_to_choose_from_are_told(course, patient):
    builders.reminder_consent(patient=patient)
    [message] = next_session(course, 2, last=date(2026, 11, 10), now=FOUR_TIMES[0])

    assert delivery.compose(message).text == (
        "Thank you for coming. Your next visit at Lakeview, Indiranagar can be from Fri 20 Nov to Tue 1 Dec. "
        f"Choose your time: {link_of(patient)}"
    )
    assert message.not_after == local("2026-12-02T00:00")


def test_days_that_have_passed_are_not_offered(course, patient):
    builders.reminder_consent(patient=patient)
    [message] = next_session(course, 2, last=date(2026, 11, 10), now=local("2026-11-25T12:00"))
    assert message.fields["weekday_day"] == "from Wed 25 Nov to Tue 1 Dec"

    [message] = next_session(course, 2, last=date(2026, 11, 9), now=local("2026-11-30T12:00"))
    assert message.fields["weekday_day"] == "Mon 30 Nov"
    assert next_session(course, 2, last=date(2026, 11, 1), now=local("2026-11-30T12:00")) == []


def test_telling_the_next_session_twice_is_one_message_and_another_given_day_replaces_it(course, patient):
    builders.reminder_consent(patient=patient)
    for day in (10, 10, 11):
        next_session(course, 2, last=date(2026, 11, day), now=FOUR_TIMES[0])

    assert notices() == [("next_to_book", "ordinary", "from Sat 21 Nov to Wed 2 Dec")]
    assert notices(state="withdrawn") == [("next_to_book", "ordinary", "from Fri 20 Nov to Tue 1 Dec")]


def test_choosing_a_time_replaces_the_days_to_choose_from(course, patient, desk):
    builders.reminder_consent(patient=patient)
    next_session(course, 2, last=date(2026, 11, 2), now=NOW)
    place_course(course, desk, now=NOW + SECOND)

    assert notices() == [("booked_several", "ordinary", "Tue 10 Nov 10:00 am")]


def test_days_to_choose_from_are_told_after_a_choice_was_undone(course, patient, desk):
    builders.reminder_consent(patient=patient)
    next_session(course, 2, last=date(2026, 11, 2), now=NOW)
    course.sessions.filter(number=1).update(given_on=date(2026, 11, 2))
    second = course.sessions.get(number=2)
    door.book_session(
        session=second, starts=FOUR_TIMES[0] + timedelta(days=3), key=uuid4(), by=desk, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    assert [row[0] for row in notices()] == ["booked"]

    undo(desk, now=NOW + SECOND)

    assert notices() == [("next_to_book", "ordinary", "from Thu 12 Nov to Mon 23 Nov")]


def test_days_to_choose_from_that_were_told_are_not_told_again(course, patient, desk):
    builders.reminder_consent(patient=patient)
    next_session(course, 2, last=date(2026, 11, 2), now=NOW)
    delivery.deliver_due(now=NOW + GRACE)
    place_course(course, desk, now=NOW + 2 * GRACE)
    undo(desk, now=NOW + 2 * GRACE + SECOND)

    assert notices() == []


# The contact changes after a visit was booked


def test_a_new_number_is_where_reminders_go(place, patient, desk):
    book(place, patient, desk)
    patient.phone = "+919000000042"
    messages.contact_changed(patient=patient, now=NOW + SECOND)

    waiting = Message.objects.filter(kind__startswith="reminder", state="scheduled")
    assert set(waiting.values_list("address", flat=True)) == {"+919000000042"}
    assert waiting.count() == 2


def test_withdrawn_reminders_stay_away(place, patient, desk):
    builders.reminder_consent(patient=patient)
    booking = book(place, patient, desk)
    messages.withdraw_reminders(bookings=[booking], now=NOW)

    assert reminders() == []
    assert notices() == [("booked", "ordinary", "Tue 10 Nov 10:00 am")]


def test_a_refused_change_leaves_every_message_as_it_was(place, patient, desk):
    builders.reminder_consent(patient=patient)
    booking = book(place, patient, desk)
    book(place, builders.a_patient(), desk, starts=B)
    before = told()

    with pytest.raises(refusals.TimeTaken):
        move(booking, B, desk)
    assert told() == before
