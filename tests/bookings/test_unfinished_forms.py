"""A form that was left: reminded of 2 h after, 48 h and 24 h before the visit; then it is the desk's."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings import door
from bookings.rules import reminder_ladder as ladder
from bookings.rules.reminder_ladder import Visit
from bookings.services.desk.todo import todo
from clinic.channels import mailbox
from clinic.delivery import deliver_due
from clinic.models import Message
from clinic.models.outbox import MessageState
from consultations.models import Intake
from consultations.services import intakes
from consultations.services.unfinished import Unfinished, unfinished_form
from tests import builders
from tests.bookings.desk_clinic import desk, visit
from tests.bookings.patient_clinic import at_now, local, place
from tests.builders import NOW

__all__ = ["at_now", "desk", "place"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
IST = ZoneInfo("Asia/Kolkata")
VISIT = local("2026-11-09T11:00")  # Monday, a week after NOW


# Pure: when


def planned(starts=VISIT, *, left_at=NOW, now=NOW):
    found = ladder.form_reminders(Visit(starts, 1, IST), left_at=left_at, now=now)
    return [(one.kind, one.due_at.astimezone(IST).strftime("%d %H:%M")) for one in found]


def test_form_is_reminded_of_two_hours_after_it_was_left_and_two_days_before():
    assert planned() == [("form_left", "02 12:00"), ("form_48", "07 11:00")]


@pytest.mark.parametrize(
    ("left", "due"),
    [
        ("2026-11-02T18:59", "02 20:59"),
        ("2026-11-02T19:00", "03 09:00"),  # two hours later it is quiet
        ("2026-11-03T06:59", "03 09:00"),
        ("2026-11-03T07:00", "03 09:00"),
        ("2026-11-03T07:01", "03 09:01"),
    ],
)
def test_quiet_hours_put_it_off_to_the_morning(left, due):
    assert planned(left_at=local(left))[0] == ("form_left", due)


@pytest.mark.parametrize(
    ("starts", "due"), [("2026-11-09T08:59", "06 20:00"), ("2026-11-09T09:00", "07 09:00")]
)
def test_two_days_before_in_the_night_is_the_evening_before(starts, due):
    assert planned(local(starts))[-1] == ("form_48", due)


@pytest.mark.parametrize(
    ("before", "kinds"),
    [
        (72, ["form_left", "form_48"]),
        (63, ["form_left"]),  # two days before is night, and the evening before it too near
        (61, ["form_left"]),
        (50, ["form_left"]),
        (39, ["form_left"]),
        (37, []),  # the day before says it
        (20, []),
    ],
)
def test_never_two_of_them_within_half_a_day(before, kinds):
    starts = NOW + before * HOUR

    assert [kind for kind, _ in planned(starts)] == kinds


def test_hour_that_has_passed_is_not_made_up_for():
    assert planned(left_at=NOW - 2 * HOUR) == [("form_48", "07 11:00")]
    assert planned(left_at=NOW - 2 * HOUR, now=VISIT - 48 * HOUR) == []


# In the diary


@pytest.fixture
def patient(db):
    patient = builders.a_patient(name="Asha Rao")
    builders.a_consent(patient=patient)
    builders.reminder_consent(patient=patient)
    return patient


def book(place, patient, starts=VISIT, now=NOW):
    return door.book(
        patient=patient, visit_type=place.consultation, location=place.location, starts=starts, key=uuid4(),
        by=patient.account, now=now,
    )  # fmt: skip


def waiting(patient):
    rows = Message.objects.filter(patient=patient, kind__startswith="form_", channel="sms")
    rows = rows.filter(state=MessageState.SCHEDULED).order_by("due_at")
    return [(one.kind, one.due_at.astimezone(IST).strftime("%d %H:%M")) for one in rows]


def write(patient, *, at, **answers):
    intake = intakes.start_intake(patient=patient, by=patient.account, now=at)
    intakes.autosave(intake=intake, raw=answers, by=patient.account, now=at)
    return intake


def test_booking_alone_begins_the_ladder(place, patient):
    book(place, patient)

    assert waiting(patient) == [("form_left", "02 12:00"), ("form_48", "07 11:00")]


def test_writing_in_it_puts_the_first_reminder_off(place, patient):
    book(place, patient)
    write(patient, at=NOW + HOUR, sex_at_birth="female")
    assert waiting(patient)[0] == ("form_left", "02 13:00")
    write(patient, at=NOW + 1.5 * HOUR, recent_illness="no")

    assert waiting(patient) == [("form_left", "02 13:30"), ("form_48", "07 11:00")]


def test_what_was_told_once_is_not_told_again(place, patient):
    book(place, patient)
    deliver_due(now=NOW + 2 * HOUR)
    write(patient, at=NOW + 3 * HOUR, sex_at_birth="female")
    deliver_due(now=NOW + 6 * HOUR)

    told = Message.objects.filter(patient=patient, kind="form_left", state=MessageState.SENT)
    assert (told.count(), waiting(patient)) == (1, [("form_48", "07 11:00")])


def test_sending_the_form_takes_them_back(place, patient):
    book(place, patient)
    intake = write(patient, at=NOW + HOUR, sex_at_birth="female")
    Intake.objects.filter(pk=intake.pk).update(submitted_at=NOW + 2 * HOUR)
    intakes.patient_changed(patient, by=None, now=NOW + 2 * HOUR)

    assert waiting(patient) == []


def test_cancelling_takes_them_back_and_moving_plans_them_anew(place, patient):
    booking = book(place, patient)
    later = local("2026-11-11T15:00")
    [booking] = door.move(moves=[(booking, later, None)], key=uuid4(), by=patient.account, now=NOW + HOUR)
    assert waiting(patient) == [("form_left", "02 12:00"), ("form_48", "09 15:00")]
    door.cancel(bookings=[booking], key=uuid4(), by=patient.account, now=NOW + HOUR)

    assert waiting(patient) == []


def test_form_belongs_to_the_next_consultation_alone(place, patient):
    late = book(place, patient)
    early = book(place, patient, local("2026-11-06T11:00"))
    assert waiting(patient) == [("form_left", "02 12:00"), ("form_48", "04 11:00")]
    assert set(
        Message.objects.filter(kind="form_48", state="scheduled").values_list("subject", flat=True)
    ) == {f"booking:{early.pk}"}
    door.cancel(bookings=[early], key=uuid4(), by=patient.account, now=NOW + HOUR)

    assert waiting(patient) == [("form_left", "02 12:00"), ("form_48", "07 11:00")]
    assert late.version == 1


def test_session_and_a_form_that_was_sent_have_none(place, patient):
    builders.an_intake(patient=patient, now=NOW - 30 * 24 * HOUR)
    book(place, patient)

    assert waiting(patient) == []


def test_nothing_goes_without_consent_to_reminders(place, db):
    patient = builders.a_patient()
    book(place, patient)
    deliver_due(now=NOW + 2 * HOUR)

    left = Message.objects.get(patient=patient, kind="form_left", channel="sms")
    assert (left.state, left.reason) == (MessageState.DROPPED, "no_consent")


@pytest.mark.parametrize("is_sent", [False, True])
def test_reminder_of_the_day_before_says_that_the_form_waits(place, patient, is_sent):
    book(place, patient, now=NOW - 24 * HOUR)
    if is_sent:
        builders.an_intake(patient=patient, now=NOW)
    deliver_due(now=VISIT - 24 * HOUR)

    texts = [posted.text for posted in mailbox.newest() if "See you at" in posted.text]
    assert ["The form before it still waits" in text for text in texts] == [not is_sent]


def test_two_days_of_clock_bring_at_most_four_messages_and_then_the_desk(place, patient):
    """−72 h, two hours after booking, −48 h, −24 h: no more, whatever the clock does; then To do."""
    book(place, patient)
    for hours in range(7 * 24):
        deliver_due(now=NOW + hours * HOUR)
    sent = Message.objects.filter(patient=patient, message_class="ordinary", channel="sms")
    kinds = list(sent.filter(state=MessageState.SENT).order_by("sent_at").values_list("kind", flat=True))
    assert kinds == ["form_left", "reminder_72", "form_48", "reminder_24"]

    [row] = [row for row in todo(location=place.location, now=VISIT - 4 * HOUR) if row.booking]
    assert "form not finished" in [words for _, _, words in row.reasons]
    assert f"/staff/tablet/{patient.pk}/" in [act.href for act in row.acts]


def test_state_of_the_form_is_one_query(place, patient, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert unfinished_form(patient) == Unfinished(None)
    write(patient, at=NOW + HOUR, sex_at_birth="female")
    assert unfinished_form(patient) == Unfinished(NOW + HOUR)
    Intake.objects.update(submitted_at=NOW + 2 * HOUR)
    assert unfinished_form(patient) is None


@pytest.mark.parametrize("is_sent", [False, True])
def test_card_of_somebody_due_today_hands_the_tablet_while_the_form_waits(desk, place, is_sent):
    booking = visit(place)
    if is_sent:
        builders.an_intake(patient=booking.patient, now=NOW)
    card = desk.get(reverse("desk_card", args=[booking.reference])).content.decode()

    assert (f'href="/staff/tablet/{booking.patient_id}/"' in card) is not is_sent
