import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.models import AuditRow
from clinic.refusals import KeyReused
from consultations.services.changes import NobodyListens
from tests import builders
from tests.builders import NOW
from treatments import refusals, signals
from treatments.models import Addendum, Course, CourseSession, Product, Record
from treatments.services.records import Entry, add_addendum, sign_record

pytestmark = pytest.mark.django_db

KEY = uuid.UUID(int=7)
TODAY = date(2026, 11, 2)
KOLKATA = ZoneInfo("Asia/Kolkata")
MINUTE = timedelta(minutes=1)
PRESCRIBED = NOW - timedelta(days=90)


def a_course(**fields):
    """Prescribed long ago, with a decision of today."""
    return builders.a_course(**{"now": PRESCRIBED, "decision": builders.a_decision()} | fields)


def session_of(course, number=1):
    return CourseSession.objects.select_related("course").get(course=course, number=number)


def given(course, number, *, day):
    return builders.a_record(
        session=session_of(course, number),
        started_at=datetime(day.year, day.month, day.day, 10, tzinfo=KOLKATA),
    )


def sign(session, *, outcome="given", started_at=NOW - 10 * MINUTE, key=KEY, now=NOW, checked=True, **fields):
    if checked:
        builders.a_precheck(session=session, now=now)
    entry = Entry(outcome=outcome, started_at=started_at, **fields)
    return sign_record(
        session=session, practitioner=session.course.practitioner, entry=entry, key=key, now=now
    )


@pytest.mark.parametrize("outcome", ["given", "stopped_early"])
def test_what_was_given_counts_from_the_day_it_began(outcome):
    session = session_of(a_course())
    record = sign(session, outcome=outcome, note="an example note")
    session.refresh_from_db()
    assert session.given_on == TODAY
    assert (record.outcome, record.day, record.started_at, record.signed_at, record.note) == (
        outcome,
        TODAY,
        NOW - 10 * MINUTE,
        NOW,
        "an example note",
    )


def test_the_day_is_the_locations_day():
    location = builders.a_location(time_zone="America/New_York")
    session = session_of(a_course(location=location))
    # 02:00 in Kolkata's Tuesday is still Monday afternoon in New York
    late_evening = datetime(2026, 11, 3, 2, tzinfo=KOLKATA)
    sign(session, started_at=late_evening, now=late_evening + MINUTE)
    session.refresh_from_db()
    assert session.given_on == date(2026, 11, 2)


def test_not_given_leaves_the_session_open():
    session = session_of(a_course())
    record = sign(session, outcome="not_given", not_given_reason="infection", checked=False)
    session.refresh_from_db()
    assert (session.given_on, record.not_given_reason) == (None, "infection")


def test_a_session_not_given_twice_may_be_given_after_that():
    session = session_of(a_course())
    for number in (1, 2):
        sign(session, outcome="not_given", not_given_reason="late", key=uuid.UUID(int=number))
    sign(session)
    assert list(session.records.order_by("pk").values_list("outcome", flat=True)) == [
        "not_given",
        "not_given",
        "given",
    ]


def test_not_given_needs_a_reason():
    with pytest.raises(refusals.ReasonMissing):
        sign(session_of(a_course()), outcome="not_given")


def test_the_same_key_signs_once():
    session = session_of(a_course())
    assert sign(session).pk == sign(session).pk
    assert Record.objects.count() == 1


def test_the_same_key_for_another_outcome_is_refused():
    session = session_of(a_course())
    sign(session)
    with pytest.raises(KeyReused):
        sign(session, outcome="stopped_early")


def test_a_given_session_is_not_given_again():
    session = session_of(a_course())
    sign(session)
    for outcome in ("given", "not_given"):
        with pytest.raises(refusals.AlreadyGiven):
            sign(session, outcome=outcome, not_given_reason="late", key=uuid.UUID(int=8))


