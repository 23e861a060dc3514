"""The door, verb by verb. Races are in tests/races."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bookings import door, refusals
from bookings.models import Booking, Change, Claim, Closure, Status
from bookings.services.door.gap_rules import Authority
from clinic.models import AuditRow
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
IST = ZoneInfo("Asia/Kolkata")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


TOMORROW_10 = local("2026-11-03T10:00")


@pytest.fixture
def place():
    """One location, one room, one chair, one dermatologist."""
    location = builders.a_location()
    builders.a_room(location=location, turnover_minutes=5)
    builders.a_chair(location=location)
    consultation = builders.consultation_type()
    session = builders.session_type()
    doctor = builders.a_practitioner(location=location, qualified=[consultation, session])
    return location, consultation, session, doctor


def book(place, starts, *, patient=None, key=None, **fields):
    location, consultation, _, _ = place
    patient = patient or builders.a_patient()
    return door.book(
        patient=patient, visit_type=consultation, location=location, starts=starts, key=key or uuid4(),
        by=patient.account, now=NOW, **fields,
    )  # fmt: skip


def hold(place, starts, *, browser="one", now=NOW):
    location, consultation, _, _ = place
    return door.hold(visit_type=consultation, location=location, starts=starts, held_for=browser, now=now)


def claimed(booking):
    rows = booking.claims.order_by("resource__kind", "starts").values_list("resource__kind", "starts", "ends")
    return [(kind, starts.astimezone(IST).time(), ends.astimezone(IST).time()) for kind, starts, ends in rows]


def test_book_claims_practitioner_and_room_with_turnover(place):
    booking = book(place, TOMORROW_10)

    ten, half_past = TOMORROW_10.time(), local("2026-11-03T10:30").time()
    assert claimed(booking) == [
        ("practitioner", ten, half_past),
        ("room", ten, local("2026-11-03T10:35").time()),
    ]
    assert (booking.status, booking.day.isoformat(), booking.clear_until) == ("booked", "2026-11-03", None)


def test_book_taken_offers_the_nearest_free_times(place):
    book(place, TOMORROW_10)

    with pytest.raises(refusals.TimeTaken) as refused:
        book(place, TOMORROW_10)

    nearest = [start.astimezone(IST).strftime("%H:%M") for start in refused.value.nearest]
    assert nearest == ["09:00", "09:15", "10:45"]


def test_book_same_key_twice_is_one_booking(place):
    key, patient = uuid4(), builders.a_patient()

    first = book(place, TOMORROW_10, patient=patient, key=key)
    second = book(place, TOMORROW_10, patient=patient, key=key)

    assert first == second
    assert (Booking.objects.count(), Change.objects.count()) == (1, 1)


def test_book_same_key_for_something_else_is_refused(place):
    key, patient = uuid4(), builders.a_patient()
    book(place, TOMORROW_10, patient=patient, key=key)

    with pytest.raises(refusals.KeyReused):
        book(place, TOMORROW_10 + timedelta(hours=1), patient=patient, key=key)


@pytest.mark.parametrize(
    ("starts", "refusal"),
    [
        (NOW - timedelta(minutes=30), refusals.NotATime),
        (NOW + timedelta(minutes=30), refusals.NotATime),  # less than an hour's notice
        (TOMORROW_10 + timedelta(minutes=5), refusals.NotATime),
        (TOMORROW_10 + timedelta(seconds=1), refusals.NotATime),
        (TOMORROW_10 + timedelta(days=91), refusals.NotATime),
        (local("2026-11-03T08:45"), refusals.TimeTaken),  # before hours
        (local("2026-11-03T17:45"), refusals.TimeTaken),  # would end after hours
        (local("2026-11-08T10:00"), refusals.TimeTaken),  # Sunday
    ],
)
def test_book_refuses_what_never_was_an_opening(place, starts, refusal):
    with pytest.raises(refusal):
        book(place, starts)
    assert Booking.objects.count() == 0


def test_book_last_start_before_closing_is_open(place):
    assert book(place, local("2026-11-03T17:30")).status == Status.BOOKED


def test_book_in_a_closure_is_refused(place):
    Closure.objects.create(
        location=place[0],
        starts=local("2026-11-03T10:15"),
        ends=local("2026-11-03T11:00"),
        reason="power cut",
    )

    with pytest.raises(refusals.TimeTaken):
        book(place, TOMORROW_10)
    assert book(place, local("2026-11-03T11:00")).status == Status.BOOKED


def test_book_one_patient_in_two_places_is_refused(place):
    location, consultation, _, _ = place
    builders.a_room(location=location)
    builders.a_practitioner(location=location, qualified=[consultation])
    patient = builders.a_patient()
    book(place, TOMORROW_10, patient=patient)

    with pytest.raises(refusals.PatientBusy):
        book(place, TOMORROW_10 + timedelta(minutes=15), patient=patient)
    assert Claim.objects.count() == 2


def test_book_unqualified_practitioner_is_refused(place):
    location = place[0]
    other = builders.a_practitioner(location=location)

    with pytest.raises(refusals.TimeTaken):
        book(place, TOMORROW_10, practitioner=other.pk)


def test_hold_again_by_the_same_browser_is_the_same_hold(place):
    assert hold(place, TOMORROW_10) == hold(place, TOMORROW_10)


def test_hold_elsewhere_gives_up_the_first(place):
    hold(place, TOMORROW_10)

    second = hold(place, TOMORROW_10 + timedelta(minutes=15))

    assert list(Booking.objects.all()) == [second]
    assert Claim.objects.count() == 2


def test_hold_keeps_others_out_for_ten_minutes(place):
    hold(place, TOMORROW_10)

    with pytest.raises(refusals.TimeTaken):
        hold(place, TOMORROW_10, browser="two", now=NOW + timedelta(minutes=9, seconds=59))
    later = hold(place, TOMORROW_10, browser="two", now=NOW + timedelta(minutes=10))

    assert list(Booking.objects.all()) == [later]


def test_confirm_turns_a_hold_into_a_booking(place):
    held, patient = hold(place, TOMORROW_10), builders.a_patient()

    booking = door.confirm(held=held, patient=patient, key=uuid4(), by=patient.account, now=NOW)

    assert (booking.pk, booking.status, booking.patient) == (held.pk, Status.BOOKED, patient)
    assert set(Claim.objects.values_list("held_until", flat=True)) == {None}


def test_confirm_after_expiry_books_afresh_while_the_time_is_free(place):
    held, patient = hold(place, TOMORROW_10), builders.a_patient()
    key, later = uuid4(), NOW + timedelta(minutes=11)

    booking = door.confirm(held=held, patient=patient, key=key, by=patient.account, now=later)
    again = door.confirm(held=held, patient=patient, key=key, by=patient.account, now=later)

    assert booking == again
    assert (Booking.objects.count(), booking.status) == (1, Status.BOOKED)


def test_confirm_after_expiry_and_taken_says_so(place):
    held, patient = hold(place, TOMORROW_10), builders.a_patient()
    later = NOW + timedelta(minutes=11)
    hold(place, TOMORROW_10, browser="two", now=later)

    with pytest.raises(refusals.TimeTaken):
        door.confirm(held=held, patient=patient, key=uuid4(), by=patient.account, now=later)


def test_move_to_an_overlapping_time_frees_its_own_claims_first(place):
    booking = book(place, TOMORROW_10)

    [moved] = door.move(
        moves=[(booking, TOMORROW_10 + timedelta(minutes=15), None)], key=uuid4(), by=None, now=NOW
    )

    assert moved.pk == booking.pk
    assert moved.starts == TOMORROW_10 + timedelta(minutes=15)
    assert (moved.version, Claim.objects.count()) == (2, 2)


def test_move_of_what_somebody_changed_meanwhile_is_refused(place):
    booking = book(place, TOMORROW_10)
    seen_before = Booking.objects.get(pk=booking.pk)
    door.move(moves=[(booking, local("2026-11-03T12:00"), None)], key=uuid4(), by=None, now=NOW)

    with pytest.raises(refusals.Changed):
        door.move(moves=[(seen_before, local("2026-11-03T13:00"), None)], key=uuid4(), by=None, now=NOW)


def test_move_to_a_taken_time_leaves_everything_as_it_was(place):
    booking = book(place, TOMORROW_10)
    book(place, local("2026-11-03T12:00"))

    with pytest.raises(refusals.TimeTaken):
        door.move(moves=[(booking, local("2026-11-03T12:00"), None)], key=uuid4(), by=None, now=NOW)

    booking.refresh_from_db()
    assert (booking.starts, booking.version, Claim.objects.count()) == (TOMORROW_10, 1, 4)


def test_cancel_gives_the_time_back(place):
    booking = book(place, TOMORROW_10)

    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)

    booking.refresh_from_db()
    assert booking.status == Status.CANCELLED
    assert book(place, TOMORROW_10).status == Status.BOOKED


def test_cancel_twice_is_refused(place):
    booking = book(place, TOMORROW_10)
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)
    booking.refresh_from_db()

    with pytest.raises(refusals.NotPossible):
        door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)


def undo(change, now=NOW):
    return door.undo(change=change, key=uuid4(), by=None, now=now)


def test_undo_of_a_booking_gives_the_time_back(place):
    book(place, TOMORROW_10)

    [booking] = undo(Change.objects.get())

    assert (booking.status, Claim.objects.count()) == (Status.CANCELLED, 0)


def test_undo_of_a_move_puts_it_back(place):
    booking = book(place, TOMORROW_10)
    door.move(moves=[(booking, local("2026-11-03T12:00"), None)], key=uuid4(), by=None, now=NOW)

    [back] = undo(Change.objects.get(action="move"))

    assert (back.starts, back.status) == (TOMORROW_10, Status.BOOKED)
    assert Change.objects.get(action="move").undone_by.action == "undo"


def test_undo_of_a_cancel_takes_the_time_again_unless_somebody_has_it(place):
    booking = book(place, TOMORROW_10)
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW)
    change = Change.objects.get(action="cancel")
    book(place, TOMORROW_10)

    with pytest.raises(refusals.TimeTaken):
        undo(change)

    booking.refresh_from_db()
    assert booking.status == Status.CANCELLED


@pytest.mark.parametrize(("seconds", "allowed"), [(179, True), (180, False)])
def test_undo_is_possible_for_three_minutes(place, seconds, allowed):
    book(place, TOMORROW_10)
    now = NOW + timedelta(seconds=seconds)

    if allowed:
        assert undo(Change.objects.get(), now)[0].status == Status.CANCELLED
    else:
        with pytest.raises(refusals.UndoTooLate):
            undo(Change.objects.get(), now)


def test_undo_after_somebody_else_moved_it_is_refused(place):
    booking = book(place, TOMORROW_10)
    first = Change.objects.get()
    door.move(moves=[(booking, local("2026-11-03T12:00"), None)], key=uuid4(), by=None, now=NOW)

    with pytest.raises(refusals.Changed):
        undo(first)


def test_no_show_gives_the_resources_back_but_not_before_the_start(place):
    booking = book(place, TOMORROW_10)
    by = builders.staff(role="front_desk")

    with pytest.raises(refusals.NotPossible):
        door.set_status(booking=booking, to=Status.NO_SHOW, by=by, now=TOMORROW_10 - timedelta(minutes=1))
    door.set_status(booking=booking, to=Status.NO_SHOW, by=by, now=TOMORROW_10)

    assert Claim.objects.count() == 0


def test_done_cuts_the_claims_to_the_true_end(place):
    booking = book(place, TOMORROW_10)
    by = builders.staff(role="front_desk")
    booking = door.set_status(booking=booking, to=Status.ARRIVED, by=by, now=TOMORROW_10)

    door.set_status(booking=booking, to=Status.DONE, by=by, now=TOMORROW_10 + timedelta(minutes=12))

    ends = {end.astimezone(IST).strftime("%H:%M") for end in Claim.objects.values_list("ends", flat=True)}
    assert ends == {"10:15"}


# What already happened


def enter_past(place, starts, *, patient=None, key=None, now=NOW, reason="the line was down", **fields):
    location, consultation, _, doctor = place
    asked = {"visit_type": consultation, "location": location, "practitioner": doctor} | fields
    by = builders.staff(role="front_desk")
    return door.enter_past(
        patient=patient or builders.a_patient(), starts=starts, reason=reason, key=key or uuid4(), by=by,
        now=now, **asked,
    )  # fmt: skip


def test_enter_past_writes_a_visit_that_is_over_without_claims(place):
    entered = enter_past(place, NOW - timedelta(minutes=52, seconds=30))

    entered.refresh_from_db()
    assert (entered.status, entered.starts) == (Status.DONE, NOW - timedelta(minutes=55))
    assert (entered.ends - entered.starts, entered.day.isoformat()) == (timedelta(minutes=30), "2026-11-02")
    assert (entered.entered_late_at, entered.entered_late_why) == (NOW, "the line was down")
    assert Claim.objects.count() == 0


def test_enter_past_leaves_a_change_and_an_audit_row(place):
    entered = enter_past(place, NOW - timedelta(hours=1))

    change, row = Change.objects.get(), AuditRow.objects.get()
    assert (change.action, change.reason, change.undo_until) == ("enter_past", "the line was down", None)
    assert change.lines.get().before is None
    assert (row.action, row.subject, row.patient) == (
        "booking_enter_past",
        f"change:{change.pk}",
        entered.patient,
    )


@pytest.mark.parametrize(("seconds", "allowed"), [(-1, True), (0, False), (1, False)])
def test_enter_past_refuses_what_has_not_begun(place, seconds, allowed):
    starts = NOW + timedelta(seconds=seconds)

    if allowed:
        assert enter_past(place, starts).status == Status.DONE
    else:
        with pytest.raises(refusals.NotATime):
            enter_past(place, starts)
        assert Booking.objects.count() == 0


def test_enter_past_of_a_session_is_left_to_its_record(place):
    with pytest.raises(refusals.NotPossible):
        enter_past(place, NOW - timedelta(hours=1), visit_type=place[2])


def test_enter_past_at_a_time_somebody_had_is_stored_all_the_same(place):
    book(place, TOMORROW_10)
    later = TOMORROW_10 + timedelta(hours=3)

    entered = enter_past(place, TOMORROW_10, now=later)

    assert (entered.status, Booking.objects.count()) == (Status.DONE, 2)


def test_enter_past_same_key_twice_is_one_visit(place):
    key, patient = uuid4(), builders.a_patient()

    first = enter_past(place, NOW - timedelta(hours=1), patient=patient, key=key)
    second = enter_past(place, NOW - timedelta(hours=1), patient=patient, key=key)

    assert (first, Booking.objects.count()) == (second, 1)


@pytest.mark.parametrize("was", [Status.BOOKED, Status.NO_SHOW])
def test_enter_past_of_a_booked_visit_is_that_visit_at_its_true_time(place, was):
    booking, later = book(place, TOMORROW_10), TOMORROW_10 + timedelta(hours=3)
    if was == Status.NO_SHOW:
        by = builders.staff(role="front_desk")
        booking = door.set_status(booking=booking, to=was, by=by, now=TOMORROW_10)

    entered = enter_past(
        place, TOMORROW_10 + timedelta(minutes=20), patient=booking.patient, booking=booking, now=later
    )

    entered.refresh_from_db()
    assert (entered.pk, entered.status, Claim.objects.count()) == (booking.pk, Status.DONE, 0)
    assert (entered.starts, entered.version) == (TOMORROW_10 + timedelta(minutes=20), booking.version + 1)


def test_enter_past_of_a_visit_that_changed_meanwhile_is_refused(place):
    booking, later = book(place, TOMORROW_10), TOMORROW_10 + timedelta(hours=3)
    seen_before = Booking.objects.get(pk=booking.pk)
    door.set_status(booking=booking, to=Status.ARRIVED, by=builders.staff(role="front_desk"), now=TOMORROW_10)

    with pytest.raises(refusals.Changed):
        enter_past(place, TOMORROW_10, patient=booking.patient, booking=seen_before, now=later)


# Courses


@pytest.fixture
def course(place):
    location, _, session, doctor = place
    return builders.a_course(location=location, visit_type=session, practitioner=doctor, sessions=3)


def days_at_ten(course, *days):
    sessions = course.sessions.order_by("number")
    return [
        (session, local(f"2026-11-{day:02}T10:00"), None)
        for session, day in zip(sessions, days, strict=False)
    ]


def place_sessions(course, *days, authority=Authority.PATIENT):
    return door.place_course(
        course=course, times=days_at_ten(course, *days), key=uuid4(), by=None, now=NOW, authority=authority
    )


def test_place_course_takes_all_sessions_with_their_clear_days(course):
    bookings = place_sessions(course, 3, 17, 30)

    assert [(b.session.number, b.day.day, b.clear_until.isoformat()) for b in bookings] == [
        (1, 3, "2026-11-10"),
        (2, 17, "2026-11-24"),
        (3, 30, "2026-12-07"),
    ]
    assert claimed(bookings[0]) == [
        ("chair", local("2026-11-03T10:00").time(), local("2026-11-03T10:45").time()),
        ("chair", local("2026-11-03T11:05").time(), local("2026-11-03T11:20").time()),
        ("practitioner", local("2026-11-03T10:45").time(), local("2026-11-03T11:05").time()),
        ("room", local("2026-11-03T10:45").time(), local("2026-11-03T11:10").time()),
    ]


def test_place_course_is_all_or_nothing(place, course):
    book(place, local("2026-11-17T10:45"))

    with pytest.raises(refusals.TimeTaken):
        place_sessions(course, 3, 17, 30)

    assert Booking.objects.filter(course=course).count() == 0


@pytest.mark.parametrize(
    ("second", "authority", "refusal"),
    [
        (9, Authority.PATIENT, refusals.TooSoon),  # 6 days: never
        (9, Authority.DOCTOR, refusals.TooSoon),
        (12, Authority.PATIENT, refusals.TooSoon),  # 9 days: below the earliest of 10
        (12, Authority.DESK, refusals.TooSoon),
        (13, Authority.PATIENT, None),
        (24, Authority.PATIENT, None),  # 21 days, the latest
        (25, Authority.PATIENT, refusals.TooLate),
        (25, Authority.DESK, None),
    ],
)
def test_place_course_keeps_the_gaps(course, second, authority, refusal):
    if refusal is None:
        assert len(place_sessions(course, 3, second, authority=authority)) == 2
        return
    with pytest.raises(refusal):
        place_sessions(course, 3, second, authority=authority)
    assert Booking.objects.count() == 0


def test_place_course_out_of_order_is_refused(course):
    with pytest.raises(refusals.OutOfOrder):
        place_sessions(course, 17, 3)


def test_place_course_below_the_earliest_is_the_doctors_with_a_reason(course):
    times = days_at_ten(course, 3, 12)

    bookings = door.place_course(
        course=course,
        times=times,
        key=uuid4(),
        by=None,
        now=NOW,
        authority=Authority.DOCTOR,
        reason="leaves town",
    )

    assert [b.day.day for b in bookings] == [3, 12]


def test_place_course_too_soon_says_from_when(course):
    with pytest.raises(refusals.TooSoon) as refused:
        place_sessions(course, 3, 12)
    assert refused.value.earliest.isoformat() == "2026-11-13"


def test_place_course_without_a_decision_needs_review(course):
    course.patient.consents.update(withdrawn_at=NOW)

    with pytest.raises(refusals.NeedsReview):
        place_sessions(course, 3)


def test_book_session_twice_is_refused(course):
    place_sessions(course, 3)

    with pytest.raises(refusals.AlreadyBooked):
        place_sessions(course, 3 + 14)


def test_two_courses_of_one_patient_keep_a_week_between_any_injections(place, course):
    location, _, session, doctor = place
    other = builders.a_course(
        location=location, visit_type=session, practitioner=doctor, decision=course.patient.decisions.get()
    )
    place_sessions(course, 3)

    with pytest.raises(refusals.TooSoon):
        place_sessions(other, 9)
    assert len(place_sessions(other, 10)) == 1


def test_move_shifts_a_whole_course_past_itself(course):
    bookings = place_sessions(course, 3, 17, 30)
    later = [local("2026-11-17T10:00"), local("2026-11-30T10:00"), local("2026-12-14T10:00")]

    moved = door.move(
        moves=[(b, start, None) for b, start in zip(bookings, later, strict=True)],
        key=uuid4(),
        by=None,
        now=NOW,
    )

    assert [b.day.isoformat() for b in moved] == ["2026-11-17", "2026-11-30", "2026-12-14"]
    assert Booking.objects.filter(parked=True).count() == 0


def test_undo_of_a_shift_puts_all_back(course):
    bookings = place_sessions(course, 3, 17)
    later = [local("2026-11-17T10:00"), local("2026-11-30T10:00")]
    door.move(
        moves=[(b, start, None) for b, start in zip(bookings, later, strict=True)],
        key=uuid4(),
        by=None,
        now=NOW,
    )

    back = undo(Change.objects.get(action="move"))

    assert sorted(b.day.day for b in back) == [3, 17]


def test_numbing_begins_after_todays_check_only(course):
    [booking, *_] = place_sessions(course, 3, 17, 30)
    by, at = builders.staff(role="nurse"), booking.starts
    arrived = door.set_status(booking=booking, to=Status.ARRIVED, by=by, now=at)

    with pytest.raises(refusals.NeedsReview) as refused:
        door.set_status(booking=arrived, to=Status.PREPARING, by=by, now=at)
    builders.a_precheck(session=booking.session, now=at)
    begun = door.set_status(booking=arrived, to=Status.PREPARING, by=by, now=at)

    assert [obstacle.code for obstacle in refused.value.obstacles] == ["no_precheck"]
    assert begun.status == Status.PREPARING
