"""Which courses have gone cold, what is known of each, and what ending one does to its times."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from bookings import door
from bookings.models import Booking, Call
from bookings.services.asking_again import ask_again, is_asked
from bookings.services.cold import Contact, cold_count, cold_course, cold_courses
from bookings.services.door.gap_rules import Authority
from clinic.models import AuditRow, Message
from consultations.models import Intake
from consultations.refusals import ConsentNeeded
from tests import builders
from tests.bookings.patient_clinic import at_now, local, place
from tests.builders import NOW
from treatments.models import DropReason, EndReason
from treatments.services.changes import course_changed
from treatments.services.ending import Ending, end_course
from treatments.services.extending import Longer, extend

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
FORTNIGHT = {"never_before": 7, "earliest": 12, "target": 14, "latest": 18}


def a_course(place, *, days_ago=19, sessions=3, **fields):
    """Its first session was given so long ago; the next has no time."""
    began = NOW - timedelta(days=days_ago)
    course = builders.a_course(
        location=place.location, visit_type=place.session, practitioner=place.doctor, gap=FORTNIGHT,
        sessions=sessions, now=began - timedelta(days=3), **fields,
    )  # fmt: skip
    builders.a_record(session=course.sessions.get(number=1), started_at=began)
    return course


def cold(**fields):
    return [
        (row.course, row.coldness.verdict, row.coldness.days_late) for row in cold_courses(now=NOW, **fields)
    ]


def test_cold_from_the_day_after_the_latest(place):
    a_course(place, days_ago=18)
    late, too_late = a_course(place, days_ago=19), a_course(place, days_ago=40)
    assert cold() == [(late, "late", 1), (too_late, "rescreen", 22)]
    assert cold_count(now=NOW) == 2


def test_not_with_a_time_even_a_late_one(place):
    course = a_course(place)
    session = course.sessions.get(number=2)
    booking = door.book_session(
        session=session, starts=local("2026-11-05T10:00"), key=uuid4(), by=None, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    assert cold() == []
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)
    assert cold() == [(course, "late", 1)]


def test_a_time_held_counts_while_the_hold_runs(place):
    course = a_course(place)
    held = builders.a_booking(
        session=course.sessions.get(number=2), status="held", held_until=NOW + timedelta(minutes=5)
    )
    assert cold() == []
    Booking.objects.filter(pk=held.pk).update(held_until=NOW - timedelta(minutes=5))
    assert len(cold()) == 1


@pytest.mark.parametrize("whole", [True, False])
def test_not_while_paused(place, whole):
    course = a_course(place)
    builders.a_pause(patient=course.patient, course=None if whole else course)
    assert cold() == []


def test_another_courses_pause_does_not_count(place):
    course = a_course(place)
    other = builders.a_course(patient=course.patient)
    builders.a_pause(course=other)
    assert [row[0] for row in cold()] == [course]


def test_not_before_an_extension_runs_out(place):
    course = a_course(place)
    session = course.sessions.select_related("course__location").get(number=2)
    until = NOW.date() + timedelta(days=1)
    extend(longer=Longer(session, until, "abroad"), practitioner=place.doctor, key=UUID(int=1), now=NOW)
    assert cold() == []
    (row,) = cold_courses(now=NOW + timedelta(days=2))
    assert (row.coldness.latest, row.coldness.days_late) == (until, 1)


def test_not_those_that_ended_or_have_nothing_left_or_never_began(place):
    end(a_course(place))
    done = a_course(place, sessions=1)
    builders.a_course(location=place.location, gap=FORTNIGHT, now=NOW - timedelta(days=90))
    dead = a_course(place)
    dead.patient.died_on = NOW.date()
    dead.patient.save(update_fields=["died_on"])
    assert (cold(), done.sessions.count()) == ([], 1)


def test_a_session_that_will_not_be_given_is_passed_over(place):
    course = a_course(place)
    course.sessions.filter(number=2).update(dropped_reason="forfeited")
    (row,) = cold_courses(now=NOW)
    assert row.session.number == 3


def test_only_of_these_locations(place):
    course = a_course(place)
    assert cold(locations=[]) == []
    assert [row[0] for row in cold(locations=[place.location.pk])] == [course]
    assert cold_count(now=NOW, locations=[]) == 0


def test_the_last_contact_is_the_newest_of_session_message_and_call(place):
    course = a_course(place)

    def contact():
        return cold_course(course, now=NOW).contact

    assert contact() == Contact(date(2026, 10, 14), "visit")
    sent = NOW - timedelta(days=5)
    builders.a_message(patient=course.patient, state="sent", sent_at=sent, due_at=sent)
    assert contact() == Contact(date(2026, 10, 28), "message")
    booking = builders.a_booking(patient=course.patient, location=place.location)
    by = builders.staff(role="front_desk")
    Call.objects.create(booking=booking, outcome="no_answer", by=by, at=NOW - timedelta(days=1))
    assert contact() == Contact(date(2026, 11, 1), "call")


@pytest.mark.parametrize("rows", [1, 3])
def test_five_queries_however_many(place, rows, django_assert_num_queries):
    for _ in range(rows):
        a_course(place)
    with django_assert_num_queries(5):
        assert len(cold_courses(now=NOW)) == rows
    with django_assert_num_queries(1):
        cold_count(now=NOW)


def test_nobody_cold_is_one_query(place, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert cold_courses(now=NOW) == []


# Asked to look through the form again


def ask(course, now=NOW):
    return ask_again(course=course, by=builders.staff(role="dermatologist"), now=now)


def test_asking_opens_a_round_tells_of_it_and_shows_the_day(place):
    course = a_course(place)
    intake = ask(course)
    assert (intake.purpose, intake.submitted_at, intake.answered_by) == (
        "update", None, course.patient.account,
    )  # fmt: skip
    told = Message.objects.filter(kind="form_again", channel="sms").get()
    assert (told.state, told.fields["weekday_day"]) == ("scheduled", "Mon 9 Nov")
    row = cold_course(course, now=NOW)
    assert (row.asked_on, row.answered_on, is_asked(course.patient)) == (NOW.date(), None, True)


def test_asked_twice_a_day_is_asked_once_and_later_again(place):
    course = a_course(place)
    first = ask(course)
    assert ask(course, NOW + timedelta(hours=2)) == first
    assert AuditRow.objects.filter(action="form_asked_again").count() == 1
    assert ask(course, NOW + timedelta(days=8)) == first
    assert Message.objects.filter(kind="form_again", channel="sms").count() == 2
    assert Intake.objects.filter(purpose="update").count() == 1


def test_what_came_since_the_last_session_is_shown(place):
    course = a_course(place)
    builders.an_intake(patient=course.patient, purpose="update", now=NOW - timedelta(days=30))
    assert cold_course(course, now=NOW).answered_on is None
    builders.an_intake(patient=course.patient, purpose="update", now=NOW - timedelta(days=2))
    assert cold_course(course, now=NOW).answered_on == date(2026, 10, 31)


def test_nobody_is_asked_who_took_the_agreement_back(place):
    course = a_course(place)
    course.patient.consents.filter(purpose="health_data").update(withdrawn_at=NOW)
    with pytest.raises(ConsentNeeded):
        ask(course)
    assert not Message.objects.filter(kind="form_again").exists()


# Ended


def end(course):
    ending = Ending(EndReason.PATIENT, DropReason.RETURNED)
    by = builders.staff(role="front_desk")
    return end_course(course=course, ending=ending, by=by, is_doctor=False, now=NOW)


def test_ending_releases_its_times_and_keeps_those_of_others(place):
    course, other = a_course(place, days_ago=15), a_course(place)
    course_changed(course, by=None, now=NOW)
    assert Message.objects.filter(kind="next_to_book", state="scheduled").exists()
    times = [("2026-11-05T10:00", 2), ("2026-11-19T10:00", 3)]
    for starts, number in times:
        door.book_session(
            session=course.sessions.get(number=number), starts=local(starts), key=uuid4(), by=None, now=NOW,
            authority=Authority.DESK,
        )  # fmt: skip
    kept = door.book_session(
        session=other.sessions.get(number=2), starts=local("2026-11-05T12:00"), key=uuid4(), by=None, now=NOW,
        authority=Authority.DESK,
    )  # fmt: skip
    end(course)
    assert set(Booking.objects.filter(course=course, session__number__gt=1).values_list("status")) == {
        ("cancelled",)
    }
    assert Booking.objects.get(pk=kept.pk).status == "booked"
    about = [f"session:{pk}" for pk in course.sessions.values_list("pk", flat=True)]
    assert not Message.objects.filter(subject__in=about, state="scheduled").exists()


def test_who_is_here_stays_when_a_course_ends(place):
    course = a_course(place)
    booking = builders.a_booking(
        session=course.sessions.get(number=2), status="arrived", starts=NOW - timedelta(minutes=5)
    )
    end(course)
    assert Booking.objects.get(pk=booking.pk).status == "arrived"