def test_a_dropped_session_is_not_given():
    session = session_of(a_course())
    CourseSession.objects.filter(pk=session.pk).update(dropped_reason="expired")
    with pytest.raises(refusals.WillNotBeGiven):
        sign(session)


# When


def test_now_is_the_latest_time_there_is():
    session = session_of(a_course())
    with pytest.raises(refusals.InTheFuture):
        sign(session, started_at=NOW + MINUTE)
    assert sign(session, started_at=NOW).started_at == NOW


def test_nothing_was_given_before_it_was_prescribed():
    prescribed = NOW - timedelta(hours=1) + timedelta(seconds=30)
    session = session_of(a_course(now=prescribed))
    with pytest.raises(refusals.BeforeTheCourse):
        sign(session, started_at=NOW - timedelta(hours=1) - MINUTE)
    assert sign(session, started_at=NOW - timedelta(hours=1)).day == TODAY


def test_entering_late_needs_a_reason():
    session = session_of(a_course())
    in_time, late = NOW - timedelta(hours=12), NOW - timedelta(hours=12) - MINUTE
    with pytest.raises(refusals.LateReasonNeeded):
        sign(session, started_at=late, entered_late_why="  ")
    record = sign(session, started_at=late, entered_late_why="an example reason")
    assert record.entered_late_why == "an example reason"
    other = session_of(a_course(decision=builders.a_decision(now=NOW - timedelta(days=1))))
    builders.a_precheck(session=other, now=in_time)
    record = sign(
        other, started_at=in_time, entered_late_why="not needed", key=uuid.UUID(int=8), checked=False
    )
    assert record.entered_late_why == ""


def test_a_session_entered_late_always_stores():
    course = a_course(decision=builders.a_decision(now=NOW - timedelta(days=100)))
    course.patient.consents.update(withdrawn_at=NOW)
    yesterday = NOW - timedelta(days=1)
    record = sign(session_of(course), started_at=yesterday, entered_late_why="an example", checked=False)
    assert record.day == date(2026, 11, 1)


# In order


def test_sessions_are_given_in_order():
    course = a_course()
    with pytest.raises(refusals.OutOfOrder):
        sign(session_of(course, 2))
    given(course, 1, day=date(2026, 10, 19))
    assert sign(session_of(course, 2)).day == TODAY


def test_a_dropped_session_is_not_waited_for():
    course = a_course()
    course.sessions.filter(number=1).update(dropped_reason="expired")
    assert sign(session_of(course, 2)).day == TODAY


def test_a_session_cannot_have_been_given_before_the_one_before_it():
    course = a_course()
    given(course, 1, day=date(2026, 10, 19))
    before = datetime(2026, 10, 18, 10, tzinfo=KOLKATA)
    with pytest.raises(refusals.BeforeTheSessionBefore) as refusal:
        sign(session_of(course, 2), started_at=before, entered_late_why="an example", note="an example")
    assert str(refusal.value.text) == (
        "The session before it was given on 19 Oct 2026, so this one cannot have been earlier."
    )


@pytest.mark.parametrize(("days", "needs_note"), [(6, True), (7, False)])
def test_too_close_is_stored_with_a_note(days, needs_note):
    course = a_course()  # never before 7 days
    given(course, 1, day=TODAY - timedelta(days=days))
    session = session_of(course, 2)
    if needs_note:
        with pytest.raises(refusals.NoteNeeded):
            sign(session)
    record = sign(session, note="an example note" if needs_note else "")
    assert record.day == TODAY


@pytest.mark.parametrize(("days", "needs_note"), [(6, True), (7, False)])
def test_an_injection_of_another_course_is_too_close_too(days, needs_note):
    course = a_course()
    other = a_course(decision=course.patient.decisions.get())
    given(other, 1, day=TODAY - timedelta(days=days))
    session = session_of(course)
    if needs_note:
        with pytest.raises(refusals.NoteNeeded):
            sign(session)
    assert sign(session, note="an example note").day == TODAY


