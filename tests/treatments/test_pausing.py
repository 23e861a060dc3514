"""Pauses: who makes and ends them, what a second tap does, when health is asked about again."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.models import AuditRow
from tests import builders
from tests.builders import NOW
from treatments.models import Course, CourseSession, Pause
from treatments.refusals import CourseOver, NotPaused, OnlyTheDoctor
from treatments.rules.pausing import asked_after_at, may_be_undone, wants_update
from treatments.services import pausing
from treatments.services.may_treat import Stage, may_treat

IST = ZoneInfo("Asia/Kolkata")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
db = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course():
    return builders.a_course()


@pytest.fixture
def people(course):
    roles = ("front_desk", "nurse", "manager", "dermatologist")
    return {"patient": course.patient.account} | {role: builders.staff(role=role) for role in roles}


def pause(course, by=None, *, cause="travel", now=NOW, **fields):
    by = by or course.patient.account
    return pausing.pause(patient=course.patient, course=course, cause=cause, by=by, now=now, **fields)


def end(pause, by, now=NOW + DAY):
    pausing.resume(pause=pause, by=by, now=now)


def is_open(course):
    return [(one.cause, one.course_id is None) for one in pausing.open_pauses(course)]


# The rules


@pytest.mark.parametrize(
    ("until_on", "asked_at"),
    [
        (None, NOW + 14 * DAY),
        (NOW.date() + 3 * DAY, NOW + 14 * DAY),
        (NOW.date() + 14 * DAY, NOW + 14 * DAY),  # 10 in the morning, and the pause is from 10
        (NOW.date() + 15 * DAY, datetime(2026, 11, 17, 10, tzinfo=IST)),
        (date(2027, 2, 1), datetime(2027, 2, 1, 10, tzinfo=IST)),
    ],
)
def test_somebody_asks_after_two_weeks_or_from_the_day_named(until_on, asked_at):
    assert asked_after_at(from_at=NOW, until_on=until_on, tz=IST) == asked_at


@pytest.mark.parametrize(("after", "may"), [(timedelta(0), True), (timedelta(minutes=3) - SECOND, True),
                                            (timedelta(minutes=3), False)])  # fmt: skip
def test_three_minutes_to_undo(after, may):
    assert may_be_undone(from_at=NOW, now=NOW + after) is may


@pytest.mark.parametrize(
    ("lasted", "due_by", "wanted"),
    [
        (14 * DAY, None, False),
        (14 * DAY + SECOND, None, True),
        (14 * DAY, NOW.date() + 14 * DAY, False),
        (14 * DAY, NOW.date() + 13 * DAY, True),
        (timedelta(minutes=3), NOW.date() - DAY, True),
        (timedelta(minutes=3) - SECOND, NOW.date() - DAY, False),  # an undo
    ],
)
def test_health_is_asked_about_after_a_long_pause_or_when_the_next_one_is_late(lasted, due_by, wanted):
    ended = NOW + lasted
    found = wants_update(from_at=NOW, ended_at=ended, ended_on=ended.astimezone(IST).date(), due_by=due_by)
    assert found is wanted


# Who may


@db
@pytest.mark.parametrize("who", ["patient", "front_desk", "nurse", "manager", "dermatologist"])
@pytest.mark.parametrize("cause", ["illness", "travel", "family", "other"])
def test_anybody_may_pause_and_resume(course, people, who, cause):
    made = pause(course, people[who], cause=cause)
    stopped = is_open(course)

    end(made, people[who])

    assert (stopped, is_open(course)) == ([(cause, False)], [])
    made.refresh_from_db()
    assert (made.by, made.ended_by, made.ended_at) == (people[who], people[who], NOW + DAY)
    acts = AuditRow.objects.filter(subject=f"pause:{made.pk}").order_by("pk")
    assert list(acts.values_list("action", "by")) == [
        ("course_paused", people[who].pk), ("course_resumed", people[who].pk),
    ]  # fmt: skip


@db
@pytest.mark.parametrize("who", ["patient", "front_desk", "nurse", "manager"])
def test_what_medicine_asks_for_is_made_and_ended_by_a_dermatologist_alone(course, people, who):
    with pytest.raises(OnlyTheDoctor):
        pause(course, people[who], cause="medicine")
    assert Pause.objects.count() == 0
    made = pause(course, people["dermatologist"], cause="medicine")

    with pytest.raises(OnlyTheDoctor):
        end(made, people[who])
    with pytest.raises(OnlyTheDoctor):
        pausing.prolong(pause=made, until_on=None, by=people[who], now=NOW)
    assert is_open(course) == [("medicine", False)]

    end(made, builders.staff(role="dermatologist"))  # whichever
    assert is_open(course) == []


@db
def test_a_cause_that_is_none_is_refused(course):
    with pytest.raises(ValueError, match="is not a valid PauseCause"):
        pause(course, cause="laziness")


# Taps


@db
def test_a_second_tap_is_the_same_pause(course, people):
    first = pause(course)
    second = pause(course, people["front_desk"], cause="illness", now=NOW + DAY)

    assert (second, first.cause) == (first, "travel")
    assert AuditRow.objects.filter(action="course_paused").count() == 1


@db
def test_a_second_resume_changes_nothing(course, people):
    made = pause(course)
    end(made, people["patient"])
    end(made, people["front_desk"], now=NOW + 2 * DAY)

    made.refresh_from_db()
    assert (made.ended_by, made.ended_at) == (people["patient"], NOW + DAY)
    assert AuditRow.objects.filter(action="course_resumed").count() == 1


@db
def test_an_ended_course_cannot_be_paused(course):
    Course.objects.filter(pk=course.pk).update(ended_on=NOW.date(), ended_why="completed")
    with pytest.raises(CourseOver):
        pause(course)
    assert Pause.objects.count() == 0


# One course, all courses, both


@db
def test_a_pause_of_the_patient_is_about_every_course_and_about_nobody_elses(course):
    second = builders.a_course(decision=course.patient.decisions.get())
    stranger = builders.a_course()

    made = pausing.pause(patient=course.patient, cause="family", by=course.patient.account, now=NOW)

    assert [is_open(one) for one in (course, second, stranger)] == [[("family", True)]] * 2 + [[]]
    assert set(pausing.courses_of(made)) == {course, second}
    assert pause(second) == made  # it says so already


@db
def test_a_pause_of_one_course_leaves_the_other(course):
    second = builders.a_course(decision=course.patient.decisions.get())
    pause(course)
    assert (is_open(course), is_open(second)) == ([("travel", False)], [])


@db
def test_the_doctors_takes_the_place_of_anybodys(course, people):
    own = pause(course)
    made = pause(course, people["dermatologist"], cause="medicine", now=NOW + DAY)

    own.refresh_from_db()
    assert (own.ended_by, is_open(course)) == (people["dermatologist"], [("medicine", False)])
    assert pause(course, people["dermatologist"], cause="medicine") == made
    assert pause(course) == made  # paused is paused


@db
def test_paused_until_the_last_of_two_is_ended(course, people):
    everything = pausing.pause(patient=course.patient, cause="travel", by=people["patient"], now=NOW)
    medicine = pause(course, people["dermatologist"], cause="medicine")
    first = course.sessions.get(number=1)

    def obstacles():
        found = may_treat(patient=course.patient, session=first, day=NOW.date(), stage=Stage.PLACING, now=NOW)
        return [obstacle.code for obstacle in found]

    end(everything, people["patient"], now=NOW)
    assert obstacles() == ["paused"]
    end(medicine, people["dermatologist"], now=NOW)
    assert obstacles() == []


# Until when


@db
def test_until_when_may_be_said_anew_while_it_lasts(course, people):
    made = pause(course, until_on=date(2026, 12, 1))
    pausing.prolong(pause=made, until_on=date(2027, 1, 5), by=people["front_desk"], now=NOW)
    made.refresh_from_db()
    assert made.until_on == date(2027, 1, 5)

    end(made, people["patient"])
    with pytest.raises(NotPaused):
        pausing.prolong(pause=made, until_on=None, by=people["front_desk"], now=NOW)


# Asked again


def given(course, number, day):
    CourseSession.objects.filter(course=course, number=number).update(given_on=day)


@db
@pytest.mark.parametrize(("lasted", "wanted"), [(14 * DAY, False), (14 * DAY + SECOND, True)])
def test_after_a_long_pause_health_is_asked_about(course, lasted, wanted):
    made = pause(course)
    assert pausing.is_update_wanted(course.patient) is False  # nobody goes on yet
    end(made, course.patient.account, now=NOW + lasted)
    assert pausing.is_update_wanted(course.patient) is wanted


@db
@pytest.mark.parametrize(("days_ago", "wanted"), [(20, False), (21, True)])  # latest is 21, and a day passes
def test_after_a_short_one_only_when_the_next_session_is_late(course, days_ago, wanted):
    builders.a_record(session=course.sessions.get(number=1), started_at=NOW - days_ago * DAY)
    end(pause(course), course.patient.account)
    assert pausing.is_update_wanted(course.patient) is wanted


@db
@pytest.mark.parametrize(
    ("purpose", "sent_at", "wanted"),
    [
        ("update", NOW + 30 * DAY, False),
        ("full", NOW + 31 * DAY, False),
        ("update", NOW + 30 * DAY - SECOND, True),
        ("pre_session", NOW + 31 * DAY, True),
    ],
)
def test_it_is_asked_until_it_is_sent(course, purpose, sent_at, wanted):
    end(pause(course), course.patient.account, now=NOW + 30 * DAY)
    builders.an_intake(patient=course.patient, purpose=purpose, now=sent_at)
    assert pausing.is_update_wanted(course.patient) is wanted


@db
def test_nothing_is_asked_once_a_session_was_given_since_or_the_course_is_over(course):
    end(pause(course), course.patient.account, now=NOW + 30 * DAY)
    given(course, 1, NOW.date() + 31 * DAY)
    after_a_session = pausing.is_update_wanted(course.patient)
    given(course, 1, None)
    Course.objects.filter(pk=course.pk).update(ended_on=NOW.date(), ended_why="completed")
    assert (after_a_session, pausing.is_update_wanted(course.patient)) == (False, False)
