"""A pause gives times back, and undoing it takes them back: the diary's side."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from bookings import door, refusals
from bookings.models import Booking, Change, Claim, FreedTime, Status
from bookings.services import pausing as diary
from bookings.services.verifying import verify
from clinic.models import Message
from tests import builders
from tests.bookings.door_clinic import a_course, book, place, place_days, ten
from tests.builders import NOW
from treatments.services import pausing
from treatments.services.changes import course_changed
from treatments.services.records import Entry, sign_record

__all__ = ["place"]
pytestmark = pytest.mark.django_db(transaction=True)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def course(place):
    course = a_course(place)
    place_days(course, 3, 17, 31)
    return course


def pause(course, *, by=None, now=NOW, cause="travel", **fields):
    by = by or course.patient.account
    return pausing.pause(patient=course.patient, course=course, cause=cause, by=by, now=now, **fields)


def resume(made, now=NOW + DAY):
    pausing.resume(pause=made, by=made.by, now=now)


def undo(made, *, key=None, now=NOW + MINUTE):
    return diary.undo_pause(pause=made, key=key or uuid4(), by=made.by, now=now)


def standing(course):
    rows = Booking.objects.filter(course=course).order_by("session__number", "pk")
    return [(booking.session.number, booking.status) for booking in rows]


def waiting(subject):
    rows = Message.objects.filter(subject=subject, state="scheduled")
    return list(rows.order_by("pk").values_list("kind", "due_at"))


def arrive(booking):
    booking.refresh_from_db()
    by = builders.staff(role="front_desk")
    return door.set_status(booking=booking, to=Status.ARRIVED, by=by, now=booking.starts - 10 * MINUTE)


# What it gives back


def test_the_times_ahead_are_given_back_in_one_change_and_nothing_is_forfeited(course):
    pause(course)

    assert standing(course) == [(n, "cancelled") for n in (1, 2, 3)]
    assert Claim.objects.count() == 0
    change = Change.objects.get(action="pause")
    assert (change.reason, change.lines.count(), change.undo_until) == ("paused", 3, None)
    assert set(course.sessions.values_list("dropped_reason", flat=True)) == {""}
    assert verify(now=NOW).wrong == {}


def test_others_hear_of_the_times_only_when_the_undo_is_over(course):
    pause(course)
    assert set(FreedTime.objects.values_list("due_at", flat=True)) == {NOW + 3 * MINUTE}


def test_whoever_is_here_already_stays(course):
    first = Booking.objects.get(session__number=1)
    arrive(first)
    pause(course, now=first.starts - 5 * MINUTE)
    assert standing(course) == [(1, "arrived"), (2, "cancelled"), (3, "cancelled")]


def test_a_visit_whose_time_has_come_is_left_to_the_desk(course):
    first = Booking.objects.get(session__number=1)
    pause(course, now=first.starts)
    assert standing(course) == [(1, "booked"), (2, "cancelled"), (3, "cancelled")]


def test_a_visit_a_minute_ahead_is_given_back(course):
    pause(course, now=Booking.objects.get(session__number=1).starts - MINUTE)
    assert standing(course) == [(n, "cancelled") for n in (1, 2, 3)]


def test_other_visits_and_other_courses_keep_their_times(place, course):
    visit = book(place, ten(4), patient=course.patient)
    other = a_course(place)
    place_days(other, 5)

    pause(course)

    visit.refresh_from_db()
    assert (visit.status, standing(other)) == ("booked", [(1, "booked")])


def test_a_pause_of_the_patient_gives_back_the_times_of_every_course(place, course):
    second = builders.a_course(
        decision=course.patient.decisions.get(), location=place[0], visit_type=place[2], practitioner=place[3]
    )
    place_days(second, 24)
    pausing.pause(patient=course.patient, cause="family", by=course.patient.account, now=NOW)
    assert standing(course) + standing(second) == [(n, "cancelled") for n in (1, 2, 3, 1)]


def test_an_offer_of_another_time_ends_with_it(course):
    first = Booking.objects.get(session__number=1)
    by = builders.staff(role="front_desk")
    door.propose(
        booking=first, starts=ten(4), practitioner=None, until=NOW + DAY, by=by, now=NOW, key=uuid4()
    )
    pause(course)
    assert Booking.objects.filter(status=Status.HELD).count() == 0
    assert waiting(f"booking:{first.pk}") == []


def test_while_it_lasts_nothing_of_the_course_gets_a_time(course):
    made = pause(course)
    with pytest.raises(refusals.NeedsReview) as refused:
        place_days(course, 4, numbers=[1])
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["paused"]

    resume(made)
    place_days(course, 4, numbers=[1], now=NOW + DAY)
    assert (1, "booked") in standing(course)


def test_the_plain_undo_of_an_act_does_not_give_times_to_what_is_paused(course):
    pause(course)
    change = Change.objects.get(action="pause")
    with pytest.raises(refusals.UndoTooLate):
        door.undo(change=change, key=uuid4(), by=course.patient.account, now=NOW + MINUTE)


# What is told


def test_no_reminder_stands_and_no_day_is_asked_for(course):
    ahead = Booking.objects.filter(course=course)
    subjects = [f"booking:{booking.pk}" for booking in ahead]
    subjects += [f"session:{booking.session_id}" for booking in ahead]
    before = Message.objects.filter(subject__in=subjects, state="scheduled").count()

    pause(course)

    assert before > 0
    assert Message.objects.filter(subject__in=subjects, state="scheduled").count() == 0


def test_what_was_kept_back_when_a_time_was_chosen_does_not_come_up_again(course):
    second = course.sessions.get(number=2)
    builders.a_message(
        patient=course.patient, subject=f"session:{second.pk}", kind="next_to_book", state="withdrawn",
        version=NOW.date().toordinal(),
    )  # fmt: skip
    pause(course)
    assert waiting(f"session:{second.pk}") == []


def test_one_message_tells_of_all_of_it(course):
    Message.objects.update(state="sent", sent_at=NOW)  # that they were booked
    pause(course)
    notices = Message.objects.filter(state="scheduled", subject__startswith="change:")
    assert list(notices.values_list("kind", flat=True)) == ["cancelled_several"]


def test_they_are_asked_once_after_two_weeks(course):
    made = pause(course)
    assert waiting(f"pause:{made.pk}") == [("on_hold", NOW + 14 * DAY)]


def test_going_on_takes_the_question_back(course):
    made = pause(course)
    resume(made)
    assert waiting(f"pause:{made.pk}") == []
    assert Message.objects.filter(subject=f"pause:{made.pk}").count() == 1


def test_nobody_is_asked_about_a_course_that_has_ended(course):
    made = pause(course)
    course.ended_on, course.ended_why = NOW.date(), "patient"
    course.save(update_fields=["ended_on", "ended_why"])
    course_changed(course, by=made.by, now=NOW + DAY)
    assert waiting(f"pause:{made.pk}") == []


def test_another_day_named_asks_then_instead_and_what_was_asked_is_not_asked_again(course):
    made = pause(course)
    pausing.prolong(pause=made, until_on=date(2027, 1, 5), by=made.by, now=NOW + DAY)
    assert [due.date() for _, due in waiting(f"pause:{made.pk}")] == [date(2027, 1, 5)]

    Message.objects.filter(subject=f"pause:{made.pk}").update(state="sent", sent_at=NOW)
    pausing.prolong(pause=made, until_on=date(2027, 3, 5), by=made.by, now=NOW + 70 * DAY)
    assert waiting(f"pause:{made.pk}") == []


def test_nobody_is_asked_about_a_pause_of_the_doctors(course):
    made = pause(course, by=builders.staff(role="dermatologist"), cause="medicine")
    assert Message.objects.filter(subject=f"pause:{made.pk}").count() == 0


def test_a_pause_of_one_course_does_not_take_back_what_is_asked_about_another(place, course):
    second = builders.a_course(decision=course.patient.decisions.get(), location=place[0])
    one, other = pause(course), pause(second)
    resume(other)
    assert (len(waiting(f"pause:{one.pk}")), waiting(f"pause:{other.pk}")) == (1, [])


# Undo


def test_undo_goes_on_and_takes_the_same_times_back(course):
    before = list(Booking.objects.order_by("pk").values_list("reference", "starts", "practitioner"))
    made = pause(course)

    found = undo(made)

    assert (len(found.back), found.gone) == (3, ())
    assert list(Booking.objects.order_by("pk").values_list("reference", "starts", "practitioner")) == before
    assert standing(course) == [(n, "booked") for n in (1, 2, 3)]
    assert pausing.open_pauses(course) == []
    assert waiting(f"booking:{found.back[1].pk}") != []
    assert verify(now=NOW + MINUTE).wrong == {}


def test_undo_twice_is_undo_once(course):
    made, key = pause(course), uuid4()
    first, second = undo(made, key=key), undo(made, key=key)
    assert first == second
    assert Change.objects.filter(action="undo").count() == 1


def test_undo_of_a_pause_of_all_courses_takes_back_the_times_of_all(place, course):
    second = builders.a_course(
        decision=course.patient.decisions.get(), location=place[0], visit_type=place[2], practitioner=place[3]
    )
    place_days(second, 24)
    made = pausing.pause(patient=course.patient, cause="family", by=course.patient.account, now=NOW)
    assert (len(undo(made).back), standing(course)[0], standing(second)) == (
        4,
        (1, "booked"),
        [(1, "booked")],
    )


def test_a_time_that_somebody_has_by_now_is_told_and_the_rest_is_taken_back(place, course):
    made = pause(course)
    book(place, ten(17) + 45 * MINUTE)

    found = undo(made)

    assert [(one.session.number, one.starts) for one in found.gone] == [(2, ten(17))]
    assert sorted(booking.session.number for booking in found.back) == [1, 3]
    assert pausing.open_pauses(course) == []
    assert verify(now=NOW + MINUTE).wrong == {}


def test_undo_that_found_something_gone_shows_the_same_again(place, course):
    made, key = pause(course), uuid4()
    book(place, ten(17) + 45 * MINUTE)
    first, second = undo(made, key=key), undo(made, key=key)
    assert (second.gone, {one.pk for one in second.back}) == (first.gone, {one.pk for one in first.back})
    assert Booking.objects.filter(course=course, status="booked").count() == 2


@pytest.mark.parametrize("after", [3 * MINUTE, DAY])
def test_after_three_minutes_it_is_too_late_to_undo_and_it_stays_paused(course, after):
    made = pause(course)
    with pytest.raises(refusals.UndoTooLate):
        undo(made, now=NOW + after)
    assert len(pausing.open_pauses(course)) == 1


def test_only_who_paused_may_undo(course):
    made = pause(course)
    with pytest.raises(refusals.UndoTooLate):
        diary.undo_pause(pause=made, key=uuid4(), by=builders.staff(role="front_desk"), now=NOW)


def test_undo_of_what_the_doctor_has_paused_meanwhile_gives_nothing_back(course):
    own = pause(course)
    pause(course, by=builders.staff(role="dermatologist"), cause="medicine", now=NOW + MINUTE / 2)
    with pytest.raises(refusals.NeedsReview):
        undo(own)
    assert standing(course) == [(n, "cancelled") for n in (1, 2, 3)]


def test_undo_of_the_doctors_pause_leaves_what_was_paused_before(course):
    own = pause(course)
    doctor = builders.staff(role="dermatologist")
    made = pause(course, by=doctor, cause="medicine", now=NOW + MINUTE)

    found = undo(made, now=NOW + 2 * MINUTE)

    assert (found.back, found.gone, pausing.open_pauses(course)) == ((), (), [own])
    assert waiting(f"pause:{own.pk}") == [("on_hold", NOW + 14 * DAY)]
    assert standing(course) == [(n, "cancelled") for n in (1, 2, 3)]


# The record comes first


def test_what_is_given_during_a_pause_is_stored_and_no_days_are_asked_for(course):
    first = Booking.objects.get(session__number=1)
    arrive(first)
    pause(course, now=first.starts - 5 * MINUTE)
    session = first.session
    builders.a_precheck(session=session, now=first.starts)
    signed_at = first.starts + DAY
    entry = Entry(outcome="given", started_at=first.starts, entered_late_why="the line was down")
    sign_record(session=session, practitioner=course.practitioner, entry=entry, key=uuid4(), now=signed_at)

    assert standing(course) == [(1, "done"), (2, "cancelled"), (3, "cancelled")]
    assert waiting(f"session:{course.sessions.get(number=2).pk}") == []


def test_what_would_be_given_back_is_what_is_given_back(course):
    shown = diary.would_give_back([course], now=NOW)
    pause(course)
    lines = Change.objects.get(action="pause").lines
    assert [booking.pk for booking in shown] == list(lines.order_by("pk").values_list("booking", flat=True))