@pytest.mark.parametrize(("days", "needs_note"), [(13, True), (14, False)])
def test_another_kind_of_treatment_is_too_close_within_a_fortnight(days, needs_note):
    course = a_course()
    plasma = builders.a_product()
    Product.objects.filter(pk=plasma.pk).update(modality="prp")
    other = a_course(decision=course.patient.decisions.get(), product=plasma)
    given(other, 1, day=TODAY - timedelta(days=days))
    session = session_of(course)
    if needs_note:
        with pytest.raises(refusals.NoteNeeded):
            sign(session)
    assert sign(session, note="an example note" if needs_note else "").day == TODAY


# The hard stop


def test_a_session_given_now_needs_everything_in_order():
    course = a_course()
    course.patient.consents.filter(purpose="procedure").update(withdrawn_at=NOW)
    with pytest.raises(refusals.NotAllowed) as refusal:
        sign(session_of(course), checked=False)
    assert [obstacle.code for obstacle in refusal.value.obstacles] == ["no_procedure_consent", "no_precheck"]
    assert Record.objects.count() == 0


def test_the_check_may_have_been_done_before():
    session = session_of(a_course(decision=builders.a_decision(now=NOW - timedelta(days=1))))
    builders.a_precheck(session=session, now=NOW - 30 * MINUTE)
    assert sign(session, checked=False).outcome == "given"


def test_not_given_needs_nothing_in_order():
    course = a_course()
    course.patient.consents.update(withdrawn_at=NOW)
    record = sign(session_of(course), outcome="not_given", not_given_reason="no_consent", checked=False)
    assert record.outcome == "not_given"


# Who hears of it, and what stays


def test_signing_tells_the_diary_and_the_audit():
    course = a_course()
    heard = []

    def hear(**told):
        heard.append((told["course"].pk, told["by"], told["now"]))

    signals.course_changed.connect(hear)
    try:
        record = sign(session_of(course))
    finally:
        signals.course_changed.disconnect(hear)
    assert heard == [(course.pk, course.practitioner.user, NOW)]
    row = AuditRow.objects.get(action="record_signed")
    assert (row.subject, row.detail) == (f"record:{record.pk}", {"outcome": "given", "late": False})


def test_the_diary_listens_to_courses():
    assert len(signals.course_changed.receivers) == 1
    (receiver,) = signals.course_changed._live_receivers(Course)[0]
    assert receiver.__module__.startswith("bookings.")


def test_nothing_is_signed_while_nobody_listens():
    session = session_of(a_course())
    receivers, signals.course_changed.receivers = signals.course_changed.receivers, []
    signals.course_changed.sender_receivers_cache.clear()
    try:
        with pytest.raises(NobodyListens):
            sign(session)
    finally:
        signals.course_changed.receivers = receivers
        signals.course_changed.sender_receivers_cache.clear()
    session.refresh_from_db()
    assert (session.given_on, Record.objects.count()) == (None, 0)


@pytest.mark.parametrize("table", ["record", "addendum", "precheck"])
@pytest.mark.parametrize("change", ["UPDATE treatments_{} SET id = id", "DELETE FROM treatments_{}"])
def test_what_was_signed_cannot_be_changed(table, change):
    record = sign(session_of(a_course()))
    add_addendum(record=record, text="an example", by=record.signed_by.user, now=NOW)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change.format(table))


def test_an_addendum_is_added_once():
    record = sign(session_of(a_course()))
    by = record.signed_by.user
    first = add_addendum(record=record, text=" an example ", by=by, now=NOW)
    assert add_addendum(record=record, text="an example", by=by, now=NOW + MINUTE).pk == first.pk
    assert Addendum.objects.get().text == "an example"


def test_an_empty_addendum_is_refused():
    record = sign(session_of(a_course()))
    with pytest.raises(refusals.AddendumEmpty):
        add_addendum(record=record, text="  ", by=record.signed_by.user, now=NOW)
