"""Ending a course: who may, for what, and what becomes of the sessions left; extending its next session."""

import uuid
from datetime import date, timedelta

import pytest

from clinic.models import AuditRow
from clinic.refusals import KeyReused
from tests import builders
from tests.builders import NOW
from treatments import refusals
from treatments.models import DropReason, EndReason, Extension
from treatments.services.ending import Ending, end_course
from treatments.services.extending import Longer, extend, latest_of
from treatments.services.may_treat import Stage, may_treat

pytestmark = pytest.mark.django_db
GAP = {"never_before": 7, "earliest": 12, "target": 14, "latest": 18}
KEY = uuid.UUID(int=5)


@pytest.fixture
def course():
    course = builders.a_course(sessions=4, gap=GAP)
    builders.a_record(session=course.sessions.get(number=1), started_at=NOW - timedelta(days=30))
    return course


def end(course, why=EndReason.PATIENT, *, is_doctor=False, remaining=DropReason.RETURNED, now=NOW):
    by = builders.staff(role="dermatologist" if is_doctor else "front_desk")
    return end_course(course=course, ending=Ending(why, remaining), by=by, is_doctor=is_doctor, now=now)


def dropped(course):
    return list(course.sessions.order_by("number").values_list("dropped_reason", flat=True))


def test_sessions_left_are_dropped_and_those_given_stay(course):
    end(course, remaining=DropReason.EXPIRED)
    course.refresh_from_db()
    assert (course.ended_on, course.ended_why) == (date(2026, 11, 2), "patient")
    assert dropped(course) == ["", "expired", "expired", "expired"]
    assert AuditRow.objects.get(action="course_ended").detail == {"why": "patient"}


def test_nothing_is_given_after_the_end(course):
    end(course)
    session = course.sessions.select_related("course").get(number=2)
    found = may_treat(patient=course.patient, session=session, day=NOW.date(), stage=Stage.PLACING, now=NOW)
    assert found


@pytest.mark.parametrize("why", [EndReason.NO_RESPONSE, EndReason.REACTION, EndReason.COLD, EndReason.OTHER])
def test_any_reason_but_the_patients_wish_is_a_doctors(course, why):
    with pytest.raises(refusals.DoctorEnds):
        end(course, why)
    assert dropped(course) == [""] * 4
    assert end(course, why, is_doctor=True).ended_why == why


def test_ended_twice_alike_is_ended_once(course):
    end(course)
    later = end(course, now=NOW + timedelta(days=3))
    assert later.ended_on == date(2026, 11, 2)
    assert AuditRow.objects.filter(action="course_ended").count() == 1


def test_ended_otherwise_meanwhile_is_said(course):
    end(course)
    with pytest.raises(refusals.AlreadyEnded):
        end(course, EndReason.COLD, is_doctor=True)


def test_a_course_is_complete_only_when_all_was_given(course):
    with pytest.raises(refusals.SessionsLeft):
        end(course, EndReason.COMPLETED, is_doctor=True)
    course.sessions.filter(given_on=None).update(dropped_reason="revised")
    assert end(course, EndReason.COMPLETED, is_doctor=True).ended_why == "completed"


def test_its_own_pause_ends_with_it(course):
    own = builders.a_pause(course=course)
    of_the_person = builders.a_pause(patient=course.patient, cause="illness")
    end(course)
    own.refresh_from_db()
    of_the_person.refresh_from_db()
    assert (own.ended_at, of_the_person.ended_at) == (NOW, None)


# Until a later day

LATEST = date(2026, 10, 3) + timedelta(days=18)


def longer(course, *, days=20, number=2, key=KEY, why="was abroad"):
    session = course.sessions.select_related("course__location").get(number=number)
    until = NOW.date() + timedelta(days=days)
    return extend(longer=Longer(session, until, why), practitioner=course.practitioner, key=key, now=NOW)


def test_a_doctor_signs_a_later_last_day(course):
    assert latest_of(course.sessions.get(number=2)) == LATEST
    extension = longer(course)
    assert (extension.until_on, extension.why) == (date(2026, 11, 22), "was abroad")
    assert latest_of(course.sessions.get(number=2)) == date(2026, 11, 22)
    assert AuditRow.objects.get(action="session_extended").detail == {"until": "2026-11-22"}


def test_the_same_key_signs_once_and_for_another_day_not_at_all(course):
    assert longer(course) == longer(course)
    with pytest.raises(KeyReused):
        longer(course, days=30)
    assert Extension.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "refusal"),
    [(-13, refusals.NotLonger), (-1, refusals.DayIsPast), (0, None), (180, None), (181, refusals.TooLong)],
)
def test_from_today_and_for_half_a_year_at_most(course, days, refusal):
    if refusal is None:
        assert longer(course, days=days).until_on == NOW.date() + timedelta(days=days)
        return
    with pytest.raises(refusal):
        longer(course, days=days)


def test_never_to_a_day_that_holds_already(course):
    longer(course, days=20)
    with pytest.raises(refusals.NotLonger):
        longer(course, days=20, key=uuid.UUID(int=6))


def test_only_the_next_session(course):
    with pytest.raises(refusals.NothingToExtend):
        longer(course, number=1)
    with pytest.raises(refusals.NothingToExtend):
        longer(course, number=3)
    end(course)
    with pytest.raises(refusals.NothingToExtend):
        longer(course)


def test_nothing_to_extend_before_anything_was_given():
    with pytest.raises(refusals.NothingToExtend):
        longer(builders.a_course(gap=GAP), number=1)
